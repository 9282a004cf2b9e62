"""Opaque cursors and the page size of lists."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Protocol

from fastapi import Query

from bwc.errors import InvalidInput

LARGEST_PAGE = 200

Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many at most")]
Cursor = Annotated[str | None, Query(description="`next` of the page before")]


class Identified(Protocol):
    """Something with an id that sorts."""

    @property
    def id(self) -> str:
        """Its id."""
        ...


def read_cursor(cursor: str | None) -> str | None:
    """The id that a cursor stands for.

    Raises:
        InvalidInput: not a cursor of ours.

    >>> read_cursor(write_cursor("0190"))
    '0190'
    """
    if cursor is None:
        return None
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError, ValueError) as exc:
        raise InvalidInput("not a cursor", got=cursor[:80]) from exc


def write_cursor(last_id: str) -> str:
    """A cursor that goes on after `last_id`."""
    return base64.urlsafe_b64encode(last_id.encode()).decode()


def next_cursor(items: Sequence[Identified], limit: int) -> str | None:
    """The cursor after a full page; None where nothing can follow."""
    return write_cursor(items[-1].id) if len(items) == limit else None
