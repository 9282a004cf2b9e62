"""What is signed is rendered as it is, by the real detectors; what verification finds is listed."""

import pytest
import sqlalchemy as sa

from bwc.catalog.rendering import Plan, Rendering, Verdict
from bwc.catalog.tables import Job, JobState
from bwc.errors import Conflict, NotFound
from bwc.house import House
from bwc.ids import new_id
from bwc.redaction.drawn import Box, Drawing, draw
from bwc.redaction.keep import read_plan_row
from bwc.redaction.plan import Plan as Document
from bwc.redaction.review_list import Place, Risk
from bwc.redaction.revise import Revision, render_exactly, render_newest, revise
from bwc.redaction.view_review import view_review
from tests.clips import needs_models
from tests.docks import NOW, recordings
from tests.service.test_redaction_steps import _order, _run, house

__all__ = ["house"]

pytestmark = [pytest.mark.service, pytest.mark.media, needs_models]

CORNER = Drawing(box=Box(0, 0, 0.1, 0.1), first=0, last=0.5, exemption="personal-privacy")


def analysed(house: House) -> str:
    """The recording with a plan that nobody rendered; its id."""
    analyse, render = _order(house)
    _run(house, analyse)
    with house.catalog.write() as session:
        session.get_one(Job, render.id).state = JobState.CANCELLED
        session.commit()
    (recording,) = recordings(house.catalog)
    return recording.id


def newest(house: House) -> Plan:
    with house.catalog.read() as session:
        return session.scalars(sa.select(Plan).order_by(Plan.version.desc()).limit(1)).one()


def ordered(house: House, plan_id: str) -> Job:
    with house.catalog.write() as session:
        job = render_exactly(session, plan_id, by="sam", at=NOW)
        session.commit()
        return session.get_one(Job, job.id)


def without_one_person(plan: Document) -> Document:
    """Somebody is left in plain sight, as a track that nobody made leaves him."""
    left = tuple(track for track in plan.tracks if track.person != 1)
    assert 0 < len(left) < len(plan.tracks)
    return plan.model_copy(update={"tracks": left})


def is_where_he_was(place: Place, plan: Document) -> bool:
    """Whether the middle of a place lies, at its moment, where `plan` hid the first person."""
    assert place.box is not None
    size = plan.original
    pts = size.first_pts + round(place.second / plan.time_base)
    x = (place.box.left + place.box.right) / 2 * size.width
    y = (place.box.top + place.box.bottom) / 2 * size.height
    tracks = [track for track in plan.tracks if track.person == 1]
    regions = [track.region(pts, width=size.width, height=size.height) for track in tracks]
    return any(one is not None and one.x0 < x < one.x1 and one.y0 < y < one.y1 for one in regions)


def test_what_verification_finds_is_listed_at_its_frame_and_nothing_is_hidden_on_the_way(
    house: House,
) -> None:
    recording_id = analysed(house)
    before = read_plan_row(newest(house), where="p")
    with house.catalog.write() as session:
        revise(session, Revision(recording_id, "pia"), without_one_person, at=NOW)
        session.commit()
    signed = newest(house)
    job = ordered(house, signed.id)
    assert (job.arguments["plan_id"], job.arguments["exact"]) == (signed.id, True)
    assert _run(house, job).state is JobState.DONE
    with house.catalog.read() as session:
        rendering = session.scalars(sa.select(Rendering)).one()
        review = view_review(session, recording_id)
    assert (rendering.verdict, rendering.plan_id) == (Verdict.FAILED, signed.id)
    assert newest(house).id == signed.id, "no plan was made that nobody signed"
    assert review is not None
    found = [place for place in review.places if place.risk is Risk.FINDING]
    assert found == list(review.places[: len(found)]), "they come first"
    assert found
    assert all(is_where_he_was(place, before) for place in found)


def test_the_same_plan_ordered_by_its_reviewer_is_mended_on_the_way(house: House) -> None:
    recording_id = analysed(house)
    with house.catalog.write() as session:
        revise(session, Revision(recording_id, "pia"), without_one_person, at=NOW)
        job = render_newest(session, Revision(recording_id, "pia"), at=NOW)
        session.commit()
        session.refresh(job)
    _run(house, job)
    with house.catalog.read() as session:
        rendering = session.scalars(sa.select(Rendering)).one()
    assert rendering.verdict is Verdict.PASSED
    assert newest(house).version == 3, "the plan grew"


def test_exactly_the_newest_plan_is_rendered_and_once(house: House) -> None:
    recording_id = analysed(house)
    first = newest(house)
    with pytest.raises(NotFound), house.catalog.write() as session:
        render_exactly(session, new_id(), by="sam", at=NOW)
    with house.catalog.write() as session:
        pia = Revision(recording_id, "pia")
        revise(session, pia, lambda plan: draw(plan, CORNER, by="pia"), at=NOW)
        session.commit()
    with pytest.raises(Conflict, match="pia changed this plan"):
        ordered(house, first.id)
    job = ordered(house, newest(house).id)
    assert ordered(house, newest(house).id).id == job.id
    with pytest.raises(Conflict, match="is under way"):
        ordered(house, first.id)
    assert _run(house, job).state is JobState.DONE
    with house.catalog.read() as session:
        rendering = session.scalars(sa.select(Rendering)).one()
    assert (rendering.verdict, rendering.plan_id) == (Verdict.PASSED, newest(house).id)
