"""The report a statute asks for, from the catalog; what nobody can know from it is said so.

Which fields a report has, and where the law says so, stands in the pack's
`reports/statutory.yaml`; how each figure is counted stands here.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import InstrumentedAttribute, Session

from bwc.canonical import Json, JsonObject
from bwc.catalog import tables
from bwc.catalog.finding import AuditReview, FindingRow, FindingState
from bwc.clock import iso
from bwc.coverage.findings import FindingKind
from bwc.coverage.recorded import Recorded, recorded_in
from bwc.errors import NotFound
from bwc.policy.packs import read_file, validated
from bwc.timeline import Span

FAILURES = (
    FindingKind.NO_CAMERA,
    FindingKind.NO_VIDEO,
    FindingKind.MUTED,
)  # kinds in which a camera on shift did not record as it had to
WITHHELD = frozenset({"WITHHOLD", "WITHHOLD_PORTION", "NOT_A_VALID_REQUEST", "DELAY"})
STATED = "stated by whoever files, not counted here"
NOT_EXPLAINED = "not explained"
AS_SUMMED = "days that are over as they were last summed, within the hour"
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


OF_RECORDINGS = frozenset({Figure.HOURS_RECORDED, Figure.RECORDINGS_BY_CATEGORY})


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
    """A figure: its value, or why it is not known; `remark` says what of it is not in the catalog.

    A value that `is_stated` comes from whoever files the report.
    """

    value: Json
    remark: str = ""
    is_stated: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """The catalog, the days asked for and what was recorded on them, by category."""

    session: Session
    period: Span[datetime]
    recorded: Sequence[Recorded]


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
                "stated": self.counted[one.figure].is_stated,
                "remark": self.counted[one.figure].remark,
            }
            for one in self.text.fields
        ]
        return {
            "pack": self.pack,
            "title": self.text.title,
            "citation": self.text.citation,
            "status": self.text.status,
            "read_on": self.text.read_on.isoformat(),
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
    session: Session, period: Span[datetime], *, pack: str, text: ReportText, zone: ZoneInfo
) -> StatutoryReport:
    """Count every field over the period; `zone` is the department's, whose days are summed."""
    figures = [one.figure for one in text.fields]
    recorded = recorded_in(session, period, zone) if OF_RECORDINGS.intersection(figures) else []
    asked = Asked(session, period, recorded)
    counted = {figure: COUNTERS[figure](asked) for figure in figures}
    return StatutoryReport(pack, text, period, counted)


def _hours_recorded(asked: Asked) -> Counted:
    files = sum(one.recordings for one in asked.recorded)
    length = timedelta(microseconds=sum(one.duration_us for one in asked.recorded))
    return Counted({"recordings": files, "hours": round(length / HOUR, 1)}, AS_SUMMED)


def _failures_on_shift(asked: Asked) -> Counted:
    row = FindingRow
    stands = (*_within(row.starts_at, asked.period), row.gone_at.is_(None))
    of_kind = sa.select(sa.func.count()).select_from(row).where(*stands)
    each = [of_kind.where(row.kind == kind.value).scalar_subquery() for kind in FAILURES]
    counts = asked.session.execute(sa.select(*each)).one()
    kinds: JsonObject = {
        kind.value: count for kind, count in zip(FAILURES, counts, strict=True) if count
    }
    given = (
        sa.select(row.reason, sa.func.count())
        .where(row.kind.in_([kind.value for kind in FAILURES]), *stands, row.reason.is_not(None))
        .group_by(row.reason)
    )
    reasons = {str(reason): count for reason, count in asked.session.execute(given)}
    failures = sum(counts)
    if unexplained := failures - sum(reasons.values()):
        reasons[NOT_EXPLAINED] = unexplained
    why: JsonObject = dict(reasons)
    remark = "findings as last refreshed; the reason is that of the officer's explanation"
    return Counted({"failures": failures, "kinds": kinds, "reasons": why}, remark)


def _investigations_opened(asked: Asked) -> Counted:
    query = sa.select(sa.func.count()).where(
        *_failures(asked.period), FindingRow.state == FindingState.SUSTAINED
    )
    sustained = asked.session.scalar(query)
    remark = f"investigations are not kept here; sustained findings in the period: {sustained}"
    return Counted(None, remark)


