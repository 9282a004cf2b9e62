"""Findings as rows: brought up to what the records show, as often as one likes.

The same finding is the same row, known by its key. What the records no longer show is marked as
gone and stays; what shows again comes back as it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog import tables
from bwc.catalog.finding import FindingRow, FindingState
from bwc.clock import as_utc, iso
from bwc.coverage.catalog_findings import find_in_catalog
from bwc.coverage.catalog_source import read_period
from bwc.coverage.equipment import equipment
from bwc.coverage.findings import Finding, FindingKind
from bwc.coverage.report import department_coverage
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.coverage.workflow import UNDECIDED, event
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.timeline import Span

EDGE = timedelta(days=1)  # a duty is looked at whole where the period cuts it
BY_CATALOG_ID = (
    ("officer_id", tables.Officer, tables.Officer.badge),
    ("call_id", tables.Call, tables.Call.number),
    ("camera_id", tables.Camera, tables.Camera.serial),
    ("incident_id", tables.Incident, tables.Incident.number),
)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh changed."""

    raised: int
    gone: int
    returned: int
    standing: int

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "raised": self.raised,
            "gone": self.gone,
            "returned": self.returned,
            "standing": self.standing,
        }


def refresh(
    session: Session,
    period: Span[datetime],
    *,
    by: str,
    at: datetime,
    rules: RuleBook = ALWAYS_ON_SCENE,
) -> Refreshed:
    """Bring the stored findings of a period up to what the records show now."""
    found = {key_of(one): one for one in _find_all(session, period, rules)}
    known = {row.key: row for row in session.scalars(_stored(period, found))}
    raised = [key for key in found if key not in known]
    gone = [row for key, row in known.items() if key not in found and _may_go(row)]
    returned = [row for key, row in known.items() if key in found and row.gone_at is not None]
    ids = _catalog_ids(session, found.values())
    for key in raised:
        _raise(session, found[key], ids, by=by, at=at)
    for row in gone:
        row.gone_at = as_utc(at)
    for row in returned:
        row.gone_at = None
    done = Refreshed(len(raised), len(gone), len(returned), len(found))
    if raised or gone or returned:
        detail: JsonObject = {
            "since": iso(period.start), "until": iso(period.end), **done.document()
        }  # fmt: skip
        about = About(Subject.CATALOG, "findings")
        record(session, Act.FINDINGS_REFRESHED, about=about, actor=by, at=at, detail=detail)
    session.flush()
    return done


def key_of(finding: Finding) -> str:
    """What makes a finding the same as one found before."""
    parts = (finding.badge, finding.call, finding.camera, finding.recording, finding.incident,
             finding.upload)  # fmt: skip
    start = finding.start if finding.kind is FindingKind.NO_CAMERA else None
    named = [part or "" for part in parts] + ([iso(start)] if start else [])
    return "|".join([finding.kind.name, *named])


def _find_all(session: Session, period: Span[datetime], rules: RuleBook) -> Iterable[Finding]:
    """Every finding of the period; a duty without a camera as a whole, where it began."""
    report = department_coverage(session, period.start, period.end, rules=rules)
    yield from (one for one in report.findings if one.kind is not FindingKind.NO_CAMERA)
    wide = Span(period.start - EDGE, period.end + EDGE)
    for duty in equipment(read_period(session, period), wide).duties:
        for bare in duty.bare:
            if period.start <= bare.start < period.end:
                yield Finding(
                    FindingKind.NO_CAMERA, badge=duty.badge, start=bare.start, end=bare.end
                )
    yield from find_in_catalog(session, period)


def _stored(period: Span[datetime], found: dict[str, Finding]) -> sa.Select[FindingRow]:
    """Rows that this refresh speaks of: those of the period, those without a time, those found."""
    row = FindingRow
    inside = sa.and_(row.starts_at >= period.start, row.starts_at < period.end)
    timeless = row.starts_at.is_(None)
    return sa.select(row).where(sa.or_(inside, timeless, row.key.in_(found)))


def _may_go(row: FindingRow) -> bool:
    """Whether a finding that shows no more is marked so; what was decided stays as it is."""
    return row.gone_at is None and row.state in UNDECIDED


def _raise(
    session: Session, one: Finding, ids: dict[tuple[str, str], str], *, by: str, at: datetime
) -> None:
    """A new row with its first event."""
    names = {
        "officer_id": one.badge, "call_id": one.call, "camera_id": one.camera, "incident_id": one.incident
    }  # fmt: skip
    row = FindingRow(
        key=key_of(one),
        kind=one.kind.value,
        recording_id=one.recording,
        starts_at=one.start,
        ends_at=one.end,
        why=one.why,
        state=FindingState.OPEN,
        found_at=as_utc(at),
        **{column: ids.get((column, name)) for column, name in names.items() if name},
    )
    session.add(row)
    session.flush()
    session.add(event(row, FindingState.OPEN, note=one.why, by=by, at=at))


def _catalog_ids(session: Session, found: Iterable[Finding]) -> dict[tuple[str, str], str]:
    """Ids by column and human name, of what the findings name."""
    every = list(found)
    wanted = {
        "officer_id": {one.badge for one in every},
        "call_id": {one.call for one in every},
        "camera_id": {one.camera for one in every},
        "incident_id": {one.incident for one in every},
    }
    return {
        (column, name): id_
        for column, table, label in BY_CATALOG_ID
        for id_, name in session.execute(sa.select(table.id, label))
        if name in wanted[column]
    }
