"""What people type into forms, as values."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from bwc.canonical import Json
from bwc.clock import as_utc
from bwc.errors import InvalidInput

WORDS: dict[str, Json] = {"yes": True, "no": False}


def parse_value(text: str) -> Json:
    """A fact's value: JSON where it is JSON, yes and no as truth values, else the words.

    >>> parse_value("yes"), parse_value("3"), parse_value("unknown"), parse_value('["a"]')
    (True, 3, 'unknown', ['a'])
    """
    typed = text.strip()
    if typed.lower() in WORDS:
        return WORDS[typed.lower()]
    try:
        value: Json = json.loads(typed)
    except ValueError:
        return typed
    return value


def optional_moment(text: str, *, zone: ZoneInfo) -> datetime | None:
    """A moment from a datetime-local field, read in the agency's zone; None where it is empty.

    Raises:
        InvalidInput: not a date and time.
    """
    if not text.strip():
        return None
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError as exc:
        raise InvalidInput("not a date and time", got=text[:40]) from exc
    return as_utc(local.replace(tzinfo=zone) if local.tzinfo is None else local)


def chosen_recordings(ticked: list[str] | None, *, is_all: bool) -> list[str] | None:
    """The recordings that a request is for; None for all of its incident.

    Raises:
        InvalidInput: all, and some of them too.
    """
    if is_all and ticked:
        raise InvalidInput(
            "all recordings are asked for, or those that are ticked",
            advice="Take the tick at all away, or those below it",
        )
    return None if is_all else ticked or []
