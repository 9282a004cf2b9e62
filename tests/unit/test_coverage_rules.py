"""Which calls count and over which time, by rule; what a share may say; what records show wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from bwc.coverage.department import Call, CallUnit
from bwc.coverage.expected import (
    ON_SCENE,
    TEMPE,
    ActivationRule,
    Begin,
    Exclusion,
    OfficerCall,
    officer_calls,
)
from bwc.coverage.rates import Rate
from bwc.timeline import Span

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def stay(dispatched: float | None, arrived: float | None, cleared: float | None) -> CallUnit:
    times = (None if minute is None else at(minute) for minute in (dispatched, arrived, cleared))
    return CallUnit("26-1", "7", *times)


def expected(
    *stays: CallUnit,
    rule: ActivationRule = ON_SCENE,
    kind: str = "alarm",
    priority: int = 1,
    cancelled: bool = False,
) -> OfficerCall:
    call = Call("26-1", kind, priority, NOON, cancelled)
    [only] = officer_calls([call], stays, rule=rule)
    return only


def test_an_officer_who_comes_back_is_expected_from_first_arrival_to_last_clearing() -> None:
    call = expected(stay(0, 5, 10), stay(20, 25, 40))
    assert call.expected == Span(at(5), at(40))


def test_a_rule_from_dispatch_with_a_buffer_begins_before_the_dispatch() -> None:
    rule = ActivationRule(begins=Begin.DISPATCH, lead=timedelta(seconds=30))
    assert expected(stay(1, 5, 10), rule=rule).expected == Span(at(0.5), at(10))


def test_a_rule_from_dispatch_takes_the_arrival_where_no_dispatch_is_known() -> None:
    rule = ActivationRule(begins=Begin.DISPATCH)
    assert expected(stay(None, 5, 10), rule=rule).expected == Span(at(5), at(10))


def test_a_rule_from_dispatch_expects_video_of_one_who_never_arrived() -> None:
    rule = ActivationRule(begins=Begin.DISPATCH)
    assert expected(stay(1, None, 10), rule=rule).expected == Span(at(1), at(10))


def test_a_buffer_makes_no_expected_span_of_an_empty_stay() -> None:
    rule = ActivationRule(lead=timedelta(seconds=30))
    assert expected(stay(0, 5, 5), rule=rule).exclusion is Exclusion.EMPTY
    assert expected(stay(0, 5, 4.9), rule=rule).exclusion is Exclusion.EMPTY


EXCLUDED = {
    "a cancelled call": (expected(stay(0, 5, 10), cancelled=True), Exclusion.CANCELLED),
    "a unit that never arrived": (expected(stay(0, None, 10)), Exclusion.NOT_ARRIVED),
    "a unit not cleared yet": (expected(stay(0, 5, None)), Exclusion.NOT_CLEARED),
    "cleared at arrival": (expected(stay(0, 5, 5)), Exclusion.EMPTY),
    "cleared before arrival": (expected(stay(0, 5, 4)), Exclusion.EMPTY),
    "a test call, by Tempe": (
        expected(stay(0, 5, 10), rule=TEMPE, kind="Test"), Exclusion.NO_SERVICE,
    ),
    "priority 3, by Tempe": (
        expected(stay(0, 5, 10), rule=TEMPE, priority=3), Exclusion.LOW_PRIORITY,
    ),
    "59 seconds on scene, by Tempe": (
        expected(stay(0, 5, 5 + 59 / 60), rule=TEMPE), Exclusion.SHORT,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", EXCLUDED)
def test_a_call_is_excluded_with_its_reason(case: str) -> None:
    call, reason = EXCLUDED[case]
    assert (call.expected, call.exclusion) == (None, reason)


def test_tempe_counts_a_minute_on_scene() -> None:
    assert expected(stay(0, 5, 6), rule=TEMPE, priority=2).expected == Span(at(5), at(6))


def test_a_share_carries_wilsons_interval() -> None:
    low, high = Rate(8, 10).interval or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)


def test_a_share_of_nothing_is_unknown_and_a_small_one_says_so() -> None:
    assert (Rate(0, 0).share, Rate(0, 0).interval) == (None, None)
    assert (Rate(9, 9).is_small, Rate(9, 10).is_small) == (True, False)


@pytest.mark.parametrize(("part", "whole"), [(0, 5), (5, 5), (1, 1000), (999, 1000)])
def test_an_interval_stays_between_none_and_all_and_holds_the_share(part: int, whole: int) -> None:
    rate = Rate(part, whole)
    low, high = rate.interval or (1, 0)
    assert 0 <= low <= part / whole <= high <= 1
