"""An archive for tests: one old recording with all that was made from it, and short rules."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from typing_extensions import override

from bwc.access.roles import Actor
from bwc.canonical import Json, digest
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.disposal import DisposalItem
from bwc.catalog.incident import Incident
from bwc.catalog.job import Job
from bwc.catalog.recording import Recording, RecordingState, Tag, TagSource
from bwc.catalog.rendering import PersonCrop, Plan, Rendering, Verdict
from bwc.catalog.request import HoldKind
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role
from bwc.clock import FixedClock
from bwc.errors import TransientError
from bwc.house import House
from bwc.ids import Sha256, UserId, new_id
from bwc.jobs.kinds import JobKind
from bwc.policy.packs import load_packs
from bwc.requests.facts import assert_fact
from bwc.requests.holds import place_hold
from bwc.requests.receive import NewRequest, receive_request
from bwc.retention import disposal
from bwc.retention.schedule import Scheduled, schedule
from bwc.settings import Department, Settings
from bwc.vault.local import LocalPublicStore, LocalVault
from workers.run import run_job
from workers.steps import STEPS

ZONE = ZoneInfo("America/Denver")
RECORDED = datetime(2026, 1, 5, 18, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 18, 0, tzinfo=UTC)
DELAY = timedelta(days=14)

PACK = """
id: test
title: A test policy
version: "1"
jurisdiction: Testland
authority: state_statute
timezone: America/Denver
sources: {text: "https://example.org/law"}
"""
RULE = """
  - id: test.{name}
    title: {title}
    citation: T.S. § 1
    source: [text]
    read_on: 2026-01-01
    basis: found
    status: {status}
    when: {when}
    then:
      {then}
