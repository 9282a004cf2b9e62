"""Recordings with AAC of their own, as cameras write it: whatever stands in the packets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.packet import Packet, PacketSideData, packet_sidedata_type_from_literal

from bwc.media.aac_header import AacForm
from bwc.redaction.plan import MutedSpan, Plan
from tests.clips import Clip, make_clip
from tests.redactions import plan_for

PLAIN = {"aac_pns": "0"}  # without noise that the decoder makes up
CUT = MutedSpan(start=(1003, 1000), end=(2, 1), exemption="ssn", author="person:tess")


def muting(clip: Clip, *cuts: MutedSpan) -> Plan:
    return plan_for(clip).model_copy(update={"sound": cuts})


def packets_like(
    form: AacForm, seconds: float = 3.2, options: dict[str, str] | None = None
) -> list[bytes]:
    """Real packets: another tone on each side, a little noise, and a clap each half second."""
    context = av.CodecContext.create("aac", "w")
    context.sample_rate, context.layout = form.rate, "mono" if form.channels == 1 else "stereo"
    context.format, context.bit_rate = "fltp", 64_000 * form.channels
    context.options, context.time_base = options or PLAIN, Fraction(1, form.rate)
    at = np.arange(int(seconds * form.rate) // 1024 * 1024)
    rng = np.random.default_rng(3)
    sides = [0.2 * np.sin(at * 2 * np.pi * hertz / form.rate) for hertz in (440, 1234)]
    wave = np.stack(sides[: form.channels]) + 0.02 * rng.standard_normal((form.channels, at.size))
    for clap in range(form.rate // 4, at.size - 200, form.rate // 2):
        wave[:, clap : clap + 200] += 0.5 * rng.standard_normal(200)
    coded: list[bytes] = []
    for start in range(0, at.size, 1024):
        part = np.ascontiguousarray(wave[:, start : start + 1024], np.float32)
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout=context.layout.name)
        frame.sample_rate, frame.pts = form.rate, start
        coded += map(bytes, context.encode(frame))
    return [*coded, *map(bytes, context.encode(None))]


def with_packets(
    picture: Clip,
    into: Path,
    packets: Iterable[bytes],
    form: AacForm,
    *,
    first: int = -1024,
    places: Sequence[int] | None = None,
    headers: Mapping[int, bytes] | None = None,
) -> Clip:
    """The picture of a clip with `packets` as its sound, from sample `first` on or at `places`.

    From the packet of each number in `headers` on another header stands before them.
    """
    with av.open(str(picture.path)) as source, av.open(str(into), "w") as out:
        shown = source.streams.video[0]
        video = out.add_stream_from_template(shown)
        sound = out.add_stream("aac", rate=form.rate)
        sound.layout = "mono" if form.channels == 1 else "stereo"
        sound.time_base = Fraction(1, form.rate)
        for packet in source.demux(shown):
            if packet.size:
                packet.stream = video
                out.mux(packet)
        for number, coded in enumerate(packets):
            packet = cast("Packet[AudioStream]", Packet(coded))
            packet.pts = first + 1024 * number if places is None else places[number]
            packet.dts, packet.duration = packet.pts, 1024
            packet.time_base, packet.is_keyframe, packet.stream = (
                Fraction(1, form.rate),
                True,
                sound,
            )
            if headers and number in headers:
                _put_header(packet, headers[number])
            out.mux(packet)
    return replace(picture, path=into)


def _put_header(packet: "Packet[AudioStream]", header: bytes) -> None:
    """Let `packet` bring a header of its own."""
    kind = packet_sidedata_type_from_literal("new_extradata")
    side = cast("Any", PacketSideData)(kind, len(header))
    side.update(header)
    packet.set_sidedata(side)


def picture(folder: Path, **more: object) -> Clip:
    """A short film of nobody, without sound."""
    shape = {"size": (64, 48), "seconds": 3.2, "faces": (), "audio": False, **more}
    return make_clip(folder / "picture.mp4", **shape)  # type: ignore[arg-type] - as given


def heard_clip(folder: Path, form: AacForm, name: str = "in.mp4") -> Clip:
    """A film of nobody with real packets of `form`."""
    return with_packets(picture(folder), folder / name, packets_like(form), form)
