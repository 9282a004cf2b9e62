"""Recordings of one incident on one axis of time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from api.desk.axis import Bar, axis_of
from bwc.catalog.recording import RecordingState
from bwc.catalog.views.recordings import RecordingLine

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINE = RecordingLine(
    id="a",
    sha256="0" * 64,
    size_bytes=1,
    original_name="a.mp4",
    officer_id=None,
    badge=None,
    officer=None,
    camera=None,
    started_at=START,
    duration_us=600_000_000,
    received_at=START,
    state=RecordingState.READY,
    quarantine_reason=None,
    incident_id=None,
    incident_number=None,
    confidence=None,
)


def test_each_stands_where_it_began_and_is_as_long_as_it_ran() -> None:
    later = replace(LINE, id="b", started_at=START + timedelta(minutes=15), duration_us=300_000_000)
    axis = axis_of([LINE, later, replace(LINE, id="c", started_at=None)])
    assert axis is not None
    assert (axis.first, axis.last) == (START, START + timedelta(minutes=20))
    assert axis.bars == {"a": Bar(0, 500), "b": Bar(750, 250)}


def test_the_shortest_is_seen_and_stays_inside() -> None:
    blink = replace(LINE, id="b", started_at=START + timedelta(minutes=10), duration_us=1)
    axis = axis_of([LINE, blink])
    assert axis is not None
    assert axis.bars["b"] == Bar(996, 4)
    assert axis_of([replace(LINE, duration_us=None)]) is None
