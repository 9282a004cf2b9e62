"""What docks measured of the clocks of cameras."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from bwc.catalog.base import Base, primary_key, reference


class ClockMeasurement(Base):
    """A camera's clock compared with a true one at `measured_at` (true time).

    `offset_seconds` is camera clock minus true time. Kept as evidence, also where a later one of
    the same moment counts instead. `recording_id` is the recording that brought it.
    """

    __tablename__ = "clock_measurements"

    id: Mapped[str] = primary_key()
    camera_id: Mapped[str] = reference("cameras.id")
    measured_at: Mapped[datetime]
    offset_seconds: Mapped[float]
    recording_id: Mapped[str] = reference("recordings.id")
    noted_by: Mapped[str]
    noted_at: Mapped[datetime]
