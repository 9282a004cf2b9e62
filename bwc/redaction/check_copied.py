"""What a finished file holds of its original as it was coded there, and where new pictures meet it.

A picture says by the parameter sets it refers to whether it was copied: the original's, to the last
bit, or others. What claims to be copied has to be the original's own: whole groups of pictures, each
of the same bytes but for the units that are no picture, and decoded to the same pixels. The bytes of
the finished file are compared as they are, so that nothing can stand between two pictures' parts.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame

from bwc.errors import MediaError
from bwc.media.containers import open_media
from bwc.media.decode import picture_stream
from bwc.media.encode import planes
from bwc.media.parameter_sets import ParameterSets, read_header, sets_of
from bwc.media.timing import time_base_of
from bwc.media.units import (
    IDR_SLICE,
    LENGTH_AT,
    PICTURE_SET,
    PICTURES,
    SEQUENCE_SET,
    as_sample,
    kind_of,
    picture_set_of,
    units_of,
)
from bwc.redaction.check_samples import check_samples
from bwc.redaction.findings import Check, Finding

LIMITED = 1  # what a range of numbers is that nobody states
SETS = {SEQUENCE_SET, PICTURE_SET}
SETS_AT, ONE_SET = 5, b"\xe1"  # the byte of avcC that counts sequence parameter sets
DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class _Coded:
    """One coded picture: its moment, the hash of its bytes, and the picture sets it refers to.

    An original's is not asked for what it refers to.
    """

    pts: int
    seconds: Fraction
    is_key: bool
    digest: bytes
    refers_to: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Stream:
    """The coded pictures of a file in the order they are decoded, and its parameter sets."""

    coded: tuple[_Coded, ...]
    sets: ParameterSets

    @property
    def groups(self) -> list[list[_Coded]]:
        """The pictures from each IDR picture to the next."""
        groups: list[list[_Coded]] = []
        for one in self.coded:
            if one.is_key or not groups:
                groups.append([])
            groups[-1].append(one)
        return groups


def is_copied_wrong(redacted: Path, original: Path) -> bool:
    """Whether a smart rendering's bytes say that it holds more of the original than its pictures.

    Asked of a file that is not verified further; nothing is decoded.
    """
    return bool(CopyCheck(redacted, original).findings or list(check_samples(redacted)))


class CopyCheck:
    """Holds a finished file's coded pictures against the original's; then takes pair after pair.

    `seams` are the moments, in the finished file's ticks, of pictures at which copied and newly
    coded ones meet: two at each seam. `findings` is final when all pairs were taken.
    """

    def __init__(self, redacted: Path, original: Path | None) -> None:
        """Read both files' packets, if the finished one has several parameter sets."""
        self.findings: list[Finding] = []
        self.seams: frozenset[int] = frozenset()
        self._copied: frozenset[int] = frozenset()
        self._colour: tuple[int, ...] | None = None
        self._is_wrong = False
        if original is None or not _has_several_sets(redacted):
            return
        try:
            finished = _read(redacted, is_original=False)
            source = _read(original, is_original=True)
        except MediaError as error:
            self._add(f"has several parameter sets, and cannot be compared: {error.what}")
            return
        theirs, mine = _by_origin(finished.sets, source.sets)
        if len(mine) != 1:
            self._add(f"has {len(mine)} parameter sets that are not the original's instead of one")
        if any(sequence.has_unshown for sequence in finished.sets.sequences.values()):
            self._add("has pictures of which a part is not shown")
        self._hold(finished, source, theirs)

    def take(self, before: VideoFrame, after: VideoFrame) -> bool:
        """Check a pair's pixels; whether it is a copied picture and the same to the last bit."""
        self._check_colour(after)
        if after.pts not in self._copied:
            return False
        pairs = zip(planes(before), planes(after), strict=False)
        is_same = before.format.name == after.format.name and all(
            np.array_equal(one, other) for one, other in pairs
        )
        if (not is_same or after.is_corrupt) and not self._is_wrong:
            self._is_wrong = True
            # What a decoder makes of damage, another makes otherwise, of the same bytes.
            how = "comes out of damaged data" if is_same else "is not shown as in the original"
            self._add(f"a copied picture {how}", pts=after.pts)
        return is_same

    def _hold(self, finished: _Stream, source: _Stream, theirs: frozenset[int]) -> None:
        """Compare group by group."""
        own = {group[0].seconds: group for group in source.groups}
        copied: set[int] = set()
        for group in finished.groups:
            is_of = {number in theirs for one in group for number in one.refers_to}
            pts = group[0].pts
            if len(is_of) != 1:
                self._add("a group of pictures is partly copied", pts=pts)
            elif not group[0].is_key:
                self._add("does not begin with a key frame", pts=pts)
            elif is_of == {True}:
                copied |= {one.pts for one in group}
                if not _are_same(group, own.get(group[0].seconds, [])):
                    self._add("a copied group of pictures is not the original's", pts=pts)
        self._copied = frozenset(copied)
        shown = sorted(one.pts for one in finished.coded)
        self.seams = frozenset(
            pts for pair in pairwise(shown) if len(copied & set(pair)) == 1 for pts in pair
        )

    def _check_colour(self, after: VideoFrame) -> None:
        """Whether this picture's numbers mean what the first one's do."""
        stated = (
            int(after.colorspace),
            int(after.color_range) or LIMITED,
            int(after.color_primaries),
            int(after.color_trc),
            after.width,
            after.height,
        )
        if self._colour is not None and stated != self._colour and self.seams:
            self._add("colours or size change in its midst", pts=after.pts)
        self._colour = stated

    def _add(self, what: str, *, pts: int | None = None) -> None:
        """Note a finding."""
        self.findings.append(Finding(check=Check.COPIED, what=what, pts=pts))


