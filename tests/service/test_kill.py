"""Whatever is killed, and whenever: a job ends, ends once, and ends within seconds."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from bwc.catalog.job import JobState
from bwc.catalog.store import Catalog
from bwc.jobs.kinds import JobKind
from tests.workshop import Workshop, eventually, kill, workshop

pytestmark = [pytest.mark.service, pytest.mark.slow]


@pytest.fixture
def shop(tmp_path: Path, sqlite_catalog: Catalog) -> Iterator[Workshop]:
    with workshop(tmp_path, sqlite_catalog) as running:
        yield running


@pytest.fixture
def wide_shop(tmp_path: Path, sqlite_catalog: Catalog) -> Iterator[Workshop]:
    """A workshop that does two jobs at once."""
    with workshop(tmp_path, sqlite_catalog, concurrency=2) as running:
        yield running


def test_a_job_whose_whole_worker_is_killed_is_done_once_by_the_next(
    tmp_path: Path, catalog: Catalog
) -> None:
    with workshop(tmp_path / "home", catalog) as shop:
        job_id = shop.ask(JobKind.DERIVE)
        shop.wait_for_start(job_id)
        shop.worker.stop(until=0)
        assert shop.job(job_id).state is JobState.RUNNING
        shop.go()
        shop.worker.start()
        done = shop.wait_for(job_id, JobState.DONE)
        assert done.result == {"attempt": 2}
        assert done.failures == 1
        assert shop.endings_of(job_id) == 1


def test_a_job_whose_process_is_killed_is_taken_over(shop: Workshop) -> None:
    job_id = shop.ask(JobKind.DERIVE)
    (first,) = shop.wait_for_start(job_id)
    assert (shop.job(job_id).worker or "").startswith("first@")
    kill(first)
    shop.wait_for_start(job_id, attempts=2)
    shop.go()
    assert shop.wait_for(job_id, JobState.DONE).attempt == 2
    assert shop.endings_of(job_id) == 1


def test_a_worker_that_wakes_up_after_its_job_was_taken_over_cannot_finish_it(
    wide_shop: Workshop,
) -> None:
    job_id = wide_shop.ask(JobKind.DERIVE)
    (sleeper,) = wide_shop.wait_for_start(job_id)
    with wide_shop.writing_alone():  # asleep with SQLite's lock in hand it would hold all others up
        kill(sleeper, signal.SIGSTOP)
    wide_shop.wait_for_start(job_id, attempts=2)
    wide_shop.go()
    wide_shop.wait_for(job_id, JobState.DONE)
    kill(sleeper, signal.SIGCONT)
    after = wide_shop.ask(JobKind.DERIVE)
    wide_shop.wait_for(after, JobState.DONE)
    assert wide_shop.job(job_id).result == {"attempt": 2}
    assert wide_shop.endings_of(job_id) == 1


def test_jobs_are_done_though_the_broker_was_emptied_in_their_midst(shop: Workshop) -> None:
    running, queued = shop.ask(JobKind.DERIVE), shop.ask(JobKind.DECIDE)
    shop.wait_for_start(running)
    eventually(lambda: shop.job(queued).sent_at is not None, "the second job was sent")
    with redis.Redis(unix_socket_path=str(shop.broker_place.socket)) as broker:
        broker.flushall()
    shop.go()
    for job_id in (running, queued):
        assert shop.wait_for(job_id, JobState.DONE).attempt == 1
        assert shop.endings_of(job_id) == 1


def test_jobs_are_done_though_the_broker_was_killed_in_their_midst(shop: Workshop) -> None:
    running, queued = shop.ask(JobKind.DERIVE), shop.ask(JobKind.DECIDE)
    shop.wait_for_start(running)
    shop.broker.stop(until=0)
    meanwhile = shop.ask(JobKind.DECIDE)
    shop.go()
    shop.wait_for(running, JobState.DONE)
    shop.broker.start()
    for job_id in (running, queued, meanwhile):
        assert shop.wait_for(job_id, JobState.DONE).attempt == 1
        assert shop.endings_of(job_id) == 1


def test_a_long_job_outlives_its_broker_and_holds_no_other_job_up(wide_shop: Workshop) -> None:
    long = wide_shop.ask(JobKind.RENDER)
    wide_shop.wait_for_start(long)
    wide_shop.broker.stop(until=0)
    wide_shop.broker.start()
    short = wide_shop.ask(JobKind.DECIDE)
    wide_shop.wait_for(short, JobState.DONE)
    assert wide_shop.job(long).state is JobState.RUNNING
    wide_shop.go()
    assert wide_shop.wait_for(long, JobState.DONE).attempt == 1
    assert wide_shop.endings_of(long) == 1


def test_jobs_are_done_though_the_sweeper_was_killed(shop: Workshop) -> None:
    running = shop.ask(JobKind.DERIVE)
    shop.wait_for_start(running)
    shop.sweeper.stop(until=0)
    meanwhile = shop.ask(JobKind.DECIDE)
    shop.sweeper.start()
    shop.go()
    for job_id in (running, meanwhile):
        shop.wait_for(job_id, JobState.DONE)
        assert shop.endings_of(job_id) == 1


def test_a_running_job_stops_when_a_person_cancels_it(shop: Workshop) -> None:
    job_id = shop.ask(JobKind.DERIVE)
    after = shop.ask(JobKind.RENDER, needs=(job_id,))
    shop.wait_for_start(job_id)
    shop.cancel(job_id)
    assert shop.wait_for(job_id, JobState.CANCELLED).reason == "cancelled by sam"
    assert shop.wait_for(after, JobState.CANCELLED).attempt == 0
    assert shop.endings_of(job_id) == 0


def test_a_transient_failure_is_tried_again_until_it_passes(shop: Workshop) -> None:
    job_id = shop.ask(JobKind.CHECK_FIXITY)
    done = shop.wait_for(job_id, JobState.DONE)
    assert (done.attempt, done.failures) == (3, 2)
    assert shop.endings_of(job_id) == 1


def test_a_dead_job_says_why_and_ends_what_needs_it(shop: Workshop) -> None:
    job_id = shop.ask(JobKind.MATCH)
    after = shop.ask(JobKind.DECIDE, needs=(job_id,))
    assert shop.wait_for(job_id, JobState.DEAD).reason == "recording: not a video"
    reason = shop.wait_for(after, JobState.DEAD).reason or ""
    assert reason.endswith("which is dead: recording: not a video")


def test_work_that_was_skipped_is_never_marked_done(shop: Workshop) -> None:
    job_id = shop.ask(JobKind.PUBLISH)
    reason = shop.wait_for(job_id, JobState.DEAD).reason or ""
    assert "returned without finishing" in reason


def test_a_job_runs_when_what_it_needs_is_done(shop: Workshop) -> None:
    first = shop.ask(JobKind.DERIVE)
    second = shop.ask(JobKind.CHECK_FIXITY, needs=(first,))
    third = shop.ask(JobKind.DECIDE, needs=(first, second))
    shop.wait_for_start(first)
    shop.go()
    shop.wait_for(third, JobState.DONE)
    ends = [shop.job(job_id).finished_at for job_id in (first, second, third)]
    assert None not in ends
    assert ends == sorted(end for end in ends if end is not None)
