"""Bytes that no encoder writes: signs of damage that decoders read over.

A lost sector of a disk or card comes back as zeros, and zeros decode: H.264 and HEVC by their
arithmetic coder, Motion JPEG as one coefficient after the other. Pure.
"""

import re

CONFIGURED = 1  # first byte of avcC and hvcC; ISO/IEC 14496-15
LENGTH_AT = {"h264": 4, "hevc": 21}  # byte of the configuration whose low two bits give the length
# Three zeros cannot stand inside a NAL unit, only before a start code (ITU-T H.264 and H.265, annex
# B and 7.4.1). Some muxers leave a start code of four bytes inside, so that eight are asked for.
# Written out they are looked for twenty times as fast as counted ("{8}").
FORBIDDEN = re.compile(rb"\x00" * 8 + rb"\x00*[^\x00\x01]")
# ITU-T T.81, table K.3: with it no run of zeros longer than a few blocks of equal coefficients.
USUAL_CODES = bytes([0, 1, 5, 1, 1, 1, 1, 1, 1])
CODES, SCAN, END = b"\xff\xc4", b"\xff\xda", b"\xff\xd9"
ZERO_RUN = bytes(64)


class ByteRules:
    """What the samples of one stream have to keep to."""

    def __init__(self, codec: str, configuration: bytes | None) -> None:
        """`configuration` is the stream's own record of its codec, where it has one."""
        self._is_jpeg = codec == "mjpeg"
        self._has_units = codec in LENGTH_AT
        self._prefix = (
            0  # bytes that give a NAL unit's length; 0 where units begin with start codes
        )
        place = LENGTH_AT.get(codec)
        if place and configuration and len(configuration) > place:
            is_record = configuration[0] == CONFIGURED
            self._prefix = (configuration[place] & 3) + 1 if is_record else 0

    def are_broken_by(self, sample: bytes) -> bool:
        """Whether `sample` cannot have been written so."""
        if self._is_jpeg:
            return _has_lost_sector(sample)
        if self._prefix:
            return _is_no_row_of_units(sample, self._prefix)
        return self._has_units and FORBIDDEN.search(sample) is not None

    def give_up(self) -> None:
        """This camera does not keep to the rules from the first picture on."""
        self._is_jpeg = self._has_units = False
        self._prefix = 0


def _is_no_row_of_units(sample: bytes, prefix: int) -> bool:
    """Whether `sample` is not made of whole NAL units without forbidden bytes."""
    at = 0
    while at + prefix <= len(sample):
        end = at + prefix + int.from_bytes(sample[at : at + prefix])
        if end > len(sample) or FORBIDDEN.search(sample, at + prefix, end):
            return True
        at = end
    return at != len(sample)


def _has_lost_sector(picture: bytes) -> bool:
    """Whether a JPEG picture with the usual codes holds zeros where its coefficients should be."""
    begin = picture.rfind(SCAN)
    header = picture[: max(0, begin)]
    if CODES in header and USUAL_CODES not in header:
        return False  # with codes of its own, a flat picture may be all zeros
    end = picture.rfind(END)
    return ZERO_RUN in picture[begin : end if end > begin else None]
