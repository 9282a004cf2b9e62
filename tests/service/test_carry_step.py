"""The job that carries a drawn box through a real clip: covered throughout, stopped, gone on with."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sa

from bwc.catalog.store import Catalog
from bwc.catalog.tables import Job, JobState, Plan
from bwc.clock import FixedClock
from bwc.errors import Cancelled
from bwc.house import House
from bwc.intake.receive import receive_file
from bwc.jobs.endings import cancel
from bwc.jobs.kinds import JobKind
from bwc.media.segments import cut
from bwc.redaction.carry_order import order_carry
from bwc.redaction.carrying import carry_track
from bwc.redaction.drawn import Box, extend
from bwc.redaction.keep import keep_plan, read_plan_row
from bwc.redaction.key_boxes import Moment, begin_track, set_key
from bwc.redaction.plan import Plan as PlanDocument
from bwc.redaction.plan import PlannedTrack
from bwc.redaction.render import Source, open_source
from bwc.redaction.workbench import Workbench
from bwc.settings import Settings
from bwc.vault.local import LocalPublicStore
from tests.clips import Clip, Face, make_clip
from tests.docks import NOW, make_dock, recordings
from tests.redactions import plan_for
from workers.context import StepContext
from workers.run import run_job
from workers.steps import STEPS, Steps

pytestmark = [pytest.mark.service, pytest.mark.media]

WALKER = Face(start=(150.0, 140.0), velocity=(70.0, 15.0))
WIDTH, HEIGHT = 640, 360


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Two seconds of one face that walks through the picture, key frames half a second apart."""
    path = tmp_path_factory.mktemp("carry") / "walker.mp4"
    return make_clip(path, seconds=2.0, faces=(WALKER,), audio=False, options={"g": "12"})


def share_of(clip: Clip, index: int) -> Box:
    """The face on one picture, as a person draws it."""
    x0, y0, x1, y1 = clip.boxes[index][0]
    return Box(x0 / WIDTH, y0 / HEIGHT, x1 / WIDTH, y1 / HEIGHT)


def drawn(clip: Clip, *indexes: int) -> PlanDocument:
    """A plan that knows the face on these pictures alone."""
    plan = plan_for(clip).model_copy(update={"tracks": ()})
    first, *others = indexes
    at = Moment(pts=clip.pts[first])
    plan = begin_track(plan, share_of(clip, first), at, exemption="personal-privacy", by="rita")
    for index in others:
        plan = set_key(plan, 1, share_of(clip, index), Moment(pts=clip.pts[index]), by="rita")
    return plan


def uncovered(clip: Clip, track: PlannedTrack) -> list[int]:
    """Pictures on which a part of the face lies beside what is hidden."""
    found = []
    for index, pts in enumerate(clip.pts):
        region = track.region(pts, width=WIDTH, height=HEIGHT)
        for x0, y0, x1, y1 in clip.boxes[index]:
            is_hidden = region is not None and (
                region.x0 <= x0 and region.y0 <= y0 and region.x1 >= x1 and region.y1 >= y1
            )
            if not is_hidden:
                found.append(index)
    return found


def in_pieces(clip: Clip) -> Source:
    """The clip, cut at each of its key frames."""
    source = open_source(clip.path)
    return replace(source, segments=tuple(cut(clip.path, seconds=Fraction(2, 5))))


@pytest.mark.parametrize("indexes", [(25,), (0,), (49,), (5, 44)], ids=str)
def test_a_box_drawn_once_covers_the_face_on_every_picture(
    clip: Clip, tmp_path: Path, indexes: tuple[int, ...]
) -> None:
    source = in_pieces(clip)
    assert len(source.segments) > 2
    track = carry_track(source, drawn(clip, *indexes), 1, workbench=Workbench(tmp_path))
    assert uncovered(clip, track) == []
    assert (track.keys[0].pts, track.keys[-1].pts) == (clip.pts[0], clip.pts[-1])
    assert (track.stops, track.gaps) == ((), ())
    assert [key.pts for key in track.drawn] == [clip.pts[index] for index in indexes]


