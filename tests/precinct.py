"""A department of five units over some weeks, as an auditor would see it: seeded, so always equal.

It is written beside the case of `tests.desks.furnish`, with calls that pages must show in every way:
late, cut short, paused, without video, cancelled, too few to count.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random

from sqlalchemy.orm import Session

from bwc.catalog.recording import RecordingState, TagSource
from bwc.catalog.release import ReleaseState
from bwc.catalog.rendering import Verdict
from bwc.catalog.tables import (
    Assignment,
    Base,
    Call,
    CallUnit,
    Camera,
    Certificate,
    Decision,
    Incident,
    Officer,
    Plan,
    Recording,
    Release,
    Rendering,
    Shift,
    Tag,
)
from bwc.ids import new_id
from tests.desk_ids import DAY, HOUR, MINUTE, NOW

UNITS = {
    "Patrol North": ("D. Whitfield", "M. Oyelaran", "I. Carvalho", "T. Lindqvist", "A. Sørensen"),
    "Patrol South": ("R. Abernathy", "S. Haddad", "K. Tanabe", "O. Bracewell", "J. Mbeki"),
    "Riverside": ("L. Ferrante", "H. Kowalczyk", "V. Petrov", "N. Achterberg"),
    "Traffic": ("P. Nakagawa", "C. Delacroix", "E. Thornbury"),
    "Canine": ("B. Okonkwo",),
}
TYPES = ("traffic stop", "disturbance", "welfare check", "theft report", "alarm", "domestic")
DISTRICTS = ("North", "South", "Riverside", "Harbour", "Airport")
WEIGHTS = (9, 8, 6, 4, 1)
MIDNIGHT = NOW.replace(hour=7, minute=0, second=0, microsecond=0)  # in Denver
BARE = "3103"  # has no camera


def settle(session: Session, *, weeks: int = 6, calls_a_day: int = 8, incidents: int = 40) -> None:
    """Write it; the last of its days is yesterday."""
    rng = Random(2020)
    worn = _people(session)
    for day in range(7 * weeks, 0, -1):
        start = MIDNIGHT - day * DAY
        on_duty = _shifts(session, rng, worn, start)
        for place in range(calls_a_day):
            number = f"{start:%y%m%d}-{place + 1:03}"
            _call(session, rng, number, on_duty, worn)
        session.flush()
    cases = [_case(session, rng, place) for place in range(incidents)]
    session.flush()
    for place, (incident, film) in enumerate(cases):
        _decided(session, rng, incident, film, place)
    session.flush()


def _people(session: Session) -> dict[str, str | None]:
    """Officers and their cameras; camera id by officer id."""
    worn: dict[str, str | None] = {}
    for series, (unit, names) in enumerate(UNITS.items(), start=1):
        for place, name in enumerate(names, start=1):
            badge = f"{series}1{place:02}"
            officer = Officer(id=new_id(), badge=badge, name=name, unit=unit, sworn=True)
            camera = Camera(
                id=new_id(), serial=f"AX-{badge}", model="B3", pre_event_seconds=30, in_service=True
            )
            session.add_all([officer, camera])
            worn[officer.id] = None if badge == BARE else camera.id
    session.flush()
    session.add_all(
        Assignment(officer_id=officer, camera_id=camera, starts_at=NOW - 400 * DAY)
        for officer, camera in worn.items()
        if camera is not None
    )
    return worn


def _shifts(
    session: Session, rng: Random, worn: dict[str, str | None], start: datetime
) -> list[tuple[str, datetime]]:
    """Two thirds of the officers, half by day and half by night, ten hours each."""
    on_duty = []
    for place, officer in enumerate(worn):
        if rng.random() < 2 / 3:
            begins = start + (7 + 10 * (place % 2)) * HOUR
            session.add(Shift(officer_id=officer, starts_at=begins, ends_at=begins + 10 * HOUR))
            on_duty.append((officer, begins))
    return on_duty


def _call(
    session: Session,
    rng: Random,
    number: str,
    on_duty: list[tuple[str, datetime]],
    worn: dict[str, str | None],
) -> None:
    """A call in somebody's shift, sometimes with a partner, and what their cameras did."""
    first = rng.choice(on_duty)
    received = first[1] + timedelta(minutes=rng.randint(10, 520))
    call = Call(
        id=new_id(),
        number=number,
        type=rng.choice(TYPES),
        priority=rng.choice((1, 2, 2, 3)),
        received_at=received,
        district=rng.choices(DISTRICTS, WEIGHTS)[0],
        cancelled=rng.random() < 0.06,
    )
    session.add(call)
    session.flush()
    partners = [one for one in on_duty if one[1] == first[1] and one is not first]
    for officer, _ in [first, *rng.sample(partners, k=min(len(partners), rng.choice((0, 0, 1))))]:
        arrived = received + timedelta(seconds=rng.randint(180, 700))
        cleared = arrived + timedelta(seconds=rng.randint(600, 2400))
        session.add(
            CallUnit(
                call_id=call.id,
                officer_id=officer,
                dispatched_at=received + MINUTE,
                arrived_at=arrived,
                cleared_at=cleared,
            )
        )
        camera = worn[officer]
        if camera is not None and not call.cancelled:
            late = 0.05 if call.type == "traffic stop" else 0.14
            for begin, end in _ran(rng, arrived, cleared, late=late):
                session.add(_film(officer, camera, begin, end))


