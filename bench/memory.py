"""Whether memory grows with length: the peak for one minute of 1080p and for ten.

    python -m bench.memory [--minutes 10] [--rate 10]

The whole of `redact-file`, verification included, as a process of its own. The clip is a real one,
scaled and looped, where the footage lies beside the checkout; else a composed one.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

from bench.redaction import BWC, FFMPEG, FOOTAGE, SOURCE, timed
from tests.clips import make_clip


def long_clip(into: Path, *, minutes: int, rate: int) -> Path:
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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--rate", type=int, default=10)
    asked = parser.parse_args()
    peaks = {}
    with tempfile.TemporaryDirectory() as scratch:
        for minutes in (1, asked.minutes):
            clip = long_clip(Path(scratch) / "in.mp4", minutes=minutes, rate=asked.rate)
            out = str(Path(scratch) / "out.mp4")
            cost = timed([*BWC, "redact-file", str(clip), out, "--force"])
            peaks[minutes] = cost.memory_mb
            print(f"{minutes} min of 1080p: peak {cost.memory_mb:.0f} MB, {cost.wall:.0f} s")
    growth = peaks[asked.minutes] / peaks[1] - 1
    print(f"{asked.minutes} minutes take {growth:+.1%} of the memory of one")


if __name__ == "__main__":
    main()
