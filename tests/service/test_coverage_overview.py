"""A page of a large department comes from sums, and says the same as one that is measured."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bwc.catalog.store import Catalog
from bwc.coverage import fresh_days as reports
from bwc.coverage import overview as overviews
from bwc.coverage.overview import overview, unit_lines
from bwc.coverage.refreshing import refresh
from bwc.coverage.report import DepartmentReport, department_coverage
from bwc.coverage.stale_days import mark_stale
from bwc.coverage.summed_report import Page, SummedReport, summed_report
from bwc.coverage.sums import Days, refresh_sums
from bwc.timeline import Span
from tests.roster import Stay, Town, at

DENVER = ZoneInfo("America/Denver")
WEEK = Days(date(2026, 3, 2), date(2026, 3, 7))
EVERYBODY = Page(0, 50)
NOW = at(31 * 24)


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """Calls on several days, one officer sometimes without a camera, findings refreshed."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        built.hand("cam-2", "8", since=0, until=20)
        for place, hour in enumerate((9, 23.9, 33, 80, 100)):
            built.shift("7", hour - 2, hour + 3)
            built.shift("8", hour - 2, hour + 3)
            built.call(f"26-{place}", hour, Stay("7", hour + 0.2, hour + 1), Stay("8", hour, None))
            built.film(hour + 0.3, hour + 0.9, serial="cam-1", sound=place > 0)
        refresh(session, Span(at(0), at(144)), by="test", at=NOW)
        yield built


def assert_same(found: SummedReport, report: DepartmentReport) -> None:
    assert found.tally == report.tally
    assert found.quality == report.quality
    assert found.equipment.equipped == report.equipment.equipped
    assert found.equipment.duty_share == pytest.approx(report.equipment.duty_share)
    assert list(found.equipment.idle_cameras) == list(report.equipment.idle_cameras)
    assert {one.badge for one in found.equipment.duties} == {
        one.badge for one in report.equipment.duties if not one.is_equipped
    }
    assert found.officers == report.officers
    for mine, theirs in (
        (found.sensitivity.earlier, report.sensitivity.earlier),
        (found.sensitivity.later, report.sensitivity.later),
    ):
        assert (mine.with_video, mine.complete) == (theirs.with_video, theirs.complete)
        assert mine.recorded_share == pytest.approx(theirs.recorded_share)


def test_summed_days_say_what_is_measured(town: Town) -> None:
    refresh_sums(town.session, Days(date(2026, 2, 1), date(2026, 3, 31)), zone=DENVER, at=NOW)
    found = summed_report(town.session, WEEK, EVERYBODY, zone=DENVER)
    assert_same(found, department_coverage(town.session, at(0), at(144)))
    assert [(one.name, one.tally) for one in found.units] == [("Patrol", found.tally)]
    assert found.units == unit_lines(department_coverage(town.session, at(0), at(144)))
    assert sum(found.finding_counts.values()) > len(found.equipment.duties)
    assert found.missing == ()


def test_days_that_nobody_summed_are_measured_where_they_are_small(town: Town) -> None:
    refresh_sums(town.session, Days(WEEK.first, WEEK.first), zone=DENVER, at=NOW)
    found = summed_report(town.session, WEEK, EVERYBODY, zone=DENVER)
    assert_same(found, department_coverage(town.session, at(0), at(144)))


def test_days_that_nobody_summed_are_named_where_they_are_large(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "MEASURED_CALLS", 1)
    refresh_sums(town.session, Days(date(2026, 3, 3), WEEK.last), zone=DENVER, at=NOW)
    found = summed_report(town.session, WEEK, EVERYBODY, zone=DENVER)
    assert found.missing == (date(2026, 3, 2),)
    assert found.tally == department_coverage(town.session, at(24), at(144)).tally


def test_officers_come_a_page_at_a_time_and_by_unit(town: Town) -> None:
    refresh_sums(town.session, WEEK, zone=DENVER, at=NOW)
    whole = summed_report(town.session, WEEK, EVERYBODY, zone=DENVER)
    second = summed_report(town.session, WEEK, replace(EVERYBODY, first=1, size=1), zone=DENVER)
    assert [line.officer.badge for line in second.officers] == ["8"]
    assert (second.tally, second.crew) == (whole.tally, 3)
    nobody = summed_report(town.session, WEEK, Page(0, 50, "Harbour"), zone=DENVER)
    assert (nobody.officers, nobody.tally.calls, nobody.equipment.equipped.whole) == ((), 0, 0)


def test_a_small_department_is_measured_afresh(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(overview(town.session, WEEK, EVERYBODY, zone=DENVER), DepartmentReport)
    monkeypatch.setattr(overviews, "MEASURED_OFFICERS", 2)
    assert isinstance(overview(town.session, WEEK, EVERYBODY, zone=DENVER), SummedReport)


def test_a_stale_day_is_shown_as_it_was_until_it_is_made_again(town: Town) -> None:
    refresh_sums(town.session, WEEK, zone=DENVER, at=NOW)
    before = summed_report(town.session, WEEK, EVERYBODY, zone=DENVER)
    mark_stale(town.session, WEEK)
    assert summed_report(town.session, WEEK, EVERYBODY, zone=DENVER) == before
