"""Writes the invented department into an empty catalog: people, cameras, shifts, calls."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bwc.catalog.incident import Call, CallUnit, Incident
from bwc.catalog.people import Assignment, Camera, Officer, Shift
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.demo.cases import StagedCase
from bwc.demo.department import OFFICERS, SPARE_CAMERA, Department, PlannedCall, camera_of
from bwc.ids import new_id

CAMERA_MODEL = "Sentinel 3"
PRE_EVENT_SECONDS = 30
ACTOR = "demo"


@dataclass(frozen=True, slots=True)
class Roster:
    """Ids of officers and cameras by badge and serial."""

    officers: dict[str, str]
    cameras: dict[str, str]


def settle(
    session: Session, department: Department, *, cases: list[StagedCase], at: datetime
) -> dict[str, str]:
    """Write everything but recordings and requests; return incident ids by their number."""
    roster = _people(session, since=at - timedelta(days=400))
    for duty in department.duties:
        session.add(
            Shift(
                officer_id=roster.officers[duty.badge],
                starts_at=duty.starts_at,
                ends_at=duty.ends_at,
            )
        )
    for call in department.calls:
        _call(session, call, roster, incident_id=None)
    incidents = {case.case.number: _incident(session, case, roster) for case in cases}
    record(
        session,
        Act.IMPORT,
        about=About(Subject.CATALOG, "demo department"),
        actor=ACTOR,
        at=at,
        detail={
            "officers": len(roster.officers),
            "shifts": len(department.duties),
            "calls": len(department.calls) + len(cases),
            "incidents": len(cases),
        },
    )
    return incidents


def _people(session: Session, *, since: datetime) -> Roster:
    """Twelve officers; eleven with a camera, and one camera with nobody."""
    officers: dict[str, str] = {}
    cameras: dict[str, str] = {}
    for badge, name, unit in OFFICERS:
        officers[badge] = new_id()
        session.add(Officer(id=officers[badge], badge=badge, name=name, unit=unit, sworn=True))
    serials = [camera_of(badge) for badge, _, _ in OFFICERS]
    for serial in [*(s for s in serials if s), SPARE_CAMERA]:
        cameras[serial] = new_id()
        session.add(
            Camera(
                id=cameras[serial],
                serial=serial,
                model=CAMERA_MODEL,
                pre_event_seconds=PRE_EVENT_SECONDS,
                in_service=True,
            )
        )
    session.flush()
    for (badge, _, _), worn in zip(OFFICERS, serials, strict=True):
        if worn is not None:
            session.add(
                Assignment(
                    camera_id=cameras[worn],
                    officer_id=officers[badge],
                    starts_at=since,
                    ends_at=None,
                )
            )
    session.flush()
    return Roster(officers, cameras)


def _incident(session: Session, staged: StagedCase, roster: Roster) -> str:
    """An incident and the call that made it."""
    case = staged.case
    incident = Incident(
        id=new_id(),
        number=case.number,
        title=case.title,
        kind=case.kind,
        occurred_at=staged.call.units[0].arrived_at,
        district=case.district,
    )
    session.add(incident)
    session.flush()
    _call(session, staged.call, roster, incident_id=incident.id)
    return incident.id


def _call(
    session: Session, planned: PlannedCall, roster: Roster, *, incident_id: str | None
) -> None:
    """A call and its units."""
    call = Call(
        id=new_id(),
        number=planned.number,
        type=planned.type,
        priority=planned.priority,
        received_at=planned.received_at,
        cancelled=planned.cancelled,
        district=planned.district,
        incident_id=incident_id,
    )
    session.add(call)
    session.flush()
    for unit in planned.units:
        session.add(
            CallUnit(
                call_id=call.id,
                officer_id=roster.officers[unit.badge],
                dispatched_at=unit.dispatched_at,
                arrived_at=unit.arrived_at,
                cleared_at=unit.cleared_at,
            )
        )
