"""A statute's report is about the last whole months, unless other days are named."""

from datetime import date

import pytest

from bwc.coverage.statute_days import report_days
from bwc.errors import InvalidInput

TODAY = date(2026, 3, 12)
CASES = {
    "neither day: the months before this one": (None, None, "2025-09-01", "2026-02-28"),
    "the last day alone": (None, "2026-02-28", "2025-09-01", "2026-02-28"),
    "a last day in mid month": (None, "2026-03-12", "2025-09-13", "2026-03-12"),
    "a last day after which the first month is shorter": (
        None, "2026-08-30", "2026-02-28", "2026-08-30",
    ),
    "the first day alone": ("2025-07-01", None, "2025-07-01", "2025-12-31"),
    "a first day whose months are not over": ("2026-01-01", None, "2026-01-01", "2026-03-12"),
    "both": ("2026-01-05", "2026-01-06", "2026-01-05", "2026-01-06"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_days_follow_from_the_months_of_the_statute(case: str) -> None:
    days = [None if day is None else date.fromisoformat(day) for day in CASES[case]]
    first, last, *expected = days
    assert list(report_days(6, today=TODAY, first=first, last=last)) == expected


@pytest.mark.parametrize("day", [date.min, date.max])
def test_days_beyond_the_calendar_are_refused(day: date) -> None:
    with pytest.raises(InvalidInput):
        report_days(12, today=TODAY, last=day)
