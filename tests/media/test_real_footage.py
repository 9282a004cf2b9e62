"""The first seconds of two real body-camera clips: both must pass verification as they are.

Runs where TEST_FOOTAGE names the folder that holds them; `.ci/run` sets it.
"""

import os
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from bwc.redaction.engine import Engine, redact_file
from bwc.settings import load_settings

FOOTAGE = os.environ.get("TEST_FOOTAGE")
SECONDS_OF_EACH = "4"

pytestmark = [
    pytest.mark.media,
    pytest.mark.footage,
    pytest.mark.skipif(not FOOTAGE, reason="TEST_FOOTAGE does not name a folder of real footage"),
]


@pytest.mark.parametrize("name", ["bodycam-interview.mp4", "bodycam-restaurant.mp4"])
def test_a_real_body_camera_clip_passes_verification(name: str, tmp_path: Path) -> None:
    start, out = tmp_path / name, tmp_path / "out.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(Path(FOOTAGE or "", name))]
    command += ["-t", SECONDS_OF_EACH, "-c", "copy", str(start)]
    subprocess.run(command, check=True, timeout=60)
    outcome = redact_file(start, out, engine=Engine(load_settings().models_folder))
    assert outcome.verdict == "passed"
    assert outcome.plan.tracks
    assert out.is_file()
