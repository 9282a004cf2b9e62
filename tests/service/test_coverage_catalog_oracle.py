"""Reports, pages and sums over the catalog equal the plainest reading, minute by minute.

Everything lies on whole minutes, clock errors of a minute and buffers of two included, so that a
set of minutes says all of a recording. Calls are attended hours or days after they came in, some
last for days, cameras change hands, and some recordings name an officer alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.store import Catalog
from bwc.catalog.tables import Camera, Officer
from bwc.coverage.call_coverage import CallCoverage
from bwc.coverage.day import local_day
from bwc.coverage.day_figures import PLACE
from bwc.coverage.report import (
    DepartmentReport,
    call_coverage,
    department_coverage,
    officer_coverage,
)
from bwc.coverage.sums import Days, measure_days
from tests.roster import Stay, Town

DENVER = ZoneInfo("America/Denver")
DAYS = Days(date(2026, 3, 2), date(2026, 3, 4))
LAST = 14 * 24 * 60  # no record lies after this minute of the fortnight
BUFFER = 2
BADGES, SERIALS = ("7", "8", "C1"), ("cam-1", "cam-2")
Minutes = set[int]


@dataclass(slots=True)
class Lived:
    """What happened, in minutes since Monday's midnight."""

    hands: list[tuple[str, str, int, int]] = field(default_factory=list)
    films: list[tuple[str | None, str | None, int, int]] = field(default_factory=list)
    calls: dict[str, tuple[int, bool]] = field(default_factory=dict)
    stays: list[tuple[str, str, int | None, int | None]] = field(default_factory=list)

    def worn(self, badge: str, moved: int = 0) -> Minutes:
        """The minutes in which this officer's camera recorded, with every recording moved."""
        found: Minutes = set()
        for serial, named, first, past in self.films:
            film = set(range(first + moved, past + moved))
            if serial is None:
                found |= film if named == badge else set()
                continue
            for camera, wearer, since, until in self.hands:
                if (camera, wearer) == (serial, badge):
                    found |= film & set(range(since, until))
        return found


@dataclass(frozen=True, slots=True)
class Line:
    """What must come out of one officer's call, in minutes; a buffer that nobody knows is None."""

    excluded: bool
    expected: int = 0
    covered: int = 0
    late: int = 0
    early: int = 0
    gaps: int = 0
    buffer: int | None = None
    earlier: int = 0
    later: int = 0


def live(random: Random) -> Lived:
    """Two weeks of nine calls."""
    lived = Lived()
    for serial in SERIALS:
        since = -3000
        while since < LAST:
            until = since + random.randrange(300, 4000)
            lived.hands.append((serial, random.choice(BADGES), since, until))
            since = until + random.choice((0, 0, 60))
    for place in range(9):
        received = random.randrange(3 * 24 * 60)
        lived.calls[f"26-{place}"] = (received, random.random() < 0.1)
        for badge in random.sample(BADGES, random.choice((1, 2, 3))):
            arrived = received + random.choice((3, 40, 1400, 1500, 1800, 3600, 7000))
            cleared = arrived + random.choice((0, 30, 120, 1500, 2400, 5000))
            lived.stays.append((f"26-{place}", badge, arrived, cleared))
            if random.random() < 0.3:
                again = cleared + random.choice((10, 2000))
                lived.stays.append((f"26-{place}", badge, random.choice((None, again)), again + 50))
            film(lived, random, badge, arrived, cleared)
    return lived


def film(lived: Lived, random: Random, badge: str, arrived: int, cleared: int) -> None:
    """What was recorded of one stay: some files that touch, overlap, leave gaps or run over."""
    begin = arrived + random.choice((-5, -2, -1, 0, 1, 7))
    while begin < cleared and random.random() < 0.97:
        end = begin + random.choice((1, 20, 90, 400))
        serial = random.choice((*SERIALS, None))
        lived.films.append((serial, badge if serial is None else None, begin, end))
        begin = end + random.choice((0, 0, 0, -1, 5))


def furnish(session: Session, lived: Lived) -> None:
    """The same as rows."""
    town = Town(session)
    session.execute(sa.update(Camera).values(pre_event_seconds=60 * BUFFER))
    for camera, badge, since, until in lived.hands:
        town.hand(camera, badge, since=since / 60, until=until / 60)
    for number, (received, is_cancelled) in lived.calls.items():
        stays = [
            Stay(badge, *(None if one is None else one / 60 for one in times))
            for call, badge, *times in lived.stays
            if call == number
        ]
        town.call(number, received / 60, *stays, cancelled=is_cancelled)
    for serial, named, first, past in dict.fromkeys(lived.films):
        town.film(first / 60, past / 60, serial=serial, badge=named)


def oracle(lived: Lived) -> dict[tuple[str, str], Line]:
    """What must come out of each officer's call."""
    worn = {(badge, by): lived.worn(badge, by) for badge in BADGES for by in (-1, 0, 1)}
    found = {}
    for number, badge in {stay[:2] for stay in lived.stays}:
        own = [stay for stay in lived.stays if stay[:2] == (number, badge)]
        begin = min(stay[2] for stay in own if stay[2] is not None)
        end = max(stay[3] for stay in own if stay[3] is not None)
        if badge == "C1" or lived.calls[number][1] or end <= begin:
            found[number, badge] = Line(excluded=True)
            continue
        asked = set(range(begin, end))
        seen = sorted(asked & worn[badge, 0])
        found[number, badge] = Line(
            excluded=False,
            expected=len(asked),
            covered=len(seen),
            late=seen[0] - begin if seen else len(asked),
            early=end - 1 - seen[-1] if seen else len(asked),
            gaps=sum(b - a > 1 for a, b in pairwise(seen)),
            buffer=len(worn[badge, 0] & set(range(begin - BUFFER, begin))) if seen else None,
            earlier=len(asked & worn[badge, -1]),
            later=len(asked & worn[badge, 1]),
        )
    return found


