"""The clock behind a due time, out of a decision's document: what was counted, and who may extend it.

Pure. `net_days` leaves standstills out, `gross_days` are days of the calendar; what is left of both
is the same, since a due time already lies behind every standstill that is known.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bwc.canonical import Json, JsonObject


@dataclass(frozen=True, slots=True)
class MoreTime:
    """One extension that may still be taken: how much, by which office, on which ground, to when."""

    amount: str
    granted_by: str
    ground: str
    standard: str | None
    until: str | None


@dataclass(frozen=True, slots=True)
class DueClock:
    """The clock that a due time comes from. `start` and `end` as the decision writes them."""

    text: str
    citation: str
    start: str
    end: str
    net_days: int
    gross_days: int
    tolled: tuple[str, ...]
    extended: int
    extensions: tuple[MoreTime, ...]


def due_clock(document: JsonObject) -> DueClock | None:
    """The clock that gave a decision its due time; None where no rule's clock did."""
    due = document.get("due")
    cited = {rule.get("rule"): str(rule.get("citation") or "") for rule in _of(document, "fired")}
    for clock in _of(document, "clocks"):
        if clock.get("what") == "due" and due is not None and clock.get("end") == due:
            return _read(clock, cited.get(clock.get("rule"), ""))
    return None


def _read(clock: JsonObject, citation: str) -> DueClock:
    return DueClock(
        text=str(clock.get("text") or ""),
        citation=citation,
        start=str(clock.get("start") or ""),
        end=str(clock.get("end") or ""),
        net_days=_number(clock.get("net_days")),
        gross_days=_number(clock.get("gross_days")),
        tolled=tuple(f"{one.get('for')}: {one.get('days')} days" for one in _of(clock, "tolled")),
        extended=_number(clock.get("extensions_taken")),
        extensions=tuple(_more(clock)),
    )


def _more(clock: JsonObject) -> Iterator[MoreTime]:
    """The extensions that are not spent."""
    for one in _of(clock, "extensions"):
        if one.get("could_extend_to") is None:
            continue
        yield MoreTime(
            amount=str(one.get("amount") or ""),
            granted_by=str(one.get("granted_by") or ""),
            ground=str(one.get("ground") or ""),
            standard=str(one["standard"]) if one.get("standard") else None,
            until=str(one["could_extend_to"]),
        )


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _of(document: JsonObject, name: str) -> list[JsonObject]:
    value = document.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
