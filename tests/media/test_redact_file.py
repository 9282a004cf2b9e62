"""`bwc redact-file` and `bwc verify-file` as people run them, on faces that detectors know."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from bwc.cli.main import build
from bwc.errors import Cancelled
from bwc.media.decode import open_frames
from bwc.media.encode import planes
from bwc.redaction.detect import Boxes, Picture
from bwc.redaction.engine import Engine, redact_file, rejected_path
from bwc.redaction.plan import Effect, Shape, read_plan
from bwc.redaction.settle import Stage
from bwc.settings import load_settings
from tests.clips import Clip, Face, make_clip, needs_models
from tests.redactions import BlindFinder

pytestmark = [pytest.mark.media]

SHOWN = (
    Face(height=70, start=(120, 110), velocity=(60, 0)),
    Face("grace-hopper", height=60, start=(380, 170), velocity=(-40, 0), shown=(0.4, 1.2)),
)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    path = tmp_path_factory.mktemp("redact") / "in.mp4"
    return make_clip(path, size=(480, 270), seconds=1.2, faces=SHOWN)


def bwc(*words: str | Path) -> Result:
    arguments = [str(word) for word in words]
    return CliRunner().invoke(build(arguments), arguments)


@dataclass(frozen=True)
class Redacted:
    """The clip once redacted, with all that was written."""

    out: Path
    certificate: Path
    plan: Path
    done: Result

    @property
    def result(self) -> dict[str, object]:
        return dict(json.loads(self.done.stdout))


@pytest.fixture(scope="module")
def redacted(clip: Clip, tmp_path_factory: pytest.TempPathFactory) -> Redacted:
    folder = tmp_path_factory.mktemp("redacted")
    out, certificate, plan = (folder / name for name in ("o.mp4", "c.json", "p.json"))
    words = ["--certificate", certificate, "--save-plan", plan, "--json"]
    return Redacted(out, certificate, plan, bwc("redact-file", clip.path, out, *words))


@needs_models
def test_every_face_is_filled_on_every_frame(clip: Clip, redacted: Redacted) -> None:
    assert redacted.done.exit_code == 0, redacted.done.output
    assert redacted.result["verdict"] == "passed"
    assert redacted.result["frames"] == len(clip.pts)
    with open_frames(redacted.out) as source:
        for frame, boxes in zip(source.frames(), clip.boxes, strict=True):
            luma = planes(frame)[0]
            for box in boxes:
                x0, y0, x1, y1 = (int(edge) for edge in box)
                assert int(luma[y0 + 4 : y1 - 4, x0 + 4 : x1 - 4].max()) < 40, f"at {frame.pts}"


@needs_models
def test_result_and_certificate_say_what_was_done(redacted: Redacted) -> None:
    result = redacted.result
    assert set(result["seconds"]) == {"hashing", "detecting", "rendering", "verifying"}
    assert result["tracks"]["face"] >= 2  # type: ignore[index]
    assert "rendering" in redacted.done.stderr
    written = json.loads(redacted.certificate.read_text())
    assert written["redacted_sha256"] == result["redacted_sha256"]
    assert written["plan_sha256"] == read_plan(redacted.plan).sha256
    assert written["plan_origin"] == "made by this run"
    assert "unseen" not in str(written["ledger"])
    assert written["sound_taken_out"] == {"stretches": 0, "seconds": 0.0, "under_a_tone": 0}
    speech = read_plan(redacted.plan).speech
    assert speech is not None
    assert speech.not_judged is None


@needs_models
def test_a_plan_renders_again_without_detection_to_the_same_bytes(
    clip: Clip, redacted: Redacted, tmp_path: Path
) -> None:
    again = bwc("redact-file", clip.path, tmp_path / "2.mp4", "--plan", redacted.plan, "--json")
    assert again.exit_code == 0, again.output
    result = json.loads(again.stdout)
    assert "detecting" not in result["seconds"]
    assert result["redacted_sha256"] == redacted.result["redacted_sha256"]


@needs_models
def test_a_plan_for_another_recording_is_refused(redacted: Redacted, tmp_path: Path) -> None:
    other = make_clip(tmp_path / "other.mp4", size=(480, 270), seconds=0.4, faces=())
    refused = bwc("redact-file", other.path, tmp_path / "3.mp4", "--plan", redacted.plan)
    assert refused.exit_code == 2
    assert "another recording" in refused.stderr
    assert not (tmp_path / "3.mp4").exists()


@needs_models
def test_an_existing_file_is_replaced_only_by_force(
    clip: Clip, redacted: Redacted, tmp_path: Path
) -> None:
    out = tmp_path / "o.mp4"
    out.write_bytes(b"mine")
    refused = bwc("redact-file", clip.path, out)
    assert refused.exit_code == 2
    assert out.read_bytes() == b"mine"
    words = ["--force", "--no-verify", "--plan", redacted.plan]
    assert bwc("redact-file", clip.path, out, *words).exit_code == 0
    assert out.stat().st_size > 1000


@needs_models
def test_without_verification_there_is_no_certificate(
    clip: Clip, redacted: Redacted, tmp_path: Path
) -> None:
    out = tmp_path / "o.mp4"
    done = bwc("redact-file", clip.path, out, "--no-verify", "--json", "--plan", redacted.plan)
    assert (done.exit_code, json.loads(done.stdout)["verdict"]) == (0, "not verified")
    refused = bwc("redact-file", clip.path, tmp_path / "p.mp4", "--no-verify", "--certificate", out)
    assert refused.exit_code == 2


class Restless(BlindFinder):
    """Sees a head at the first of several places that is not filled yet."""

    def find(self, picture: Picture) -> Boxes:
        for x in range(10, 400, 80):
            if picture[200:230, x : x + 30].mean() > 40:
                return np.array([[x, 200, x + 30, 230, 0.95]], np.float32)
        return super().find(picture)


@needs_models
def test_what_cannot_be_settled_is_not_handed_over(
    clip: Clip, redacted: Redacted, tmp_path: Path
) -> None:
    engine = Engine(load_settings().models_folder, verifier=Restless())
    out = tmp_path / "o.mp4"
    outcome = redact_file(clip.path, out, engine=engine, plan=read_plan(redacted.plan))
    assert outcome.is_rejected
    assert outcome.rendered_again == 2
    assert rejected_path(out).is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["o.mp4.rejected.mp4"]
    assert outcome.certificate is not None
    assert outcome.certificate["verdict"] == "failed"
    assert outcome.certificate["given_plan_sha256"] == read_plan(redacted.plan).sha256
    assert outcome.certificate["findings"]


@needs_models
@pytest.mark.parametrize("stage", list(Stage))
def test_work_that_is_stopped_leaves_nothing_but_what_was_finished(
    stage: Stage, clip: Clip, redacted: Redacted, tmp_path: Path
) -> None:
    def stop(now: Stage, share: float) -> None:
        if now is stage and (share > 0 or now is Stage.HASH):
            raise Cancelled("a person stopped it")

    engine = Engine(load_settings().models_folder, verifier=BlindFinder())
    plan = None if stage is Stage.ANALYSE else read_plan(redacted.plan)
    with pytest.raises(Cancelled):
        redact_file(clip.path, tmp_path / "o.mp4", engine=engine, plan=plan, progress=stop)
    left = [path.name for path in tmp_path.iterdir()]
    assert left == ([".o.mp4.unfinished"] if stage is Stage.VERIFY else [])


def _text(path: Path) -> None:
    path.write_text("not a video")


def _cut_off(path: Path) -> None:
    whole = make_clip(path.with_suffix(".whole.mp4"), seconds=0.4, size=(160, 90), faces=())
    body = whole.path.read_bytes()
    path.write_bytes(body[: body.index(b"moov") - 4])


BAD = {
    "an empty file": (lambda path: path.write_bytes(b""), "an empty file"),
    "text": (_text, "got text"),
    "a concat script": (
        lambda path: path.write_text("ffconcat version 1.0\nfile /etc/hostname\n"),
        "concat script",
    ),
    "a file whose index is missing": (_cut_off, "index"),
}


@pytest.mark.parametrize("kind", BAD, ids=list(BAD))
def test_bad_input_is_named_and_leaves_nothing(kind: str, tmp_path: Path) -> None:
    make, words = BAD[kind]
    path = tmp_path / "bad.mp4"
    make(path)
    done = bwc("redact-file", path, tmp_path / "out.mp4")
    assert done.exit_code == 2
    assert "bad.mp4" in done.stderr
    assert words in done.stderr
    assert not list(tmp_path.glob("*out*"))


@needs_models
def test_a_wrong_name_does_not_matter(clip: Clip, redacted: Redacted, tmp_path: Path) -> None:
    path = tmp_path / "street.avi"
    shutil.copyfile(clip.path, path)
    done = bwc("redact-file", path, tmp_path / "o.mp4", "--no-verify", "--plan", redacted.plan)
    assert done.exit_code == 0


@needs_models
def test_an_original_is_no_clean_file(clip: Clip, tmp_path: Path) -> None:
    judged = bwc("verify-file", clip.path, "--json")
    assert judged.exit_code == 1
    assert "faces" in {finding["check"] for finding in json.loads(judged.stdout)["findings"]}
    missing = bwc("verify-file", tmp_path / "nothing.mp4")
    assert missing.exit_code == 2


def test_hiding_nothing_is_misuse(clip: Clip, tmp_path: Path) -> None:
    done = bwc("redact-file", clip.path, tmp_path / "o.mp4", "--hide", "noses")
    assert done.exit_code == 2
    assert "face, head, person" in done.stderr


@needs_models
def test_effect_and_shape_are_chosen_when_the_plan_is_made(
    clip: Clip, redacted: Redacted, tmp_path: Path
) -> None:
    out, plan, certificate = (tmp_path / name for name in ("o.mp4", "p.json", "c.json"))
    look = ("--effect", "mosaic", "--shape", "ellipse")
    words = (*look, "--save-plan", plan, "--certificate", certificate)
    done = bwc("redact-file", clip.path, out, *words)
    assert done.exit_code == 0, done.output
    tracks = read_plan(plan).tracks
    assert {(track.effect, track.shape) for track in tracks} == {(Effect.MOSAIC, Shape.ELLIPSE)}
    assert json.loads(certificate.read_text())["effects"] == {"mosaic": len(tracks)}
    refused = bwc("redact-file", clip.path, tmp_path / "2.mp4", "--plan", redacted.plan, *look)
    assert refused.exit_code == 2
    assert "a plan says itself what is hidden" in refused.stderr
    words = ("--plan", redacted.plan, "--hide", "plate")
    assert bwc("redact-file", clip.path, tmp_path / "2.mp4", *words).exit_code == 2


@pytest.mark.parametrize("option", ["OUT", "--certificate", "--save-plan", "what is rejected"])
def test_an_original_is_never_overwritten(tmp_path: Path, option: str) -> None:
    original = tmp_path / "out.mp4.rejected.mp4"
    original.write_bytes(b"the only one")
    into = original if option == "OUT" else tmp_path / "other.mp4"
    into = tmp_path / "out.mp4" if option == "what is rejected" else into
    more: list[str | Path] = [option, original] if option.startswith("--") else []
    refused = bwc("redact-file", original, into, "--force", *more)
    assert refused.exit_code == 2
    assert "never overwritten" in refused.stderr
    assert original.read_bytes() == b"the only one"
