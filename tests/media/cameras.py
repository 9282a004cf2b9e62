"""Recordings as real cameras write them: a composed clip, put into its container by ffmpeg.

A `Camera` says what is peculiar about one; `record` makes the file and says where the face is on
each frame that a player shows, by the exact time of the frame.
"""

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from bwc.media.decode import look
from tests.clips import Clip, Face, draw, make_clip
from tests.redactions import times_of

SIZE = (320, 180)
SECONDS = 0.6
FACE = Face(height=50, start=(110.0, 90.0), velocity=(60.0, 0.0))

SHOT = "shot"  # the composed clip, as an input of ffmpeg
SHOT_SUFFIX = {".mts": ".ts"}
SINE = ("-f", "lavfi", "-t", str(SECONDS), "-i")


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """What one camera writes.

    `shape` is for `tests.clips.make_clip`; `ffmpeg` are the arguments that put the composed clip
    (`SHOT` is its name) into its container, none where it is there already. A frame shown at
    second t was composed for second t + `shift`. `wound` changes the finished file's bytes.
    """

    name: str = "a.mp4"
    shape: Mapping[str, Any] = field(default_factory=dict)
    ffmpeg: tuple[str, ...] = ()
    shift: Fraction = Fraction(0)
    wound: Callable[[Path], None] | None = None


def record(camera: Camera, folder: Path) -> Clip:
    """The file that `camera` writes, in `folder`."""
    path = folder / camera.name
    wanted: dict[str, Any] = {"size": SIZE, "seconds": SECONDS, "audio": False} | dict(camera.shape)
    faces = wanted.setdefault("faces", (FACE,))
    shot = folder / (
        f"shot{SHOT_SUFFIX.get(path.suffix, path.suffix)}" if camera.ffmpeg else path.name
    )
    make_clip(shot, **wanted)
    if camera.ffmpeg:
        words = [str(shot) if word == SHOT else word for word in camera.ffmpeg]
        run_ffmpeg(*words, str(path))
    if camera.wound is not None:
        camera.wound(path)
    base, pts = look(path).time_base, tuple(times_of(path))
    boxes = []
    for at in pts:
        second = at * base + camera.shift - wanted.get("first_second", 0)
        # A container with coarse ticks rounds times: ask for the moment that was composed.
        composed = round(second * 1000) / 1000
        boxes.append(draw(composed, size=wanted["size"], faces=faces)[1])
    return Clip(path, base, pts, tuple(boxes))


def run_ffmpeg(*words: str) -> None:
    """Run the ffmpeg program. Raises CalledProcessError with what it said."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *words]
    subprocess.run(command, check=True)
