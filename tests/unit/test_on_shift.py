"""Each expected span says in which shift it lies; outside any is information, no exemption."""

from datetime import UTC, datetime, timedelta

import pytest

from bwc.canonical import JsonObject
from bwc.coverage.department import Shift
from bwc.coverage.expected import Exclusion, OfficerCall
from bwc.coverage.on_shift import on_shifts
from bwc.timeline import Span

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


def hour(count: float) -> datetime:
    return MIDNIGHT + timedelta(hours=count)


def told(*shifts: tuple[float, float]) -> JsonObject:
    """Of a call from 10 to 11."""
    call = OfficerCall("26-1", "7", Span(hour(10), hour(11)), None)
    [one] = on_shifts([call], [Shift("7", hour(start), hour(end)) for start, end in shifts])
    assert one is not None
    return one.document()


@pytest.mark.parametrize(
    ("shifts", "words", "outside", "touched"),
    [
        pytest.param([(8, 16)], "on shift", 0, 1, id="inside"),
        pytest.param([(8, 10.5), (10.5, 12)], "on shift", 0, 2, id="two that touch"),
        pytest.param([(8, 10.5)], "in part outside any shift", 1800, 1, id="reaching out"),
        pytest.param([(0, 10), (11, 12)], "outside any shift", 3600, 0, id="between two"),
        pytest.param([(10.5, 10.5)], "outside any shift", 3600, 0, id="one of no length"),
        pytest.param([], "outside any shift", 3600, 0, id="none"),
    ],
)
def test_a_span_states_its_shift(
    shifts: list[tuple[float, float]], words: str, outside: int, touched: int
) -> None:
    document = told(*shifts)
    assert (document["shift"], document["outside_shift_seconds"]) == (words, outside)
    assert isinstance(document["shifts"], list)
    assert len(document["shifts"]) == touched


def test_another_officers_shift_is_none_of_his_and_nothing_expected_has_none() -> None:
    shift = Shift("8", hour(8), hour(16))
    call = OfficerCall("26-1", "7", Span(hour(10), hour(11)), None)
    excluded = OfficerCall("26-2", "7", None, Exclusion.CANCELLED)
    [own, none] = on_shifts([call, excluded], [shift])
    assert own is not None
    assert (own.words, none) == ("outside any shift", None)
