"""`bwc coverage measure` on folders made by hand, each with one thing that is easily got wrong."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from typer.testing import CliRunner

from bwc.cli.coverage import app
from bwc.coverage.films import DAY, films_on
from bwc.coverage.sweep import Spans

HEADINGS = {
    "officers.csv": "badge,name,unit,sworn",
    "cameras.csv": "serial,model,pre_event_seconds",
    "assignments.csv": "camera,badge,start,end",
    "shifts.csv": "badge,start,end",
    "calls.csv": "number,type,priority,received,cancelled",
    "call_units.csv": "call,badge,dispatched,arrived,cleared",
    "recordings.csv": "id,camera,start,seconds,clock_offset_seconds",
}
OFFICERS = ["7,Ann,Patrol,true", "8,Bo,Patrol,true"]
CAMERAS = ["c1,X,30", "c2,X,30"]
CALLS = ["A,Stop,1,2026-03-01T08:00:00Z,false"]
ONE_STAY = ["A,7,,2026-03-01T08:00:00Z,2026-03-01T08:10:00Z"]
TWO_STAYS = [*ONE_STAY, "A,8,,2026-03-01T08:00:00Z,2026-03-01T08:10:00Z"]
WHOLE = ["r1,c1,2026-03-01T08:00:00Z,600,0"]
HANDS = ["c1,7,2026-01-01T00:00:00Z,"]

Figures = list[object]


class Case(NamedTuple):
    """What differs from one officer on one call of ten minutes, and what must come out."""

    found: list[Figures]
    recordings: list[str] = WHOLE
    hands: list[str] = HANDS
    stays: list[str] = ONE_STAY
    calls: list[str] = CALLS
    officers: list[str] = OFFICERS


def z(start: str, end: str, day: str = "2026-03-01") -> list[str]:
    return [f"{day}T{start}Z", f"{day}T{end}Z"]


CASES = {
    "recordings that touch, overlap and nest": Case(
        [[600, 180, 0, 360, [z("08:02:00", "08:03:00")], "partial"]],
        [
            "r1,c1,2026-03-01T07:59:00Z,120,0",
            "r2,c1,2026-03-01T08:01:00Z,60,0",
            "r3,c1,2026-03-01T08:01:30Z,30,0",
            "r4,c1,2026-03-01T08:03:00Z,60,0",
        ],
    ),
    "recordings that only touch the call": Case(
        [[600, 0, 600, 600, [], "none"]],
        ["r1,c1,2026-03-01T07:50:00Z,600,0", "r2,c1,2026-03-01T08:10:00Z,60,0"],
    ),
    "a recording of no length": Case(
        [[600, 0, 600, 600, [], "none"]], ["r1,c1,2026-03-01T08:05:00Z,0,0"]
    ),
    "a camera that is lent for two minutes": Case(
        [
            [600, 480, 0, 0, [z("08:04:00", "08:06:00")], "partial"],
            [600, 120, 240, 240, [], "partial"],
        ],
        hands=[
            "c1,7,2026-03-01T00:00:00Z,2026-03-01T08:04:00Z",
            "c1,8,2026-03-01T08:04:00Z,2026-03-01T08:06:00Z",
            "c1,7,2026-03-01T08:06:00Z,",
        ],
        stays=TWO_STAYS,
    ),
    "two cameras on one officer": Case(
        [[600, 460, 0, 0, [z("08:02:40", "08:05:00")], "partial"]],
        [
            "r1,c1,2026-03-01T08:00:00Z,120,0",
            "r2,c2,2026-03-01T08:01:00Z,100,0",
            "r3,c2,2026-03-01T08:05:00Z,300,0",
        ],
        hands=[*HANDS, "c2,7,2026-01-01T00:00:00Z,"],
    ),
    "a clock 90 seconds ahead, written in another zone": Case(
        [[600, 600, 0, 0, [], "covered"]], ["r1,c1,2026-03-01T13:31:30+05:30,600,90"]
    ),
    "a clock behind, with parts of a second": Case(
        [[600, 10.5, 60.5, 529, [], "partial"]], ["r1,c1,2026-03-01T08:00:00.250Z,10.5,-60.25"]
    ),
    "an officer who leaves and comes back": Case(
        [[1800, 1200, 0, 0, [z("08:10:00", "08:20:00")], "partial"]],
        [*WHOLE, "r2,c1,2026-03-01T08:20:00Z,600,0"],
        stays=[
            "A,7,,2026-03-01T08:20:00Z,2026-03-01T08:30:00Z",
            "A,7,2026-03-01T07:00:00Z,,",
            *ONE_STAY,
        ],
    ),
    "a cancelled call with video": Case(
        [[0, 0, 0, 0, [], "excluded"]], calls=["A,Stop,1,2026-03-01T08:00:00Z,True"]
    ),
    "cleared at and before arrival": Case(
        [[0, 0, 0, 0, [], "excluded"], [0, 0, 0, 0, [], "excluded"]],
        stays=[
            "A,7,,2026-03-01T08:00:00Z,2026-03-01T08:00:00Z",
            "A,8,,2026-03-01T08:10:00Z,2026-03-01T08:00:00Z",
        ],
    ),
    "the hour that is skipped in spring": Case(
        [[3600, 2400, 900, 0, [z("08:55:00", "09:00:00", "2026-03-08")], "partial"]],
        ["r1,c1,2026-03-08T01:45:00-07:00,600,0", "r2,c1,2026-03-08T03:00:00-06:00,1800,0"],
        stays=["A,7,,2026-03-08T01:30:00-07:00,2026-03-08T03:30:00-06:00"],
    ),
    "the hour that comes twice in autumn": Case(
        [[7200, 3600, 0, 3600, [], "partial"]],
        ["r1,c1,2026-11-01T01:00:00-06:00,3600,0"],
        stays=["A,7,,2026-11-01T01:00:00-06:00,2026-11-01T02:00:00-07:00"],
    ),
    "quoted commas and quotes in a name": Case(
        [[600, 600, 0, 0, [], "covered"]],
        officers=['7,"Lee, Ann ""Annie""",Patrol,TRUE', "8,Bo,Patrol,No"],
    ),
}


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("case", CASES)
def test_a_hard_case_is_measured_exactly(tmp_path: Path, case: str, ending: str) -> None:
    given = CASES[case]
    rows = [given.officers, CAMERAS, given.hands, [], given.calls, given.stays, given.recordings]
    for (name, heading), lines in zip(HEADINGS.items(), rows, strict=True):
        text = "\ufeff" + ending.join([heading, *lines, ""])
        (tmp_path / name).write_bytes(text.encode())
    result = CliRunner().invoke(app, ["measure", "--from", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.stderr
    assert [list(line.values())[2:] for line in json.loads(result.stdout)] == given.found


def test_lines_are_sorted_by_call_and_badge_as_text(tmp_path: Path) -> None:
    officers = [f"{badge},A,Patrol,true" for badge in ("9", "10", "007", "7")]
    stays = [
        f"{call},{badge},,2026-03-01T08:00:00Z,2026-03-01T08:10:00Z"
        for call in ("B", "A")
        for badge in ("9", "10", "7", "007")
    ]
    calls = [*CALLS, "B,Stop,1,2026-03-01T08:00:00Z,false"]
    for name, lines in zip(HEADINGS, [officers, [], [], [], calls, stays, []], strict=True):
        text = "\n".join([HEADINGS[name], *lines, ""])
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["measure", "--from", str(tmp_path), "--json"])
    found = [(line["call"], line["badge"]) for line in json.loads(result.stdout)]
    assert found == [(call, badge) for call in "AB" for badge in ("007", "10", "7", "9")]


def test_a_recording_longer_than_a_day_belongs_to_the_calls_at_its_end() -> None:
    worn = Spans(*(np.array([value], dtype=np.int64) for value in (0, DAY // 2, 4 * DAY)))
    call = Spans(*(np.array([value], dtype=np.int64) for value in (0, 3 * DAY + 5, 3 * DAY + 9)))
    assert films_on(call, worn, np.array([6], dtype=np.int64)) == [[6]]
