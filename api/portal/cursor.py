"""Where a list goes on: an opaque word that stands for the last entry shown."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from bwc.clock import iso, parse_time
from bwc.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last entry shown: when it was published, and its id."""

    published_at: datetime
    id: str

    @override
    def __str__(self) -> str:
        """The word that a client sends back as it is."""
        text = f"{iso(self.published_at)}|{self.id}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(word: str) -> Cursor:
    """What `word` stands for.

    Raises:
        InvalidInput: it was not made here.
    """
    try:
        padded = word.encode("ascii") + b"=" * (-len(word) % 4)
        moment, _, name = (
            base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition("|")
        )
        return Cursor(parse_time(moment), name)
    except (UnicodeError, binascii.Error, InvalidInput) as exc:
        raise InvalidInput(
            "not a cursor of this list", where="cursor", advice="Use the value of `next` as it is."
        ) from exc
