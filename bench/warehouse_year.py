"""A made-up year of a department, written straight into the tables in big batches, day by day.

Officers work five days of seven in three shifts; a day has 2.15 officer-calls and 2.6 recordings
for each of them. One recording in twenty is missing, some begin late or in two parts, one officer
in a hundred has no camera. Each recording is tied to its call; one call in `CALLS_OF_A_CASE` became
a case with its decision, and every fifth of them was released (`bench/warehouse_cases.py`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa

from bench.warehouse_cases import case_of, cases_of, write_decisions, write_incidents, write_tags
from bench.warehouse_out import HOUR, SECOND, Out, Ticks, key, micros, text
from bwc.catalog import tables
from bwc.catalog.base import Base
from bwc.catalog.coverage_sum import (
    FIGURES,
    CallGroupSum,
    CoveragePeriod,
    CoverageSpanKind,
    CoverageSum,
    RecordedSum,
    UnitCoverageSum,
)
from bwc.catalog.store import Catalog

FIRST = date(2025, 1, 1)
DAYS = 365
ZONE = ZoneInfo("America/Denver")
UNITS = 100
LARGE = ("calls", "call_units", "recordings", "tags", "shifts", "findings")


@dataclass(slots=True)
class Year:
    """Writes the year; counts what it wrote."""

    catalog: Catalog
    officers: int
    days: int = DAYS
    spans: int = 0
    calls: int = 0
    films: int = 0

    def write(self) -> None:
        """The first days of the year, or all of it."""
        with batches(self.catalog) as out:
            self.crew(out)
            for day in range(self.days):
                self.day(out, day)
                out.commit()

    def crew(self, out: Out) -> None:
        """Officers, cameras, and who has which."""
        count = range(self.officers)
        wearing = [one for one in count if one % 100]
        begin = text(np.array([micros(FIRST - timedelta(days=9), ZONE)]), out)[0]
        out.rows(
            "officers",
            ("id", "badge", "name", "unit", "sworn"),
            ((key(1, n), f"{n:05d}", f"Officer {n}", f"Unit {n % UNITS:02d}", True) for n in count),
        )
        out.rows(
            "cameras",
            ("id", "serial", "model", "pre_event_seconds", "in_service"),
            ((key(2, n), f"cam-{n:05d}", "X1", 30, True) for n in wearing),
        )
        out.rows(
            "assignments",
            ("id", "camera_id", "officer_id", "starts_at"),
            ((key(3, n), key(2, n), key(1, n), begin) for n in wearing),
        )

    def day(self, out: Out, place: int) -> None:
        """One day: shifts, calls with two officers each, recordings, findings."""
        rng = np.random.default_rng(place)
        midnight = micros(FIRST + timedelta(days=place), ZONE)
        crew = np.arange(self.officers)
        crew = crew[(crew + place) % 7 < 5]
        since = midnight + 8 * HOUR * (crew % 3)
        serial = range(place * self.officers, place * self.officers + len(crew))
        out.rows(
            "shifts",
            ("id", "officer_id", "starts_at", "ends_at"),
            zip(
                (key(4, n) for n in serial),
                (key(1, n) for n in crew.tolist()),
                text(since, out),
                text(since + 8 * HOUR, out),
                strict=True,
            ),
        )
        size = int(2.15 * self.officers) // 2 * 2
        who = rng.integers(0, len(crew), size)
        received = since[who] + rng.integers(0, 7 * HOUR, size)
        received[1::2] = received[::2]
        arrived = received + rng.integers(120, 900, size) * SECOND
        cleared = arrived + rng.integers(300, 3600, size) * SECOND
        first_call, first_film = self.calls, self.films
        cases = cases_of(first_call, received[::2])
        write_incidents(out, cases)
        self.write_calls(out, crew[who], received=received, arrived=arrived, cleared=cleared)
        self.write_films(
            out, rng, officer=crew[who], first_call=first_call, arrived=arrived, cleared=cleared
        )
        write_decisions(out, cases, first_film)
        self.spans += len(crew) + size

    def write_calls(
        self, out: Out, officer: Ticks, *, received: Ticks, arrived: Ticks, cleared: Ticks
    ) -> None:
        """Calls, and two officers on each."""
        size = len(officer)
        first = self.calls
        self.calls += size // 2
        out.rows(
            "calls",
            (
                "id", "number", "type", "priority", "received_at", "cancelled", "district",
                "incident_id",
            ),
            (
                (
                    key(5, n), f"25-{n:08d}", f"type {n % 7 * n % 13}", 1, when, n % 50 == 0,
                    f"District {n % 11}", case_of(n),
                )
                for n, when in enumerate(text(received[::2], out), first)
            ),
        )  # fmt: skip
        out.rows(
            "call_units",
            ("id", "call_id", "officer_id", "dispatched_at", "arrived_at", "cleared_at"),
            zip(
                (key(6, 2 * first + n) for n in range(size)),
                (key(5, first + n // 2) for n in range(size)),
                (key(1, n) for n in officer.tolist()),
                text(received + 30 * SECOND, out),
                text(arrived, out),
                text(cleared, out),
                strict=True,
            ),
        )
        self.write_findings(out, officer, first, text(received[::20], out))

    def write_findings(self, out: Out, officer: Ticks, first: int, received: Sequence[str]) -> None:
        """Every twentieth officer-call has no video, and one in ten of those is explained."""
        missing = range(0, len(officer), 20)
        out.rows(
            "findings",
            ("id", "key", "kind", "officer_id", "call_id", "starts_at", "why", "state", "found_at", "reason"),
            (
                (
                    key(8, 2 * first + n), f"NO_VIDEO {2 * first + n}", "call without video",
                    key(1, int(officer[n])), key(5, first + n // 2), when, "",
                    "open" if n % 200 else "explained", when,
                    None if n % 200 else "battery empty",
                )
                for n, when in zip(missing, received, strict=True)
            ),
        )  # fmt: skip
        out.rows(
            "finding_events",
            ("id", "finding_id", "state", "author", "reason", "note", "created_at"),
            (
                (
                    key(17, 2 * first + n), key(8, 2 * first + n), "explained", "x",
                    "battery empty", "", when,
                )
                for n, when in zip(missing, received, strict=True)
                if n % 200 == 0
            ),
        )  # fmt: skip

    def write_films(
        self,
        out: Out,
        rng: np.random.Generator,
        *,
        first_call: int,
        officer: Ticks,
        arrived: Ticks,
        cleared: Ticks,
    ) -> None:
        """1.2 recordings an officer-call: one in twenty has none, one in four two."""
        begin = arrived + rng.integers(-40, 20, len(officer)) * SECOND
        has_one = np.arange(len(officer)) % 20 != 0
        in_two = np.arange(len(officer)) % 4 == 1
        call = first_call + np.arange(len(officer)) // 2
        half = (begin + cleared) // 2
        start = np.concatenate((begin[has_one], half[in_two] + 5 * SECOND))
        end = np.concatenate((np.where(in_two, half, cleared)[has_one], cleared[in_two]))
        owner = np.concatenate((officer[has_one], officer[in_two]))
        call = np.concatenate((call[has_one], call[in_two]))
        worn = owner % 100 != 0
        start, end = start[worn], np.maximum(end, start + SECOND)[worn]
        owner, call = owner[worn], call[worn]
        numbers = range(self.films, self.films + len(start))
        self.films += len(start)
        self.spans += len(start)
        when, came = text(start, out), text(end + 6 * HOUR, out)
        out.rows(
            "recordings",
            (
                "id", "sha256", "size_bytes", "original_name", "has_audio", "duration_us",
                "camera_id", "device_started_at", "started_at", "clock_offset_seconds", "state",
                "received_at",
            ),
            zip(
                (key(7, n) for n in numbers),
                (f"{n:064x}" for n in numbers),
                (1_000_000 for _ in numbers),
                ("a.mp4" for _ in numbers),
                (n % 100 != 0 for n in numbers),
                (end - start).tolist(),
                (key(2, n) for n in owner.tolist()),
                when,
                when,
                (0.0 for _ in numbers),
                ("ready" for _ in numbers),
                came,
                strict=True,
            ),
        )  # fmt: skip
        write_tags(out, numbers, call.tolist(), came)


@contextmanager
def batches(catalog: Catalog) -> Iterator[Out]:
    """A connection for big batches: the large tables' indexes are made once all is written."""
    indexes = [one for name in LARGE for one in Base.metadata.tables[name].indexes]
    with catalog.engine.begin() as connection:
        for one in indexes:
            one.drop(connection)
    out = Out(catalog)
    yield out
    out.raw.commit()
    out.raw.close()
    with catalog.engine.begin() as connection:
        for one in indexes:
            one.create(connection)
    catalog.take_stock()


