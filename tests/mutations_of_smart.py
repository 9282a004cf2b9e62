"""Every way in which a smart rendering may be wrong, made from a right one.

Shared by `tests/media/test_smart_verified.py`, which wants each kind rejected, and `bench/mutations.py`,
which counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import av
from av.packet import Packet
from av.video.stream import VideoStream

from bwc.media.decode import look
from bwc.media.encode import open_writer
from bwc.media.parameter_sets import read_header
from bwc.media.units import as_sample
from bwc.redaction.plan import Plan
from tests.clips import Clip
from tests.media.test_smart import EACH_SECOND, clip_at, smart
from tests.redactions import plan_for, render_clip

SEI = bytes([6, 5, 22]) + bytes(16) + b"+39.7-104.9/"[:6] + b"\x80"
FILLING = bytes([12]) + b"\xff" * 9 + b"\x80"
Samples = list[tuple[int, bool, bytes]]  # time, whether a key frame, bytes


@dataclass
class Film:
    """A clip of four groups of pictures, its plan, and its right smart rendering."""

    clip: Clip
    plan: Plan
    good: Path
    bad: Path

    def written(
        self, change: Callable[[Samples], Samples], header: Callable[[bytes], bytes] = lambda h: h
    ) -> Path:
        """The good file with other samples or another header."""
        with av.open(str(self.good)) as source:
            video = source.streams.video[0]
            packets = [packet for packet in source.demux(video) if packet.size]
            samples = [(p.pts, p.is_keyframe, bytes(p)) for p in packets]
            extra = header(video.codec_context.extradata)
            with open_writer(self.bad, look(self.good), None, coded_as=video, header=extra) as out:
                for at, (pts, is_key, sample) in enumerate(change(samples)):
                    packet = cast("Packet[VideoStream]", Packet(sample))
                    packet.pts, packet.dts, packet.is_keyframe = pts, packets[at].dts, is_key
                    packet.duration, packet.time_base = packets[at].duration, video.time_base
                    out.write_packet(packet)
        return self.bad


def make_film(folder: Path) -> Film:
    """The film in `folder`, of which 65 of 90 pictures are copied."""
    clip = clip_at(folder / "in.mp4", EACH_SECOND, b_frames=2, audio=False)
    parts = smart(clip, folder / "good.mp4")
    assert parts.copied == 65
    return Film(clip, plan_for(clip), folder / "good.mp4", folder / "bad.mp4")


def altered(samples: Samples, at: int, change: Callable[[bytes], bytes]) -> Samples:
    pts, is_key, sample = samples[at]
    return [*samples[:at], (pts, is_key, change(sample)), *samples[at + 1 :]]


def flipped(sample: bytes) -> bytes:
    """One bit of the last byte but one is another."""
    return sample[:-2] + bytes([sample[-2] ^ 1]) + sample[-1:]


def swapped(samples: Samples) -> Samples:
    """The third group's pictures at the first one's times."""
    first, third = samples[:25], samples[50:75]
    moved = [(a[0], b[1], b[2]) for a, b in zip(first, third, strict=True)]
    return moved + samples[25:]


def mixed(samples: Samples) -> Samples:
    """A picture of a copied group in the midst of a newly coded one."""
    return altered(samples, 30, lambda _: samples[5][2])


def with_unit(unit: bytes) -> Callable[[bytes], bytes]:
    return lambda sample: as_sample([unit]) + sample


def another_level(header: bytes) -> bytes:
    """The original's set says another level than it does in the original."""
    unit = next(iter(read_header(header).sequences.values())).unit
    return header.replace(unit, unit[:3] + bytes([unit[3] + 1]) + unit[4:])


WRONG: dict[str, tuple[str, Callable[[Film], Path]]] = {
    "a copied group is missing": ("frames", lambda f: f.written(lambda s: s[:50] + s[75:])),
    "one picture of a copied group is missing": (
        "copied",
        lambda f: f.written(lambda s: s[:60] + s[61:]),
    ),
    "a bit of a copied picture is another": (
        "copied",
        lambda f: f.written(lambda s: altered(s, 55, flipped)),
    ),
    "a message stands in a copied group": (
        "metadata",
        lambda f: f.written(lambda s: altered(s, 3, with_unit(SEI))),
    ),
    "a message stands in a newly coded group": (
        "metadata",
        lambda f: f.written(lambda s: altered(s, 30, with_unit(SEI))),
    ),
    "filling stands in a copied group": (
        "metadata",
        lambda f: f.written(lambda s: altered(s, 3, with_unit(FILLING))),
    ),
    "a copied group stands in another's place": ("copied", lambda f: f.written(swapped)),
    "a group is partly copied": ("copied", lambda f: f.written(mixed)),
    "a parameter set is not the original's": (
        "copied",
        lambda f: f.written(lambda s: s, another_level),
    ),
    "a group that a mask touches is copied": (
        "fill",
        lambda f: render_clip(f.clip, f.plan.model_copy(update={"tracks": ()}), f.bad),
    ),
}
