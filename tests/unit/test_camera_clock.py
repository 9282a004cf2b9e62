"""The clock of a camera between measurements, and outside of them."""

from datetime import UTC, datetime, timedelta

import pytest

from bwc.catalog.views.camera_clock import Reading, around, offset_at

MONDAY = datetime(2026, 3, 2, 7, tzinfo=UTC)


def reading(hours: float, offset: float) -> Reading:
    return Reading(MONDAY + timedelta(hours=hours), timedelta(seconds=offset))


def shown(hours: float, offset: float) -> datetime:
    """What the clock says at a true time by an offset."""
    return reading(hours, offset).device


DRIFTING = [reading(0, 0), reading(10, 20), reading(20, 10)]


@pytest.mark.parametrize(
    ("hours", "offset"),
    [(-5, 0), (0, 0), (2.5, 5), (5, 10), (10, 20), (15, 15), (20, 10), (30, 10)],
)
def test_between_two_measurements_it_drifts_straight_and_outside_the_nearest_holds(
    hours: float, offset: float
) -> None:
    assert offset_at(DRIFTING, shown(hours, offset)) == timedelta(seconds=offset)


def test_it_is_exact_to_the_microsecond() -> None:
    found = [reading(0, 0), reading(1, 3.6)]
    assert offset_at(found, shown(0.5, 1.8)) == timedelta(seconds=1.8)
    third = offset_at(found, MONDAY + timedelta(seconds=1))
    assert third == timedelta(microseconds=999)  # 3.6 s in 3603.6 s of the camera's own clock


def test_one_measurement_holds_for_ever() -> None:
    assert offset_at([reading(0, 7)], shown(-100, 0)) == timedelta(seconds=7)
    assert offset_at([reading(0, 7)], shown(100, 0)) == timedelta(seconds=7)


def test_a_clock_that_was_set_right_drifts_up_to_then_and_anew_from_then() -> None:
    found = [reading(0, 0), reading(10, 3600), reading(10.01, 0), reading(20, 60)]
    assert offset_at(found, shown(5, 1800)) == timedelta(seconds=1800)
    late = offset_at(found, shown(15.005, 30))
    assert late == timedelta(seconds=30)
    assert around(found, shown(15.005, 30)) == found[2:]
