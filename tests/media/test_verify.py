"""Verification on the finished file: what is right passes, and every mutation is rejected."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import pytest

from bwc.media.decode import open_frames
from bwc.media.encode import fresh_copy, open_writer
from bwc.redaction.certificate import Certified, certificate, public_certificate
from bwc.redaction.engine import sha256_of
from bwc.redaction.keys import Key
from bwc.redaction.plan import FrameState, LedgerRun, ModelLedger, MutedSpan, Plan
from bwc.redaction.render import open_source
from bwc.redaction.settle import settle
from bwc.redaction.verify import Material, verify
from bwc.redaction.workbench import Workbench
from tests.clips import TWO_FACES, Clip, make_clip
from tests.redactions import (
    BlindFinder,
    ScriptedFinder,
    failed,
    plan_for,
    render_clip,
    render_source,
    times_of,
    verify_clip,
)

pytestmark = pytest.mark.media

MUTE = MutedSpan(start=(1, 4), end=(3, 4), exemption="ssn", author="person:tess")


class Case:
    """One clip, its plan, and its right rendering."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clip: Clip = make_clip(
            folder / "in.mp4", size=(480, 270), seconds=1.2, faces=TWO_FACES[:1]
        )
        self.plan: Plan = plan_for(self.clip, mute=MUTE)
        self.good: Path = render_clip(self.clip, self.plan, folder / "good.mp4")
        self.bad: Path = folder / "bad.mp4"

    def drawn(self) -> tuple[Key, ...]:
        return self.plan.tracks[0].keys

    def render_with(self, *tracks: tuple[Key, ...]) -> Path:
        """Render another plan than the one that is verified."""
        first = self.plan.tracks[0]
        changed = tuple(first.model_copy(update={"keys": keys}) for keys in tracks)
        return render_clip(self.clip, self.plan.model_copy(update={"tracks": changed}), self.bad)

    def every_key(self) -> list[Key]:
        """A key for each frame."""
        return [Key(pts, *self.plan.regions(pts)[0]) for pts in times_of(self.clip.path)]

    def ffmpeg(self, *arguments: str) -> Path:
        """Remux the good file in some bad way."""
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments]
        subprocess.run([*command, str(self.bad)], check=True)
        return self.bad

    def reencode(self, keep: Callable[[int], int]) -> Path:
        """Write each frame of the good file `keep(index)` times."""
        source = open_source(self.good)
        step = 1
        with (
            open_frames(self.good) as frames,
            open_writer(self.bad, source.look, None) as writer,
        ):
            for at, frame in enumerate(frames.frames()):
                for again in range(keep(at)):
                    copy = fresh_copy(frame, "yuv420p")
                    copy.pts = (frame.pts or 0) + again * step
                    writer.write(copy)
        return self.bad


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("verify"))


def _dropped_mask(case: Case) -> Path:
    keys = case.every_key()
    return case.render_with(tuple(keys[:10]), tuple(keys[11:]))


def _shifted_mask(case: Case) -> Path:
    third = (case.drawn()[0].x1 - case.drawn()[0].x0) // 3
    return case.render_with(
        tuple(Key(k.pts, k.x0 + third, k.y0, k.x1 + third, k.y1) for k in case.drawn())
    )


def _extra_mask(case: Case) -> Path:
    return case.render_with(
        case.drawn(), tuple(Key(k.pts, 330, 200, 400, 260) for k in case.drawn())
    )


def _turned(case: Case) -> Path:
    source = open_source(case.clip.path)
    turned = replace(source.look, matrix=(0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30))
    render_source(replace(source, look=turned), case.plan, case.bad)
    return case.bad


def _recoloured(case: Case) -> Path:
    source = open_source(case.clip.path)
    colour = replace(source.look.colour, space=1)
    look = replace(source.look, colour=colour)
    render_source(replace(source, look=look), case.plan, case.bad)
    return case.bad


def _unmuted(case: Case) -> Path:
    parts = [
        MUTE.model_copy(update={"end": (45, 100)}),
        MUTE.model_copy(update={"start": (50, 100)}),
    ]
    return render_clip(case.clip, case.plan.model_copy(update={"sound": tuple(parts)}), case.bad)


def _fragmented(case: Case) -> Path:
    return case.ffmpeg("-i", str(case.good), "-c", "copy", "-movflags", "frag_keyframe+empty_moov")


