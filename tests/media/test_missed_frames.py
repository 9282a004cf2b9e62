"""A detector that misses a few frames shows nobody: tracks carry a face over them."""

from pathlib import Path

import numpy as np
import pytest

from bwc.redaction.engine import Engine
from bwc.settings import load_settings
from tests.clips import needs_models
from tests.missed_frames import (
    SCENES,
    Count,
    ForgetfulEngine,
    Memory,
    Scene,
    film,
    number_in,
    redact_forgetting,
    runs_of,
)

pytestmark = [pytest.mark.media, needs_models]

Planted = tuple[Scene, tuple[Memory, Memory]]


@pytest.fixture(scope="module")
def walking(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    finders = Engine(load_settings().models_folder).finders
    scene = film(tmp_path_factory.mktemp("missed") / "in.mp4", SCENES["walking"])
    return scene, (Memory(finders.faces), Memory(finders.people))


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_no_face_shows_when_both_detectors_miss_frames_in_a_row(
    length: int, walking: Planted, tmp_path: Path
) -> None:
    scene, memories = walking
    count = Count()
    for missed in runs_of(length):
        engine = ForgetfulEngine(load_settings().models_folder, memories, missed)
        redact_forgetting(scene, tmp_path / "o.mp4", engine=engine, missed=missed, count=count)
    assert count.missed == 2 * 5 * length
    assert count.who == []


def test_a_face_shows_when_the_detectors_miss_every_frame(walking: Planted, tmp_path: Path) -> None:
    """What counts faces can tell one: else the other tests would say nothing."""
    scene, memories = walking
    count = Count()
    engine = ForgetfulEngine(load_settings().models_folder, memories, range(40))
    redact_forgetting(scene, tmp_path / "o.mp4", engine=engine, missed=range(40), count=count)
    assert (count.missed, count.shown) == (80, 80)


def test_a_picture_without_a_number_is_taken_for_none(walking: Planted) -> None:
    assert number_in(np.zeros((360, 640, 3), np.uint8)) is None
