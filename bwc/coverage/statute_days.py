"""Which days a statute's report is about, where nobody names them: the last whole months. Pure."""

from calendar import monthrange
from datetime import date, timedelta

from bwc.errors import InvalidInput

ONE_DAY = timedelta(days=1)


def report_days(
    months: int, *, today: date, first: date | None = None, last: date | None = None
) -> tuple[date, date]:
    """The first and last day of a report over so many months, as far as they are not named.

    Without either, the months that were over before this one; with one, the other follows from it,
    but no day after today.

    Raises:
        InvalidInput: a day beyond the calendar.

    >>> report_days(6, today=date(2026, 3, 12))
    (datetime.date(2025, 9, 1), datetime.date(2026, 2, 28))
    """
    try:
        if first is not None:
            return first, last or min(today, _later(first, months) - ONE_DAY)
        end = today.replace(day=1) if last is None else last + ONE_DAY
        return _later(end, -months), end - ONE_DAY
    except (ValueError, OverflowError) as exc:
        raise InvalidInput("beyond the calendar", got=f"{first or last}") from exc


def _later(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
