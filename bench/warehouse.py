"""Report pages over a year of a large department: a million officer-calls in the warehouse.

The catalog is made, its sums are made from the records as the nightly job does, and then the
figures of a page are asked for again and again. Run it alone:

    .venv/bin/python bench/warehouse.py [officer-calls]
"""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import schema, tables
from bwc.catalog.recording import RecordingState
from bwc.catalog.store import Catalog
from bwc.coverage.sums import Days, add_up, read_sums, refresh_sums
from bwc.ids import new_id

CALLS = 1_000_000
OFFICERS = 2_000
YEAR = Days(date(2025, 1, 1), date(2025, 12, 31))
ZONE = ZoneInfo("America/Denver")
START = datetime(2025, 1, 1, 7, tzinfo=UTC)
BATCH = 20_000
ASKED = 20
PAGES = {
    "four weeks": Days(date(2025, 11, 3), date(2025, 11, 30)),
    "a quarter": Days(date(2025, 7, 1), date(2025, 9, 30)),
    "the year": YEAR,
    "a year from mid-month": Days(date(2025, 1, 15), date(2025, 12, 14)),
}


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(f"sqlite:///{Path(folder) / 'catalog.db'}")
        schema.upgrade(catalog)
        timed("writing the catalog", lambda: fill(catalog, calls))
        timed("making the sums of the year", lambda: make(catalog))
        for name, days in PAGES.items():
            print(f"  {name}: {milliseconds(lambda days=days: ask(catalog, days)):.0f} ms (median)")
        catalog.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory {peak:.2f} GB")


def fill(catalog: Catalog, calls: int) -> None:
    """Officers with a camera each, calls with one of them, 1.2 recordings per call."""
    officers = [new_id() for _ in range(OFFICERS)]
    cameras = [new_id() for _ in range(OFFICERS)]
    with catalog.write() as session:
        insert(
            session,
            tables.Officer,
            (
                {"id": one, "badge": str(n), "name": "A", "unit": "U", "sworn": True}
                for n, one in enumerate(officers)
            ),
        )
        insert(
            session,
            tables.Camera,
            (
                {
                    "id": one,
                    "serial": str(n),
                    "model": "X",
                    "pre_event_seconds": 30,
                    "in_service": True,
                }
                for n, one in enumerate(cameras)
            ),
        )
        insert(
            session,
            tables.Assignment,
            (
                {"id": new_id(), "camera_id": camera, "officer_id": officer, "starts_at": START}
                for camera, officer in zip(cameras, officers, strict=True)
            ),
        )
        for part in range(0, calls, BATCH):
            fill_part(
                session, part, size=min(BATCH, calls - part), officers=officers, cameras=cameras
            )
        session.commit()


def fill_part(
    session: Session, part: int, *, size: int, officers: list[str], cameras: list[str]
) -> None:
    rng = np.random.default_rng(part)
    who = rng.integers(0, OFFICERS, size).tolist()
    when = rng.integers(0, 365 * 86_400, size).tolist()
    ids = [new_id() for _ in range(size)]
    insert(
        session,
        tables.Call,
        (
            {
                "id": ids[n],
                "number": str(part + n),
                "type": "alarm",
                "priority": 1,
                "received_at": at(when[n]),
                "cancelled": False,
                "district": "D",
            }
            for n in range(size)
        ),
    )
    insert(
        session,
        tables.CallUnit,
        (
            {
                "id": new_id(),
                "call_id": ids[n],
                "officer_id": officers[who[n]],
                "dispatched_at": at(when[n] + 30),
                "arrived_at": at(when[n] + 300),
                "cleared_at": at(when[n] + 1800),
            }
            for n in range(size)
        ),
    )
    insert(
        session,
        tables.Recording,
        (
            film(
                f"{2 * part + n:064x}",
                cameras[who[n % size]],
                when[n % size] + 270 + n // size * 900,
            )
            for n in range(size + size // 5)
        ),
    )


def film(name: str, camera: str, second: int) -> dict[str, object]:
    return {
        "id": new_id(), "sha256": name, "size_bytes": 1, "original_name": "a.mp4",
        "has_audio": True, "duration_us": 1_200_000_000, "camera_id": camera,
        "device_started_at": at(second), "started_at": at(second), "clock_offset_seconds": 0.0,
        "state": RecordingState.READY, "received_at": at(second + 9000),
    }  # fmt: skip


def insert(session: Session, table: type[tables.Base], rows: Iterable[dict[str, object]]) -> None:
    session.execute(sa.insert(table), list(rows))


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


def make(catalog: Catalog) -> None:
    with catalog.write() as session:
        refresh_sums(session, YEAR, zone=ZONE, at=at(400 * 86_400))
        session.commit()


def ask(catalog: Catalog, days: Days) -> None:
    with catalog.read() as session:
        found = read_sums(session, days)
    if found is None or len(found) != OFFICERS or not add_up(found.values()).calls:
        raise SystemExit("the sums are not whole")


def timed(what: str, work: Callable[[], None]) -> None:
    start = time.perf_counter()
    work()
    print(f"  {what}: {time.perf_counter() - start:.1f} s", flush=True)


def milliseconds(work: Callable[[], None]) -> float:
    spent = []
    for _ in range(ASKED):
        start = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - start))
    return statistics.median(spent)


if __name__ == "__main__":
    main()
