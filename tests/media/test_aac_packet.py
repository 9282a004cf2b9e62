"""Packets of AAC are read to their last bit, and what is copied holds their sound alone."""

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from bwc.errors import MediaError
from bwc.media.aac_header import NO_REPLICATION, RATES, AacForm, read_form
from bwc.media.aac_packet import Edge, read_element, silent, stripped
from bwc.media.containers import open_media
from tests.aac_packets import decoded, packet_of
from tests.aac_random import RandomSound

pytestmark = pytest.mark.media

FORMS = [AacForm(rate, channels) for rate in RATES for channels in (1, 2)]
MONO, STEREO = AacForm(44100, 1), AacForm(44100, 2)
FOOTAGE = os.environ.get("TEST_FOOTAGE")
ENCODERS = {
    "as it comes": {},
    "the slow one": {"aac_coder": "twoloop"},
    "both sides as one": {"aac_ms": "1"},
    "intensity, no noise": {"aac_is": "1", "aac_pns": "0"},
    "shaped noise": {"aac_tns": "1"},
}


def bare(packet: bytes, form: AacForm) -> bytes:
    return stripped(packet, read_element(packet, form), form)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_packets_of_random_content_are_read_to_the_last_bit(form: AacForm) -> None:
    sound = RandomSound(form, 5)
    packets = [sound.packet() for _ in range(40)]
    for packet in packets:
        assert 0 <= 8 * len(packet) - read_element(packet, form).end - 3 < 8
        assert bare(packet, form) == packet
    assert decoded(packets, form).shape == (form.channels, 40 * 1024)  # the decoder reads them too


@pytest.mark.parametrize("form", FORMS[:10], ids=str)
def test_notes_in_a_packet_are_left_behind_and_nothing_else_is_heard(form: AacForm) -> None:
    plain, noted = RandomSound(form, 7), RandomSound(form, 7)
    packets = [plain.packet() for _ in range(30)]
    with_notes = [noted.packet(notes=True, tag=3) for _ in range(30)]
    assert [bare(packet, form) for packet in with_notes] == packets
    assert np.array_equal(decoded(packets, form), decoded(with_notes, form))


