"""Footage that must be destroyed by a day is due work: one duty per incident, until it is gone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bwc.canonical import Json, JsonObject
from bwc.catalog.job import Job, JobState
from bwc.catalog.recording import Recording
from bwc.catalog.release import DELETION, Obligation, ObligationState
from bwc.catalog.store import Catalog
from bwc.catalog.views.queue import Step, WorkItem, list_work
from bwc.errors import Conflict
from bwc.ids import new_id
from bwc.jobs.kinds import JobKind
from bwc.policy.ical import Due
from bwc.release.due_work import due_work
from bwc.release.gates import RELEASING
from bwc.release.obligations import prove
from bwc.settings import Department
from tests.archive import CEILING, DELAY, NOW, RECORDED, ZONE, Archive
from workers.run import run_job
from workers.schedule import ask_for_daily_work
from workers.steps import STEPS

pytestmark = pytest.mark.service

SIXTY_DAYS_ON = datetime(2026, 3, 6, 23, 59, 59, tzinfo=ZONE)
CHICAGO = "America/Chicago"
NINETY_DAYS_ON = datetime(2026, 4, 5, 23, 59, 59, tzinfo=ZoneInfo(CHICAGO))
BY_LAW: dict[str, tuple[str, JsonObject]] = {
    "us-il": ("us-il.unflagged-ninety-days", {"flags": [], "offence_class": "none"}),
    "us-dc": (
        "us-dc.delete-by-90-days",
        {"criminal_inv_status": "none", "admin_inv_status": "none", "charges_filed_at": None},
    ),
}
NOTHING_HAPPENED: dict[str, Json] = {
    "orders": [],
    "injury_level": "none",
    "arrest_made": False,
    "incident_types": ["other"],
    "evidence_in_prosecution": False,
}


@pytest.fixture
def archive(sqlite_catalog: Catalog, tmp_path: Path) -> Archive:
    """One recording that a rule wants destroyed 60 days after it was made."""
    archive = Archive(tmp_path, sqlite_catalog)
    archive.write_pack(CEILING)
    archive.assert_fact("evidence_in_prosecution", value=False)
    decide(archive)
    assert feed(archive)
    return archive


def test_deletion_is_due_in_the_feed_and_in_the_queue(archive: Archive) -> None:
    (due,) = feed(archive)
    assert (due.role, due.case, due.by) == ("records", "I-1", SIXTY_DAYS_ON)
    assert due.what == "delete recordings · test.sixty"
    (item,) = queue(archive)
    assert (item.step, item.role, item.due_at) == (Step.DESTROY, "records", SIXTY_DAYS_ON)
    assert item.why == "delete recordings (test.sixty)"


def test_an_incident_is_told_once_and_by_its_first_recording(archive: Archive) -> None:
    another_recording(archive, started_at=RECORDED + timedelta(days=1))
    anew(archive)
    assert [due.by for due in feed(archive)] == [SIXTY_DAYS_ON]
    another_recording(archive, started_at=RECORDED - timedelta(days=1))
    anew(archive)
    assert [due.by for due in feed(archive)] == [SIXTY_DAYS_ON - timedelta(days=1)]
    assert len(queue(archive)) == 1


def test_a_duty_that_did_not_change_keeps_its_name(archive: Archive) -> None:
    before = feed(archive)
    anew(archive)
    assert feed(archive) == before


@pytest.mark.parametrize("stop", [Archive.hold, Archive.ask])
def test_what_stops_deletion_takes_it_off_the_list(
    archive: Archive, stop: Callable[[Archive], None]
) -> None:
    stop(archive)
    decide(archive)
    assert (feed(archive), queue(archive)) == ([], [])


def test_it_is_met_by_the_disposal_and_by_no_words(archive: Archive) -> None:
    with archive.catalog.write() as session, pytest.raises(Conflict, match="only a disposal"):
        prove(session, feed(archive)[0].id, proof="Done", by="rosa", at=NOW)
    archive.agreed()
    archive.clock.move(DELAY)
    assert len(feed(archive)) == 1
    archive.run()
    decide(archive)
    assert (feed(archive), queue(archive)) == ([], [])
    with archive.catalog.read() as session:
        rows = session.scalars(sa.select(Obligation).where(Obligation.kind == DELETION))
        assert {row.state for row in rows} == {ObligationState.LAPSED}


def feed(archive: Archive) -> list[Due]:
    with archive.catalog.read() as session:
        return [due for due in due_work(session) if due.what.startswith("delete recordings")]


def queue(archive: Archive) -> list[WorkItem]:
    with archive.catalog.read() as session:
        work = list_work(session, at=archive.now(), releasing=RELEASING)
        return [item for item in work if item.step is Step.DESTROY]


def anew(archive: Archive) -> None:
    """Ask the rules again, as every new day does."""
    archive.clock.move(timedelta(days=1))
    ask_for_daily_work(archive.catalog, now=archive.clock.now(), zone=ZONE.key)
    work(archive, JobKind.PUBLISH_LOG)
    decide(archive)


def decide(archive: Archive) -> None:
    work(archive, JobKind.DECIDE)


def work(archive: Archive, kind: JobKind) -> None:
    """Do the jobs of a kind that wait."""
    with archive.catalog.read() as session:
        waiting = sa.select(Job.id).where(Job.kind == kind.value, Job.state == JobState.WAITING)
        found = session.scalars(waiting.order_by(Job.id)).all()
    for job_id in found:
        run_job(archive.house, job_id, steps=STEPS, worker="w")


def another_recording(archive: Archive, *, started_at: datetime) -> None:
    with archive.catalog.write() as session:
        known = session.get_one(Recording, archive.recording_id)
        recording = Recording(
            id=new_id(),
            sha256=new_id().replace("-", "").ljust(64, "0")[:64],
            size_bytes=8,
            original_name="b.mp4",
            state=known.state,
            received_at=started_at,
            started_at=started_at,
        )
        session.add(recording)
        session.flush()
        tag = archive.tag(archive.incident_id)
        tag.recording_id = recording.id
        session.add(tag)
        session.commit()


@pytest.mark.parametrize("pack", BY_LAW)
def test_the_ceiling_of_a_state_is_due_after_ninety_days(
    sqlite_catalog: Catalog, tmp_path: Path, pack: str
) -> None:
    rule, facts = BY_LAW[pack]
    archive = Archive(tmp_path, sqlite_catalog)
    department = Department(packs=[pack], timezone=CHICAGO)
    settings = archive.house.settings.model_copy(update={"department": department})
    archive.house = replace(archive.house, settings=settings)
    for name, value in (NOTHING_HAPPENED | facts).items():
        archive.assert_fact(name, value=value)
    decide(archive)
    (due,) = feed(archive)
    assert (due.what, due.by) == (f"delete recordings · {rule}", NINETY_DAYS_ON)
