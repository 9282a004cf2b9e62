"""The invented department: the same each time, and with every kind of coverage in it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bwc.demo.cases import CASES, Ending, stage
from bwc.demo.department import BADGE_WITHOUT_CAMERA, OFFICERS, invent

NOW = datetime(2026, 3, 20, 18, 0, tzinfo=UTC)  # two weeks with a change to summer time in them
DENVER = ZoneInfo("America/Denver")


def test_the_same_day_gives_the_same_department() -> None:
    assert invent(NOW, DENVER) == invent(NOW, DENVER)


def test_twelve_officers_work_two_weeks_and_nothing_lies_in_the_future() -> None:
    department = invent(NOW, DENVER)
    assert len(OFFICERS) == 12
    assert {duty.badge for duty in department.duties} == {badge for badge, _, _ in OFFICERS}
    assert max(duty.ends_at for duty in department.duties) < NOW
    earliest = min(duty.starts_at for duty in department.duties)
    assert timedelta(days=13) < NOW - earliest < timedelta(days=16)


def test_some_cameras_are_good_some_late_and_some_missing() -> None:
    department = invent(NOW, DENVER)
    covered = late = missing = 0
    for call in department.calls:
        for unit in call.units if not call.cancelled else ():
            starts = [
                r.starts_at
                for r in department.recordings
                if r.badge == unit.badge
                and unit.arrived_at - timedelta(minutes=2) < r.starts_at < unit.cleared_at
            ]
            missing += not starts
            late += bool(starts) and min(starts) > unit.arrived_at
            covered += bool(starts) and min(starts) <= unit.arrived_at
    assert covered > late > 0
    assert missing > 0


def test_the_officer_without_a_camera_has_no_recording() -> None:
    department = invent(NOW, DENVER)
    assert not any(r.badge == BADGE_WITHOUT_CAMERA for r in department.recordings)


def test_cases_of_several_kinds_stand_at_different_points_of_the_journey() -> None:
    staged = stage(invent(NOW, DENVER), CASES)
    assert {case.case.ending for case in staged} == set(Ending)
    assert len({case.case.kind for case in staged}) == len(CASES)
    for case in staged:
        unit = case.call.units[0]
        end = case.recording.starts_at + timedelta(seconds=case.recording.seconds)
        assert case.recording.starts_at < unit.arrived_at < unit.cleared_at < end < NOW


def test_no_other_call_comes_near_a_case_on_any_day_of_the_year() -> None:
    for day in range(0, 366, 3):
        department = invent(NOW + timedelta(days=day), DENVER)
        for case in stage(department, CASES):
            unit, end = case.call.units[0], case.recording.starts_at + timedelta(minutes=1)
            others = [
                other
                for call in department.calls
                for other in call.units
                if other.badge == unit.badge
            ]
            assert not any(
                o.dispatched_at < end and case.recording.starts_at < o.cleared_at for o in others
            )