def test_carried_again_it_still_covers_up_to_where_a_person_let_it_reach(
    clip: Clip, tmp_path: Path
) -> None:
    """A new key box moves what is followed; it does not take an extension back."""
    source = open_source(clip.path)
    plan = drawn(clip, 25)
    cut_short = replace(source, segments=tuple(cut(clip.path, seconds=Fraction(2, 5)))[1:-1])
    short = carry_track(cut_short, plan, 1, workbench=Workbench(tmp_path))
    assert clip.pts[0] < short.keys[0].pts
    assert short.keys[-1].pts < clip.pts[-1]
    plan = plan.model_copy(update={"tracks": (short,)})
    longer = extend(extend(plan, 1, before=2, after=0, by="rita"), 1, before=0, after=2, by="rita")
    at = Moment(pts=clip.pts[27])
    moved = set_key(longer, 1, share_of(clip, 27), at, by="rita")
    again = carry_track(cut_short, moved, 1, workbench=Workbench(tmp_path))
    assert (again.keys[0].pts, again.keys[-1].pts) == (clip.pts[0], clip.pts[-1])


def test_what_a_killed_job_had_finished_is_not_done_again(clip: Clip, tmp_path: Path) -> None:
    plan, workbench = drawn(clip, 25), Workbench(tmp_path)

    def stop_on_the_way_on(share: float) -> None:
        if share > 0.5:
            raise Cancelled("killed")

    with pytest.raises(Cancelled):
        carry_track(in_pieces(clip), plan, 1, workbench=workbench, report=stop_on_the_way_on)
    shares: list[float] = []
    track = carry_track(in_pieces(clip), plan, 1, workbench=workbench, report=shares.append)
    assert min(shares) == 0.5, "the way back was finished"
    assert uncovered(clip, track) == []


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path, clip: Clip) -> House:
    dock = make_dock(sqlite_catalog, tmp_path)
    receive_file(dock, clip.path, actor="t")
    return House(
        settings=Settings(home=tmp_path / "home", _env_file=None),
        catalog=dock.catalog,
        vault=dock.vault,
        public=LocalPublicStore(tmp_path / "public"),
        clock=FixedClock(NOW),
    )


def ordered(house: House, plan: PlanDocument) -> str:
    """The plan is kept, and its track is to be carried."""
    (recording,) = recordings(house.catalog)
    with house.catalog.write() as session:
        row = keep_plan(
            session, plan, recording_id=recording.id, author="rita", job_id=None, at=NOW
        )
        job_id = order_carry(session, row, 1, by="rita", at=NOW).id
        session.commit()
    return job_id


def ran(house: House, job_id: str, steps: Steps = STEPS) -> Job:
    run_job(house, job_id, steps=steps, worker="w")
    with house.catalog.read() as session:
        return session.get_one(Job, job_id)


def newest(house: House) -> Plan:
    with house.catalog.read() as session:
        row = session.scalars(sa.select(Plan).order_by(Plan.version.desc()).limit(1)).one()
        session.expunge(row)
    return row


def test_the_job_keeps_a_version_by_the_person_and_run_again_finds_it(
    house: House, clip: Clip
) -> None:
    job_id = ordered(house, drawn(clip, 25))
    assert ran(house, job_id).state is JobState.DONE
    row = newest(house)
    assert (row.version, row.author, row.job_id) == (2, "rita", job_id)
    assert uncovered(clip, read_plan_row(row, where="p").tracks[0]) == []
    with house.catalog.write() as session:
        again = session.get_one(Job, job_id)
        again.state, again.finished_at, again.lease_until = JobState.WAITING, None, None
        session.commit()
    assert ran(house, job_id).state is JobState.DONE
    assert newest(house).version == 2
    assert list((house.settings.spool_folder).glob("redaction-*")) == []


def test_a_job_that_a_person_stops_leaves_the_plan_as_it_was_drawn(
    house: House, clip: Clip
) -> None:
    job_id = ordered(house, drawn(clip, 25))

    def told_to_stop(context: StepContext) -> None:
        with house.catalog.write() as session:
            cancel(session, job_id, by="bela", now=NOW)
            session.commit()
        STEPS[JobKind.CARRY](context)

    ended = ran(house, job_id, {JobKind.CARRY: told_to_stop})
    assert (ended.state, ended.reason) == (JobState.CANCELLED, "cancelled by bela")
    assert newest(house).version == 1