def _cut_off(case: Case) -> Path:
    body = case.good.read_bytes()
    case.bad.write_bytes(body[: len(body) * 3 // 4])
    return case.bad


def _with_trailing_bytes(case: Case) -> Path:
    note = b"officer 1204"
    extra = (8 + len(note)).to_bytes(4) + b"free" + note
    case.bad.write_bytes(case.good.read_bytes() + extra)
    return case.bad


def _other_clip(case: Case) -> Path:
    other = make_clip(case.folder / "other.mp4", size=(480, 270), seconds=1.2, faces=TWO_FACES[1:])
    return render_clip(other, case.plan, case.bad)


def _remuxed(*words: str) -> Callable[[Case], Path]:
    return lambda case: case.ffmpeg("-i", str(case.good), *words)


COPY = ("-c", "copy", "-movflags", "+faststart", "-fflags", "+bitexact", "-map", "0")

MUTATIONS: dict[str, tuple[Callable[[Case], Path], str]] = {
    "one mask is missing on one frame": (_dropped_mask, "fill"),
    "a mask is shifted by a third": (_shifted_mask, "fill"),
    "something is hidden that no plan names": (_extra_mask, "outside"),
    "the picture is turned by 90 degrees": (_turned, "look"),
    "the colour tags are others": (_recoloured, "look"),
    "50 ms of a muted stretch are heard": (_unmuted, "silence"),
    "the file is fragmented": (_fragmented, "container"),
    "the file is cut off": (_cut_off, "container"),
    "a box with a note hangs on its end": (_with_trailing_bytes, "container"),
    "it is made from another clip": (_other_clip, "outside"),
    "one frame is missing": (lambda case: case.reencode(lambda at: int(at != 7)), "frames"),
    "one frame is there twice": (lambda case: case.reencode(lambda at: 1 + (at == 7)), "frames"),
    "its sound is missing": (lambda case: case.reencode(lambda _: 1), "streams"),
    "it says where it was taken": (
        _remuxed(*COPY, "-metadata", "location=+39.7392-104.9903/"),
        "metadata",
    ),
    "it has a title": (_remuxed(*COPY, "-metadata", "title=Doe"), "metadata"),
    "it has a second sound track": (_remuxed(*COPY, "-map", "0:a"), "streams"),
    "it has a time-code track": (_remuxed(*COPY, "-timecode", "01:00:00:00"), "streams"),
    "its sound is 200 ms late": (
        lambda case: case.ffmpeg(
            *("-i", str(case.good), "-itsoffset", "0.2", "-i", str(case.good)),
            *("-map", "0:v", "-map", "1:a", "-c", "copy", "-movflags", "+faststart"),
            *("-fflags", "+bitexact"),
        ),
        "sound",
    ),
    "it carries a picture": (
        lambda case: case.ffmpeg(
            *("-i", str(case.good), "-i", str(_picture(case))),
            *("-map", "0", "-map", "1", "-c", "copy", "-disposition:v:1", "attached_pic"),
            *("-movflags", "+faststart", "-fflags", "+bitexact"),
        ),
        "streams",
    ),
}


def _picture(case: Case) -> Path:
    path = case.folder / "cover.jpg"
    with av.open(str(case.clip.path)) as container:
        next(container.decode(video=0)).save(path)
    return path


def test_a_right_rendering_passes(case: Case) -> None:
    verified = verify_clip(case.clip, case.plan, case.good)
    assert verified.findings == ()
    assert verified.frames == len(case.clip.pts)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=list(MUTATIONS))
def test_verification_rejects_a_file_where(mutation: str, case: Case) -> None:
    mutate, check = MUTATIONS[mutation]
    bad = mutate(case)
    assert check in failed(verify_clip(case.clip, case.plan, bad))


def test_a_frame_that_no_detector_saw_is_refused(case: Case) -> None:
    whole = case.plan.ledger[0].runs[0]
    half = times_of(case.clip.path)[10]
    runs = (
        LedgerRun(state=whole.state, first_pts=whole.first_pts, last_pts=half, frames=11),
        LedgerRun(state=FrameState.UNSEEN, first_pts=half + 1, last_pts=whole.last_pts, frames=19),
    )
    plan = case.plan.model_copy(update={"ledger": (ModelLedger(model="2" * 64, runs=runs),)})
    assert failed(verify_clip(case.clip, plan, case.good)) == {"ledger"}


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


def test_a_flicker_of_the_independent_detector_is_no_head(case: Case) -> None:
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
        "heads",
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
