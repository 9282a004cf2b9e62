"""What each role's own page shows, read in one place for the page and for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from api.desk.coverage_reading import read_overview
from api.desk.decisions import Explanation, explain
from api.desk.pages.coverage import shown_officers
from api.desk.periods import Period, read_period
from bwc.access.roles import Actor, Right, narrowed_to
from bwc.catalog.finding import AuditReview, FindingState
from bwc.catalog.people import Officer
from bwc.catalog.tables import Audit, AuditDraw, CustodyEntry, ReleaseState
from bwc.catalog.views.cases import IncidentView, view_incident
from bwc.catalog.views.copying import value_of
from bwc.catalog.views.custody import EntryLine
from bwc.catalog.views.decisions import OpenDecision, list_open_decisions
from bwc.catalog.views.own import OwnCall, OwnCamera, own_calls, own_cameras
from bwc.catalog.views.people import badge_of
from bwc.catalog.views.recordings import RecordingLine, list_recordings
from bwc.coverage.finding_list import Asked, FindingLine, how_many, list_findings
from bwc.coverage.report import DepartmentReport
from bwc.coverage.summed_report import SummedReport
from bwc.custody.acts import Act
from bwc.custody.checked import Checked, checked
from bwc.errors import NotFound
from bwc.house import House
from bwc.in_force import packs_in_force
from bwc.release.gates import Gate, gates
from bwc.release.risks import Weighed, weigh
from bwc.release.rows import PUBLIC, release_row
from bwc.release.withheld_cases import Unseen, unseen
from bwc.timeline import Span

SHOWN = 50
MOST_CALLS = 100
CALLS_SINCE = timedelta(days=31)
MOST_LOOKS = 20
DUE_SINCE = timedelta(days=365)
UNDECIDED = (FindingState.OPEN, FindingState.EXPLAINED)
ON_THEIR_WAY = (ReleaseState.PROPOSED, ReleaseState.APPROVED)


@dataclass(frozen=True, slots=True)
class Mine:
    """An officer's own: what is due from him, his findings, uploads, calls and cameras."""

    badge: str
    due: Sequence[FindingLine]
    untied: Sequence[RecordingLine]
    findings: Sequence[FindingLine]
    recordings: Sequence[RecordingLine]
    calls: Sequence[OwnCall]
    cameras: Sequence[OwnCamera]


@dataclass(frozen=True, slots=True)
class Desk:
    """A supervisor's: decisions that wait, and explained findings of his unit, or of all."""

    decisions: Sequence[OpenDecision]
    unit: str | None
    explained: Sequence[FindingLine]
    explained_count: int


@dataclass(frozen=True, slots=True)
class OneDecision:
    """One incident's decision for the public: both risks, the gates of what is on its way, the rules."""

    incident: IncidentView
    weighed: Weighed
    explanation: Explanation | None
    gates: Sequence[tuple[str, str, Sequence[Gate]]]


@dataclass(frozen=True, slots=True)
class AuditInHand:
    """An audit of which draws are not reviewed yet."""

    number: str
    size: int
    reviewed: int
    drawn_by: str
    drawn_at: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """An auditor's: the first figure, findings by state, audits in hand, the chain, recent looks."""

    period: Period
    report: DepartmentReport | SummedReport
    by_state: Sequence[tuple[FindingState, int]]
    audits: Sequence[AuditInHand]
    chain: Checked
    looks: Sequence[EntryLine]


