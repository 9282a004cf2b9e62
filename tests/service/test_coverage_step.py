"""The nightly job of coverage: it sums, finds, and run again changes nothing."""

from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa

from bwc.catalog.coverage_sum import CoveragePeriod
from bwc.catalog.finding import FindingRow
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Job, JobState
from bwc.clock import FixedClock
from bwc.coverage.sums import Days, read_sums
from bwc.house import House
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.settings import Settings
from bwc.vault.local import LocalPublicStore, LocalVault
from tests.roster import Stay, Town, at
from workers.run import run_job
from workers.schedule import ask_for_daily_work
from workers.steps import STEPS

TWO_MONTHS = 60


def make_house(catalog: Catalog, folder: Path) -> House:
    return House(
        settings=Settings(home=folder, _env_file=None),
        catalog=catalog,
        vault=LocalVault(folder / "vault"),
        public=LocalPublicStore(folder / "public"),
        clock=FixedClock(at(48)),
    )


def counts(catalog: Catalog) -> tuple[int, int]:
    with catalog.read() as session:
        return tuple(  # type: ignore[return-value]
            session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (CoveragePeriod, FindingRow)
        )


def run_newest(house: House, kind: JobKind = JobKind.REFRESH_COVERAGE) -> Job:
    with house.catalog.write() as session:
        job = enqueue(session, kind, requested_by="t", at=house.clock.now())
        job_id = job.id
        session.commit()
    run_job(house, job_id, steps=STEPS, worker="w")
    with house.catalog.read() as session:
        return session.get_one(Job, job_id)


def test_the_night_sums_two_months_and_finds_what_is_wrong(
    catalog: Catalog, tmp_path: Path
) -> None:
    house = make_house(catalog, tmp_path)
    with catalog.write() as session:
        town = Town(session)
        town.hand("cam-1", "7")
        town.hand("cam-2", "8")
        town.call("26-1", 9, Stay("7", 10, 11))
        session.commit()
    assert run_newest(house).state is JobState.DONE
    sums, found = counts(catalog)
    assert sums >= TWO_MONTHS
    assert found == 2
    assert run_newest(house).state is JobState.DONE
    assert counts(catalog) == (sums, found)


def test_every_hour_sums_today_and_what_came_since(catalog: Catalog, tmp_path: Path) -> None:
    house = make_house(catalog, tmp_path)
    with catalog.write() as session:
        town = Town(session)
        town.hand("cam-1", "7")
        town.call("26-1", 47, Stay("7", 47.1, 47.2))
        session.commit()
    yesterday, today = date(2026, 3, 3), date(2026, 3, 4)
    assert run_newest(house, JobKind.SUM_COVERAGE).state is JobState.DONE
    with catalog.write() as session:
        found = read_sums(session, Days(yesterday, today))
        assert found is not None
        assert (found["7"].calls, found["7"].without_video) == (1, 1)
        town.session = session
        town.film(47, 47.3, serial="cam-1", received=47.9)
        session.commit()
    assert run_newest(house, JobKind.SUM_COVERAGE).state is JobState.DONE
    with catalog.read() as session:
        found = read_sums(session, Days(yesterday, today))
        assert found is not None
        assert (found["7"].calls, found["7"].covered_fully) == (1, 1)


def test_the_calendar_asks_for_it_once_a_day(catalog: Catalog) -> None:
    for hour in (0, 5, 24):
        ask_for_daily_work(catalog, now=at(hour) + timedelta(minutes=1), zone="America/Denver")
    with catalog.read() as session:
        kinds = session.scalars(
            sa.select(Job.kind).where(Job.kind == JobKind.REFRESH_COVERAGE.value)
        ).all()
        hours = session.scalars(sa.select(Job.kind).where(Job.kind == JobKind.SUM_COVERAGE.value))
        assert len(hours.all()) == 3
    assert len(kinds) == 2
