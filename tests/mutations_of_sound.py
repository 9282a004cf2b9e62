"""Every way in which sound that was copied may be wrong, made from a right rendering.

Shared by `tests/media/test_copied_sound_verified.py`, which wants each kind rejected, and
`bench/mutations.py`, which counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av

from bwc.media.aac_header import AacForm
from bwc.media.aac_packet import Edge, silent
from bwc.media.copied_sound import SoundPacket, read_sound, sound_packets
from bwc.media.decode import look
from bwc.media.encode import open_writer
from bwc.redaction.plan import Plan
from bwc.redaction.render import open_source
from tests.clips import Clip
from tests.redactions import render_clip
from tests.sounds import CUT, heard_clip, muting

FORM = AacForm(48000, 2)
HEARD, MUTED = 20, 70  # numbers of packets
Packets = list[SoundPacket]


@dataclass
class Film:
    """A recording, the plan that mutes a second of it, and its right rendering."""

    clip: Clip
    plan: Plan
    good: Path
    bad: Path

    def packets(self) -> Packets:
        """What the right file has to hold."""
        source = open_source(self.clip.path)
        assert source.sound is not None
        copied = read_sound(self.clip.path, source.sound)
        return list(sound_packets(copied, self.plan.muted()))

    def written(self, change: Callable[[Packets], Packets]) -> Path:
        """The right picture, and other packets of sound."""
        source = open_source(self.clip.path)
        with av.open(str(self.good)) as film:
            video, sound = film.streams.video[0], film.streams.audio[0]
            with open_writer(
                self.bad,
                look(self.good),
                source.sound,
                coded_as=video,
                header=video.codec_context.extradata,
                sound_as=sound,
            ) as out:
                for packet in film.demux(video):
                    if packet.size:
                        out.write_packet(packet)
                for one in change(self.packets()):
                    out.write_sound_packet(one)
        return self.bad

    def rewritten(self, was: bytes, now: bytes) -> Path:
        """The right file with some bytes changed where they stand first."""
        content = self.good.read_bytes()
        assert was in content
        self.bad.write_bytes(content.replace(was, now, 1))
        return self.bad


def make_film(folder: Path) -> Film:
    """The film in `folder`."""
    clip = heard_clip(folder, FORM)
    plan = muting(clip, CUT)
    film = Film(clip, plan, render_clip(clip, plan, folder / "good.mp4"), folder / "bad.mp4")
    assert [packet.is_silent for packet in film.packets()][HEARD:MUTED:49] == [False, True]
    return film


def altered(packets: Packets, at: int, coded: bytes) -> Packets:
    """Another packet at this place."""
    one = packets[at]
    other = SoundPacket(one.start, one.duration, coded, one.original, one.is_silent)
    return [*packets[:at], other, *packets[at + 1 :]]


def before_the_sound(element: str) -> Callable[[Packets], Packets]:
    """An element stands before the sound of a packet."""

    def change(packets: Packets) -> Packets:
        coded = packets[HEARD].coded
        bits = element + f"{int.from_bytes(coded):0{8 * len(coded)}b}"
        bits += "0" * (-len(bits) % 8)
        return altered(packets, HEARD, int(bits, 2).to_bytes(len(bits) // 8))

    return change


def retimed(packets: Packets, numbers: list[int]) -> Packets:
    """The packets of these numbers, one behind the other."""
    return [
        SoundPacket(packets[0].start + 1024 * at, 1024, packets[n].coded, b"", is_silent=False)
        for at, n in enumerate(numbers)
    ]


def flipped(coded: bytes) -> bytes:
    """One bit in the midst is another."""
    at = len(coded) // 2
    return coded[:at] + bytes([coded[at] ^ 4]) + coded[at + 1 :]


NOTE = "1000000000000110" + "".join(f"{byte:08b}" for byte in b"+39.7-")
FILLING = "110011100000000" + "".join(f"{byte:08b}" for byte in b"+39.7-")
QUIET = silent(FORM, (Edge(0, 0),) * 2)
OTHER_QUIET = silent(FORM, (Edge(0, 1),) * 2)

WRONG: dict[str, tuple[str, Callable[[Film], Path]]] = {
    "a place stands in an element of data": (
        "metadata",
        lambda f: f.written(before_the_sound(NOTE)),
    ),
    "a place stands in filling": ("metadata", lambda f: f.written(before_the_sound(FILLING))),
    "bytes hang on a packet of sound": (
        "metadata",
        lambda f: f.written(lambda p: altered(p, HEARD, p[HEARD].coded + b"+39.7-104.9/")),
    ),
    "zeros hang on a packet of sound": (
        "metadata",
        lambda f: f.written(lambda p: altered(p, HEARD, p[HEARD].coded + bytes(3))),
    ),
    "bytes hang on a packet of silence": (
        "metadata",
        lambda f: f.written(lambda p: altered(p, MUTED, p[MUTED].coded + b"+39.7-104.9/")),
    ),
    "a bit of a packet of sound is another": (
        "copied",
        lambda f: f.written(lambda p: altered(p, HEARD, flipped(p[HEARD].coded))),
    ),
    "a packet of sound stands in another's place": (
        "copied",
        lambda f: f.written(lambda p: altered(p, HEARD, p[HEARD + 3].coded)),
    ),
    "a packet of sound is missing": (
        "copied",
        lambda f: f.written(lambda p: [*p[:HEARD], *p[HEARD + 1 :]]),
    ),
    "a packet of sound is missing, and the rest is early": (
        "copied",
        lambda f: f.written(lambda p: retimed(p, [n for n in range(len(p)) if n != HEARD])),
    ),
    "the last packet of sound is missing": ("copied", lambda f: f.written(lambda p: p[:-1])),
    "a packet of sound is there twice": (
        "copied",
        lambda f: f.written(lambda p: retimed(p, sorted([*range(len(p)), HEARD]))),
    ),
    "a packet that is muted is the original's": (
        "silence",
        lambda f: f.written(lambda p: altered(p, MUTED, packets_without_silence(f)[MUTED].coded)),
    ),
    "the first packet that is muted is the original's": (
        "copied",
        lambda f: f.written(
            lambda p: altered(p, first(p), packets_without_silence(f)[first(p)].coded)
        ),
    ),
    "the last packet that is muted is the original's": (
        "copied",
        lambda f: f.written(
            lambda p: altered(p, last(p), packets_without_silence(f)[last(p)].coded)
        ),
    ),
    "a packet that is heard is silent": (
        "copied",
        lambda f: f.written(lambda p: altered(p, HEARD, QUIET)),
    ),
    "silence has another window": (
        "copied",
        lambda f: f.written(lambda p: altered(p, MUTED, OTHER_QUIET)),
    ),
    "all of the sound is a packet late": (
        "copied",
        lambda f: f.written(
            lambda p: [SoundPacket(o.start + 1024, 1024, o.coded, b"", o.is_silent) for o in p]
        ),
    ),
    "the header of the sound has a bit more": (
        "metadata",
        lambda f: f.rewritten(b"\x02\x11\x90\x06", b"\x02\x11\x91\x06"),
    ),
}


def packets_without_silence(film: Film) -> Packets:
    """What a rendering that mutes nothing has to hold."""
    nothing = film.plan.model_copy(update={"sound": ()})
    return Film(film.clip, nothing, film.good, film.bad).packets()


def first(packets: Packets) -> int:
    """The number of the first silent packet that is heard."""
    return next(at for at, one in enumerate(packets) if one.is_silent and at)


def last(packets: Packets) -> int:
    """The number of the last one."""
    return max(at for at, one in enumerate(packets) if one.is_silent)
