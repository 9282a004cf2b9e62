"""A link is issued to one person where the rules let it out to him, and ends at once when they stop."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
import sqlalchemy as sa
from typing_extensions import override

from bwc.catalog.custody import CustodyEntry
from bwc.catalog.job import Job
from bwc.catalog.link import RecipientLink
from bwc.catalog.recording import Recording, RecordingState
from bwc.catalog.release import ReleaseState
from bwc.catalog.request import RecordRequest
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role
from bwc.catalog.views.queue import Step, list_work
from bwc.custody.acts import Act
from bwc.errors import Conflict, NotPermitted
from bwc.ids import Sha256
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.media.decode import open_frames
from bwc.release.gates import RELEASING, GateName
from bwc.release.links import Closed, ended_links, why_closed
from bwc.release.log import CODE
from bwc.release.opening import while_open
from bwc.release.withdraw import withdraw
from bwc.requests.close import close_request
from bwc.requests.holds import place_hold
from bwc.retention.blast import doomed
from bwc.upkeep.backup import Stores, make_backup
from bwc.upkeep.manifest import Backup
from bwc.upkeep.restore import restore_backup
from bwc.vault.local import LocalVault
from bwc.vault.protocol import Stored
from tests.houses import local
from tests.link_room import RECIPIENT, LinkRoom, Prepared, actor, prepare
from tests.release_room import ROSA, SAM

pytestmark = [pytest.mark.service, pytest.mark.media]


@pytest.fixture
def room(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkRoom:
    monkeypatch.chdir(tmp_path)
    return LinkRoom(tmp_path, sqlite_catalog)


@pytest.fixture(scope="module")
def prepared(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A room with a link to watch and not keep, made once."""
    return prepare(sqlite_template, tmp_path_factory.mktemp("prepared"), outcome="VIEW_ONLY")


@pytest.fixture
def issued_room(
    prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LinkRoom]:
    """A copy of it."""
    monkeypatch.chdir(tmp_path)
    room = prepared.reopened(tmp_path)
    yield room
    room.catalog.close()


def quiet(_what: str) -> None:
    """Say nothing."""


def closed(room: LinkRoom, link_id: str) -> Closed | None:
    with room.catalog.read() as session:
        return why_closed(session, session.get_one(RecipientLink, link_id), at=room.clock.now())


def take_back(room: LinkRoom, release_id: str, link_id: str) -> None:
    room.revoke(link_id)


def withdraw_it(room: LinkRoom, release_id: str, link_id: str) -> None:
    with room.catalog.write() as session:
        withdraw(session, release_id, reason="Released in error", by=SAM, at=room.clock.now())
        session.commit()


def hold(room: LinkRoom, release_id: str, link_id: str) -> None:
    with room.catalog.write() as session:
        place_hold(
            session,
            room.incident_id,
            kind="criminal",
            reason="Prosecutor's letter",
            blocks_release=True,
            by=ROSA,
            at=room.clock.now(),
        )
        session.commit()
    room.run()


def expire(room: LinkRoom, release_id: str, link_id: str) -> None:
    room.clock.move(timedelta(days=7))


def close_it(room: LinkRoom, release_id: str, link_id: str) -> None:
    with room.catalog.write() as session:
        close_request(
            session,
            room.request_id,
            outcome="released",
            reason="Seen by him",
            by=actor(),
            at=room.clock.now(),
        )
        session.commit()


def destroy_it(room: LinkRoom, release_id: str, link_id: str) -> None:
    """As when its copy was being made while the recording was destroyed."""
    with room.catalog.write() as session:
        session.get_one(Recording, room.recording_id).state = RecordingState.DISPOSED
        session.commit()


def redact_again(room: LinkRoom, release_id: str, link_id: str) -> None:
    room.render()


def give_more_and_approve(room: LinkRoom, release_id: str, link_id: str) -> None:
    """The law gives a copy now; the link that was issued to watch does not become one to keep."""
    room.write_pack(outcome="RELEASE_REDACTED", version="2")
    with room.catalog.write() as session:
        session.get_one(RecordRequest, room.request_id).description = "again"
        session.commit()
    decide_again(room)
    room.approve(release_id)
    assert room.closed(release_id) == []


def decide_again(room: LinkRoom) -> None:
    work(room, JobKind.DECIDE, room.incident_id)


def work(room: LinkRoom, kind: JobKind, subject_id: str | None) -> None:
    """Ask for a job and work until nothing is left."""
    with room.catalog.write() as session:
        enqueue(session, kind, subject_id=subject_id, requested_by="t", at=room.clock.now())
        session.commit()
    room.run()