def _by_origin(
    finished: ParameterSets, source: ParameterSets
) -> tuple[frozenset[int], frozenset[int]]:
    """The numbers of the finished file's picture sets: the original's, and new ones."""
    theirs = {
        number
        for number, picture in finished.pictures.items()
        if picture == source.pictures.get(number)
        and finished.sequences.get(picture.of) == source.sequences.get(picture.of)
    }
    return frozenset(theirs), frozenset(set(finished.pictures) - theirs)


def _are_same(group: Sequence[_Coded], own: Sequence[_Coded]) -> bool:
    """Whether two groups have the same bytes at the same moments, in the same order."""
    return [(one.seconds, one.digest) for one in group] == [
        (one.seconds, one.digest) for one in own
    ]


def _has_several_sets(path: Path) -> bool:
    """Whether the header has more than one sequence parameter set, as no full rendering has."""
    with open_media(path) as container:
        context = picture_stream(container, path).codec_context
        header = context.extradata or b""
        return (
            context.name == "h264"
            and header[:1] == b"\x01"
            and header[SETS_AT : SETS_AT + 1] > ONE_SET
        )


def _read(path: Path, *, is_original: bool) -> _Stream:
    """The coded pictures of `path`, hashed as they are; of an original without all other units.

    Raises:
        MediaError: it is no H.264 with parameter sets in its header, or a sample of what is not
            the original is no row of units, or not one picture.
    """
    with open_media(path) as container:
        stream = picture_stream(container, path)
        header = stream.codec_context.extradata or b""
        sets = read_header(header)
        length, base = (header[LENGTH_AT] & 3) + 1, time_base_of(stream)
        coded = []
        for packet in container.demux(stream):
            if packet.pts is None or not packet.size:
                continue
            sample = bytes(packet)
            try:
                units = list(units_of(sample, length))
            except MediaError:
                if not is_original:
                    raise
                units = []  # damaged: a group with this in it is not copied
            sets = sets.joined(sets_of(unit for unit in units if kind_of(unit) in SETS))
            pictures = [unit for unit in units if kind_of(unit) in PICTURES]
            if not is_original and not sets.are_one_picture(pictures):
                raise MediaError("a sample is not one picture")
            held = as_sample(pictures) if is_original else sample
            coded.append(
                _Coded(
                    packet.pts,
                    packet.pts * base,
                    any(kind_of(unit) == IDR_SLICE for unit in pictures),
                    hashlib.blake2b(held, digest_size=DIGEST_BYTES).digest(),
                    frozenset() if is_original else frozenset(map(picture_set_of, pictures)),
                )
            )
    return _Stream(tuple(coded), sets)
