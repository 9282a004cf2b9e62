"""One officer's day: shifts, calls, recordings and what is missing, on the department's clock.

A day runs from local midnight to local midnight: 23 or 25 hours when the clocks change. What
reaches over its borders is cut to them and says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.clock import as_utc, iso
from bwc.coverage.catalog_source import read_period
from bwc.coverage.department import Department, Officer
from bwc.coverage.lines import Numbers, moment_of, worn_recordings
from bwc.coverage.measure import Coverage, Status, measure
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook, expected_calls
from bwc.errors import NotFound
from bwc.timeline import Span


class Lane(StrEnum):
    """What a bar shows; also the order of the lanes from top to bottom."""

    SHIFT = "shift"
    CALL = "call"
    RECORDING = "recording"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the day.

    `name` is the call's number or the recording's id, empty for a shift; `note` is one clause for
    people. `begins_before` and `ends_after` say that the bar was cut at a border of the day.
    """

    lane: Lane
    span: Span[datetime]
    name: str
    note: str
    begins_before: bool
    ends_after: bool

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "lane": self.lane.value,
            "start": iso(self.span.start),
            "end": iso(self.span.end),
            "name": self.name,
            "note": self.note,
            "begins_before": self.begins_before,
            "ends_after": self.ends_after,
        }


@dataclass(frozen=True, slots=True)
class OfficerDay:
    """One officer's day, its bars by lane and time."""

    officer: Officer
    day: date
    zone: ZoneInfo
    period: Span[datetime]
    bars: tuple[Bar, ...]

    def lane(self, lane: Lane) -> tuple[Bar, ...]:
        """The bars of one lane."""
        return tuple(bar for bar in self.bars if bar.lane is lane)

    def document(self) -> JsonObject:
        """As JSON."""
        bars: list[Json] = [bar.document() for bar in self.bars]
        return {
            "badge": self.officer.badge,
            "day": self.day.isoformat(),
            "since": iso(self.period.start),
            "until": iso(self.period.end),
            "bars": bars,
        }


def officer_day(
    session: Session,
    badge: str,
    day: date,
    zone: ZoneInfo,
    *,
    rules: RuleBook = ALWAYS_ON_SCENE,
) -> OfficerDay:
    """The day of the officer with this badge.

    Raises:
        NotFound: no officer has that badge.
    """
    period = local_day(day, zone)
    department = read_period(session, period, badge=badge)
    if not department.officers:
        raise NotFound("no officer has this badge", got=badge)
    bars = [*_shifts(department), *_calls(department, rules), *_recordings(department)]
    order = list(Lane)
    return OfficerDay(
        officer=department.officers[0],
        day=day,
        zone=zone,
        period=period,
        bars=tuple(
            sorted(_cut(bars, period), key=lambda bar: (order.index(bar.lane), bar.span, bar.name))
        ),
    )


def local_day(day: date, zone: ZoneInfo) -> Span[datetime]:
    """From midnight to midnight on the clocks of `zone`, in UTC."""
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return Span(as_utc(start), as_utc(end))


def _shifts(department: Department) -> Iterator[Bar]:
    """Time on duty."""
    for shift in department.shifts:
        if shift.start < shift.end:
            yield _bar(Lane.SHIFT, shift.start, shift.end, name="", note="on duty")


def _calls(department: Department, rules: RuleBook) -> Iterator[Bar]:
    """Calls over the time that had to be recorded, and what of it is missing."""
    types = {call.number: call.type for call in department.calls}
    crew = department.officers
    calls = expected_calls(department.calls, department.call_units, rules, crew=crew)
    measured = measure(calls, recordings=department.recordings, assignments=department.assignments)
    for call, part in zip(calls, measured, strict=True):
        if call.expected is None:
            continue
        share = f"{100 * (part.covered / part.expected):.0f} % recorded"
        note = f"{types[call.call]}, {share}"
        yield _bar(Lane.CALL, call.expected.start, call.expected.end, name=call.call, note=note)
        for start, end, why in _missing(call.expected, part):
            yield _bar(Lane.MISSING, start, end, name=call.call, note=why)


def _missing(expected: Span[datetime], part: Coverage) -> Iterator[tuple[datetime, datetime, str]]:
    """Late start, gaps and early stop of one call as times."""
    if part.status is Status.NONE:
        yield expected.start, expected.end, "no video"
        return
    if part.late_start:
        yield expected.start, expected.start + part.late_start, "late start"
    for gap in part.gaps:
        yield gap.start, gap.end, "gap"
    if part.early_stop:
        yield expected.end - part.early_stop, expected.end, "early stop"


def _recordings(department: Department) -> Iterator[Bar]:
    """What the officer recorded, cut to the time he had the camera."""
    films = department.recordings
    spans, film_of = worn_recordings(films, department.assignments, Numbers())
    columns = (film_of.tolist(), spans.start.tolist(), spans.end.tolist())
    for index, start, end in dict.fromkeys(zip(*columns, strict=True)):
        film = films[index]
        camera = film.camera if film.camera.startswith("camera ") else f"camera {film.camera}"
        yield _bar(Lane.RECORDING, moment_of(start), moment_of(end), name=film.id, note=camera)


def _bar(lane: Lane, start: datetime, end: datetime, *, name: str, note: str) -> Bar:
    """A bar that is not cut yet."""
    return Bar(lane, Span(start, end), name, note, begins_before=False, ends_after=False)


def _cut(bars: Iterable[Bar], period: Span[datetime]) -> Iterator[Bar]:
    """The bars that reach into the period, cut to it."""
    for bar in bars:
        start, end = max(bar.span.start, period.start), min(bar.span.end, period.end)
        if start < end:
            yield Bar(
                lane=bar.lane,
                span=Span(start, end),
                name=bar.name,
                note=bar.note,
                begins_before=bar.span.start < period.start,
                ends_after=bar.span.end > period.end,
            )
