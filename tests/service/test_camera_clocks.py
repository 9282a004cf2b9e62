"""Drift from intake to coverage: measured, kept, applied to what is here already, and shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from api.desk.app import create_app
from bwc.catalog.camera_clock import ClockMeasurement
from bwc.catalog.recording import Recording
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Call, CallUnit, Job, Role
from bwc.catalog.views.camera_clock import readings_for
from bwc.clock import FixedClock
from bwc.coverage.report import officer_coverage
from bwc.coverage.stale_days import days_to_refresh
from bwc.coverage.sums import Days, refresh_sums
from bwc.custody.acts import Act
from bwc.intake.dock import Dock
from bwc.intake.receive import receive_file
from bwc.intake.sidecar import Claims, claims_from
from bwc.jobs.kinds import JobKind
from tests.desk_ids import CASE
from tests.desk_ids import NOW as DESK_NOW
from tests.desks import furnish, make_house, signed_in
from tests.docks import NOW, add_officer, entries, make_dock, small_clip
from tests.web import serving

pytestmark = [pytest.mark.service, pytest.mark.media]

HOUR = timedelta(hours=1)
DENVER = ZoneInfo("America/Denver")


@dataclass
class Town:
    """A dock with one officer's camera; recordings by the hour before NOW."""

    dock: Dock
    catalog: Catalog
    folder: Path
    officer_id: str
    camera_id: str

    def receive(
        self,
        hours: float,
        *,
        offset: float | None = None,
        measured: float | None = None,
        second: float = 0,
    ) -> str:
        """A recording that began so many hours after NOW by the camera's clock; its id."""
        begun = NOW + hours * HOUR + timedelta(seconds=second)
        clip = small_clip(self.folder / f"{hours}.mp4", seconds=0.4 + 0.1 * (hours + 20))
        claims = Claims(
            camera="X-77",
            device_started_at=begun,
            clock_offset_seconds=offset,
            clock_measured_at=None if measured is None else NOW + measured * HOUR,
        )
        return receive_file(self.dock, clip, actor="dock", claims=claims).recording_id

    def offsets(self, recordings: Sequence[str]) -> list[float]:
        with self.catalog.read() as session:
            films = [session.get_one(Recording, one) for one in recordings]
            for film in films:
                assert film.device_started_at is not None
                lag = timedelta(seconds=film.clock_offset_seconds)
                assert film.started_at == film.device_started_at - lag
            return [round(film.clock_offset_seconds, 6) for film in films]


@pytest.fixture
def town(catalog: Catalog, tmp_path: Path) -> Town:
    return Town(make_dock(catalog, tmp_path), catalog, tmp_path, *add_officer(catalog))


def test_a_second_measurement_places_the_recordings_between_and_outside(town: Town) -> None:
    before = town.receive(-12)
    first = town.receive(-10, offset=0, measured=-10)
    between = town.receive(-5, second=5)
    assert town.offsets([before, first, between]) == [0, 0, 0]
    last = town.receive(-1, offset=10, measured=0)
    found = town.offsets([before, first, between, last])
    assert found[:3] == [0, 0, pytest.approx(5, abs=1e-5)]
    assert found[3] == pytest.approx(9, abs=0.01)
    after = town.receive(1)
    assert town.offsets([after]) == [10]
    with town.catalog.read() as session:
        assert [one.offset.total_seconds() for one in readings_for(session, between)] == [0, 10]
        assert [one.offset.total_seconds() for one in readings_for(session, after)] == [10]
        kept = session.scalars(sa.select(ClockMeasurement.offset_seconds)).all()
    assert sorted(kept) == [0, 10]


def test_a_move_is_in_custody_with_what_was_there_and_asks_for_a_new_match(town: Town) -> None:
    town.receive(-10, offset=0, measured=-10)
    between = town.receive(-5, second=5)
    town.receive(-1, offset=10, measured=0)
    [moved] = [
        entry
        for entry in entries(town.catalog)
        if entry.act == Act.CLOCK_CORRECTED and entry.subject_id == between
    ]
    assert moved.before is not None
    assert moved.before["clock_offset_seconds"] == 0
    assert moved.detail["clock_offset_seconds"] == pytest.approx(5, abs=1e-5)
    with town.catalog.read() as session:
        jobs = sa.select(sa.func.count()).where(
            Job.kind == JobKind.MATCH.value, Job.subject_id == between
        )
        assert session.scalar(jobs) == 2