@pytest.fixture(params=range(8))
def lived(request: pytest.FixtureRequest) -> Lived:
    return live(Random(request.param))


@pytest.fixture
def session(catalog: Catalog, lived: Lived) -> Iterator[Session]:
    with catalog.write() as session:
        furnish(session, lived)
        yield session


def assert_calls(parts: Iterable[CallCoverage], wanted: dict[tuple[str, str], Line]) -> None:
    """Every call's figures, and the buffer where the first camera is known."""
    found = {(part.call.number, part.coverage.badge): part for part in parts}
    assert found.keys() == wanted.keys()
    for key, line in wanted.items():
        seen, quality = found[key].coverage, found[key].quality
        assert (seen.exclusion is not None) == line.excluded
        assert (seen.expected, seen.covered, seen.late_start, seen.early_stop) == tuple(
            timedelta(minutes=one) for one in (line.expected, line.covered, line.late, line.early)
        )
        assert len(seen.gaps) == line.gaps
        if quality.buffer_asked:
            assert quality.buffer_held == timedelta(minutes=line.buffer or 0)


def assert_moved(report: DepartmentReport, wanted: dict[tuple[str, str], Line]) -> None:
    """What a minute of clock error would change."""
    for moved, name in (
        (report.sensitivity.earlier, "earlier"),
        (report.sensitivity.later, "later"),
    ):
        minutes = [getattr(line, name) for line in wanted.values()]
        assert moved.covered == timedelta(minutes=sum(minutes))
        assert moved.with_video.part == sum(one > 0 for one in minutes)


def test_reports_and_pages_are_the_plain_reading(session: Session, lived: Lived) -> None:
    wanted = oracle(lived)
    whole = local_day(DAYS.first, DENVER).start, local_day(DAYS.last, DENVER).end
    report = department_coverage(session, *whole)
    assert_calls(report.calls, wanted)
    assert_moved(report, wanted)
    for day in DAYS:
        span = local_day(day, DENVER)
        report = department_coverage(session, span.start, span.end)
        of_day = {(part.call.number, part.coverage.badge) for part in report.calls}
        some = {key: line for key, line in wanted.items() if key in of_day}
        assert_calls(report.calls, some)
        assert_moved(report, some)
        for badge in BADGES:
            own = {key: line for key, line in some.items() if key[1] == badge}
            assert_calls(officer_coverage(session, badge, span.start, span.end).calls, own)
    for number in lived.calls:
        own = {key: line for key, line in wanted.items() if key[0] == number}
        assert_calls(call_coverage(session, number), own)


def test_sums_are_the_plain_reading(session: Session, lived: Lived) -> None:
    wanted = oracle(lived)
    keys = session.execute(sa.select(Officer.id, Officer.badge))
    badges = {row[0]: row[1] for row in keys}
    for days in (DAYS, *(Days(day, day) for day in DAYS)):
        found = measure_days(session, days, zone=DENVER)
        for place, day in enumerate(days):
            for officer, figures in zip(found.officers, found.figures[place].tolist(), strict=True):
                lines = [
                    line
                    for (number, badge), line in wanted.items()
                    if badge == badges[officer] and _day_of(lived, number) == day
                ]
                said = {name: figures[at] for name, at in PLACE.items()}
                assert {name: said[name] for name in _sums(lines)} == _sums(lines)


def _day_of(lived: Lived, number: str) -> date:
    """On which day a call came in."""
    return DAYS.first + timedelta(minutes=lived.calls[number][0])


def _sums(lines: list[Line]) -> dict[str, int]:
    """What some calls add up to."""
    filmed = [line for line in lines if line.covered]
    minute = 60_000_000
    return {
        "calls": sum(not line.excluded for line in lines),
        "excluded": sum(line.excluded for line in lines),
        "covered_fully": sum(line.covered == line.expected for line in filmed),
        "expected_us": minute * sum(line.expected for line in lines),
        "covered_us": minute * sum(line.covered for line in lines),
        "late_us": minute * sum(line.late for line in filmed),
        "early_us": minute * sum(line.early for line in filmed),
        "gaps": sum(line.gaps for line in lines),
        "earlier_us": minute * sum(line.earlier for line in lines),
        "later_us": minute * sum(line.later for line in lines),
    }


def test_the_invented_weeks_hold_every_case() -> None:
    every = [(seed, live(Random(seed))) for seed in range(8)]
    lines = [line for _, lived in every for line in oracle(lived).values()]
    assert any(line.excluded for line in lines)
    assert any(not line.covered for line in lines if not line.excluded)
    assert {line.buffer for line in lines} == {None, 0, 1, 2}
    assert sum(line.gaps > 0 for line in lines) > 10
    assert sum(0 < line.covered == line.expected for line in lines) > 10
    assert any(
        arrived is not None and arrived - lived.calls[number][0] > 24 * 60
        for _, lived in every
        for number, _, arrived, _ in lived.stays
    )
