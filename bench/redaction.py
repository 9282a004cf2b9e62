"""What redaction costs, beside two baselines in the same run: `deface` and a plain transcode.

    python -m bench.redaction [--runs 3] [--without-deface]

Wall time of whole processes, start-up included, each clip looped to 16 seconds, and at 720p to a
minute as well, where start-up weighs less. Baselines:
`deface` 1.5.0 as it comes (its own environment, made on the first run), and x264 veryfast of the
same clip by the ffmpeg program that bwc installs. Runs of the systems alternate, so that whatever
else the machine does meets all of them; the median counts. Needs the real clips (see docs).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from bwc.media.decode import look

ROOT = Path(__file__).resolve().parent.parent
FOOTAGE = Path(os.environ.get("TEST_FOOTAGE", ROOT.parent / "shared" / "footage"))
SOURCE = "woman-and-dog.mp4"  # 1280x720, 29.97 frames a second
MINUTE = "a minute of 720p"
DEFACE = ROOT / ".venv" / "deface"
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
BWC = [str(Path(sys.executable).parent / "bwc")]


@dataclass(frozen=True, slots=True)
class Cost:
    """One run: wall and processor seconds, and the peak of memory in MB."""

    wall: float
    processor: float
    memory_mb: float


def timed(command: list[str]) -> Cost:
    """Run `command` to its end."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in {0, 1}:
        raise SystemExit(f"ended with {child.returncode}: {' '.join(command)}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def clips(folder: Path) -> dict[str, Path]:
    """The clip as it is and scaled to 1080p, looped to 16 seconds; and as it is, to a minute."""
    common = [FFMPEG, "-v", "error", "-stream_loop", "-1", "-i", str(FOOTAGE / SOURCE)]
    code = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-c:a", "copy"]
    made = {}
    for name, width, seconds in (("720p", 1280, 16), ("1080p", 1920, 16), (MINUTE, 1280, 60)):
        made[name] = folder / f"{name}.mp4"
        cut = ["-t", str(seconds), "-vf", f"scale={width}:-2"]
        subprocess.run([*common, *cut, *code, str(made[name])], check=True)
    return made


def systems(clip: Path, folder: Path, *, with_deface: bool) -> dict[str, list[str]]:
    """Each system's command; the baselines first."""
    out = str(folder / "out.mp4")
    plan = str(folder / "plan.json")
    redact = [*BWC, "redact-file", str(clip), out, "--force"]
    commands = {
        "x264 veryfast": [
            *(FFMPEG, "-v", "error", "-y", "-i", str(clip)),
            *("-c:v", "libx264", "-preset", "veryfast", "-c:a", "copy", out),
        ],
        "bwc, not verified": [*redact, "--no-verify", "--save-plan", plan],
        "bwc, a plan rendered again": [*redact, "--no-verify", "--plan", plan],
        "exact verification of it": [sys.executable, "-m", "bench.exact", str(clip), out, plan],
        "bwc, verified": redact,
    }
    if with_deface:
        deface = [str(DEFACE / "bin" / "deface"), str(clip), "-o", str(folder / "deface.mp4")]
        return {"deface 1.5.0": deface} | commands
    return commands


def install_deface() -> None:
    """`deface` in an environment of its own: its dependencies replace ours."""
    if (DEFACE / "bin" / "deface").exists():
        return
    uv = str(Path(sys.executable).parent / "uv")
    subprocess.run([uv, "venv", "--quiet", str(DEFACE)], check=True)
    python = str(DEFACE / "bin" / "python")
    packages = ["deface==1.5.0", "onnxruntime"]
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *packages], check=True)


def measure(
    clip: Path, folder: Path, *, runs: int, with_deface: bool, until: str = ""
) -> dict[str, Cost]:
    """The median run of each system, or of those up to and with `until`."""
    commands = systems(clip, folder, with_deface=with_deface)
    if until:
        commands = {
            name: commands[name] for name in list(commands)[: list(commands).index(until) + 1]
        }
    costs: dict[str, list[Cost]] = {}
    for run in range(runs):
        for name, command in commands.items():
            if name.startswith("deface") and run:
                continue  # minutes each; its one run is long enough to be steady
            costs.setdefault(name, []).append(timed(command))
    return {name: sorted(c, key=lambda cost: cost.wall)[len(c) // 2] for name, c in costs.items()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--without-deface", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not (FOOTAGE / SOURCE).is_file():
        print(f"no clips to measure on: {SOURCE} is not beside the checkout, nor in TEST_FOOTAGE")
        return
    if not asked.without_deface:
        install_deface()
    rows = {}
    with tempfile.TemporaryDirectory() as scratch:
        for size, clip in clips(Path(scratch)).items():
            with_deface = not asked.without_deface and size != MINUTE
            until = "bwc, not verified" if size == MINUTE else ""
            costs = measure(
                clip, Path(scratch), runs=asked.runs, with_deface=with_deface, until=until
            )
            frames = look(clip).frames_expected
            base = costs["x264 veryfast"].wall
            print(f"{size}, {frames} frames, load {os.getloadavg()[0]:.1f}")
            for name, cost in costs.items():
                each = cost.wall / frames * 1000
                print(
                    f"  {name:28} {each:7.1f} ms a frame  {cost.wall / base:6.2f} x transcode"
                    f"  {cost.processor / frames * 1000:7.1f} ms processor  {cost.memory_mb:6.0f} MB"
                )
            if with_deface:
                faster = costs["deface 1.5.0"].wall / costs["bwc, not verified"].wall
                print(f"  bwc, not verified, is {faster:.1f} times as fast as deface")
            rows[size] = {name: cost.wall / frames for name, cost in costs.items()}
    if asked.json:
        print(json.dumps(rows))


if __name__ == "__main__":
    main()