def test_offsets_of_single_recordings_stay_what_they_are(town: Town) -> None:
    """Without a time of its own an offset is that of the recording, as it always was."""
    films = [town.receive(hours, offset=offset) for hours, offset in ((-9, 3), (-6, 9), (-3, -2))]
    assert town.offsets(films) == [3, 9, -2]
    assert town.offsets([town.receive(-7.5)]) == [6]
    assert Act.CLOCK_CORRECTED not in [
        entry.act for entry in entries(town.catalog) if entry.subject_id in films
    ]


def test_a_later_measurement_in_between_moves_only_what_lies_beside_it(town: Town) -> None:
    town.receive(-12, offset=0, measured=-12)
    films = [town.receive(hours) for hours in (-11, -7, -5, -1)]
    town.receive(-0.5, offset=0, measured=0)
    assert town.offsets(films) == [0, 0, 0, 0]
    town.receive(-6.5, offset=12, measured=-6)
    assert town.offsets(films) == [pytest.approx(wanted, abs=0.05) for wanted in (2, 10, 10, 2)]


def test_coverage_counts_from_the_corrected_start_and_sums_the_day_again(town: Town) -> None:
    def call(session: Session, number: str, began: datetime) -> None:
        row = Call(number=number, type="alarm", priority=1, received_at=began)
        session.add(row)
        session.flush()
        stay = CallUnit(
            call_id=row.id,
            officer_id=town.officer_id,
            dispatched_at=began,
            arrived_at=began,
            cleared_at=began + timedelta(seconds=1),
        )
        session.add(stay)

    town.receive(-10, offset=0, measured=-10)
    film = town.receive(-5, second=5)
    with town.catalog.write() as session:
        call(session, "26-1", NOW - 5 * HOUR)
        day = (NOW - 5 * HOUR).astimezone(DENVER).date()
        whole = Days(day - timedelta(days=60), day)
        refresh_sums(session, whole, zone=DENVER, at=NOW + HOUR)
        session.commit()
    town.dock = replace(town.dock, clock=FixedClock(NOW + 2 * HOUR))
    today = day + timedelta(days=1)

    def late_and_stale() -> tuple[float, bool]:
        with town.catalog.read() as session:
            report = officer_coverage(session, "1204", NOW - 6 * HOUR, NOW)
            stale = day in days_to_refresh(session, today, zone=DENVER)
        return report.calls[0].coverage.covered.total_seconds(), stale

    assert late_and_stale() == (0, False)
    town.receive(-1, offset=10, measured=0)
    covered, stale = late_and_stale()
    assert (covered, stale) == (pytest.approx(1, abs=1e-4), True)
    assert town.offsets([film]) == [pytest.approx(5, abs=1e-5)]


def test_a_sidecar_says_when_the_clock_was_measured() -> None:
    claims = claims_from(
        {"clock_offset_seconds": "3", "clock_measured_at": "2026-03-02T06:00:00-07:00"},
        where="sidecar",
    )
    assert claims.clock_measured_at is not None
    assert claims.document()["clock_measured_at"] == "2026-03-02T13:00:00Z"


def test_the_desk_shows_the_measurements_with_the_recording(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    with house.catalog.write() as session:
        film = session.get_one(Recording, CASE.own_recording)
        film.camera_id = CASE.camera
        film.device_started_at = DESK_NOW - 100 * HOUR
        for hours, offset in ((-200, 2.0), (0, 8.0)):
            session.add(
                ClockMeasurement(
                    camera_id=CASE.camera,
                    measured_at=DESK_NOW + hours * HOUR,
                    offset_seconds=offset,
                    recording_id=film.id,
                    noted_by="dock",
                    noted_at=DESK_NOW,
                )
            )
        session.commit()
    with serving(create_app(house=house)) as desk, signed_in(desk, Role.AUDITOR) as client:
        text = client.get(f"/recordings/{CASE.own_recording}").text
    assert "between its measurements of +2 s" in text
    assert "and +8 s" in text
