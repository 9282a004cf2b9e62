"""Somebody before a bright window is answered to surely by the finders as they are."""

import cv2
import numpy as np
import pytest

from bwc.redaction.closer import Care, Eyes, load_finders
from bwc.redaction.detect import Picture
from bwc.redaction.heads import SURE_FACE
from bwc.redaction.models import load
from bwc.settings import load_settings
from tests.backlight import against_a_window, as_frame
from tests.clips import PORTRAITS

pytestmark = pytest.mark.media
MODELS = load_settings().models_folder
DARKER = 7  # stops, as a camera that measures the sky leaves a face
VEIL, NOISE, GAMMA = 0.01, 0.0015, 2.2  # shares of full light


def darkened(picture: Picture) -> Picture:
    """`picture` with so little light, the veil of a lens and the noise of a sensor."""
    light = (picture / 255) ** GAMMA / 2**DARKER + VEIL
    light += np.random.default_rng(0).standard_normal(light.shape) * NOISE * (1 + np.sqrt(light))
    return np.asarray(255 * light.clip(0, 1) ** (1 / GAMMA), np.uint8)


@pytest.mark.parametrize("height", [40, 75])
def test_a_face_before_a_window_is_surely_seen(height: int) -> None:
    place = PORTRAITS["grace-hopper"]
    pixels = cv2.cvtColor(
        np.asarray(cv2.imread(str(load("grace-hopper", MODELS)))), cv2.COLOR_BGR2RGB
    )
    scale = height / (place.face[3] - place.face[1])
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    frame, look = as_frame(against_a_window(darkened(np.asarray(small, np.uint8))))
    faces = Eyes(load_finders(MODELS), look).look(frame, Care.QUICK).faces
    x, y = 400 + scale * 268, 544 - small.shape[0] + scale * 242
    there = (faces[:, 0] < x) & (x < faces[:, 2]) & (faces[:, 1] < y) & (y < faces[:, 3])
    assert faces[there, 4].max(initial=0) >= SURE_FACE
