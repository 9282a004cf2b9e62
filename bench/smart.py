"""What copying saves: footage with people in a quarter of it, redacted smartly, fully, and transcoded.

    python -m bench.smart [--runs 3] [--seconds 60]

1080p with a key frame each two seconds: three quarters of an empty room, one of a street with
people. Wall time of whole processes, start-up included, without verification; the systems take
turns, and the median counts. The baseline is x264 veryfast of the same clip by the ffmpeg program
that bwc installs. Needs the real clips (see docs).
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

from bench.redaction import BWC, FFMPEG, FOOTAGE, timed

EMPTY, PEOPLE = "empty-room.mp4", "woman-and-dog.mp4"
SHARE = 4  # of the time, one part shows people
PICTURE = "fps=30,scale=1920:1080,setsar=1,format=yuv420p"


def sparse(folder: Path, seconds: int) -> Path:
    """Somebody in the last quarter of the footage."""
    film = folder / "sparse.mp4"
    lengths = {EMPTY: seconds - seconds // SHARE, PEOPLE: seconds // SHARE}
    inputs = [
        word
        for name, length in lengths.items()
        for word in ("-stream_loop", "-1", "-t", str(length), "-i", str(FOOTAGE / name))
    ]
    sound = ["-f", "lavfi", "-t", str(seconds), "-i", "anullsrc=r=48000:cl=stereo"]
    joined = f"[0:v]{PICTURE}[a];[1:v]{PICTURE}[b];[a][b]concat=n=2:v=1:a=0[v]"
    code = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "60", "-c:a", "aac"]
    command = [FFMPEG, "-v", "error", *inputs, *sound, "-filter_complex", joined]
    subprocess.run([*command, "-map", "[v]", "-map", "2:a", *code, str(film)], check=True)
    return film


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=60)
    asked = parser.parse_args()
    if not (FOOTAGE / EMPTY).is_file() or not (FOOTAGE / PEOPLE).is_file():
        print("no clips to measure on: they are not beside the checkout, nor in TEST_FOOTAGE")
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        film = sparse(folder, asked.seconds)
        out, plan = folder / "out.mp4", folder / "plan.json"
        redact = [*BWC, "redact-file", str(film), str(out), "--force", "--no-verify"]
        code = ("-c:v", "libx264", "-preset", "veryfast", "-c:a", "copy", str(out))
        systems = {
            "x264 veryfast": [FFMPEG, "-v", "error", "-y", "-i", str(film), *code],
            "smart": [*redact, "--save-plan", str(plan)],
            "full": [*redact, "--render", "full"],
            "smart, of a plan": [*redact, "--plan", str(plan)],
            "full, of a plan": [*redact, "--plan", str(plan), "--render", "full"],
        }
        walls: dict[str, list[float]] = {name: [] for name in systems}
        sizes: dict[str, int] = {}
        for _ in range(asked.runs):
            for name, command in systems.items():
                walls[name].append(timed(command).wall)
                sizes[name] = out.stat().st_size
        print(
            f"{asked.seconds} s of 1080p, {film.stat().st_size:,} bytes, load {os.getloadavg()[0]:.1f}"
        )
        base = statistics.median(walls["x264 veryfast"])
        for name, taken in walls.items():
            wall = statistics.median(taken)
            print(
                f"  {name:18} {wall:7.1f} s  {wall / base:5.2f} x transcode  {sizes[name]:>12,} bytes"
            )
        said = subprocess.run([*redact, "--json"], check=True, capture_output=True, text=True)
        result = json.loads(said.stdout)
        print(
            f"  of {result['frames']} frames: {result['render']}; seconds by stage {result['seconds']}"
        )


if __name__ == "__main__":
    main()
