"""Small departments made up by Hypothesis, with everything that makes coverage hard.

Times lie within twenty minutes around the night in which daylight saving time begins in Denver;
spans may be empty, touch or overlap; cameras change hands, or hang on two officers at once.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

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

MIDNIGHT = datetime(2026, 3, 8, 8, 50, tzinfo=UTC)  # ten minutes before 02:00 becomes 03:00
BADGES = ("7", "12", "A-1")
SERIALS = ("cam-1", "cam-2", "cam-3")
DENVER = ZoneInfo("America/Denver")

lengths = st.integers(0, 1200).map(lambda seconds: timedelta(seconds=seconds))
moments = lengths.map(lambda length: MIDNIGHT + length)
offsets = st.integers(-90, 90).map(lambda seconds: timedelta(seconds=seconds))
badges = st.sampled_from(BADGES)
serials = st.sampled_from(SERIALS)


@st.composite
def assignments(draw: st.DrawFn) -> Assignment:
    start = draw(moments)
    end = draw(st.one_of(st.none(), lengths.map(lambda length: start + length)))
    return Assignment(draw(serials), draw(badges), start, end)


@st.composite
def shifts(draw: st.DrawFn) -> Shift:
    start = draw(moments)
    return Shift(draw(badges), start, start + draw(lengths))


recordings = st.builds(
    Recording,
    id=st.uuids().map(str),
    camera=serials,
    start=moments,
    duration=lengths,
    clock_offset=offsets,
)
sometimes = st.one_of(st.none(), moments)


@st.composite
def departments(draw: st.DrawFn) -> Department:
    """A department with every officer and camera, and some of everything else."""
    count = draw(st.integers(0, 4))
    numbers = [f"26-{index}" for index in range(count)]
    calls = [
        Call(number, "Traffic stop", 1, MIDNIGHT, cancelled=draw(st.integers(0, 5)) == 0)
        for number in numbers
    ]
    units = st.builds(
        CallUnit,
        call=st.sampled_from(numbers or ["-"]),
        badge=badges,
        dispatched=sometimes,
        arrived=sometimes,
        cleared=sometimes,
    )
    return Department(
        officers=[Officer(badge, f"Officer {badge}", "Patrol", sworn=True) for badge in BADGES],
        cameras=[Camera(serial, "X1", 30) for serial in SERIALS],
        assignments=draw(st.lists(assignments(), max_size=6)),
        shifts=draw(st.lists(shifts(), max_size=3)),
        calls=calls,
        call_units=draw(st.lists(units, max_size=6)) if numbers else [],
        recordings=draw(st.lists(recordings, max_size=8, unique_by=lambda film: film.id)),
    )


def write_department(folder: Path, department: Department) -> None:
    """The department as its seven CSV files, times as the clocks in Denver show them."""
    _write(
        folder / "officers.csv",
        "badge,name,unit,sworn",
        ((o.badge, o.name, o.unit, str(o.sworn).lower()) for o in department.officers),
    )
    _write(
        folder / "cameras.csv",
        "serial,model,pre_event_seconds",
        ((c.serial, c.model, str(c.pre_event_seconds)) for c in department.cameras),
    )
    _write(
        folder / "assignments.csv",
        "camera,badge,start,end",
        ((a.camera, a.badge, _local(a.start), _local(a.end)) for a in department.assignments),
    )
    _write(
        folder / "shifts.csv",
        "badge,start,end",
        ((s.badge, _local(s.start), _local(s.end)) for s in department.shifts),
    )
    _write(
        folder / "calls.csv",
        "number,type,priority,received,cancelled",
        (
            (c.number, c.type, str(c.priority), _local(c.received), str(c.cancelled))
            for c in department.calls
        ),
    )
    _write(
        folder / "call_units.csv",
        "call,badge,dispatched,arrived,cleared",
        (
            (u.call, u.badge, _local(u.dispatched), _local(u.arrived), _local(u.cleared))
            for u in department.call_units
        ),
    )
    _write(
        folder / "recordings.csv",
        "id,camera,start,seconds,clock_offset_seconds",
        (
            (r.id, r.camera, _local(r.start), _seconds(r.duration), _seconds(r.clock_offset))
            for r in department.recordings
        ),
    )


def _write(path: Path, heading: str, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(heading.split(","))
        writer.writerows(rows)


def _local(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(DENVER).isoformat()


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():.6f}"
