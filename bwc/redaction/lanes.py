"""A plan over time, for a picture of it: a lane for each person and each track within a window.

Pure. A window is cut into `COLUMNS` equal parts and a lane says of each part at most one thing, so
that a picture has a bounded number of pieces however long the recording is. Seconds are those since
the first picture.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import groupby, pairwise
from math import ceil, floor

from bwc.redaction.plan import FrameState, LedgerRun, Plan, PlannedTrack
from bwc.redaction.plan_words import seconds_of
from bwc.redaction.review_list import WEAK

COLUMNS = 120
MOST_LANES = 40
STRONG = 0.8  # the best score from which a track is called sure


class Look(StrEnum):
    """Why a track covers a place at a time.

    INFERRED lies between two sightings where no detector found it, HELD before the first or after
    the last.
    """

    SEEN = "seen"
    INFERRED = "inferred"
    HELD = "held"
    BY_HAND = "by hand"
    HIDDEN = "hidden"
    VISIBLE = "left visible"


class Sureness(StrEnum):
    """How sure the detector was of a track at its best."""

    STRONG = "sure"
    FAIR = "fair"
    WEAK = "unsure"
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Window:
    """What is looked at: [first, last) seconds."""

    first: Fraction
    last: Fraction

    def column(self, second: Fraction) -> int:
        """The part in which `second` lies; below 0 or from `COLUMNS` on outside of the window."""
        return floor((second - self.first) * COLUMNS / (self.last - self.first))

    def columns(self, start: Fraction, end: Fraction) -> tuple[int, int] | None:
        """The parts that [start, end) touches, one at least, the second exclusive."""
        if start >= self.last or end < self.first:
            return None
        width = self.last - self.first
        low = max(0, self.column(start))
        high = min(COLUMNS, ceil((end - self.first) * COLUMNS / width))
        return low, max(high, low + 1)


@dataclass(frozen=True, slots=True)
class Bar:
    """Consecutive parts of a window of which the same is said, `end` exclusive."""

    start: int
    end: int
    look: Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One person or one track; `track` is None for a person. Seconds are of its whole life."""

    person: int | None
    track: int | None
    kind: str
    sureness: Sureness | None
    best_score: float | None
    is_visible: bool
    first_second: float
    last_second: float
    bars: tuple[Bar, ...]

    @property
    def name(self) -> str:
        """What it is called."""
        return f"Person {self.person}" if self.track is None else f"Track {self.track}"

    @property
    def looks(self) -> tuple[str, ...]:
        """What its bars say, each once."""
        return tuple(dict.fromkeys(bar.look.value for bar in self.bars))


def lanes(plan: Plan, window: Window, *, skip: int = 0) -> tuple[tuple[Lane, ...], int]:
    """The lanes that have something in `window`, from number `skip` on, and how many there are.

    A person comes before his tracks, by whom is first seen; what belongs to nobody comes last.
    """
    alive = [(track, cut) for track in plan.tracks if (cut := _columns(plan, window, track))]
    groups: dict[int | None, list[tuple[PlannedTrack, tuple[int, int]]]] = {}
    for track, cut in sorted(alive, key=lambda one: (one[0].keys[0].pts, one[0].id)):
        groups.setdefault(track.person, []).append((track, cut))
    nobodys = groups.pop(None, [])
    order = [(person, entry) for person, tracks in groups.items() for entry in [None, *tracks]]
    order += [(None, entry) for entry in nobodys]
    found = _found(plan, window)
    made = [
        _of_person(plan, int(person or 0), groups[person])
        if entry is None
        else _of_track(plan, window, entry, found)
        for person, entry in order[skip : skip + MOST_LANES]
    ]
    return tuple(made), len(order)