def _uses_in_internal_affairs(_asked: Asked) -> Counted:
    return Counted(None, "internal affairs files are not kept here")


def _uses_in_complaints(asked: Asked) -> Counted:
    row = tables.Complaint
    tied = sa.exists().where(tables.Tag.incident_id == row.incident_id)
    query = sa.select(sa.func.count(), sa.func.count(sa.case((tied, 1)))).where(
        *_within(row.filed_at, asked.period)
    )
    complaints, with_video = asked.session.execute(query).one()
    return Counted(
        {"complaints": complaints, "with_recordings": with_video},
        "complaints whose incident has recordings; whether they were watched is not counted",
    )


def _cameras_by_district(asked: Asked) -> Counted:
    hand = tables.Assignment
    query = (
        sa.select(tables.Officer.unit, sa.func.count(hand.camera_id.distinct()))
        .join(tables.Officer, hand.officer_id == tables.Officer.id)
        .where(hand.starts_at < asked.period.end)
        .where(sa.or_(hand.ends_at.is_(None), hand.ends_at > asked.period.start))
        .group_by(tables.Officer.unit)
        .order_by(tables.Officer.unit)
    )
    units: JsonObject = {row[0]: row[1] for row in asked.session.execute(query)}
    return Counted(units, "by the unit of the officer to whom a camera was assigned")


def _requests(asked: Asked) -> Counted:
    row, decision = tables.RecordRequest, tables.Decision
    received = _within(row.received_at, asked.period)
    rows = asked.session.execute(sa.select(row.incident_id, row.state).where(*received)).all()
    standing = (
        sa.select(decision.incident_id, decision.id, decision.outcome)
        .where(decision.incident_id.in_(sa.select(row.incident_id).where(*received)))
        .where(decision.superseded_at.is_(None))
        .order_by(decision.decided_at)
    )
    decided = {one.incident_id: one for one in asked.session.execute(standing)}
    found = [decided.get(str(incident)) for incident, _ in rows]
    outcomes: JsonObject = dict(Counter(one.outcome if one else "not decided" for one in found))
    denying = [one.id for one in found if one and one.outcome in WITHHELD]
    rules = {id_: _fired(asked.session, id_) for id_ in set(denying)}
    denials: JsonObject = dict(Counter(rule for id_ in denying for rule in rules[id_]))
    states: JsonObject = dict(Counter(state.value for _, state in rows))
    return Counted(
        {"received": len(rows), "states": states, "outcomes": outcomes, "denied_by_rule": denials},
        "the outcome is that of the decision which stands for the request's incident",
    )


def _request_costs(_asked: Asked) -> Counted:
    return Counted(None, "neither working time nor fees are kept here")


def _recordings_by_category(asked: Asked) -> Counted:
    kinds: JsonObject = {one.category: one.recordings for one in asked.recorded}
    return Counted(
        kinds, f"the category is the type of the call a recording is tied to; {AS_SUMMED}"
    )


def _reviews(asked: Asked) -> Counted:
    row = AuditReview
    query = sa.select(sa.func.count()).where(*_within(row.reviewed_at, asked.period))
    return Counted({"reviews": asked.session.scalar(query)}, "reviews of random audits")


def _uses_in_prosecutions(_asked: Asked) -> Counted:
    return Counted(None, "what a prosecution used is not kept here")


def _within(
    moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    period: Span[datetime],
) -> tuple[sa.ColumnElement[bool], ...]:
    """In the period."""
    return moment >= period.start, moment < period.end


def _failures(period: Span[datetime]) -> tuple[sa.ColumnElement[bool], ...]:
    """Findings of a camera that did not record as it had to."""
    row = FindingRow
    kinds = row.kind.in_([kind.value for kind in FAILURES])
    return kinds, *_within(row.starts_at, period)


def _fired(session: Session, decision_id: str) -> list[str]:
    """The rules that made a decision."""
    decision = session.get_one(tables.Decision, decision_id)
    fired = decision.document.get("fired")
    rules = fired if isinstance(fired, list) else []
    return [str(rule["rule"]) for rule in rules if isinstance(rule, dict) and "rule" in rule]


COUNTERS: Mapping[Figure, Callable[[Asked], Counted]] = {
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
