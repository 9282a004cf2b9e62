"""Whether the numbers of the finished file's index follow from each other, and leave nothing over.

A table can be of the right form and still carry what nobody shows: entries for no sample, a length
nobody heeds, bytes of data between the samples. So each sample has to lie in one place, the places
have to fill the data, and each number that is said twice has to be the same (ISO/IEC 14496-12).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from bwc.media.audio import AAC_FRAME
from bwc.media.boxes import boxes_between
from bwc.media.copied_sound import MOST_RUN_UP
from bwc.media.decode import FULL_RANGE, ONE, VideoLook
from bwc.media.encode import AAC_BITS_PER_CHANNEL
from bwc.redaction.check_index import PICTURE, RULES, SAME_SIZE, SOUND, walk
from bwc.redaction.findings import Check, Finding

LONG = 1  # version of a box whose times have 64 bits
ENTRY = f"{PICTURE}/mdia/minf/stbl/stsd/avc1"
NEEDED = ("tkhd", "mdia/mdhd", "mdia/minf/stbl/stsd")
AAC_FRAME_BITS = 6144  # the most that a channel's frame may have (ISO/IEC 14496-3, 4.5.3)
RATE_BITS = 16  # of mp4a, for samples a second
RATES_AT = 22  # bytes into esds: most and mean bits a second, as in btrt
HEADER_AT, COPIED_HEADER = 34, b"\x02"  # of esds: how many bytes the coder's header has
FULL = 0x80  # as colr says it

Numbers: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Index:
    """The boxes of a finished file that hold no others, by path, and where its data lies."""

    bodies: dict[str, bytes]
    data: tuple[int, int]

    def table(self, path: str, columns: int) -> Numbers:
        """The entries of a table, a row each; none where there is no such table."""
        rule, body = RULES[path], self.bodies.get(path)
        wide = ">i8" if rule.each == 8 * columns else ">i4"
        start = rule.own + 4
        if body is None:
            return np.zeros((0, columns), np.int64)
        return np.frombuffer(body[start:], wide).astype(np.int64).reshape(-1, columns)

    def scale_and_length(self, path: str) -> tuple[int, int]:
        """Ticks a second and length of an mvhd or mdhd box."""
        body = self.bodies[path]
        if body[0] == LONG:
            return int.from_bytes(body[20:24]), int.from_bytes(body[24:32])
        return int.from_bytes(body[12:16]), int.from_bytes(body[16:20])

    def length_of_track(self, track: str) -> int:
        """How long a tkhd box says its track lasts, in ticks of the film."""
        body = self.bodies[f"{track}/tkhd"]
        return int.from_bytes(body[28:36] if body[0] == LONG else body[20:24])

    def edits(self, track: str) -> tuple[int, int, int]:
        """Of an elst box: ticks of the film before it begins, it lasts, and the media's first."""
        body = self.bodies.get(f"{track}/edts/elst")
        if body is None:
            return 0, self.length_of_track(track), 0
        width = 8 if body[0] == LONG else 4
        count = int.from_bytes(body[4:8])
        empty = int.from_bytes(body[8 : 8 + width]) if count > 1 else 0
        last = body[8 + (count - 1) * (2 * width + 4) :]
        return empty, int.from_bytes(last[:width]), int.from_bytes(last[width : 2 * width])


@dataclass(frozen=True, slots=True)
class Track:
    """The samples of one track: bytes, times between them, times until shown, and their chunks."""

    sizes: Numbers
    steps: Numbers
    delays: Numbers
    chunks: Numbers  # rows of first byte and length

    @property
    def first(self) -> int:
        """When the first picture is shown, in the media's ticks."""
        return int((self._due + self.delays).min())

    @property
    def ends(self) -> int:
        """When the last sample ends, counted as its length is in the index."""
        return int(self.steps.sum())

    @property
    def _due(self) -> Numbers:
        return np.cumsum(self.steps) - self.steps


def check_tables(path: Path, shown: VideoLook) -> Iterator[Finding]:
    """Whether the index of `path`, of the right form, tells nothing but how to play it."""
    index = read_index(path)
    present = [name for name in (PICTURE, SOUND) if name in index.bodies]
    needed = ["moov/mvhd", ENTRY, *(f"{name}/{part}" for name in present for part in NEEDED)]
    missing = [name for name in needed if name not in index.bodies]
    if missing:
        yield _odd(f"has no box {missing[0]!r}")
        return
    tracks: dict[str, Track] = {}
    for name in present:
        track = _track(index, name)
        if track is None:
            yield _odd(f"the tables of {name!r} do not fit each other")
            continue
        tracks[name] = track
        yield from _check_track(index, name, track)
    yield from _check_picture(index, shown)
    yield from _check_film(index, present)
    chunks = [track.chunks for track in tracks.values()]
    if chunks and not _fill(np.concatenate(chunks), index.data):
        what = "there are bytes of data that belong to no sample, or to two"
        yield Finding(check=Check.CONTAINER, what=what)


