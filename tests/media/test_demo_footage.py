"""The demo's footage: composed here, playable, moving, with sound that ends with the picture."""

from pathlib import Path

import av
import numpy as np
import pytest

from bwc.demo.footage import EVENT_RATE, compose_event, compose_quiet, load_cast
from bwc.redaction.models import load
from bwc.settings import load_settings

pytestmark = pytest.mark.media


def test_an_event_shows_a_moving_street_with_sound(tmp_path: Path) -> None:
    models = load_settings().models_folder
    cast = load_cast(load("astronaut", models), load("grace-hopper", models))
    file = tmp_path / "event.mp4"
    compose_event(file, cast=cast, seed=3, seconds=2, night=0.1)
    with av.open(str(file)) as container:
        pictures = [f.to_ndarray(format="gray") for f in container.decode(video=0)]
    with av.open(str(file)) as container:
        samples = sum(f.samples for f in container.decode(audio=0))
        rate = container.streams.audio[0].rate
    assert len(pictures) == 2 * EVENT_RATE
    assert np.abs(pictures[0].astype(int) - pictures[-1]).mean() > 5
    assert samples / rate == pytest.approx(2, abs=0.2)


def test_two_quiet_recordings_are_never_the_same_bytes(tmp_path: Path) -> None:
    for seed in (1, 2):
        compose_quiet(tmp_path / f"{seed}.mp4", seed=seed, seconds=4)
    assert (tmp_path / "1.mp4").read_bytes() != (tmp_path / "2.mp4").read_bytes()


def test_a_portrait_that_is_no_picture_is_named(tmp_path: Path) -> None:
    from bwc.errors import MediaError

    false = tmp_path / "false.png"
    false.write_text("no picture")
    with pytest.raises(MediaError, match=r"false\.png: not a picture"):
        load_cast(false, false)
