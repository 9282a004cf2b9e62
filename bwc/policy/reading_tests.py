"""The test of one fact as it is written: a value, a list, or one operator with its bound."""

from collections.abc import Callable, Mapping
from typing import Final

from bwc.canonical import Json
from bwc.errors import InvalidInput, PolicyPackError
from bwc.policy.clocks import Clock
from bwc.policy.facts import fact_at
from bwc.policy.kinds import Fact, Kind, Path, Register, Time, Word, Words, dotted
from bwc.policy.misread import Misread
from bwc.policy.moments import parse_moment
from bwc.policy.operands import (
    Bound,
    ClockEnd,
    Compared,
    Empty,
    FactMoment,
    FixedDay,
    HasAll,
    Now,
    OneOf,
    Operand,
    Order,
    Ranked,
    Side,
    Stated,
)
from bwc.policy.vocabulary import FACTS

_ORDERS: Final[Mapping[str, Order]] = {
    "at_least": Order.AT_LEAST,
    "above": Order.ABOVE,
    "at_most": Order.AT_MOST,
    "below": Order.BELOW,
}
_SIDES: Final[Mapping[str, Side]] = {
    "before": Side.BEFORE,
    "not_after": Side.NOT_AFTER,
    "not_before": Side.NOT_BEFORE,
    "after": Side.AFTER,
}

FindClock = Callable[[str, Path], Clock | None]


def read_test(fact: Fact, raw: Json, path: Path, find_clock: FindClock) -> Operand:
    """The test written for `fact`.

    Raises:
        Misread: an operator that is unknown or does not fit the fact's type.
    """
    if not isinstance(raw, dict):
        return OneOf(_words(fact.kind, raw, path))
    if len(raw) != 1:
        raise Misread(path, "one operator is meant", "one key", ", ".join(raw))
    ((name, bound),) = raw.items()
    if name == "stated":
        return Stated()
    if name == "empty" and isinstance(fact.kind, Register):
        return Empty()
    if name == "has_all" and isinstance(fact.kind, Words):
        return HasAll(tuple(str(word) for word in _words(fact.kind, bound, path)))
    if name in _ORDERS:
        return _ranked(fact, _ORDERS[name], bound, path)
    if name in _SIDES and isinstance(fact.kind, Time):
        return Compared(_SIDES[name], _bound(bound, (*path, name), find_clock))
    raise Misread(
        path,
        f"{fact.name} takes no such test",
        "a value, a list, or one of stated, empty, has_all, at_least, above, at_most, below, "
        "before, not_after, not_before, after",
        name,
    )


def _words(kind: Kind, raw: Json, path: Path) -> tuple[str | bool | int | float, ...]:
    """The values a fact is compared with, each a possible value of it."""
    one = kind.of if isinstance(kind, Words) else kind
    found: list[str | bool | int | float] = []
    for item in raw if isinstance(raw, list) else [raw]:
        try:
            value = one.read(item, path, dotted)
        except PolicyPackError as exc:
            raise Misread(path, exc.what, exc.expected or "", exc.got or "") from exc
        if not isinstance(value, str | bool | int | float):
            raise Misread(path, "not comparable with a value", "an operator", repr(item))
        found.append(value)
    if not found:  # one of nothing never holds, and all of nothing always does
        raise Misread(path, "no values", "a value or a list of values", "[]")
    return tuple(found)


def _ranked(fact: Fact, order: Order, bound: Json, path: Path) -> Ranked:
    kind = fact.kind
    if isinstance(kind, Word) and kind.ranked:
        word = kind.read(bound, path, dotted)
        return Ranked(order, word, kind.words)
    if isinstance(kind, Word) or isinstance(bound, bool) or not isinstance(bound, int | float):
        raise Misread(
            path, f"{fact.name} has no such order", "a number or a ranked word", repr(bound)
        )
    return Ranked(order, bound)


def _bound(raw: Json, path: Path, find_clock: FindClock) -> Bound:
    if not isinstance(raw, str):
        raise Misread(path, "not a moment", "now, clock.<name>, a fact or a day", repr(raw))
    if raw == "now":
        return Now()
    clock = find_clock(raw, path)
    if clock is not None:
        return ClockEnd(clock)
    names = tuple(raw.split("."))
    if fact_at(FACTS, names) is not None:
        return FactMoment(names)
    try:
        return FixedDay(parse_moment(raw))
    except InvalidInput as exc:
        raise Misread(path, "not a moment", "now, clock.<name>, a fact or a day", raw) from exc
