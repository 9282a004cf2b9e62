"""Coverage of a million officer-calls with 1.2 million recordings, against pandas and plain Python.

The baseline `pandas` does the same with data frames: `merge_asof` ties recordings to assignments
and calls to recorded blocks, no row is looked at in Python. The baseline `plain-python` uses sorted
lists and bisection, one officer-call after another. Ours and pandas run three times in turn, and
their medians count. All must find the same figures, and a run that misses one of the goals below
ends with an error. Reading CSV is timed apart. Run it alone:

    .venv/bin/python bench/coverage.py
"""

import bisect
import resource
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd

from bwc.coverage.department_csv import read_department
from bwc.coverage.expected import officer_calls
from bwc.coverage.measure import measure
from bwc.coverage.sweep import Integers, Measured, Spans, measure_spans, worn

CALLS = 1_000_000
RECORDINGS = 1_200_000
OFFICERS = 2_000
DAYS = 365
SECOND = 1_000_000
DAY = 86_400 * SECOND
MOST_SECONDS = 10.0  # wall clock, for ours
MOST_GIGABYTES = 2.0  # of the process when ours is done, the invented arrays included
LEAST_RATIO = 5.0  # processor time of pandas to ours
ROUNDS = 3  # ours and pandas in turn; the first pays for memory that the process never had
CSV_PART = 20  # one part in so many goes the way through files


@dataclass(slots=True)
class Took:
    """Seconds of the wall clock and of the processor; zero until the work is done.

    Ratios are of processor time, so that other programs on the machine do not decide them.
    """

    wall: float = 0.0
    processor: float = 0.0


