"""A release room for tests: a case ready to be published, real stores, and a worker at hand."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from typing_extensions import override

from bwc.canonical import Json
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.incident import Incident
from bwc.catalog.job import Job, JobState
from bwc.catalog.people import Camera, Officer
from bwc.catalog.recording import Recording, RecordingState, Tag, TagSource
from bwc.catalog.release import Obligation, Release
from bwc.catalog.rendering import Verdict
from bwc.catalog.store import Catalog
from bwc.clock import FixedClock
from bwc.house import House
from bwc.ids import new_id
from bwc.jobs.kinds import JobKind
from bwc.release.approve import approve
from bwc.release.gates import Gate, gates
from bwc.release.obligations import prove
from bwc.release.propose import propose
from bwc.requests.facts import assert_fact
from bwc.requests.receive import NewComplaint, NewRequest, receive_complaint, receive_request
from bwc.settings import Department, Settings
from bwc.vault.local import LocalPublicStore, LocalVault
from bwc.vault.protocol import Stored
from tests.docks import small_clip
from tests.rendered import add_plan, add_rendering
from workers.run import run_job
from workers.steps import STEPS, Steps

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
OFFICER, SERIAL, FILE = "Pat Example", "BX-99-4711", "BX994711_20260210.mp4"
TITLE = "Traffic stop on Alder Street"
ROSA, SAM = "rosa", "sam"  # she proposes, he approves

PACK = """
id: test
title: A test policy
version: "{version}"
jurisdiction: Testland
authority: state_statute
timezone: America/Denver
sources: {{text: "https://example.org/law"}}
"""
RULES = """
rules:
  - id: test.complained-of
    title: Footage of a complained-of incident is released on request
    citation: T.S. § 1
    source: [text]
    read_on: 2026-01-01
    basis: found
    status: {status}
    {verified}
    when:
      all:
        - some: complaints
          where: {{about_misconduct: true}}
        - request: {{stated: true}}
    then:
      modality: {modality}
      outcome: {outcome}
      {discretion}
      due: {{after: request.received_at, amount: 21}}
  - id: test.family-first
    title: The family sees footage of a death 72 hours before the public
    citation: T.S. § 2
    source: [text]
    read_on: 2026-01-01
    basis: found
    status: {status}
    {verified}
    when: {{injury_level: death}}
    then:
      obligations:
        - kind: OFFER_VIEWING
          to: next_of_kin
          lead: {{amount: 72, unit: hours}}
          met_by:
            some: notices
            where: {{to: next_of_kin, sent_at: {{stated: true}}}}
