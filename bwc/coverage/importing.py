"""Roster and dispatch records into the catalog, from the CSV files of docs/coverage.md.

Any of the seven files may be absent: a nightly import brings calls alone. Rows are known again by
their natural key, so the same folder twice changes nothing; a row that came with new values is
changed, and what it was stands in the custody entry. Nothing is ever removed. One bad row refuses
the whole import.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from bwc.canonical import Json, JsonObject
from bwc.catalog import tables
from bwc.coverage import department_csv as plain
from bwc.coverage import import_days as days
from bwc.coverage import import_files as files
from bwc.coverage import import_rows as rows
from bwc.coverage.cells import RowError
from bwc.coverage.csv_files import CsvFile, mapped, read_csv
from bwc.coverage.department import Assignment, CallUnit, Camera, Listed, Officer, Shift
from bwc.coverage.import_files import DispatchedCall, hand_key, once, shift_key, stay_key
from bwc.coverage.mapping import Mapping, source_name
from bwc.coverage.merging import Merged, merge_rows
from bwc.coverage.stale_days import mark_stale
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import InvalidInput

Row = TypeVar("Row")

FILES = (
    "officers.csv",
    "cameras.csv",
    "assignments.csv",
    "shifts.csv",
    "calls.csv",
    "call_units.csv",
    "recordings.csv",
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The good rows of a folder, and every bad one with its reason."""

    officers: list[Officer]
    cameras: list[Camera]
    assignments: list[Assignment]
    shifts: list[Shift]
    calls: list[DispatchedCall]
    call_units: list[CallUnit]
    listed: list[Listed]
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

    officers = read(plain.officers_file(badges))
    cameras = read(files.service_cameras_file(serials))
    calls = read(files.dispatched_calls_file(numbers, _stored(session, tables.Incident.number)))
    badges |= _stored(session, tables.Officer.badge)
    serials |= _stored(session, tables.Camera.serial)
    numbers |= _stored(session, tables.Call.number)
    return Bundle(
        officers=officers,
        cameras=cameras,
        assignments=read(once(plain.assignments_file(serials, badges), "start", hand_key)),
        shifts=read(once(plain.shifts_file(badges), "start", shift_key)),
        calls=calls,
        call_units=read(once(plain.call_units_file(numbers, badges), "dispatched", stay_key)),
        listed=read(files.listed_file(serials)),
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
        listed=[row for row in bundle.listed if row.film.camera in serials],
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
        "officers": merge_rows(
            session, rows.OFFICERS, [rows.officer_row(row) for row in bundle.officers]
        ),
        "cameras": merge_rows(
            session, rows.CAMERAS, [rows.camera_row(row) for row in bundle.cameras]
        ),
    }
    officers = _ids(session, tables.Officer.badge, tables.Officer.id)
    cameras = _ids(session, tables.Camera.serial, tables.Camera.id)
    incidents = _ids(session, tables.Incident.number, tables.Incident.id)
    merged["assignments"] = merge_rows(
        session,
        rows.ASSIGNMENTS,
        [rows.assignment_row(row, cameras, officers) for row in bundle.assignments],
    )
    merged["shifts"] = merge_rows(
        session, rows.SHIFTS, [rows.shift_row(row, officers) for row in bundle.shifts]
    )
    merged["calls"] = merge_rows(
        session, rows.CALLS, [rows.call_row(row, incidents) for row in bundle.calls]
    )
    calls = _ids(session, tables.Call.number, tables.Call.id)
    merged["call_units"] = merge_rows(
        session,
        rows.CALL_UNITS,
        [rows.call_unit_row(row, calls, officers) for row in bundle.call_units],
    )
    merged["listed_recordings"] = merge_rows(
        session, rows.LISTED, [rows.listed_row(row, cameras) for row in bundle.listed]
    )
    for changed in (
        *days.roster_days(session, merged),
        *days.hand_days(bundle.assignments, merged["assignments"]),
        *days.shift_days(bundle.shifts, merged["shifts"]),
        *days.call_days(bundle.calls, merged["calls"]),
        *days.stay_days(session, bundle.call_units, merged["call_units"]),
    ):
        mark_stale(session, changed)
    _record(session, bundle, merged, actor=actor, at=at)
    return merged


def import_document(merged: dict[str, Merged]) -> JsonObject:
    """What an import did, as JSON."""
    return {
        name: {"added": done.added, "changed": done.changed, "unchanged": done.unchanged}
        for name, done in merged.items()
    }


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
