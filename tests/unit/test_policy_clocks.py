"""Clocks: units, anchors, weekends, holidays, extensions, caps, standstills, leads."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwc.canonical import Json
from bwc.policy.calendars import Calendar
from bwc.policy.clocks import Clock, Reading
from bwc.policy.facts import Facts
from bwc.policy.lengths import Length, Unit, add_months
from bwc.policy.misread import Misread
from bwc.policy.moments import Moment, day_of, is_after, parse_moment
from bwc.policy.reading import Reader
from bwc.policy.schema import ClockText
from bwc.policy.scope import Scope, Terms
from tests import strategies as profiles

__all__ = ["profiles"]

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
UNITS = st.sampled_from(list(Unit))
ZONES = st.sampled_from(["UTC", "America/Denver", "America/New_York", "Pacific/Auckland"])


def scope(
    facts: dict[str, Json],
    on: str = "2026-03-01",
    zone: str = "UTC",
    calendar: Calendar | None = None,
) -> Scope:
    record = Facts.from_document(facts).record
    terms = Terms(ZoneInfo(zone), calendar or Calendar(), {}, {})
    return Scope.of_case(record, parse_moment(on), terms)


def clock(**text: Json) -> Clock:
    return Reader().clock(ClockText.model_validate(text), ())


def read(
    facts: dict[str, Json], on: str = "2026-03-01", zone: str = "UTC", **text: Json
) -> Reading:
    return clock(**text).read(scope(facts, on, zone))


def due(
    facts: dict[str, Json], on: str = "2026-03-01", zone: str = "UTC", **text: Json
) -> Moment | None:
    return read(facts, on, zone, **text).due


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        (Calendar("US"), date(2026, 7, 8)),
        (Calendar("US", "TX", observed=False), date(2026, 7, 7)),
        (Calendar("US", working=frozenset({date(2026, 7, 3)})), date(2026, 7, 7)),
    ],
    ids=["federal calendar", "Texas works on 3 July", "the agency works on 3 July"],
)
def test_25th_business_day_after_the_first_of_june(calendar: Calendar, expected: date) -> None:
    assert calendar.add_business_days(date(2026, 6, 1), 25) == expected


def test_days_exclude_the_first_and_include_the_last() -> None:
    at = {"incident_at": "2026-03-02"}
    assert due(at, after="incident_at", amount=45) == date(2026, 4, 16)
    assert due(at, after="incident_at", amount=45, count_first_day=True) == date(2026, 4, 15)


@pytest.mark.parametrize(
    ("roll", "expected"),
    [
        ("none", date(2026, 3, 7)),
        ("next_business_day", date(2026, 3, 9)),
        ("previous_business_day", date(2026, 3, 6)),
    ],
)
def test_end_on_a_saturday_rolls_as_the_rule_says(roll: str, expected: date) -> None:
    assert due({"incident_at": "2026-03-02"}, after="incident_at", amount=5, roll=roll) == expected


def test_months_are_held_to_the_end_of_a_shorter_month_and_leap_years_count() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2027, 11, 30), 3) == date(2028, 2, 29)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)


def test_hours_run_through_a_change_of_clocks() -> None:
    at = {"incident_at": "2026-03-07T12:00-07:00"}
    end = due(at, zone="America/Denver", after="incident_at", amount=72, unit="hours")
    assert end == datetime(2026, 3, 10, 19, tzinfo=UTC)


def test_calendar_days_run_through_a_change_of_clocks_and_of_the_year() -> None:
    spring = {"incident_at": "2026-03-07T23:30-07:00"}
    assert due(spring, zone="America/Denver", after="incident_at", amount=21) == date(2026, 3, 28)
    winter = {"incident_at": "2026-12-20"}
    assert due(winter, after="incident_at", amount=21) == date(2027, 1, 10)
    assert due(winter, after="incident_at", amount=5, unit="business_days") == date(2026, 12, 28)


def test_day_of_an_instant_is_the_day_of_the_packs_zone() -> None:
    late = {"incident_at": "2026-03-03T06:30Z"}
    assert due(late, zone="America/Denver", after="incident_at", amount=1) == date(2026, 3, 3)
    assert due(late, zone="UTC", after="incident_at", amount=1) == date(2026, 3, 4)


def test_anchor_may_be_the_earliest_the_latest_or_the_first_on_record() -> None:
    facts: dict[str, Json] = {
        "agency_knew_at": "2026-03-05",
        "agency_should_have_known_at": "2026-03-02",
    }
    both: list[Json] = ["agency_knew_at", "agency_should_have_known_at"]
    assert due(facts, after={"earliest": both}, amount=0) == date(2026, 3, 2)
    assert due(facts, after={"latest": both}, amount=0) == date(2026, 3, 5)
    fallback: list[Json] = ["charges_filed_at", "agency_knew_at"]
    assert due(facts, after={"first": fallback}, amount=0) == date(2026, 3, 5)


def test_anchor_may_be_a_day_of_the_calendar() -> None:
    assert due({}, after="2016-05-01", amount=3) == date(2016, 5, 4)
    assert clock(after="2016-05-01").phrase() == "2016-05-01"
    with pytest.raises(Misread, match="no fact has this name"):
        clock(after="the first of May")


def test_anchor_that_is_not_known_is_asked_and_one_that_has_not_come_is_not() -> None:
    unknown = read({"incident_at": "unknown"}, after="incident_at", amount=1)
    assert (unknown.due, unknown.missing) == (None, ("incident_at",))
    not_yet = read({}, after="charges_filed_at", amount=1)
    assert (not_yet.due, not_yet.missing) == (None, ())


def test_extension_is_taken_at_most_so_often_and_never_beyond_the_cap() -> None:
    text: dict[str, Json] = {
        "after": "incident_at",
        "amount": 60,
        "extensions": [
            {
                "amount": 30,
                "unit": "calendar_days",
                "granted_by": "anyone",
                "ground": "any",
                "when": {"some": "interference_claim"},
                "count": {"some": "interference_claim"},
                "max_count": 2,
            }
        ],
        "cap": {"after": "incident_at", "amount": 100},
    }
    claims: list[Json] = [{"at": "2026-02-01"}, {"at": "2026-02-02"}, {"at": "2026-02-03"}]
    once = read({"incident_at": "2026-01-10", "interference_claim": claims[:1]}, **text)
    often = read({"incident_at": "2026-01-10", "interference_claim": claims}, **text)
    assert (once.due, once.extended) == (date(2026, 4, 10), 1)
    assert (often.due, often.extended) == (date(2026, 4, 20), 2)


def test_clock_stands_still_while_clarification_is_pending() -> None:
    text: dict[str, Json] = {
        "after": "request.received_at",
        "amount": 10,
        "tolls": [
            {
                "name": "clarification",
                "start": "clarification_asked_at",
                "end": "clarification_answered_at",
            }
        ],
    }
    asked: dict[str, Json] = {
        "request": {"received_at": "2026-03-02"},
        "clarification_asked_at": "2026-03-04",
    }
    answered = {**asked, "clarification_answered_at": "2026-03-09"}
    closed = read(answered, **text)
    still_open = read(asked, on="2026-03-20", **text)
    assert (closed.due, closed.gross_days, closed.net_days) == (date(2026, 3, 17), 15, 10)
    assert still_open.due == date(2026, 3, 28)


@given(DAYS, st.integers(1, 400), UNITS, ZONES)
def test_no_clock_ends_before_it_starts(day: date, amount: int, unit: Unit, zone: str) -> None:
    here = scope({}, zone=zone)
    assert not is_after(day, Length(amount, unit).after(day, here), ZoneInfo(zone))


@given(DAYS, st.integers(0, 200), st.integers(0, 200), UNITS)
def test_a_longer_clock_never_ends_earlier(day: date, a: int, b: int, unit: Unit) -> None:
    here = scope({})
    short, long = sorted((a, b))
    earlier, later = Length(short, unit).after(day, here), Length(long, unit).after(day, here)
    assert not is_after(earlier, later, ZoneInfo("UTC"))


@given(DAYS, DAYS, st.integers(0, 200), UNITS)
def test_a_later_start_never_ends_earlier(a: date, b: date, amount: int, unit: Unit) -> None:
    here = scope({})
    first, second = sorted((a, b))
    length = Length(amount, unit)
    assert not is_after(length.after(first, here), length.after(second, here), ZoneInfo("UTC"))


@given(DAYS, st.integers(1, 120))
def test_business_days_end_on_business_days_and_count_back(day: date, amount: int) -> None:
    calendar = Calendar()
    end = calendar.add_business_days(day, amount)
    assert calendar.is_business_day(end)
    between = (day + timedelta(days=n) for n in range(1, (end - day).days + 1))
    assert sum(calendar.is_business_day(d) for d in between) == amount


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(1, 500),
    ZONES,
)
def test_hours_are_exact_whatever_the_zone(at: datetime, hours: int, zone: str) -> None:
    local = at.astimezone(ZoneInfo(zone))
    end = Length(hours, Unit.HOURS).after(local, scope({}, zone=zone))
    assert isinstance(end, datetime)
    assert end.astimezone(UTC) - at == timedelta(hours=hours)


@given(DAYS, ZONES)
def test_a_day_is_itself_in_every_zone(day: date, zone: str) -> None:
    assert day_of(day, ZoneInfo(zone)) == day
