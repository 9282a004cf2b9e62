"""Recordings by category: from sums the same as from the records, whatever is summed."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bwc.catalog import tables
from bwc.catalog.coverage_sum import RecordedSum
from bwc.catalog.recording import RecordingState, TagSource
from bwc.catalog.store import Catalog
from bwc.coverage.recorded import Recorded, count_recorded, recorded_in
from bwc.coverage.stale_days import days_to_refresh, mark_stale
from bwc.coverage.sums import Days, refresh_sums
from bwc.timeline import Span
from tests.roster import Stay, Town, at

DENVER = ZoneInfo("America/Denver")
DAYS = Days(date(2026, 3, 2), date(2026, 3, 11))  # the clocks change on the eighth
TEN_DAYS = Span(at(0), at(239))
TODAY = date(2026, 3, 12)
NOW = at(250)
HOUR = 3_600_000_000


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """A recording an hour before each midnight and one after; one in three is tied to a call."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        built.call("26-1", 9, Stay("7", 10, 11))
        for place in range(20):
            begin = place // 2 * 24 + (23 if place % 2 else 1)
            film = built.film(begin, begin + 0.25, serial="cam-1")
            if place % 3 == 0:
                tie(built, film, "26-1", when=at(begin + 1))
        built.film(5, 6, serial="cam-1", state=RecordingState.QUARANTINED)
        yield built


def tie(town: Town, recording: str, number: str | None, *, when: datetime) -> None:
    call = town.session.scalar(sa.select(tables.Call.id).where(tables.Call.number == number))
    town.session.add(
        tables.Tag(
            recording_id=recording, call_id=call, confidence=1, explanation="",
            source=TagSource.PERSON, author="a", created_at=when,
        )
    )  # fmt: skip
    town.session.flush()


PERIODS = [
    TEN_DAYS,
    Span(at(24), at(48)),
    Span(at(0.5), at(200)),
    Span(at(30), at(40)),
    Span(at(-500), at(900)),
]


@pytest.mark.parametrize("made", [None, DAYS, Days(date(2026, 3, 4), date(2026, 3, 6))])
@pytest.mark.parametrize("period", PERIODS)
def test_what_is_summed_changes_no_figure(
    town: Town, period: Span[datetime], made: Days | None
) -> None:
    if made is not None:
        refresh_sums(town.session, made, zone=DENVER, at=NOW)
    assert recorded_in(town.session, period, DENVER) == sorted(count_recorded(town.session, period))


def test_a_quarantined_recording_is_in_no_category(town: Town) -> None:
    found = recorded_in(town.session, TEN_DAYS, DENVER)
    assert found == [
        Recorded("alarm", 7, 7 * HOUR // 4), Recorded("without category", 12, 3 * HOUR),
    ]  # fmt: skip


def test_sums_are_what_a_page_reads(town: Town) -> None:
    refresh_sums(town.session, DAYS, zone=DENVER, at=NOW)
    town.session.execute(sa.update(RecordedSum).values(recordings=100))
    assert [one.recordings for one in recorded_in(town.session, Span(at(0), at(24)), DENVER)] == [
        100, 100,
    ]  # fmt: skip


def test_stale_days_and_those_not_over_when_summed_are_counted_again(town: Town) -> None:
    refresh_sums(town.session, DAYS, zone=DENVER, at=at(12))
    town.session.execute(sa.update(RecordedSum).values(recordings=100))
    assert recorded_in(town.session, TEN_DAYS, DENVER) == count_recorded(town.session, TEN_DAYS)
    refresh_sums(town.session, DAYS, zone=DENVER, at=NOW)
    town.session.execute(sa.update(RecordedSum).values(recordings=100))
    mark_stale(town.session, DAYS)
    assert recorded_in(town.session, TEN_DAYS, DENVER) == count_recorded(town.session, TEN_DAYS)


def test_a_day_is_summed_again_when_a_recording_of_it_is_tied_anew_however_old(town: Town) -> None:
    old = town.film(-100 * 24, -100 * 24 + 1, serial="cam-1")
    day = (at(-100 * 24)).astimezone(DENVER).date()
    refresh_sums(town.session, Days(day, TODAY - timedelta(days=1)), zone=DENVER, at=NOW)
    assert days_to_refresh(town.session, TODAY, zone=DENVER) == []
    tie(town, old, "26-1", when=NOW + timedelta(minutes=5))
    of_the_call = date(2026, 3, 2)
    assert days_to_refresh(town.session, TODAY, zone=DENVER) == [day, of_the_call]
    refresh_sums(town.session, Days(day, day), zone=DENVER, at=NOW + timedelta(minutes=10))
    around = Span(at(-101 * 24), at(-99 * 24))
    assert recorded_in(town.session, around, DENVER) == [Recorded("alarm", 1, HOUR)]


def test_the_newest_tag_counts(town: Town) -> None:
    film = town.film(300, 301, serial="cam-1")
    tie(town, film, "26-1", when=at(302))
    tie(town, film, None, when=at(303))
    assert recorded_in(town.session, Span(at(299), at(302)), DENVER) == [
        Recorded("without category", 1, HOUR)
    ]
