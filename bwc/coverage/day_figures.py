"""The figures of every officer, and of groups of calls, on every day of a few days at once. Pure.

They are those that `tally`, `quality`, `equipment` and the report's sensitivity give one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from bwc.catalog.coverage_sum import FIGURES
from bwc.coverage.columns import NO_BUFFER_KNOWN, Columns, Stays
from bwc.coverage.day_groups import GroupCount, group_counts
from bwc.coverage.expected import ON_SCENE
from bwc.coverage.expected_columns import Expected, Flags, expect
from bwc.coverage.lines import MICROSECOND
from bwc.coverage.report import MOVED
from bwc.coverage.rule_book import RuleBook
from bwc.coverage.sweep import Integers, Measured, Spans, first_meeting, measure_spans, union, worn

PLACE: Final = {name: place for place, name in enumerate(FIGURES)}


@dataclass(frozen=True, slots=True, eq=False)
class DayFigures:
    """What some days add up to.

    `officers` are keys by badge, `figures` theirs, `(days, officers, figures) int64` as `FIGURES`
    orders them; `groups` the calls of each unit put together.
    """

    officers: Sequence[str]
    figures: Integers
    groups: Sequence[GroupCount]


def day_figures(
    columns: Columns, days: Sequence[date], borders: Integers, *, zone: ZoneInfo, rules: RuleBook
) -> DayFigures:
    """The figures of each day.

    `borders` is `(days + 1,) int64`: where each day begins, and where the last one ends.
    """
    crew = len(columns.officers)
    figures = np.zeros((len(days), crew, len(FIGURES)), dtype=np.int64)
    if not crew:
        return DayFigures(columns.officers, figures, ())
    expected = _expected(columns, days, borders, rules)
    day = np.searchsorted(borders, expected.received, side="right") - 1
    cell = day * crew + expected.spans.owner
    amounts_of = _amounts(columns, expected)
    for name, amounts in amounts_of.items():
        sums = np.bincount(cell, amounts, minlength=len(days) * crew)  # exact: whole, below 2**53
        figures[:, :, PLACE[name]] = sums.astype(np.int64).reshape(len(days), crew)
    for place in range(len(days)):
        duty, bare = _duty(columns, int(borders[place]), int(borders[place + 1]))
        figures[place, :, PLACE["duty_us"]] = duty
        figures[place, :, PLACE["bare_us"]] = bare
    groups = group_counts(columns, expected, day, amounts_of["covered_us"] > 0, zone=zone)
    return DayFigures(columns.officers, figures, groups)


def _expected(
    columns: Columns, days: Sequence[date], borders: Integers, rules: RuleBook
) -> Expected:
    """Each call by the rule of the day it was received on."""
    stays, sworn = columns.stays, columns.sworn
    counting = [rules.on(day) for day in days]
    day = np.searchsorted(borders, stays.received, side="right") - 1
    which = np.array([counting.index(rule) for rule in counting], dtype=np.int64)[day]
    every = np.unique(which).tolist()
    places = [np.flatnonzero(which == one) for one in every]
    parts = [
        expect(_some(stays, some), counting[one], sworn)
        for one, some in zip(every, places, strict=True)
    ]
    if not parts:
        return expect(stays, ON_SCENE, sworn)
    spans = [(part.spans.owner, part.spans.start, part.spans.end) for part in parts]
    return Expected(
        spans=Spans(*(np.concatenate(column) for column in zip(*spans, strict=True))),
        received=np.concatenate([part.received for part in parts]),
        lead=np.concatenate([part.lead for part in parts]),
        excluded=np.concatenate([part.excluded for part in parts]),
        stay=np.concatenate([some[part.stay] for part, some in zip(parts, places, strict=True)]),
    )


def _some(stays: Stays, kept: Integers) -> Stays:
    """The stays of some calls, by their places."""
    return Stays(
        call=stays.call[kept],
        officer=stays.officer[kept],
        kind=stays.kind[kept],
        district=stays.district[kept],
        priority=stays.priority[kept],
        cancelled=stays.cancelled[kept],
        received=stays.received[kept],
        dispatched=stays.dispatched[kept],
        arrived=stays.arrived[kept],
        cleared=stays.cleared[kept],
        kinds=stays.kinds,
        districts=stays.districts,
    )


def _amounts(columns: Columns, expected: Expected) -> dict[str, Integers | Flags]:
    """What each officer's call adds to each figure; all are `(calls,)`."""
    worn_films, film = worn(columns.films, columns.hands, columns.wearer)
    seen = measure_spans(expected.spans, worn_films)
    filmed = seen.covered > 0
    whole = filmed & (seen.covered == seen.expected)
    gaps = np.bincount(seen.gap_of, minlength=len(filmed))
    return {
        "calls": ~expected.excluded,
        "excluded": expected.excluded,
        "covered_fully": whole,
        "partial": filmed & ~whole,
        "without_video": ~expected.excluded & ~filmed,
        "expected_us": seen.expected,
        "covered_us": seen.covered,
        "late_calls": filmed & (seen.late_start > 0),
        "late_us": np.where(filmed, seen.late_start, 0),
        "early_calls": filmed & (seen.early_stop > 0),
        "early_us": np.where(filmed, seen.early_stop, 0),
        "gap_calls": gaps > 0,
        "gaps": gaps,
        **_buffers(columns, expected, worn_films, film, filmed=filmed),
        **_sound(columns, expected, worn_films, film, covered=seen.covered),
        **_moved(columns, expected, "earlier", -MOVED // MICROSECOND),
        **_moved(columns, expected, "later", MOVED // MICROSECOND),
    }


def _buffers(
    columns: Columns, expected: Expected, worn_films: Spans, film: Integers, *, filmed: Flags
) -> dict[str, Flags]:
    """Calls with video of which all, a part or nothing of the first camera's buffer was recorded."""
    spans = expected.spans
    asking = Spans(spans.owner[filmed], spans.start[filmed], spans.end[filmed])
    begun = film[first_meeting(asking, worn_films, film)]
    asked = columns.buffer_us[columns.films.owner[begun]]
    duty = asking.start + expected.lead[filmed]
    before = Spans(asking.owner, duty - np.maximum(asked, 0), duty)
    held = measure_spans(before, worn_films).covered
    known = (asked != NO_BUFFER_KNOWN) & (asked > 0)
    return {
        "buffer_complete": _spread(filmed, known & (held == asked)),
        "buffer_partial": _spread(filmed, known & (held < asked) & (held > 0)),
        "buffer_absent": _spread(filmed, known & (held == 0)),
    }


def _sound(
    columns: Columns, expected: Expected, worn_films: Spans, film: Integers, *, covered: Integers
) -> dict[str, Integers | Flags]:
    """Calls with video that can be heard, and those without sound for some of the time."""
    heard = _covered(expected, worn_films, columns.sound[film] == 1)
    maybe = _covered(expected, worn_films, columns.sound[film] != 0)
    muted = covered - maybe
    return {
        "with_sound": (covered > 0) & (heard == covered),
        "muted": muted > 0,
        "muted_us": muted,
    }


def _covered(expected: Expected, worn_films: Spans, wanted: Flags) -> Integers:
    """How much of each call the wanted recordings alone cover."""
    kept = Spans(worn_films.owner[wanted], worn_films.start[wanted], worn_films.end[wanted])
    return measure_spans(expected.spans, kept).covered


def _moved(
    columns: Columns, expected: Expected, name: str, by_us: int
) -> dict[str, Integers | Flags]:
    """The figures with every recording moved, and the hands that were made up from one."""
    films, hands = columns.films, columns.hands
    moved = Spans(films.owner, films.start + by_us, films.end + by_us)
    by = np.where(columns.stated, by_us, 0)
    going = Spans(hands.owner, hands.start + by, hands.end + by)
    seen: Measured = measure_spans(expected.spans, worn(moved, going, columns.wearer)[0])
    return {
        f"{name}_with_video": seen.covered > 0,
        f"{name}_complete": (seen.covered > 0) & (seen.covered == seen.expected),
        f"{name}_us": seen.covered,
    }


def _duty(columns: Columns, start: int, end: int) -> tuple[Integers, Integers]:
    """Sworn time on duty in one day by officer, and what of it was without a working camera."""
    shifts, hands = columns.shifts, columns.hands
    here = columns.sworn[shifts.owner] & (shifts.start < end) & (shifts.end > start)
    on_duty = union(
        Spans(
            shifts.owner[here],
            np.maximum(shifts.start[here], start),
            np.minimum(shifts.end[here], end),
        )
    )
    until = np.minimum(np.minimum(hands.end, columns.works_until), end)
    held = hands.start < until
    seen = measure_spans(on_duty, Spans(columns.wearer[held], hands.start[held], until[held]))
    crew = len(columns.officers)
    whole = np.bincount(on_duty.owner, seen.expected, minlength=crew).astype(np.int64)
    covered = np.bincount(on_duty.owner, seen.covered, minlength=crew).astype(np.int64)
    return whole, whole - covered


def _spread(places: Flags, values: Flags) -> Flags:
    """`values` where `places` are set, nothing elsewhere."""
    flags = np.zeros(len(places), dtype=np.bool_)
    flags[places] = values
    return flags
