"""Why there is no footage, from the records alone."""

from datetime import UTC, datetime, timedelta

import pytest

from bwc.coverage.department import Assignment, Camera, Department
from bwc.coverage.existence import Answer, exists
from bwc.coverage.expected import OfficerCall
from bwc.coverage.measure import measure
from bwc.timeline import Span

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
ELEVEN = TEN + timedelta(hours=1)
HALF_PAST = TEN + timedelta(minutes=30)
LOST = (Answer.LOST, "camera c was assigned and no recording is there")
NONE_ASSIGNED = (Answer.NO, "no camera was assigned")
BROKEN = (Answer.NO, "the camera assigned, c, was not in service")
CASES = {
    "his for a part of the call": (HALF_PAST, None, None, LOST),
    "given back as the call began": (TEN - timedelta(days=1), TEN, None, NONE_ASSIGNED),
    "his from the end of the call on": (ELEVEN, None, None, NONE_ASSIGNED),
    "handed over and back in one moment": (HALF_PAST, HALF_PAST, None, NONE_ASSIGNED),
    "out of service as it became his": (HALF_PAST, None, HALF_PAST, BROKEN),
    "out of service after it became his": (HALF_PAST, None, ELEVEN, LOST),
}


@pytest.mark.parametrize("case", CASES)
def test_footage_is_lost_where_a_working_camera_was_his(case: str) -> None:
    start, end, until, expected = CASES[case]
    hands = [Assignment("c", "7", start, end)]
    records = Department([], [Camera("c", "X1", 30, until)], hands, [], [], [], [])
    calls = [OfficerCall("26-1", "7", Span(TEN, ELEVEN), None)]
    [found] = exists(calls, measure(calls, recordings=[], assignments=hands), records)
    assert (found.answer, found.why) == expected