def repeat_sums(catalog: Catalog, made: int) -> None:
    """Give the days of the year that have no records the sums of those that have, in turn.

    The large tables of a page are then as large as those of a whole year.
    """
    row, unit, period = CoverageSum, UnitCoverageSum, CoveragePeriod
    with catalog.write() as session:
        for place in range(made, DAYS):
            source, day = (FIRST + timedelta(days=one) for one in (place % made, place))
            for table, name in ((row, "officer_id"), (unit, "unit"), (period, "as_of")):
                others = ["is_stale", "rule", "rule_sha256"] if table is period else list(FIGURES)
                columns = [getattr(table, one) for one in (name, *others)]
                session.execute(
                    sa.insert(table).from_select(
                        ["kind", "period", name, *others],
                        sa.select(table.kind, sa.literal(day.isoformat()), *columns).where(
                            table.kind == CoverageSpanKind.DAY, table.period == source.isoformat()
                        ),
                    )
                )
            recorded = RecordedSum
            session.execute(
                sa.insert(recorded).from_select(
                    ["day", "category", "recordings", "duration_us"],
                    sa.select(
                        sa.literal(day.isoformat()), recorded.category, recorded.recordings,
                        recorded.duration_us,
                    ).where(recorded.day == source.isoformat()),
                )
            )  # fmt: skip
            group = CallGroupSum
            columns = [group.grouping, group.unit, group.name, group.calls, group.with_video]
            session.execute(
                sa.insert(group).from_select(
                    ["kind", "period", *(one.key for one in columns)],
                    sa.select(group.kind, sa.literal(day.isoformat()), *columns).where(
                        group.kind == CoverageSpanKind.DAY, group.period == source.isoformat()
                    ),
                )
            )
        session.commit()


def count(catalog: Catalog) -> dict[str, int]:
    """Rows of the large tables."""
    with catalog.read() as session:
        return {
            row.__tablename__: session.scalar(sa.select(sa.func.count()).select_from(row)) or 0
            for row in (tables.Shift, tables.CallUnit, tables.Recording, tables.FindingRow)
        }
