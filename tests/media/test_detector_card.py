"""The detector card: what is hidden of what people labelled, and what survives an effect."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from bwc.cli.main import build
from bwc.errors import InvalidInput
from bwc.redaction.card import Card, Label, read_labels
from bwc.redaction.detail import Grey, coarse_look_is_kept, has_coarse_look, kept_share
from tests.clips import Face, draw, make_clip, needs_models

pytestmark = pytest.mark.media

BOX = (128, 96, 224, 216)


@pytest.fixture(scope="module")
def picture() -> Grey:
    colours, _ = draw(0, size=(480, 270), faces=[Face(height=120, start=(176, 156))])
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY), np.uint8)


def face_of(picture: Grey) -> Grey:
    x0, y0, x1, y1 = BOX
    return picture[y0:y1, x0:x1]


def with_face(picture: Grey, face: Grey) -> Grey:
    changed = picture.copy()
    face_of(changed)[:] = face
    return changed


def mosaic(face: Grey, cells: int) -> Grey:
    small = cv2.resize(face, (cells, cells), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, face.shape[::-1], interpolation=cv2.INTER_NEAREST))


def blurred(face: Grey, sigma: float) -> Grey:
    return np.asarray(cv2.GaussianBlur(face, (0, 0), sigma))


def noisy(face: Grey) -> Grey:
    noise = np.random.default_rng(3).normal(0, 2, face.shape)
    return np.asarray((face + noise).clip(0, 255), np.uint8)


KEPT = {
    "nothing was done": lambda face: face,
    "only noise was added": noisy,
    "it is a negative": lambda face: 255 - face,
    "a mild blur": lambda face: blurred(face, 2),
    "a mosaic of eight cells": lambda face: mosaic(face, 8),
    "a blur of a tenth of its size": lambda face: blurred(face, 12),
}
LOST = {
    "solid fill": lambda face: np.full_like(face, 16),
    "solid fill with the coder's noise": lambda face: noisy(np.full_like(face, 16)),
    "one colour": lambda face: np.full_like(face, int(face.mean())),
}


@pytest.mark.parametrize("effect", KEPT)
def test_what_tells_a_person_survives_when(effect: str, picture: Grey) -> None:
    before = face_of(picture)
    after = KEPT[effect](before)
    assert kept_share(before, after) > 0.15 or coarse_look_is_kept(before, after)
    assert has_coarse_look(after)


@pytest.mark.parametrize("effect", LOST)
def test_nothing_of_a_person_survives(effect: str, picture: Grey) -> None:
    before = face_of(picture)
    after = LOST[effect](before)
    assert kept_share(before, after) <= 0.15
    assert not coarse_look_is_kept(before, after)
    assert not has_coarse_look(after)


def test_a_card_counts_by_kind_size_light_and_the_words_of_the_label(picture: Grey) -> None:
    card = Card()
    gone = with_face(picture, np.full_like(face_of(picture), 16))
    card.add(picture, gone, Label(kind="face", box=BOX, pose="profile"))
    card.add(picture, picture, Label(kind="face", box=BOX))
    card.add(picture, picture, Label(kind="head", box=(0, 0, 12, 12)))
    rows = {
        table: {n: (r.hidden, r.labelled) for n, r in t.items()} for table, t in card.tables.items()
    }
    assert rows["kind"] == {"face, all": (1, 2)}
    assert rows["height"] == {"face, 81 px and more": (1, 2)}
    assert rows["pose"] == {"face, profile": (1, 1)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nothing", "not JSON"),
        ('{"clip": "a.mp4"}', "frames"),
        ('{"clip": "a.mp4", "frames": {"0": [{"kind": "dog", "box": [0, 0, 9, 9]}]}}', "kind"),
    ],
)
def test_labels_that_are_none_are_named(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=words):
        read_labels(path)


def bwc(*words: str | Path) -> Result:
    arguments = [str(word) for word in words]
    return CliRunner().invoke(build(arguments), arguments)


def test_a_folder_without_labels_is_misuse(tmp_path: Path) -> None:
    refused = bwc("detector-card", tmp_path)
    assert (refused.exit_code, "no labels" in refused.stderr) == (2, True)


@needs_models
def test_a_department_computes_a_card_of_its_own_clips(tmp_path: Path) -> None:
    clip = make_clip(
        tmp_path / "a.mp4",
        size=(480, 270),
        seconds=0.8,
        faces=(Face(height=70, start=(150, 120)),),
    )
    frames = {
        str(at): [{"id": 1, "kind": "face", "box": list(box), "pose": "front"} for box in boxes]
        for at, boxes in enumerate(clip.boxes)
    }
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "a.json").write_text(json.dumps({"clip": "a.mp4", "frames": frames}))
    done = bwc("detector-card", tmp_path, "--json")
    assert done.exit_code == 0, done.output
    card = json.loads(done.stdout)
    assert card["tables"]["pose"]["face, front"]["hidden"] == 20
    assert card["tables"]["height"]["face, 41 to 80 px"]["recall"] == 1.0
    assert "recall" in bwc("detector-card", tmp_path).stdout
