"""Days, weeks, months and quarters by the names that `groups.calendar_name` gives them."""

from datetime import date, timedelta

from bwc.coverage.groups import Grouping, calendar_name
from bwc.errors import InvalidInput

DAY = timedelta(days=1)
MONTHS_OF_A_QUARTER = 3


def calendar_days(name: str, by: Grouping) -> tuple[date, date]:
    """The first and the last day of it.

    Raises:
        InvalidInput: not the name of a day, week, month or quarter.

    >>> calendar_days("2026-W10", Grouping.WEEK)
    (datetime.date(2026, 3, 2), datetime.date(2026, 3, 8))
    >>> calendar_days("2026-Q4", Grouping.QUARTER)[1]
    datetime.date(2026, 12, 31)
    """
    if by is Grouping.DAY:
        return date.fromisoformat(name), date.fromisoformat(name)
    year, _, rest = name.partition("-")
    if by is Grouping.WEEK:
        monday = date.fromisocalendar(int(year), int(rest[1:]), 1)
        return monday, monday + 6 * DAY
    if by is Grouping.MONTH:
        return _months(int(year), int(rest), 1)
    if by is Grouping.QUARTER:
        first = MONTHS_OF_A_QUARTER * int(rest[1:]) - 2
        return _months(int(year), first, MONTHS_OF_A_QUARTER)
    raise InvalidInput("not a calendar", expected="day, week, month or quarter", got=by.value)


def calendar_words(name: str, by: Grouping) -> str:
    """It as people write it.

    >>> calendar_words("2026-W10", Grouping.WEEK), calendar_words("2026-W14", Grouping.WEEK)
    ('2 to 8 Mar 2026', '30 Mar to 5 Apr 2026')
    >>> calendar_words("2026-03-02", Grouping.DAY), calendar_words("2026-Q1", Grouping.QUARTER)
    ('Mon 2 Mar 2026', 'Jan to Mar 2026')
    """
    first, last = calendar_days(name, by)
    if by is Grouping.DAY:
        return f"{first:%a} {first.day} {first:%b %Y}"
    if by is Grouping.MONTH:
        return f"{first:%B %Y}"
    if by is Grouping.QUARTER:
        return f"{first:%b} to {last:%b %Y}"
    begin = f"{first.day}" if first.month == last.month else f"{first.day} {first:%b}"
    return f"{begin} to {last.day} {last:%b %Y}"


def calendar_mark(name: str, by: Grouping) -> str:
    """It as short as an axis needs it.

    >>> calendar_mark("2026-W10", Grouping.WEEK), calendar_mark("2026-Q1", Grouping.QUARTER)
    ('2 Mar', 'Q1 2026')
    """
    first, _ = calendar_days(name, by)
    if by is Grouping.MONTH:
        return f"{first:%b %Y}"
    if by is Grouping.QUARTER:
        return f"Q{(first.month + 2) // MONTHS_OF_A_QUARTER} {first:%Y}"
    return f"{first.day} {first:%b}"


def calendar_names(first: date, last: date, by: Grouping) -> list[str]:
    """Every day, week, month or quarter that has a day of the period, in order.

    >>> calendar_names(date(2026, 2, 27), date(2026, 3, 2), Grouping.MONTH)
    ['2026-02', '2026-03']
    """
    days = (first + offset * DAY for offset in range((last - first).days + 1))
    return list(dict.fromkeys(calendar_name(day, by) for day in days))


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """So many months from one on."""
    after = month + count
    following = date(year + (after - 1) // 12, (after - 1) % 12 + 1, 1)
    return date(year, month, 1), following - DAY
