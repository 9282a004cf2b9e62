"""The cases of the equity tables, from the catalog."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog import tables
from bwc.catalog.coverage_sum import CallGroup
from bwc.clock import iso
from bwc.coverage.day_groups import shift_of
from bwc.coverage.equity import STATEMENT, Case, Measure, Table, tabulate, tabulate_rates
from bwc.coverage.measure import Status
from bwc.coverage.report import department_coverage
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.coverage.summed_groups import GroupSums
from bwc.timeline import Span

PUBLIC = "public"
WITHHELD = frozenset({"WITHHOLD"})
MUST = "MUST"
RELEASING = frozenset({"RELEASE", "RELEASE_REDACTED"})
Groups = Mapping[CallGroup, str]


class Decided(NamedTuple):
    """What stands for one incident, by its key."""

    incident: str
    modality: str | None
    outcome: str
    due_at: datetime | None


def equity_tables(
    session: Session,
    period: Span[datetime],
    *,
    now: datetime,
    zone: ZoneInfo,
    rules: RuleBook = ALWAYS_ON_SCENE,
) -> list[Table]:
    """Every measure by district, kind of call and shift; incidents count when they happened."""
    cases = list(_coverage(session, period, zone, rules))
    coverage = [tabulate(Measure.COVERAGE, by, cases) for by in CallGroup]
    return [*coverage, *_of_incidents(session, period, now=now, zone=zone)]


def summed_equity_tables(
    session: Session, period: Span[datetime], sums: GroupSums, *, now: datetime, zone: ZoneInfo
) -> list[Table]:
    """The same with the coverage of calls that are counted already."""
    coverage = [tabulate_rates(Measure.COVERAGE, by, sums.by_name(by)) for by in CallGroup]
    return [*coverage, *_of_incidents(session, period, now=now, zone=zone)]


def _of_incidents(
    session: Session, period: Span[datetime], *, now: datetime, zone: ZoneInfo
) -> list[Table]:
    """What is told of incidents."""
    groups = _groups(session, period, zone)
    decided = _decided(session, period)
    cases = {
        Measure.LATE_RELEASE: list(_late_release(session, period, decided, groups, now=now)),
        Measure.WITHHOLDING: [
            Case(float(one.outcome in WITHHELD), groups[one.incident]) for one in decided
        ],
        Measure.REDACTION: list(_redaction(session, period, groups)),
    }
    return [tabulate(measure, by, found) for measure, found in cases.items() for by in CallGroup]


def equity_document(period: Span[datetime], found: Sequence[Table], *, rule: str) -> JsonObject:
    """As JSON, with the rule by which calls were counted and what the figures do not say."""
    documents: list[Json] = [table.document() for table in found]
    return {
        "since": iso(period.start),
        "until": iso(period.end),
        "statement": STATEMENT,
        "rule": rule,
        "tables": documents,
    }


def _coverage(
    session: Session, period: Span[datetime], zone: ZoneInfo, rules: RuleBook
) -> Iterator[Case]:
    """Officer-calls: 1 with any video, 0 without."""
    call = tables.Call
    districts = {
        row[0]: row[1]
        for row in session.execute(
            sa.select(call.number, call.district).where(
                call.received_at >= period.start, call.received_at < period.end
            )
        )
    }
    for part in department_coverage(session, period.start, period.end, rules=rules).calls:
        if part.coverage.status is not Status.EXCLUDED:
            groups = {
                CallGroup.DISTRICT: districts.get(part.call.number, ""),
                CallGroup.CALL_TYPE: part.call.type,
                CallGroup.SHIFT: shift_of(part.call.received.astimezone(zone)),
            }
            yield Case(float(bool(part.coverage.covered)), groups)


def _late_release(
    session: Session,
    period: Span[datetime],
    decided: Sequence[Decided],
    groups: Mapping[str, Groups],
    *,
    now: datetime,
) -> Iterator[Case]:
    """Incidents whose release was due by `now`: 1 where it came later or did not come."""
    published = _first_published(session, period)
    for one in decided:
        must = one.modality == MUST and one.outcome in RELEASING
        if must and one.due_at is not None and one.due_at <= now:
            came = published.get(one.incident)
            late = came is None or came > one.due_at
            yield Case(float(late), groups[one.incident])


def _redaction(
    session: Session, period: Span[datetime], groups: Mapping[str, Groups]
) -> Iterator[Case]:
    """Renderings that passed: the share of the picture that is hidden, the newest of a recording."""
    tag, rendering = tables.Tag, tables.Rendering
    query = (
        sa.select(
            tag.incident_id,
            rendering.recording_id,
            tables.Certificate.public_document["hidden_share"].as_float(),
        )
        .join(tables.Incident, tag.incident_id == tables.Incident.id)
        .join(rendering, rendering.recording_id == tag.recording_id)
        .join(tables.Certificate, tables.Certificate.rendering_id == rendering.id)
        .where(*_of(period), rendering.verdict == tables.Verdict.PASSED)
        .order_by(rendering.created_at)
    )
    newest = {recording: (incident, share) for incident, recording, share in session.execute(query)}
    for incident, share in newest.values():
        if incident is not None and share is not None:
            yield Case(share, groups[incident])


def _decided(session: Session, period: Span[datetime]) -> list[Decided]:
    """The decisions for the public that stand for incidents of the period."""
    row, decision = tables.Incident, tables.Decision
    query = (
        sa.select(decision.incident_id, decision.modality, decision.outcome, decision.due_at)
        .join(row, decision.incident_id == row.id)
        .where(*_of(period), decision.audience == PUBLIC, decision.superseded_at.is_(None))
        .order_by(row.occurred_at)
    )
    return [Decided(*found) for found in session.execute(query)]


def _first_published(session: Session, period: Span[datetime]) -> dict[str, datetime]:
    """When the first release of each incident went out, withdrawn since or not."""
    row = tables.Release
    query = (
        sa.select(row.incident_id, sa.func.min(row.published_at))
        .join(tables.Incident, row.incident_id == tables.Incident.id)
        .where(*_of(period), row.published_at.is_not(None))
        .group_by(row.incident_id)
    )
    return {id_: came for id_, came in session.execute(query) if came is not None}


def _groups(session: Session, period: Span[datetime], zone: ZoneInfo) -> dict[str, Groups]:
    """The groups of each incident of the period; its kind of call is that of its first call."""
    row, call = tables.Incident, tables.Call
    first_last = (
        sa.select(call.incident_id, call.type)
        .join(row, call.incident_id == row.id)
        .where(*_of(period))
        .order_by(call.received_at.desc(), call.id.desc())
    )
    kinds = dict(session.execute(first_last).all())
    query = sa.select(row.id, row.district, row.kind, row.occurred_at).where(*_of(period))
    return {
        incident: {
            CallGroup.DISTRICT: district,
            CallGroup.CALL_TYPE: kinds.get(incident) or kind,
            CallGroup.SHIFT: shift_of(occurred.astimezone(zone)),
        }
        for incident, district, kind, occurred in session.execute(query)
    }


def _of(period: Span[datetime]) -> tuple[sa.ColumnElement[bool], ...]:
    """Incidents of the period."""
    occurred = tables.Incident.occurred_at
    return occurred >= period.start, occurred < period.end
