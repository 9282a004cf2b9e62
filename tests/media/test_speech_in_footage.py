"""Speech in real body-camera footage; runs where TEST_FOOTAGE names the folder that holds it."""

import os
from pathlib import Path

import pytest

from bwc.media.audio import sound_look
from bwc.redaction.speech import speech_in
from bwc.timeline import total_media_seconds

FOOTAGE = os.environ.get("TEST_FOOTAGE")

pytestmark = [
    pytest.mark.media,
    pytest.mark.footage,
    pytest.mark.skipif(not FOOTAGE, reason="TEST_FOOTAGE does not name a folder of real footage"),
]


@pytest.mark.parametrize("name", ["bodycam-interview.mp4", "bodycam-restaurant.mp4"])
def test_somebody_speaks_in_body_camera_footage(name: str) -> None:
    path = Path(FOOTAGE or "") / name
    speech = speech_in(path, sound_look(path))
    assert speech is not None
    assert total_media_seconds(speech.spoken()) > 0.5
