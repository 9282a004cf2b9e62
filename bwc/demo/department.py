"""The demo department as values: who is on duty, what happens, and which camera ran.

Two weeks before `now`, drawn from a seed, so that the same day gives the same department. Some
cameras start late, stop early, pause or never run: that is what the coverage pages are for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

DAYS = 14
CALLS_A_DAY = 8
SEED = 2020  # the year of the Mayors' report

OFFICERS = (
    ("1042", "Dana Whitfield", "Patrol North"),
    ("1077", "Marcus Oyelaran", "Patrol North"),
    ("1103", "Ines Carvalho", "Patrol North"),
    ("1119", "Theo Lindqvist", "Patrol North"),
    ("1156", "Ruth Abernathy", "Patrol South"),
    ("1168", "Samir Haddad", "Patrol South"),
    ("1201", "Keiko Tanabe", "Patrol South"),
    ("1214", "Owen Bracewell", "Patrol South"),
    ("1250", "Lucia Ferrante", "Traffic"),
    ("1266", "Desmond Achebe", "Traffic"),
    ("1290", "Hanna Kowalczyk", "Traffic"),
    ("1313", "Paul Nakagawa", "Traffic"),
)
BADGE_WITHOUT_CAMERA = "1313"
SPARE_CAMERA = "C-0013"
CALL_TYPES = ("traffic stop", "disturbance", "welfare check", "theft report", "alarm", "pursuit")
DISTRICTS = ("North", "South", "Riverside")


class Running(StrEnum):
    """How a camera behaved on one call."""

    GOOD = "good"
    LATE = "late"
    EARLY = "early"
    PAUSED = "paused"
    MISSING = "missing"


BEHAVIOUR = {
    Running.GOOD: 68,
    Running.LATE: 12,
    Running.EARLY: 7,
    Running.PAUSED: 4,
    Running.MISSING: 9,
}


@dataclass(frozen=True, slots=True)
class Duty:
    """One shift of one officer."""

    badge: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Unit:
    """One officer on a call."""

    badge: str
    dispatched_at: datetime
    arrived_at: datetime
    cleared_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A call for service and who went."""

    number: str
    type: str
    priority: int
    received_at: datetime
    district: str
    cancelled: bool
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class PlannedRecording:
    """One file a camera will bring: when it ran, by the true clock, and how wrong its own is."""

    badge: str
    camera: str
    starts_at: datetime
    seconds: int
    clock_offset_seconds: int


@dataclass(frozen=True, slots=True)
class Department:
    """Everything the demo invents but its events."""

    duties: tuple[Duty, ...]
    calls: tuple[PlannedCall, ...]
    recordings: tuple[PlannedRecording, ...]


def camera_of(badge: str) -> str | None:
    """The serial of an officer's camera; one officer has none."""
    if badge == BADGE_WITHOUT_CAMERA:
        return None
    return f"C-{[b for b, _, _ in OFFICERS].index(badge) + 1:04d}"


def invent(now: datetime, zone: ZoneInfo) -> Department:
    """The two weeks that end with the day before `now`."""
    rng = Random(SEED)  # noqa: S311 - a play, not a secret
    today = now.astimezone(zone).date()
    duties: list[Duty] = []
    calls: list[PlannedCall] = []
    recordings: list[PlannedRecording] = []
    for back in range(DAYS, 0, -1):
        morning = datetime.combine(today - timedelta(days=back), time(7), zone)
        on_duty = list(_duties(rng, morning, day=DAYS - back))
        duties += on_duty
        for place in range(CALLS_A_DAY):
            number = f"{morning:%y%m%d}-{place + 1:03d}"
            call = _call(rng, number, on_duty)
            calls.append(call)
            if not call.cancelled:
                recordings += _recordings(rng, call)
    return Department(tuple(duties), tuple(calls), tuple(recordings))


def _duties(rng: Random, morning: datetime, *, day: int) -> Iterator[Duty]:
    """Eight of twelve officers a day, half by day and half by night, ten hours each."""
    for place, (badge, _, _) in enumerate(OFFICERS):
        if (place + day) % 3 == 0:
            continue
        start = morning + timedelta(hours=10 * ((place + day // 7) % 2))
        start += timedelta(minutes=rng.choice((-10, 0, 0, 5)))
        yield Duty(badge, start, start + timedelta(hours=10))


def _call(rng: Random, number: str, on_duty: list[Duty]) -> PlannedCall:
    """A call somewhere in somebody's shift, with one or two units."""
    first = rng.choice(on_duty)
    length = (first.ends_at - first.starts_at).total_seconds()
    received = first.starts_at + timedelta(seconds=int(rng.uniform(0.05, 0.85) * length))
    partners = [
        d
        for d in on_duty
        if d is not first and d.starts_at <= received < d.ends_at - timedelta(hours=1)
    ]
    chosen = [first, *rng.sample(partners, k=min(len(partners), rng.choice((0, 0, 1))))]
    on_scene = rng.randint(90, 240)
    arrived = received + timedelta(seconds=rng.randint(180, 720))
    units = tuple(
        Unit(
            badge=duty.badge,
            dispatched_at=received + timedelta(seconds=rng.randint(20, 90)),
            arrived_at=arrived + timedelta(seconds=rng.randint(0, 60)),
            cleared_at=arrived + timedelta(seconds=60 + on_scene),
        )
        for duty in chosen
    )
    return PlannedCall(
        number=number,
        type=rng.choice(CALL_TYPES),
        priority=rng.choice((1, 2, 2, 3)),
        received_at=received,
        district=rng.choice(DISTRICTS),
        cancelled=rng.random() < 0.05,  # noqa: PLR2004 - one call in twenty
        units=units,
    )


def _recordings(rng: Random, call: PlannedCall) -> Iterator[PlannedRecording]:
    """What the cameras of a call's units brought, each behaving in its own way."""
    for unit in call.units:
        camera = camera_of(unit.badge)
        running = rng.choices(list(BEHAVIOUR), list(BEHAVIOUR.values()))[0]
        if camera is None or running is Running.MISSING:
            continue
        offset = rng.choice((0, 0, 0, 2, -3))
        for start, end in _ran(running, unit):
            yield PlannedRecording(
                badge=unit.badge,
                camera=camera,
                starts_at=start,
                seconds=int((end - start).total_seconds()),
                clock_offset_seconds=offset,
            )


def _ran(running: Running, unit: Unit) -> list[tuple[datetime, datetime]]:
    """When a camera ran on a call; the 30 second pre-event buffer is part of the file."""
    start = unit.arrived_at - timedelta(seconds=45)
    end = unit.cleared_at + timedelta(seconds=10)
    on_scene = unit.cleared_at - unit.arrived_at
    if running is Running.LATE:
        return [(unit.arrived_at + on_scene * 0.3, end)]
    if running is Running.EARLY:
        return [(start, unit.cleared_at - on_scene * 0.35)]
    if running is Running.PAUSED:
        return [(start, unit.arrived_at + on_scene * 0.4), (unit.arrived_at + on_scene * 0.6, end)]
    return [(start, end)]