def main() -> None:
    calls, films, hands, wearer = invent(CALLS, RECORDINGS, OFFICERS)
    print(f"{CALLS:,} officer-calls, {RECORDINGS:,} recordings, {len(wearer):,} assignments")
    rounds = [in_turn(calls, films, hands, wearer) for _ in range(ROUNDS)]
    ours, frames = median(one[0] for one in rounds), median(one[1] for one in rounds)
    memory = rounds[0][2]
    print(
        f"  peak memory of bwc {memory:.2f} GB, ratio of medians {frames.processor / ours.processor:.1f}"
    )
    with timed("plain-python, from lists") as theirs:
        covered = plain_python(calls, films, hands, wearer)
    if measure_spans(calls, worn(films, hands, wearer)[0]).covered.tolist() != covered:
        raise SystemExit("the two disagree")
    print(f"  ratio {theirs.processor / ours.processor:.1f}")
    through_files(CALLS // CSV_PART, RECORDINGS // CSV_PART, OFFICERS // CSV_PART)
    missed = missed_goals(ours, memory, ratio=frames.processor / ours.processor)
    if missed:
        raise SystemExit("goals missed: " + "; ".join(missed))


def in_turn(calls: Spans, films: Spans, hands: Spans, wearer: Integers) -> tuple[Took, Took, float]:
    """Ours, then pandas, which must find the same; and the gigabytes after ours."""
    with timed("bwc, from arrays") as ours:
        recorded, _ = worn(films, hands, wearer)
        measured = measure_spans(calls, recorded)
    memory = peak_gigabytes()
    with timed("pandas, from frames") as frames:
        found = pandas_baseline(calls, films, hands, wearer)
    for field in fields(Measured):
        if not np.array_equal(getattr(measured, field.name), getattr(found, field.name)):
            raise SystemExit(f"pandas and ours disagree on {field.name}")
    print(f"  ratio {frames.processor / ours.processor:.1f}")
    return ours, frames, memory


def median(every: Iterable[Took]) -> Took:
    """The medians of both clocks."""
    some = list(every)
    return Took(
        statistics.median(one.wall for one in some),
        statistics.median(one.processor for one in some),
    )


def missed_goals(ours: Took, gigabytes: float, *, ratio: float) -> list[str]:
    """Each goal that this run did not reach, in words."""
    goals = [
        (ours.wall <= MOST_SECONDS, f"{ours.wall:.1f} s, at most {MOST_SECONDS:.0f}"),
        (gigabytes <= MOST_GIGABYTES, f"{gigabytes:.2f} GB, at most {MOST_GIGABYTES:.0f}"),
        (ratio >= LEAST_RATIO, f"{ratio:.1f} times pandas, at least {LEAST_RATIO:.0f}"),
    ]
    return [words for reached, words in goals if not reached]


def invent(calls: int, films: int, officers: int) -> tuple[Spans, Spans, Spans, Integers]:
    """A year: each officer has a camera of a pool for each day of twelve hours."""
    rng = np.random.default_rng(5)
    year = DAYS * DAY
    start = rng.integers(0, year, calls)
    length = rng.integers(60, 3600, calls) * SECOND
    expected = Spans(rng.integers(0, officers, calls), start, start + length)
    began = rng.integers(0, year, films)
    filmed = Spans(
        rng.integers(0, officers, films), began, began + rng.integers(10, 3600, films) * SECOND
    )
    morning = np.tile(np.arange(DAYS, dtype=np.int64) * DAY, officers)
    cameras = np.repeat(np.arange(officers, dtype=np.int64), DAYS)
    wearer = (cameras + morning // DAY) % officers
    return expected, filmed, Spans(cameras, morning, morning + DAY // 2), wearer


def pandas_baseline(calls: Spans, films: Spans, hands: Spans, wearer: Integers) -> Measured:
    """The same figures from data frames; assignments here never overlap."""
    held = pd.DataFrame(
        {"camera": hands.owner, "since": hands.start, "until": hands.end, "officer": wearer}
    ).sort_values("since")
    filmed = pd.DataFrame(
        {"camera": films.owner, "start": films.start, "end": films.end}
    ).sort_values("start")
    sides = [
        pd.merge_asof(
            filmed, held, left_on="start", right_on="since", by="camera", direction="backward"
        ),
        pd.merge_asof(
            filmed,
            held,
            left_on="start",
            right_on="since",
            by="camera",
            direction="forward",
            allow_exact_matches=False,
        ),
    ]
    worn_by = pd.concat(sides).dropna().astype("int64")
    worn_by["start"] = worn_by[["start", "since"]].max(axis=1)
    worn_by["end"] = worn_by[["end", "until"]].min(axis=1)
    worn_by = worn_by[worn_by["start"] < worn_by["end"]].sort_values(["officer", "start"])
    latest = worn_by.groupby("officer")["end"].cummax().groupby(worn_by["officer"]).shift()
    block = (latest.isna() | (worn_by["start"] > latest)).cumsum()
    blocks = worn_by.groupby(block).agg({"officer": "first", "start": "first", "end": "max"})
    asked = pd.DataFrame({"officer": calls.owner, "start": calls.start, "end": calls.end})
    return measured_in_frames(asked, blocks.reset_index(drop=True))


def measured_in_frames(asked: pd.DataFrame, blocks: pd.DataFrame) -> Measured:
    """Every figure that ours gives: covered, late, early and the gaps of each call."""
    blocks["id"] = blocks.index
    blocks["whole"] = (blocks["end"] - blocks["start"]).cumsum()
    asked["length"] = asked["end"] - asked["start"]
    asked["call"] = asked.index
    first = pd.merge_asof(
        asked.sort_values("start"),
        blocks.add_prefix("b_").sort_values("b_end"),
        left_on="start",
        right_on="b_end",
        left_by="officer",
        right_by="b_officer",
        direction="forward",
        allow_exact_matches=False,
    ).set_index("call")
    last = pd.merge_asof(
        asked.sort_values("end"),
        blocks.add_prefix("b_").sort_values("b_start"),
        left_on="end",
        right_on="b_start",
        left_by="officer",
        right_by="b_officer",
        allow_exact_matches=False,
    ).set_index("call")
    calls = asked.join(first[["b_id", "b_start", "b_end", "b_whole"]].add_prefix("first_"))
    calls = calls.join(last[["b_id", "b_end", "b_whole"]].add_prefix("last_"))
    met = calls[calls["first_b_id"] <= calls["last_b_id"]].astype("int64")
    before = met["first_b_start"] - met["start"]
    after = met["end"] - met["last_b_end"]
    whole = met["last_b_whole"] - met["first_b_whole"] + met["first_b_end"] - met["first_b_start"]
    covered = whole + before.clip(upper=0) + after.clip(upper=0)
    late, early = asked["length"].copy(), asked["length"].copy()
    late.update(before.clip(lower=0))
    early.update(after.clip(lower=0))
    many = met[met["last_b_id"] > met["first_b_id"]]
    gaps = many.loc[many.index.repeat(many["last_b_id"] - many["first_b_id"])]
    left = gaps["first_b_id"] + gaps.groupby(level=0).cumcount()
    return Measured(
        expected=asked["length"].to_numpy(),
        covered=covered.reindex(asked.index, fill_value=0).to_numpy(),
        late_start=late.to_numpy(),
        early_stop=early.to_numpy(),
        gap_of=gaps.index.to_numpy(),
        gap_start=blocks["end"].to_numpy()[left],
        gap_end=blocks["start"].to_numpy()[left + 1],
    )


def plain_python(calls: Spans, films: Spans, hands: Spans, wearer: Integers) -> list[int]:
    """Covered microseconds of each call, as one would write it without arrays."""
    held: dict[int, list[tuple[int, int, int]]] = {}
    for camera, start, end, officer in zip(*lists(hands), wearer.tolist(), strict=True):
        held.setdefault(camera, []).append((start, end, officer))
    for spans in held.values():
        spans.sort()
    worn_by: dict[int, list[tuple[int, int]]] = {}
    for camera, start, end in zip(*lists(films), strict=True):
        spans = held.get(camera, [])
        index = max(bisect.bisect_right(spans, (start,)) - 1, 0)
        while index < len(spans) and spans[index][0] < end:
            since, until, officer = spans[index]
            if max(start, since) < min(end, until):
                worn_by.setdefault(officer, []).append((max(start, since), min(end, until)))
            index += 1
    blocks = {officer: merged(spans) for officer, spans in worn_by.items()}
    covered: list[int] = []
    for officer, start, end in zip(*lists(calls), strict=True):
        parts = blocks.get(officer, [])
        index = max(bisect.bisect_right(parts, [start]) - 1, 0)
        seconds = 0
        while index < len(parts) and parts[index][0] < end:
            seconds += max(0, min(end, parts[index][1]) - max(start, parts[index][0]))
            index += 1
        covered.append(seconds)
    return covered


def merged(spans: list[tuple[int, int]]) -> list[list[int]]:
    blocks: list[list[int]] = []
    for start, end in sorted(spans):
        if blocks and start <= blocks[-1][1]:
            blocks[-1][1] = max(blocks[-1][1], end)
        else:
            blocks.append([start, end])
    return blocks


def lists(spans: Spans) -> tuple[list[int], list[int], list[int]]:
    return spans.owner.tolist(), spans.start.tolist(), spans.end.tolist()


def through_files(calls: int, films: int, officers: int) -> None:
    """The same for a smaller department, from CSV files to values."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_csv(folder, calls, films, officers)
        print(f"{calls:,} officer-calls, {films:,} recordings from CSV files")
        with timed("reading and checking the seven files"):
            department = read_department(folder).department
        with timed("expected spans, measuring, values"):
            measure(
                officer_calls(department.calls, department.call_units),
                recordings=department.recordings,
                assignments=department.assignments,
            )


def write_csv(folder: Path, calls: int, films: int, officers: int) -> None:
    expected, filmed, hands, wearer = invent(calls, films, officers)
    days = zip(*lists(hands), wearer.tolist(), strict=True)
    stays = list(enumerate(zip(*lists(expected), strict=True)))
    films_made = enumerate(zip(*lists(filmed), strict=True))
    write(
        folder,
        "officers.csv",
        "badge,name,unit,sworn",
        (f"{badge},A,U,true" for badge in range(officers)),
    )
    write(
        folder,
        "cameras.csv",
        "serial,model,pre_event_seconds",
        (f"{serial},X,30" for serial in range(officers)),
    )
    write(
        folder,
        "assignments.csv",
        "camera,badge,start,end",
        (f"{camera},{badge},{stamp(start)},{stamp(end)}" for camera, start, end, badge in days),
    )
    write(folder, "shifts.csv", "badge,start,end", ())
    write(
        folder,
        "calls.csv",
        "number,type,priority,received,cancelled",
        (f"{index},alarm,1,{stamp(start)},false" for index, (_, start, _) in stays),
    )
    write(
        folder,
        "call_units.csv",
        "call,badge,dispatched,arrived,cleared",
        (f"{index},{badge},,{stamp(start)},{stamp(end)}" for index, (badge, start, end) in stays),
    )
    write(
        folder,
        "recordings.csv",
        "id,camera,start,seconds,clock_offset_seconds",
        (
            f"{index},{camera},{stamp(start)},{(end - start) / SECOND},0"
            for index, (camera, start, end) in films_made
        ),
    )


def write(folder: Path, name: str, heading: str, rows: Iterable[str]) -> None:
    (folder / name).write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")


def stamp(ticks: int) -> str:
    moment = np.datetime64("2026-01-01T00:00:00.000000") + np.timedelta64(ticks, "us")
    return f"{moment}Z"


@contextmanager
def timed(what: str) -> Iterator[Took]:
    """Print how long it took, and keep it."""
    took = Took()
    start, worked = time.perf_counter(), time.process_time()
    yield took
    took.processor = time.process_time() - worked
    took.wall = time.perf_counter() - start
    print(f"  {what}: {took.wall:.2f} s, processor {took.processor:.2f} s")


def peak_gigabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    main()
