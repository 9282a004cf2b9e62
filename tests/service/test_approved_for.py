"""A release to one person is approved for him by name, and for nobody who asks instead of him."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from api.desk.app import create_app
from bwc.access.passwords import hash_password
from bwc.catalog import schema
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.release import Release, ReleaseState
from bwc.catalog.request import RequestCorrection
from bwc.catalog.signature import SignatureState
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role, User
from bwc.catalog.views.queue import Step, list_work
from bwc.errors import Conflict
from bwc.ids import new_id
from bwc.release.approve import approve
from bwc.release.gates import RELEASING
from bwc.requests.correct import Standing, correct_request
from tests.desk_ids import PASSWORD
from tests.desks import SEEN, bearing_tokens, looked_at, signed_in
from tests.link_room import RECIPIENT, LinkRoom, actor
from tests.release_room import NOW, SAM
from tests.signing_room import SigningRoom, seen_in
from tests.web import serving

pytestmark = [pytest.mark.service, pytest.mark.media]

OTHER = "Yann Okonkwo"
APPROVAL = "approved by a second person"


@dataclass
class Room(SigningRoom, LinkRoom):
    """Somebody asks in his own right, and what he asks for is signed before it is rendered."""

    def proposed(self, *, verified: bool) -> str:
        """A release to him whose newest plan is rendered, or not; its id."""
        self.write_pack(outcome="VIEW_ONLY")
        self.open_case()
        self.ask()
        _ = self.render() if verified else self.draw()
        self.run()
        return self.propose_to_him()

    def rename(self, name: str) -> None:
        """It turns out that another one asks; no time passes."""
        stands = Standing(requester_role="subject", requester_name=name, identity_shown="photo_id")
        with self.catalog.write() as session:
            correct_request(
                session,
                self.request_id,
                stands,
                reason="His brother called",
                by=actor(),
                at=self.clock.now(),
            )
            session.commit()
        self.work()


@pytest.fixture
def room(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.chdir(tmp_path)
    return Room(tmp_path, catalog)


def waiting(room: Room, release_id: str) -> list[tuple[Step, str]]:
    """What the queue says of a release."""
    with room.catalog.read() as session:
        listed = list_work(session, at=room.clock.now(), releasing=RELEASING)
    return [(item.step, item.why) for item in listed if item.release_id == release_id]


def test_who_asks_now_is_not_whom_the_approver_saw(room: Room) -> None:
    release_id = room.proposed(verified=True)
    seen = seen_in(room, release_id)
    assert seen.recipient == RECIPIENT
    room.rename(OTHER)
    seen = replace(seen, decision_id=seen_in(room, release_id).decision_id)
    with (
        pytest.raises(Conflict, match="another name asks, by a correction of rosa"),
        room.catalog.write() as session,
    ):
        approve(session, release_id, by=SAM, at=room.clock.now(), seen=seen)
    assert room.release(release_id).state is ReleaseState.PROPOSED


def test_renamed_at_the_very_instant_of_the_approval_it_is_approved_again(room: Room) -> None:
    release_id = room.proposed(verified=True)
    room.approve(release_id)
    assert room.release(release_id).approved_for == RECIPIENT
    assert room.gates(release_id)[APPROVAL].open
    room.rename(OTHER)
    gate = room.gates(release_id)[APPROVAL]
    assert (gate.open, "another name asks" in gate.why) == (False, True)
    with pytest.raises(Conflict, match="another name asks"):
        room.issue(release_id)
    room.approve(release_id)
    assert room.release(release_id).approved_for == OTHER
    assert room.issue(release_id).view_only


def test_what_was_signed_for_him_lapses_when_another_asks(room: Room) -> None:
    release_id = room.proposed(verified=False)
    signature_id = room.sign(release_id)
    assert room.signature(signature_id).signed_for == RECIPIENT
    stands = Standing(requester_role="subject", requester_name=OTHER, identity_shown="photo_id")
    with room.catalog.write() as session:
        correct_request(
            session, room.request_id, stands, reason="Not him", by=actor(), at=room.clock.now()
        )
        session.commit()
    room.work()
    assert room.ended(signature_id) == (
        SignatureState.LAPSED,
        "another name asks since it was signed",
    )
    assert room.release(release_id).approved_for is None


def test_what_was_signed_for_him_counts_for_him(room: Room) -> None:
    release_id = room.proposed(verified=False)
    assert (Step.APPROVE, "for subject: a second person must approve") in waiting(room, release_id)
    room.sign(release_id)
    assert waiting(room, release_id) == [(Step.WAIT, "for subject: signed by sam")]
    room.work()
    row = room.release(release_id)
    assert (row.state, row.approved_for) == (ReleaseState.APPROVED, RECIPIENT)
    assert room.issue(release_id).view_only
    with room.catalog.read() as session:
        details = [str(one.detail) for one in session.scalars(sa.select(CustodyEntry))]
    assert not [one for one in details if RECIPIENT in one], "the ledger names nobody"


def test_the_publics_is_approved_for_nobody_by_name(room: Room) -> None:
    release_id = room.ready()
    assert seen_in(room, release_id).recipient is None
    room.approve(release_id)
    assert room.release(release_id).approved_for is None


@contextmanager
def desk_of(room: Room) -> Iterator[str]:
    hashed = hash_password(PASSWORD)
    with room.catalog.write() as session:
        session.add_all(
            User(username=role.value, name=role.value, password_hash=hashed, role=role, created_at=NOW)
            for role in (Role.RECORDS, Role.SUPERVISOR, Role.AUDITOR, Role.OVERSIGHT)
        )  # fmt: skip
        session.commit()
    with serving(create_app(house=room.house)) as address:
        yield address


def test_the_form_and_the_api_name_him_and_refuse_another(
    sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    room = Room(tmp_path, sqlite_catalog)
    release_id = room.proposed(verified=True)
    place = f"/v1/releases/{release_id}"
    with desk_of(room) as address, bearing_tokens(address) as sign_in:
        second = sign_in(Role.SUPERVISOR)
        seen = looked_at(second, place)
        assert seen["recipient"] == RECIPIENT
        for role in (Role.AUDITOR, Role.OVERSIGHT):
            assert sign_in(role).get(place).json()["recipient"] is None
        for wrong in (OTHER, None):
            answer = second.post(f"{place}/approve", json={**seen, "recipient": wrong})
            assert (answer.status_code, "another name asks" in answer.text) == (409, True)
        without = {name: seen[name] for name in SEEN if name != "recipient"}
        assert second.post(f"{place}/approve", json=without).status_code == 422
        with signed_in(address, Role.SUPERVISOR) as browser:
            page = browser.get(f"/releases/{release_id}").text
            assert f'name="recipient" value="{RECIPIENT}"' in page
        assert second.post(f"{place}/approve", json=seen).json()["state"] == "approved"


def test_what_was_approved_before_keeps_its_name_unless_it_was_corrected_since(
    room: Room,
) -> None:
    kept = room.proposed(verified=True)
    room.approve(kept)
    script = ScriptDirectory(str(schema.MIGRATIONS)).get_revision("0026")
    schema.downgrade(room.catalog, str(script.down_revision))
    schema.upgrade(room.catalog)
    assert room.release(kept).approved_for == RECIPIENT
    with room.catalog.write() as session:
        session.add(
            RequestCorrection(
                id=new_id(),
                request_id=room.request_id,
                before={"requester_name": RECIPIENT},
                after={"requester_name": OTHER},
                reason="Not him",
                corrected_by="rosa",
                corrected_at=room.clock.now(),
            )
        )
        session.commit()
    schema.downgrade(room.catalog, str(script.down_revision))
    schema.upgrade(room.catalog)
    with room.catalog.read() as session:
        assert session.scalars(sa.select(Release.approved_for)).all() == [None]
