"""Roster and dispatch records into the catalog, from the CSV files of docs/coverage.md.

Any of the six files may be absent: a nightly import brings calls alone. Rows are known again by
their natural key, so the same folder twice changes nothing; a row that came with new values is
changed, and what it was stands in the custody entry. Nothing is ever removed. One bad row refuses
the whole import.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from bwc.canonical import Json, JsonObject
from bwc.catalog import tables
from bwc.coverage import department_csv as files
from bwc.coverage.cells import LAST_YEAR, RENUMBER, BadCell, Cells, RowError
from bwc.coverage.csv_files import CsvFile, mapped, read_csv
from bwc.coverage.department import Assignment, Call, CallUnit, Camera, Officer, Shift
from bwc.coverage.mapping import Mapping, source_name
from bwc.coverage.merging import Matching, Merged, merge_rows
from bwc.coverage.stale_days import mark_stale
from bwc.coverage.sums import Days
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import InvalidInput

Row = TypeVar("Row")

ONE_DAY = timedelta(days=1)
LAST_MOMENT = datetime(LAST_YEAR, 1, 1, tzinfo=UTC)  # of a camera that is still in use

FILES = (
    "officers.csv",
    "cameras.csv",
    "assignments.csv",
    "shifts.csv",
    "calls.csv",
    "call_units.csv",
)


@dataclass(frozen=True, slots=True)
class DispatchedCall:
    """A call with what the catalog keeps beyond the measured columns.

    An empty district or incident says nothing: what the catalog knows stays.
    """

    call: Call
    district: str
    incident: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """The good rows of a folder, and every bad one with its reason."""

    officers: list[Officer]
    cameras: list[Camera]
    assignments: list[Assignment]
    shifts: list[Shift]
    calls: list[DispatchedCall]
    call_units: list[CallUnit]
    sha256: dict[str, str]
    errors: list[RowError]


def read_bundle(session: Session, folder: Path, mapping: Mapping | None = None) -> Bundle:
    """Read the files that are there. Rows may name what stands in the files or in the catalog.

    Raises:
        InvalidInput: the folder holds none of the files.
    """
    present = [
        name
        for name in FILES
        if (mapping is not None and mapping.of(name)) or (folder / name).is_file()
    ]
    if not present:
        raise InvalidInput(
            "nothing to import", where=str(folder), expected=f"one of {', '.join(FILES)}"
        )
    errors: list[RowError] = []
    badges, serials, numbers = set[str](), set[str](), set[str]()

    def read(file: CsvFile[Row]) -> list[Row]:
        return list(read_csv(folder, mapped(file, mapping), errors)) if file.name in present else []

    officers = read(files.officers_file(badges))
    cameras = read(files.cameras_file(serials))
    calls = read(_calls_file(numbers, _stored(session, tables.Incident.number)))
    badges |= _stored(session, tables.Officer.badge)
    serials |= _stored(session, tables.Camera.serial)
    numbers |= _stored(session, tables.Call.number)
    return Bundle(
        officers=officers,
        cameras=cameras,
        assignments=read(_once(files.assignments_file(serials, badges), "start", _hand_key)),
        shifts=read(_once(files.shifts_file(badges), "start", _shift_key)),
        calls=calls,
        call_units=read(_once(files.call_units_file(numbers, badges), "dispatched", _stay_key)),
        sha256={
            path.name: _sha256(path)
            for path in (folder / source_name(name, mapping) for name in present)
            if path.is_file()
        },
        errors=errors,
    )


def without_bad_rows(session: Session, bundle: Bundle) -> Bundle:
    """The good rows alone, for a dry run: those that hang on a bad one are left out too."""
    if not bundle.errors:
        return bundle
    badges = {row.badge for row in bundle.officers} | _stored(session, tables.Officer.badge)
    serials = {row.serial for row in bundle.cameras} | _stored(session, tables.Camera.serial)
    numbers = {row.call.number for row in bundle.calls} | _stored(session, tables.Call.number)
    return replace(
        bundle,
        assignments=[
            row for row in bundle.assignments if row.camera in serials and row.badge in badges
        ],
        shifts=[row for row in bundle.shifts if row.badge in badges],
        call_units=[
            row for row in bundle.call_units if row.call in numbers and row.badge in badges
        ],
        errors=[],
    )


def import_bundle(
    session: Session, bundle: Bundle, *, actor: str, at: datetime
) -> dict[str, Merged]:
    """Write a bundle and its custody entry; the caller commits, or does not for a dry run.

    Returns:
        What was done to each table, by its name.

    Raises:
        InvalidInput: the bundle has bad rows.
    """
    if bundle.errors:
        raise InvalidInput(
            f"{len(bundle.errors)} bad rows; nothing was imported",
            where=bundle.errors[0].message(),
        )
    merged = {
        "officers": merge_rows(session, OFFICERS, [_officer(row) for row in bundle.officers]),
        "cameras": merge_rows(session, CAMERAS, [_camera(row) for row in bundle.cameras]),
    }
    officers = _ids(session, tables.Officer.badge, tables.Officer.id)
    cameras = _ids(session, tables.Camera.serial, tables.Camera.id)
    incidents = _ids(session, tables.Incident.number, tables.Incident.id)
    merged["assignments"] = merge_rows(
        session, ASSIGNMENTS, [_assignment(row, cameras, officers) for row in bundle.assignments]
    )
    merged["shifts"] = merge_rows(session, SHIFTS, [_shift(row, officers) for row in bundle.shifts])
    merged["calls"] = merge_rows(session, CALLS, [_call(row, incidents) for row in bundle.calls])
    calls = _ids(session, tables.Call.number, tables.Call.id)
    merged["call_units"] = merge_rows(
        session, CALL_UNITS, [_call_unit(row, calls, officers) for row in bundle.call_units]
    )
    for days in touched_days(bundle, merged):
        mark_stale(session, days)
    _record(session, bundle, merged, actor=actor, at=at)
    return merged


def touched_days(bundle: Bundle, merged: dict[str, Merged]) -> Iterator[Days]:
    """The days whose coverage an import may have changed, a day more on either side for the zone."""
    units = {row.call for row in bundle.call_units}
    moments = {
        "assignments": [
            one for row in bundle.assignments for one in (row.start, row.end or LAST_MOMENT)
        ],
        "shifts": [one for row in bundle.shifts for one in (row.start, row.end)],
        "calls": [row.call.received for row in bundle.calls],
        "call_units": [row.call.received for row in bundle.calls if row.call.number in units],
    }
    for name, every in moments.items():
        if every and (merged[name].added or merged[name].changed):
            yield Days(min(every).date() - ONE_DAY, max(every).date() + ONE_DAY)


def import_document(merged: dict[str, Merged]) -> JsonObject:
    """What an import did, as JSON."""
    return {
        name: {"added": done.added, "changed": done.changed, "unchanged": done.unchanged}
        for name, done in merged.items()
    }


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
    columns=("model", "pre_event_seconds"),
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


def _officer(row: Officer) -> tables.Officer:
    return tables.Officer(badge=row.badge, name=row.name, unit=row.unit, sworn=row.sworn)


def _camera(row: Camera) -> tables.Camera:
    return tables.Camera(
        serial=row.serial, model=row.model, pre_event_seconds=row.pre_event_seconds
    )


def _assignment(
    row: Assignment, cameras: dict[str, str], officers: dict[str, str]
) -> tables.Assignment:
    return tables.Assignment(
        camera_id=cameras[row.camera],
        officer_id=officers[row.badge],
        starts_at=row.start,
        ends_at=row.end,
    )


def _shift(row: Shift, officers: dict[str, str]) -> tables.Shift:
    return tables.Shift(officer_id=officers[row.badge], starts_at=row.start, ends_at=row.end)


def _call(row: DispatchedCall, incidents: dict[str, str]) -> tables.Call:
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


def _call_unit(row: CallUnit, calls: dict[str, str], officers: dict[str, str]) -> tables.CallUnit:
    return tables.CallUnit(
        call_id=calls[row.call],
        officer_id=officers[row.badge],
        dispatched_at=row.dispatched,
        arrived_at=row.arrived,
        cleared_at=row.cleared,
    )


def _hand_key(row: Assignment) -> Hashable:
    return row.camera, row.badge, row.start


def _shift_key(row: Shift) -> Hashable:
    return row.badge, row.start


def _stay_key(row: CallUnit) -> Hashable:
    return row.call, row.badge, row.dispatched or row.arrived


def _once(file: CsvFile[Row], column: str, key: Callable[[Row], Hashable]) -> CsvFile[Row]:
    """The same file, refusing a second row that could not be told from the first."""
    seen: set[Hashable] = set()

    def read(cells: Cells) -> Row:
        row = file.read(cells)
        if key(row) in seen:
            raise BadCell(
                column,
                expected="one row for each",
                got=f"{cells.raw(column)!r} again",
                advice=RENUMBER,
            )
        seen.add(key(row))
        return row

    return replace(file, read=read)


def _calls_file(numbers: set[str], incidents: set[str]) -> CsvFile[DispatchedCall]:
    """calls.csv with two columns that may be absent: district, and the number of an incident."""
    file = files.calls_file(numbers)

    def read(cells: Cells) -> DispatchedCall:
        incident = cells.raw("incident") if cells.has("incident") else ""
        if incident:
            cells.known("incident", incidents, where="the catalog")
        has_district = cells.has("district") and cells.raw("district")
        district = cells.text("district") if has_district else ""
        return DispatchedCall(file.read(cells), district, incident)

    return CsvFile(file.name, file.columns, read, optional=("district", "incident"))


def _record(
    session: Session, bundle: Bundle, merged: dict[str, Merged], *, actor: str, at: datetime
) -> None:
    """The custody entry: which files, what they did, and what changed rows were before."""
    hashes: dict[str, Json] = dict(bundle.sha256)
    before: JsonObject = {name: list(done.before) for name, done in merged.items() if done.before}
    record(
        session,
        Act.IMPORT,
        about=About(Subject.CATALOG, "roster and dispatch"),
        actor=actor,
        at=at,
        detail={"files": hashes, **import_document(merged)},
        before=before or None,
    )


def _stored(session: Session, column: InstrumentedAttribute[str]) -> set[str]:
    """Every value of a column."""
    return set(session.scalars(sa.select(column)))


def _ids(
    session: Session, name: InstrumentedAttribute[str], key: InstrumentedAttribute[str]
) -> dict[str, str]:
    """Keys by name."""
    return {row[0]: row[1] for row in session.execute(sa.select(name, key))}


def _sha256(path: Path) -> str:
    """The hash of a file."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
