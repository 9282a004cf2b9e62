"""`bwc coverage measure` equals the plainest reading of its specification, on untidy departments.

The oracle knows nothing of the package: it takes the rows as they stand in the files and asks of
every stretch between two neighbouring times whether an assigned camera was recording in it.
"""

import csv
import io
import json
import random
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from bwc.cli.coverage import app

Table = list[dict[str, str]]

COLUMNS = {
    "officers": ["badge", "name", "unit", "sworn"],
    "cameras": ["serial", "model", "pre_event_seconds"],
    "assignments": ["camera", "badge", "start", "end"],
    "shifts": ["badge", "start", "end"],
    "calls": ["number", "type", "priority", "received", "cancelled"],
    "call_units": ["call", "badge", "dispatched", "arrived", "cleared"],
    "recordings": ["id", "camera", "start", "seconds", "clock_offset_seconds"],
}
DENVER = ZoneInfo("America/Denver")
BEGINNINGS = [
    datetime(2026, 3, 8, 8, 40, tzinfo=UTC),  # 02:00 becomes 03:00 at 09:00 UTC
    datetime(2026, 11, 1, 7, 40, tzinfo=UTC),  # 02:00 becomes 01:00 at 08:00 UTC
    datetime(2026, 6, 30, 5, 45, tzinfo=UTC),  # over midnight in Denver
    datetime(2026, 12, 31, 23, 45, tzinfo=UTC),  # over midnight and the year in UTC
]


