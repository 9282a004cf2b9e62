"""What copying sound costs against coding it anew, by second of sound, and what it keeps.

    python -m bench.sound [--seconds 60]

Processor time in one process, of sound alone, the way rendering and verification go through it. The
packets of real clips, repeated until they last as long (see docs).
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from bench.redaction import FOOTAGE
from bwc.media.aac_packet import read_element
from bwc.media.audio import SoundBlock, SoundLook, sound, sound_look
from bwc.media.containers import open_media
from bwc.media.copied_sound import CopiedSound, read_sound, sound_packets
from bwc.media.decode import look
from bwc.media.encode import open_writer
from bwc.redaction.check_copied_sound import check_copied_sound
from bwc.redaction.plan import Plan
from tests.redactions import render_clip
from tests.sounds import muting, picture, with_packets

CLIPS = ("bodycam-restaurant.mp4", "bodycam-interview.mp4", "no-face.mp4", "egocentric-carpark.mp4")
QUIET = 1e-3
WINDOW = 20  # of these a second; the difference is taken over each


def milliseconds(work: Callable[[], object]) -> float:
    """The processor's, the best of three."""
    taken = []
    for _ in range(3):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return 1000 * min(taken)


def coded_anew(path: Path, heard: SoundLook, into: Path) -> None:
    """The sound alone, as a full rendering codes it."""
    with open_writer(into, look(path), heard) as writer:
        for block in sound(path, heard):
            writer.write_sound(block)


def through(packets: Iterable[object]) -> int:
    return sum(1 for _ in packets)


def wave(blocks: Iterable[SoundBlock]) -> np.ndarray:
    """Mono, from sample 0 on."""
    listed = list(blocks)
    joined = np.zeros(listed[-1].end, np.float32)
    for block in listed:
        joined[max(0, block.start) : block.end] = block.samples.mean(axis=0)[max(0, -block.start) :]
    return joined


def decibels_below(path: Path, heard: SoundLook, other: Path) -> float:
    """How far below the sound the difference lies, median over windows."""
    one, two = wave(sound(path, heard)), wave(sound(other, heard))
    size = heard.rate // WINDOW
    count = min(one.size, two.size) // size
    one, two = (each[: count * size].reshape(count, size) for each in (one, two))
    loud, off = (np.sqrt((each**2).mean(axis=1)) for each in (one, one - two))
    ratios = loud[loud > QUIET] / np.maximum(off[loud > QUIET], 1e-9)
    return float(20 * np.log10(np.median(ratios)))


def repeated(name: str, folder: Path, seconds: int) -> tuple[Path, Plan, CopiedSound, SoundLook]:
    """A film with the packets of a clip again and again, a plan of it, and its sound."""
    with open_media(FOOTAGE / name) as container:
        packets = [bytes(p) for p in container.demux(container.streams.audio[0]) if p.size]
    heard = sound_look(FOOTAGE / name)
    assert heard is not None
    form = read_sound(FOOTAGE / name, heard).form
    times = -(-seconds * form.rate // (1024 * len(packets)))
    clip = with_packets(picture(folder), folder / "in.mp4", packets * times, form)
    plan = muting(clip)
    render_clip(clip, plan, folder / "out.mp4")
    return clip.path, plan, read_sound(clip.path, heard), heard


def measure(name: str, folder: Path, seconds: int) -> None:
    path, plan, copied, heard = repeated(name, folder, seconds)
    packets = [packet.original for packet in sound_packets(copied, ())]
    works: dict[str, Callable[[], object]] = {
        "reading its packets": lambda: [read_element(packet, copied.form) for packet in packets],
        "finding that it can be copied": lambda: read_sound(path, heard),
        "copying it": lambda: through(sound_packets(copied, ())),
        "verifying the copy": lambda: list(
            check_copied_sound(path, folder / "out.mp4", looks=(heard, heard), plan=plan)
        ),
        "coding it anew": lambda: coded_anew(path, heard, folder / "anew.mp4"),
    }
    lasts = copied.count * 1024 / heard.rate
    kilobits = 8 * sum(map(len, packets)) / lasts / 1000
    print(f"{name}: {lasts:.0f} s, {heard.rate} Hz, {heard.layout}, {kilobits:.0f} kbit/s")
    for what, work in works.items():
        print(f"  {what:30} {milliseconds(work) / lasts:6.1f} ms a second")
    lost = decibels_below(path, heard, folder / "anew.mp4")
    print(f"  {'what coding anew changes':30} {lost:6.1f} dB below the sound")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    asked = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}")
    for name in CLIPS:
        if (FOOTAGE / name).is_file():
            with tempfile.TemporaryDirectory() as scratch:
                measure(name, Path(scratch), asked.seconds)
        else:
            print(f"{name} is not there")
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
