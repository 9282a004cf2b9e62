"""The cases of the equity tables, from the catalog."""

from collections.abc import Iterator, Sequence
from datetime import datetime
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
    cases = {
        Measure.LATE_RELEASE: list(_late_release(session, period, zone, now)),
        Measure.WITHHOLDING: list(_withholding(session, period, zone)),
        Measure.REDACTION: list(_redaction(session, period, zone)),
    }
    return [tabulate(measure, by, found) for measure, found in cases.items() for by in CallGroup]


def equity_document(period: Span[datetime], found: Sequence[Table]) -> JsonObject:
    """As JSON, with what the figures do not say."""
    documents: list[Json] = [table.document() for table in found]
    return {
        "since": iso(period.start),
        "until": iso(period.end),
        "statement": STATEMENT,
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
    session: Session, period: Span[datetime], zone: ZoneInfo, now: datetime
) -> Iterator[Case]:
    """Incidents whose release was due by `now`: 1 where it came later or did not come."""
    published = _first_published(session)
    for incident, decision in _decided(session, period):
        must = decision.modality == MUST and decision.outcome in RELEASING
        if must and decision.due_at is not None and decision.due_at <= now:
            came = published.get(incident.id)
            late = came is None or came > decision.due_at
            yield Case(float(late), _groups(session, incident, zone))


def _withholding(session: Session, period: Span[datetime], zone: ZoneInfo) -> Iterator[Case]:
    """Incidents with a decision for the public: 1 where it is to withhold."""
    for incident, decision in _decided(session, period):
        yield Case(float(decision.outcome in WITHHELD), _groups(session, incident, zone))


def _redaction(session: Session, period: Span[datetime], zone: ZoneInfo) -> Iterator[Case]:
    """Renderings that passed: the share of the picture that is hidden, the newest of a recording."""
    row, rendering = tables.Incident, tables.Rendering
    query = (
        sa.select(row, rendering.recording_id, tables.Certificate.public_document)
        .join(tables.Tag, tables.Tag.incident_id == row.id)
        .join(rendering, rendering.recording_id == tables.Tag.recording_id)
        .join(tables.Certificate, tables.Certificate.rendering_id == rendering.id)
        .where(row.occurred_at >= period.start, row.occurred_at < period.end)
        .where(rendering.verdict == tables.Verdict.PASSED)
        .order_by(rendering.created_at)
    )
    newest = {
        recording: (incident, document) for incident, recording, document in session.execute(query)
    }
    for incident, document in newest.values():
        share = document.get("hidden_share")
        if isinstance(share, int | float):
            yield Case(float(share), _groups(session, incident, zone))


def _decided(
    session: Session, period: Span[datetime]
) -> Iterator[tuple[tables.Incident, tables.Decision]]:
    """Incidents of the period with the decision for the public that stands."""
    row, decision = tables.Incident, tables.Decision
    query = (
        sa.select(row, decision)
        .join(decision, decision.incident_id == row.id)
        .where(row.occurred_at >= period.start, row.occurred_at < period.end)
        .where(decision.audience == PUBLIC, decision.superseded_at.is_(None))
        .order_by(row.occurred_at)
    )
    for found in session.execute(query):
        yield found[0], found[1]


def _first_published(session: Session) -> dict[str, datetime]:
    """When the first release of each incident went out, withdrawn since or not."""
    row = tables.Release
    query = (
        sa.select(row.incident_id, sa.func.min(row.published_at))
        .where(row.published_at.is_not(None))
        .group_by(row.incident_id)
    )
    return {id_: came for id_, came in session.execute(query) if came is not None}


def _groups(session: Session, incident: tables.Incident, zone: ZoneInfo) -> dict[CallGroup, str]:
    """An incident's groups; its kind of call is that of its first call."""
    kind = session.scalar(
        sa.select(tables.Call.type)
        .where(tables.Call.incident_id == incident.id)
        .order_by(tables.Call.received_at)
        .limit(1)
    )
    return {
        CallGroup.DISTRICT: incident.district,
        CallGroup.CALL_TYPE: kind or incident.kind,
        CallGroup.SHIFT: shift_of(incident.occurred_at.astimezone(zone)),
    }