"""


class Moment(Enum):
    """When a watched store calls."""

    BEFORE = "before"
    AFTER = "after"


class WatchedStore(LocalPublicStore):
    """A public store that calls before and after each new object."""

    def __init__(self, folder: Path, called: Callable[[str, Moment], None]) -> None:
        super().__init__(folder)
        self._called = called

    @override
    def put(self, key: str, source: BinaryIO, *, content_type: str) -> Stored:
        self._called(key, Moment.BEFORE)
        stored = super().put(key, source, content_type=content_type)
        self._called(key, Moment.AFTER)
        return stored


@dataclass
class ReleaseRoom:
    """One case with everything a release needs, unless a test takes something away."""

    folder: Path
    catalog: Catalog
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    incident_id: str = ""
    recording_id: str = ""
    original: bytes = field(default=b"the original" * 100, repr=False)

    def __post_init__(self) -> None:
        self.write_pack()
        home = self.folder / "home"
        self.house = House(
            settings=Settings(
                home=home,
                department=Department(
                    name="Testland Police", packs=["test"], policies=self.folder / "policies"
                ),
            ),
            catalog=self.catalog,
            vault=LocalVault(self.folder / "vault"),
            public=LocalPublicStore(self.folder / "public"),
            clock=self.clock,
        )
        self.film = small_clip(self.folder / "film.mp4", audio=True, seconds=1.0).read_bytes()

    def watch_store(self, called: Callable[[str, Moment], None]) -> None:
        """Call `called` with the key before and after each new public object."""
        self.house = replace(self.house, public=WatchedStore(self.folder / "public", called))

    def write_pack(
        self,
        *,
        status: str = "verified",
        modality: str = "MUST",
        outcome: str = "RELEASE_REDACTED",
        version: str = "1",
    ) -> None:
        """Put the department's rules into force."""
        home = self.folder / "policies" / "test"
        (home / "rules").mkdir(parents=True, exist_ok=True)
        (home / "pack.yaml").write_text(PACK.format(version=version))
        verified = 'verified_by: "A. Lawyer"\n    verified_on: 2026-01-02'
        rules = RULES.format(
            status=status,
            verified=verified if status == "verified" else "to_verify: everything",
            modality=modality,
            outcome=outcome,
            discretion="discretion: chief" if modality == "MAY" else "",
        )
        (home / "rules" / "release.yaml").write_text(rules)

    def open_case(self, *, injury: Json = "minor") -> None:
        """An incident with its recording, a request, a complaint and the fact that matters."""
        with self.catalog.write() as session:
            self._people_and_footage(session)
            asked = NewRequest(
                requester_role="press",
                channel="email",
                description="All footage of the stop",
                incident_id=self.incident_id,
                requester_name="Ada Requester",
                received_at=NOW - timedelta(days=5),
            )
            receive_request(session, asked, by=ROSA, at=NOW)
            complained = NewComplaint(
                filed_by="civilian",
                about_misconduct=True,
                description="He pushed me.",
                incident_id=self.incident_id,
            )
            receive_complaint(session, complained, by=ROSA, at=NOW)
            assert_fact(
                session,
                self.incident_id,
                name="injury_level",
                value=injury,
                source="report",
                by=ROSA,
                at=NOW,
            )
            session.commit()

    def render(
        self,
        *,
        verdict: Verdict = Verdict.PASSED,
        original: str | None = None,
        muted: Sequence[Json] = (),
        hide: Sequence[Json] = ("face", "head"),
    ) -> str:
        """A redacted file of the recording, its plan, poster and certificate; the rendering's id.

        `muted` is what the plan mutes and `hide` what it was asked to hide, as its document says it.
        """
        with self.catalog.write() as session:
            plan = add_plan(session, self.recording_id, muted=muted, hide=hide, at=self.clock.now())
            rendering = add_rendering(
                session, plan, self.files(), verdict=verdict, original=original
            )
            session.commit()
            return rendering.id

    def files(self) -> tuple[Stored, Stored]:
        """A redacted film and its poster, in the vault."""
        vault = self.house.vault
        poster = vault.put(io.BytesIO(b"\xff\xd8\xff\xe0 a poster"))
        return vault.put(io.BytesIO(self.film)), poster

    def propose(self, *, title: str = TITLE, by: str = ROSA) -> str:
        """Propose the recording; the release's id."""
        with self.catalog.write() as session:
            release = propose(
                session,
                recording_id=self.recording_id,
                title=title,
                summary="A driver is stopped and let go.",
                by=by,
                at=self.clock.now(),
            )
            session.commit()
            return release.id

    def approve(self, release_id: str, *, by: str = SAM, accept_draft: bool = False) -> None:
        """Approve it as a second person."""
        with self.catalog.write() as session:
            approve(session, release_id, by=by, at=self.clock.now(), accept_draft=accept_draft)
            session.commit()

    def ready(self) -> str:
        """A proposed release with everything but its approval; its id."""
        self.open_case()
        self.render()
        self.run()
        return self.propose()

    def prove_all(self) -> None:
        """Prove every open obligation that blocks."""
        with self.catalog.write() as session:
            for row in session.scalars(
                sa.select(Obligation).where(
                    Obligation.state == "open", Obligation.blocks_release.is_(True)
                )
            ).all():
                prove(session, row.id, proof="Letter of today", by=ROSA, at=self.clock.now())
            session.commit()

    def run(self, *, steps: Steps = STEPS) -> None:
        """Work until nothing that is due now is left."""
        while (job_id := self._next_job()) is not None:
            run_job(self.house, job_id, steps=steps, worker="w")

    def jobs(self, kind: JobKind) -> list[Job]:
        """All jobs of a kind, in the order they were asked for."""
        with self.catalog.read() as session:
            rows = session.scalars(sa.select(Job).where(Job.kind == kind.value).order_by(Job.id))
            return list(rows)

    def release(self, release_id: str) -> Release:
        with self.catalog.read() as session:
            return session.get_one(Release, release_id)

    def gates(self, release_id: str) -> dict[str, Gate]:
        with self.catalog.read() as session:
            release = session.get_one(Release, release_id)
            return {gate.name.value: gate for gate in gates(session, release, self.clock.now())}

    def closed(self, release_id: str) -> list[str]:
        return [name for name, gate in self.gates(release_id).items() if not gate.open]

    def acts(self) -> list[str]:
        with self.catalog.read() as session:
            rows = sa.select(CustodyEntry.act).order_by(CustodyEntry.position)
            return list(session.scalars(rows))

    def public_keys(self) -> list[str]:
        return list(self.house.public.keys())

    def is_listed(self, release_id: str) -> bool:
        return self.house.public.has(f"releases/{release_id}/manifest.json")

    def _next_job(self) -> str | None:
        with self.catalog.read() as session:
            due = sa.select(Job.id).where(
                Job.state == JobState.WAITING, Job.run_after <= self.clock.now()
            )
            return session.scalars(due.order_by(Job.id).limit(1)).first()

    def _people_and_footage(self, session: sa.orm.Session) -> None:
        original = self.house.vault.put(io.BytesIO(self.original))
        officer = Officer(id=new_id(), badge="4711", name=OFFICER, unit="Patrol")
        camera = Camera(id=new_id(), serial=SERIAL, model="B1")
        incident = Incident(
            id=new_id(),
            number="26-000101",
            title="Stop",
            kind="traffic stop",
            occurred_at=NOW - timedelta(days=20),
            district="North",
        )
        session.add_all([officer, camera, incident])
        session.flush()
        recording = Recording(
            id=new_id(),
            sha256=original.sha256,
            size_bytes=original.size_bytes,
            original_name=FILE,
            width=160,
            height=90,
            has_audio=True,
            duration_us=1_000_000,
            officer_id=officer.id,
            camera_id=camera.id,
            started_at=NOW - timedelta(days=20),
            state=RecordingState.READY,
            received_at=NOW - timedelta(days=19),
        )
        session.add(recording)
        session.flush()
        self.incident_id, self.recording_id = incident.id, recording.id
        self.tag(session, incident.id)

    def tag(self, session: sa.orm.Session, incident_id: str | None) -> None:
        """Tie the recording to an incident, as staff do."""
        session.add(
            Tag(
                id=new_id(),
                recording_id=self.recording_id,
                incident_id=incident_id,
                confidence=1.0,
                explanation="by hand",
                source=TagSource.PERSON,
                author=ROSA,
                created_at=self.clock.now(),
            )
        )
        session.flush()
