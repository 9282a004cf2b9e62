"""A desk to test: a house over a catalog, an account of every role, and one case half-way out."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import httpx
from sqlalchemy.orm import Session

from bwc.access.passwords import hash_password
from bwc.canonical import JsonObject, digest
from bwc.catalog.job import Job, JobState, Queue
from bwc.catalog.store import Catalog
from bwc.catalog.tables import (
    Assignment,
    Base,
    Call,
    CallUnit,
    Camera,
    Certificate,
    Complaint,
    Decision,
    Fact,
    Hold,
    HoldKind,
    Incident,
    Obligation,
    ObligationState,
    Officer,
    Plan,
    Recording,
    RecordingState,
    RecordRequest,
    Release,
    ReleaseState,
    Rendering,
    RequestState,
    Role,
    Shift,
    Tag,
    TagSource,
    User,
    Verdict,
)
from bwc.clock import FixedClock, iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.house import House
from bwc.settings import Desk, Settings
from bwc.vault.local import LocalPublicStore, LocalVault

NOW = datetime(2026, 3, 12, 16, 30, tzinfo=UTC)
PASSWORD = "quiet maple lantern orbit"
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Case:
    """The ids of what `furnish` wrote, by what they are."""

    incident: str = "01950000-0000-7000-8000-000000000001"
    second_incident: str = "01950000-0000-7000-8000-000000000002"
    decision: str = "01950000-0000-7000-8000-000000000003"
    obligation: str = "01950000-0000-7000-8000-000000000004"
    hold: str = "01950000-0000-7000-8000-000000000005"
    request: str = "01950000-0000-7000-8000-000000000006"
    own_recording: str = "01950000-0000-7000-8000-000000000011"
    other_recording: str = "01950000-0000-7000-8000-000000000012"
    quarantined: str = "01950000-0000-7000-8000-000000000013"
    untied: str = "01950000-0000-7000-8000-000000000014"
    plan: str = "01950000-0000-7000-8000-000000000021"
    rendering: str = "01950000-0000-7000-8000-000000000022"
    release: str = "01950000-0000-7000-8000-000000000023"
    running_job: str = "01950000-0000-7000-8000-000000000031"
    dead_job: str = "01950000-0000-7000-8000-000000000032"
    officer: str = "01950000-0000-7000-8000-000000000041"
    other_officer: str = "01950000-0000-7000-8000-000000000042"
    camera: str = "01950000-0000-7000-8000-000000000043"
    call: str = "01950000-0000-7000-8000-000000000044"


CASE = Case()
BADGE = "1204"
OTHER_BADGE = "1377"


def make_house(catalog: Catalog, folder: Path, *, port: int = 8081) -> House:
    """A house over `catalog`, its stores in `folder`, its clock at NOW."""
    settings = Settings(home=folder, desk=Desk(port=port), _env_file=None)
    return House(
        settings=settings,
        catalog=catalog,
        vault=LocalVault(folder / "vault"),
        public=LocalPublicStore(folder / "public"),
        clock=FixedClock(NOW),
    )


@contextmanager
def signed_in(desk: str, role: Role) -> Iterator[httpx.Client]:
    """A browser-like client at the address `desk`, signed in by the form; it follows nothing."""
    with httpx.Client(base_url=desk) as client:
        token = csrf_of(client.get("/sign-in").text)
        form = {"username": role.value, "password": PASSWORD, "csrf": token}
        assert client.post("/sign-in", data=form).status_code == HTTPStatus.SEE_OTHER
        yield client


def csrf_of(page: str) -> str:
    """The token that a page's forms carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def furnish(house: House, *, video: bytes = b"not a video", poster: bytes = b"no picture") -> Case:
    """Write one account per role (user name = role) and one case into an empty catalog."""
    proxy = house.vault.put(io.BytesIO(video)).sha256
    still = house.vault.put(io.BytesIO(poster)).sha256
    with house.catalog.write() as session:
        for rows in (
            _people(),
            _accounts(),
            _incidents(),
            _calls(),
            _recordings(proxy, still),
            _jobs(),
            _case_file(),
            _decided(),
            _redacted(proxy, still),
        ):
            for row in rows:
                session.add(row)
                session.flush()
        _write_ledger(session)
        session.commit()
    return CASE


def decision_document() -> JsonObject:
    """What the rules said of the case, as the policy writes it."""
    return {
        "audience": "public",
        "modality": "MUST",
        "outcome": "RELEASE_REDACTED",
        "until": None,
        "due": iso(NOW + 5 * DAY),
        "discretion": None,
        "obligations": [],
        "needs": [
            {"fact": "subject_consent", "role": "records", "due": iso(NOW + DAY)},
        ],
        "fired": [
            {
                "rule": "us-co.release.complaint",
                "title": "Recordings of an incident with a complaint of misconduct",
                "citation": "C.R.S. 24-31-902(2)(a)",
                "authority": "statute",
                "status": "draft",
                "basis": None,
            }
        ],
        "defeated": [
            {"rule": "us-co.privacy", "by": "us-co.release.complaint", "why": "more specific"}
        ],
        "clocks": [
            {
                "rule": "us-co.release.complaint",
                "what": "due",
                "text": "21 days from the request",
                "start": iso(NOW - 16 * DAY),
                "end": iso(NOW + 5 * DAY),
                "net_days": 21,
                "gross_days": 21,
                "could_extend_to": None,
            }
        ],
        "draft": ["us-co.release.complaint"],
        "contested": [],
        "packs": [{"id": "us-co", "version": "2026.1", "sha256": "0" * 64}],
    }


