"""What redaction leaves in the catalog: plans, renderings, certificates, each with its entry."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject, digest
from bwc.catalog.rendering import Certificate, Rendering, Verdict
from bwc.catalog.rendering import Plan as PlanRow
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, NotFound
from bwc.ids import Sha256, new_id
from bwc.redaction.by_hand import without_reason
from bwc.redaction.engine import Outcome
from bwc.redaction.keep_persons import carry_persons
from bwc.redaction.plan import Plan, parse_plan

ENGINE = "bwc"  # the author of a plan that no person made


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A rendering that lies in the vault."""

    sha256: Sha256
    size_bytes: int
    poster_sha256: Sha256 | None


def keep_plan(
    session: Session,
    plan: Plan,
    *,
    recording_id: str,
    author: str,
    job_id: str | None,
    at: datetime,
) -> PlanRow:
    """Add `plan` as the newest version of its recording's plans."""
    newest = sa.select(sa.func.max(PlanRow.version)).where(PlanRow.recording_id == recording_id)
    row = PlanRow(
        id=new_id(),
        recording_id=recording_id,
        version=(session.scalar(newest) or 0) + 1,
        sha256=plan.sha256,
        document=plan.document(),
        author=author,
        job_id=job_id,
        created_at=at,
    )
    session.add(row)
    session.flush()
    detail: JsonObject = {
        "recording_id": recording_id,
        "version": str(row.version),
        "sha256": row.sha256,
        "tracks": str(len(plan.tracks)),
        "change": without_reason(plan.history[-1].what) if plan.history else "",
    }
    about = About(Subject.PLAN, row.id)
    record(session, Act.PLAN_MADE, about=about, actor=author, at=at, detail=detail)
    return row


def keep_rendering(
    session: Session,
    outcome: Outcome,
    *,
    file: StoredFile,
    plan_row: PlanRow,
    job_id: str,
    at: datetime,
) -> Rendering:
    """Add a verified file, its certificate, and the plan it grew to where it grew.

    Raises:
        Conflict: nobody verified it.
    """
    if outcome.certificate is None or outcome.public_certificate is None:
        raise Conflict("a rendering without a certificate is not kept", where=plan_row.id)
    if plan_row.sha256 != outcome.plan.sha256:
        grown = keep_plan(
            session,
            outcome.plan,
            recording_id=plan_row.recording_id,
            author=plan_row.author,
            job_id=job_id,
            at=at,
        )
        carry_persons(session, plan_row, grown, at=at)
        plan_row = grown
    verdict = Verdict.FAILED if outcome.is_rejected else Verdict.PASSED
    row = Rendering(
        id=new_id(),
        recording_id=plan_row.recording_id,
        plan_id=plan_row.id,
        job_id=job_id,
        original_sha256=outcome.original_sha256,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        poster_sha256=file.poster_sha256,
        verdict=verdict,
        created_at=at,
    )
    session.add(row)
    session.flush()
    session.add(
        Certificate(
            id=new_id(),
            rendering_id=row.id,
            sha256=digest(outcome.certificate),
            document=outcome.certificate,
            public_document=outcome.public_certificate,
            created_at=at,
        )
    )
    _note_rendering(session, row, certificate_sha256=digest(outcome.certificate), at=at)
    return row


def plan_of(
    session: Session, *, plan_id: str | None = None, job_id: str | None = None
) -> PlanRow | None:
    """The plan with that id, or the first one that a job made."""
    if plan_id is not None:
        return session.get(PlanRow, plan_id)
    made = sa.select(PlanRow).where(PlanRow.job_id == job_id).order_by(PlanRow.version)
    return session.scalars(made).first()


def rendering_of(session: Session, job_id: str) -> Rendering | None:
    """The rendering that a job made."""
    return session.scalars(sa.select(Rendering).where(Rendering.job_id == job_id)).first()


def read_plan_row(row: PlanRow | None, *, where: str) -> Plan:
    """The plan in a row. Raises NotFound where there is none, InvalidInput where it is broken."""
    if row is None:
        raise NotFound("there is no plan to render", where=where)
    return parse_plan(row.document, where=row.id)


def _note_rendering(
    session: Session, row: Rendering, *, certificate_sha256: Sha256, at: datetime
) -> None:
    """The custody entry of a rendering."""
    detail: JsonObject = {
        "recording_id": row.recording_id,
        "plan_id": row.plan_id,
        "original_sha256": row.original_sha256,
        "sha256": row.sha256,
        "certificate_sha256": certificate_sha256,
        "verdict": row.verdict.value,
    }
    act = Act.RENDERING_MADE if row.verdict is Verdict.PASSED else Act.RENDERING_REJECTED
    about = About(Subject.RENDERING, row.id)
    record(session, act, about=about, actor=ENGINE, at=at, detail=detail)
