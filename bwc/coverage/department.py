"""What coverage is measured from: the records of a department as plain values.

The names are those of the seven CSV files (see docs/coverage.md). All times are aware UTC.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Officer:
    """A member of the department; only sworn officers must wear a camera."""

    badge: str
    name: str
    unit: str
    sworn: bool


@dataclass(frozen=True, slots=True)
class Camera:
    """A body-worn camera, and how many seconds it keeps from before it was switched on.

    It works until `out_of_service`; for ever where that is None.
    """

    serial: str
    model: str
    pre_event_seconds: int
    out_of_service: datetime | None = None

    def works_after(self, moment: datetime) -> bool:
        """Whether it works at `moment` or, up to some instant, beyond it."""
        return self.out_of_service is None or self.out_of_service > moment


@dataclass(frozen=True, slots=True)
class Assignment:
    """A camera in an officer's hands over `[start, end)`; still there where `end` is None.

    `is_stated` says that it was made up from a recording that only names its officer.
    """

    camera: str
    badge: str
    start: datetime
    end: datetime | None
    is_stated: bool = False

    def moved(self, by: timedelta) -> "Assignment":
        """Where it lies once every recording lies `by` later: one made up goes with its own."""
        if not self.is_stated or self.end is None:
            return self
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True)
class Shift:
    """An officer on duty over `[start, end)`."""

    badge: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """A call for service as dispatch knows it."""

    number: str
    type: str
    priority: int
    received: datetime
    cancelled: bool


@dataclass(frozen=True, slots=True)
class CallUnit:
    """One stay of one officer on one call; an officer may come back to the same call."""

    call: str
    badge: str
    dispatched: datetime | None
    arrived: datetime | None
    cleared: datetime | None


@dataclass(frozen=True, slots=True)
class Recording:
    """One file of one camera, its first frame (buffer included) at `start` by the camera's clock.

    `clock_offset` is camera clock minus true time; `has_audio` is None where nobody knows.
    """

    id: str
    camera: str
    start: datetime
    duration: timedelta
    clock_offset: timedelta
    has_audio: bool | None = None

    @property
    def began(self) -> datetime:
        """The true time of the first frame."""
        return self.start - self.clock_offset

    @property
    def ended(self) -> datetime:
        """The true time at which the last frame was over."""
        return self.start - self.clock_offset + self.duration


@dataclass(frozen=True, slots=True)
class Listed:
    """A recording that another evidence system, `source`, lists; no file of it is here."""

    source: str
    film: Recording


@dataclass(frozen=True, slots=True)
class Department:
    """All that is known of one department over some time."""

    officers: list[Officer]
    cameras: list[Camera]
    assignments: list[Assignment]
    shifts: list[Shift]
    calls: list[Call]
    call_units: list[CallUnit]
    recordings: list[Recording]
    listed: list[Listed] = field(default_factory=list)
