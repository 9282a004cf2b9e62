"""What each role's own page shows: an officer's, a supervisor's, an auditor's, an overseer's."""

from collections.abc import Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import JsonValue

from api.desk.role_reading import read_decision, read_desk, read_mine, read_unseen, read_watch
from api.desk.v1.case_schemas import HoldRead
from api.desk.v1.schemas import Body, Read, RecordingRead
from api.desk.v1.upkeep import ChainRead
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right, narrowed_to
from bwc.catalog.finding import FindingState
from bwc.catalog.views.recordings import view_recording
from bwc.coverage.finding_list import FindingLine
from bwc.intake.own_tags import tie_own

router = APIRouter(tags=["own pages"], responses=problem_responses(401, 403, 422))
Officer = Annotated[Actor, may(Right.TIE_OWN)]
Supervisor = Annotated[Actor, may(Right.APPROVE_RELEASE)]
Finding = dict[str, JsonValue]


class OwnCallRead(Read):
    """A call that the officer was on."""

    number: str
    type: str
    received_at: datetime


class OwnCameraRead(Read):
    """A camera in his hands now."""

    serial: str
    model: str
    since: datetime


class MineRead(Read):
    """An officer's own; `due` and `untied` wait for him."""

    badge: str
    due: list[Finding]
    untied: list[RecordingRead]
    findings: list[Finding]
    recordings: list[RecordingRead]
    calls: list[OwnCallRead]
    cameras: list[OwnCameraRead]


class OwnTagCreate(Body):
    """Which of his calls a recording of his belongs to, and why."""

    call_number: str
    reason: str


class OpenDecisionRead(Read):
    """A decision for the public that has led to no release yet."""

    incident_id: str
    number: str
    title: str
    district: str
    modality: str | None
    outcome: str
    due_at: datetime | None
    decided_at: datetime
    holds: int
    awaits_approval: bool


class SupervisorRead(Read):
    """What waits for a supervisor; `unit` is null where his account is tied to no officer."""

    decisions: list[OpenDecisionRead]
    unit: str | None
    explained: list[Finding]
    explained_count: int


class RiskRead(Read):
    """Who could be harmed, how, where that is written, and when a clock breaks."""

    who: str
    how: str
    source: str
    at: datetime | None


class GateRead(Read):
    """One gate of a release."""

    name: str
    open: bool
    why: str
    opens_at: datetime | None


class OnItsWay(Read):
    """A release that is not out yet, and its gates."""

    release_id: str
    title: str
    gates: list[GateRead]


class DecisionRead(Read):
    """One decision with both risks."""

    incident_id: str
    number: str
    releasing: list[RiskRead]
    withholding: list[RiskRead]
    releases: list[OnItsWay]
    holds: list[HoldRead]


class AuditRead(Read):
    """An audit of which draws are not reviewed yet."""

    number: str
    size: int
    reviewed: int
    drawn_by: str
    drawn_at: datetime


class LookRead(Read):
    """Somebody looked at unreleased footage."""

    position: int
    occurred_at: datetime
    actor: str
    recording_id: str
    shown: JsonValue
    audit: JsonValue


class WatchRead(Read):
    """What an auditor looks at first; the figures in full are at `/v1/coverage`."""

    first: date
    last: date
    officers_on_duty: int
    officers_equipped: int
    findings: dict[FindingState, int]
    audits: list[AuditRead]
    chain: ChainRead
    looks: list[LookRead]


class GroundRead(Read):
    """A rule that spoke."""

    rule: str
    title: str
    citation: str
    is_draft: bool


class WithheldCaseRead(Read):
    """One incident that is kept from the public."""

    incident_id: str
    number: str
    title: str
    district: str
    outcome: str
    modality: str | None
    until: str | None
    decided_at: datetime
    grounds: list[GroundRead]


class LateCaseRead(Read):
    """One incident whose day is over and that is not out."""

    incident_id: str
    number: str
    title: str
    district: str
    outcome: str
    due_at: datetime
    days_late: int
    waits_for: str


class TakenBackRead(Read):
    """A release that was withdrawn."""

    release_id: str
    title: str
    withdrawn_at: datetime
    by: str
    reason: str