def _people() -> list[Base]:
    return [
        Officer(id=CASE.officer, badge=BADGE, name="R. Vega", unit="Patrol 2"),
        Officer(id=CASE.other_officer, badge=OTHER_BADGE, name="T. Okafor", unit="Patrol 1"),
        Camera(id=CASE.camera, serial="CAM-0417", model="B2"),
        Assignment(camera_id=CASE.camera, officer_id=CASE.officer, starts_at=NOW - 60 * DAY),
        *(
            Shift(officer_id=CASE.officer, starts_at=NOW - n * DAY - 4 * HOUR, ends_at=NOW - n * DAY + 4 * HOUR)
            for n in range(1, 5)
        ),
    ]  # fmt: skip


def _accounts() -> list[Base]:
    hashed = hash_password(PASSWORD)
    return [
        User(
            username=role.value,
            name=f"{role.value.title()} Person",
            password_hash=hashed,
            role=role,
            officer_id=CASE.officer if role is Role.OFFICER else None,
            created_at=NOW - 30 * DAY,
        )
        for role in Role
    ]


def _incidents() -> list[Base]:
    return [
        Incident(
            id=CASE.incident,
            number="2026-00412",
            title="Force during an arrest on Colfax Avenue",
            kind="uof_serious",
            occurred_at=NOW - 4 * DAY,
            district="District 2",
        ),
        Incident(
            id=CASE.second_incident,
            number="2026-00433",
            title="Traffic stop with a complaint",
            kind="other",
            occurred_at=NOW - 2 * DAY,
            district="District 5",
        ),
    ]


def _calls() -> list[Base]:
    rows: list[Base] = []
    for n in range(1, 5):
        received = NOW - n * DAY
        call_id = CASE.call if n == 4 else f"01950000-0000-7000-8000-00000000005{n}"
        rows.append(
            Call(
                id=call_id,
                number=f"C-10{n}",
                type="disturbance",
                priority=2,
                received_at=received,
                district="District 2",
                incident_id=CASE.incident if n == 4 else None,
            )
        )
        rows.append(
            CallUnit(
                call_id=call_id,
                officer_id=CASE.officer,
                dispatched_at=received + MINUTE,
                arrived_at=received + 5 * MINUTE,
                cleared_at=received + 25 * MINUTE,
            )
        )
    return rows


def _recording(recording_id: str, name: str, number: int, **more: object) -> Recording:
    values: dict[str, object] = {
        "size_bytes": 48_250_112,
        "container": "mp4",
        "video_codec": "h264",
        "width": 1920,
        "height": 1080,
        "has_audio": True,
        "duration_us": 754_000_000,
        "officer_id": CASE.officer,
        "camera_id": CASE.camera,
        "device_started_at": NOW - 4 * DAY + 4 * MINUTE,
        "started_at": NOW - 4 * DAY + 4 * MINUTE,
        "state": RecordingState.READY,
        "received_at": NOW - 3 * DAY,
        "fixity_checked_at": NOW - 3 * DAY,
    } | more
    return Recording(id=recording_id, sha256=f"{number:064x}", original_name=name, **values)


def _recordings(proxy: str, still: str) -> list[Base]:
    shown = {"proxy_sha256": proxy, "poster_sha256": still}
    return [
        _recording(CASE.own_recording, "BWC_0417_0007.mp4", 1, **shown),
        _recording(
            CASE.other_recording,
            "BWC_0588_0012.mp4",
            2,
            officer_id=CASE.other_officer,
            camera_id=None,
            **shown,
        ),
        _recording(
            CASE.quarantined,
            "BWC_0417_0008.mp4",
            3,
            state=RecordingState.QUARANTINED,
            quarantine_reason="not playable: the index (moov) is missing",
            duration_us=None,
            width=None,
            has_audio=None,
        ),
        _recording(CASE.untied, "BWC_0417_0009.mp4", 4, started_at=None, **shown),
        *(
            Tag(
                recording_id=recording_id,
                call_id=CASE.call,
                incident_id=CASE.incident,
                confidence=0.97,
                explanation="Officer 1204 was on call C-104 for 12 of its 13 minutes.",
                source=TagSource.MATCHER,
                author="matcher",
                created_at=NOW - 3 * DAY,
            )
            for recording_id in (CASE.own_recording, CASE.other_recording)
        ),
        Tag(
            recording_id=CASE.untied,
            confidence=0.0,
            explanation="It is not known when this recording began.",
            source=TagSource.MATCHER,
            author="matcher",
            created_at=NOW - 3 * DAY,
        ),
    ]


