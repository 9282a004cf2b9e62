"""What an AAC stream says of itself before its first packet (ISO/IEC 14496-3, 1.6.2.1)."""

from dataclasses import dataclass

from bwc.errors import MediaError

LOW_COMPLEXITY = 2
RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)
NO_REPLICATION = bytes.fromhex("56e500")  # of its spectrum: it is no HE-AAC (1.6.2.1)


@dataclass(frozen=True, slots=True)
class AacForm:
    """Sound of `rate` samples a second in one or two `channels`, in frames of 1024 samples."""

    rate: int
    channels: int

    @property
    def header(self) -> bytes:
        """The whole header, and nothing that could be left out of it.

        >>> AacForm(48000, 2).header.hex()
        '1190'
        """
        bits = LOW_COMPLEXITY << 11 | RATES.index(self.rate) << 7 | self.channels << 3
        return bits.to_bytes(2)


def read_form(header: bytes) -> AacForm:
    """What `header` says, to its last bit.

    Raises:
        MediaError: it is not that of plain AAC, or says more.
    """
    bits = int.from_bytes(header[:2].ljust(2, b"\0"))
    kind, index, channels = bits >> 11, bits >> 7 & 15, bits >> 3 & 15
    if kind != LOW_COMPLEXITY or index >= len(RATES):
        raise MediaError("is another kind of AAC")
    if channels not in {1, 2}:
        raise MediaError("has neither one channel nor two")
    form = AacForm(RATES[index], channels)
    rest = header.removeprefix(form.header)
    if header[:2] != form.header or rest.rstrip(b"\0") not in {b"", NO_REPLICATION.rstrip(b"\0")}:
        raise MediaError("is another kind of AAC")
    return form