"""
VERIFIED = 'verified\n    verified_by: "A. Lawyer"\n    verified_on: 2026-01-02'
DRAFT = "draft\n    to_verify: everything"
FLOOR = ("ninety", "always", "keep: {after: recording.start, amount: 90}")
FLAGGED = (
    "flagged",
    "{evidence_in_prosecution: true}",
    "keep: {after: recording.start, amount: 2, unit: years}",
)
CEILING = ("sixty", "always", "delete_by: {after: recording.start, amount: 60}")


def person(name: str, role: Role = Role.SUPERVISOR) -> Actor:
    return Actor(UserId(name), name, name.title(), role, None)


ROSA, SAM = person("rosa", Role.RECORDS), person("sam")


class Dying(LocalVault):
    """A vault whose process dies after it destroyed so many objects."""

    left = 1 << 30

    @override
    def dispose(self, sha256: Sha256) -> None:
        if self.left == 0:
            raise TransientError("the power went")
        self.left -= 1
        super().dispose(sha256)


@dataclass
class Archive:
    """One incident with one old recording and all that was made from it."""

    folder: Path
    catalog: Catalog

    def __post_init__(self) -> None:
        self.clock = FixedClock(NOW)
        self.vault = Dying(self.folder / "vault")
        department = Department(packs=["test"], policies=self.folder / "policies")
        self.house = House(
            settings=Settings(home=self.folder / "home", department=department),
            catalog=self.catalog,
            vault=self.vault,
            public=LocalPublicStore(self.folder / "public"),
            clock=self.clock,
        )
        self.write_pack(FLOOR, FLAGGED)
        self.incident_id, self.recording_id = new_id(), new_id()
        self.fill()

    def write_pack(self, *rules: tuple[str, str, str], status: str = VERIFIED) -> None:
        home = self.folder / "policies" / "test"
        (home / "rules").mkdir(parents=True, exist_ok=True)
        (home / "pack.yaml").write_text(PACK)
        text = "".join(
            RULE.format(name=name, title=f"Rule {name}", when=when, then=then, status=status)
            for name, when, then in rules
        )
        (home / "rules" / "retention.yaml").write_text(f"rules:{text}")

    def fill(self) -> None:
        names = (
            b"original",
            b"proxy",
            b"outline",
            b"poster",
            b"rendering",
            b"its poster",
            b"a person",
        )
        original, proxy, outline, poster, film, cover, crop = (
            self.vault.put(io.BytesIO(name)).sha256 for name in names
        )
        self.bytes = {original, proxy, outline, poster, film, cover, crop}
        with self.catalog.write() as session:
            session.add(
                Incident(
                    id=self.incident_id,
                    number="I-1",
                    title="Stop",
                    kind="stop",
                    occurred_at=RECORDED,
                    district="North",
                )
            )
            session.add(
                Recording(
                    id=self.recording_id,
                    sha256=original,
                    size_bytes=8,
                    original_name="a.mp4",
                    state=RecordingState.READY,
                    received_at=RECORDED,
                    started_at=RECORDED,
                    poster_sha256=poster,
                    proxy_sha256=proxy,
                    outline_sha256=outline,
                )
            )
            session.flush()
            session.add(self.tag(self.incident_id))
            plan = self.plan()
            session.add(plan)
            session.flush()
            session.add(self.crop(crop, plan.id))
            session.add(
                Rendering(
                    id=new_id(),
                    recording_id=self.recording_id,
                    plan_id=plan.id,
                    original_sha256=original,
                    sha256=film,
                    size_bytes=9,
                    poster_sha256=cover,
                    verdict=Verdict.PASSED,
                    created_at=RECORDED,
                )
            )
            session.commit()

    def plan(self) -> Plan:
        return Plan(
            id=new_id(),
            recording_id=self.recording_id,
            version=1,
            sha256=digest({"version": 1}),
            document={"version": 1},
            author="engine",
            created_at=RECORDED,
        )

    def crop(self, sha256: str, plan_id: str) -> PersonCrop:
        return PersonCrop(
            recording_id=self.recording_id,
            plan_id=plan_id,
            person=1,
            sha256=sha256,
            size_bytes=8,
            created_at=RECORDED,
        )

    def tag(self, incident_id: str | None) -> Tag:
        return Tag(
            id=new_id(),
            recording_id=self.recording_id,
            incident_id=incident_id,
            confidence=1.0,
            explanation="",
            source=TagSource.PERSON,
            author="rosa",
            created_at=RECORDED,
        )

    def now(self) -> datetime:
        return self.clock.now().astimezone(ZONE)

    def schedule(self) -> Scheduled:
        packs = load_packs(["test"], self.folder / "policies")
        with self.catalog.read() as session:
            return schedule(session, packs, self.recording_id, at=self.now())

    def assert_fact(self, name: str, *, value: Json) -> None:
        with self.catalog.write() as session:
            assert_fact(
                session,
                self.incident_id,
                name=name,
                value=value,
                source="report",
                by="rosa",
                at=self.clock.now(),
            )
            session.commit()

    def hold(self) -> None:
        with self.catalog.write() as session:
            place_hold(
                session,
                self.incident_id,
                kind=HoldKind.LITIGATION,
                reason="A letter of counsel",
                blocks_release=False,
                by="sam",
                at=self.clock.now(),
            )
            session.commit()

    def ask(self) -> None:
        with self.catalog.write() as session:
            asked = NewRequest(
                requester_role="press",
                channel="email",
                description="All footage",
                incident_id=self.incident_id,
                requester_name="Ada",
                received_at=self.clock.now(),
            )
            receive_request(session, asked, by="rosa", at=self.clock.now())
            session.commit()

    def propose(self, by: Actor = ROSA) -> str:
        packs = load_packs(["test"], self.folder / "policies")
        with self.catalog.write() as session:
            row = disposal.propose(session, packs, [self.recording_id], by=by, at=self.now())
            session.commit()
            return row.number

    def approve(self, number: str, by: Actor = SAM, *, accept_draft: bool = False) -> None:
        packs = load_packs(["test"], self.folder / "policies")
        with self.catalog.write() as session:
            disposal.approve(
                session,
                packs,
                number,
                by=by,
                at=self.now(),
                delay=DELAY,
                accept_draft=accept_draft,
            )
            session.commit()

    def run(self) -> Job:
        """Run the job of the disposal, whether or not it is due; how it ended."""
        with self.catalog.read() as session:
            job_id = session.scalars(
                sa.select(Job.id).where(Job.kind == JobKind.DISPOSE.value)
            ).one()
        run_job(self.house, job_id, steps=STEPS, worker="w")
        with self.catalog.read() as session:
            return session.get_one(Job, job_id)

    def agreed(self) -> str:
        number = self.propose()
        self.approve(number)
        return number

    def item(self) -> DisposalItem:
        with self.catalog.read() as session:
            return session.scalars(sa.select(DisposalItem)).one()

    def acts(self) -> list[str]:
        with self.catalog.read() as session:
            entries = sa.select(CustodyEntry.act).order_by(CustodyEntry.position)
            return [act for act in session.scalars(entries) if "dispos" in act or act == "deletion"]

    def left(self) -> set[str]:
        return set(self.vault.addresses())