def _jobs() -> list[Base]:
    return [
        Job(
            id=CASE.running_job,
            kind="render",
            queue=Queue.RENDER,
            subject_id=CASE.other_recording,
            arguments={},
            state=JobState.RUNNING,
            attempt=1,
            max_attempts=5,
            run_after=NOW - HOUR,
            progress=0.42,
            stage="drawing",
            requested_by="records",
            created_at=NOW - HOUR,
        ),
        Job(
            id=CASE.dead_job,
            kind="derive",
            queue=Queue.INTAKE,
            subject_id=CASE.quarantined,
            arguments={},
            state=JobState.DEAD,
            attempt=1,
            max_attempts=5,
            run_after=NOW - 2 * HOUR,
            reason="the file ends in the middle of a frame",
            requested_by="intake",
            created_at=NOW - 2 * HOUR,
            finished_at=NOW - HOUR,
        ),
    ]


def _case_file() -> list[Base]:
    return [
        RecordRequest(
            id=CASE.request,
            number="REQ-2026-0001",
            incident_id=CASE.incident,
            received_at=NOW - 3 * DAY,
            channel="mail",
            requester_role="press",
            requester_name="Dana Whitfield",
            requester_contact="dana@example.org",
            description="All recordings of the arrest on Colfax Avenue.",
            state=RequestState.OPEN,
        ),
        Complaint(
            number="CMP-2026-0001",
            incident_id=CASE.incident,
            filed_at=NOW - 3 * DAY,
            filed_by="civilian",
            about_misconduct=True,
            description="The officer used force after the person lay down.",
        ),
        Hold(
            id=CASE.hold,
            incident_id=CASE.incident,
            kind=HoldKind.LITIGATION,
            blocks_release=False,
            reason="Letter of counsel of 9 March",
            ordered_by="supervisor",
            placed_at=NOW - 2 * DAY,
        ),
        Fact(
            incident_id=CASE.incident,
            name="injury_level",
            value={"value": "minor"},
            source="use of force report",
            asserted_by="records",
            asserted_at=NOW - 3 * DAY,
        ),
    ]


def _decided() -> list[Base]:
    document = decision_document()
    return [
        Decision(
            id=CASE.decision,
            incident_id=CASE.incident,
            audience="public",
            modality="MUST",
            outcome="RELEASE_REDACTED",
            due_at=NOW + 5 * DAY,
            rests_on_draft=True,
            document=document,
            sha256=digest(document),
            decided_at=NOW - 2 * DAY,
        ),
        Obligation(
            id=CASE.obligation,
            incident_id=CASE.incident,
            decision_id=CASE.decision,
            kind="NOTIFY",
            recipient="next_of_kin",
            owner_role="records",
            due_at=NOW - 2 * HOUR,
            blocks_release=True,
            state=ObligationState.OPEN,
        ),
        Obligation(
            incident_id=CASE.incident,
            decision_id=CASE.decision,
            kind="NEED_FACT",
            recipient="records",
            element="subject_consent",
            owner_role="records",
            due_at=NOW + DAY,
            blocks_release=True,
            state=ObligationState.OPEN,
        ),
    ]


def _redacted(video: str, still: str) -> list[Base]:
    certificate: JsonObject = {
        "verdict": "passed",
        "frames": 22620,
        "tracks": {"face": 4, "head": 6},
        "share_hidden": 0.083,
        "findings": [],
    }
    return [
        Plan(
            id=CASE.plan,
            recording_id=CASE.own_recording,
            version=1,
            sha256="a" * 64,
            document={},
            author="analysis",
            created_at=NOW - DAY,
        ),
        Rendering(
            id=CASE.rendering,
            recording_id=CASE.own_recording,
            plan_id=CASE.plan,
            original_sha256=f"{1:064x}",
            sha256=video,
            size_bytes=44_120_332,
            poster_sha256=still,
            verdict=Verdict.PASSED,
            created_at=NOW - DAY,
        ),
        Certificate(
            rendering_id=CASE.rendering,
            sha256="b" * 64,
            document=certificate,
            public_document=certificate,
            created_at=NOW - DAY,
        ),
        Release(
            id=CASE.release,
            incident_id=CASE.incident,
            recording_id=CASE.own_recording,
            decision_id=CASE.decision,
            audience="public",
            title="Arrest on Colfax Avenue, 8 March 2026",
            summary="Officers answer a call about a disturbance. One of them uses force.",
            state=ReleaseState.PROPOSED,
            proposed_by="records",
            proposed_at=NOW - HOUR,
        ),
    ]


def _write_ledger(session: Session) -> None:
    acts = (
        (Act.INGESTION, About(Subject.RECORDING, CASE.own_recording), 3 * DAY),
        (Act.MATCHING, About(Subject.RECORDING, CASE.own_recording), 3 * DAY),
        (Act.FACT_ASSERTION, About(Subject.INCIDENT, CASE.incident), 3 * DAY),
        (Act.RELEASE_PROPOSED, About(Subject.RELEASE, CASE.release), HOUR),
    )
    for act, about, ago in acts:
        record(
            session, act, about=about, actor="records", at=NOW - ago, detail={"sha256": "a" * 64}
        )
