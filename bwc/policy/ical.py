"""Due work as an iCalendar feed (RFC 5545), for whatever calendar a person keeps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bwc.clock import as_utc

_LINE_OCTETS: Final = 75  # RFC 5545 section 3.1, without the line break


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that someone must do by a moment. `id` stays the same when it is told again."""

    id: str
    role: str
    what: str
    case: str
    by: datetime


def ical(duties: Iterable[Due], *, name: str, at: datetime, zone: str) -> str:
    """The feed `name` as it stands at `at`: one event per duty, at the moment it is due.

    Moments are told in UTC, so that none is ambiguous; `zone` is the one to show them in.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> due = Due("1", "records", "x", "I-1", noon)
    >>> "DTSTART:20260301T120000Z" in ical([due], name="n", at=noon, zone="America/Denver")
    True
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//bwc//due work//EN",
        f"X-WR-CALNAME:{_text(name)}",
        f"X-WR-TIMEZONE:{_text(zone)}",
    ]
    for duty in sorted(duties, key=lambda duty: (as_utc(duty.by), duty.id)):
        lines += _event(duty, at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(duty: Due, at: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(duty.id)}@bwc",
        f"DTSTAMP:{_stamp(at)}",
        f"DTSTART:{_stamp(duty.by)}",
        f"SUMMARY:{_text(f'{duty.case}: {duty.what}')}",
        f"CATEGORIES:{_text(duty.role)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _stamp(moment: datetime) -> str:
    return as_utc(moment).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """`value` as TEXT of RFC 5545 section 3.3.11; a line break cannot start a new property."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = escaped.splitlines()
    return "\\n".join("".join(c for c in line if c >= " ") for line in lines)


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets; each after the first starts with a space."""
    piece, limit = "", _LINE_OCTETS
    for letter in line:
        if len((piece + letter).encode()) > limit:
            yield piece
            piece = " "
        piece += letter
    yield piece
