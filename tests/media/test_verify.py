"""Verification on the finished file: what is right passes, and every mutation is rejected."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from bwc.redaction.certificate import Certified, certificate, public_certificate
from bwc.redaction.fixity import sha256_of
from bwc.redaction.keys import Key
from bwc.redaction.plan import FrameState, LedgerRun, ModelLedger, Plan
from bwc.redaction.render import open_source
from bwc.redaction.settle import settle
from bwc.redaction.verify import Material, verify
from bwc.redaction.workbench import Workbench
from tests.clips import TWO_FACES, make_clip
from tests.mutations import RECORDINGS, Case
from tests.mutations_of_files import MUTATIONS
from tests.redactions import (
    PINNED,
    BlindFinder,
    ScriptedFinder,
    failed,
    plan_for,
    render_clip,
    times_of,
    verify_clip,
)

pytestmark = pytest.mark.media


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("verify"))


def test_a_right_rendering_passes(case: Case) -> None:
    verified = verify_clip(case.clip, case.plan, case.good)
    assert verified.findings == ()
    assert verified.frames == len(case.clip.pts)


@pytest.mark.parametrize("kind", MUTATIONS)
def test_verification_rejects_a_file_where(kind: str, case: Case) -> None:
    mutation = MUTATIONS[kind]
    for variant in range(mutation.variants):
        bad = mutation.make(case, variant)
        assert mutation.check in failed(verify_clip(case.clip, case.plan, bad)), variant


@pytest.mark.parametrize("recording", list(RECORDINGS)[1:])
def test_a_right_rendering_passes_whatever_the_camera_wrote(recording: str, tmp_path: Path) -> None:
    case = Case(tmp_path, recording)
    assert verify_clip(case.clip, case.plan, case.good).findings == ()


def test_a_frame_that_no_detector_saw_is_refused(case: Case) -> None:
    whole = case.plan.ledger[0].runs[0]
    half = times_of(case.clip.path)[10]
    runs = (
        LedgerRun(state=whole.state, first_pts=whole.first_pts, last_pts=half, frames=11),
        LedgerRun(state=FrameState.UNSEEN, first_pts=half + 1, last_pts=whole.last_pts, frames=19),
    )
    plan = case.plan.model_copy(update={"ledger": (ModelLedger(model=PINNED, runs=runs),)})
    verified = verify_clip(case.clip, plan, case.good)
    assert failed(verified) == {"ledger"}
    assert "19 frames went unseen" in {finding.what for finding in verified.findings}


FAULTY: dict[str, Callable[[Plan], Plan]] = {
    "the ledger is of a model that nobody pinned": lambda plan: plan.model_copy(
        update={"ledger": (plan.ledger[0].model_copy(update={"model": "d" * 64}),)}
    ),
    "a track lies after the end": lambda plan: plan.model_copy(
        update={
            "tracks": (
                *plan.tracks,
                plan.tracks[0].model_copy(
                    update={"id": 99, "keys": (Key(plan.original.last_pts + 1, 0, 0, 9, 9),)}
                ),
            )
        }
    ),
    "two tracks have one number": lambda plan: plan.model_copy(
        update={"tracks": (*plan.tracks, plan.tracks[0])}
    ),
}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_right_rendering_of_a_plan_with_a_fault_is_refused(fault: str, case: Case) -> None:
    assert failed(verify_clip(case.clip, FAULTY[fault](case.plan), case.good)) == {"ledger"}


def test_what_the_independent_detector_finds_is_hidden_too(case: Case, tmp_path: Path) -> None:
    finder = ScriptedFinder((320, 60, 380, 130), 0.9)
    settled = settle(
        open_source(case.clip.path),
        tmp_path / "out.mp4",
        plan=case.plan,
        verifier=finder,
        workbench=Workbench(tmp_path),
        report=Quiet(),
    )
    assert settled.verification.passed
    assert settled.rendered_again == 1
    added = settled.plan.tracks[-1]
    assert added.author == f"model:{finder.sha256}"
    assert settled.plan.history[-1].by == f"model:{finder.sha256}"


def test_a_flicker_of_the_independent_detector_is_no_face(case: Case) -> None:
    material = Material(case.good, case.clip.path, case.plan)
    assert verify(material, ScriptedFinder((320, 60, 380, 130), 0.5)).passed
    assert not verify(material, ScriptedFinder((320, 60, 380, 130), 0.7)).passed


def test_another_tools_output_is_judged_without_plan_or_original(case: Case) -> None:
    alone = verify(Material(case.good, None, None), BlindFinder())
    assert alone.passed
    assert {check.value for check in alone.checked} == {
        "container",
        "streams",
        "metadata",
        "faces",
    }


class Quiet:
    """A report that nobody reads."""

    def __call__(self, stage: object, count: int) -> None:
        del stage, count

    def stage(self, stage: object) -> "Quiet":
        del stage
        return self

    def __enter__(self) -> None:
        return

    def __exit__(self, *_: object) -> None:
        return


def test_the_certificate_says_how_much_of_the_original_does_not_decode(tmp_path: Path) -> None:
    """A picture that the original lost is missing from both files; nobody else would tell."""
    clip = make_clip(tmp_path / "in.mp4", size=(480, 270), seconds=1.2, audio=False)
    with av.open(str(clip.path)) as container:
        places = [packet.pos for packet in container.demux(video=0) if packet.size]
    body = bytearray(clip.path.read_bytes())
    at = places[len(places) // 2]
    assert at is not None
    body[at : at + 4] = b"\xff\xff\xff\xff"  # a picture longer than its packet
    clip.path.write_bytes(body)
    clip = replace(clip, boxes=clip.boxes[:-1])
    plan = plan_for(clip)
    verified = verify_clip(clip, plan, render_clip(clip, plan, tmp_path / "out.mp4"))
    assert (verified.passed, verified.frames, verified.undecoded) == (True, 29, 1)
    case = Certified(
        original_sha256=sha256_of(clip.path),
        redacted_sha256=sha256_of(tmp_path / "out.mp4"),
        look=open_source(clip.path).look,
        plan=plan,
        verification=verified,
        verifier=BlindFinder(),
        rendered_again=0,
    )
    assert public_certificate(case)["packets_not_decoded"] == 1
    assert "that decodes: 1" in str(certificate(case)["notes"])


def test_a_recording_that_changes_its_size_is_hidden_and_checked_to_its_end(tmp_path: Path) -> None:
    size = (480, 270)
    small = make_clip(tmp_path / "a.ts", size=size, seconds=1, audio=False, faces=TWO_FACES[:1])
    large = make_clip(
        tmp_path / "b.ts", size=(640, 360), seconds=1, audio=False, first_second=Fraction(2)
    )
    path = tmp_path / "both.ts"
    path.write_bytes(small.path.read_bytes() + large.path.read_bytes())
    count = len(times_of(path))
    clip = replace(small, path=path, boxes=(small.boxes * 2)[:count])
    plan = plan_for(clip)
    assert verify_clip(clip, plan, render_clip(clip, plan, tmp_path / "out.mp4")).passed

    more = plan.tracks[0].model_copy(update={"keys": (Key(times_of(path)[-1], 0, 0, 200, 200),)})
    other = plan.model_copy(update={"tracks": (*plan.tracks, more)})
    wrong = render_clip(clip, other, tmp_path / "wrong.mp4")
    assert failed(verify_clip(clip, plan, wrong)) == {"outside"}
