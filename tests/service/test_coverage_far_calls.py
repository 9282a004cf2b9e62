"""Calls attended long after they came in, or for days: the same figures whatever is asked for."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bwc.catalog.recording import TagSource
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Call, CallUnit, Tag
from bwc.coverage.day import Lane, officer_day
from bwc.coverage.existence import Answer
from bwc.coverage.findings import FindingKind
from bwc.coverage.measure import Coverage, Status
from bwc.coverage.quality import Buffer
from bwc.coverage.report import call_coverage, department_coverage, officer_coverage, period_calls
from bwc.coverage.should_exist import footage_at, footage_of_call
from bwc.coverage.stale_days import days_to_refresh
from bwc.coverage.sum_figures import quality_of, tally_of
from bwc.coverage.sums import Days, measure_days, refresh_sums
from bwc.timeline import Span
from tests.roster import Stay, Town, at

DENVER = ZoneInfo("America/Denver")
MONDAY = date(2026, 3, 2)
SECOND = 1 / 3600
ABOUT_RECORDINGS = (
    FindingKind.UNEXPLAINED_RECORDING, FindingKind.OUTSIDE_SHIFT, FindingKind.WEARER_UNKNOWN,
)  # fmt: skip


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """Officer 7 with a camera."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        yield built


def measured_everywhere(town: Town) -> list[Coverage]:
    """The only call by the report of its day, of the week, of the officer, and by its own page."""
    session, day = town.session, Span(at(0), at(24))
    parts = [
        *department_coverage(session, day.start, day.end).calls,
        *department_coverage(session, at(0), at(14 * 24)).calls,
        *officer_coverage(session, "7", day.start, day.end).calls,
        *officer_coverage(session, "7", at(-200), at(14 * 24)).calls,
        *period_calls(session, day),
        *call_coverage(session, "26-1"),
    ]
    assert len(parts) == 6
    assert len({part.quality for part in parts}) == 1
    assert {part.existence.answer for part in parts} == {
        Answer.YES if parts[0].coverage.covered else Answer.LOST
    }
    return [part.coverage for part in parts]


@pytest.mark.parametrize(
    ("received", "arrived", "cleared"),
    [(9, 9 + 30, 9 + 31), (9, 9 + 60, 9 + 61), (20, 21, 21 + 40), (0, 10, 200), (23, -40, 24)],
    ids=["30 h later", "60 h later", "for 40 h", "for 8 days", "begun before it was received"],
)
def test_a_call_is_measured_alike_whatever_is_asked_for(
    town: Town, received: float, arrived: float, cleared: float
) -> None:
    town.call("26-1", received, Stay("7", arrived, cleared))
    town.film(arrived - 30 * SECOND, arrived + 0.5, serial="cam-1")
    hour = arrived + 0.5
    while hour < cleared - 0.5:
        town.film(hour, min(hour + 1, cleared - 0.25), serial="cam-1")
        hour += 1
    found = measured_everywhere(town)
    assert {one.status for one in found} == {Status.PARTIAL}
    assert len(set(found)) == 1
    assert not found[0].late_start
    assert not found[0].gaps
    assert footage_of_call(town.session, "26-1").answer is Answer.YES


@pytest.mark.parametrize(("arrived", "cleared"), [(9 + 60, 9 + 61), (10, 10 + 40)])
def test_sums_say_of_a_late_and_of_a_long_call_what_the_report_says(
    town: Town, arrived: float, cleared: float
) -> None:
    town.hand("cam-2", "8", since=60, until=80)
    town.call("26-1", 9, Stay("7", arrived, cleared), Stay("8", 69, 70))
    town.film(arrived - 20 * SECOND, cleared + 20 * SECOND, serial="cam-1")
    town.film(69.5, 70, serial="cam-2")
    town.film(69, 69.25, badge="8")
    report = department_coverage(town.session, at(0), at(24))
    assert (report.tally.covered_fully, report.tally.partial) == (1, 1)
    assert report.calls[0].quality.buffer is Buffer.PARTIAL
    figures = measure_days(town.session, Days(MONDAY, MONDAY), zone=DENVER).figures
    whole = figures[0].sum(axis=0).tolist()
    assert tally_of(whole) == report.tally
    assert quality_of(whole) == report.quality


def test_a_recording_is_explained_by_a_call_that_came_in_days_before(town: Town) -> None:
    town.shift("7", 0, 100)
    town.call("26-1", 9, Stay("7", 10, 80))
    town.film(75, 76, serial="cam-1")
    for since in (0, 72):
        reports = (
            department_coverage(town.session, at(since), at(96)),
            officer_coverage(town.session, "7", at(since), at(96)),
        )
        for report in reports:
            assert not [one for one in report.findings if one.kind in ABOUT_RECORDINGS]


def test_the_day_and_the_moment_know_a_call_that_came_in_days_before(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 80))
    town.film(10, 76, serial="cam-1")
    [bar] = officer_day(town.session, "7", date(2026, 3, 5), DENVER).lane(Lane.CALL)
    assert (bar.name, bar.note) == ("26-1", "alarm, 94 % recorded")
    moment = footage_at(town.session, "7", at(78))
    assert moment.answer is Answer.LOST


def test_a_recording_of_a_late_call_makes_the_sums_of_its_day_stale(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 69, 70))
    march = Days(date(2026, 1, 1), date(2026, 3, 10))
    refresh_sums(town.session, march, zone=DENVER, at=at(240))
    film = town.film(69, 70, serial="cam-1", received=250)
    call = town.session.scalar(sa.select(Call.id))
    town.session.add(
        Tag(
            recording_id=film,
            call_id=call,
            confidence=1,
            explanation="",
            source=TagSource.PERSON,
            author="a",
            created_at=at(250),
        )
    )
    town.session.flush()
    stale = days_to_refresh(town.session, date(2026, 3, 11), zone=DENVER)
    assert stale == [MONDAY, date(2026, 3, 4)]


def test_times_that_stand_for_nothing_known_ask_for_no_time_that_there_is_not(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, None))
    town.film(10, 11, serial="cam-1")
    unit = town.session.scalars(sa.select(CallUnit)).one()
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    for arrived, cleared in ((at(10), last), (first, at(11))):
        unit.arrived_at, unit.cleared_at = arrived, cleared
        town.session.flush()
        assert {one.covered for one in measured_everywhere(town)} == {timedelta(hours=1)}
        assert measure_days(town.session, Days(MONDAY, MONDAY), zone=DENVER).figures.any()
