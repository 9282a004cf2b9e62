"""Rows of the files as rows of the catalog, and by what each is known again."""

from bwc.catalog import tables
from bwc.coverage.department import Assignment, CallUnit, Camera, Listed, Officer, Shift
from bwc.coverage.import_files import DispatchedCall
from bwc.coverage.lines import MICROSECOND
from bwc.coverage.merging import Matching

OFFICERS = Matching(
    tables.Officer,
    parent=tables.Officer.badge,
    key=lambda row: row.badge,
    columns=("name", "unit", "sworn"),
)
CAMERAS = Matching(
    tables.Camera,
    parent=tables.Camera.serial,
    key=lambda row: row.serial,
    columns=("model", "pre_event_seconds", "out_of_service_at", "in_service"),
)
ASSIGNMENTS = Matching(
    tables.Assignment,
    parent=tables.Assignment.camera_id,
    key=lambda row: (row.camera_id, row.officer_id, row.starts_at),
    columns=("ends_at",),
)
SHIFTS = Matching(
    tables.Shift,
    parent=tables.Shift.officer_id,
    key=lambda row: (row.officer_id, row.starts_at),
    columns=("ends_at",),
)
CALLS = Matching(
    tables.Call,
    parent=tables.Call.number,
    key=lambda row: row.number,
    columns=("type", "priority", "received_at", "cancelled", "district", "incident_id"),
)
CALL_UNITS = Matching(
    tables.CallUnit,
    parent=tables.CallUnit.call_id,
    key=lambda row: (row.call_id, row.officer_id, row.dispatched_at or row.arrived_at),
    columns=("arrived_at", "cleared_at"),
)


LISTED = Matching(
    tables.ListedRecording,
    parent=tables.ListedRecording.number,
    key=lambda row: (row.source, row.number),
    columns=(
        *("camera_id", "device_started_at", "clock_offset_seconds", "started_at", "duration_us"),
    ),
)


def officer_row(row: Officer) -> tables.Officer:
    """An officer."""
    return tables.Officer(badge=row.badge, name=row.name, unit=row.unit, sworn=row.sworn)


def camera_row(row: Camera) -> tables.Camera:
    """A camera; without a day of retirement nothing is said of its service."""
    camera = tables.Camera(
        serial=row.serial, model=row.model, pre_event_seconds=row.pre_event_seconds
    )
    if row.out_of_service is not None:
        camera.out_of_service_at, camera.in_service = row.out_of_service, False
    return camera


def assignment_row(
    row: Assignment, cameras: dict[str, str], officers: dict[str, str]
) -> tables.Assignment:
    """Who had a camera."""
    return tables.Assignment(
        camera_id=cameras[row.camera],
        officer_id=officers[row.badge],
        starts_at=row.start,
        ends_at=row.end,
    )


def shift_row(row: Shift, officers: dict[str, str]) -> tables.Shift:
    """A time on duty."""
    return tables.Shift(officer_id=officers[row.badge], starts_at=row.start, ends_at=row.end)


def call_row(row: DispatchedCall, incidents: dict[str, str]) -> tables.Call:
    """A call; what is empty says nothing."""
    call = tables.Call(
        number=row.call.number,
        type=row.call.type,
        priority=row.call.priority,
        received_at=row.call.received,
        cancelled=row.call.cancelled,
    )
    if row.district:
        call.district = row.district
    if row.incident:
        call.incident_id = incidents[row.incident]
    return call


def call_unit_row(
    row: CallUnit, calls: dict[str, str], officers: dict[str, str]
) -> tables.CallUnit:
    """One officer's stay on a call."""
    return tables.CallUnit(
        call_id=calls[row.call],
        officer_id=officers[row.badge],
        dispatched_at=row.dispatched,
        arrived_at=row.arrived,
        cleared_at=row.cleared,
    )


def listed_row(row: Listed, cameras: dict[str, str]) -> tables.ListedRecording:
    """What another system lists."""
    return tables.ListedRecording(
        source=row.source,
        number=row.film.id,
        camera_id=cameras[row.film.camera],
        device_started_at=row.film.start,
        clock_offset_seconds=row.film.clock_offset.total_seconds(),
        started_at=row.film.began,
        duration_us=row.film.duration // MICROSECOND,
    )
