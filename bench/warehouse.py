"""Pages over a year of a large department: sums made from the records, the desk asked for pages.

The year is written into a catalog (`bench/warehouse_year.py`), its sums are made as the worker
does, and then the desk is asked for its pages over HTTP, signed in as an auditor. At 10,000
officers that is 20 million spans; without arguments a twentieth of it. With `--days 28` only the
first four weeks have records, and their sums are repeated over the year.

    .venv/bin/python -m bench.warehouse [officers] [--at postgresql+psycopg://...] [--keep FOLDER]
"""

import argparse
import os
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.desk.app import create_app
from bench.warehouse_year import DAYS, FIRST, ZONE, Year, count, repeat_sums
from bwc.access.passwords import hash_password
from bwc.catalog import schema, tables
from bwc.catalog.finding import FindingRow
from bwc.catalog.store import Catalog
from bwc.clock import FixedClock
from bwc.coverage.rules_in_force import rules_in_force
from bwc.coverage.stale_days import confirm_sums, days_to_refresh
from bwc.coverage.sums import Days, make_month, read_sums, refresh_sums
from bwc.house import House
from bwc.settings import Department, Desk, Settings
from bwc.vault.local import LocalPublicStore, LocalVault

OFFICERS = 500
YEAR = Days(FIRST, FIRST + timedelta(days=DAYS - 1))
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)  # all recordings of the year are in and tagged
ASKED = 20
PASSWORD = "a year of coverage"
WITHOUT_FIGURES = (
    "Not counted", "counted another way", "No calls in this period", "Nothing to look into",
)  # fmt: skip
PAGES = {
    "department, four weeks": "/coverage?first=2025-11-03&last=2025-11-30",
    "department, a quarter": "/coverage?first=2025-07-01&last=2025-09-30",
    "department, the year": "/coverage?first=2025-01-01&last=2025-12-31",
    "department, mid-month to mid-month": "/coverage?first=2025-01-15&last=2025-12-14",
    "its third page of officers, the year": "/coverage?first=2025-01-01&last=2025-12-31&page=3",
    "one unit, the year": "/coverage?first=2025-01-01&last=2025-12-31&unit=Unit+07",
    "one unit, mid-month to mid-month": "/coverage?first=2025-01-15&last=2025-12-14&unit=Unit+07",
    "trend by day, four weeks": "/coverage/trend?by=day&first=2025-11-03&last=2025-11-30",
    "trend by week, the year": "/coverage/trend?by=week&first=2025-01-01&last=2025-12-31",
    "trend by month, the year": "/coverage/trend?by=month&first=2025-01-01&last=2025-12-31",
    "list of units, the year": "/coverage/units?first=2025-01-01&last=2025-12-31",
    "unit over time, the year": "/coverage/unit?name=Unit+07&first=2025-01-01&last=2025-12-31",
    "comparison of units, the year": "/coverage/comparison?first=2025-01-01&last=2025-12-31",
    "comparison, mid-month to mid-month": "/coverage/comparison?first=2025-01-15&last=2025-12-14",
    "equity, the year": "/coverage/equity?first=2025-01-01&last=2025-12-31",
    "equity, mid-month to mid-month": "/coverage/equity?first=2025-01-15&last=2025-12-14",
    "statutory report, half a year": "/coverage/statutory?pack=us-dc&first=2025-07-01&last=2025-12-31",
    "statutory report, the year": "/coverage/statutory?pack=us-dc&first=2025-01-01&last=2025-12-31",
    "findings, four weeks": "/findings?first=2025-01-01&last=2025-01-28",
    "findings, last page": "/findings?first=2025-01-01&last=2025-01-28&page={last}",
    "one officer, four weeks": "/coverage/officers/00007?first=2025-01-01&last=2025-01-28",
    "one officer, a quarter": "/coverage/officers/00007?first=2025-01-01&last=2025-03-31",
    "one officer, the year": "/coverage/officers/00007?first=2025-01-01&last=2025-12-31",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("officers", type=int, nargs="?", default=OFFICERS)
    parser.add_argument("--at", help="an empty database; default: SQLite in a folder")
    parser.add_argument("--keep", type=Path, help="keep, or go on with, the catalog of this folder")
    parser.add_argument("--days", type=int, default=DAYS, help="days of the year with records")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as empty:
        folder = asked.keep or Path(empty)
        catalog = Catalog(asked.at or f"sqlite:///{folder / 'catalog.db'}")
        print(f"load of the machine {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
        if not (asked.keep and (folder / "written").exists()):
            write(catalog, folder, asked.officers, days=asked.days)
        print(f"  rows: {count(catalog)}")
        ask(House(
            settings=Settings(home=folder, desk=Desk(), _env_file=None), catalog=catalog,
            vault=LocalVault(folder / "vault"), public=LocalPublicStore(folder / "public"),
            clock=FixedClock(NOW),
        ))  # fmt: skip
        timed("one day again", lambda: make(catalog, Days(date(2025, 1, 20), date(2025, 1, 20))))
        timed("which days changed", lambda: look(catalog))
        catalog.close()
    report_peak("in all")


def write(catalog: Catalog, folder: Path, officers: int, *, days: int) -> None:
    schema.upgrade(catalog)
    year = Year(catalog, officers, days)
    timed("writing the catalog", year.write)
    print(f"  {officers} officers, {year.spans / 1e6:.1f} million spans")
    report_peak("writing")
    measured = Days(FIRST, FIRST + timedelta(days=days - 1))
    timed(f"making the sums of {days} days", lambda: make(catalog, measured))
    report_peak("sums")
    if days < DAYS:
        timed("repeating them over the year", lambda: repeat_sums(catalog, days))
        timed("adding up its months", lambda: add_months(catalog))
    with catalog.write() as session:
        session.add(tables.User(
            username="auditor", name="A", password_hash=hash_password(PASSWORD),
            role=tables.Role.AUDITOR, created_at=NOW,
        ))  # fmt: skip
        session.commit()
    (folder / "written").touch()


def make(catalog: Catalog, days: Days) -> None:
    """Make sums month by month, each kept once it is made."""
    for month in sorted({day.replace(day=1) for day in days}):
        those = [day for day in days if day.replace(day=1) == month]
        with catalog.write() as session:
            rules = rules_in_force(session, Department())
            refresh_sums(session, Days(those[0], those[-1]), zone=ZONE, at=NOW, rules=rules)
            session.commit()


def add_months(catalog: Catalog) -> None:
    """The months of days that were not measured but repeated."""
    with catalog.write() as session:
        for month in range(1, 13):
            make_month(session, date(FIRST.year, month, 1), at=NOW)
        session.commit()


def look(catalog: Catalog) -> None:
    """What the hourly job does when nothing has changed."""
    with catalog.write() as session:
        rules = rules_in_force(session, Department())
        if days_to_refresh(session, date(2026, 1, 1), zone=ZONE, rules=rules):
            raise SystemExit("sums that were just made cannot be stale")
        confirm_sums(session, date(2026, 1, 1), at=NOW)
        session.commit()


def ask(house: House) -> None:
    """The median of each page, as a browser gets it."""
    with house.catalog.read() as session:
        timed("figures of every officer, the year", lambda: read_sums(session, YEAR))
    with TestClient(create_app(house=house), base_url="http://127.0.0.1:8081") as client:
        token = re.search(r'name="csrf" value="([^"]+)"', client.get("/sign-in").text)
        if token is None:
            raise SystemExit("the sign-in page has no token")
        form = {"username": "auditor", "password": PASSWORD, "csrf": token[1]}
        client.post("/sign-in", data=form)
        for name, path in PAGES.items():
            asked = path.format(last=last_of_findings(house.catalog))
            spent = [once(client, asked) for _ in range(ASKED)]
            wall, busy = (statistics.median(one) for one in zip(*spent, strict=True))
            print(f"  {name}: {wall:.0f} ms, {busy:.0f} ms of processor (medians)", flush=True)


def last_of_findings(catalog: Catalog) -> int:
    """The last page of the findings of four weeks, a hundred on each."""
    begins = FindingRow.starts_at
    four_weeks = begins < datetime(2025, 1, 29, tzinfo=ZONE).astimezone(UTC)
    with catalog.read() as session:
        findings = session.scalar(sa.select(sa.func.count()).where(four_weeks))
    return -(-(findings or 0) // 100)


def once(client: TestClient, path: str) -> tuple[float, float]:
    """How long one answer took and kept the processor, in milliseconds."""
    start, busy = time.perf_counter(), time.process_time()
    page = client.get(path)
    spent = time.perf_counter() - start, time.process_time() - busy
    if page.status_code != 200 or any(words in page.text for words in WITHOUT_FIGURES):
        raise SystemExit(f"{path}: {page.status_code}, or a page without its figures")
    return 1000 * spent[0], 1000 * spent[1]


def timed(what: str, work: Callable[[], object]) -> None:
    start, busy = time.perf_counter(), time.process_time()
    work()
    spent = time.perf_counter() - start
    print(f"  {what}: {spent:.1f} s, {time.process_time() - busy:.1f} s of processor", flush=True)


def report_peak(what: str) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"  peak memory, {what}: {peak:.2f} GB", flush=True)


if __name__ == "__main__":
    main()
