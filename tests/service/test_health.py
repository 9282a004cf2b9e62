"""How the system is: each thing judged by what catalog, disk and stores say, none left out."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bwc.access.sealed_secrets import seal_secret
from bwc.catalog.beat import ProcessBeat, Program
from bwc.catalog.job import Job, JobState, Queue
from bwc.catalog.store import Catalog
from bwc.catalog.tables import CustodyEntry, User
from bwc.custody.acts import Act, Subject
from bwc.custody.checked import checked
from bwc.custody.record import About, record
from bwc.house import House
from bwc.jobs.beats import FORGOTTEN_AFTER, Process, list_beats, note_beat
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.settings import Intake
from bwc.upkeep.health import Check, Level, health
from bwc.vault.open import open_inbox
from bwc.vault.sealed import new_key
from tests.desk_ids import DAY, HOUR, MINUTE, NOW
from tests.desks import furnish, make_house
from workers.run import run_job
from workers.steps import STEPS

ALL = Process("all@here", Program.WORKER, tuple(Queue))
SWEEPER = Process("sweeper@here", Program.SWEEPER)


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    return house


def check(house: House, name: str) -> Check:
    found = health(house.catalog, house.settings, at=NOW)
    return next(one for one in found.checks if one.name == name)


def beat(house: House, process: Process, *, ago: timedelta = timedelta(0)) -> None:
    with house.catalog.write() as session:
        note_beat(session, process, started_at=NOW - HOUR, at=NOW - ago)
        session.commit()


def note(house: House, act: Act, *, ago: timedelta, **detail: int) -> None:
    with house.catalog.write() as session:
        record(session, act, about=About(Subject.CATALOG, "x"), actor="a", at=NOW - ago, detail=dict(detail))  # fmt: skip
        session.commit()


def test_a_house_in_which_nothing_runs_says_so(catalog: Catalog, tmp_path: Path) -> None:
    house = make_house(catalog, tmp_path / "house")
    furnish(house)
    found = health(house.catalog, house.settings, at=NOW)
    levels = {one.name: one.level for one in found.checks}
    assert levels["Catalog"] is Level.GOOD
    assert {levels[name] for name in ("Sweeper", "Workers", "Backup")} == {Level.BAD}
    assert (levels["Failed jobs"], levels["Custody chain"]) == (Level.WATCH, Level.WATCH)
    assert found.worst is Level.BAD


def test_a_queue_that_no_living_worker_takes_is_named(house: House) -> None:
    beat(house, replace(ALL, queues=(Queue.INTAKE, Queue.RELEASE, Queue.UPKEEP, Queue.ANALYSIS)))
    assert "none takes render" in check(house, "Workers").said
    beat(house, ALL)
    assert check(house, "Workers").level is Level.GOOD
    beat(house, ALL, ago=5 * MINUTE)
    assert check(house, "Workers").said.startswith("0 live")


def test_a_sweeper_that_fell_silent_is_told_and_the_long_silent_are_forgotten(
    house: House,
) -> None:
    beat(house, SWEEPER, ago=5 * MINUTE)
    assert check(house, "Sweeper").level is Level.BAD
    beat(house, replace(SWEEPER, name="old"), ago=FORGOTTEN_AFTER + MINUTE)
    beat(house, SWEEPER)
    assert check(house, "Sweeper").level is Level.GOOD
    with house.catalog.read() as session:
        assert [one.process.name for one in list_beats(session, at=NOW)] == [SWEEPER.name]
        assert session.scalar(sa.select(sa.func.count(ProcessBeat.name))) == 1


def test_what_waits_long_is_counted_by_queue(house: House) -> None:
    with house.catalog.write() as session:
        enqueue(session, JobKind.PUBLISH_LOG, requested_by="a", at=NOW - HOUR)
        later = enqueue(session, JobKind.TIDY_SPOOL, requested_by="a", at=NOW)
        later.run_after = NOW + DAY
        session.commit()
    assert check(house, "Queue").said == "1 waiting, the oldest for 60 minutes"
    lengths = {one.queue: one for one in health(house.catalog, house.settings, at=NOW).queues}
    assert (lengths[Queue.UPKEEP].waiting, lengths[Queue.RENDER].running) == (1, 1)


@pytest.mark.parametrize(
    ("ago", "lost", "level"),
    [(HOUR, 0, Level.GOOD), (3 * DAY, 0, Level.WATCH), (8 * DAY, 0, Level.BAD), (HOUR, 1, Level.BAD)],
)  # fmt: skip
def test_a_backup_is_judged_by_its_age_and_what_it_lacks(
    house: House, ago: timedelta, lost: int, level: Level
) -> None:
    note(house, Act.BACKUP_MADE, ago=ago, damaged=0, missing=lost)
    assert check(house, "Backup").level is level


def test_a_full_disk_is_bad(house: House) -> None:
    full = house.settings.model_copy(update={"intake": Intake(reserve_bytes=2**62)})
    found = health(house.catalog, full, at=NOW)
    assert next(one.level for one in found.checks if one.name == "Disk") is Level.BAD


def test_a_letter_that_could_not_be_opened_waits_for_a_person(house: House) -> None:
    assert check(house, "Letters").level is Level.GOOD
    open_inbox(house.settings).store.put("unread/x", io.BytesIO(b"?"), content_type="a/b")
    assert check(house, "Letters").said == "1 could not be opened"


def test_a_key_that_opens_no_second_factor_is_noticed_before_anyone_needs_it(house: House) -> None:
    with house.catalog.write() as session:
        user = session.scalars(sa.select(User).where(User.username == "supervisor")).one()
        user.second_factor = seal_secret(new_key(), "SECRET", owner=user.id)
        session.commit()
    found = check(house, "Key of the house")
    assert (found.level, found.said) == (Level.BAD, "1 of 1 second factors cannot be read with it")


def test_the_chain_is_followed_by_a_job_and_a_break_is_found(house: House) -> None:
    verify(house)
    with house.catalog.read() as session:
        state = checked(session)
    assert (state.is_sound, state.checked_until, state.checked_at) == (True, state.position, NOW)
    assert check(house, "Custody chain").level is Level.GOOD
    with house.catalog.write() as session:
        session.execute(sa.text("DROP TRIGGER IF EXISTS custody_entries_no_update"))
        session.execute(sa.update(CustodyEntry).where(CustodyEntry.position == 2).values(actor="x"))
        session.commit()
    verify(house)
    found = check(house, "Custody chain")
    assert (found.level, found.said) == (Level.BAD, "broken at entry 2: changed")


def verify(house: House) -> None:
    """Ask for a check, and do it."""
    with house.catalog.write() as session:
        job_id = enqueue(session, JobKind.VERIFY_CUSTODY, requested_by="auditor", at=NOW).id
        session.commit()
    run_job(house, job_id, steps=STEPS, worker="test")
    with house.catalog.read() as session:
        assert session.get_one(Job, job_id).state is JobState.DONE