def spread(spans: Iterable[tuple[Fraction, Fraction]], window: Window) -> list[tuple[int, int]]:
    """Spans as parts of the window, in their order; those in one part are one."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        cut = window.columns(start, end)
        if cut is None:
            continue
        if merged and cut[0] <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], cut[1]))
        else:
            merged.append(cut)
    return merged


def since_first(plan: Plan, second: Fraction) -> Fraction:
    """A second of the media clock as one since the first picture."""
    return second - plan.original.first_pts * plan.time_base


def _second(plan: Plan, pts: int) -> Fraction:
    return (pts - plan.original.first_pts) * plan.time_base


def _columns(plan: Plan, window: Window, track: PlannedTrack) -> tuple[int, int] | None:
    """The parts of the window that a track touches."""
    first, last = track.keys[0].pts, track.keys[-1].pts
    return window.columns(_second(plan, first), _second(plan, last))


def _found(plan: Plan, window: Window) -> list[bool]:
    """For each part of the window, whether a detector found anything there."""
    width = (window.last - window.first) / COLUMNS
    edges = [
        plan.original.first_pts + ceil((window.first + column * width) / plan.time_base)
        for column in range(COLUMNS + 1)
    ]
    return [
        any(_finds(ledger.runs, start, max(end, start + 1)) for ledger in plan.ledger)
        for start, end in pairwise(edges)
    ]


def _finds(runs: Sequence[LedgerRun], start: int, end: int) -> bool:
    """Whether any run that reaches into [start, end) found something."""
    at = max(0, bisect_right(runs, start, key=lambda run: run.first_pts) - 1)
    while at < len(runs) and runs[at].first_pts < end:
        if runs[at].state is FrameState.FOUND:
            return True
        at += 1
    return False


def _of_person(
    plan: Plan, person: int, tracks: Sequence[tuple[PlannedTrack, tuple[int, int]]]
) -> Lane:
    """Where a person is, and whether he is hidden there; visible wins where his tracks differ."""
    said: dict[int, Look] = {}
    for track, (start, end) in tracks:
        look = Look.HIDDEN if track.shown is None else Look.VISIBLE
        for column in range(start, end):
            said[column] = Look.VISIBLE if Look.VISIBLE in {look, said.get(column)} else look
    lives = [seconds_of(track, plan) for track, _ in tracks]
    return Lane(
        person=person,
        track=None,
        kind="person",
        sureness=None,
        best_score=None,
        is_visible=any(track.shown is not None for track, _ in tracks),
        first_second=min(life[0] for life in lives),
        last_second=max(life[1] for life in lives),
        bars=_bars(said),
    )


def _of_track(
    plan: Plan,
    window: Window,
    entry: tuple[PlannedTrack, tuple[int, int]],
    found: Sequence[bool],
) -> Lane:
    """Where a track covers, and by what right."""
    track, (start, end) = entry
    by_model = track.author.startswith("model:")
    seen = None
    if track.seen is not None:
        seen = window.columns(_second(plan, track.seen[0]), _second(plan, track.seen[1]))
    said = {}
    for column in range(start, end):
        if not by_model:
            said[column] = Look.BY_HAND
        elif seen is None or not seen[0] <= column < seen[1]:
            said[column] = Look.HELD
        else:
            said[column] = Look.SEEN if found[column] else Look.INFERRED
    first, last = seconds_of(track, plan)
    return Lane(
        person=track.person,
        track=track.id,
        kind=track.kind.value,
        sureness=_sureness(track) if by_model else Sureness.BY_HAND,
        best_score=track.best_score if by_model else None,
        is_visible=track.shown is not None,
        first_second=first,
        last_second=last,
        bars=_bars(said),
    )


def _sureness(track: PlannedTrack) -> Sureness:
    if track.best_score >= STRONG:
        return Sureness.STRONG
    return Sureness.FAIR if track.best_score >= WEAK else Sureness.WEAK


def _bars(said: dict[int, Look]) -> tuple[Bar, ...]:
    """Equal neighbours as one."""
    bars = []
    ordered = sorted(said)
    runs = groupby(enumerate(ordered), key=lambda at: (at[1] - at[0], said[at[1]]))
    for (_, look), run in runs:
        columns = [column for _, column in run]
        bars.append(Bar(columns[0], columns[-1] + 1, look))
    return tuple(bars)
