"""What was written down of a request is corrected with its history kept, and the rules asked again."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bwc.catalog.custody import CustodyEntry
from bwc.catalog.link import RecipientLink
from bwc.catalog.release import Decision
from bwc.catalog.request import RecordRequest
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role
from bwc.catalog.views.cases import PUBLIC
from bwc.catalog.views.links import list_corrections
from bwc.custody.acts import Act
from bwc.errors import Conflict, InvalidInput, NotPermitted
from bwc.intake.tagging import correct_tag
from bwc.release.links import Closed, why_closed
from bwc.requests.close import close_request
from bwc.requests.correct import Standing, correct_request
from tests.link_room import LinkRoom, actor

pytestmark = [pytest.mark.service, pytest.mark.media]

NAME = "Ines Corrected"


@pytest.fixture
def room(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkRoom:
    monkeypatch.chdir(tmp_path)
    room = LinkRoom(tmp_path, sqlite_catalog)
    room.open_case()
    room.ask(role="press")
    room.run()
    return room


def correct(room: LinkRoom, stands: Standing, *, reason: str = "Passport shown") -> None:
    with room.catalog.write() as session:
        correct_request(
            session, room.request_id, stands, reason=reason, by=actor(), at=room.clock.now()
        )
        session.commit()
    room.run()


def closed(room: LinkRoom, link_id: str) -> Closed | None:
    with room.catalog.read() as session:
        return why_closed(session, session.get_one(RecipientLink, link_id), at=room.clock.now())


def audiences(room: LinkRoom) -> set[str]:
    with room.catalog.read() as session:
        standing = sa.select(Decision.audience).where(Decision.superseded_at.is_(None))
        return set(session.scalars(standing))


SUBJECT = Standing(
    requester_role="subject", requester_name=NAME, identity_shown="photo_id", names=["date_time"]
)


def test_who_asks_is_corrected_and_the_rules_decide_for_him_from_then_on(room: LinkRoom) -> None:
    assert audiences(room) == {PUBLIC}
    correct(room, SUBJECT)
    assert audiences(room) == {PUBLIC, "subject"}
    with room.catalog.read() as session:
        subject = sa.select(Decision).where(Decision.audience == "subject")
        decision = session.scalars(subject).one()
        row = session.get_one(RecordRequest, room.request_id)
    facts = decision.document["facts"]
    assert isinstance(facts, dict)
    assert isinstance(facts["request"], dict)
    assert facts["request"]["identity_verified"] is True
    assert decision.due_at is not None, "the clock runs by what is known now"
    assert (row.requester_name, row.requester_role) == (NAME, "subject")


def test_what_stood_before_is_kept_with_who_says_so_and_why(room: LinkRoom) -> None:
    correct(room, SUBJECT)
    with room.catalog.read() as session:
        (line,) = list_corrections(session, room.request_id)
        said = session.scalars(
            sa.select(CustodyEntry).where(CustodyEntry.act == Act.REQUEST_CORRECTED.value)
        ).one()
    assert (line.before["requester_role"], line.after["requester_role"]) == ("press", "subject")
    assert line.after["requester_name"] == NAME
    assert (line.reason, line.corrected_by) == ("Passport shown", "rosa")
    assert "covers" not in line.after, "what did not change is not told"
    assert NAME not in str(said.detail), "the ledger names nobody"
    changed = said.detail["changed"]
    assert isinstance(changed, list)
    assert "requester_name" in changed


@pytest.mark.parametrize(
    ("stands", "reason", "error"),
    [
        (SUBJECT, " ", InvalidInput),
        (Standing(requester_role="nobody"), "letter", InvalidInput),
        (Standing(requester_role="subject", recordings=[]), "letter", InvalidInput),
        (Standing(requester_role="subject", recordings=["another"]), "letter", InvalidInput),
    ],
    ids=["no reason", "not a role", "no recording", "a recording of another incident"],
)
def test_a_correction_that_says_nothing_sound_is_refused(
    room: LinkRoom, stands: Standing, reason: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        correct(room, stands, reason=reason)
    assert Act.REQUEST_CORRECTED.value not in room.acts()


def test_what_changes_nothing_is_refused_and_so_is_a_closed_request(room: LinkRoom) -> None:
    correct(room, SUBJECT)
    with pytest.raises(Conflict, match="nothing would change"):
        correct(room, SUBJECT)
    with room.catalog.write() as session:
        close_request(
            session,
            room.request_id,
            outcome="withdrawn",
            reason="His letter",
            by=actor(),
            at=room.clock.now(),
        )
        session.commit()
    with pytest.raises(Conflict, match="closed"):
        correct(room, Standing(requester_role="press"))


def test_who_takes_no_requests_corrects_none(room: LinkRoom) -> None:
    with room.catalog.write() as session, pytest.raises(NotPermitted):
        correct_request(
            session,
            room.request_id,
            SUBJECT,
            reason="letter",
            by=actor(Role.OVERSIGHT),
            at=room.clock.now(),
        )


def test_a_recording_that_was_not_asked_for_is_not_released_to_him(room: LinkRoom) -> None:
    room.write_pack(outcome="VIEW_ONLY")
    correct(room, SUBJECT)
    room.render()
    room.run()
    release_id = room.propose_to_him()
    room.approve(release_id)
    link_id = room.issue(release_id).link_id
    with room.catalog.write() as session:  # as if he had chosen another one
        session.get_one(RecordRequest, room.request_id).recordings = ["another"]
        session.commit()
    assert closed(room, link_id) is Closed.ENDED
    with pytest.raises(Conflict, match="does not ask for it"):
        room.issue(release_id)


def test_a_corrected_role_closes_the_link_that_was_issued_to_the_old_one(room: LinkRoom) -> None:
    room.write_pack(outcome="VIEW_ONLY")
    correct(room, SUBJECT)
    room.render()
    room.run()
    release_id = room.propose_to_him()
    room.approve(release_id)
    link_id = room.issue(release_id).link_id
    correct(room, Standing(requester_role="press", requester_name=NAME), reason="Not him")
    assert closed(room, link_id) is Closed.ENDED


def test_a_request_of_no_incident_is_for_no_recording_that_nobody_has_tied(room: LinkRoom) -> None:
    with room.catalog.write() as session:
        correct_tag(session, room.recording_id, reason="Not it", author="rosa", at=room.clock.now())
        session.get_one(RecordRequest, room.request_id).incident_id = None
        session.commit()
    with pytest.raises(InvalidInput, match="recordings of its incident"):
        correct(room, replace(SUBJECT, recordings=[room.recording_id]))
