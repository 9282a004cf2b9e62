"""The demo's cases: what happened, who complained and asked, and how far each has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bwc.canonical import Json
from bwc.demo.department import Department, Duty, PlannedCall, PlannedRecording, Unit, camera_of

LEAD_IN = timedelta(seconds=4)  # a recording starts this long before the officer arrives
LEAD_OUT = timedelta(seconds=1)
APART = timedelta(minutes=20)  # from any other call, so that the matcher is in no doubt


class Ending(StrEnum):
    """How far a case has come when the demo stands."""

    PUBLISHED = "published"
    WAITING = "waiting for an obligation"
    TO_REDACT = "waiting for redaction"
    NOT_RELEASABLE = "no rule releases it"
    PUT_OFF = "a rule lets it wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incident with a recording that shows people."""

    number: str
    title: str
    summary: str
    kind: str
    district: str
    badge: str
    seed: int
    seconds: int
    night: float
    ending: Ending
    complaint: str | None
    request: str | None
    facts: dict[str, Json]


@dataclass(frozen=True, slots=True)
class StagedCase:
    """A case placed in time: its call, and the recording that its officer's camera made."""

    case: Case
    call: PlannedCall
    recording: PlannedRecording


# What a reviewer writes down after watching: until then the rules count both as unknown.
SEEN: dict[str, Json] = {
    "persons": [{"role": "subject"}, {"role": "bystander"}],
    "segments": [{"track": "video", "elements": ["face"]}],
}
FORCE: dict[str, Json] = {**SEEN, "incident_types": ["uof_other"], "injury_level": "minor"}

CASES = (
    Case(
        number="2026-004117",
        title="Traffic stop on Alder Street",
        summary="An officer stops two people on foot after a call about a parked car. "
        "One of them later filed a complaint about how they were spoken to.",
        kind="traffic stop",
        district="North",
        badge="1042",
        seed=1,
        seconds=12,
        night=0.05,
        ending=Ending.PUBLISHED,
        complaint="I was spoken to rudely and pushed against the car for no reason.",
        request="Please release the body camera video of the stop on Alder Street.",
        facts={**FORCE, "arrest_made": False},
    ),
    Case(
        number="2026-004163",
        title="Disturbance at Riverside Market",
        summary="Officers talk to two people after a call about an argument at the market. "
        "A resident complained that one of them was held without cause.",
        kind="disturbance",
        district="Riverside",
        badge="1168",
        seed=4,
        seconds=11,
        night=0.35,
        ending=Ending.PUBLISHED,
        complaint="My neighbour was held by the arm for minutes although she did nothing.",
        request="All body camera video of the disturbance at Riverside Market.",
        facts={**FORCE, "arrest_made": False},
    ),
    Case(
        number="2026-004190",
        title="Death during an arrest on Mill Road",
        summary="A person died during an arrest. The family has the right to see the video first.",
        kind="use of force",
        district="South",
        badge="1201",
        seed=7,
        seconds=10,
        night=0.2,
        ending=Ending.WAITING,
        complaint="A man died in front of us and nobody tells us what happened.",
        request="The body camera video of the arrest on Mill Road.",
        facts={
            **SEEN,
            "incident_types": ["officer_involved_death", "uof_serious"],
            "injury_level": "death",
            "arrest_made": True,
        },
    ),
    Case(
        number="2026-004202",
        title="Welfare check on Cedar Lane",
        summary="Officers check on a person whom neighbours had not seen for days.",
        kind="welfare check",
        district="South",
        badge="1156",
        seed=10,
        seconds=10,
        night=0.1,
        ending=Ending.TO_REDACT,
        complaint="The officers searched the house although she had asked them to leave.",
        request="Video of the welfare check on Cedar Lane.",
        facts={"incident_types": ["other"], "injury_level": "none"},
    ),
    Case(
        number="2026-004215",
        title="Theft report at the station",
        summary="A theft is reported. Nobody has complained; somebody asked for the video.",
        kind="theft report",
        district="North",
        badge="1250",
        seed=13,
        seconds=9,
        night=0.0,
        ending=Ending.NOT_RELEASABLE,
        complaint=None,
        request="I would like the video of the theft report.",
        facts={"incident_types": ["other"], "injury_level": "none"},
    ),
    Case(
        number="2026-004228",
        title="Search of a workshop on Quarry Street",
        summary="Officers search a workshop; the prosecutor has asked for time.",
        kind="search",
        district="Riverside",
        badge="1077",
        seed=16,
        seconds=9,
        night=0.15,
        ending=Ending.PUT_OFF,
        complaint="They broke the door although I had offered them the key.",
        request="The video of the search on Quarry Street.",
        facts={
            **SEEN,
            "incident_types": ["other"],
            "injury_level": "none",
            "substantially_interferes": True,
            "criminal_inv_status": "active",
            "interference_claim": [
                {
                    "claimed_by_role": "prosecutor",
                    "specific_basis_text": "Witnesses have not been heard yet.",
                }
            ],
        },
    ),
)


def stage(department: Department, cases: tuple[Case, ...]) -> list[StagedCase]:
    """Place each case into a shift of its officer, the newest first, away from other calls."""
    staged: list[StagedCase] = []
    for place, case in enumerate(cases):
        duties = [duty for duty in department.duties if duty.badge == case.badge]
        busy = [
            unit
            for call in (*department.calls, *(other.call for other in staged))
            for unit in call.units
            if unit.badge == case.badge
        ]
        arrived = _quiet_moment(duties[-1 - place % len(duties)], busy)
        staged.append(_stage(case, arrived, place))
    return staged


def _quiet_moment(duty: Duty, busy: list[Unit]) -> datetime:
    """An hour and more into a shift, with no other call of the officer anywhere near."""
    moment = duty.starts_at + timedelta(hours=1)
    while any(unit.dispatched_at - APART < moment < unit.cleared_at + APART for unit in busy):
        moment += timedelta(minutes=7)
    return moment


def _stage(case: Case, arrived: datetime, place: int) -> StagedCase:
    """The call and the recording of one case."""
    on_scene = timedelta(seconds=case.seconds) - LEAD_IN - LEAD_OUT
    unit = Unit(
        badge=case.badge,
        dispatched_at=arrived - timedelta(minutes=7),
        arrived_at=arrived,
        cleared_at=arrived + on_scene,
    )
    call = PlannedCall(
        number=f"{arrived:%y%m%d}-9{place + 1:02d}",
        type=case.kind,
        priority=1,
        received_at=arrived - timedelta(minutes=8),
        district=case.district,
        cancelled=False,
        units=(unit,),
    )
    camera = camera_of(case.badge)
    if camera is None:
        raise ValueError(f"officer {case.badge} has no camera to record a case with")
    recording = PlannedRecording(
        badge=case.badge,
        camera=camera,
        starts_at=arrived - LEAD_IN,
        seconds=case.seconds,
        clock_offset_seconds=0,
    )
    return StagedCase(case, call, recording)
