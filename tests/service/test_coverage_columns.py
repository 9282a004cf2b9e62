"""Figures made from columns are those of the report, officer by officer and rule by rule."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.catalog.recording import RecordingState
from bwc.catalog.store import Catalog
from bwc.coverage.day import Lane, local_day, officer_day
from bwc.coverage.day_figures import PLACE
from bwc.coverage.existence import Answer
from bwc.coverage.expected import (
    NO_SERVICE_TYPES,
    ON_SCENE,
    TEMPE,
    ActivationRule,
    Begin,
    Exclusion,
)
from bwc.coverage.findings import FindingKind
from bwc.coverage.measure import Status
from bwc.coverage.report import DepartmentReport, department_coverage, officer_coverage
from bwc.coverage.rule_book import RuleBook, RuleSince, always
from bwc.coverage.sum_figures import quality_of, tally_of
from bwc.coverage.sums import Days, measure_days
from bwc.coverage.sweep import Integers
from tests.roster import Stay, Town, at

DENVER = ZoneInfo("America/Denver")
DAYS = Days(date(2026, 3, 6), date(2026, 3, 9))  # the clocks go forward on the third of them
FIRST_HOUR, LAST_HOUR = 96, 192
US = timedelta(microseconds=1)
FROM_DISPATCH = ActivationRule(
    begins=Begin.DISPATCH,
    lead=timedelta(seconds=30),
    exempt_types=frozenset({"alarm"}),
    no_service=NO_SERVICE_TYPES,
)


def crowd(town: Town, random: Random) -> None:
    """Everything at once: hands that change, films without camera or sound, types, priorities."""
    hour: Callable[[], float] = lambda: random.uniform(FIRST_HOUR - 4, LAST_HOUR + 4)  # noqa: E731
    badges, serials = ("7", "8", "C1"), ("cam-1", "cam-2", "broken")
    town.retire("cam-2", hour())
    for _ in range(8):
        start = hour()
        town.hand(random.choice(serials), random.choice(badges), since=start, until=start + 30)
        town.shift(random.choice(badges), start + 1, start + random.choice((0, 9, 20)))
    for place in range(60):
        start = hour()
        came = start + random.choice((0.1, 0.2))
        stay = Stay(
            random.choice(badges),
            random.choice((came, came, None)),
            random.choice((came + 1, came + 0.01, came, None)),
        )
        back = Stay(stay.badge, came + 0.5, came + 2)
        town.call(
            f"26-{place}",
            start,
            *random.choice(((stay,), (stay, back), (stay, Stay("8", came, came + 1)))),
            cancelled=random.random() < 0.1,
        )
        for _ in range(random.choice((0, 1, 2))):
            begins = start + random.choice((0.09, 0.1, 0.15, 0.3, 0.8)) + random.random() / 1000
            camera = random.choice((*serials, None))
            town.film(
                begins,
                begins + random.choice((0.1, 0.5, 1.2)),
                serial=camera,
                badge=random.choice(badges) if camera is None else None,
                sound=random.choice((True, True, False, None)),
                state=random.choice((RecordingState.READY,) * 9 + (RecordingState.QUARANTINED,)),
            )
    for call in town.session.scalars(sa.select(tables.Call).order_by(tables.Call.number)):
        call.type = random.choice(("Alarm", "Traffic stop", "call-back", "test"))
        call.priority = random.choice((1, 2, 3))
    town.session.flush()


@pytest.mark.parametrize(
    "rule", [ON_SCENE, TEMPE, FROM_DISPATCH], ids=["none", "tempe", "dispatch"]
)
@pytest.mark.parametrize("seed", range(3))
def test_columns_say_what_the_report_says(
    catalog: Catalog, seed: int, rule: ActivationRule
) -> None:
    with catalog.write() as session:
        crowd(Town(session), Random(seed))
        found = measure_days(session, DAYS, zone=DENVER, rules=always(rule))
        officers, figures = found.officers, found.figures
        badges = _keys(session)
        for place, day in enumerate(DAYS):
            span = local_day(day, DENVER)
            report = department_coverage(session, span.start, span.end, rules=always(rule))
            assert report.calls
            for line in report.officers:
                row = figures[place, officers.index(badges[line.officer.badge])]
                assert tally_of(row.tolist()) == line.tally
                assert quality_of(row.tolist()) == line.quality
            assert_whole(figures[place], report)
            for duty in report.equipment.duties:
                row = figures[place, officers.index(badges[duty.badge])]
                bare = sum((one.end - one.start for one in duty.bare), timedelta())
                assert (row[PLACE["duty_us"]], row[PLACE["bare_us"]]) == (
                    duty.on_duty // US,
                    bare // US,
                )


def _keys(session: Session) -> dict[str, str]:
    """Officers' keys by badge."""
    found = session.execute(sa.select(tables.Officer.badge, tables.Officer.id))
    return {row[0]: row[1] for row in found}