def read_index(path: Path) -> Index:
    """The index of a file whose boxes are all of the right form."""
    bodies, data = {}, (0, 0)
    with path.open("rb") as file:
        for name, box in walk(file, boxes_between(file, 0, path.stat().st_size)):
            rule = RULES.get(name)
            if name == "mdat":
                data = (box.body, box.end)
            elif rule is not None:
                file.seek(box.body)
                bodies[name] = file.read(rule.own if rule.holds_boxes else box.end - box.body)
    return Index(bodies, data)


def _track(index: Index, name: str) -> Track | None:
    """The samples that the tables of a track speak of; None where they contradict each other."""
    stbl = f"{name}/mdia/minf/stbl"
    sizes = _sizes(index, f"{stbl}/stsz")
    steps = _spread(index.table(f"{stbl}/stts", 2), len(sizes))
    has_delays = f"{stbl}/ctts" in index.bodies
    at_once = np.array([[len(sizes), 0]], np.int64)
    delays = _spread(index.table(f"{stbl}/ctts", 2) if has_delays else at_once, len(sizes))
    chunks = _chunks(index, stbl, sizes)
    keys = index.table(f"{stbl}/stss", 1)[:, 0] if name == PICTURE else np.zeros(0, np.int64)
    rolls = index.bodies.get(f"{stbl}/sbgp") if name == SOUND else None
    if steps is None or delays is None or chunks is None or not len(sizes):
        return None
    if (np.diff(keys) <= 0).any() or (len(keys) and not 1 <= keys[0] <= keys[-1] <= len(sizes)):
        return None
    if rolls is not None and rolls[12:] != len(sizes).to_bytes(4) + (1).to_bytes(4):
        return None
    return Track(sizes, steps, delays, chunks)


def _sizes(index: Index, path: str) -> Numbers:
    """The bytes of each sample."""
    body = index.bodies.get(path, b"")
    if SAME_SIZE.fullmatch(body) and any(body[4:8]):
        return np.full(int.from_bytes(body[8:12]), int.from_bytes(body[4:8]), np.int64)
    return index.table(path, 1)[:, 0]


def _spread(runs: Numbers, count: int) -> Numbers | None:
    """A value for each of `count` samples out of (how many, value); None where they do not fit.

    >>> _spread(np.array([[2, 7], [1, 9]]), 3)
    array([7, 7, 9])
    >>> _spread(np.array([[3, 7], [0, 9]]), 3)
    """
    if (runs[:, 0] <= 0).any() or runs[:, 0].sum() != count:
        return None
    return np.repeat(runs[:, 1], runs[:, 0])


def _chunks(index: Index, stbl: str, sizes: Numbers) -> Numbers | None:
    """First byte and length of each chunk; None where they do not hold each sample once."""
    tables = [f"{stbl}/{name}" for name in ("stco", "co64") if f"{stbl}/{name}" in index.bodies]
    runs = index.table(f"{stbl}/stsc", 3)
    if len(tables) != 1 or not len(runs):
        return None
    starts = index.table(tables[0], 1)[:, 0]
    if tables[0].endswith("stco"):
        starts = starts & 0xFFFFFFFF  # unsigned
    ends = np.append(runs[1:, 0], len(starts) + 1)
    is_right = runs[0, 0] == 1 and (runs[:, 1] > 0).all() and (runs[:, 2] == 1).all()
    if not is_right or (ends <= runs[:, 0]).any():
        return None
    each = np.repeat(runs[:, 1], ends - runs[:, 0])
    if each.sum() != len(sizes):
        return None
    first = np.cumsum(each) - each
    return np.stack([starts, np.add.reduceat(sizes, first)], axis=1)


def _fill(chunks: Numbers, data: tuple[int, int]) -> bool:
    """Whether `chunks` lie one behind the other and fill `data`.

    >>> _fill(np.array([[15, 5], [10, 5]]), (10, 20)), _fill(np.array([[10, 6], [15, 5]]), (10, 20))
    (True, False)
    """
    ordered = chunks[np.argsort(chunks[:, 0], kind="stable")]
    edges = np.append(ordered[:, 0], data[1])
    return int(edges[0]) == data[0] and bool((ordered.sum(axis=1) == edges[1:]).all())


