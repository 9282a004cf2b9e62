"""A small department in a catalog: two sworn officers, one without camera, and one clerk."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.catalog.recording import RecordingState

MONDAY = datetime(2026, 3, 2, 7, tzinfo=UTC)  # midnight in Denver


def at(hours: float) -> datetime:
    """So many hours after Monday's midnight in Denver."""
    return MONDAY + timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class Stay:
    """One officer on one call, in hours; what did not happen is None."""

    badge: str
    arrived: float | None
    cleared: float | None


class Town:
    """Fills a catalog, row by row, by badge and serial."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.officers: dict[str, str] = {}
        self.cameras: dict[str, str] = {}
        for badge, name, sworn in (
            ("7", "Ann Lee", True),
            ("8", "Bo Cruz", True),
            ("C1", "Clerk", False),
        ):
            officer = tables.Officer(badge=badge, name=name, unit="Patrol", sworn=sworn)
            session.add(officer)
            session.flush()
            self.officers[badge] = officer.id
        for serial, works in (("cam-1", True), ("cam-2", True), ("broken", False)):
            camera = tables.Camera(
                serial=serial, model="X1", pre_event_seconds=30, in_service=works
            )
            session.add(camera)
            session.flush()
            self.cameras[serial] = camera.id

    def hand(
        self, serial: str, badge: str, *, since: float = -1000, until: float | None = None
    ) -> None:
        self.session.add(
            tables.Assignment(
                camera_id=self.cameras[serial],
                officer_id=self.officers[badge],
                starts_at=at(since),
                ends_at=None if until is None else at(until),
            )
        )

    def retire(self, serial: str, hours: float) -> None:
        camera = self.session.get_one(tables.Camera, self.cameras[serial])
        camera.in_service, camera.out_of_service_at = False, at(hours)
        self.session.flush()

    def shift(self, badge: str, start: float, end: float) -> None:
        self.session.add(
            tables.Shift(officer_id=self.officers[badge], starts_at=at(start), ends_at=at(end))
        )

    def call(self, number: str, received: float, *stays: Stay, cancelled: bool = False) -> None:
        call = tables.Call(
            number=number, type="alarm", priority=1, received_at=at(received), cancelled=cancelled
        )
        self.session.add(call)
        self.session.flush()
        for stay in stays:
            self.session.add(
                tables.CallUnit(
                    call_id=call.id,
                    officer_id=self.officers[stay.badge],
                    dispatched_at=at(received),
                    arrived_at=None if stay.arrived is None else at(stay.arrived),
                    cleared_at=None if stay.cleared is None else at(stay.cleared),
                )
            )

    def film(
        self,
        start: float,
        end: float,
        *,
        serial: str | None = None,
        badge: str | None = None,
        state: RecordingState = RecordingState.READY,
        sound: bool | None = True,
        received: float | None = None,
    ) -> str:
        """A recording; it returns its id."""
        recording = tables.Recording(
            sha256=sha256(f"{start} {end} {serial} {badge}".encode()).hexdigest(),
            size_bytes=1,
            original_name="a.mp4",
            duration_us=round((end - start) * 3_600_000_000),
            officer_id=None if badge is None else self.officers[badge],
            camera_id=None if serial is None else self.cameras[serial],
            device_started_at=at(start),
            started_at=at(start),
            state=state,
            has_audio=sound,
            received_at=at(end if received is None else received),
        )
        self.session.add(recording)
        self.session.flush()
        return recording.id
