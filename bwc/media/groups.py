"""The groups of pictures of a recording, and which of them may be copied as they are.

A group begins with an IDR picture, from which on no picture is made from an earlier one (ITU-T
H.264, 3.69). Where all of a recording is made of such groups, each can be taken out and another
put in its place, as long as that brings parameter sets with numbers of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import cast

from av.packet import Packet
from av.video.stream import VideoStream

from bwc.errors import MediaError
from bwc.media.containers import open_media, recognise
from bwc.media.decode import FULL_RANGE, VideoLook, picture_stream
from bwc.media.encode import output_format
from bwc.media.parameter_sets import ParameterSets, read_header, sets_of
from bwc.media.segments import SEEKABLE, Segment
from bwc.media.units import (
    DATA_PARTITIONS,
    FORBIDDEN,
    IDR_SLICE,
    LENGTH_AT,
    PICTURE_SET,
    PICTURES,
    SEQUENCE_SET,
    as_sample,
    kind_of,
    pictures_in,
    units_of,
)

COPIED_FORMATS = {"yuv420p", "yuvj420p"}


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures that need no others, with start <= pts < end; None is the recording's edge.

    `pictures` counts those that are shown. Where it is not `is_plain`, something in it is unusual.
    """

    start: int | None
    end: int | None
    pictures: int
    is_plain: bool


@dataclass(frozen=True, slots=True)
class Groups:
    """All groups of a recording in order, its parameter sets, and bytes of a unit's length."""

    groups: tuple[Group, ...]
    sets: ParameterSets
    length: int
    has_open: bool  # whether a key frame is no IDR picture, so that no group begins there

    @property
    def pictures(self) -> int:
        """How many pictures are shown in all."""
        return sum(group.pictures for group in self.groups)


@dataclass(frozen=True, slots=True)
class Copied:
    """A piece of a film that is taken from `path` as it is coded there: whole groups."""

    path: Path
    segment: Segment
    length: int


def read_groups(path: Path, look: VideoLook) -> Groups:
    """The groups of the recording at `path`, which looks like `look`.

    Raises:
        MediaError: it is not made of such groups, or they cannot stand beside newly coded ones;
            the message says why.
    """
    if recognise(path) not in SEEKABLE:
        raise MediaError("lies in a container that states no exact times")
    if look.codec != "h264" or {look.pixel_format, output_format(look)} - COPIED_FORMATS:
        raise MediaError("is not H.264 in 8-bit 4:2:0", got=f"{look.codec}, {look.pixel_format}")
    with open_media(path) as container:
        stream = picture_stream(container, path)
        header = stream.codec_context.extradata or b""
        gathering = _Gathering(read_header(header), (header[LENGTH_AT] & 3) + 1)
        for packet in container.demux(stream):
            if packet.size:
                gathering.take(packet)
    gathering.close(None)
    _require_alike(gathering.sets, look)
    found = gathering.groups
    return Groups(tuple(found), gathering.sets, gathering.length, gathering.has_open)


def packets_of(piece: Copied) -> "Iterator[Packet[VideoStream]]":
    """The coded pictures of a piece, without any unit that is no part of a picture.

    Raises:
        MediaError: the groups are not where they were when the recording was read.
    """
    return (_stripped(packet, piece.length) for packet in whole_packets_of(piece))


def whole_packets_of(piece: Copied) -> "Iterator[Packet[VideoStream]]":
    """The same as they lie in the original: for what they say of time. Raises as `packets_of`."""
    segment = piece.segment
    with open_media(piece.path) as container:
        stream = picture_stream(container, piece.path)
        packets = (packet for packet in container.demux(stream) if packet.size)
        if segment.start is not None:
            container.seek(segment.start, stream=stream, backward=True)
        first = _first_of(packets, segment)
        if first is None and segment.start is not None:  # the seek did not land where it should
            container.seek(0)
            packets = (packet for packet in container.demux(stream) if packet.size)
            first = _first_of(packets, segment)
        if first is None:
            raise MediaError("a group of pictures is gone", where=piece.path.name)
        yield first
        yield from takewhile(lambda packet: packet.pts != segment.end, packets)