class UnseenRead(Read):
    """What the public does not see. `by_rule` is what the portal tells of it."""

    cases: list[WithheldCaseRead]
    late: list[LateCaseRead]
    extended: list[dict[str, JsonValue]]
    taken_back: list[TakenBackRead]
    by_rule: dict[str, JsonValue]


@router.get("/mine")
def get_mine(house: HouseDep, actor: Officer) -> MineRead:
    """An officer's own uploads and findings, and what is due from him."""
    mine = read_mine(house, actor)
    return MineRead(
        badge=mine.badge,
        due=_findings(mine.due),
        untied=[RecordingRead.model_validate(one) for one in mine.untied],
        findings=_findings(mine.findings),
        recordings=[RecordingRead.model_validate(one) for one in mine.recordings],
        calls=[OwnCallRead.model_validate(one) for one in mine.calls],
        cameras=[OwnCameraRead.model_validate(one) for one in mine.cameras],
    )


@router.post(
    "/mine/recordings/{recording_id}/call",
    status_code=HTTPStatus.CREATED,
    responses=problem_responses(404, 409),
)
def create_own_tag(
    recording_id: str, body: OwnTagCreate, house: HouseDep, actor: Officer
) -> RecordingRead:
    """Tie a recording of the officer's own to a call of his own; no incident's is touched."""
    officer_id = narrowed_to(actor, Right.SEE_RECORDINGS) or ""
    with house.catalog.write() as session:
        tie_own(
            session,
            recording_id,
            call_number=body.call_number,
            officer_id=officer_id,
            reason=body.reason,
            author=actor.username,
            at=house.clock.now(),
        )
        read = RecordingRead.model_validate(view_recording(session, recording_id).line)
        session.commit()
    return read


@router.get("/decisions")
def get_decisions(house: HouseDep, actor: Supervisor) -> SupervisorRead:
    """What waits for a supervisor."""
    desk = read_desk(house, actor)
    return SupervisorRead(
        decisions=[OpenDecisionRead.model_validate(one) for one in desk.decisions],
        unit=desk.unit,
        explained=_findings(desk.explained),
        explained_count=desk.explained_count,
    )


@router.get("/decisions/{incident_id}", responses=problem_responses(404))
def get_decision(incident_id: str, house: HouseDep, _actor: Supervisor) -> DecisionRead:
    """One decision with both risks; the rules in full are at the incident."""
    one = read_decision(house, incident_id)
    return DecisionRead(
        incident_id=one.incident.id,
        number=one.incident.number,
        releasing=[RiskRead.model_validate(risk) for risk in one.weighed.releasing],
        withholding=[RiskRead.model_validate(risk) for risk in one.weighed.withholding],
        releases=[
            OnItsWay(
                release_id=release_id,
                title=title,
                gates=[GateRead.model_validate(gate) for gate in gates],
            )
            for release_id, title, gates in one.gates
        ],
        holds=[HoldRead.model_validate(hold) for hold in one.incident.holds if hold.is_active],
    )


@router.get("/overview")
def get_overview(house: HouseDep, _actor: Annotated[Actor, may(Right.DRAW_AUDIT)]) -> WatchRead:
    """What an auditor looks at first."""
    watch = read_watch(house)
    equipped = watch.report.equipment.equipped
    return WatchRead(
        first=watch.period.first,
        last=watch.period.last,
        officers_on_duty=equipped.whole,
        officers_equipped=equipped.part,
        findings=dict(watch.by_state),
        audits=[AuditRead.model_validate(one) for one in watch.audits],
        chain=ChainRead.model_validate(watch.chain),
        looks=[
            LookRead(
                position=one.position,
                occurred_at=one.occurred_at,
                actor=one.actor,
                recording_id=one.subject_id,
                shown=one.detail.get("shown"),
                audit=one.detail.get("audit"),
            )
            for one in watch.looks
        ],
    )


@router.get("/withheld")
def get_withheld(house: HouseDep, _actor: Annotated[Actor, may(Right.SEE_WITHHELD)]) -> UnseenRead:
    """What the public does not see, case by case, late and taken back."""
    return UnseenRead.model_validate(read_unseen(house))


def _findings(found: Sequence[FindingLine]) -> list[Finding]:
    return [dict(one.document()) for one in found]
