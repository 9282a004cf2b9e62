"""Clocks that stand still: in calendar days, in business days, in hours, over clock changes."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwc.canonical import Json
from bwc.policy.calendars import Calendar
from bwc.policy.clocks import Clock, Reading
from bwc.policy.facts import Facts
from bwc.policy.kinds import Record
from bwc.policy.lengths import Unit
from bwc.policy.moments import Moment, is_after, parse_moment
from bwc.policy.reading import Reader
from bwc.policy.schema import ClockText
from bwc.policy.scope import Scope, Terms
from tests import strategies as profiles

__all__ = ["profiles"]

TOLL: Json = {
    "name": "clarification",
    "start": "clarification_asked_at",
    "end": "clarification_answered_at",
}
DAYS = st.dates(date(2023, 11, 1), date(2029, 3, 1))
UNITS = st.sampled_from([u for u in Unit if u is not Unit.HOURS])
ZONE = ZoneInfo("America/Los_Angeles")
CALENDAR = Calendar("US", "WA")
TERMS = Terms(ZONE, CALENDAR, {}, {})


def clock(amount: int, unit: Unit, **more: Json) -> Clock:
    text = {"after": "request.received_at", "amount": amount, "unit": unit, "tolls": [TOLL], **more}
    return Reader().clock(ClockText.model_validate(text), ())


def read(
    tolled: Clock,
    received: Moment,
    asked: Moment | None = None,
    answered: Moment | None = None,
    now: Moment = date(2026, 3, 1),
) -> Reading:
    values = {"clarification_asked_at": asked, "clarification_answered_at": answered}
    stated = {name: value for name, value in values.items() if value is not None}
    case = Record({"request": Record({"received_at": received}), **stated})
    return tolled.read(Scope.of_case(case, now, TERMS))


FIVE = clock(5, Unit.BUSINESS_DAYS)


@pytest.mark.parametrize(
    ("says", "asked", "answered", "due"),
    [
        ("over a weekend", date(2026, 6, 3), date(2026, 6, 8), date(2026, 6, 11)),
        ("would end on a Saturday", date(2026, 6, 3), date(2026, 6, 9), date(2026, 6, 12)),
        ("asked on the last day", date(2026, 6, 8), date(2026, 6, 10), date(2026, 6, 10)),
        ("answered on a Saturday", date(2026, 6, 8), date(2026, 6, 13), date(2026, 6, 15)),
        ("answered before a holiday", date(2026, 6, 5), date(2026, 6, 18), date(2026, 6, 22)),
        ("asked after the end", date(2026, 6, 9), date(2026, 6, 30), date(2026, 6, 8)),
        ("asked before the request", date(2026, 5, 1), date(2026, 6, 3), date(2026, 6, 10)),
        ("answered before it was asked", date(2026, 6, 5), date(2026, 6, 3), date(2026, 6, 8)),
    ],
)
def test_business_days_are_counted_around_the_standstill(
    says: str, asked: date, answered: date, due: date
) -> None:
    assert read(FIVE, date(2026, 6, 1), asked, answered).due == due, says


def test_gross_and_net_days_of_a_business_day_clock_are_business_days() -> None:
    reading = read(FIVE, date(2026, 6, 1), date(2026, 6, 3), date(2026, 6, 9))
    assert (reading.gross_days, reading.net_days) == (9, 5)
    assert reading.tolled == (("clarification", 4),)


def test_an_open_standstill_lasts_until_the_decision() -> None:
    reading = read(FIVE, date(2026, 6, 1), date(2026, 6, 3), now=date(2026, 6, 20))
    assert reading.due == date(2026, 6, 24)


def test_two_standstills_that_overlap_stop_the_clock_once() -> None:
    second: Json = {"name": "fee", "start": "fee_estimate_sent_at", "end": "fee_paid_at"}
    facts: dict[str, Json] = {
        "request": {"received_at": "2026-03-02"},
        "clarification_asked_at": "2026-03-04",
        "clarification_answered_at": "2026-03-09",
        "fee_estimate_sent_at": "2026-03-06",
        "fee_paid_at": "2026-03-11",
    }
    both = clock(10, Unit.CALENDAR_DAYS, tolls=[TOLL, second])
    record = Facts.from_document(facts).record
    reading = both.read(Scope.of_case(record, parse_moment("2026-03-20"), TERMS))
    assert reading.due == date(2026, 3, 19)
    assert reading.tolled == (("clarification", 5), ("fee", 2))


def test_each_seal_of_a_court_stops_the_clock_for_itself() -> None:
    seals: Json = {
        "name": "seal",
        "start": {"of": "orders", "field": "from"},
        "end": {"of": "orders", "field": "until"},
    }
    facts: dict[str, Json] = {
        "request": {"received_at": "2026-03-02"},
        "orders": [
            {"kind": "seal", "from": "2026-03-04", "until": "2026-03-06"},
            {"kind": "seal", "from": "2026-03-09", "until": "2026-03-10"},
        ],
    }
    sealed = clock(10, Unit.CALENDAR_DAYS, tolls=[seals])
    record = Facts.from_document(facts).record
    reading = sealed.read(Scope.of_case(record, parse_moment("2026-03-20"), TERMS))
    assert (reading.due, reading.net_days) == (date(2026, 3, 15), 10)


def test_hours_stand_still_to_the_second_and_through_a_change_of_clocks() -> None:
    hours = clock(72, Unit.HOURS)
    received = datetime(2026, 3, 6, 12, tzinfo=ZONE)
    asked, answered = datetime(2026, 3, 7, 9, tzinfo=ZONE), datetime(2026, 3, 8, 9, 30, tzinfo=ZONE)
    due = read(hours, received, asked, answered).due
    assert isinstance(due, datetime)
    assert due.timestamp() - received.timestamp() == pytest.approx(72 * 3600 + 23.5 * 3600)


def test_a_first_day_that_counts_is_the_first_day_worked() -> None:
    counting = clock(1, Unit.BUSINESS_DAYS, count_first_day=True)
    assert read(counting, date(2026, 6, 6)).due == date(2026, 6, 8)
    assert read(counting, date(2026, 6, 8)).due == date(2026, 6, 8)


@given(DAYS, st.integers(1, 60), DAYS, st.integers(0, 90))
def test_a_business_day_clock_never_ends_on_a_day_off(
    received: date, amount: int, asked: date, days: int
) -> None:
    answered = asked + timedelta(days=days)
    reading = read(clock(amount, Unit.BUSINESS_DAYS), received, asked, answered)
    assert isinstance(reading.due, date)
    assert CALENDAR.is_business_day(reading.due)
    assert reading.net_days >= amount


@given(
    DAYS, st.integers(1, 60), UNITS, st.integers(-20, 60), st.integers(0, 60), st.integers(0, 60)
)
def test_a_longer_standstill_never_ends_earlier_and_never_before_the_start(
    received: date, amount: int, unit: Unit, asked_after: int, short: int, more: int
) -> None:
    tolled = clock(amount, unit)
    asked = received + timedelta(days=asked_after)
    plain = read(tolled, received).due
    first = read(tolled, received, asked, asked + timedelta(days=short)).due
    second = read(tolled, received, asked, asked + timedelta(days=short + more)).due
    assert plain is not None
    assert first is not None
    assert second is not None
    assert not is_after(received, plain, ZONE)
    assert not is_after(plain, first, ZONE)
    assert not is_after(first, second, ZONE)


@given(DAYS, st.integers(1, 60), UNITS, st.integers(0, 30), st.integers(0, 60))
def test_net_days_are_the_days_without_the_standstill(
    received: date, amount: int, unit: Unit, asked_after: int, days: int
) -> None:
    tolled = clock(amount, unit)
    asked = received + timedelta(days=asked_after)
    plain = read(tolled, received)
    reading = read(tolled, received, asked, asked + timedelta(days=days))
    stopped = sum(count for _, count in reading.tolled)
    assert reading.net_days == plain.net_days == reading.gross_days - stopped
