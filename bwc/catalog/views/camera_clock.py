"""How a camera's clock drifted: straight between two measurements, and held before and after."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.camera_clock import ClockMeasurement
from bwc.catalog.recording import Recording

FEWEST = 2  # from one measurement nobody knows a drift: each recording keeps its own offset


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement: camera clock minus true time at `at`, a true time."""

    at: datetime
    offset: timedelta

    @property
    def device(self) -> datetime:
        """What the camera's clock said then."""
        return self.at + self.offset


def readings(session: Session, camera_id: str) -> list[Reading]:
    """A camera's measurements by time; of several of one moment the last that was noted."""
    row = ClockMeasurement
    query = (
        sa.select(row.measured_at, row.offset_seconds)
        .where(row.camera_id == camera_id)
        .order_by(row.measured_at, row.noted_at, row.id)
    )
    found = {at: Reading(at, timedelta(seconds=offset)) for at, offset in session.execute(query)}
    return list(found.values())


def readings_for(session: Session, recording_id: str) -> list[Reading]:
    """The measurements that a recording's offset comes from: none, the nearest one, or two."""
    film = session.get_one(Recording, recording_id)
    if film.camera_id is None or film.device_started_at is None:
        return []
    found = readings(session, film.camera_id)
    return around(found, film.device_started_at) if len(found) >= FEWEST else []


def offset_at(found: Sequence[Reading], device: datetime) -> timedelta:
    """Camera clock minus true time when the camera's clock said `device`, to the microsecond.

    `found` are one or more readings by time.
    """
    near = around(found, device)
    if len(near) == 1:
        return near[0].offset
    before, after = near
    share = (device - before.device) / (after.device - before.device)
    return before.offset + (after.offset - before.offset) * share


def around(found: Sequence[Reading], device: datetime) -> list[Reading]:
    """The readings before and after a time of the camera's clock, or the nearest one outside.

    A clock that was set back shows some times twice; they count as before it was.
    """
    reached = list(accumulate((one.device for one in found), max))
    place = bisect_right(reached, device)
    if place == 0:
        return [found[0]]
    return [*found[place - 1 : place + 1]]