@dataclass(slots=True)
class _Gathering:
    """Takes packet after packet."""

    sets: ParameterSets
    length: int
    groups: list[Group] = field(default_factory=list)
    has_open: bool = False
    _start: int | None = None
    _shown: set[int] = field(default_factory=set)
    _pictures: int = 0
    _is_plain: bool = True
    _last: int | None = None  # the latest time before this group

    def take(self, packet: "Packet[VideoStream]") -> None:
        """Take the next one in."""
        if packet.pts is None:
            raise MediaError("has a picture without a time")
        kinds = self._kinds_in(packet)
        is_idr = IDR_SLICE in kinds
        if not is_idr and not self._shown:
            raise MediaError("does not begin with an IDR picture")
        self.has_open |= packet.is_keyframe and not is_idr
        if is_idr:
            if self._shown:
                self.close(packet.pts)
            self._start = packet.pts
        first = packet.pts if self._start is None else self._start
        if packet.pts in self._shown or packet.pts < first:
            raise MediaError("has pictures whose times do not follow their groups")
        if self._last is not None and packet.pts <= self._last:
            raise MediaError("has pictures whose times do not follow their groups")
        self._shown.add(packet.pts)
        self._pictures += not packet.is_discard
        self._is_plain &= len(kinds) == 1 and not packet.is_discard and not packet.is_corrupt

    def close(self, following: int | None) -> None:
        """The group is over; the next one begins at `following`."""
        start = self._start if self.groups else None
        self.groups.append(Group(start, following, self._pictures, self._is_plain))
        self._last = max(self._shown, default=None)
        self._shown, self._pictures, self._is_plain = set(), 0, True

    def _kinds_in(self, packet: "Packet[VideoStream]") -> set[int]:
        """Which kinds of slices a packet holds; none where it is no row of whole units."""
        try:
            units = list(units_of(bytes(packet), self.length))
        except MediaError:
            return set()
        kinds = {kind_of(unit) for unit in units}
        if kinds & DATA_PARTITIONS:
            raise MediaError("has pictures in data partitions")
        if kinds & {SEQUENCE_SET, PICTURE_SET}:
            self.sets = self.sets.joined(sets_of(units))
        self._is_plain &= self._are_sound([u for u in units if kind_of(u) in PICTURES])
        return kinds & PICTURES

    def _are_sound(self, slices: list[bytes]) -> bool:
        """Whether these are one picture, of sets that there are, and nothing could hide in them."""
        try:
            is_one = self.sets.are_one_picture(slices)
        except MediaError:
            return False
        return is_one and all(p[-1] != 0 and FORBIDDEN.search(p) is None for p in slices)


def _first_of(
    packets: "Iterator[Packet[VideoStream]]", segment: Segment
) -> "Packet[VideoStream] | None":
    """The packet with which `segment` begins."""
    if segment.start is None:
        return next(packets, None)
    return next((packet for packet in packets if packet.pts == segment.start), None)


def _stripped(packet: "Packet[VideoStream]", length: int) -> "Packet[VideoStream]":
    """`packet` with nothing in it but the picture."""
    pictures = pictures_in(bytes(packet), length)
    bare = cast("Packet[VideoStream]", Packet(as_sample(pictures)))
    bare.pts, bare.dts, bare.duration = packet.pts, packet.dts, packet.duration
    bare.time_base = packet.time_base
    bare.is_keyframe = any(kind_of(unit) == IDR_SLICE for unit in pictures)
    return bare


def _require_alike(sets: ParameterSets, look: VideoLook) -> None:
    """Refuse what could not stand beside new pictures. Raises MediaError."""
    if any(picture.of not in sets.sequences for picture in sets.pictures.values()):
        raise MediaError("lacks a parameter set")
    for sequence in sets.sequences.values():
        if (sequence.width, sequence.height) != (look.width, look.height):
            raise MediaError("has pictures of several sizes")
        if sequence.has_unshown:
            raise MediaError("has pictures of which a part is not shown")
        if not sequence.is_progressive:
            raise MediaError("is interlaced")
        if not sequence.full_range and look.colour.range == FULL_RANGE:
            raise MediaError("states the range of its numbers beside its pictures alone")
        if sequence.aspect is not None and sequence.aspect != (look.sample_aspect or 1):
            raise MediaError("states two shapes of pixels")
