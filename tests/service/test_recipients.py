"""Who a release to one person is for: the person that was approved, by his own request alone."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bwc.access.claims import assign
from bwc.access.users import NewUser, create_user
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.link import RecipientLink
from bwc.catalog.request import RecordRequest
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role
from bwc.catalog.views.queue import Step, pieces_waiting
from bwc.custody.acts import Act, Subject
from bwc.errors import Conflict
from bwc.release.gates import RELEASING, GateName
from bwc.release.links import Closed, why_closed
from bwc.requests.correct import Standing, correct_request
from tests.link_room import LinkRoom, actor
from tests.release_room import ROSA, SAM

pytestmark = [pytest.mark.service, pytest.mark.media]


@pytest.fixture
def room(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkRoom:
    monkeypatch.chdir(tmp_path)
    return LinkRoom(tmp_path, sqlite_catalog)


def closed(room: LinkRoom, link_id: str) -> Closed | None:
    with room.catalog.read() as session:
        return why_closed(session, session.get_one(RecipientLink, link_id), at=room.clock.now())


def test_another_name_closes_the_link_and_a_second_person_must_approve_again(
    room: LinkRoom,
) -> None:
    """Whoever writes requests down and issues links must not choose alone who is shown it."""
    release_id = room.approved()
    link_id = room.issue(release_id).link_id
    room.clock.move(timedelta(minutes=1))
    with room.catalog.write() as session:
        stands = Standing(
            requester_role="subject", requester_name="Somebody Else", identity_shown="photo_id"
        )
        correct_request(
            session, room.request_id, stands, reason="A slip", by=actor(), at=room.clock.now()
        )
        session.commit()
    room.run()
    assert closed(room, link_id) is Closed.ENDED
    assert room.closed(release_id) == [GateName.APPROVAL.value]
    with pytest.raises(Conflict, match="another name asks"):
        room.issue(release_id)
    room.clock.move(timedelta(minutes=1))
    room.approve(release_id)
    assert closed(room, link_id) is Closed.ENDED, "the one before keeps nothing"
    again = room.issue(release_id).link_id
    assert (closed(room, again), room.link(again).recipient) == (None, "Somebody Else")


def test_the_paper_of_one_lets_nothing_out_to_another_who_asks_in_the_same_role(
    room: LinkRoom,
) -> None:
    """There is one decision for a role, and it rests on whoever of them asked first."""
    room.write_pack(outcome="VIEW_ONLY")
    rules = room.folder / "policies" / "test" / "rules" / "release.yaml"
    by_paper = "request.authorisation_doc: {stated: true}"
    rules.write_text(rules.read_text().replace("request: {stated: true}", by_paper))
    room.open_case()
    first = room.ask(role="subject_attorney")
    with room.catalog.write() as session:
        session.get_one(RecordRequest, first).authorisation_doc = "A power of attorney"
        session.commit()
    room.render()
    room.run()
    allowed = room.propose_to_him()
    room.ask(role="subject_attorney")
    room.run()
    other = room.propose_to_him()
    room.approve(allowed)
    room.approve(other)
    assert room.issue(allowed).view_only
    with pytest.raises(Conflict, match="still true"):
        room.issue(other)


def test_who_is_given_its_approval_is_told_of_the_release(room: LinkRoom) -> None:
    """Every other approval in the queue is told of its recording."""
    room.open_case()
    room.ask()
    room.run()
    release_id = room.propose_to_him()
    piece = (Step.APPROVE.value, release_id)
    with room.catalog.write() as session:
        waiting = pieces_waiting(session, at=room.clock.now(), releasing=RELEASING)
        create_user(
            session,
            NewUser(SAM, "Sam", Role.SUPERVISOR, None),
            password="a long enough password",
            by=ROSA,
            at=room.clock.now(),
        )
        assign(session, [piece], SAM, waiting=waiting, by=ROSA, at=room.clock.now())
        given = sa.select(CustodyEntry).where(CustodyEntry.act == Act.WORK_ASSIGNED.value)
        entry = session.scalars(given).one()
    assert (entry.subject_kind, entry.subject_id) == (Subject.RELEASE.value, release_id)