@pytest.mark.parametrize("form", [MONO, STEREO], ids=str)
def test_what_is_no_whole_packet_is_refused(form: AacForm) -> None:
    sound = RandomSound(form, 11)
    for packet in (sound.packet() for _ in range(20)):
        for cut in (1, len(packet) // 2, len(packet) - 2):
            with pytest.raises(MediaError):
                read_element(packet[:cut], form)
        with pytest.raises(MediaError, match="behind the end"):
            read_element(packet + b"\0GPS", form)
        assert bare(packet + bytes(3), form) == packet
    with pytest.raises(MediaError):
        read_element(b"", form)


def raised(packet: bytes, at: int, bits: str) -> bytes:
    """`packet` with other bits from bit `at` on."""
    text = f"{int.from_bytes(packet):0{8 * len(packet)}b}"
    return int(text[:at] + bits + text[at + len(bits) :], 2).to_bytes(len(packet))


ODD = {
    "it is mixed of several": lambda p: raised(p, 0, "010"),  # CCE
    "it says which channels there are": lambda p: raised(p, 0, "101"),  # PCE
    "it has a channel of bass": lambda p: raised(p, 0, "011"),  # LFE
    "it has the other number of channels": lambda p: raised(p, 0, "001"),
    "a bit is set that has to be 0": lambda p: raised(p, 15, "1"),
    "lines are predicted": lambda p: raised(p, 25, "1"),
    "more bands are said than there are": lambda p: raised(p, 19, "111111"),
    "it is HE-AAC": lambda p: b"\xc1\xd0" + p,  # filling of one byte, kind 13, aligned by chance
    "a book has no words": lambda p: raised(p, 26, "1100"),
    "intensity stands in one channel": lambda p: raised(p, 26, "1111"),
}


@pytest.mark.parametrize("what", ODD)
def test_what_is_unusual_is_refused_where(what: str) -> None:
    packet = packet_of(5, [1, 2, 3, 4] * 30)
    read_element(packet, MONO)
    with pytest.raises(MediaError):
        read_element(ODD[what](packet), MONO)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_header_says_its_form_and_no_more(form: AacForm) -> None:
    assert read_form(form.header) == form
    assert read_form(form.header + NO_REPLICATION) == form
    for more in (b"\x01", b"\x56\xe5\x80", NO_REPLICATION + b"GPS"):
        with pytest.raises(MediaError):
            read_form(form.header + more)


@pytest.mark.parametrize("header", ["", "2b8a08", "11880400", "1280", "0a10", "1214", "1180"])
def test_a_header_of_another_kind_is_refused(header: str) -> None:
    with pytest.raises(MediaError):
        read_form(bytes.fromhex(header))


@pytest.mark.parametrize("form", [MONO, STEREO], ids=str)
@pytest.mark.parametrize("sequence", range(4))
@pytest.mark.parametrize("shape", [0, 1])
def test_silence_is_silent_and_has_the_windows_it_is_asked_for(
    form: AacForm, sequence: int, shape: int
) -> None:
    edges = (Edge(sequence, shape),) * form.channels
    packet = silent(form, edges)
    assert read_element(packet, form).edges == edges
    assert bare(packet, form) == packet
    assert len(packet) <= 12
    assert not decoded([packet] * 3, form).any()


def encoded(rate: int, channels: int, options: dict[str, str]) -> Iterator[bytes]:
    """Real packets of two seconds of noise, tones and claps."""
    context = av.CodecContext.create("aac", "w")
    context.sample_rate, context.layout = rate, "mono" if channels == 1 else "stereo"
    context.format, context.bit_rate, context.options = "fltp", 48_000 * channels, options
    context.time_base = Fraction(1, rate)
    rng = np.random.default_rng(3)
    at = np.arange(2 * rate)
    sides = [0.2 * np.sin(at * 2 * np.pi * hertz / rate) for hertz in (440, 1234)][:channels]
    wave = np.stack(sides) + 0.05 * rng.standard_normal((channels, at.size))
    wave[:, rate // 2 :: rate // 3] += 0.7
    for start in range(0, at.size - 1024, 1024):
        part = np.ascontiguousarray(wave[:, start : start + 1024], np.float32)
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout=context.layout.name)
        frame.sample_rate, frame.pts = rate, start
        yield from map(bytes, context.encode(frame))
    yield from map(bytes, context.encode(None))


@pytest.mark.parametrize("how", ENCODERS)
@pytest.mark.parametrize("form", FORMS[2:], ids=str)
def test_what_an_encoder_made_is_read_and_sounds_the_same(form: AacForm, how: str) -> None:
    packets = list(encoded(form.rate, form.channels, ENCODERS[how]))
    cut = [bare(packet, form) for packet in packets]
    assert b"Lavc" in packets[0]
    assert b"Lavc" not in b"".join(cut)
    assert np.array_equal(decoded(packets, form), decoded(cut, form))


@pytest.mark.skipif(not FOOTAGE, reason="TEST_FOOTAGE does not name a folder of real footage")
def test_what_cameras_made_is_read_and_sounds_the_same() -> None:
    read = 0
    for path in sorted(Path(str(FOOTAGE)).glob("*.*")):
        if path.suffix not in {".mp4", ".mov", ".mkv", ".avi"}:
            continue
        with open_media(path) as container:
            streams = container.streams.audio
            if not streams or streams[0].codec_context.name != "aac":
                continue
            header = streams[0].codec_context.extradata or b""
            packets = [bytes(packet) for packet in container.demux(streams[0]) if packet.size]
        form = read_form(header)
        cut = [bare(packet, form) for packet in packets]
        assert np.array_equal(decoded(packets, form, header), decoded(cut, form)), path.name
        read += len(packets)
    assert read > 1000