def test_a_link_is_issued_marked_and_names_nobody_in_the_ledger(
    issued_room: LinkRoom, prepared: Prepared
) -> None:
    room, issued = issued_room, prepared.issued
    link = room.link(issued.link_id)
    assert link.view_only
    assert link.copy_sha256 is not None
    assert closed(room, link.id) is None
    kept = str(vars(link))
    assert issued.token not in kept
    assert issued.code not in kept.replace(link.token_sha256, "")
    with room.catalog.read() as session:
        said = str([vars(row) for row in session.scalars(sa.select(CustodyEntry))])
    assert RECIPIENT not in said
    assert issued.token not in said
    assert {Act.LINK_ISSUED.value, Act.LINK_MARKED.value} <= set(room.acts())


def test_nothing_of_it_reaches_the_public_store(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    room = LinkRoom(tmp_path, catalog)
    release_id = room.approved(outcome="RELEASE_REDACTED")
    room.issue(release_id)
    withdraw_it(room, release_id, "")
    room.run()
    assert [key for key in room.public_keys() if key.startswith("releases/")] == []
    assert room.release(release_id).published_at is None
    assert Act.DISSEMINATION.value not in room.acts()


def test_the_mark_is_in_every_picture_and_hides_no_more_than_its_bands(
    issued_room: LinkRoom, prepared: Prepared
) -> None:
    room, issued = issued_room, prepared.issued
    copy = room.link(issued.link_id).copy_sha256
    assert copy is not None
    with room.house.vault.path(Sha256(copy)) as path, open_frames(path) as marked:
        pictures = [frame.to_ndarray(format="gray").astype(int) for frame in marked.frames()]
    with open_frames(room.folder / "film.mp4") as plain:
        before = [frame.to_ndarray(format="gray").astype(int) for frame in plain.frames()]
    assert len(pictures) == len(before)
    for now, was in zip(pictures, before, strict=True):
        rows = np.abs(now - was).mean(axis=1)
        assert (rows > 10).any(), "the mark is there"
        assert (rows < 10).mean() > 0.2, "and the picture is still to be seen"


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (take_back, Closed.REVOKED),
        (expire, Closed.EXPIRED),
        (withdraw_it, Closed.WITHDRAWN),
        (close_it, Closed.ENDED),
        (hold, Closed.HELD),
        (redact_again, Closed.ANEW),
        (give_more_and_approve, Closed.ANEW),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_it_closes_at_once_when(
    issued_room: LinkRoom,
    prepared: Prepared,
    end: Callable[[LinkRoom, str, str], None],
    why: Closed,
) -> None:
    room, issued = issued_room, prepared.issued
    end(room, prepared.release_id, issued.link_id)
    assert closed(room, issued.link_id) is why


def test_a_film_that_is_being_sent_breaks_off_when_its_link_is_taken_back(
    issued_room: LinkRoom, prepared: Prepared
) -> None:
    room, link_id = issued_room, prepared.issued.link_id
    film = while_open(room.catalog, link_id, iter([b"1", b"2", b"3"]), now=room.clock.now)
    assert [next(film), next(film)] == [b"1", b"2"]
    room.revoke(link_id)
    assert list(film) == []
    assert room.said_of_links() == [("link refused", "revoked")]


@pytest.mark.parametrize("end", [take_back, expire, withdraw_it, close_it, destroy_it])
def test_the_copy_of_a_link_that_is_over_is_destroyed(
    issued_room: LinkRoom, prepared: Prepared, end: Callable[[LinkRoom, str, str], None]
) -> None:
    room, issued = issued_room, prepared.issued
    copy = Sha256(str(room.link(issued.link_id).copy_sha256))
    assert room.house.vault.has(copy)
    end(room, prepared.release_id, issued.link_id)
    work(room, JobKind.TIDY_LINKS, None)
    assert not room.house.vault.has(copy)
    link = room.link(issued.link_id)
    assert link.copy_sha256 is None
    assert link.copy_destroyed_at is not None
    assert room.acts().count(Act.LINK_COPY_DESTROYED.value) == 1


class StoppingVault(LocalVault):
    """A vault that a person stops the job in, right after it stored something."""

    room: LinkRoom

    @override
    def put(self, source: BinaryIO, *, expected: Sha256 | None = None) -> Stored:
        stored = super().put(source, expected=expected)
        with self.room.catalog.write() as session:
            session.execute(
                sa.update(Job).where(Job.kind == JobKind.MARK.value).values(cancel_requested_by="t")
            )
            session.commit()
        return stored


def test_a_copy_that_no_row_names_is_not_left_behind(
    issued_room: LinkRoom, prepared: Prepared
) -> None:
    room = issued_room
    before = set(room.house.vault.addresses())
    vault = StoppingVault(room.folder / "vault")
    vault.room = room
    room.house = replace(room.house, vault=vault)
    link = room.link(room.issue(prepared.release_id).link_id)
    assert link.copy_sha256 is None
    assert set(vault.addresses()) <= before


def test_a_copy_dies_with_its_recording(issued_room: LinkRoom, prepared: Prepared) -> None:
    room, issued = issued_room, prepared.issued
    copy = room.link(issued.link_id).copy_sha256
    with room.catalog.read() as session:
        dies = doomed(session, session.get_one(Recording, room.recording_id))
    assert ("marked copy", copy) in {(one.kind, one.sha256) for one in dies}


def test_a_newer_link_ends_the_older_one(issued_room: LinkRoom, prepared: Prepared) -> None:
    room, first = issued_room, prepared.issued
    second = room.issue(prepared.release_id)
    assert closed(room, first.link_id) is Closed.REVOKED
    assert closed(room, second.link_id) is None
    assert room.link(first.link_id).copy_sha256 is None, "its copy is destroyed"


@pytest.mark.parametrize("outcome", ["WITHHOLD", "INSPECT_ON_SITE", "REFER_COURT"])
def test_no_link_where_the_rules_do_not_let_it_out_to_him(room: LinkRoom, outcome: str) -> None:
    room.write_pack(
        outcome=outcome, modality="MUST" if outcome == "INSPECT_ON_SITE" else "MUST_NOT"
    )
    room.open_case()
    room.ask()
    room.render()
    room.run()
    release_id = room.propose_to_him()
    with pytest.raises(Conflict):
        room.approve(release_id)
    with room.catalog.write() as session:  # as a bug or an intruder would
        release = room.release(release_id)
        release.state, release.approved_by = ReleaseState.APPROVED, SAM
        session.merge(release)
        session.commit()
    with pytest.raises(Conflict, match="decision releases"):
        room.issue(release_id)


def test_no_link_before_a_second_person_approved(room: LinkRoom) -> None:
    room.write_pack(outcome="VIEW_ONLY")
    room.open_case()
    room.ask()
    room.render()
    room.run()
    release_id = room.propose_to_him()
    with pytest.raises(Conflict, match="not approved"):
        room.issue(release_id)
    with pytest.raises(NotPermitted):
        room.approve(release_id, by=ROSA)
    with room.catalog.read() as session:
        work = list_work(session, at=room.clock.now(), releasing=RELEASING)
    assert (Step.APPROVE, release_id) in {(one.step, one.release_id) for one in work}


def test_no_link_for_the_public_and_none_for_the_press(room: LinkRoom) -> None:
    public = room.ready()
    room.approve(public)
    with pytest.raises(Conflict, match="the public's"):
        room.issue(public)
    room.ask(role="press")
    with pytest.raises(Conflict, match="one of the public"):
        room.propose_to_him()


def test_no_link_to_one_who_has_not_shown_who_he_is(room: LinkRoom) -> None:
    room.write_pack(outcome="VIEW_ONLY")
    room.open_case()
    room.ask(identity="not_shown")
    room.render()
    room.run()
    release_id = room.propose_to_him()
    room.approve(release_id)
    with pytest.raises(Conflict, match="not shown who he is"):
        room.issue(release_id)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OVERSIGHT, Role.OFFICER, Role.ADMIN])
