"""A department from a folder of seven CSV files; docs/coverage.md describes their columns.

`read_department` is for measuring: what no figure rests on may be empty or absent. The import into
the catalog reads the same files by their strict readers.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from bwc.coverage.cells import BadCell, Cells, RowError
from bwc.coverage.csv_files import CsvFile, mapped, read_csv
from bwc.coverage.csv_heading import HEADING_LINE
from bwc.coverage.department import (
    Assignment,
    Call,
    CallUnit,
    Camera,
    Department,
    Officer,
    Recording,
    Shift,
)
from bwc.coverage.mapping import Mapping, source_name
from bwc.coverage.years import FIRST_YEAR, LAST_YEAR

LONGEST_RECORDING = timedelta(days=366)
LARGEST_OFFSET = timedelta(days=100 * 366)  # a camera that lost its date starts at 1970

OPTIONAL: Final = frozenset({"officers.csv", "cameras.csv", "shifts.csv"})
UNKNOWN: Final = "not known"
WHEN_EMPTY: Final = {  # the demanding reading: what is not said to be cancelled was to be recorded
    "officers.csv": {"name": UNKNOWN, "unit": UNKNOWN, "sworn": "true"},
    "cameras.csv": {"model": UNKNOWN, "pre_event_seconds": "0"},
    "shifts.csv": {"end": f"{LAST_YEAR - 1}-12-31T00:00Z"},  # still on duty
    "calls.csv": {
        "type": UNKNOWN,
        "priority": "0",
        "received": f"{FIRST_YEAR}-01-01T00:00Z",  # one rule measures all, whatever the day
        "cancelled": "false",
    },
    "recordings.csv": {"clock_offset_seconds": "0"},
}

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a folder held: the good rows, every bad one with its reason, and which files it lacks."""

    department: Department
    errors: list[RowError]
    absent: list[str]


class _Anything:
    """Holds every name: the list that could say otherwise is not there, or cannot be read."""

    def __contains__(self, name: object) -> bool:
        return True


def read_department(folder: Path, mapping: Mapping | None = None) -> Reading:
    """Read a folder to measure it.

    Rows that name an officer, camera or call must find it, where the file that lists them is there.
    With a `mapping` the files are those of a city's own export.
    """
    errors: list[RowError] = []
    absent = sorted(name for name in OPTIONAL if not (folder / source_name(name, mapping)).exists())
    badges, serials, numbers = set[str](), set[str](), set[str]()

    def read(file: CsvFile[Row]) -> list[Row]:
        if file.name in absent:
            return []
        lenient = replace(mapped(file, mapping), when_empty=WHEN_EMPTY.get(file.name, {}))
        return list(read_csv(folder, lenient, errors))

    def listed(names: set[str], file: str) -> Container[str]:
        path = source_name(file, mapping)
        unread = any(one.file == path and one.line <= HEADING_LINE for one in errors)
        return _Anything() if file in absent or unread else names

    officers = read(officers_file(badges))
    cameras = read(cameras_file(serials))
    calls = read(calls_file(numbers, priority=any_priority))
    known_badges, known_serials = listed(badges, "officers.csv"), listed(serials, "cameras.csv")
    department = Department(
        officers=officers,
        cameras=cameras,
        assignments=read(assignments_file(known_serials, known_badges)),
        shifts=read(shifts_file(known_badges)),
        calls=calls,
        call_units=read(call_units_file(listed(numbers, "calls.csv"), known_badges)),
        recordings=read(recordings_file(known_serials)),
    )
    return Reading(department, errors, absent)


def officers_file(badges: set[str]) -> CsvFile[Officer]:
    """officers.csv; its badges are added to `badges`."""

    def read(cells: Cells) -> Officer:
        return Officer(
            badge=cells.fresh("badge", badges),
            name=cells.text("name"),
            unit=cells.text("unit"),
            sworn=cells.flag("sworn"),
        )

    return CsvFile("officers.csv", ("badge", "name", "unit", "sworn"), read)


def cameras_file(serials: set[str]) -> CsvFile[Camera]:
    """cameras.csv; its serials are added to `serials`."""

    def read(cells: Cells) -> Camera:
        return Camera(
            serial=cells.fresh("serial", serials),
            model=cells.text("model"),
            pre_event_seconds=cells.count("pre_event_seconds"),
        )

    return CsvFile("cameras.csv", ("serial", "model", "pre_event_seconds"), read)


def assignments_file(serials: Container[str], badges: Container[str]) -> CsvFile[Assignment]:
    """assignments.csv; an empty end is a camera still in use."""

    def read(cells: Cells) -> Assignment:
        start = cells.time("start")
        return Assignment(
            camera=cells.known("camera", serials, where="cameras.csv"),
            badge=cells.known("badge", badges, where="officers.csv"),
            start=start,
            end=cells.time_from("end", start) if cells.raw("end") else None,
        )

    return CsvFile("assignments.csv", ("camera", "badge", "start", "end"), read)


def shifts_file(badges: Container[str]) -> CsvFile[Shift]:
    """shifts.csv."""

    def read(cells: Cells) -> Shift:
        start = cells.time("start")
        return Shift(
            badge=cells.known("badge", badges, where="officers.csv"),
            start=start,
            end=cells.time_from("end", start),
        )

    return CsvFile("shifts.csv", ("badge", "start", "end"), read)


def any_priority(cells: Cells, column: str) -> int:
    """The priority, or the highest where it is in words: no pack's rule asks for it."""
    try:
        return cells.priority(column)
    except BadCell:
        return 0


def calls_file(
    numbers: set[str], *, priority: Callable[[Cells, str], int] = Cells.priority
) -> CsvFile[Call]:
    """calls.csv; its numbers are added to `numbers`, `priority` reads that column."""

    def read(cells: Cells) -> Call:
        return Call(
            number=cells.fresh("number", numbers),
            type=cells.text("type"),
            priority=priority(cells, "priority"),
            received=cells.time("received"),
            cancelled=cells.flag("cancelled"),
        )

    columns = ("number", "type", "priority", "received", "cancelled")
    return CsvFile("calls.csv", columns, read)


def call_units_file(numbers: Container[str], badges: Container[str]) -> CsvFile[CallUnit]:
    """call_units.csv; times that did not happen are empty."""

    def read(cells: Cells) -> CallUnit:
        return CallUnit(
            call=cells.known("call", numbers, where="calls.csv"),
            badge=cells.known("badge", badges, where="officers.csv"),
            dispatched=cells.optional_time("dispatched"),
            arrived=cells.optional_time("arrived"),
            cleared=cells.optional_time("cleared"),
        )

    columns = ("call", "badge", "dispatched", "arrived", "cleared")
    return CsvFile("call_units.csv", columns, read)


def recordings_file(serials: Container[str]) -> CsvFile[Recording]:
    """recordings.csv."""
    ids: set[str] = set()

    def read(cells: Cells) -> Recording:
        return Recording(
            id=cells.fresh("id", ids),
            camera=cells.known("camera", serials, where="cameras.csv"),
            start=cells.time("start"),
            duration=cells.seconds("seconds", least=timedelta(), most=LONGEST_RECORDING),
            clock_offset=cells.seconds(
                "clock_offset_seconds", least=-LARGEST_OFFSET, most=LARGEST_OFFSET
            ),
        )

    columns = ("id", "camera", "start", "seconds", "clock_offset_seconds")
    return CsvFile("recordings.csv", columns, read)
