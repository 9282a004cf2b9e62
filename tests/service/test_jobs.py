"""Jobs on both databases: claimed once, fenced, retried, ended with a reason, never lost."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bwc.catalog.custody import CustodyEntry
from bwc.catalog.job import Job, JobState, Queue
from bwc.catalog.store import Catalog
from bwc.custody.acts import Act
from bwc.errors import Cancelled, Conflict, MediaError, NotFound, TransientError
from bwc.jobs import endings, lease, sweep
from bwc.jobs.enqueue import enqueue
from bwc.jobs.explain import why_waiting
from bwc.jobs.kinds import JobKind
from bwc.jobs.lease import HeldJob, LeaseLost, Progress

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=15)
BACKOFF = timedelta(seconds=2)
IDLE: dict[Queue, int] = {}


def ask(catalog: Catalog, kind: JobKind = JobKind.MATCH, *, needs: tuple[str, ...] = ()) -> str:
    with catalog.write() as session:
        needed = [session.get_one(Job, need) for need in needs]
        job = enqueue(session, kind, requested_by="rita", at=NOW, needs=needed)
        session.commit()
        return job.id


def take(catalog: Catalog, job_id: str, *, at: datetime = NOW, worker: str = "w") -> HeldJob | None:
    with catalog.write() as session:
        held = lease.claim(session, job_id, worker=worker, now=at, lease=LEASE)
        session.commit()
    return held


def hold(catalog: Catalog, job_id: str, *, at: datetime = NOW) -> HeldJob:
    held = take(catalog, job_id, at=at)
    assert held is not None
    return held


def done(catalog: Catalog, held: HeldJob, *, at: datetime = NOW) -> None:
    with catalog.write() as session:
        lease.finish(session, held, result={"n": 1}, now=at)
        session.commit()


def failed(
    catalog: Catalog, held: HeldJob, error: Exception, *, at: datetime = NOW
) -> JobState | None:
    with catalog.write() as session:
        state = endings.fail(session, held, error=error, now=at, backoff=BACKOFF)
        session.commit()
    return state


def cancelled(catalog: Catalog, job_id: str) -> None:
    with catalog.write() as session:
        endings.cancel(session, job_id, by="sam", now=NOW)
        session.commit()


def look(catalog: Catalog, job_id: str) -> Job:
    with catalog.read() as session:
        return session.get_one(Job, job_id)


def acts(catalog: Catalog) -> list[tuple[str, str, str]]:
    with catalog.read() as session:
        entries = session.scalars(sa.select(CustodyEntry).order_by(CustodyEntry.position))
        return [(entry.act, entry.subject_id, entry.actor) for entry in entries]


def told(catalog: Catalog, *, at: datetime = NOW, depths: dict[Queue, int] = IDLE) -> list[str]:
    """One sweep, as the sweeper does it; the ids of the jobs that workers were told of."""
    with catalog.write() as session:
        sweep.tidy(session, now=at)
        messages = sweep.unsent(session, now=at, depths=depths)
        sweep.mark_sent(session, messages, now=at)
        session.commit()
    return [message.job_id for message in messages]


def explained(catalog: Catalog, job_id: str) -> str:
    with catalog.read() as session:
        return why_waiting(session, session.get_one(Job, job_id))


def test_of_two_workers_that_reach_for_a_job_one_gets_it(catalog: Catalog) -> None:
    job_id = ask(catalog)
    start = threading.Barrier(4)
    got: list[HeldJob | None] = []

    def reach(worker: str) -> None:
        start.wait()
        got.append(take(catalog, job_id, worker=worker))

    threads = [threading.Thread(target=reach, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(held is None for held in got) == [False, True, True, True]
    assert look(catalog, job_id).attempt == 1


def test_a_claim_carries_what_was_asked_for(catalog: Catalog) -> None:
    with catalog.write() as session:
        job = enqueue(
            session,
            JobKind.RENDER,
            requested_by="rita",
            at=NOW,
            subject_id="r1",
            arguments={"plan_id": "p1"},
        )
        session.commit()
        job_id = job.id
    held = hold(catalog, job_id)
    assert (held.kind, held.subject_id, held.requested_by) == ("render", "r1", "rita")
    assert held.arguments == {"plan_id": "p1"}
    assert held.attempt == 1


def test_asking_again_under_the_same_key_finds_the_same_job(catalog: Catalog) -> None:
    with catalog.write() as session:
        first = enqueue(session, JobKind.MATCH, requested_by="a", at=NOW, key="match r1")
        again = enqueue(session, JobKind.MATCH, requested_by="b", at=NOW, key="match r1")
        assert first.id == again.id


def test_a_job_whose_time_has_not_come_is_not_claimed(catalog: Catalog) -> None:
    job_id = ask(catalog)
    assert take(catalog, job_id, at=NOW - timedelta(seconds=1)) is None
    assert told(catalog, at=NOW - timedelta(seconds=1)) == []


def test_a_lapsed_lease_is_taken_over_and_the_old_holder_can_do_nothing(catalog: Catalog) -> None:
    job_id = ask(catalog)
    old = hold(catalog, job_id)
    later = NOW + LEASE + timedelta(seconds=1)
    new = hold(catalog, job_id, at=later)
    assert new.attempt == 2
    with catalog.write() as session, pytest.raises(LeaseLost):
        lease.renew(session, old, now=later, lease=LEASE)
    with catalog.write() as session, pytest.raises(LeaseLost):
        lease.finish(session, old, result={}, now=later)
    assert failed(catalog, old, MediaError("broken"), at=later) is None
    done(catalog, new, at=later)
    assert look(catalog, job_id).state is JobState.DONE


def test_a_renewed_lease_is_not_taken_over(catalog: Catalog) -> None:
    job_id = ask(catalog)
    held = hold(catalog, job_id)
    with catalog.write() as session:
        later = NOW + timedelta(seconds=10)
        lease.renew(session, held, now=later, lease=LEASE, progress=Progress(0.4, "detecting"))
        session.commit()
    assert take(catalog, job_id, at=NOW + LEASE + timedelta(seconds=1)) is None
    assert look(catalog, job_id).progress == 0.4
    assert explained(catalog, job_id) == "Running (detecting, 40%) on w."


def test_a_finished_job_is_finished_once(catalog: Catalog) -> None:
    job_id = ask(catalog)
    held = hold(catalog, job_id)
    done(catalog, held)
    with catalog.write() as session, pytest.raises(LeaseLost):
        lease.finish(session, held, result={"n": 2}, now=NOW)
    job = look(catalog, job_id)
    assert (job.result, job.progress, job.finished_at) == ({"n": 1}, 1.0, NOW)
    assert take(catalog, job_id, at=NOW + timedelta(days=1)) is None


def test_a_transient_failure_waits_twice_as_long_each_time_and_then_is_dead(
    catalog: Catalog,
) -> None:
    job_id = ask(catalog)
    at, waits = NOW, []
    for _ in range(4):
        held = hold(catalog, job_id, at=at)
        assert failed(catalog, held, TransientError("no room"), at=at) is JobState.WAITING
        assert take(catalog, job_id, at=at) is None
        waits.append((look(catalog, job_id).run_after - at).total_seconds())
        at = look(catalog, job_id).run_after
    assert waits == [2, 4, 8, 16]
    assert explained(catalog, job_id) == (
        "Tried again from 2026-03-01T12:00:30Z on, after failure 4 of 5: no room."
    )
    last = hold(catalog, job_id, at=at)
    assert failed(catalog, last, TransientError("no room"), at=at) is JobState.DEAD
    assert look(catalog, job_id).reason == "gave up after 5 failures: no room"
    assert acts(catalog) == [(Act.JOB_DEAD, job_id, "worker")]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MediaError("not a video", where="r1"), "r1: not a video"),
        (ValueError("bad sum"), "ValueError: bad sum"),
    ],
)
def test_any_other_error_is_never_tried_again(
    catalog: Catalog, error: Exception, reason: str
) -> None:
    job_id = ask(catalog)
    assert failed(catalog, hold(catalog, job_id), error) is JobState.DEAD
    assert look(catalog, job_id).reason == reason
    assert explained(catalog, job_id) == f"Dead: {reason}."
    assert told(catalog, at=NOW + timedelta(days=1)) == []


def test_the_ledger_tells_of_a_dead_job_without_the_words_of_the_error(catalog: Catalog) -> None:
    failed(catalog, hold(catalog, ask(catalog)), ValueError("/home/x/Jane Doe.mp4"))
    with catalog.read() as session:
        entry = session.scalars(sa.select(CustodyEntry)).one()
    assert entry.detail == {
        "kind": "match",
        "subject_id": None,
        "attempt": 1,
        "error": "ValueError",
        "failures": 1,
    }


def test_a_job_that_costs_its_worker_every_time_is_dead_in_the_end(catalog: Catalog) -> None:
    job_id = ask(catalog)
    at = NOW
    for _ in range(5):
        hold(catalog, job_id, at=at)
        at += LEASE + timedelta(seconds=1)
    assert take(catalog, job_id, at=at) is None
    assert told(catalog, at=at) == []
    job = look(catalog, job_id)
    assert job.state is JobState.DEAD
    assert job.reason == "its worker was lost 5 times in the midst of it"
    assert acts(catalog) == [(Act.JOB_DEAD, job_id, "worker")]


def test_a_waiting_job_is_cancelled_at_once(catalog: Catalog) -> None:
    job_id = ask(catalog)
    cancelled(catalog, job_id)
    assert look(catalog, job_id).state is JobState.CANCELLED
    assert take(catalog, job_id) is None
    assert explained(catalog, job_id) == "Stopped: cancelled by sam."
    assert acts(catalog) == [(Act.JOB_CANCELLED, job_id, "sam")]


def test_a_running_job_learns_at_its_next_report_that_it_is_cancelled(catalog: Catalog) -> None:
    job_id = ask(catalog)
    held = hold(catalog, job_id)
    cancelled(catalog, job_id)
    cancelled(catalog, job_id)
    assert explained(catalog, job_id) == "Running; stops at its next report, as sam asked."
    with catalog.write() as session, pytest.raises(Cancelled, match="request by sam"):
        lease.renew(session, held, now=NOW, lease=LEASE)
    with catalog.write() as session, pytest.raises(Cancelled, match="request by sam"):
        lease.finish(session, held, result={}, now=NOW)
    with catalog.write() as session:
        endings.stop(session, held, now=NOW)
        session.commit()
    assert look(catalog, job_id).state is JobState.CANCELLED
    assert acts(catalog) == [(Act.JOB_CANCELLED, job_id, "sam")]


def test_a_failure_after_a_cancellation_is_a_cancellation(catalog: Catalog) -> None:
    job_id = ask(catalog)
    held = hold(catalog, job_id)
    cancelled(catalog, job_id)
    assert failed(catalog, held, TransientError("no room")) is JobState.CANCELLED


def test_a_cancelled_job_whose_worker_died_ends_with_the_sweep(catalog: Catalog) -> None:
    job_id = ask(catalog)
    hold(catalog, job_id)
    cancelled(catalog, job_id)
    assert told(catalog, at=NOW + LEASE + timedelta(seconds=1)) == []
    assert look(catalog, job_id).state is JobState.CANCELLED


def test_an_ended_or_unknown_job_cannot_be_cancelled(catalog: Catalog) -> None:
    job_id = ask(catalog)
    done(catalog, hold(catalog, job_id))
    with pytest.raises(Conflict):
        cancelled(catalog, job_id)
    with pytest.raises(NotFound):
        cancelled(catalog, "nothing")


def test_jobs_of_workers_stopped_on_purpose_wait_again_without_a_failure(catalog: Catalog) -> None:
    job_id, other = ask(catalog), ask(catalog)
    take(catalog, job_id, worker="here-1.render")
    take(catalog, other, worker="elsewhere.render")
    with catalog.write() as session:
        assert lease.hand_back(session, workers="here-1.", now=NOW) == 1
        session.commit()
    job = look(catalog, job_id)
    assert (job.state, job.failures) == (JobState.WAITING, 0)
    assert hold(catalog, job_id).attempt == 2
    assert look(catalog, other).state is JobState.RUNNING


def test_a_cancelled_job_whose_worker_was_stopped_on_purpose_ends_with_the_sweep(
    catalog: Catalog,
) -> None:
    job_id = ask(catalog)
    take(catalog, job_id, worker="here-1.render")
    cancelled(catalog, job_id)
    with catalog.write() as session:
        lease.hand_back(session, workers="here-1.", now=NOW)
        session.commit()
    assert told(catalog, at=NOW + timedelta(seconds=1)) == []
    assert look(catalog, job_id).state is JobState.CANCELLED


def test_two_that_ask_under_one_key_at_once_find_one_job(catalog: Catalog) -> None:
    """The slower one waits for the faster one's commit, and must then find its job."""
    found: list[str] = []
    is_asking = threading.Event()

    def slower() -> None:
        is_asking.set()
        with catalog.write() as session:
            job = enqueue(session, JobKind.PUBLISH_LOG, requested_by="b", at=NOW, key="log 1 March")
            session.commit()
            found.append(job.id)

    other = threading.Thread(target=slower)
    with catalog.write() as session:
        first = enqueue(session, JobKind.PUBLISH_LOG, requested_by="a", at=NOW, key="log 1 March")
        other.start()
        is_asking.wait()
        other.join(timeout=0.5)  # long enough to look for the key and not find it
        session.commit()
        job_id = first.id
    other.join()
    assert found == [job_id]