def assert_whole(figures: Integers, report: DepartmentReport) -> None:
    """The department's figures, those with moved recordings among them."""
    whole = figures.sum(axis=0)
    assert tally_of(whole.tolist()) == report.tally
    assert quality_of(whole.tolist()) == report.quality
    for name, moved in (
        ("earlier", report.sensitivity.earlier),
        ("later", report.sensitivity.later),
    ):
        assert [whole[PLACE[f"{name}_{what}"]] for what in ("with_video", "complete", "us")] == [
            moved.with_video.part,
            moved.covered_fully,
            moved.covered // US,
        ]
    on_duty = figures[:, PLACE["duty_us"]] > 0
    bare = figures[:, PLACE["bare_us"]] > 0
    assert (on_duty & ~bare).sum() == report.equipment.equipped.part
    assert on_duty.sum() == report.equipment.equipped.whole


def test_each_day_is_measured_by_its_own_rule(catalog: Catalog) -> None:
    with catalog.write() as session:
        town = Town(session)
        town.hand("cam-1", "7")
        for place, hour in enumerate((100, 130)):
            town.call(f"26-{place}", hour, Stay("7", hour + 0.5, hour + 1))
        later = replace(ON_SCENE, begins=Begin.DISPATCH)
        figures = measure_days(
            session,
            DAYS,
            zone=DENVER,
            rules=RuleBook(
                (RuleSince(date.min, ON_SCENE), RuleSince(DAYS.first + timedelta(days=1), later)),
                DENVER,
            ),
        ).figures
    expected = figures[:, :, PLACE["expected_us"]].sum(axis=1) / 3_600_000_000
    assert expected.tolist() == [0.5, 1.0, 0, 0]


def test_a_department_without_anybody_has_no_figures(catalog: Catalog) -> None:
    with catalog.read() as session:
        found = measure_days(session, DAYS, zone=DENVER)
    assert not found.officers
    assert not found.figures.any()
    assert at(FIRST_HOUR).date() == DAYS.first


@pytest.mark.parametrize(("serial", "badge"), [("cam-1", None), (None, "7")])
def test_a_minute_of_clock_error_changes_the_same_whatever_a_recording_names(
    catalog: Catalog, serial: str | None, badge: str | None
) -> None:
    with catalog.write() as session:
        town = Town(session)
        town.hand("cam-1", "7")
        town.call("26-1", 100, Stay("7", 100, 101))
        late = 0.5 / 60
        town.film(100 + late, 101 + 3 * late, serial=serial, badge=badge)
        span = local_day(DAYS.first, DENVER)
        report = department_coverage(session, span.start, span.end)
        moved = report.sensitivity
        assert (moved.earlier.covered_fully, moved.later.covered_fully) == (1, 0)
        assert moved.later.late == timedelta(seconds=90)
        figures = measure_days(session, Days(DAYS.first, DAYS.first), zone=DENVER).figures
        assert_whole(figures[0], report)


def test_who_is_not_sworn_has_no_duty_to_record(catalog: Catalog) -> None:
    with catalog.write() as session:
        town = Town(session)
        town.hand("cam-1", "C1")
        town.call("26-1", 100, Stay("7", 100, 101), Stay("C1", 100, 101))
        span = local_day(DAYS.first, DENVER)
        report = department_coverage(session, span.start, span.end)
        officer, clerk = report.calls
        assert clerk.coverage.exclusion is Exclusion.NOT_SWORN
        assert clerk.existence.answer is Answer.NO
        assert clerk.existence.why == "not sworn: no duty to record"
        assert officer.coverage.status is Status.NONE
        assert (report.tally.calls, report.tally.excluded) == (1, 1)
        assert [one.badge for one in report.found(FindingKind.NO_VIDEO)] == ["7"]
        assert not report.found(FindingKind.MISSING_FOOTAGE)
        alone = officer_coverage(session, "C1", span.start, span.end)
        assert (alone.tally.calls, alone.tally.excluded) == (0, 1)
        assert not officer_day(session, "C1", DAYS.first, DENVER).lane(Lane.CALL)
        found = measure_days(session, Days(DAYS.first, DAYS.first), zone=DENVER)
        assert_whole(found.figures[0], report)
        assert sum(one.calls for one in found.groups) == 3  # by district, type and shift
