"""Calls put together by district, type and shift: the sums are what the calls say one by one."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from random import Random
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bwc.catalog import tables
from bwc.catalog.coverage_sum import CallGroup, CallGroupSum
from bwc.catalog.store import Catalog
from bwc.coverage import fresh_days
from bwc.coverage.day import local_day
from bwc.coverage.day_groups import shift_of
from bwc.coverage.measure import Status
from bwc.coverage.report import department_coverage
from bwc.coverage.rule_book import ALWAYS_ON_SCENE
from bwc.coverage.summed_groups import GroupSums, summed_groups
from bwc.coverage.sums import Days, refresh_sums
from tests.roster import Stay, Town, at

DENVER = ZoneInfo("America/Denver")
MARCH = Days(date(2026, 3, 1), date(2026, 3, 31))  # clocks leap on the 8th
NOW = at(31 * 24)


def crowd(town: Town, rng: Random) -> None:
    """Calls of every hour through the month, in several districts, some without video."""
    town.hand("cam-1", "7")
    town.hand("cam-2", "8")
    for place in range(150):
        hour = rng.uniform(0, 700)
        stays = [Stay(badge, hour + 0.1, hour + 0.9) for badge in rng.sample("78", 2)]
        town.call(f"26-{place}", hour, *stays)
        if rng.random() < 0.6:
            town.film(hour, hour + rng.uniform(0.2, 1), serial=rng.choice(["cam-1", "cam-2"]))
    districts = {name: rng.choice(["North", "South", ""]) for name in "0123456789"}
    for call in town.session.scalars(sa.select(tables.Call)):
        call.district = districts[call.number[-1]]
        call.type = ("traffic", "alarm", "theft")[int(call.number[3:]) % 3]
    town.session.flush()


def one_by_one(town: Town, days: Days) -> dict[CallGroup, Counter[tuple[str, bool]]]:
    """How many calls each group has, with and without video, from the report."""
    found: dict[CallGroup, Counter[tuple[str, bool]]] = {by: Counter() for by in CallGroup}
    session = town.session
    districts: dict[str, str] = {
        row[0]: row[1]
        for row in session.execute(sa.select(tables.Call.number, tables.Call.district))
    }
    span = (local_day(days.first, DENVER).start, local_day(days.last, DENVER).end)
    for part in department_coverage(session, *span).calls:
        if part.coverage.status is not Status.EXCLUDED:
            has_video = bool(part.coverage.covered)
            local = part.call.received.astimezone(DENVER)
            found[CallGroup.DISTRICT][districts[part.call.number], has_video] += 1
            found[CallGroup.CALL_TYPE][part.call.type, has_video] += 1
            found[CallGroup.SHIFT][shift_of(local), has_video] += 1
    return found


def counted(sums: GroupSums) -> dict[CallGroup, Counter[tuple[str, bool]]]:
    """The same from sums."""
    found: dict[CallGroup, Counter[tuple[str, bool]]] = {by: Counter() for by in CallGroup}
    for by in CallGroup:
        for name, rate in sums.by_name(by).items():
            found[by] += Counter({(name, True): rate.part, (name, False): rate.whole - rate.part})
    return found


def ask(town: Town, days: Days, by: Sequence[CallGroup] = tuple(CallGroup)) -> GroupSums:
    return summed_groups(town.session, days, by, zone=DENVER, rules=ALWAYS_ON_SCENE)


@pytest.mark.parametrize("days", [MARCH, Days(date(2026, 3, 4), date(2026, 3, 20))])
@pytest.mark.parametrize("seed", range(3))
def test_sums_of_groups_are_what_the_calls_say(catalog: Catalog, days: Days, seed: int) -> None:
    with catalog.write() as session:
        town = Town(session)
        crowd(town, Random(seed))
        refresh_sums(session, MARCH, zone=DENVER, at=NOW)
        sums = ask(town, days)
        assert sums.missing == ()
        assert counted(sums) == one_by_one(town, days)
        by_unit = sums.by_unit(CallGroup.CALL_TYPE)
        whole = sum(rate.whole for types in by_unit.values() for rate in types.values())
        assert whole == sum(rate.whole for rate in sums.by_name(CallGroup.SHIFT).values())


def test_a_day_whose_groups_lack_a_call_is_measured_or_named(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    with catalog.write() as session:
        town = Town(session)
        crowd(town, Random(7))
        refresh_sums(session, MARCH, zone=DENVER, at=NOW)
        session.execute(
            sa.delete(CallGroupSum).where(CallGroupSum.period.in_(["2026-03", "2026-03-05"]))
        )
        assert counted(ask(town, MARCH)) == one_by_one(town, MARCH)
        monkeypatch.setattr(fresh_days, "MEASURED_CALLS", 0)
        assert ask(town, MARCH).missing == (date(2026, 3, 5),)
