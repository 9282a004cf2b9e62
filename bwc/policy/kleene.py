"""Three truth values, after Kleene's strong logic: unknown is never false."""

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """What is known of a statement."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


def truth(known: bool) -> Truth:  # noqa: FBT001 - the truth itself
    """A settled truth value."""
    return Truth.TRUE if known else Truth.FALSE


def both(values: Iterable[Truth]) -> Truth:
    """True when all are, false when one is, else unknown. Of nothing: true.

    >>> both([Truth.UNKNOWN, Truth.FALSE]).value
    'false'
    """
    result = Truth.TRUE
    for value in values:
        if value is Truth.FALSE:
            return value
        if value is Truth.UNKNOWN:
            result = value
    return result


def either(values: Iterable[Truth]) -> Truth:
    """True when one is, false when all are, else unknown. Of nothing: false.

    >>> either([Truth.UNKNOWN, Truth.TRUE]).value
    'true'
    """
    result = Truth.FALSE
    for value in values:
        if value is Truth.TRUE:
            return value
        if value is Truth.UNKNOWN:
            result = value
    return result


def negate(value: Truth) -> Truth:
    """The opposite; of unknown, unknown."""
    if value is Truth.UNKNOWN:
        return value
    return truth(value is Truth.FALSE)
