"""The cases of the equity tables, from the catalog."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog import tables
from bwc.catalog.bulk import UNKNOWN, bare_time, read_columns_of, time_column
from bwc.catalog.coverage_sum import CallGroup
from bwc.clock import iso
from bwc.coverage.day_groups import shift_of, shifts_of
from bwc.coverage.equity import STATEMENT, Measure, Table, tabulate, tabulate_rates
from bwc.coverage.lines import ticks
from bwc.coverage.measure import Status
from bwc.coverage.report import department_coverage
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.coverage.summed_groups import GroupSums
from bwc.coverage.sweep import LARGEST
from bwc.timeline import Span

PUBLIC = "public"
WITHHELD = frozenset({"WITHHOLD"})
MUST = "MUST"
RELEASING = frozenset({"RELEASE", "RELEASE_REDACTED"})


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """The groups of some cases: `place` is where each stands in the `names` of every grouping."""

    place: Mapping[str, int]
    names: Mapping[CallGroup, Sequence[str]]

    def tables(
        self, measure: Measure, incidents: Iterable[str], values: Iterable[float]
    ) -> list[Table]:
        """A measure of some of them by each grouping."""
        places = [self.place[one] for one in incidents]
        numbers = list(values)
        return [
            tabulate(measure, by, zip(map(names.__getitem__, places), numbers, strict=True))
            for by, names in self.names.items()
        ]


class Decided(NamedTuple):
    """What stands for incidents, by their keys, as columns: thousands are no objects each.

    `due_us` is as `ticks` counts, `UNKNOWN` if never.
    """

    incidents: Sequence[str]
    modalities: Sequence[str | None]
    outcomes: Sequence[str]
    due_us: Sequence[int]


def equity_tables(
    session: Session,
    period: Span[datetime],
    *,
    now: datetime,
    zone: ZoneInfo,
    rules: RuleBook = ALWAYS_ON_SCENE,
) -> list[Table]:
    """Every measure by district, kind of call and shift; incidents count when they happened."""
    coverage = _coverage(session, period, zone, rules)
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
    grouped = _groups(session, period, zone)
    decided = _decided(session, period)
    due, late = _late_release(session, period, decided, now=now)
    hidden = _redaction(session, period)
    withheld = [float(one in WITHHELD) for one in decided.outcomes]
    return [
        *grouped.tables(Measure.LATE_RELEASE, due, late),
        *grouped.tables(Measure.WITHHOLDING, decided.incidents, withheld),
        *grouped.tables(Measure.REDACTION, *hidden),
    ]


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
) -> list[Table]:
    """Officer-calls: 1 with any video, 0 without."""
    call = tables.Call
    query = sa.select(call.number, call.district).where(
        call.received_at >= period.start, call.received_at < period.end
    )
    districts = dict(session.execute(query).all())
    every = department_coverage(session, period.start, period.end, rules=rules).calls
    calls = [part for part in every if part.coverage.status is not Status.EXCLUDED]
    filmed = [float(bool(part.coverage.covered)) for part in calls]
    names = {
        CallGroup.DISTRICT: [districts.get(part.call.number, "") for part in calls],
        CallGroup.CALL_TYPE: [part.call.type for part in calls],
        CallGroup.SHIFT: [shift_of(part.call.received.astimezone(zone)) for part in calls],
    }
    return [tabulate(Measure.COVERAGE, by, zip(names[by], filmed, strict=True)) for by in CallGroup]


def _late_release(
    session: Session, period: Span[datetime], decided: Decided, *, now: datetime
) -> tuple[list[str], list[float]]:
    """Incidents whose release was due by `now`: 1 where it came later or did not come."""
    published = _first_published(session, period)
    by_now = ticks(now)
    due: list[str] = []
    late: list[float] = []
    for incident, modality, outcome, due_us in zip(*decided, strict=True):
        if modality == MUST and outcome in RELEASING and UNKNOWN < due_us <= by_now:
            due.append(incident)
            late.append(float(published.get(incident, LARGEST) > due_us))
    return due, late


def _redaction(session: Session, period: Span[datetime]) -> tuple[list[str], list[float]]:
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
    incidents, recordings, shares = read_columns_of(session, query)
    newest = {recording: place for place, recording in enumerate(recordings)}.values()
    told = [place for place in newest if None not in (incidents[place], shares[place])]
    return [incidents[place] for place in told], [shares[place] for place in told]


def _decided(session: Session, period: Span[datetime]) -> Decided:
    """The decisions for the public that stand for incidents of the period."""
    row, decision = tables.Incident, tables.Decision
    query = (
        sa.select(
            decision.incident_id, decision.modality, decision.outcome, bare_time(decision.due_at)
        )
        .join(row, decision.incident_id == row.id)
        .where(*_of(period), decision.audience == PUBLIC, decision.superseded_at.is_(None))
    )
    incidents, modalities, outcomes, due = read_columns_of(session, query)
    return Decided(incidents, modalities, outcomes, time_column(due).tolist())


def _first_published(session: Session, period: Span[datetime]) -> dict[str, int]:
    """When the first release of each incident went out, withdrawn since or not."""
    row = tables.Release
    query = (
        sa.select(row.incident_id, bare_time(sa.func.min(row.published_at)))
        .join(tables.Incident, row.incident_id == tables.Incident.id)
        .where(*_of(period), row.published_at.is_not(None))
        .group_by(row.incident_id)
    )
    incidents, came = read_columns_of(session, query)
    return dict(zip(incidents, time_column(came).tolist(), strict=True))


def _groups(session: Session, period: Span[datetime], zone: ZoneInfo) -> Grouped:
    """The groups of each incident of the period; its kind of call is that of its first call."""
    row, call = tables.Incident, tables.Call
    last_to_first = (
        sa.select(call.incident_id, call.type)
        .join(row, call.incident_id == row.id)
        .where(*_of(period))
        .order_by(call.received_at.desc(), call.id.desc())
    )
    of_call = dict(zip(*read_columns_of(session, last_to_first), strict=True))
    query = sa.select(row.id, row.district, row.kind, bare_time(row.occurred_at)).where(
        *_of(period)
    )
    incidents, districts, kinds, occurred = read_columns_of(session, query)
    thirds, names = shifts_of(time_column(occurred), zone)
    return Grouped(
        {incident: place for place, incident in enumerate(incidents)},
        {
            CallGroup.DISTRICT: districts,
            CallGroup.CALL_TYPE: [
                of_call.get(incident) or kind
                for incident, kind in zip(incidents, kinds, strict=True)
            ],
            CallGroup.SHIFT: [names[third] for third in thirds.tolist()],
        },
    )


def _of(period: Span[datetime]) -> tuple[sa.ColumnElement[bool], ...]:
    """Incidents of the period."""
    occurred = tables.Incident.occurred_at
    return occurred >= period.start, occurred < period.end
