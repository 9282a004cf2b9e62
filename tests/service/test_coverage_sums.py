"""Sums by day and month: the same figures as measured, and never those of a day nobody made."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bwc.catalog.store import Catalog
from bwc.coverage.report import department_coverage
from bwc.coverage.stale_days import days_to_refresh
from bwc.coverage.sum_figures import add_up
from bwc.coverage.sums import Days, read_sums, refresh_sums
from tests.roster import Stay, Town, at

DENVER = ZoneInfo("America/Denver")
MARCH = Days(date(2026, 3, 1), date(2026, 3, 31))
NOW = at(31 * 24)


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """Calls on several days of March, one at midnight, some recorded in part."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        for place, hour in enumerate((9, 23.9, 33, 80, 300)):
            built.call(f"26-{place}", hour, Stay("7", hour + 0.2, hour + 1), Stay("8", hour, None))
            built.film(hour + 0.3, hour + 0.9, serial="cam-1")
        yield built


@pytest.mark.parametrize(
    "days",
    [MARCH, Days(date(2026, 3, 2), date(2026, 3, 2)), Days(date(2026, 3, 2), date(2026, 3, 20))],
)
def test_sums_are_the_figures_that_are_measured(town: Town, days: Days) -> None:
    refresh_sums(town.session, MARCH, zone=DENVER, at=NOW)
    found = read_sums(town.session, days)
    assert found is not None
    first = (days.first - date(2026, 3, 2)).days * 24
    last = (days.last - date(2026, 3, 2)).days * 24 + 24
    dst = -1 if days.last > date(2026, 3, 8) else 0
    report = department_coverage(town.session, at(first), at(last + dst))
    assert {line.officer.badge: line.tally for line in report.officers} == found
    assert add_up(found.values()) == report.tally


def test_a_day_that_nobody_made_is_not_taken_for_an_empty_one(town: Town) -> None:
    monday = Days(date(2026, 3, 2), date(2026, 3, 2))
    assert read_sums(town.session, monday) is None
    refresh_sums(town.session, monday, zone=DENVER, at=NOW)
    assert read_sums(town.session, monday) is not None
    assert read_sums(town.session, MARCH) is None


def test_making_them_again_changes_nothing_but_what_changed(town: Town) -> None:
    refresh_sums(town.session, MARCH, zone=DENVER, at=NOW)
    before = read_sums(town.session, MARCH)
    refresh_sums(town.session, MARCH, zone=DENVER, at=NOW)
    assert read_sums(town.session, MARCH) == before
    town.film(9.2, 10, serial="cam-1")
    refresh_sums(town.session, Days(date(2026, 3, 2), date(2026, 3, 2)), zone=DENVER, at=NOW)
    after = read_sums(town.session, MARCH)
    assert before is not None
    assert after is not None
    assert after["7"].covered_fully == before["7"].covered_fully + 1


def test_a_day_is_made_again_when_a_recording_of_it_arrives(town: Town) -> None:
    today = date(2026, 4, 2)
    refresh_sums(town.session, Days(date(2026, 1, 1), date(2026, 4, 1)), zone=DENVER, at=NOW)
    assert days_to_refresh(town.session, today, zone=DENVER) == []
    town.film(100, 101, serial="cam-1", received=31 * 24 + 1)
    assert days_to_refresh(town.session, today, zone=DENVER) == [date(2026, 3, 6)]
    assert days_to_refresh(town.session, date(2026, 4, 3), zone=DENVER) == [
        date(2026, 3, 6),
        date(2026, 4, 2),
    ]
