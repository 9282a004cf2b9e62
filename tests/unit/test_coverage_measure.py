"""Coverage equals what counting seconds one by one gives, on departments made up at random."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import portion
from hypothesis import given
from hypothesis import strategies as st

from bwc.coverage.department import Assignment, Department, Recording
from bwc.coverage.department_csv import read_department
from bwc.coverage.expected import Exclusion, OfficerCall, officer_calls
from bwc.coverage.measure import Coverage, Status, measure
from bwc.coverage.sweep import Spans, measure_spans, union
from bwc.timeline import Span
from tests.departments import departments, write_department

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def film(start: float, end: float, *, camera: str = "cam", offset: float = 0) -> Recording:
    """A recording of the true time from `start` to `end`."""
    length = timedelta(seconds=end - start)
    return Recording(f"{camera}-{start}", camera, at(start + offset), length, offset * SECOND)


ALWAYS = Assignment("cam", "7", at(-10_000), None)
CALL = OfficerCall("26-1", "7", Span(at(0), at(100)), None)


def covering(*films: Recording, hands: tuple[Assignment, ...] = (ALWAYS,)) -> Coverage:
    """What one call from 0 to 100 seconds has with these recordings."""
    [coverage] = measure([CALL], recordings=films, assignments=hands)
    return coverage


def test_a_recording_over_the_whole_call_covers_it() -> None:
    coverage = covering(film(-30, 100))
    assert coverage.status is Status.COVERED
    assert coverage.covered == 100 * SECOND
    assert coverage.late_start == coverage.early_stop == timedelta()


def test_late_start_gap_and_early_stop_are_told_apart() -> None:
    coverage = covering(film(10, 40), film(50, 90))
    assert coverage.status is Status.PARTIAL
    assert (coverage.late_start, coverage.early_stop) == (10 * SECOND, 10 * SECOND)
    assert coverage.gaps == (Span(at(40), at(50)),)
    assert coverage.covered == 70 * SECOND


def test_without_video_late_and_early_both_equal_the_call() -> None:
    coverage = covering(film(100, 200), film(-50, 0))
    assert coverage.status is Status.NONE
    assert coverage.late_start == coverage.early_stop == coverage.expected == 100 * SECOND
    assert coverage.gaps == ()


def test_recordings_that_touch_leave_no_gap() -> None:
    assert covering(film(0, 50), film(50, 100)).gaps == ()


def test_recordings_that_overlap_count_once() -> None:
    assert covering(film(0, 60), film(20, 80), film(30, 40)).covered == 80 * SECOND


def test_a_camera_clock_that_runs_ahead_is_set_right() -> None:
    assert covering(film(0, 100, offset=75)).status is Status.COVERED


def test_a_recording_counts_only_while_its_camera_is_assigned() -> None:
    handed_over = (Assignment("cam", "7", at(-5), at(30)), Assignment("cam", "8", at(30), None))
    assert covering(film(0, 100), hands=handed_over).early_stop == 70 * SECOND


def test_another_officers_recording_covers_nothing() -> None:
    assert (
        covering(film(0, 100), hands=(Assignment("cam", "8", at(0), None),)).covered == 0 * SECOND
    )


def test_an_excluded_call_has_only_zeros_and_says_why() -> None:
    call = OfficerCall("26-2", "7", None, Exclusion.CANCELLED)
    [coverage] = measure([call], recordings=[film(0, 100)], assignments=[ALWAYS])
    assert coverage.document() == {
        "call": "26-2",
        "badge": "7",
        "expected_seconds": 0,
        "covered_seconds": 0,
        "late_start_seconds": 0,
        "early_stop_seconds": 0,
        "gaps": [],
        "status": "excluded",
    }


def test_the_document_gives_utc_and_whole_numbers() -> None:
    document = covering(film(0.5, 40), film(50, 100)).document()
    assert document["gaps"] == [["2026-03-01T12:00:40Z", "2026-03-01T12:00:50Z"]]
    assert document["late_start_seconds"] == 0.5
    assert document["early_stop_seconds"] == 0
    assert isinstance(document["expected_seconds"], int)


def test_nothing_at_all_measures_to_nothing() -> None:
    assert measure([], recordings=[], assignments=[]) == []


def measured(department: Department) -> list[Coverage]:
    return measure(
        officer_calls(department.calls, department.call_units),
        recordings=department.recordings,
        assignments=department.assignments,
    )


def second_by_second(department: Department) -> list[dict[str, object]]:
    """The same, by looking at each second of each call alone."""
    cancelled = {call.number for call in department.calls if call.cancelled}
    documents: list[dict[str, object]] = []
    for number, badge in sorted({(unit.call, unit.badge) for unit in department.call_units}):
        stays = [u for u in department.call_units if (u.call, u.badge) == (number, badge)]
        arrived = [stay.arrived for stay in stays if stay.arrived]
        cleared = [stay.cleared for stay in stays if stay.cleared]
        expected: list[datetime] = []
        if arrived and cleared and number not in cancelled:
            length = (max(cleared) - min(arrived)) // SECOND
            expected = [min(arrived) + index * SECOND for index in range(length)]
        seen = [is_recorded(department, badge, second) for second in expected]
        documents.append({"call": number, "badge": badge, **count(expected, seen)})
    return documents


def is_recorded(department: Department, badge: str, second: datetime) -> bool:
    """Whether a camera in this officer's hands was recording in this second."""
    return any(
        recording.began <= second < recording.ended
        and hand.camera == recording.camera
        and hand.badge == badge
        and hand.start <= second
        and (hand.end is None or second < hand.end)
        for recording in department.recordings
        for hand in department.assignments
    )


