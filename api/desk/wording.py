"""Numbers as words: durations, sizes, and how long until something is due."""

import json
from datetime import datetime, timedelta

from bwc.canonical import Json

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
KIB = 1024


def until(moment: datetime, *, now: datetime) -> str:
    """How long until `moment`, in the two largest units.

    >>> from bwc.clock import parse_time
    >>> now = parse_time("2026-03-01T12:00Z")
    >>> until(parse_time("2026-03-03T13:00Z"), now=now)
    'in 2 d 1 h'
    >>> until(parse_time("2026-03-01T11:30Z"), now=now)
    '30 min overdue'
    """
    seconds = (moment - now).total_seconds()
    amount = _amount(abs(seconds))
    return f"in {amount}" if seconds >= 0 else f"{amount} overdue"


def duration(seconds: float | None) -> str:
    """A length of footage as a clock.

    >>> duration(3725.4), duration(59.9), duration(None)
    ('1:02:05', '0:59', 'not known')
    """
    if seconds is None:
        return "not known"
    minutes, rest = divmod(int(seconds), MINUTE)
    hours, minutes = divmod(minutes, MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def hours(length: timedelta) -> str:
    """A length of duty.

    >>> hours(timedelta(hours=10)), hours(timedelta(minutes=90)), hours(timedelta(seconds=20))
    ('10 h', '1 h 30 min', '0 min')
    """
    whole = int(length.total_seconds())
    return (
        _amount(whole) if whole < HOUR else _two(whole // HOUR, "h", whole % HOUR // MINUTE, "min")
    )


def sentence(text: str) -> str:
    """A clause with a capital and a full stop.

    >>> sentence("fees are not kept here")
    'Fees are not kept here.'
    """
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def size(count: int) -> str:
    """A number of bytes.

    >>> size(999), size(445593), size(3 * 2**30)
    ('999 B', '435 KiB', '3.0 GiB')
    """
    if count < KIB:
        return f"{count} B"
    if count < KIB**2:
        return f"{count / KIB:.0f} KiB"
    return f"{count / KIB**2:.1f} MiB" if count < KIB**3 else f"{count / KIB**3:.1f} GiB"


def words(name: object) -> str:
    """A name of the vocabulary as people read it.

    >>> words("MUST_NOT"), words("foia_pending")
    ('must not', 'foia pending')
    """
    return str(name).replace("_", " ").lower()


def author(name: str) -> str:
    """Who wrote a line of a plan, as people read it.

    >>> author("person:rita"), author("model:55533b28a95800a5"), author("bwc")
    ('rita', 'detector 55533b28', 'bwc')
    """
    kind, _, rest = name.partition(":")
    return {"person": rest, "model": f"detector {rest[:8]}"}.get(kind, name)


def plain(value: Json) -> str:
    """A fact's value as people read it.

    >>> plain(True), plain(["arrest", "taser"]), plain([{"a": 1}])
    ('yes', 'arrest, taser', '[{"a": 1}]')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(str(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _amount(seconds: float) -> str:
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min"
    if seconds < DAY:
        hours, rest = divmod(seconds, HOUR)
        return _two(hours, "h", rest // MINUTE, "min")
    days, rest = divmod(seconds, DAY)
    return _two(days, "d", rest // HOUR, "h")


def _two(large: float, large_unit: str, small: float, small_unit: str) -> str:
    first = f"{int(large)} {large_unit}"
    return f"{first} {int(small)} {small_unit}" if small else first
