"""Faces that real footage shows for a few frames only, mostly between two looks: how many stay shown.

Into the first frames of real clips a portrait is pasted every eight frames, each time at another
place and in another size, for 1, 2, 3 or 5 frames; the file is redacted with the real detectors,
without verification, and each pasted face counted whose pixels the finished file still shows. The
last column is the same with no look for surprise. Needs the models and TEST_FOOTAGE. Run it alone:

    TEST_FOOTAGE=... .venv/bin/python -m bench.glimpses
"""

import os
import sys
import tempfile
from fractions import Fraction
from itertools import product
from pathlib import Path

import av
from av.video.stream import VideoStream

from bwc.media.decode import open_frames
from bwc.media.encode import planes
from bwc.redaction import observe
from bwc.redaction.engine import Engine, redact_file
from bwc.settings import load_settings
from tests.clips import Box, Face, have_models, paste
from tests.missed_frames import is_shown

CLIPS = ("woman-and-dog.mp4", "bodycam-restaurant.mp4", "store-aisle.mp4", "corridor-three.mp4")
LASTING = (1, 2, 3, 5)  # frames
FRAMES, FIRST, APART = 64, 6, 8  # looks are four apart at 25 a second: each comes midway
HEIGHTS = ((0.08, 0.12, 0.2), (0.025, 0.04))  # of the face, in shares of the picture's
PLACES = ((0.2, 0.25), (0.8, 0.7), (0.5, 0.3), (0.2, 0.75), (0.8, 0.25), (0.5, 0.75))
PORTRAITS = ("astronaut", "grace-hopper")

Planted = dict[int, Box]  # by frame


def main() -> None:
    if not have_models() or "TEST_FOOTAGE" not in os.environ:
        print("glimpses: skipped, needs the models and TEST_FOOTAGE")
        return
    engine, usual = Engine(load_settings().models_folder), observe.SURPRISING
    print("| face, of the height | frames it is there | pasted face-frames | shown | no surprise |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        for heights, lasting in product(HEIGHTS, LASTING):
            faces, shown, shown_before = 0, 0, 0
            for name in CLIPS:
                clip = Path(place) / "clip.mp4"
                planted = plant(Path(os.environ["TEST_FOOTAGE"]) / name, clip, lasting, heights)
                now, before = (still_shown(clip, planted, engine, at) for at in (usual, 1e9))
                print(f"  {name} {lasting}: {now} {before} of {len(planted)}", file=sys.stderr)
                faces, shown, shown_before = (
                    faces + len(planted),
                    shown + now,
                    shown_before + before,
                )
            words = ", ".join(f"{height:.1%}" for height in heights)
            print(f"| {words} | {lasting} | {faces} | {shown} | {shown_before} |", flush=True)


def plant(original: Path, into: Path, lasting: int, heights: tuple[float, ...]) -> Planted:
    """Write the first frames of `original` with its guests; where each of them is."""
    planted: Planted = {}
    with open_frames(original) as source, av.open(str(into), "w") as out:
        video: VideoStream | None = None
        for index, frame in zip(range(FRAMES), source.frames(), strict=False):
            if video is None:
                video = out.add_stream("libx264", rate=25, options={"preset": "veryfast"})
                video.width, video.height, video.pix_fmt = frame.width, frame.height, "yuv420p"
            picture = frame.to_ndarray(format="bgr24").copy()
            guest, since = divmod(index - FIRST, APART)
            if guest >= 0 and since < lasting:
                box = paste(picture, _guest(guest, frame.width, frame.height, heights), 0.0)
                assert box is not None
                planted[index] = box
            drawn = av.VideoFrame.from_ndarray(picture, format="bgr24")
            drawn.pts, drawn.time_base = index, Fraction(1, 25)
            out.mux(video.encode(drawn))
        assert video is not None
        out.mux(video.encode(None))
    return planted


def still_shown(clip: Path, planted: Planted, engine: Engine, surprising: float) -> int:
    """How many of the faces in `planted` the redacted `clip` shows."""
    into = clip.with_suffix(".out.mp4")
    observe.SURPRISING = surprising
    redact_file(clip, into, engine=engine, verified=False)
    with open_frames(into) as source:
        count = sum(
            index in planted and is_shown(planes(frame)[0], planted[index])
            for index, frame in enumerate(source.frames())
        )
    into.unlink()
    return count


def _guest(number: int, width: int, height: int, heights: tuple[float, ...]) -> Face:
    """The face that comes as number `number`."""
    x, y = PLACES[number % len(PLACES)]
    return Face(
        portrait=PORTRAITS[number % len(PORTRAITS)],
        height=round(height * heights[number % len(heights)]),
        start=(x * width, y * height),
        velocity=(0.0, 0.0),
    )


if __name__ == "__main__":
    main()
