"""The matcher: overlap, ambiguity, buffer, and sentences a person can check."""

from datetime import UTC, datetime, timedelta

import pytest

from bwc.intake.matching import Footage, Presence, match
from bwc.timeline import Span

TWO = datetime(2026, 3, 1, 14, tzinfo=UTC)


def minutes(start: float, end: float) -> Span[datetime]:
    """A span in minutes after two o'clock."""
    return Span(TWO + timedelta(minutes=start), TWO + timedelta(minutes=end))


def footage(
    span: Span[datetime], *, pre_event_seconds: int = 0, clock_offset_seconds: float = 0.0
) -> Footage:
    """A recording of officer o1."""
    return Footage(span, {"o1": "Officer 1204"}, pre_event_seconds, clock_offset_seconds)


def presence(call: str, span: Span[datetime], *, incident: str | None = None) -> Presence:
    """Officer o1 on a call."""
    return Presence(call, f"C-{call}", incident, "o1", span)


def test_a_recording_inside_one_call_is_certain() -> None:
    found = match(footage(minutes(5, 20)), [presence("a", minutes(0, 30), incident="i")])
    assert (found.call_id, found.incident_id, found.confidence) == ("a", "i", 1.0)
    assert found.explanation == (
        "Officer 1204 was on call C-a from 2026-03-01 14:00:00 to 14:30:00 UTC; all of the "
        "recording (from 2026-03-01 14:05:00 to 14:20:00 UTC) lies inside it."
    )


def test_confidence_is_the_share_inside() -> None:
    found = match(footage(minutes(20, 40)), [presence("a", minutes(0, 30))])
    assert found.confidence == pytest.approx(0.5)
    assert "50 % of the recording" in found.explanation


def test_the_pre_event_buffer_belongs_to_the_call() -> None:
    spans = footage(minutes(-0.5, 20), pre_event_seconds=30)
    found = match(spans, [presence("a", minutes(0, 30))])
    assert found.confidence == 1.0
    assert "30 s of pre-event buffer" in found.explanation


def test_the_call_with_the_greater_overlap_wins_and_the_doubt_shows() -> None:
    calls = [presence("a", minutes(0, 10)), presence("b", minutes(10, 40))]
    found = match(footage(minutes(5, 25)), calls)
    assert found.call_id == "b"
    assert found.confidence == pytest.approx(0.75 * 0.75)
    assert "It also overlaps call C-a (25 %)." in found.explanation


def test_two_equal_calls_leave_half_the_confidence() -> None:
    calls = [presence("b", minutes(0, 30)), presence("a", minutes(0, 30))]
    found = match(footage(minutes(5, 20)), calls)
    assert (found.call_id, found.confidence) == ("a", 0.5)


def test_two_calls_of_one_incident_are_no_doubt() -> None:
    calls = [presence(call, minutes(0, 30), incident="i") for call in ("a", "b")]
    found = match(footage(minutes(5, 20)), calls)
    assert found.confidence == 1.0
    assert "the same incident" in found.explanation


def test_an_officer_who_came_back_is_on_one_call() -> None:
    calls = [presence("a", minutes(0, 10)), presence("a", minutes(20, 30))]
    found = match(footage(minutes(5, 25)), calls)
    assert (found.call_id, found.confidence) == ("a", 0.5)


def test_two_officers_for_one_recording_halve_the_confidence() -> None:
    named = Footage(minutes(5, 20), {"o1": "Officer 1204", "o2": "Officer 7"}, 0, 0.0)
    found = match(named, [presence("a", minutes(0, 30))])
    assert found.confidence == 0.5
    assert "Two officers are named for it: Officer 1204, Officer 7." in found.explanation


def test_a_corrected_clock_is_said() -> None:
    found = match(
        footage(minutes(5, 20), clock_offset_seconds=-12.0), [presence("a", minutes(0, 30))]
    )
    assert "The camera's clock was 12 s slow; that is corrected." in found.explanation


def test_what_fits_no_call_is_tied_to_none() -> None:
    found = match(footage(minutes(31, 40)), [presence("a", minutes(0, 30))])
    assert (found.call_id, found.incident_id, found.confidence) == (None, None, 0.0)
    assert found.explanation == (
        "Officer 1204 was on no call from 2026-03-01 14:31:00 to 14:40:00 UTC."
    )


def test_calls_of_other_officers_do_not_count() -> None:
    other = Presence("a", "C-a", None, "o9", minutes(0, 30))
    assert match(footage(minutes(5, 20)), [other]).call_id is None


def test_a_share_just_below_the_whole_is_never_called_all() -> None:
    found = match(footage(minutes(0, 1000)), [presence("a", minutes(0, 999.999))])
    assert "99 % of the recording" in found.explanation
