"""Plates, pages and whole pictures hidden by `bwc redact-file --hide`, proven on the result."""

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from bwc.cli.main import build
from bwc.media.decode import open_frames
from bwc.media.encode import planes
from bwc.redaction import models
from bwc.redaction.certificate import limits
from bwc.redaction.detect import Picture
from bwc.redaction.nudity import NudityFinder
from bwc.redaction.plan import FrameState, Kind, Plan, read_plan
from bwc.redaction.text import TextFinder
from bwc.settings import load_settings
from tests.clips import TWO_FACES, Clip, make_clip, needs_models
from tests.signs import PAGE, Sign, make_signs

pytestmark = [pytest.mark.media, needs_models]

needs_nudity = pytest.mark.skipif(
    not models.is_cached(models.find("nudenet"), load_settings().models_folder),
    reason="fetched by name alone: bwc models pull nudenet",
)
BLACK = 40  # luma of the fill, and some noise of the encoder


@dataclass(frozen=True)
class Redacted:
    """A clip once redacted, with all that was written."""

    out: Path
    plan: Plan
    certificate: dict[str, object]
    done: Result


def redact(clip: Clip, hide: str) -> Redacted:
    """Run the command with `--hide`, beside the clip."""
    folder = clip.path.parent
    out, plan, certificate = (folder / f"{hide}{end}" for end in (".mp4", ".plan", ".cert"))
    words = ["redact-file", clip.path, out, "--hide", hide, "--save-plan", plan]
    arguments = [str(word) for word in [*words, "--certificate", certificate]]
    done = CliRunner().invoke(build(arguments), arguments)
    assert done.exit_code == 0, done.output
    return Redacted(out, read_plan(plan), json.loads(certificate.read_text()), done)


@pytest.fixture(scope="module")
def signs(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """A plate driving past and a page held up."""
    return make_signs(tmp_path_factory.mktemp("signs") / "in.mp4", (Sign(), PAGE))


@pytest.fixture(scope="module")
def plates(signs: Clip) -> Redacted:
    return redact(signs, "plate")


def brightest(redacted: Redacted, clip: Clip, which: int) -> list[int]:
    """The brightest luma around the letters of a sign on each frame."""
    found = []
    with open_frames(redacted.out) as source:
        for frame, boxes in zip(source.frames(), clip.boxes, strict=True):
            x0, y0, x1, y1 = (int(edge) for edge in boxes[which])
            inside = planes(frame)[0][y0:y1, x0:x1]
            found.append(int(inside.max()))
    return found


def test_a_moving_plate_is_filled_on_every_frame(signs: Clip, plates: Redacted) -> None:
    assert max(brightest(plates, signs, 0)) < BLACK
    assert {track.kind for track in plates.plan.tracks} == {Kind.PLATE}


def test_a_page_is_no_plate(signs: Clip, plates: Redacted) -> None:
    assert min(brightest(plates, signs, 1)) > BLACK


def test_every_frame_is_in_the_ledger_of_the_text_finder(plates: Redacted) -> None:
    entry = next(use for use in plates.plan.models if use.name == "ppocr-text")
    ledger = next(line for line in plates.plan.ledger if line.model == entry.sha256)
    states = {run.state for run in ledger.runs}
    assert states == {FrameState.FOUND, FrameState.INFERRED}
    assert sum(run.frames for run in ledger.runs) == plates.plan.original.frames
    assert entry.use == "plate, frame by frame or inferred"


def test_the_certificate_of_plates_says_that_faces_were_not_asked_for(plates: Redacted) -> None:
    assert plates.certificate["asked_to_hide"] == ["plate"]
    look = plates.certificate["independent_look"]
    assert isinstance(look, dict)
    assert "only plate was asked to be hidden: faces may be seen" in look["limits"]
    assert look["limits"] in plates.done.stdout


def test_faces_are_hidden_only_where_they_are_asked_for(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", seconds=1, faces=TWO_FACES[:1], audio=False)
    shown, hidden = redact(clip, "plate"), redact(clip, "plate,face")
    assert Kind.FACE not in {track.kind for track in shown.plan.tracks}
    assert {track.kind for track in hidden.plan.tracks} >= {Kind.FACE}
    assert min(brightest(shown, clip, 0)) > BLACK > max(brightest(hidden, clip, 0))


def test_hiding_paper_hides_page_and_plate(signs: Clip) -> None:
    redacted = redact(signs, "paper")
    assert max(brightest(redacted, signs, 0)) < BLACK
    assert max(brightest(redacted, signs, 1)) < BLACK
    assert redacted.plan.profile.hide == (Kind.TEXT,)


def test_hiding_the_frame_leaves_nothing_of_any_picture(signs: Clip) -> None:
    redacted = redact(signs, "frame")
    with open_frames(redacted.out) as source:
        assert max(int(planes(frame)[0].max()) for frame in source.frames()) < BLACK
    assert redacted.certificate["hidden_share"] == 1.0


@pytest.mark.parametrize(
    ("hide", "words"),
    [
        ((Kind.FACE,), ""),
        ((Kind.FACE, Kind.HEAD), "does not judge heads that show no face:"),
        ((Kind.FACE, Kind.PERSON, Kind.PLATE), "does not judge persons, plate:"),
        ((Kind.PLATE, Kind.TEXT), "only plate, text was asked to be hidden: faces may be seen"),
    ],
)
def test_the_certificate_names_all_that_the_independent_look_does_not_judge(
    plates: Redacted, hide: tuple[Kind, ...], words: str
) -> None:
    profile = plates.plan.profile.model_copy(update={"hide": hide})
    said = limits(plates.plan.model_copy(update={"profile": profile, "tracks": ()}))
    assert words in said
    assert bool(words) is bool(said)


def test_a_large_picture_is_looked_at_in_tiles_and_a_small_plate_is_found() -> None:
    picture: Picture = np.full((1200, 2560, 3), 120, np.uint8)
    picture[900:924, 1230:1326] = 245
    cv2.putText(picture, "KLM 4827", (1236, 920), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (20, 20, 20), 2)
    found = TextFinder(load_settings().models_folder).find(picture)
    assert len(found) == 1
    assert (np.abs(found[0, :4] - (1230, 900, 1326, 924)) < 14).all()


@needs_nudity
def test_a_wall_is_not_exposed() -> None:
    picture: Picture = np.full((270, 480, 3), 120, np.uint8)
    assert NudityFinder(load_settings().models_folder).find(picture).shape == (0, 5)
