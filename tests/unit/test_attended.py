"""Where footage of a call is looked for, and what is found of calls on which nothing was expected."""

from datetime import timedelta

import pytest

from bwc.coverage.attended import attended
from bwc.coverage.department import Assignment, Call, CallUnit, Department, Recording
from bwc.coverage.existence import Answer, Existence, exists
from bwc.coverage.expected import officer_calls
from bwc.coverage.measure import measure
from bwc.timeline import Span
from tests.roster import at


def unit(
    number: str,
    dispatched: float | None,
    arrived: float | None,
    cleared: float | None,
) -> CallUnit:
    hours = [None if one is None else at(one) for one in (dispatched, arrived, cleared)]
    return CallUnit(number, "7", *hours)


def department(
    *units: CallUnit, films: tuple[tuple[float, float], ...] = (), cancelled: bool = False
) -> Department:
    """Officer 7 on calls received at 9, with camera c from 0 o'clock on."""
    return Department(
        officers=[],
        cameras=[],
        assignments=[Assignment("c", "7", at(0), None)],
        shifts=[],
        calls=[Call(number, "alarm", 1, at(9), cancelled) for number in ("A", "B")],
        call_units=list(units),
        recordings=[
            Recording(f"{start}", "c", at(start), at(end) - at(start), timedelta())
            for start, end in films
        ],
    )


def answers(town: Department) -> list[Existence]:
    calls = officer_calls(town.calls, town.call_units)
    seen = measure(calls, recordings=town.recordings, assignments=town.assignments)
    return exists(calls, seen, town)


@pytest.mark.parametrize(
    ("units", "looked"),
    [
        pytest.param([unit("A", 9.5, 10, 11)], (9.5, 11), id="from dispatch to clearing"),
        pytest.param([unit("A", None, 10, 11)], (9, 11), id="without dispatch from receipt"),
        pytest.param([unit("A", 9.5, None, 11)], (9.5, 11), id="never arrived"),
        pytest.param([unit("A", 10.5, 10, 11)], (10, 11), id="arrived before dispatch"),
        pytest.param([unit("A", 9.5, 10, None)], (9.5, 34), id="never cleared: a day"),
        pytest.param(
            [unit("A", 9.5, 10, None), unit("B", 12, 12.5, 13)],
            (9.5, 12.5),
            id="never cleared: until he arrives elsewhere",
        ),
        pytest.param(
            [unit("A", 9.5, 10, None), unit("B", 9, 9.75, 9.9)],
            (9.5, 34),
            id="never cleared: an earlier arrival elsewhere ends nothing",
        ),
        pytest.param([unit("A", 9.5, 10, 9.8)], (9.5, 34), id="cleared before he arrived"),
        pytest.param([unit("A", 9.5, 10, 11), unit("A", 14, 14.5, 15)], (9.5, 15), id="came back"),
    ],
)
def test_a_call_is_looked_for_in_all_the_time_it_took(
    units: list[CallUnit], looked: tuple[float, float]
) -> None:
    town = department(*units)
    calls = officer_calls(town.calls, town.call_units)
    found = dict(zip([call.call for call in calls], attended(calls, town), strict=True))
    assert found["A"] == Span(at(looked[0]), at(looked[1]))


@pytest.mark.parametrize(
    ("stay", "why"),
    [
        pytest.param(unit("A", 9.5, None, 11), "no arrival known", id="no arrival"),
        pytest.param(unit("A", 9.5, 10, None), "no clearing known", id="no clearing"),
        pytest.param(
            unit("A", 9.5, 10, 10), "cleared when or before it began", id="cleared at once"
        ),
    ],
)
def test_what_was_recorded_of_an_excluded_call_is_there(stay: CallUnit, why: str) -> None:
    [filmed] = answers(department(stay, films=((10, 10.5), (8, 9))))
    assert (filmed.answer, filmed.why) == (Answer.YES, f"{why}; recorded all the same")
    assert filmed.found == ("10",)
    [bare] = answers(department(stay, films=((8, 9),)))
    assert (bare.answer, bare.why, bare.found) == (Answer.NO, why, ())


def test_what_was_recorded_of_a_cancelled_call_is_there() -> None:
    stay = unit("A", 9.5, None, 11)
    [filmed] = answers(department(stay, films=((10, 10.5),), cancelled=True))
    assert (filmed.answer, filmed.why) == (
        Answer.YES,
        "call cancelled; recorded all the same",
    )
