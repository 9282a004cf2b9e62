"""What is due: one item per piece of work that waits for a person, in the order it is due.

Nothing is stored for it: the queue is what the catalog says now, so that it cannot go stale.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.incident import Incident
from bwc.catalog.job import Job, JobState
from bwc.catalog.recording import Recording, RecordingState
from bwc.catalog.release import (
    DELETION,
    Decision,
    Obligation,
    ObligationState,
    Release,
    ReleaseState,
)
from bwc.catalog.rendering import Plan, Rendering, Verdict
from bwc.catalog.request import RecordRequest, RequestState
from bwc.catalog.views.cases import PUBLIC
from bwc.catalog.views.comments import sent_back
from bwc.catalog.views.due_clock import DueClock, due_clock
from bwc.catalog.views.jobs import list_unmended
from bwc.catalog.views.links import MARKING, Waiting, list_waiting
from bwc.catalog.views.outdated import outdated_approvals
from bwc.catalog.views.recordings import list_needing_a_look, newest_tags
from bwc.catalog.views.signatures import UNSIGNED, Signed, signatures_of

NEVER = datetime.max.replace(tzinfo=UTC)
MISSING_FACT = "NEED_FACT"  # the obligation to find out a fact that the rules ask for
REDACTING = ("analyse", "render")
ON_ITS_WAY = (ReleaseState.PROPOSED, ReleaseState.APPROVED)
MUST_APPROVE = "a second person must approve"
TO_SIGN = "the plan was changed: a second person must approve, which renders it"


class Step(StrEnum):
    """What someone has to do next."""

    STATE_FACT = "State a fact"
    PROVE = "Prove"
    DESTROY = "Destroy footage"
    REDACT = "Redact"
    REVIEW = "Review the redaction"
    PROPOSE = "Propose release"
    APPROVE = "Approve"
    WAIT = "Wait"
    TIE_RECORDING = "Tie to an incident"
    TIE_REQUEST = "Tie the request"
    INSPECT = "Inspect"
    MEND = "Look at the job"


STEP_OF = {MISSING_FACT: Step.STATE_FACT, DELETION: Step.DESTROY}  # any other duty is proven


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One piece of work. `subject_id` is what the step is done to; `why` says what it is for.

    `fact` is the name of the one that the rules ask for; `clock` is the rule's clock that `due_at`
    comes from, where it is the decision's own.
    """

    step: Step
    subject_id: str
    title: str
    why: str
    due_at: datetime | None
    incident_id: str | None = None
    role: str | None = None
    fact: str | None = None
    release_id: str | None = None
    clock: DueClock | None = None

    @property
    def piece(self) -> tuple[str, str]:
        """What a person takes when he takes it."""
        return self.step.value, self.subject_id


@dataclass(frozen=True, slots=True)
class _Footage:
    """How far one recording of a decided incident has come."""

    recording_id: str
    name: str
    rendering: Verdict | None
    release_id: str | None
    release: ReleaseState | None
    job: str | None
    is_changed: bool  # the plan, since it was rendered
    sent_back: str | None
    again: str | None  # why its approval stands no more
    signed: Signed


def list_work(session: Session, *, at: datetime, releasing: frozenset[str]) -> list[WorkItem]:
    """Everything that waits for a person, what is due first coming first.

    Args:
        session: a session of the catalog.
        at: now.
        releasing: the outcomes that let footage out.
    """
    cases = _standing(session)
    items = [
        *_obligations(session, {decision.id: decision for decision, _ in cases}),
        *_releases(session, [case for case in cases if case[0].outcome in releasing]),
        *_to_recipients(session),
        *_recordings(session),
        *_requests(session),
        *_dead_jobs(session, at=at),
    ]
    # What two decisions ask for alike is one piece of work, that of the first.
    items = list({item.piece: item for item in reversed(items)}.values())[::-1]
    return sorted(items, key=lambda item: (item.due_at or NEVER, list(Step).index(item.step)))


def pieces_waiting(
    session: Session, *, at: datetime, releasing: frozenset[str]
) -> frozenset[tuple[str, str]]:
    """Every piece of work that waits now, by its step and what that is done to."""
    return frozenset(item.piece for item in list_work(session, at=at, releasing=releasing))


def _standing(session: Session) -> list[tuple[Decision, Incident]]:
    """What stands decided for the public, with its incident."""
    query = (
        sa.select(Decision, Incident)
        .join(Incident, Incident.id == Decision.incident_id)
        .where(Decision.superseded_at.is_(None), Decision.audience == PUBLIC)
        .order_by(Decision.id)
    )
    return [(decision, incident) for decision, incident in session.execute(query)]


