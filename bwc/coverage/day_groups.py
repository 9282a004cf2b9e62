"""Officer-calls of each unit put together by district, type and shift, from columns. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from bwc.catalog.coverage_sum import CallGroup
from bwc.coverage.columns import Columns
from bwc.coverage.expected_columns import Expected, Flags
from bwc.coverage.lines import MICROSECOND, moment_of
from bwc.coverage.sweep import Integers

SHIFTS = ((7, "day, 7 to 15"), (15, "evening, 15 to 23"), (23, "night, 23 to 7"))
QUARTER_US = 900_000_000  # zones of today are whole quarters of an hour from UTC
HOUR_US, DAY_US = 4 * QUARTER_US, 96 * QUARTER_US


class GroupCount(NamedTuple):
    """The officer-calls of one group of a unit on one day (its place), and those with any video."""

    day: int
    grouping: CallGroup
    unit: str
    name: str
    calls: int
    with_video: int


def shift_of(local: datetime) -> str:
    """The third of the day.

    >>> shift_of(datetime.fromisoformat("2026-03-01T06:59:00+00:00"))
    'night, 23 to 7'
    """
    names = [name for hour, name in SHIFTS if local.hour >= hour]
    return names[-1] if names else SHIFTS[-1][1]


def group_counts(
    columns: Columns, expected: Expected, day: Integers, filmed: Flags, *, zone: ZoneInfo
) -> list[GroupCount]:
    """The counts of each day; `day` is the place of each expected call's, `filmed` who has video.

    Excluded calls are in none.
    """
    kept = ~expected.excluded
    stay = expected.stay[kept]
    stays = columns.stays
    names, unit_of = _numbered(columns.units)
    unit = unit_of[expected.spans.owner[kept]]
    shift, shifts = shifts_of(expected.received[kept], zone)
    groups = (
        (CallGroup.DISTRICT, stays.district[stay], stays.districts),
        (CallGroup.CALL_TYPE, stays.kind[stay], stays.kinds),
        (CallGroup.SHIFT, shift, shifts),
    )
    found = []
    for grouping, group, called in groups:
        cell = (day[kept] * len(names) + unit) * max(len(called), 1) + group
        cells, inverse, counts = np.unique(cell, return_inverse=True, return_counts=True)
        seen = np.bincount(inverse, filmed[kept], minlength=len(cells)).astype(np.int64)
        for one, calls, with_video in zip(
            cells.tolist(), counts.tolist(), seen.tolist(), strict=True
        ):
            rest, name = divmod(one, len(called))
            when, whose = divmod(rest, len(names))
            found.append(GroupCount(when, grouping, names[whose], called[name], calls, with_video))
    return found


def _numbered(units: Sequence[str]) -> tuple[list[str], Integers]:
    """The different units, and the place of each officer's among them."""
    names = sorted(set(units))
    places = {name: place for place, name in enumerate(names)}
    return names, np.array([places[one] for one in units], dtype=np.int64)


def shifts_of(received: Integers, zone: ZoneInfo) -> tuple[Integers, tuple[str, ...]]:
    """In which third of the local day each moment lies, as a place among the names."""
    names = tuple(name for _, name in SHIFTS)
    hour = (received + _ahead(received, zone)) // HOUR_US % 24
    begins = np.array([begin for begin, _ in SHIFTS], dtype=np.int64)
    return (np.searchsorted(begins, hour, side="right") - 1) % len(names), names


def _ahead(moments: Integers, zone: ZoneInfo) -> Integers:
    """How far the clocks of a zone are ahead of UTC at each moment, in microseconds.

    They are asked at both ends of each day, and each quarter of an hour of a day on which they change.
    """
    days, day_of = np.unique(moments // DAY_US, return_inverse=True)
    first = np.array([_offset(day * DAY_US, zone) for day in days.tolist()], dtype=np.int64)
    last = np.array([_offset((day + 1) * DAY_US, zone) for day in days.tolist()], dtype=np.int64)
    day_of = day_of.reshape(-1)
    ahead = first[day_of]
    changing = np.flatnonzero((first != last)[day_of])
    ahead[changing] = [
        _offset(one // QUARTER_US * QUARTER_US, zone) for one in moments[changing].tolist()
    ]
    return ahead


def _offset(moment: int, zone: ZoneInfo) -> int:
    """How far ahead of UTC, at one moment."""
    local = moment_of(moment).astimezone(zone)
    return (local.utcoffset() or timedelta()) // MICROSECOND
