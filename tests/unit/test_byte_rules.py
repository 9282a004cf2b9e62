"""Bytes that no encoder writes, and those that only look like it."""

import pytest

from bwc.media.byte_rules import ByteRules

AVCC = bytes([1, 66, 0, 30, 0xFF])  # lengths of four bytes
HVCC = bytes([1]) + bytes(20) + bytes([3])
HUFFMAN = b"\xff\xc4\x00\x1f\x00" + bytes([0, 1, 5, 1, 1, 1, 1, 1, 1])
OWN_HUFFMAN = b"\xff\xc4\x00\x1f\x00" + bytes([0, 2, 2, 1, 1, 1, 1, 1, 1])


def unit(body: bytes) -> bytes:
    return len(body).to_bytes(4) + body


GOOD = b"\x65" + b"\x9a\x00\x00\x03\x01" * 20
LOST = b"\x65" + GOOD + bytes(40) + GOOD

SAMPLES = {
    "two whole units": ("h264", AVCC, unit(GOOD) + unit(GOOD), False),
    "a unit with a lost sector": ("h264", AVCC, unit(GOOD) + unit(LOST), True),
    "a lost sector in HEVC": ("hevc", HVCC, unit(LOST), True),
    "a unit longer than its sample": ("h264", AVCC, unit(GOOD)[:-1], True),
    "a unit shorter than its sample": ("h264", AVCC, unit(GOOD) + b"\x00\x00", True),
    "a start code that a muxer left inside": (
        "h264",
        AVCC,
        unit(GOOD + b"\x00\x00\x00\x01\x0a"),
        False,
    ),
    "zeros at a unit's end": ("h264", AVCC, unit(GOOD + bytes(30)), False),
    "start codes after padding": (
        "h264",
        None,
        bytes(30) + b"\x01" + GOOD + bytes(30) + b"\x01",
        False,
    ),
    "a lost sector between start codes": ("h264", None, b"\x00\x00\x00\x01" + LOST, True),
    "zeros in a JPEG picture": (
        "mjpeg",
        None,
        HUFFMAN + b"\xff\xda" + bytes(99) + b"\xff\xd9",
        True,
    ),
    "a flat JPEG picture with codes of its own": (
        "mjpeg",
        None,
        OWN_HUFFMAN + b"\xff\xda" + bytes(99) + b"\xff\xd9",
        False,
    ),
    "a JPEG picture padded after its end": (
        "mjpeg",
        None,
        HUFFMAN + b"\xff\xda" + GOOD + b"\xff\xd9" + bytes(99),
        False,
    ),
    "another codec": ("mpeg4", None, LOST, False),
}


@pytest.mark.parametrize("which", SAMPLES, ids=list(SAMPLES))
def test_rules_are_broken_by(which: str) -> None:
    codec, configuration, sample, broken = SAMPLES[which]
    assert ByteRules(codec, configuration).are_broken_by(sample) is broken


def test_a_camera_that_never_keeps_the_rules_is_not_held_to_them() -> None:
    rules = ByteRules("h264", AVCC)
    rules.give_up()
    assert not rules.are_broken_by(unit(LOST))
