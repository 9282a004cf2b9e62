"""The files as the import reads them: with columns that may be absent, and each row once."""

from collections.abc import Callable, Container, Hashable
from dataclasses import dataclass, replace
from typing import TypeVar

from bwc.coverage.cells import RENUMBER, BadCell, Cells
from bwc.coverage.csv_files import CsvFile
from bwc.coverage.department import Assignment, Call, CallUnit, Camera, Listed, Shift
from bwc.coverage.department_csv import calls_file, cameras_file, recordings_file

Row = TypeVar("Row")

UNNAMED = "an evidence system that was not named"


@dataclass(frozen=True, slots=True)
class DispatchedCall:
    """A call with what the catalog keeps beyond the measured columns.

    An empty district or incident says nothing: what the catalog knows stays.
    """

    call: Call
    district: str
    incident: str


def hand_key(row: Assignment) -> Hashable:
    """What tells assignments apart."""
    return row.camera, row.badge, row.start


def shift_key(row: Shift) -> Hashable:
    """What tells shifts apart."""
    return row.badge, row.start


def stay_key(row: CallUnit) -> Hashable:
    """What tells an officer's stays on a call apart."""
    return row.call, row.badge, row.dispatched or row.arrived


def once(file: CsvFile[Row], column: str, key: Callable[[Row], Hashable]) -> CsvFile[Row]:
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


def service_cameras_file(serials: set[str]) -> CsvFile[Camera]:
    """cameras.csv with a column that may be absent; an empty cell says nothing."""
    file = cameras_file(serials)

    def read(cells: Cells) -> Camera:
        until = cells.optional_time("out_of_service") if cells.has("out_of_service") else None
        return replace(file.read(cells), out_of_service=until)

    return CsvFile(file.name, file.columns, read, optional=("out_of_service",))


def listed_file(serials: Container[str]) -> CsvFile[Listed]:
    """recordings.csv as another system's list, with a column that may be absent: its name."""
    file = recordings_file(serials)

    def read(cells: Cells) -> Listed:
        named = cells.has("source") and cells.raw("source")
        return Listed(cells.text("source") if named else UNNAMED, file.read(cells))

    return CsvFile(file.name, file.columns, read, optional=("source",))


def dispatched_calls_file(numbers: set[str], incidents: set[str]) -> CsvFile[DispatchedCall]:
    """calls.csv with two columns that may be absent: district, and the number of an incident."""
    file = calls_file(numbers)

    def read(cells: Cells) -> DispatchedCall:
        incident = cells.raw("incident") if cells.has("incident") else ""
        if incident:
            cells.known("incident", incidents, where="the catalog")
        has_district = cells.has("district") and cells.raw("district")
        district = cells.text("district") if has_district else ""
        return DispatchedCall(file.read(cells), district, incident)

    return CsvFile(file.name, file.columns, read, optional=("district", "incident"))
