"""The first seconds of two real body-camera clips: both must end on the portal, verified.

Runs where TEST_FOOTAGE names the folder that holds them; `.ci/run` sets it.
"""

import os
import subprocess
from pathlib import Path

import httpx
import imageio_ffmpeg
import pytest

from tests.e2e.demo_process import STARTUP_SECONDS, running_demo, stop

CLIPS = ("bodycam-interview.mp4", "bodycam-restaurant.mp4")
SECONDS_OF_EACH = 4
FOOTAGE = os.environ.get("TEST_FOOTAGE")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.footage,
    pytest.mark.service,
    pytest.mark.xdist_group("demo"),
    pytest.mark.timeout(2 * STARTUP_SECONDS),
    pytest.mark.skipif(not FOOTAGE, reason="TEST_FOOTAGE does not name a folder of real footage"),
]


def beginning_of(clip: Path, folder: Path) -> Path:
    """The first seconds of a clip as they were coded, so that CI ends in time."""
    start = folder / clip.name
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(clip)]
    command += ["-t", str(SECONDS_OF_EACH), "-c", "copy", str(start)]
    subprocess.run(command, check=True, timeout=60)
    return start


def test_real_body_camera_clips_end_on_the_portal_with_a_passed_verification(
    tmp_path: Path,
) -> None:
    clips = [beginning_of(Path(FOOTAGE or "") / name, tmp_path) for name in CLIPS]
    arguments = [word for clip in clips for word in ("--footage", str(clip))]
    with running_demo(tmp_path / "home", *arguments) as demo:
        demo.wait_until_it_stands()
        items = demo.releases()
        assert len(items) == len(CLIPS)
        for item in items:
            certificate = httpx.get(httpx.URL(demo.portal).join(str(item["certificate_url"])))
            assert certificate.json()["verdict"] == "passed"
        status, alive = stop(demo)
        assert (status, alive) == (0, [])
