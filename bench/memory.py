"""Whether memory grows with length: the peak for one minute of 1080p and for ten.

    python -m bench.memory [--minutes 1 10] [--rate 10]

The whole of `redact-file`, verification included, as a process of its own, once for each length. The
peak is the largest resident set of that process (`ru_maxrss`), models and libraries included. The
clip is a real one, scaled and looped, where the footage lies beside the checkout; else a composed
one. Ends with 1 where the longest takes more than a tenth more than the shortest, or too much.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

from bench.redaction import BWC, FFMPEG, FOOTAGE, SOURCE, timed
from bwc.media.decode import look
from tests.clips import make_clip

MOST_GROWTH = 0.10
MOST_MB = 1500


def long_clip(into: Path, *, minutes: float, rate: int) -> Path:
    """`minutes` of 1080p."""
    source = FOOTAGE / SOURCE
    if not source.is_file():
        source = make_clip(into.with_name("short.mp4"), size=(1280, 720), seconds=10).path
    subprocess.run(
        [
            *(FFMPEG, "-v", "error", "-y", "-stream_loop", "-1", "-i", str(source)),
            *("-t", str(60 * minutes), "-r", str(rate), "-vf", "scale=1920:1080"),
            *("-c:v", "libx264", "-preset", "veryfast", "-g", str(2 * rate), "-c:a", "aac"),
            str(into),
        ],
        check=True,
    )
    return into


def peak_mb(folder: Path, *, minutes: float, rate: int) -> float:
    """The peak of redacting a clip of `minutes`."""
    clip = long_clip(folder / "in.mp4", minutes=minutes, rate=rate)
    cost = timed([*BWC, "redact-file", str(clip), str(folder / "out.mp4"), "--force"])
    frames = look(clip).frames_expected
    print(
        f"{minutes:g} min of 1080p, {frames} frames: peak {cost.memory_mb:.0f} MB, {cost.wall:.0f} s",
        flush=True,
    )
    return cost.memory_mb


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--rate", type=int, default=10, help="frames a second")
    asked = parser.parse_args()
    lengths = sorted(set(asked.minutes))
    with tempfile.TemporaryDirectory() as scratch:
        peaks = [peak_mb(Path(scratch), minutes=minutes, rate=asked.rate) for minutes in lengths]
    growth = peaks[-1] / peaks[0] - 1
    print(f"{lengths[-1]:g} minutes take {growth:+.1%} of the memory of {lengths[0]:g}")
    if growth > MOST_GROWTH or max(peaks) > MOST_MB:
        raise SystemExit(f"demanded: at most {MOST_GROWTH:+.0%} and {MOST_MB} MB")


if __name__ == "__main__":
    main()
