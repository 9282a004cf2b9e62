"""The report a statute asks for, from the catalog; what nobody can know from it is said so.

Which fields a report has, and where the law says so, stands in the pack's
`reports/statutory.yaml`; how each figure is counted stands here.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog import tables
from bwc.catalog.finding import AuditReview, FindingEvent, FindingRow, FindingState
from bwc.catalog.recording import RecordingState
from bwc.clock import iso
from bwc.coverage.findings import FindingKind
from bwc.errors import NotFound
from bwc.policy.packs import read_file, validated
from bwc.timeline import Span

FAILURES = (
    FindingKind.NO_CAMERA,
    FindingKind.NO_VIDEO,
    FindingKind.MUTED,
)  # kinds in which a camera on shift did not record as it had to
WITHHELD = frozenset({"WITHHOLD", "WITHHOLD_PORTION", "NOT_A_VALID_REQUEST", "DELAY"})
NOT_EXPLAINED = "not explained"
HOUR = timedelta(hours=1)


class Figure(StrEnum):
    """What this module can count, or knows that it cannot."""

    HOURS_RECORDED = "hours_recorded"
    FAILURES_ON_SHIFT = "failures_on_shift"
    INVESTIGATIONS_OPENED = "investigations_opened"
    USES_IN_INTERNAL_AFFAIRS = "uses_in_internal_affairs"
    USES_IN_COMPLAINTS = "uses_in_complaints"
    CAMERAS_BY_DISTRICT = "cameras_by_district"
    REQUESTS = "requests"
    REQUEST_COSTS = "request_costs"
    RECORDINGS_BY_CATEGORY = "recordings_by_category"
    REVIEWS = "reviews"
    USES_IN_PROSECUTIONS = "uses_in_prosecutions"


class FieldText(BaseModel):
    """One field of a report as the pack writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    figure: Figure
    text: str


class ReportText(BaseModel):
    """A report as the pack writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str
    citation: str
    source: list[str]
    read_on: date
    status: Literal["draft", "verified"]
    months: int
    fields: list[FieldText]


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure: its value, or why it is not known; `remark` says what of it is not in the catalog."""

    value: Json
    remark: str = ""


@dataclass(frozen=True, slots=True)
class StatutoryReport:
    """The filled report."""

    pack: str
    text: ReportText
    period: Span[datetime]
    counted: Mapping[Figure, Counted]

    def document(self) -> JsonObject:
        """As JSON, field by field in the order of the statute."""
        fields: list[Json] = [
            {
                "field": one.text,
                "figure": one.figure.value,
                "known": self.counted[one.figure].value is not None,
                "value": self.counted[one.figure].value,
                "remark": self.counted[one.figure].remark,
            }
            for one in self.text.fields
        ]
        return {
            "pack": self.pack,
            "title": self.text.title,
            "citation": self.text.citation,
            "status": self.text.status,
            "since": iso(self.period.start),
            "until": iso(self.period.end),
            "fields": fields,
        }


def read_report_text(pack: str, folder: Path) -> ReportText:
    """What the pack's statute asks for. Raises NotFound where it asks for no report."""
    path = folder / pack / "reports" / "statutory.yaml"
    if not path.is_file():
        raise NotFound(
            "this pack states no report",
            got=pack,
            advice=f"Packs with one: {', '.join(packs_with_report(folder))}",
        )
    return validated(ReportText, read_file(path, name=f"{pack}/reports/statutory.yaml"))


def packs_with_report(folder: Path) -> list[str]:
    """The packs whose statute asks for a report, by id."""
    return sorted(path.parent.parent.name for path in folder.glob("*/reports/statutory.yaml"))


def statutory_report(
    session: Session, period: Span[datetime], *, pack: str, text: ReportText
) -> StatutoryReport:
    """Count every field over the period."""
    counted = {one.figure: COUNTERS[one.figure](session, period) for one in text.fields}
    return StatutoryReport(pack, text, period, counted)


def _hours_recorded(session: Session, period: Span[datetime]) -> Counted:
    row = tables.Recording
    query = sa.select(sa.func.count(), sa.func.sum(row.duration_us)).where(*_recorded_in(period))
    files, length = session.execute(query).one()
    hours = timedelta(microseconds=int(length or 0)) / HOUR
    return Counted({"recordings": files, "hours": round(hours, 1)})


def _failures_on_shift(session: Session, period: Span[datetime]) -> Counted:
    row = FindingRow
    rows = session.scalars(
        sa.select(row).where(
            row.starts_at >= period.start,
            row.starts_at < period.end,
            row.gone_at.is_(None),
            row.kind.in_([kind.value for kind in FAILURES]),
        )
    ).all()
    reasons = _reasons(session, period)
    kinds: JsonObject = dict(Counter(one.kind for one in rows))
    why: JsonObject = dict(Counter(reasons.get(one.id, NOT_EXPLAINED) for one in rows))
    remark = "findings as last refreshed; the reason is that of the officer's explanation"
    return Counted({"failures": len(rows), "kinds": kinds, "reasons": why}, remark)


def _investigations_opened(session: Session, period: Span[datetime]) -> Counted:
    row = FindingRow
    query = sa.select(sa.func.count()).where(
        row.starts_at >= period.start,
        row.starts_at < period.end,
        row.state == FindingState.SUSTAINED,
        row.kind.in_([kind.value for kind in FAILURES]),
    )
    sustained = session.scalar(query)
    remark = f"investigations are not kept here; sustained findings in the period: {sustained}"
    return Counted(None, remark)


def _uses_in_internal_affairs(_session: Session, _period: Span[datetime]) -> Counted:
    return Counted(None, "internal affairs files are not kept here")


