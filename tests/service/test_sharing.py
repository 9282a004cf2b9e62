"""Jobs that share another job's recording: called where it is long, and never in its way."""

from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sa

from bwc.catalog.job import Job, JobState
from bwc.catalog.store import Catalog
from bwc.clock import FixedClock
from bwc.house import House
from bwc.intake.receive import receive_file
from bwc.jobs import lease
from bwc.jobs.kinds import JobKind
from bwc.jobs.lease import HeldJob
from bwc.redaction.order import call_for_help, order_redaction
from bwc.redaction.workbench import open_workbench
from bwc.settings import Settings, load_settings
from bwc.vault.local import LocalPublicStore
from tests.clips import make_clip, needs_models
from tests.docks import NOW, make_dock, recordings
from workers.context import StepContext
from workers.heartbeat import Heartbeat
from workers.run import run_job
from workers.steps import STEPS
from workers.steps.redaction import bench_of, shared_bench

pytestmark = pytest.mark.service

FRAMES = 30


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    """A house with one recording of three segments, with a frame each two seconds."""
    dock = make_dock(sqlite_catalog, tmp_path)
    options = {"x264-params": "keyint=5:scenecut=0"}
    times = [Fraction(2 * at) for at in range(FRAMES)]
    clip = make_clip(tmp_path / "a.mp4", times=times, size=(320, 180), options=options)
    receive_file(dock, clip.path, actor="t")
    return House(
        settings=Settings(home=tmp_path / "home", models=load_settings().models_folder),
        catalog=dock.catalog,
        vault=dock.vault,
        public=LocalPublicStore(tmp_path / "public"),
        clock=FixedClock(NOW),
    )


def jobs(house: House, *kinds: JobKind) -> list[Job]:
    with house.catalog.read() as session:
        query = sa.select(Job).where(Job.kind.in_([kind.value for kind in kinds]))
        return list(session.scalars(query.order_by(Job.id)))


def run(house: House, job: Job) -> Job:
    run_job(house, job.id, steps=STEPS, worker="w")
    with house.catalog.read() as session:
        return session.get_one(Job, job.id)


def taken_by_a_worker_that_dies(house: House, job: Job) -> HeldJob:
    """The job runs, and its lease is over before anybody works on it."""
    with house.catalog.write() as session:
        lease_over = timedelta(seconds=-1)
        held = lease.claim(session, job.id, worker="gone", now=NOW, lease=lease_over)
        session.commit()
    assert held is not None
    return held


def ordered(house: House) -> tuple[Job, HeldJob]:
    """The analysis that was ordered, and a hold on it."""
    (recording,) = recordings(house.catalog)
    with house.catalog.write() as session:
        order_redaction(session, recording.id, by="rita", at=NOW)
        session.commit()
    (analyse,) = jobs(house, JobKind.ANALYSE)
    return analyse, taken_by_a_worker_that_dies(house, analyse)


@needs_models
@pytest.mark.media
def test_a_share_of_a_job_whose_worker_died_is_what_the_next_goes_on_from(house: House) -> None:
    analyse, held = ordered(house)
    bench = bench_of(house.settings, analyse.id)
    with pytest.raises(KeyError), open_workbench(bench):
        raise KeyError  # the bench stays, as it does after a kill
    with house.catalog.write() as session:
        call_for_help(session, held, part=JobKind.ANALYSE_PART, most=1, at=NOW)
        session.commit()
    (part,) = jobs(house, JobKind.ANALYSE_PART)
    assert run(house, part).result == {"of": analyse.id, "frames": FRAMES}
    assert len(list(bench.glob("seen-*"))) == 3
    assert run(house, analyse).state is JobState.DONE
    assert len(jobs(house, JobKind.ANALYSE_PART)) == 1, "nothing was left to be shared"
    assert not bench.exists()


def test_helpers_are_called_for_a_long_recording_once_and_end_well_where_they_come_late(
    house: House,
) -> None:
    _, held = ordered(house)
    heartbeat = Heartbeat(house.catalog, held, settings=house.settings.jobs, clock=house.clock)
    with shared_bench(StepContext(house, held, heartbeat), JobKind.RENDER_PART) as bench:
        assert bench.call is not None
        bench.call(5)
        assert jobs(house, JobKind.RENDER_PART) == [], "so few are soon made by one"
        bench.call(6)
        bench.call(6)
    (late,) = jobs(house, JobKind.RENDER_PART)
    assert (late.subject_id, late.requested_by) == (held.subject_id, "rita")
    ended = run(house, late)
    assert (ended.state, ended.result) == (JobState.DONE, {"of": held.id})
