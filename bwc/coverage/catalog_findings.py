"""Findings that only the catalog shows: late uploads, tags, unreadable files, missing triggers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bwc.catalog import tables
from bwc.catalog.recording import RecordingState, UploadState
from bwc.coverage.findings import Finding, FindingKind
from bwc.timeline import Span

UPLOAD_WITHIN = timedelta(
    hours=24
)  # after the end of a recording: a shift, and the dock at its end
MISSING_TRIGGER = (
    "MISSING_TRIGGER"  # the element that packs flag (us-il-chicago, Inspector General)
)
ON_SCENE_MARGIN = timedelta(minutes=5)  # a tag is not wrong because dispatch was a little late
NO_RULE = "NO_RULE"
FORCE_TYPES = frozenset(
    {
        "firearm_discharge_at_person",
        "firearm_discharge_other",
        "firearm_discharge_notice_required",
        "officer_involved_death",
        "in_custody_death",
        "uof_serious",
        "uof_other",
        "taser",
    }
)
FORCE_KINDS = FORCE_TYPES | {"use of force", "use_of_force"}
FORCE_REPORT = "force report"  # what the source of a fact is called where such a report exists


def find_in_catalog(session: Session, period: Span[datetime]) -> Iterator[Finding]:
    """What is wrong with recordings that began, and incidents that happened, in the period."""
    yield from _about_recordings(session, period)
    yield from _unreadable(session, period)
    yield from _unfinished(session, period)
    yield from _without_trigger(session, period)


def _about_recordings(session: Session, period: Span[datetime]) -> Iterator[Finding]:
    """Late uploads, and tags that are missing or do not fit."""
    row = tables.Recording
    query = (
        sa.select(row, tables.Camera.serial, tables.Officer.badge)
        .outerjoin(tables.Camera, row.camera_id == tables.Camera.id)
        .outerjoin(tables.Officer, _wearer(row) == tables.Officer.id)
        .where(row.started_at >= period.start, row.started_at < period.end)
        .where(row.state != RecordingState.QUARANTINED)
        .order_by(row.started_at, row.id)
    )
    tags = _newest_tags(session, period)
    for film, serial, badge in session.execute(query):
        start = film.started_at
        if start is None:
            continue
        end = start + timedelta(microseconds=film.duration_us or 0)
        found = partial(
            Finding, badge=badge, camera=serial, recording=film.id, start=start, end=end
        )
        late: timedelta = film.received_at - end
        if late > UPLOAD_WITHIN:
            hours = late / timedelta(hours=1)
            yield found(FindingKind.LATE_UPLOAD, why=f"came {hours:.0f} hours after it ended")
        tag = tags.get(film.id)
        if tag is None or (tag.call_id is None and tag.incident_id is None):
            why = "it was never matched" if tag is None else tag.explanation
            yield found(FindingKind.TAG_MISSING, why=why)
        elif tag.call_id is not None:
            misfit = _misfit(session, tag.call_id, badge=badge, began=start, ended=end)
            if misfit:
                yield found(FindingKind.TAG_WRONG, why=misfit)


def _wearer(row: type[tables.Recording]) -> sa.ScalarSelect[str]:
    """Who had the camera at the first frame, else the officer who is named."""
    hand = tables.Assignment
    holder = (
        sa.select(hand.officer_id)
        .where(hand.camera_id == row.camera_id, hand.starts_at <= row.started_at)
        .where(sa.or_(hand.ends_at.is_(None), hand.ends_at > row.started_at))
        .order_by(hand.starts_at.desc())
        .limit(1)
        .correlate(row)
        .scalar_subquery()
    )
    return sa.select(sa.func.coalesce(holder, row.officer_id)).correlate(row).scalar_subquery()


def _newest_tags(session: Session, period: Span[datetime]) -> dict[str, tables.Tag]:
    """The tag that counts, by recording."""
    row = tables.Recording
    query = (
        sa.select(tables.Tag)
        .join(row, tables.Tag.recording_id == row.id)
        .where(row.started_at >= period.start, row.started_at < period.end)
        .order_by(tables.Tag.created_at, tables.Tag.id)
    )
    return {tag.recording_id: tag for tag in session.scalars(query)}


def _misfit(
    session: Session, call_id: str, *, badge: str | None, began: datetime, ended: datetime
) -> str | None:
    """Why a recording cannot be of the call it is tied to; None where it can."""
    unit, call = tables.CallUnit, tables.Call
    rows = session.execute(
        sa.select(unit, call.number, call.received_at, tables.Officer.badge)
        .join(call, unit.call_id == call.id)
        .join(tables.Officer, unit.officer_id == tables.Officer.id)
        .where(unit.call_id == call_id)
    ).all()
    number = session.get_one(call, call_id).number
    own = [(stay, received) for stay, _, received, name in rows if name == badge]
    if not own:
        return f"tied to call {number}, on which its officer was not"
    for stay, received in own:
        start = (stay.dispatched_at or received) - ON_SCENE_MARGIN
        end = stay.cleared_at
        if start < ended and (end is None or end + ON_SCENE_MARGIN > began):
            return None
    return f"tied to call {number}, which its officer was on at another time"


def _unreadable(session: Session, period: Span[datetime]) -> Iterator[Finding]:
    """Files that came and cannot be read: their footage existed."""
    row = tables.Recording
    moment = sa.func.coalesce(row.started_at, row.received_at)
    query = (
        sa.select(row, tables.Camera.serial, tables.Officer.badge)
        .outerjoin(tables.Camera, row.camera_id == tables.Camera.id)
        .outerjoin(tables.Officer, row.officer_id == tables.Officer.id)
        .where(row.state == RecordingState.QUARANTINED)
        .where(moment >= period.start, moment < period.end)
        .order_by(moment, row.id)
    )
    for film, serial, badge in session.execute(query):
        start = film.started_at or film.received_at
        yield Finding(
            FindingKind.MISSING_FOOTAGE,
            badge=badge,
            camera=serial,
            recording=film.id,
            start=start,
            why=f"the file came and cannot be used: {film.quarantine_reason or 'quarantined'}",
        )


def _unfinished(session: Session, period: Span[datetime]) -> Iterator[Finding]:
    """Uploads that were refused: what they would have brought is not here."""
    row = tables.Upload
    query = sa.select(row).where(
        row.state == UploadState.REFUSED,
        row.recording_id.is_(None),
        row.created_at >= period.start,
        row.created_at < period.end,
    )
    for upload in session.scalars(query.order_by(row.created_at, row.id)):
        yield Finding(
            FindingKind.MISSING_FOOTAGE,
            start=upload.created_at,
            upload=upload.id,
            why=f"the upload of {upload.file_name} was refused: {upload.reason or 'no reason kept'}",
        )


def _without_trigger(session: Session, period: Span[datetime]) -> Iterator[Finding]:
    """Incidents with force of which the release rules, or the oversight body, never heard."""
    row = tables.Incident
    query = sa.select(row).where(row.occurred_at >= period.start, row.occurred_at < period.end)
    for incident in session.scalars(query.order_by(row.occurred_at, row.id)):
        flag = _flagged(session, incident.id)
        if flag:
            why = "a rule in force asks for a notice that was never given"
        elif _reports_force(session, incident) and not _was_decided(session, incident.id):
            why = "force was reported and no release rule was ever asked"
        else:
            continue
        yield Finding(
            FindingKind.MISSING_TRIGGER,
            incident=incident.number,
            start=incident.occurred_at,
            why=f"{why}; the clock runs from the incident, not from a referral",
        )


def _flagged(session: Session, incident_id: str) -> bool:
    """Whether a decision that still stands says that a trigger is missing."""
    row, decision = tables.Obligation, aliased(tables.Decision)
    query = (
        sa.select(row.id)
        .join(decision, row.decision_id == decision.id)
        .where(row.incident_id == incident_id, row.element == MISSING_TRIGGER)
        .where(row.state == tables.ObligationState.OPEN, decision.superseded_at.is_(None))
    )
    return session.scalar(query.limit(1)) is not None


def _reports_force(session: Session, incident: tables.Incident) -> bool:
    """Whether the incident's kind, a fact or the name of a fact's source says so."""
    if incident.kind in FORCE_KINDS:
        return True
    facts = tables.Fact
    query = (
        sa.select(facts)
        .where(facts.incident_id == incident.id)
        .order_by(facts.asserted_at, facts.id)
    )
    newest = {fact.name: fact for fact in session.scalars(query)}
    types = newest["incident_types"].value.get("value") if "incident_types" in newest else None
    named = types if isinstance(types, list) else [types]
    if any(name in FORCE_TYPES for name in named if isinstance(name, str)):
        return True
    return any(FORCE_REPORT in fact.source.lower() for fact in newest.values())


def _was_decided(session: Session, incident_id: str) -> bool:
    """Whether any rule spoke of its release to the public."""
    row = tables.Decision
    query = sa.select(row.id).where(
        row.incident_id == incident_id, row.superseded_at.is_(None), row.outcome != NO_RULE
    )
    return session.scalar(query.limit(1)) is not None