def _check_track(index: Index, name: str, track: Track) -> Iterator[Finding]:
    """Whether what a track says of its length and of its bits a second is true."""
    scale, length = index.scale_and_length(f"{name}/mdia/mdhd")
    film, _ = index.scale_and_length("moov/mvhd")
    late, shown, begins = index.edits(name)
    if not scale or not film:
        yield _odd(f"{name!r} does not say what its times count")
        return
    # Muxers differ in whether the last sample ends when it is decoded or when it is shown.
    unsure = int(track.delays.max() + track.steps.max())
    lengths = (Fraction(length), Fraction(shown * scale, film) + begins - track.first)
    if any(abs(said - track.ends) > unsure for said in lengths):
        yield _odd(f"{name!r} says that it lasts {length} ticks, its samples {track.ends}")
    # The coder's run-up, where there is room: one frame of ours, several of another's.
    first = track.first if name == PICTURE else min(begins, _run_up(index))
    if begins != first:
        yield _odd(f"{name!r} says that it begins at {begins}, its samples at {first}")
    if index.length_of_track(name) != late + shown:
        yield _odd(f"{name!r} says two lengths")
    bits = int(track.sizes.sum()) * 8 * scale // max(1, track.ends)
    yield from _check_rates(index, name, bits, scale)


def _run_up(index: Index) -> int:
    """Samples that may stand before the first that is heard; the shorter header says: copied."""
    is_copied = index.bodies.get(f"{SOUND}/mdia/minf/stbl/stsd/mp4a/esds", b"")[HEADER_AT:][:1]
    return MOST_RUN_UP if is_copied == COPIED_HEADER else AAC_FRAME


def _check_rates(index: Index, name: str, bits: int, scale: int) -> Iterator[Finding]:
    """Whether the bits a second, most and mean, are those of the samples, or what was aimed at."""
    entry = f"{name}/mdia/minf/stbl/stsd/"
    rates = [
        index.bodies[path][4:]
        for path in (f"{entry}avc1/btrt", f"{entry}mp4a/btrt")
        if path in index.bodies
    ]
    if f"{entry}mp4a/esds" in index.bodies:
        rates.append(index.bodies[f"{entry}mp4a/esds"][RATES_AT:][:8])
    sound = index.bodies.get(f"{entry}mp4a", bytes(28))
    channels, rate = int.from_bytes(sound[16:18]), int.from_bytes(sound[24:26])
    halvings = max(0, scale.bit_length() - RATE_BITS)  # until mp4a has room for it
    if rate not in {0, scale >> halvings}:
        yield _odd(f"{name!r} says that it has {rate} samples a second")
    aimed_at = channels * min(AAC_BITS_PER_CHANNEL, AAC_FRAME_BITS * scale // AAC_FRAME)
    for said in rates:
        most, mean = int.from_bytes(said[:4]), int.from_bytes(said[4:])
        if mean not in {bits, 0} or most not in {bits, aimed_at}:
            yield _odd(
                f"{name!r} says that it has {mean} bits a second, {most} at most, and not {bits}"
            )


def _check_picture(index: Index, shown: VideoLook) -> Iterator[Finding]:
    """Whether the sizes, the shape of pixels and the colours beside the pictures are theirs."""
    aspect = shown.sample_aspect or Fraction(1)
    size = b"".join(n.to_bytes(2) for n in (shown.width, shown.height))
    wide = int.from_bytes(index.bodies[f"{PICTURE}/tkhd"][-8:-4])
    high = int.from_bytes(index.bodies[f"{PICTURE}/tkhd"][-4:])
    if (
        index.bodies[ENTRY][24:28] != size
        or high != shown.height * ONE
        or wide not in {shown.width * ONE, round(shown.width * ONE * aspect)}
    ):
        yield _odd("another size is written beside the pictures than they have")
    pasp = index.bodies.get(f"{ENTRY}/pasp")
    if pasp is not None and Fraction(*_pair(pasp)) != aspect:
        yield _odd("another shape of pixels is written beside the pictures than they have")
    colour = shown.colour
    tags = b"".join(n.to_bytes(2) for n in (colour.primaries, colour.transfer, colour.space))
    tags += bytes([FULL if colour.range == FULL_RANGE else 0])
    if index.bodies.get(f"{ENTRY}/colr", b"nclx" + tags)[4:] != tags:
        yield _odd("other colours are written beside the pictures than they have")


def _check_film(index: Index, tracks: Sequence[str]) -> Iterator[Finding]:
    """Whether the film lasts as long as its longest track and counts as they do."""
    scale, length = index.scale_and_length("moov/mvhd")
    scales = [index.scale_and_length(f"{name}/mdia/mdhd")[0] for name in tracks]
    if length != max(index.length_of_track(name) for name in tracks):
        yield _odd("the film does not say how long it lasts")
    if scale not in {scales[0], math.lcm(*scales)}:
        yield _odd(f"the film counts in {scale} ticks a second, which none of its tracks does")
    if index.bodies["moov/mvhd"][-1] != len(tracks) + 1:
        yield _odd("the film says that it has more tracks")


def _pair(body: bytes) -> tuple[int, int]:
    """Two numbers of four bytes, the second never zero."""
    return int.from_bytes(body[:4]), max(1, int.from_bytes(body[4:]))


def _odd(what: str) -> Finding:
    """A finding."""
    return Finding(check=Check.METADATA, what=what)