def test_who_may_not_release_may_not_issue(
    issued_room: LinkRoom, prepared: Prepared, role: Role
) -> None:
    with pytest.raises(NotPermitted):
        issued_room.issue(prepared.release_id, by=actor(role))


def test_one_recording_goes_to_the_public_and_to_one_person_side_by_side(room: LinkRoom) -> None:
    issued = room.issue(room.approved(outcome="RELEASE_REDACTED"))
    public = room.propose()
    room.approve(public)
    room.run()
    assert room.release(public).state is ReleaseState.PUBLISHED
    assert closed(room, issued.link_id) is None


def test_a_backup_knows_the_copy_and_a_link_that_it_brings_back_is_over(
    issued_room: LinkRoom, prepared: Prepared, tmp_path: Path
) -> None:
    """It may have been taken back after the backup was made."""
    room, link_id = issued_room, prepared.issued.link_id
    copy = Sha256(str(room.link(link_id).copy_sha256))
    stores = Stores(room.catalog, room.house.vault, room.house.public)
    made = make_backup(stores, tmp_path / "backup", by="a", at=room.clock.now(), say=quiet)
    assert made.missing == []
    room.house.vault.dispose(copy)
    lacking = make_backup(stores, tmp_path / "later", by="a", at=room.clock.now(), say=quiet)
    assert lacking.missing == [copy]
    new = local(Catalog(f"sqlite:///{tmp_path / 'new.db'}"), tmp_path / "new")
    restore_backup(new, Backup(tmp_path / "backup"), by="a", at=room.clock.now(), say=quiet)
    with new.catalog.read() as session:
        link = session.get_one(RecipientLink, link_id)
        assert why_closed(session, link, at=room.clock.now()) is Closed.REVOKED
        assert [one for one, _ in ended_links(session, at=room.clock.now())] == [link_id]
    new.catalog.close()


def test_every_gate_has_a_code_for_the_public() -> None:
    assert set(CODE) == set(GateName)