def _ran(
    rng: Random, arrived: datetime, cleared: datetime, *, late: float
) -> Iterator[tuple[datetime, datetime]]:
    """When a camera ran."""
    length, dice = cleared - arrived, rng.random()
    start, end = arrived - 40 * timedelta(seconds=1), cleared + 10 * timedelta(seconds=1)
    if dice < late:
        yield arrived + length * 0.3, end
    elif dice < late + 0.06:
        yield start, cleared - length * 0.4
    elif dice < late + 0.10:
        yield start, arrived + length * 0.4
        yield arrived + length * 0.6, end
    elif dice < 1 - late:
        yield start, end


def _film(officer: str, camera: str, begin: datetime, end: datetime) -> Recording:
    return Recording(
        id=new_id(),
        sha256=sha256(f"{officer} {begin}".encode()).hexdigest(),
        size_bytes=1,
        original_name="a.mp4",
        duration_us=(end - begin) // timedelta(microseconds=1),
        officer_id=officer,
        camera_id=camera,
        device_started_at=begin,
        started_at=begin,
        state=RecordingState.READY,
        has_audio=True,
        received_at=end + 6 * HOUR,
    )


def _case(session: Session, rng: Random, place: int) -> tuple[str, Recording]:
    """An incident of the last four weeks with a recording of it."""
    incident = Incident(
        id=new_id(),
        number=f"2026-9{place:04}",
        title="Use of force",
        kind=rng.choice(TYPES),
        occurred_at=NOW - rng.randint(3, 26) * DAY - rng.randint(0, 23) * HOUR,
        district=rng.choices(DISTRICTS, WEIGHTS)[0],
    )
    begin = NOW - 390 * DAY + place * HOUR
    film = _film(f"case {place}", "", begin, begin + HOUR)
    film.officer_id, film.camera_id = None, None
    session.add_all([incident, film])
    return incident.id, film


def _decided(session: Session, rng: Random, incident: str, film: Recording, place: int) -> None:
    """The public's decision on it; of those to be released most were, with a redaction."""
    incident_at = session.get_one(Incident, incident).occurred_at
    withheld = rng.random() < 0.25
    due = incident_at + 10 * DAY
    rows: list[Base] = [
        Decision(
            incident_id=incident,
            audience="public",
            modality="MUST_NOT" if withheld else "MUST",
            outcome="WITHHOLD" if withheld else "RELEASE_REDACTED",
            due_at=None if withheld else due,
            rests_on_draft=False,
            document={},
            sha256="a" * 64,
            decided_at=incident_at + DAY,
        ),
        Tag(
            recording_id=film.id,
            incident_id=incident,
            confidence=1,
            explanation="The officer named the incident.",
            source=TagSource.PERSON,
            author="records",
            created_at=incident_at + HOUR,
        ),
    ]
    if not withheld:
        rows += _released(session, rng, incident, film, due)
    session.add_all(rows)


def _released(
    session: Session, rng: Random, incident: str, film: Recording, due: datetime
) -> list[Base]:
    """A rendering that passed, and a release in time or a few days late."""
    plan = Plan(
        id=new_id(),
        recording_id=film.id,
        version=1,
        sha256=sha256(film.id.encode()).hexdigest(),
        document={},
        author="matcher",
        created_at=due - 5 * DAY,
    )
    rendering = Rendering(
        id=new_id(),
        recording_id=film.id,
        plan_id=plan.id,
        original_sha256=film.sha256,
        sha256=sha256(f"rendered {film.id}".encode()).hexdigest(),
        size_bytes=1,
        verdict=Verdict.PASSED,
        created_at=due - 4 * DAY,
    )
    session.add(plan)
    session.flush()
    session.add(rendering)
    session.flush()
    late = rng.random() < 0.3
    return [
        Certificate(
            rendering_id=rendering.id,
            sha256="a" * 64,
            document={},
            public_document={"hidden_share": round(rng.uniform(0.02, 0.3), 4)},
            created_at=due - 4 * DAY,
        ),
        Release(
            incident_id=incident,
            recording_id=film.id,
            audience="public",
            title="Use of force",
            summary="What happened.",
            state=ReleaseState.PUBLISHED,
            proposed_by="records",
            proposed_at=due - 3 * DAY,
            published_at=due + 4 * DAY if late else due - DAY,
        ),
    ]
