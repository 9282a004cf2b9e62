"""Sums say by which rule they were made, and are made again once another one counts on their day."""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from bwc.catalog import schema
from bwc.catalog.store import Catalog
from bwc.coverage.expected import ON_SCENE, ActivationRule
from bwc.coverage.report import department_coverage
from bwc.coverage.rule_book import RuleBook, RuleSince
from bwc.coverage.stale_days import days_to_refresh
from bwc.coverage.sum_rules import SummedBy, made_by
from bwc.coverage.summed_report import Page, summed_report
from bwc.coverage.sums import Days, read_sums, refresh_sums
from tests.roster import Stay, Town, at

DENVER = ZoneInfo("America/Denver")
MONDAY = date(2026, 3, 2)
WEEK = Days(MONDAY, MONDAY + timedelta(days=6))
TODAY = MONDAY + timedelta(days=7)
NOW = at(7 * 24 + 1)
THURSDAY = MONDAY + timedelta(days=3)
EARLY = ActivationRule(lead=timedelta(seconds=30), reference="30 s before: pack 2")
CHANGED = RuleBook((RuleSince(date.min, ON_SCENE), RuleSince(THURSDAY, EARLY)), DENVER)
BEFORE = SummedBy(MONDAY, THURSDAY - timedelta(days=1), ON_SCENE.reference, is_stale=False)


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """One call of an hour on every day of a week, recorded in part."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        for day in range(7):
            hour = day * 24 + 9
            built.call(f"26-{day}", hour, Stay("7", hour + 1, hour + 2))
            built.film(hour + 1.2, hour + 1.9, serial="cam-1")
        two_months = Days(TODAY - timedelta(days=60), TODAY - timedelta(days=1))
        refresh_sums(session, two_months, zone=DENVER, at=NOW)
        yield built


def expected_seconds(town: Town) -> float:
    found = read_sums(town.session, WEEK)
    assert found is not None
    return found["7"].expected.total_seconds()


def test_days_from_the_change_on_are_stale_and_made_again_by_the_new_rule(town: Town) -> None:
    assert days_to_refresh(town.session, TODAY, zone=DENVER) == []
    stale = days_to_refresh(town.session, TODAY, zone=DENVER, rules=CHANGED)
    assert stale == [THURSDAY + timedelta(days=day) for day in range(4)]
    assert made_by(town.session, WEEK.first, WEEK.last, CHANGED) == [
        BEFORE,
        SummedBy(THURSDAY, WEEK.last, ON_SCENE.reference, is_stale=True),
    ]
    assert expected_seconds(town) == 7 * 3600
    for day in stale:
        refresh_sums(town.session, Days(day, day), zone=DENVER, at=NOW, rules=CHANGED)
    assert days_to_refresh(town.session, TODAY, zone=DENVER, rules=CHANGED) == []
    assert expected_seconds(town) == 3 * 3600 + 4 * 3630
    assert made_by(town.session, WEEK.first, WEEK.last, CHANGED) == [
        BEFORE,
        SummedBy(THURSDAY, WEEK.last, EARLY.reference, is_stale=False),
    ]


def test_sums_under_two_rules_are_the_figures_that_are_measured(town: Town) -> None:
    refresh_sums(town.session, WEEK, zone=DENVER, at=NOW, rules=CHANGED)
    report = department_coverage(town.session, at(0), at(7 * 24), rules=CHANGED)
    assert {line.officer.badge: line.tally for line in report.officers} == read_sums(
        town.session, WEEK
    )
    assert report.rule == f"{ON_SCENE.reference}; since {THURSDAY.isoformat()} {EARLY.reference}"


def test_days_of_any_age_are_made_again_where_another_rule_counts(town: Town) -> None:
    long_after = TODAY + timedelta(days=200)
    recent = Days(long_after - timedelta(days=60), long_after - timedelta(days=1))
    refresh_sums(town.session, recent, zone=DENVER, at=at(207 * 24 + 1))
    assert days_to_refresh(town.session, long_after, zone=DENVER) == []
    stale = days_to_refresh(town.session, long_after, zone=DENVER, rules=CHANGED)
    assert stale[:5] == [*(THURSDAY + timedelta(days=day) for day in range(4)), recent.first]


def test_a_new_citation_of_the_same_rule_makes_nothing_stale(town: Town) -> None:
    moved = ActivationRule(reference="the same, in section 2")
    rules = RuleBook((RuleSince(date.min, ON_SCENE), RuleSince(THURSDAY, moved)), DENVER)
    assert days_to_refresh(town.session, TODAY, zone=DENVER, rules=rules) == []


def test_days_are_joined_only_where_none_is_missing_between_them(catalog: Catalog) -> None:
    with catalog.write() as session:
        for day in (MONDAY, THURSDAY):
            refresh_sums(session, Days(day, day), zone=DENVER, at=NOW, rules=CHANGED)
        assert made_by(session, WEEK.first, WEEK.last, CHANGED) == [
            SummedBy(MONDAY, MONDAY, ON_SCENE.reference, is_stale=False),
            SummedBy(THURSDAY, THURSDAY, EARLY.reference, is_stale=False),
        ]


def test_a_summed_report_says_the_rule_of_each_day_and_of_its_sums(town: Town) -> None:
    measured = department_coverage(town.session, at(0), at(7 * 24), rules=CHANGED)
    old = summed_report(town.session, WEEK, Page(0, 9), zone=DENVER, rules=CHANGED)
    assert (old.rule, old.tally.expected) == (measured.rule, timedelta(hours=7))
    assert [(one.rule, one.is_stale) for one in old.made_by] == [
        (ON_SCENE.reference, False),
        (ON_SCENE.reference, True),
    ]
    refresh_sums(town.session, WEEK, zone=DENVER, at=NOW, rules=CHANGED)
    new = summed_report(town.session, WEEK, Page(0, 9), zone=DENVER, rules=CHANGED)
    assert (new.tally, new.quality) == (measured.tally, measured.quality)
    assert [(one.rule, one.is_stale) for one in new.made_by] == [
        (ON_SCENE.reference, False),
        (EARLY.reference, False),
    ]


def test_a_day_that_is_not_summed_is_measured_by_its_own_rule(catalog: Catalog) -> None:
    with catalog.write() as session:
        town = Town(session)
        for day in (0, 4):
            town.call(f"26-{day}", day * 24 + 9, Stay("7", day * 24 + 10, day * 24 + 11))
        found = summed_report(session, WEEK, Page(0, 9), zone=DENVER, rules=CHANGED)
    assert found.tally.expected == timedelta(seconds=3600 + 3630)
    assert found.made_by == ()


def test_sums_from_before_the_rule_was_written_down_are_no_more(catalog: Catalog) -> None:
    with catalog.write() as session:
        Town(session)
        refresh_sums(session, WEEK, zone=DENVER, at=NOW)
        session.commit()
    schema.downgrade(catalog, "0005")
    schema.upgrade(catalog)
    with catalog.read() as session:
        assert read_sums(session, WEEK) is None
        assert days_to_refresh(session, TODAY, zone=DENVER)[-7:] == list(WEEK)
