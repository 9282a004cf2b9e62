"""The records of some days as columns of integers, read from the catalog without an object a row.

Officers and cameras are numbers from 0, times microseconds since 1970-01-01 UTC, `UNKNOWN` where
there is none. What is read is what `bwc.coverage.catalog_source` reads: recordings of a camera
that is not known count for the officer they name, quarantined ones for nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.catalog.bulk import UNKNOWN, bare_time, read_columns_of, time_column
from bwc.coverage.lines import Numbers, moment_of, ticks
from bwc.coverage.reach import (
    AROUND,
    Beyond,
    beyond,
    hands_beyond,
    hands_within,
    near,
    readable_recordings,
    recordings_beyond,
    shifts_within,
)
from bwc.coverage.sweep import FOREVER, LARGEST, Integers, Spans
from bwc.timeline import Span

NO_BUFFER_KNOWN = -1
NEVER = -FOREVER  # until when a camera works that counts as in service at no time


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """Officers on calls, `(n,) int64` each: several rows where one came back to a call.

    `call` is a number from 0, `kind` and `district` are the places of the call's in `kinds` and
    `districts`; `cancelled` is 0 or 1.
    """

    call: Integers
    officer: Integers
    kind: Integers
    district: Integers
    priority: Integers
    cancelled: Integers
    received: Integers
    dispatched: Integers
    arrived: Integers
    cleared: Integers
    kinds: tuple[str, ...]
    districts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A department over some days.

    `officers` are keys by badge, `units` what they are in; `sworn` is `(officers,) bool`. `films` and `hands` lie on the
    lines of cameras, `wearer` is the officer of each hand, `stated` whether it was made up from a
    recording that only names its officer, `works_until` when its camera goes out of service (`NEVER` before all times). `sound` is 1, 0 or, where nobody knows, -1. `buffer_us` is by camera,
    `NO_BUFFER_KNOWN` where the camera is not known or never counts as in service.
    """

    officers: tuple[str, ...]
    units: tuple[str, ...]
    sworn: np.ndarray[Any, np.dtype[np.bool_]]
    stays: Stays
    films: Spans
    sound: Integers
    hands: Spans
    wearer: Integers
    stated: np.ndarray[Any, np.dtype[np.bool_]]
    works_until: Integers
    shifts: Spans
    buffer_us: Integers


def read_columns(session: Session, period: Span[datetime]) -> Columns:
    """Calls received in `period`, what lies a day around it, and what else belongs to them."""
    crew = session.execute(
        sa.select(tables.Officer.id, tables.Officer.sworn, tables.Officer.unit).order_by(
            tables.Officer.badge
        )
    ).all()
    officers = {row[0]: place for place, row in enumerate(crew)}
    row = tables.Camera
    found = session.execute(
        sa.select(row.id, row.in_service, row.out_of_service_at, row.pre_event_seconds)
    ).all()
    cameras = {camera[0]: place for place, camera in enumerate(found)}
    stays = _stays(session, period, officers)
    further = _beyond(stays, near(period), tuple(officers))
    until = _whole([_works_until(each[1], each[2]) for each in found] or [NEVER])
    buffers = [
        NO_BUFFER_KNOWN if end == NEVER else 1_000_000 * each[3]
        for each, end in zip(found, until.tolist(), strict=False)
    ]
    hands, wearer = _hands(session, further, cameras, officers)
    films, sound, named = _films(session, further, cameras, officers)
    stated = np.flatnonzero(named >= 0)
    own = Spans(films.owner[stated], films.start[stated], films.end[stated])
    unknown = [NO_BUFFER_KNOWN] * (1 + len(officers))
    return Columns(
        officers=tuple(officers),
        units=tuple(each[2] for each in crew),
        sworn=np.array([bool(each[1]) for each in crew], dtype=np.bool_),
        stays=stays,
        films=films,
        sound=sound,
        hands=Spans(
            *(np.concatenate(pair) for pair in zip(_parts(hands), _parts(own), strict=True))
        ),
        wearer=np.concatenate((wearer, named[stated])),
        stated=np.repeat([False, True], (len(wearer), len(stated))),
        works_until=np.concatenate((until[hands.owner], np.full(len(stated), NEVER))),
        shifts=_shifts(session, near(period), officers),
        buffer_us=np.array(buffers + unknown, dtype=np.int64),
    )


def _works_until(is_in_service: bool, out_of_service_at: datetime | None) -> int:  # noqa: FBT001 - a row
    """Until when a camera works."""
    if out_of_service_at is not None:
        return ticks(out_of_service_at)
    return FOREVER if is_in_service else NEVER