def _obligations(session: Session, standing: dict[str, Decision]) -> list[WorkItem]:
    """What must be proven before release or by a day; standing duties are on the incident's page."""
    query = (
        sa.select(Obligation, Incident)
        .join(Incident, Incident.id == Obligation.incident_id)
        .where(
            Obligation.state == ObligationState.OPEN,
            sa.or_(Obligation.blocks_release, Obligation.due_at.is_not(None)),
        )
        .order_by(Obligation.id)
    )
    return [
        WorkItem(
            step=STEP_OF.get(row.kind, Step.PROVE),
            subject_id=row.id,
            title=f"{incident.number} {incident.title}",
            why=_duty(row),
            due_at=row.due_at,
            incident_id=incident.id,
            role=row.owner_role,
            fact=row.element if row.kind == MISSING_FACT else None,
            clock=_clock(standing.get(row.decision_id), row.due_at),
        )
        for row, incident in session.execute(query)
    ]


def _clock(decision: Decision | None, due_at: datetime | None) -> DueClock | None:
    """The clock of a decision, for what is due when the decision is."""
    if decision is None or due_at is None or due_at != decision.due_at:
        return None
    return due_clock(decision.document)


def _duty(row: Obligation) -> str:
    if row.kind == MISSING_FACT:
        return "the rules ask for a fact"
    words = [row.kind.replace("_", " ").lower()]
    words += [f"to {row.recipient}"] if row.recipient else []
    words += [f"({row.element})"] if row.element else []
    words += ["before release"] if row.blocks_release else []
    return " ".join(words).replace("_", " ")


def _releases(session: Session, cases: list[tuple[Decision, Incident]]) -> list[WorkItem]:
    """The next step of each recording that the rules let out and that is not out yet."""
    footage = _footage(session, [incident.id for _, incident in cases])
    items: list[WorkItem] = []
    for decision, incident in cases:
        clock = due_clock(decision.document)
        for one in footage.get(incident.id, []):
            step, why = _next_step(one)
            if step is None:
                continue
            items.append(
                WorkItem(
                    step=step,
                    subject_id=one.recording_id,
                    title=f"{incident.number} {incident.title}",
                    why=f"{one.name}: {why}",
                    due_at=decision.due_at,
                    incident_id=incident.id,
                    release_id=one.release_id,
                    clock=clock,
                )
            )
    return items


def _to_recipients(session: Session) -> list[WorkItem]:
    """Releases to one person that wait for the second person, or first for who redacts."""
    waiting = list_waiting(session)
    signed = signatures_of(session, [one.release.id for one in waiting])
    return [_for_one_person(one, signed.get(one.release.id, UNSIGNED)) for one in waiting]


def _for_one_person(one: Waiting, signed: Signed) -> WorkItem:
    lines = (
        (signed.waits is not None, Step.WAIT, signed.waits or ""),
        (one.has_failed, Step.REVIEW, "redacted again; verification found people in plain sight"),
        (one.again is not None, Step.APPROVE, one.again or ""),
    )
    found = ((step, why) for holds, step, why in lines if holds)
    step, why = next(found, (Step.APPROVE, MUST_APPROVE))
    words = f"for {one.release.audience.replace('_', ' ')}: {why}"
    is_review = step is Step.REVIEW
    return WorkItem(
        step=step,
        subject_id=one.release.recording_id if is_review else one.release.id,
        title=f"{one.incident.number} {one.incident.title}",
        why="; ".join(filter(None, (signed.lapsed, words))),
        due_at=one.due_at,
        incident_id=one.incident.id,
        release_id=None if is_review else one.release.id,
    )


def _next_step(one: _Footage) -> tuple[Step | None, str]:
    """What comes next for one recording, and why: the first line that holds."""
    waits, lapsed = one.signed.waits, one.signed.lapsed
    lines = (
        (one.release in (ReleaseState.PUBLISHED, ReleaseState.WITHDRAWN), None, ""),
        (one.job is not None, Step.WAIT, "; ".join(filter(None, (waits, one.job)))),
        (waits is not None, Step.WAIT, waits or ""),
        (one.rendering is None, Step.REDACT, "the rules let it out; nothing is hidden yet"),
        (one.sent_back is not None, Step.REVIEW, one.sent_back or ""),
        (one.is_changed and one.release in ON_ITS_WAY, Step.APPROVE, TO_SIGN),
        (one.rendering is Verdict.FAILED, Step.REVIEW, "verification found people in plain sight"),
        (one.is_changed, Step.REVIEW, "the plan was changed and is not rendered"),
        (one.again is not None, Step.APPROVE, one.again or ""),
        (one.release is ReleaseState.APPROVED, Step.WAIT, "approved; waits for its last gate"),
        (one.release is ReleaseState.PROPOSED, Step.APPROVE, MUST_APPROVE),
    )
    found = ((step, why) for holds, step, why in lines if holds)
    step, why = next(found, (Step.PROPOSE, "redacted and verified"))
    return step, f"{lapsed}; {why}" if lapsed and step in (Step.REVIEW, Step.APPROVE) else why