def _uses_in_complaints(session: Session, period: Span[datetime]) -> Counted:
    row = tables.Complaint
    complaints = session.execute(
        sa.select(row.id, row.incident_id).where(
            row.filed_at >= period.start, row.filed_at < period.end
        )
    ).all()
    tied = set(session.scalars(sa.select(tables.Tag.incident_id).distinct()))
    with_video = sum(incident in tied for _, incident in complaints if incident is not None)
    return Counted(
        {"complaints": len(complaints), "with_recordings": with_video},
        "complaints whose incident has recordings; whether they were watched is not counted",
    )


def _cameras_by_district(session: Session, period: Span[datetime]) -> Counted:
    hand = tables.Assignment
    query = (
        sa.select(tables.Officer.unit, sa.func.count(hand.camera_id.distinct()))
        .join(tables.Officer, hand.officer_id == tables.Officer.id)
        .where(hand.starts_at < period.end)
        .where(sa.or_(hand.ends_at.is_(None), hand.ends_at > period.start))
        .group_by(tables.Officer.unit)
        .order_by(tables.Officer.unit)
    )
    units: JsonObject = {row[0]: row[1] for row in session.execute(query)}
    return Counted(units, "by the unit of the officer to whom a camera was assigned")


def _requests(session: Session, period: Span[datetime]) -> Counted:
    row = tables.RecordRequest
    rows = session.scalars(
        sa.select(row).where(row.received_at >= period.start, row.received_at < period.end)
    ).all()
    incidents = {one.incident_id for one in rows if one.incident_id is not None}
    decision = tables.Decision
    decided = {
        one.incident_id: one
        for one in session.scalars(
            sa.select(decision)
            .where(decision.incident_id.in_(incidents), decision.superseded_at.is_(None))
            .order_by(decision.decided_at)
        )
    }
    found = [decided.get(str(one.incident_id)) for one in rows]
    outcomes: JsonObject = dict(Counter(one.outcome if one else "not decided" for one in found))
    denials: JsonObject = dict(
        Counter(rule for one in found if one and one.outcome in WITHHELD for rule in _fired(one))
    )
    states: JsonObject = dict(Counter(one.state.value for one in rows))
    return Counted(
        {"received": len(rows), "states": states, "outcomes": outcomes, "denied_by_rule": denials},
        "the outcome is that of the decision which stands for the request's incident",
    )


def _request_costs(_session: Session, _period: Span[datetime]) -> Counted:
    return Counted(None, "neither working time nor fees are kept here")


def _recordings_by_category(session: Session, period: Span[datetime]) -> Counted:
    row = tables.Recording
    query = (
        sa.select(row.id, tables.Call.type, tables.Tag.incident_id)
        .outerjoin(tables.Tag, tables.Tag.recording_id == row.id)
        .outerjoin(tables.Call, tables.Tag.call_id == tables.Call.id)
        .where(*_recorded_in(period))
        .order_by(tables.Tag.created_at, tables.Tag.id)
    )
    newest = {
        recording: kind or ("incident without call" if incident else "without category")
        for recording, kind, incident in session.execute(query)
    }
    kinds: JsonObject = dict(sorted(Counter(newest.values()).items()))
    return Counted(kinds, "the category is the type of the call a recording is tied to")


def _reviews(session: Session, period: Span[datetime]) -> Counted:
    row = AuditReview
    query = sa.select(sa.func.count()).where(
        row.reviewed_at >= period.start, row.reviewed_at < period.end
    )
    return Counted({"reviews": session.scalar(query)}, "reviews of random audits")


def _uses_in_prosecutions(_session: Session, _period: Span[datetime]) -> Counted:
    return Counted(None, "what a prosecution used is not kept here")


def _recorded_in(period: Span[datetime]) -> tuple[sa.ColumnElement[bool], ...]:
    """Readable recordings that began in the period."""
    row = tables.Recording
    return (
        row.started_at >= period.start,
        row.started_at < period.end,
        row.state != RecordingState.QUARANTINED,
    )


def _reasons(session: Session, period: Span[datetime]) -> dict[str, str]:
    """The newest reason code of each finding of the period."""
    row = FindingEvent
    query = (
        sa.select(row.finding_id, row.reason)
        .join(FindingRow, row.finding_id == FindingRow.id)
        .where(row.reason.is_not(None))
        .where(FindingRow.starts_at >= period.start, FindingRow.starts_at < period.end)
        .order_by(row.created_at, row.id)
    )
    return {finding: reason for finding, reason in session.execute(query) if reason is not None}


def _fired(decision: tables.Decision) -> list[str]:
    """The rules that made a decision."""
    fired = decision.document.get("fired")
    rules = fired if isinstance(fired, list) else []
    return [str(rule["rule"]) for rule in rules if isinstance(rule, dict) and "rule" in rule]


COUNTERS: Mapping[Figure, Callable[[Session, Span[datetime]], Counted]] = {
    Figure.HOURS_RECORDED: _hours_recorded,
    Figure.FAILURES_ON_SHIFT: _failures_on_shift,
    Figure.INVESTIGATIONS_OPENED: _investigations_opened,
    Figure.USES_IN_INTERNAL_AFFAIRS: _uses_in_internal_affairs,
    Figure.USES_IN_COMPLAINTS: _uses_in_complaints,
    Figure.CAMERAS_BY_DISTRICT: _cameras_by_district,
    Figure.REQUESTS: _requests,
    Figure.REQUEST_COSTS: _request_costs,
    Figure.RECORDINGS_BY_CATEGORY: _recordings_by_category,
    Figure.REVIEWS: _reviews,
    Figure.USES_IN_PROSECUTIONS: _uses_in_prosecutions,
}