def read_mine(house: House, actor: Actor) -> Mine:
    """What is `actor`'s own; nothing of another officer is ever read.

    Raises:
        NotPermitted: the account is tied to no officer.
    """
    officer_id = narrowed_to(actor, Right.SEE_RECORDINGS)
    if officer_id is None:
        raise NotFound("this page is an officer's own", where=actor.username)
    now = house.clock.now()
    period = _usual_period(house)
    with house.catalog.read() as session:
        badge = badge_of(session, officer_id)
        due = Asked(Span(now - DUE_SINCE, period.until), state=FindingState.OPEN, badge=badge)
        open_ones = list_findings(session, due, most=SHOWN)
        found = list_findings(session, Asked(period.span, badge=badge), most=SHOWN)
        recordings = list_recordings(session, limit=SHOWN, officer_id=officer_id)
        calls = own_calls(session, officer_id, since=now - CALLS_SINCE, limit=MOST_CALLS)
        cameras = own_cameras(session, officer_id, at=now)
    return Mine(
        badge=badge,
        due=[one for one in open_ones if one.gone_at is None],
        untied=[one for one in recordings if one.incident_id is None and not one.quarantine_reason],
        findings=found,
        recordings=recordings,
        calls=calls,
        cameras=cameras,
    )


def read_desk(house: House, actor: Actor) -> Desk:
    """What waits for a supervisor; his unit is that of the officer his account is tied to."""
    now, period = house.clock.now(), _usual_period(house)
    with house.catalog.read() as session:
        officer = session.get(Officer, actor.officer_id) if actor.officer_id else None
        unit = officer.unit if officer else None
        asked = Asked(period.span, state=FindingState.EXPLAINED, unit=unit)
        return Desk(
            decisions=list_open_decisions(session, at=now),
            unit=unit,
            explained=list_findings(session, asked, most=SHOWN),
            explained_count=how_many(session, asked),
        )


def read_decision(house: House, incident_id: str) -> OneDecision:
    """Both sides of one incident's decision. Raises NotFound."""
    now = house.clock.now()
    with house.catalog.read() as session:
        view = view_incident(session, incident_id, at=now)
        on_the_way = [
            (one.id, one.title, gates(session, release_row(session, one.id), now))
            for one in view.releases
            if one.audience == PUBLIC and one.state in ON_THEIR_WAY
        ]
    closed = {
        release_id: [gate for gate in found if not gate.open] for release_id, _, found in on_the_way
    }
    public = next((one for one in view.decisions if one.audience == PUBLIC), None)
    return OneDecision(
        incident=view,
        weighed=weigh(view, closed),
        explanation=explain(public.document) if public else None,
        gates=on_the_way,
    )


def read_watch(house: House) -> Watch:
    """What an auditor looks at first."""
    period = _usual_period(house)
    with house.catalog.read() as session:
        return Watch(
            period=period,
            report=read_overview(house, session, period, shown_officers("", 1)),
            by_state=[
                (state, how_many(session, Asked(period.span, state=state))) for state in UNDECIDED
            ],
            audits=_audits_in_hand(session),
            chain=checked(session),
            looks=_looks(session),
        )


def read_unseen(house: House) -> Unseen:
    """What the public does not see, and why."""
    with house.catalog.read() as session:
        packs = packs_in_force(session, house.settings.department)
        return unseen(session, packs, at=house.clock.now())


def _audits_in_hand(session: Session) -> list[AuditInHand]:
    reviewed = (
        sa.select(sa.func.count(sa.distinct(AuditReview.draw_id)))
        .join(AuditDraw, AuditDraw.id == AuditReview.draw_id)
        .where(AuditDraw.audit_id == Audit.id)
        .scalar_subquery()
    )
    query = sa.select(Audit, reviewed).order_by(Audit.drawn_at.desc(), Audit.id.desc())
    return [
        value_of(AuditInHand, row, reviewed=count)
        for row, count in session.execute(query)
        if count < row.size
    ]


def _looks(session: Session) -> list[EntryLine]:
    """Who looked at unreleased footage last."""
    query = sa.select(CustodyEntry).where(CustodyEntry.act == Act.VIEWING.value)
    newest = query.order_by(CustodyEntry.position.desc()).limit(MOST_LOOKS)
    return [value_of(EntryLine, row) for row in session.scalars(newest)]


def _usual_period(house: House) -> Period:
    zone = ZoneInfo(house.settings.department.timezone)
    return read_period("", "", now=house.clock.now(), zone=zone)
