"""What is asked, decided and redacted in the case that desk tests work on."""

from sqlalchemy.orm import Session

from bwc.canonical import JsonObject, digest
from bwc.catalog.tables import (
    Base,
    Certificate,
    Complaint,
    Decision,
    Fact,
    Hold,
    HoldKind,
    Obligation,
    ObligationState,
    Plan,
    RecordRequest,
    Release,
    ReleaseState,
    Rendering,
    RequestState,
    Verdict,
)
from bwc.clock import iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from tests.desk_ids import CASE, DAY, HOUR, NOW


def case_file() -> list[Base]:
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
                "net_days": 19,
                "gross_days": 21,
                "extensions_taken": 0,
                "could_extend_to": iso(NOW + 19 * DAY),
                "extensions": [
                    {
                        "granted_by": "the agency",
                        "ground": "unusual circumstances, by written notice",
                        "standard": None,
                        "written": True,
                        "notice_to": "requester",
                        "amount": "14 calendar days",
                        "taken": 0,
                        "at_most": 1,
                        "renew_every": None,
                        "could_extend_to": iso(NOW + 19 * DAY),
                    }
                ],
                "tolled": [{"for": "criminal stay", "days": 2}],
            }
        ],
        "draft": ["us-co.release.complaint"],
        "contested": [],
        "facts": {"request": {"id": "REQ-2026-0001", "received_at": iso(NOW - 3 * DAY)}},
        "packs": [{"id": "us-co", "version": "2026.1", "sha256": "0" * 64}],
    }


def decided() -> list[Base]:
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


def redacted(video: str, still: str) -> list[Base]:
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


def write_ledger(session: Session) -> None:
    """What the ledger says of the case so far."""
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