def _stays(session: Session, period: Span[datetime], officers: dict[str, int]) -> Stays:
    """Officers on the calls received in the period."""
    call, unit = tables.Call, tables.CallUnit
    query = (
        sa.select(
            call.id, unit.officer_id, call.type, call.district, call.priority, call.cancelled,
            bare_time(call.received_at), bare_time(unit.dispatched_at), bare_time(unit.arrived_at),
            bare_time(unit.cleared_at),
        )
        .join_from(call, unit, unit.call_id == call.id)
        .where(call.received_at >= period.start, call.received_at < period.end)
    )  # fmt: skip
    columns = read_columns_of(session, query)
    numbers, kinds, districts = Numbers(), Numbers(), Numbers()
    return Stays(
        call=_whole([numbers[one] for one in columns[0]]),
        officer=_whole([officers[one] for one in columns[1]]),
        kind=_whole([kinds[one] for one in columns[2]]),
        district=_whole([districts[one] for one in columns[3]]),
        priority=_whole(columns[4]),
        cancelled=_whole(columns[5]),
        received=time_column(columns[6]),
        dispatched=time_column(columns[7]),
        arrived=time_column(columns[8]),
        cleared=time_column(columns[9]),
        kinds=tuple(kinds),
        districts=tuple(districts),
    )


def _beyond(stays: Stays, wide: Span[datetime], officers: Sequence[str]) -> Beyond:
    """Whose calls reach out of a time; looked for in the columns, for there are few."""
    times = np.stack((stays.dispatched, stays.arrived, stays.cleared))
    first = np.where(times == UNKNOWN, LARGEST, times).min(axis=0)
    last = times.max(axis=0)
    lasts = (last != UNKNOWN) & (
        (first < ticks(wide.start + AROUND)) | (last > ticks(wide.end - AROUND))
    )
    return beyond(
        wide,
        (
            (officers[officer], moment_of(start), moment_of(end))
            for officer, start, end in zip(
                stays.officer[lasts].tolist(),
                first[lasts].tolist(),
                last[lasts].tolist(),
                strict=True,
            )
        ),
    )


def _films(
    session: Session, further: Beyond, cameras: dict[str, int], officers: dict[str, int]
) -> tuple[Spans, Integers, Integers]:
    """Recordings, their sound, and the officer named by each that knows no camera (or -1)."""
    row = tables.Recording
    query = sa.select(
        row.camera_id, row.officer_id, bare_time(row.started_at), row.duration_us, row.has_audio
    ).order_by(row.started_at)
    columns = read_columns_of(session, readable_recordings(session, further.near, query))
    _add(columns, session, recordings_beyond(session, further, query))
    nobody = len(cameras)  # the line of recordings of which neither camera nor officer is known
    named = [
        officers.get(wearer, -1) if camera is None else -1
        for camera, wearer in zip(columns[0], columns[1], strict=True)
    ]
    owner = [
        nobody + 1 + wearer if camera is None else cameras[camera]
        for camera, wearer in zip(columns[0], named, strict=True)
    ]
    start = time_column(columns[2])
    sound = [-1 if heard is None else int(heard) for heard in columns[4]]
    return (
        Spans(_whole(owner), start, start + _whole(columns[3])),
        _whole(sound),
        _whole(named),
    )


def _hands(
    session: Session, further: Beyond, cameras: dict[str, int], officers: dict[str, int]
) -> tuple[Spans, Integers]:
    """Who had which camera."""
    row = tables.Assignment
    query = sa.select(
        row.camera_id, row.officer_id, bare_time(row.starts_at), bare_time(row.ends_at)
    )
    columns = read_columns_of(session, hands_within(further.near, query))
    _add(columns, session, hands_beyond(further, query))
    ends = time_column(columns[3])
    spans = Spans(
        _whole([cameras[one] for one in columns[0]]),
        time_column(columns[2]),
        np.where(ends == UNKNOWN, FOREVER, ends),
    )
    return spans, _whole([officers[one] for one in columns[1]])


def _shifts(session: Session, wide: Span[datetime], officers: dict[str, int]) -> Spans:
    """Who was on duty."""
    row = tables.Shift
    query = sa.select(row.officer_id, bare_time(row.starts_at), bare_time(row.ends_at))
    columns = read_columns_of(session, shifts_within(wide, query))
    owner = _whole([officers[one] for one in columns[0]])
    return Spans(owner, time_column(columns[1]), time_column(columns[2]))


def _add(
    columns: list[list[Any]], session: Session, queries: Iterable[sa.Select[*tuple[Any, ...]]]
) -> None:
    """More rows under the same columns."""
    for query in queries:
        for column, more in zip(columns, read_columns_of(session, query), strict=True):
            column.extend(more)


def _whole(values: Sequence[int]) -> Integers:
    """Integers as a column."""
    return np.array(values, dtype=np.int64)


def _parts(spans: Spans) -> tuple[Integers, Integers, Integers]:
    """The three columns."""
    return spans.owner, spans.start, spans.end