class Invented:
    """One department made up from a seed; times fall on few marks, so that many of them touch."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = random.Random(seed)
        self.begin = rng.choice(BEGINNINGS)
        self.step = rng.choice([1, 60, 60, 0.25, 12.345678])
        self.badges = rng.sample(["7", "007", "12", "A-1", "Ä9"], rng.randint(1, 4))
        self.serials = [f"cam-{index}" for index in range(rng.randint(1, 4))]
        self.numbers = [f"26-{index}" for index in rng.sample(range(20), rng.randint(0, 6))]
        self.tables = self.people() | self.dispatch()

    def people(self) -> dict[str, Table]:
        rng = self.rng
        return {
            "officers": [
                {"badge": badge, "name": rng.choice(["Lee, Ann", 'Bo "B" Ray', ""]),
                 "unit": rng.choice(["Patrol", ""]), "sworn": rng.choice(["true", "False", "1", ""])}
                for badge in self.badges
            ],
            "cameras": [
                {"serial": serial, "model": rng.choice(["X1", ""]),
                 "pre_event_seconds": rng.choice(["30", "0", "120", "30.0", ""])}
                for serial in self.serials
            ],
            "assignments": [
                {"camera": rng.choice(self.serials), "badge": rng.choice(self.badges)} | self.span()
                for _ in range(rng.choice([0, 3, 6, 12]))
            ],
            "shifts": [
                {"badge": rng.choice(self.badges)} | self.span() for _ in range(rng.randint(0, 4))
            ],
        }  # fmt: skip

    def dispatch(self) -> dict[str, Table]:
        rng = self.rng
        return {
            "calls": [
                {"number": number, "type": rng.choice(["Stop", "Alarm, silent", "test", ""]),
                 "priority": rng.choice(["1", "P2", "9.0", ""]), "received": self.time(),
                 "cancelled": rng.choice(["false", "False", "0", "no", "", "", "YES"])}
                for number in self.numbers
            ],
            "call_units": [
                {"call": rng.choice(self.numbers), "badge": rng.choice(self.badges),
                 "dispatched": self.perhaps(0, 24),
                 "arrived": self.perhaps(0, 24), "cleared": self.perhaps(16, 40)}
                for _ in range(rng.randint(0, 12) if self.numbers else 0)
            ],
            "recordings": [
                {"id": f"r{index}", "camera": rng.choice(self.serials), "start": self.time(),
                 "seconds": f"{rng.choice([0, 1, 1, 2, 4, 8, 40]) * self.step:.6f}",
                 "clock_offset_seconds": rng.choice(["", "0", "-0", f"{self.step:.6f}",
                                                     f"-{3 * self.step:.6f}", "0.5"])}
                for index in range(rng.choice([0, 4, 12, 30]))
            ],
        }  # fmt: skip

    def time(self, mark: int | None = None) -> str:
        """A time on one of forty marks, as the clock of some zone shows it."""
        mark = self.rng.randint(0, 40) if mark is None else mark
        moment = self.begin + timedelta(microseconds=round(mark * self.step * 1_000_000))
        zone = self.rng.choice([DENVER, UTC, timezone(timedelta(hours=5, minutes=30))])
        text = moment.astimezone(zone).isoformat()
        return text.replace("+00:00", "Z") if self.rng.random() < 0.5 else text

    def perhaps(self, low: int, high: int) -> str:
        return self.time(self.rng.randint(low, high)) if self.rng.random() < 0.9 else ""

    def span(self) -> dict[str, str]:
        start = self.rng.randint(-40, 30)
        end = self.time(self.rng.randint(start, 45)) if self.rng.random() < 0.7 else ""
        return {"start": self.time(start), "end": end}

    def write(self, folder: Path) -> None:
        """The files, untidy: a byte order mark, CRLF, strange columns, rows in any order."""
        rng = self.rng
        for name, columns in COLUMNS.items():
            if name == "shifts" and rng.random() < 0.2:
                continue
            rows = rng.sample(self.tables[name], len(self.tables[name]))
            if name in ("officers", "cameras", "calls", "recordings"):
                rows += rng.sample(rows, min(len(rows), rng.choice([0, 0, 1])))  # twice the same
            heading = rng.sample([*columns, "note"], len(columns) + 1)
            text = io.StringIO(newline="")
            ending = rng.choice(["\n", "\r\n"])
            writer = csv.DictWriter(text, heading, restval="x,\ny", lineterminator=ending)
            writer.writeheader()
            writer.writerows(rows)
            if rng.random() < 0.3:
                text.write("," * len(columns) + ending)
            encoding = rng.choice(["utf-8", "utf-8-sig"])
            (folder / f"{name}.csv").write_bytes(text.getvalue().encode(encoding))


def oracle(tables: dict[str, Table]) -> list[dict[str, object]]:
    """What must come out, by the words of the specification alone."""
    cancelled = {row["number"] for row in tables["calls"] if row["cancelled"].lower() == "yes"}
    units = tables["call_units"]
    found = []
    for call, badge in sorted({(row["call"], row["badge"]) for row in units}):
        rows = [row for row in units if (row["call"], row["badge"]) == (call, badge)]
        arrivals = [tick(row["arrived"]) for row in rows if row["arrived"]]
        clears = [tick(row["cleared"]) for row in rows if row["cleared"]]
        known = arrivals and clears and call not in cancelled
        start, end = (min(arrivals), max(clears)) if known else (0, 0)
        found.append({"call": call, "badge": badge} | figures(tables, badge, start, end))
    return found


def figures(tables: dict[str, Table], badge: str, start: int, end: int) -> dict[str, object]:
    """The figures of the expected span `[start, end)` of one officer."""
    if start >= end:
        return numbers(0, 0, 0, 0) | {"gaps": [], "status": "excluded"}
    pieces = worn_pieces(tables, badge)
    marks = {mark for piece in pieces for mark in piece if start < mark < end} | {start, end}
    stretches = [
        (a, b, any(begin <= a < stop for begin, stop in pieces)) for a, b in pairwise(sorted(marks))
    ]
    seen = [(a, b) for a, b, is_seen in stretches if is_seen]
    if not seen:
        return numbers(end - start, 0, end - start, end - start) | {"gaps": [], "status": "none"}
    first, last = seen[0][0], seen[-1][1]
    gaps = [[moment(a), moment(b)] for (_, a), (b, _) in pairwise(seen) if a < b]
    covered = sum(b - a for a, b in seen)
    status = "covered" if covered == end - start else "partial"
    found = numbers(end - start, covered, first - start, end - last)
    return found | {"gaps": gaps, "status": status}


def worn_pieces(tables: dict[str, Table], badge: str) -> list[tuple[int, int]]:
    """The true times in which a camera recorded while it was assigned to this officer."""
    pieces = []
    for film in tables["recordings"]:
        begin = tick(film["start"]) - micro(film["clock_offset_seconds"] or "0")
        stop = begin + micro(film["seconds"])
        for hand in tables["assignments"]:
            if (hand["camera"], hand["badge"]) == (film["camera"], badge):
                since = max(begin, tick(hand["start"]))
                until = min(stop, tick(hand["end"])) if hand["end"] else stop
                pieces += [(since, until)] if since < until else []
    return pieces


def numbers(expected: int, covered: int, late: int, early: int) -> dict[str, object]:
    return {
        "expected_seconds": expected / 1_000_000,
        "covered_seconds": covered / 1_000_000,
        "late_start_seconds": late / 1_000_000,
        "early_stop_seconds": early / 1_000_000,
    }


def tick(text: str) -> int:
    since = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1)


def micro(seconds: str) -> int:
    return round(float(seconds) * 1_000_000)


def moment(count: int) -> str:
    text = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=count)).isoformat()
    return text.replace("+00:00", "Z")


@pytest.mark.parametrize("seed", range(200))
def test_measure_equals_the_plain_reading(tmp_path: Path, seed: int) -> None:
    invented = Invented(seed)
    invented.write(tmp_path)
    result = CliRunner().invoke(app, ["measure", "--from", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout) == oracle(invented.tables)


def test_the_invented_departments_hold_every_case() -> None:
    found = [line for seed in range(200) for line in oracle(Invented(seed).tables)]
    assert {line["status"] for line in found} == {"covered", "partial", "none", "excluded"}
    assert sum(bool(line["gaps"]) for line in found) > 50
