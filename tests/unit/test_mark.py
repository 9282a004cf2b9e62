"""A recipient's mark stands upright in the picture, whatever way the camera was held."""

from fractions import Fraction

import numpy as np
import pytest

from bwc.errors import MediaError
from bwc.media.decode import Colour, VideoLook
from bwc.redaction.mark import mark_of
from bwc.redaction.pictures import upright, upright_size

LINES = ["For Zoë Müller-Łęcka only", "Testland Police 2026-03-02 11:00 MST"]


def film(rotation: int) -> VideoLook:
    return VideoLook(
        codec="h264",
        width=320,
        height=180,
        pixel_format="yuv420p",
        bit_depth=8,
        time_base=Fraction(1, 90_000),
        first_pts=0,
        rotation=rotation,
        matrix=None,
        sample_aspect=None,
        colour=Colour(2, 2, 2, 2),
        others=(),
        frames_expected=1,
    )


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_mark_lies_across_the_picture_as_it_is_shown(rotation: int) -> None:
    shown = film(rotation)
    mark = mark_of(shown, LINES)
    assert mark.keeps.shape == (shown.height, shown.width)
    picture = np.full((shown.height, shown.width), 128, np.uint8)
    mark.draw(picture)
    seen = upright(picture, rotation)
    assert seen.shape[::-1] == upright_size(shown)
    bands = (seen != 128).mean(axis=1)
    assert set(np.unique(bands)) == {0.0, 1.0}, "whole rows are covered, and others not at all"
    assert 3 * 2 * 8 < bands.sum() < 0.6 * seen.shape[0]
    assert seen.max() > 180, "the text is bright"


def test_a_mark_without_a_name_is_none() -> None:
    with pytest.raises(MediaError):
        mark_of(film(0), ["", " \n"])
