"""Does every officer have a camera? Who was on duty, and for how long with one that works. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bwc.canonical import JsonObject
from bwc.coverage.department import Assignment, Camera, Department
from bwc.coverage.measure import seconds
from bwc.coverage.rates import Rate, rounded
from bwc.timeline import Span, intersect, subtract


@dataclass(frozen=True, slots=True)
class Duty:
    """One sworn officer's time on duty in a period, and what of it was without a camera."""

    badge: str
    on_duty: timedelta
    bare: tuple[Span[datetime], ...]

    @property
    def is_equipped(self) -> bool:
        """Whether a working camera was assigned to him in every second on duty."""
        return not self.bare

    @property
    def without(self) -> timedelta:
        """Time on duty without a working camera."""
        return _length(self.bare)


@dataclass(frozen=True, slots=True)
class Equipment:
    """The sworn officers on duty in a period, and the cameras that nobody had in it."""

    duties: tuple[Duty, ...]
    idle_cameras: tuple[str, ...]

    @property
    def equipped(self) -> Rate:
        """Share of sworn officers on duty who always had a working camera."""
        return Rate(sum(duty.is_equipped for duty in self.duties), len(self.duties))

    @property
    def duty_share(self) -> float | None:
        """Share of sworn time on duty with a working camera assigned."""
        whole = sum((duty.on_duty for duty in self.duties), timedelta())
        bare = sum((duty.without for duty in self.duties), timedelta())
        return 1 - bare / whole if whole else None

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "equipped": self.equipped.document(),
            "duty_share": rounded(self.duty_share),
            "without_camera": [
                {
                    "badge": duty.badge,
                    "on_duty_seconds": seconds(duty.on_duty),
                    "without_camera_seconds": seconds(duty.without),
                }
                for duty in self.duties
                if not duty.is_equipped
            ],
            "idle_cameras": list(self.idle_cameras),
        }


def equipment(department: Department, period: Span[datetime]) -> Equipment:
    """Who was on duty in `period` with a camera, as long as each of `department.cameras` works."""
    sworn = {officer.badge for officer in department.officers if officer.sworn}
    working = {one.serial: one for one in department.cameras if one.works_after(period.start)}
    held: dict[str, list[Span[datetime]]] = {}
    used: set[str] = set()
    for hand in department.assignments:
        if hand.camera in working:
            for span in _within(hand, period, working[hand.camera]):
                used.add(hand.camera)
                held.setdefault(hand.badge, []).append(span)
    shifts: dict[str, list[Span[datetime]]] = {}
    for shift in department.shifts:
        if shift.badge in sworn and shift.start < shift.end:
            shifts.setdefault(shift.badge, []).append(Span(shift.start, shift.end))
    duties = (
        _duty(badge, intersect(spans, [period]), held.get(badge, []))
        for badge, spans in sorted(shifts.items())
    )
    return Equipment(
        duties=tuple(duty for duty in duties if duty.on_duty),
        idle_cameras=tuple(sorted(working.keys() - used)),
    )


def _duty(badge: str, on_duty: list[Span[datetime]], held: list[Span[datetime]]) -> Duty:
    """One officer's time on duty against the times he held a working camera."""
    return Duty(badge, _length(on_duty), tuple(subtract(on_duty, held)))


def _within(hand: Assignment, period: Span[datetime], camera: Camera) -> list[Span[datetime]]:
    """The part of an assignment that lies in the period and in which its camera worked."""
    start = max(hand.start, period.start)
    end = min(hand.end or period.end, camera.out_of_service or period.end, period.end)
    return [Span(start, end)] if start < end else []


def _length(spans: Sequence[Span[datetime]]) -> timedelta:
    """The length of spans that do not overlap."""
    return sum((span.end - span.start for span in spans), timedelta())
