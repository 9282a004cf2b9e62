"""Each gate has a test that tries to publish without it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bwc.catalog.recording import Recording, RecordingState
from bwc.catalog.release import Decision, Obligation, ObligationState, Release, ReleaseState
from bwc.catalog.rendering import Plan, Verdict
from bwc.catalog.store import Catalog
from bwc.custody.acts import Act
from bwc.errors import Conflict, InvalidInput, NotPermitted
from bwc.ids import new_id
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.release.obligations import prove
from bwc.release.withdraw import withdraw
from bwc.requests.facts import assert_fact
from bwc.requests.holds import lift_hold, place_hold
from tests.release_room import NOW, ROSA, SAM, ReleaseRoom
from workers.schedule import ask_for_daily_work

pytestmark = [pytest.mark.service, pytest.mark.media]


@pytest.fixture
def room(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseRoom:
    monkeypatch.chdir(tmp_path)
    return ReleaseRoom(tmp_path, sqlite_catalog)


def force(room: ReleaseRoom, release_id: str) -> None:
    """Ask for publication as if every gate were open, and let the worker work."""
    with room.catalog.write() as session:
        enqueue(
            session, JobKind.PUBLISH, subject_id=release_id, requested_by="t", at=room.clock.now()
        )
        session.commit()
    room.run()


def assert_not_public(room: ReleaseRoom, release_id: str) -> None:
    assert not [key for key in room.public_keys() if release_id in key]
    assert Act.DISSEMINATION.value not in room.acts()
    assert room.release(release_id).published_at is None


def set_release(room: ReleaseRoom, release_id: str, **values: object) -> None:
    """Write straight into the row, as a bug or an intruder would."""
    with room.catalog.write() as session:
        session.execute(sa.update(Release).where(Release.id == release_id).values(**values))
        session.commit()


def add_plan(room: ReleaseRoom) -> None:
    """A person drew another box and nobody has rendered it yet."""
    with room.catalog.write() as session:
        session.add(
            Plan(
                id=new_id(),
                recording_id=room.recording_id,
                version=9,
                sha256="0" * 64,
                document={},
                author=ROSA,
                created_at=NOW,
            )
        )
        session.commit()


def quarantine(room: ReleaseRoom) -> None:
    with room.catalog.write() as session:
        row = session.get_one(Recording, room.recording_id)
        row.state, row.quarantine_reason = RecordingState.QUARANTINED, "does not play"
        session.commit()


def dispose(room: ReleaseRoom) -> None:
    with room.catalog.write() as session:
        row = session.get_one(Recording, room.recording_id)
        row.state = RecordingState.DISPOSED
        session.commit()


def place(room: ReleaseRoom, *, expires: timedelta | None) -> str:
    with room.catalog.write() as session:
        hold = place_hold(
            session,
            room.incident_id,
            kind="criminal",
            reason="Prosecutor's letter",
            blocks_release=True,
            by=ROSA,
            at=room.clock.now(),
            expires_at=room.clock.now() + expires if expires else None,
        )
        session.commit()
        return hold.id


def test_with_every_gate_open_it_is_published_without_another_click(room: ReleaseRoom) -> None:
    release_id = room.ready()
    room.approve(release_id)
    assert room.closed(release_id) == []
    room.run()
    assert room.release(release_id).state is ReleaseState.PUBLISHED


def test_not_without_a_decision_that_releases(room: ReleaseRoom) -> None:
    room.write_pack(modality="MUST_NOT", outcome="WITHHOLD")
    release_id = room.ready()
    with pytest.raises(Conflict):
        room.approve(release_id)
    set_release(room, release_id, state=ReleaseState.APPROVED, approved_by=SAM, approved_at=NOW)
    force(room, release_id)
    assert "decision releases" in room.closed(release_id)
    assert_not_public(room, release_id)


def test_not_without_any_decision(room: ReleaseRoom) -> None:
    room.open_case()
    room.render()
    release_id = room.propose()
    with pytest.raises(Conflict):
        room.approve(release_id)


def test_not_to_another_audience_than_the_public(room: ReleaseRoom) -> None:
    release_id = room.ready()
    room.approve(release_id)
    set_release(room, release_id, audience="subject")
    room.run()
    assert_not_public(room, release_id)


def test_not_when_the_rules_have_changed_since(room: ReleaseRoom) -> None:
    release_id = room.ready()
    room.approve(release_id)
    room.write_pack(modality="MUST_NOT", outcome="WITHHOLD", version="2")
    room.run()
    assert_not_public(room, release_id)
    with room.catalog.read() as session:
        standing = session.scalars(
            sa.select(Decision).where(Decision.superseded_at.is_(None))
        ).one()
    assert standing.outcome == "WITHHOLD", "the stale decision was made again"


def test_not_while_a_newer_fact_waits_to_be_decided(room: ReleaseRoom) -> None:
    release_id = room.ready()
    with room.catalog.write() as session:
        assert_fact(
            session,
            room.incident_id,
            name="injury_level",
            value="death",
            source="report",
            by=ROSA,
            at=NOW,
        )
        session.commit()
    assert "decision is current" in room.closed(release_id)


def test_not_while_a_fact_that_matters_is_unknown(room: ReleaseRoom) -> None:
    room.open_case(injury="unknown")
    room.render()
    room.run()
    release_id = room.propose()
    room.approve(release_id)
    force(room, release_id)
    assert {"facts are known", "obligations proven"} <= set(room.closed(release_id))
    assert_not_public(room, release_id)


def test_not_before_the_family_was_offered_to_see_it_and_72_hours_have_passed(
    room: ReleaseRoom,
) -> None:
    room.open_case(injury="death")
    room.render()
    room.run()
    release_id = room.propose()
    room.approve(release_id)
    force(room, release_id)
    assert {"obligations proven", "notice time is over"} <= set(room.closed(release_id))
    room.prove_all()
    room.run()
    assert room.closed(release_id) == ["notice time is over"]
    assert_not_public(room, release_id)
    room.clock.move(timedelta(hours=71))
    room.run()
    assert_not_public(room, release_id)
    room.clock.move(timedelta(hours=1, seconds=1))
    room.run()
    assert room.release(release_id).state is ReleaseState.PUBLISHED, "the gate opened by itself"


def test_an_obligation_is_proven_once_and_with_words(room: ReleaseRoom) -> None:
    room.open_case(injury="death")
    room.run()
    with room.catalog.write() as session:
        row = session.scalars(sa.select(Obligation).where(Obligation.lead_seconds > 0)).one()
        with pytest.raises(InvalidInput):
            prove(session, row.id, proof=" ", by=ROSA, at=NOW)
        prove(session, row.id, proof="Call of today", by=ROSA, at=NOW)
        with pytest.raises(Conflict):
            prove(session, row.id, proof="Again", by=ROSA, at=NOW)


def test_what_was_proven_stays_proven_under_a_newer_decision(room: ReleaseRoom) -> None:
    room.open_case(injury="death")
    room.run()
    room.prove_all()
    room.render()  # changes what is known, so the next decision is another row
    with room.catalog.write() as session:
        enqueue(session, JobKind.DECIDE, subject_id=room.incident_id, requested_by="t", at=NOW)
        session.commit()
    room.run()
    with room.catalog.read() as session:
        rows = session.scalars(sa.select(Obligation).where(Obligation.lead_seconds > 0)).all()
    assert len(rows) > 1
    assert {row.state for row in rows} == {ObligationState.PROVEN}
    assert len({row.proven_at for row in rows}) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda room: room.render(verdict=Verdict.FAILED),
        lambda room: room.render(original="0" * 64),
        lambda room: room.render(hide=["plate"]),
        lambda room: room.render(hide=[]),
        add_plan,
        quarantine,
        dispose,
    ],
    ids=[
        "it failed verification",
        "made from other bytes",
        "faces were not asked to be hidden",
        "nothing was asked to be hidden",
        "a newer plan",
        "quarantined",
        "disposed",
    ],
)
def test_not_without_a_verified_rendering_of_this_very_original(
    room: ReleaseRoom, spoil: Callable[[ReleaseRoom], object]
) -> None:
    release_id = room.ready()
    room.approve(release_id)
    spoil(room)
    room.run()
    assert "rendering verified" in room.closed(release_id)
    assert_not_public(room, release_id)


def test_not_without_approval(room: ReleaseRoom) -> None:
    release_id = room.ready()
    force(room, release_id)
    assert_not_public(room, release_id)
    set_release(room, release_id, state=ReleaseState.APPROVED)
    force(room, release_id)
    assert_not_public(room, release_id)


@pytest.mark.parametrize("author", [ROSA, "engine"], ids=["its proposer", "its plan's author"])
def test_not_approved_by_its_own_author(room: ReleaseRoom, author: str) -> None:
    release_id = room.ready()
    with pytest.raises(NotPermitted):
        room.approve(release_id, by=author)
    room.approve(release_id)
    set_release(room, release_id, approved_by=author)
    room.run()
    assert "approved by a second person" in room.closed(release_id)
    assert_not_public(room, release_id)


def test_nobody_approves_what_cannot_be_seen(room: ReleaseRoom) -> None:
    room.open_case()
    room.run()
    with pytest.raises(Conflict):
        room.approve(room.propose())


def test_not_when_the_decision_changed_in_kind_after_approval(room: ReleaseRoom) -> None:
    release_id = room.ready()
    room.approve(release_id)
    room.write_pack(modality="MAY", version="2")
    room.run()
    room.run()
    assert "approved by a second person" in room.closed(release_id)
    assert_not_public(room, release_id)


def test_not_on_draft_rules_that_nobody_has_accepted(room: ReleaseRoom) -> None:
    room.write_pack(status="draft")
    release_id = room.ready()
    room.approve(release_id)
    force(room, release_id)
    assert room.closed(release_id) == ["draft rules accepted"]
    assert_not_public(room, release_id)
    room.approve(release_id, accept_draft=True)
    room.run()
    assert room.release(release_id).state is ReleaseState.PUBLISHED


def test_not_while_a_hold_blocks_and_by_itself_when_it_is_lifted(room: ReleaseRoom) -> None:
    release_id = room.ready()
    hold_id = place(room, expires=None)
    room.approve(release_id)
    force(room, release_id)
    assert "no hold" in room.closed(release_id)
    assert_not_public(room, release_id)
    with room.catalog.write() as session:
        lift_hold(session, hold_id, by=SAM, at=room.clock.now())
        session.commit()
    room.run()
    assert room.release(release_id).state is ReleaseState.PUBLISHED


def test_a_hold_that_expires_opens_its_gate_by_itself(room: ReleaseRoom) -> None:
    release_id = room.ready()
    place(room, expires=timedelta(days=2))
    room.run()
    room.approve(release_id)
    room.run()
    assert_not_public(room, release_id)
    room.clock.move(timedelta(days=2, seconds=1))
    room.run()
    assert room.release(release_id).state is ReleaseState.PUBLISHED


def test_not_after_it_was_withdrawn(room: ReleaseRoom) -> None:
    release_id = room.ready()
    room.approve(release_id)
    with room.catalog.write() as session:
        withdraw(session, release_id, reason="Not yet", by=SAM, at=NOW)
        session.commit()
    room.run()
    force(room, release_id)
    assert_not_public(room, release_id)
    with pytest.raises(Conflict):
        room.approve(release_id)


def test_not_when_the_recording_was_tied_to_another_incident(room: ReleaseRoom) -> None:
    release_id = room.ready()
    room.approve(release_id)
    with room.catalog.write() as session:
        room.tag(session, None)
        session.commit()
    room.run()
    assert "belongs to the incident" in room.closed(release_id)
    assert_not_public(room, release_id)


def test_a_fact_that_no_rule_can_read_counts_as_unknown_and_is_named(room: ReleaseRoom) -> None:
    room.open_case()
    with room.catalog.write() as session:
        for name, value in (("injury_level", "a scratch"), ("favourite_colour", "blue")):
            assert_fact(
                session, room.incident_id, name=name, value=value, source="s", by=ROSA, at=NOW
            )
        session.commit()
    room.run()
    with room.catalog.read() as session:
        decision = session.scalars(
            sa.select(Decision).where(Decision.superseded_at.is_(None))
        ).one()
    assert decision.document["needs"], "what cannot be read is asked for again"


def test_each_day_the_rules_are_asked_again_about_every_case_that_waits(
    room: ReleaseRoom,
) -> None:
    room.open_case()
    room.run()
    room.write_pack(modality="MUST_NOT", outcome="WITHHOLD", version="2")
    room.clock.move(timedelta(days=1))
    ask_for_daily_work(room.catalog, now=room.clock.now(), zone="America/Denver")
    room.run()
    with room.catalog.read() as session:
        standing = session.scalars(
            sa.select(Decision).where(Decision.superseded_at.is_(None))
        ).one()
    assert standing.outcome == "WITHHOLD"
