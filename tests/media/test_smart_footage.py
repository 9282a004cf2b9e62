"""Smart render of what real cameras filmed, with a key frame each one to four seconds.

Runs where TEST_FOOTAGE names the folder of the clips.
"""

import os
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from bwc.media.decode import look
from tests.clips import Clip
from tests.media.test_smart import smart
from tests.redactions import failed, plan_for, times_of, verify_clip

FOOTAGE = Path(os.environ.get("TEST_FOOTAGE", ""))
CLIPS = {  # seconds between key frames, and how else it is coded
    "bodycam-interview.mp4": ("1", "-bf", "3"),
    "hand-over-face.mp4": ("2", "-profile:v", "baseline"),
    "signing-brother.mkv": ("1", "-x264-params", "b-pyramid=strict:ref=4"),
    "whip-pan.mp4": ("4", "-bf", "2"),
}

pytestmark = [
    pytest.mark.media,
    pytest.mark.footage,
    pytest.mark.skipif(
        not os.environ.get("TEST_FOOTAGE"), reason="TEST_FOOTAGE names no folder of real footage"
    ),
]


@pytest.mark.parametrize("name", CLIPS)
def test_real_footage_is_copied_where_nothing_is_hidden(name: str, tmp_path: Path) -> None:
    seconds, *coded = CLIPS[name]
    source, out = tmp_path / f"in{Path(name).suffix}", tmp_path / "out.mp4"
    keys = ["-force_key_frames", f"expr:gte(t,n_forced*{seconds})", "-t", "6"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(FOOTAGE / name), *keys]
    command += ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "superfast", *coded]
    subprocess.run([*command, str(source)], check=True)
    shown, pts = look(source), tuple(times_of(source))
    place = (shown.width * 0.3, shown.height * 0.3, shown.width * 0.5, shown.height * 0.6)
    boxes = tuple((place,) if 9 <= at < 15 else () for at in range(len(pts)))
    clip = Clip(source, shown.time_base, pts, boxes)
    assert smart(clip, out).copied > 0
    assert failed(verify_clip(clip, plan_for(clip), out)) == set()
