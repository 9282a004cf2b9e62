"""Jobs that need jobs, jobs that are told of again, and jobs that get a second life."""

from datetime import timedelta

import pytest

from bwc.catalog.job import Job, JobState, Queue
from bwc.catalog.store import Catalog
from bwc.custody.acts import Act
from bwc.errors import Conflict, MediaError, NotFound, TransientError
from bwc.jobs import endings
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from tests.service.test_jobs import (
    LEASE,
    NOW,
    acts,
    ask,
    cancelled,
    done,
    explained,
    failed,
    hold,
    look,
    take,
    told,
)


def retried(catalog: Catalog, job_id: str) -> list[str]:
    with catalog.write() as session:
        jobs = endings.retry_dead(session, job_id, by="rita", now=NOW)
        session.commit()
        return [job.id for job in jobs]


def test_a_job_starts_only_when_all_it_needs_is_done(catalog: Catalog) -> None:
    first, second = ask(catalog, JobKind.ANALYSE), ask(catalog, JobKind.DERIVE)
    last = ask(catalog, JobKind.RENDER, needs=(first, second))
    assert told(catalog) == [first, second]
    done(catalog, hold(catalog, first))
    assert take(catalog, last) is None
    assert explained(catalog, last) == "Waits for derive (waiting)."
    done(catalog, hold(catalog, second))
    assert told(catalog) == [last]
    assert hold(catalog, last).kind == "render"


def test_a_dead_need_ends_the_whole_chain_with_the_reason(catalog: Catalog) -> None:
    first = ask(catalog, JobKind.ANALYSE)
    second = ask(catalog, JobKind.RENDER, needs=(first,))
    third = ask(catalog, JobKind.PUBLISH, needs=(second, first))
    failed(catalog, hold(catalog, first), MediaError("no key frame"))
    for ended in (second, third):
        job = look(catalog, ended)
        assert job.state is JobState.DEAD
        assert (job.reason or "").endswith("no key frame")
    assert look(catalog, second).reason == (
        f"needs the job analyse ({first}), which is dead: no key frame"
    )
    assert [act for act, _, _ in acts(catalog)] == [Act.JOB_DEAD] * 3


def test_a_cancelled_need_cancels_its_dependents(catalog: Catalog) -> None:
    first = ask(catalog, JobKind.ANALYSE)
    second = ask(catalog, JobKind.RENDER, needs=(first,))
    cancelled(catalog, first)
    assert look(catalog, second).state is JobState.CANCELLED
    assert acts(catalog) == [
        (Act.JOB_CANCELLED, first, "sam"),
        (Act.JOB_CANCELLED, second, "worker"),
    ]


def test_a_job_asked_for_after_its_need_died_ends_with_the_sweep(catalog: Catalog) -> None:
    first = ask(catalog, JobKind.ANALYSE)
    failed(catalog, hold(catalog, first), MediaError("no key frame"))
    late = ask(catalog, JobKind.RENDER, needs=(first,))
    assert told(catalog) == []
    assert look(catalog, late).state is JobState.DEAD


def test_retrying_a_dead_job_revives_what_died_of_it(catalog: Catalog) -> None:
    first = ask(catalog, JobKind.ANALYSE)
    second = ask(catalog, JobKind.RENDER, needs=(first,))
    failed(catalog, hold(catalog, first), MediaError("no key frame"))
    with pytest.raises(Conflict, match="Retry that one first"):
        retried(catalog, second)
    assert retried(catalog, first) == [first, second]
    assert look(catalog, second).state is JobState.WAITING
    done(catalog, hold(catalog, first))
    done(catalog, hold(catalog, second))
    assert acts(catalog)[-2:] == [
        (Act.JOB_RETRIED, first, "rita"),
        (Act.JOB_RETRIED, second, "rita"),
    ]


def test_only_a_dead_job_is_retried(catalog: Catalog) -> None:
    with pytest.raises(Conflict):
        retried(catalog, ask(catalog))
    with pytest.raises(NotFound):
        retried(catalog, "nothing")


def test_workers_are_told_once_while_the_message_is_still_queued(catalog: Catalog) -> None:
    job_id = ask(catalog)
    assert told(catalog) == [job_id]
    queued = {Queue.INTAKE: 1}
    assert told(catalog, at=NOW + timedelta(minutes=5), depths=queued) == []
    assert told(catalog, at=NOW + timedelta(minutes=11), depths=queued) == [job_id]


def test_workers_are_told_again_when_the_broker_was_emptied(catalog: Catalog) -> None:
    job_id = ask(catalog)
    assert told(catalog) == [job_id]
    assert told(catalog, at=NOW + timedelta(seconds=1)) == []
    assert told(catalog, at=NOW + timedelta(seconds=4)) == [job_id]


def test_workers_are_told_of_a_job_whose_holder_fell_silent(catalog: Catalog) -> None:
    job_id = ask(catalog)
    hold(catalog, job_id)
    assert told(catalog, at=NOW + LEASE) == []
    busy = {Queue.INTAKE: 7}
    assert told(catalog, at=NOW + LEASE + timedelta(seconds=1), depths=busy) == [job_id]


def test_workers_are_told_of_a_retry_when_its_time_comes(catalog: Catalog) -> None:
    job_id = ask(catalog)
    told(catalog)
    failed(catalog, hold(catalog, job_id), TransientError("no room"))
    busy = {Queue.INTAKE: 7}
    assert told(catalog, at=NOW + timedelta(seconds=1), depths=busy) == []
    assert told(catalog, at=NOW + timedelta(seconds=2), depths=busy) == [job_id]


def test_a_job_that_was_rolled_back_was_never_asked_for(catalog: Catalog) -> None:
    with catalog.write() as session:
        enqueue(session, JobKind.MATCH, requested_by="a", at=NOW)
    with catalog.read() as session:
        assert session.query(Job).count() == 0
