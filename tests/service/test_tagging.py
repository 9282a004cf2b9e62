"""Tags: matched by officer and time, corrected by people, never overwritten."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from bwc.catalog.store import Catalog
from bwc.catalog.tables import Call, CallUnit, Incident, Job, Recording, RecordingState, Tag
from bwc.errors import InvalidInput, NotFound
from bwc.ids import new_id
from bwc.intake.tagging import correct_tag, current_tag, match_again, match_recording, unmatched
from bwc.jobs.kinds import JobKind
from tests.docks import NOW, acts, add_officer, entries

pytestmark = pytest.mark.service


def _recording(
    catalog: Catalog,
    *,
    officer_id: str | None = None,
    camera_id: str | None = None,
    started_at: datetime | None = NOW,
    seconds: int = 600,
) -> str:
    with catalog.write() as session:
        recording = Recording(
            id=new_id(),
            sha256=new_id().replace("-", "").ljust(64, "0"),
            size_bytes=1,
            original_name="clip.mp4",
            officer_id=officer_id,
            camera_id=camera_id,
            started_at=started_at,
            duration_us=seconds * 1_000_000,
            state=RecordingState.STORED,
            received_at=NOW,
        )
        session.add(recording)
        session.commit()
        return recording.id


def _call(catalog: Catalog, officer_id: str, *, number: str = "26-1", minutes: int = 30) -> str:
    """A call of `minutes` that the officer was dispatched to at NOW; its incident is named after it."""
    with catalog.write() as session:
        incident = Incident(
            number=f"I{number}", title="T", kind="stop", occurred_at=NOW, district="1"
        )
        session.add(incident)
        session.flush()
        call = Call(number=number, type="T", priority=1, received_at=NOW, incident_id=incident.id)
        session.add(call)
        session.flush()
        session.add(
            CallUnit(
                call_id=call.id,
                officer_id=officer_id,
                dispatched_at=NOW,
                arrived_at=None,
                cleared_at=NOW + timedelta(minutes=minutes),
            )
        )
        session.commit()
        return call.id


def _match(catalog: Catalog, recording_id: str) -> Tag:
    with catalog.write() as session:
        tag = match_recording(session, recording_id, NOW)
        session.commit()
        session.refresh(tag)
        session.expunge(tag)
    return tag


def test_a_recording_is_tied_to_the_call_of_the_officer_who_had_the_camera(
    catalog: Catalog,
) -> None:
    officer_id, camera_id = add_officer(catalog)
    call_id = _call(catalog, officer_id)
    tag = _match(catalog, _recording(catalog, camera_id=camera_id))
    assert (tag.call_id, tag.confidence) == (call_id, 1.0)
    assert tag.explanation.startswith(
        "Officer 1204, to whom camera X-77 was assigned, was on call 26-1 from"
    )
    assert acts(catalog) == ["matching"]


def test_the_officer_who_is_named_counts_without_a_camera(catalog: Catalog) -> None:
    officer_id, _ = add_officer(catalog)
    call_id = _call(catalog, officer_id)
    assert _match(catalog, _recording(catalog, officer_id=officer_id)).call_id == call_id


def test_camera_and_name_that_disagree_halve_the_confidence(catalog: Catalog) -> None:
    officer_id, camera_id = add_officer(catalog)
    other_id, _ = add_officer(catalog, badge="7", camera="X-78")
    _call(catalog, officer_id)
    tag = _match(catalog, _recording(catalog, officer_id=other_id, camera_id=camera_id))
    assert tag.confidence == 0.5
    assert "Two officers are named" in tag.explanation


@pytest.mark.parametrize(
    ("started_at", "words"), [(None, "It is not known when"), (NOW, "It is not known who")]
)
def test_what_matches_nothing_is_listed_with_the_reason(
    catalog: Catalog, started_at: datetime | None, words: str
) -> None:
    recording_id = _recording(catalog, started_at=started_at)
    tag = _match(catalog, recording_id)
    assert (tag.call_id, tag.incident_id, tag.confidence) == (None, None, 0.0)
    assert tag.explanation.startswith(words)
    with catalog.read() as session:
        assert [found.id for found in unmatched(session)] == [recording_id]


def test_matching_again_adds_nothing_where_nothing_changed(catalog: Catalog) -> None:
    recording_id = _recording(catalog)
    assert _match(catalog, recording_id).id == _match(catalog, recording_id).id
    assert acts(catalog) == ["matching"]


def test_calls_that_come_late_are_found_by_matching_again(catalog: Catalog) -> None:
    officer_id, _ = add_officer(catalog)
    recording_id = _recording(catalog, officer_id=officer_id)
    assert "was on no call" in _match(catalog, recording_id).explanation
    call_id = _call(catalog, officer_id)
    with catalog.write() as session:
        assert match_again(session, by="import", at=NOW) == 1
        session.commit()
        assert session.scalars(sa.select(Job.subject_id)).all() == [recording_id]
    assert _match(catalog, recording_id).call_id == call_id
    with catalog.read() as session:
        assert list(unmatched(session)) == []
        assert session.scalar(sa.select(sa.func.count(Tag.id))) == 2


def test_a_correction_is_a_new_tag_and_the_matcher_does_not_overrule_it(
    catalog: Catalog,
) -> None:
    officer_id, _ = add_officer(catalog)
    first = _call(catalog, officer_id)
    second = _call(catalog, officer_id, number="26-2", minutes=5)
    recording_id = _recording(catalog, officer_id=officer_id)
    assert _match(catalog, recording_id).call_id == first
    with catalog.write() as session:
        correct_tag(
            session, recording_id, call_id=second, reason="wrong call", author="rec", at=NOW
        )
        session.commit()
    assert _match(catalog, recording_id).call_id == second
    with catalog.read() as session:
        current = current_tag(session, recording_id)
        assert current is not None
        assert (current.author, current.explanation) == ("rec", "wrong call")
        assert session.scalar(sa.select(sa.func.count(Tag.id))) == 2
    entry = entries(catalog)[-1]
    assert entry.act == "tag correction"
    assert entry.before is not None
    assert entry.before["call_id"] == first


def test_both_incidents_are_decided_again_when_a_recording_moves(catalog: Catalog) -> None:
    officer_id, _ = add_officer(catalog)
    first = _call(catalog, officer_id)
    second = _call(catalog, officer_id, number="26-2", minutes=5)
    recording_id = _recording(catalog, officer_id=officer_id)
    _match(catalog, recording_id)
    with catalog.write() as session:
        correct_tag(
            session, recording_id, call_id=second, reason="wrong call", author="rec", at=NOW
        )
        session.commit()
    with catalog.read() as session:
        incidents = {session.get_one(Call, call).incident_id for call in (first, second)}
        decides = sa.select(Job.subject_id).where(
            Job.kind == JobKind.DECIDE.value, Job.requested_by == "rec"
        )
        assert set(session.scalars(decides)) == incidents
        assert None not in incidents


def test_a_correction_may_tie_to_nothing(catalog: Catalog) -> None:
    officer_id, _ = add_officer(catalog)
    _call(catalog, officer_id)
    recording_id = _recording(catalog, officer_id=officer_id)
    _match(catalog, recording_id)
    with catalog.write() as session:
        correct_tag(session, recording_id, reason="test recording", author="rec", at=NOW)
        session.commit()
    with catalog.read() as session:
        assert [found.id for found in unmatched(session)] == [recording_id]


def test_a_correction_needs_a_reason_and_things_that_exist(sqlite_catalog: Catalog) -> None:
    officer_id, _ = add_officer(sqlite_catalog)
    first, second = (_call(sqlite_catalog, officer_id, number=n) for n in ("1", "2"))
    recording_id = _recording(sqlite_catalog)
    with sqlite_catalog.write() as session:
        elsewhere = session.get_one(Call, second).incident_id
        for error, choice in (
            (InvalidInput, {"call_id": first, "incident_id": elsewhere}),
            (NotFound, {"call_id": new_id()}),
            (NotFound, {"incident_id": new_id()}),
        ):
            with pytest.raises(error):
                correct_tag(session, recording_id, reason="r", author="rec", at=NOW, **choice)
        with pytest.raises(InvalidInput, match="reason"):
            correct_tag(session, recording_id, call_id=first, reason=" ", author="rec", at=NOW)
        with pytest.raises(NotFound):
            correct_tag(session, new_id(), call_id=first, reason="r", author="rec", at=NOW)