def count(expected: list[datetime], seen: list[bool]) -> dict[str, object]:
    """The figures of one officer's call from its seconds."""
    length, covered = len(seen), sum(seen)
    if not length:
        status = "excluded"
    elif not covered:
        status = "none"
    else:
        status = "covered" if covered == length else "partial"
    late = seen.index(True) if covered else length
    early = seen[::-1].index(True) if covered else length
    gaps: list[list[str]] = []
    for index in range(late + 1, length - early):
        if not seen[index]:
            if seen[index - 1]:
                gaps.append([stamp(expected[index]), ""])
            gaps[-1][1] = stamp(expected[index] + SECOND)
    return {
        "expected_seconds": length,
        "covered_seconds": covered,
        "late_start_seconds": late,
        "early_stop_seconds": early,
        "gaps": gaps,
        "status": status,
    }


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@given(departments())
def test_coverage_equals_counting_every_second(department: Department) -> None:
    assert [c.document() for c in measured(department)] == second_by_second(department)


@given(departments())
def test_coverage_is_the_same_after_a_way_through_csv_files(department: Department) -> None:
    with tempfile.TemporaryDirectory() as name:
        write_department(Path(name), department)
        reading = read_department(Path(name))
    assert reading.errors == []
    assert measured(reading.department) == measured(department)


# the wider times do not fit into 64 bits beside the number of their line
microseconds = st.integers(-(2**50), 2**50) | st.integers(-(2**61), 2**61)
lines = st.lists(st.tuples(st.integers(0, 2), microseconds, microseconds), max_size=12)


def arrays(rows: list[tuple[int, int, int]]) -> Spans:
    owner, start, end = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Spans(owner, start, end)


def on_line(rows: list[tuple[int, int, int]], owner: int) -> portion.Interval:
    """All spans of one owner, by another library."""
    whole = portion.empty()
    for line, start, end in rows:
        if line == owner:
            whole |= portion.closedopen(start, end)
    return whole


@given(lines)
def test_union_is_what_portion_says(rows: list[tuple[int, int, int]]) -> None:
    merged = union(arrays(rows))
    for owner in range(3):
        mine = merged.owner == owner
        found = list(zip(merged.start[mine].tolist(), merged.end[mine].tolist(), strict=True))
        expected = on_line(rows, owner)
        assert found == [(part.lower, part.upper) for part in expected if not expected.empty]


@given(lines, lines)
def test_missing_time_is_what_portion_says(
    expected: list[tuple[int, int, int]], recorded: list[tuple[int, int, int]]
) -> None:
    found = measure_spans(arrays(expected), arrays(recorded))
    for index, (owner, start, end) in enumerate(expected):
        whole = portion.closedopen(start, end)
        missing = whole - on_line(recorded, owner)
        lost = sum(part.upper - part.lower for part in missing if not missing.empty)
        assert found.expected[index] - found.covered[index] == lost
        inside = [
            (part.lower, part.upper)
            for part in missing
            if not missing.empty and part.lower != start and part.upper != end
        ]
        mine = found.gap_of == index
        gaps = zip(found.gap_start[mine].tolist(), found.gap_end[mine].tolist(), strict=True)
        assert list(gaps) == inside
