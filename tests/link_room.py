"""A release room with somebody who asks in a right of his own, for tests of his link."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import sqlalchemy as sa

from api.desk.app import create_app
from bwc.access.passwords import hash_password
from bwc.access.roles import Actor
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.link import RecipientLink
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role, User
from bwc.errors import MediaError
from bwc.ids import UserId, new_id
from bwc.in_force import packs_in_force
from bwc.jobs.kinds import JobKind
from bwc.release.captions import attach_captions
from bwc.release.links import Issued, issue_link, revoke_link
from bwc.release.propose import propose_to_requester
from bwc.requests.receive import NewRequest, receive_request
from tests.desk_ids import PASSWORD
from tests.release_room import NOW, ROSA, ReleaseRoom
from tests.web import serving
from workers.context import StepContext
from workers.steps import STEPS, Steps

RECIPIENT = "Zoë Müller"
UNREADABLE = "the picture cannot be read"


def actor(role: Role = Role.RECORDS, name: str = ROSA) -> Actor:
    return Actor(UserId(new_id()), name, name.title(), role, None)


def no_copy(_context: StepContext) -> None:
    """As when the copy of a link cannot be made."""
    raise MediaError(UNREADABLE)


BROKEN: Steps = {**STEPS, JobKind.MARK: no_copy}


@dataclass
class LinkRoom(ReleaseRoom):
    """A room in which the subject asks too, and what the rules give him can be chosen."""

    request_id: str = field(default="", init=False)

    def ask(self, *, role: str = "subject", identity: str | None = "photo_id") -> str:
        """Somebody asks in a right of his own; the request's id."""
        with self.catalog.write() as session:
            row = receive_request(
                session,
                NewRequest(
                    requester_role=role,
                    channel="desk",
                    description="I am in it",
                    incident_id=self.incident_id,
                    requester_name=RECIPIENT,
                    identity_shown=identity,
                    received_at=NOW - timedelta(days=1),
                ),
                by=ROSA,
                at=NOW,
            )
            self.request_id = row.id
            session.commit()
        return self.request_id

    def propose_to_him(self) -> str:
        """Propose the recording for who asked; the release's id."""
        with self.catalog.write() as session:
            release = propose_to_requester(
                session,
                self.request_id,
                recording_id=self.recording_id,
                title="The stop that you asked for",
                summary="A driver is stopped and let go.",
                by=ROSA,
                at=self.clock.now(),
            )
            session.commit()
            return release.id

    def approved(self, *, outcome: str = "VIEW_ONLY", captions: bytes = b"") -> str:
        """A release to one person with every gate open, with captions where there are any; its id."""
        self.write_pack(outcome=outcome)
        self.open_case()
        self.ask()
        self.render()
        self.run()
        release_id = self.propose_to_him()
        if captions:
            with self.catalog.write() as session:
                vault, now = self.house.vault, self.clock.now()
                attach_captions(session, vault, release_id, body=captions, by=ROSA, at=now)
                session.commit()
        self.approve(release_id)
        self.run()
        return release_id

    def issue(
        self,
        release_id: str,
        *,
        days: int = 7,
        by: Actor | None = None,
        steps: Steps = STEPS,
    ) -> Issued:
        """Issue the link, and let the worker make the copy."""
        with self.catalog.write() as session:
            packs = packs_in_force(session, self.house.settings.department)
            issued = issue_link(
                session, release_id, days=days, by=by or actor(), packs=packs, at=self.clock.now()
            )
            session.commit()
        self.run(steps=steps)
        return issued

    def revoke(self, link_id: str) -> None:
        with self.catalog.write() as session:
            revoke_link(session, link_id, reason="Sent wrongly", by=actor(), at=self.clock.now())
            session.commit()

    def open_accounts(self, *roles: Role) -> None:
        """One account for each role, by its name."""
        hashed = hash_password(PASSWORD)
        with self.catalog.write() as session:
            session.add_all(
                User(username=role.value, name=role.value, password_hash=hashed, role=role, created_at=NOW)
                for role in roles
            )  # fmt: skip
            session.commit()

    def link(self, link_id: str) -> RecipientLink:
        with self.catalog.read() as session:
            return session.get_one(RecipientLink, link_id)

    def said_of_links(self) -> list[tuple[str, str]]:
        """The ledger's acts on links since they were issued, each with what it says of it."""
        with self.catalog.read() as session:
            rows = session.scalars(
                sa.select(CustodyEntry)
                .where(CustodyEntry.act.in_(("link viewed", "link refused")))
                .order_by(CustodyEntry.position)
            )
            return [(row.act, str(row.detail.get("shown") or row.detail["why"])) for row in rows]

    @contextmanager
    def browser(self) -> Iterator[httpx.Client]:
        """A browser-like client at the desk, signed in as nobody."""
        with (
            serving(create_app(house=self.house)) as address,
            httpx.Client(base_url=address, timeout=60) as one,
        ):
            yield one


@dataclass(frozen=True)
class Prepared:
    """A room whose link is issued, lying in a folder to be copied: making one takes seconds."""

    folder: Path
    outcome: str
    incident_id: str
    recording_id: str
    request_id: str
    release_id: str
    issued: Issued

    def reopened(self, folder: Path) -> LinkRoom:
        """The same room in another folder, for one test to change."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        room = LinkRoom(folder, Catalog(f"sqlite:///{folder / 'catalog.db'}"))
        room.write_pack(outcome=self.outcome)
        room.incident_id, room.recording_id = self.incident_id, self.recording_id
        room.request_id = self.request_id
        return room


def prepare(template: Path, folder: Path, *, outcome: str) -> Prepared:
    """Make a room with a link under this outcome, once."""
    shutil.copyfile(template, folder / "catalog.db")
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    room = LinkRoom(folder, catalog)
    release_id = room.approved(outcome=outcome)
    issued = room.issue(release_id)
    catalog.close()
    return Prepared(
        folder, outcome, room.incident_id, room.recording_id, room.request_id, release_id, issued
    )


def enter(browser: httpx.Client, issued: Issued) -> httpx.Response:
    """Give the code at the link's page."""
    return browser.post(f"/shared/{issued.token}", data={"code": issued.code})


def words_of(page: str) -> str:
    """The text of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