def _footage(session: Session, incident_ids: list[str]) -> dict[str, list[_Footage]]:
    """How far the recordings of these incidents have come, by incident."""
    tags = newest_tags()
    query = (
        sa.select(tags.c.incident_id, Recording.id, Recording.original_name)
        .join(Recording, Recording.id == tags.c.recording_id)
        .where(tags.c.incident_id.in_(incident_ids), Recording.state != RecordingState.QUARANTINED)
        .order_by(Recording.id)
    )
    rows = session.execute(query).all()
    ids = [row.id for row in rows]
    verdicts = _newest_verdicts(session, ids)
    releases = _newest_releases(session, ids)
    jobs = _redactions_at_work(session, ids)
    changed = _changed_plans(session, ids)
    objections = sent_back(session, ids)
    signed = signatures_of(session, [release.id for release in releases.values()])
    again = outdated_approvals(session, [release.id for release in releases.values()])
    found: dict[str, list[_Footage]] = {}
    for incident_id, recording_id, name in rows:
        release, said = releases.get(recording_id), objections.get(recording_id)
        found.setdefault(incident_id, []).append(
            _Footage(
                recording_id=recording_id,
                name=name,
                rendering=verdicts.get(recording_id),
                release_id=release.id if release else None,
                release=release.state if release else None,
                job=jobs.get(recording_id),
                is_changed=recording_id in changed,
                sent_back=f"sent back by {said.author}: {said.text}" if said else None,
                again=again.get(release.id) if release else None,
                signed=signed.get(release.id, UNSIGNED) if release else UNSIGNED,
            )
        )
    return found


def _newest_verdicts(session: Session, ids: list[str]) -> dict[str, Verdict]:
    query = sa.select(Rendering.recording_id, Rendering.verdict).where(
        Rendering.recording_id.in_(ids)
    )
    rows = session.execute(query.order_by(Rendering.created_at, Rendering.id))
    return {recording_id: verdict for recording_id, verdict in rows}  # noqa: C416  rows, not pairs


def _changed_plans(session: Session, ids: list[str]) -> set[str]:
    """The recordings whose newest plan is not the one that was rendered last."""
    plans = sa.select(Plan.recording_id, Plan.id).where(Plan.recording_id.in_(ids))
    newest = {row.recording_id: row.id for row in session.execute(plans.order_by(Plan.version))}
    made = sa.select(Rendering.recording_id, Rendering.plan_id)
    made = made.where(Rendering.recording_id.in_(ids)).order_by(Rendering.created_at, Rendering.id)
    rendered = {row.recording_id: row.plan_id for row in session.execute(made)}
    return {each for each, plan_id in newest.items() if rendered.get(each, plan_id) != plan_id}


def _newest_releases(session: Session, ids: list[str]) -> dict[str, Release]:
    query = sa.select(Release).where(Release.recording_id.in_(ids), Release.audience == PUBLIC)
    query = query.order_by(Release.id)
    return {row.recording_id: row for row in session.scalars(query)}


def _redactions_at_work(session: Session, ids: list[str]) -> dict[str, str]:
    """What a redaction that runs or waits says of itself, by recording."""
    query = (
        sa.select(Job)
        .where(
            Job.subject_id.in_(ids),
            Job.kind.in_(REDACTING),
            Job.state.in_((JobState.WAITING, JobState.RUNNING)),
        )
        .order_by(Job.state == JobState.RUNNING, Job.id)
    )
    return {
        str(
            job.subject_id
        ): f"{job.kind} {job.stage or job.state.value}, {round(job.progress * 100)}\u00a0%"
        for job in session.scalars(query)
    }


def _recordings(session: Session) -> list[WorkItem]:
    """Quarantined and untied recordings."""
    return [
        WorkItem(
            step=Step.INSPECT if line.quarantine_reason else Step.TIE_RECORDING,
            subject_id=line.id,
            title=line.original_name,
            why=f"in quarantine: {line.quarantine_reason}"
            if line.quarantine_reason
            else "belongs to no call and no incident",
            due_at=None,
        )
        for line in list_needing_a_look(session)
    ]


def _requests(session: Session) -> list[WorkItem]:
    """Requests that no incident is named for."""
    query = sa.select(RecordRequest).where(
        RecordRequest.incident_id.is_(None), RecordRequest.state == RequestState.OPEN
    )
    return [
        WorkItem(
            step=Step.TIE_REQUEST,
            subject_id=row.id,
            title=row.number,
            why="a record request that names no incident yet",
            due_at=None,
        )
        for row in session.scalars(query.order_by(RecordRequest.received_at))
    ]


def _dead_jobs(session: Session, *, at: datetime) -> list[WorkItem]:
    return [
        WorkItem(
            step=Step.MEND,
            subject_id=job.id,
            title=f"{job.kind.replace('_', ' ')} failed",
            why=job.reason or "no reason was given",
            due_at=None,
        )
        if job.kind != MARKING or job.about is None
        else WorkItem(
            step=Step.MEND,
            subject_id=job.id,
            title=job.about.name,
            why=f"the copy that its link shows could not be made: {job.reason or 'no reason was given'}",
            due_at=None,
            release_id=job.about.id,
        )
        for job in list_unmended(session, at=at)
    ]
