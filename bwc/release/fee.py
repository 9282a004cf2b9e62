"""What a copy may cost: tracked-object minutes times the adopted rate, where the rules allow a fee.

The work of a redaction grows with the objects that are followed and how long each is seen, not with
the length of the film, and the plan counts both before anyone has worked: nobody need watch
everything to quote a price. A rule that forbids a fee wins; where no rule allows one, there is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.release.rows import newest_plan, recordings_of

RATE = "fee_rate_per_staff_minute"  # the fact: dollars, as the agency adopted it
CENT = Decimal("0.01")


class FeeStanding(StrEnum):
    """What the decision says of a fee."""

    FORBIDDEN = "no fee may be asked"
    ALLOWED = "a fee may be asked"
    NO_RULE = "no rule that applies allows a fee"


@dataclass(frozen=True, slots=True)
class Work:
    """What the newest plans follow: objects, and minutes of all of them together.

    `unplanned` is how many recordings have no plan yet; with any, nothing can be quoted.
    """

    objects: int
    minutes: Fraction
    unplanned: int


@dataclass(frozen=True, slots=True)
class FeeEstimate:
    """What a requester may be told. `amount` is in dollars; None where it cannot be worked out."""

    standing: FeeStanding
    work: Work
    amount: Decimal | None
    conditions: str


def work_of(session: Session, incident_id: str) -> Work:
    """How much the plans of an incident's recordings follow."""
    plans = [newest_plan(session, row.id) for row in recordings_of(session, incident_id)]
    seconds = [*(one for plan in plans if plan is not None for one in _tracked(plan.document))]
    return Work(
        objects=len(seconds),
        minutes=sum(seconds, Fraction()) / 60,
        unplanned=sum(1 for plan in plans if plan is None),
    )


def estimate(document: JsonObject, work: Work) -> FeeEstimate:
    """What the decision allows to be asked for that work."""
    demanded = {str(duty.get("kind")): duty for duty in _mappings(document.get("obligations"))}
    if "NO_FEE" in demanded or "CHARGE_FEE" not in demanded:
        forbidden = "NO_FEE" in demanded
        standing = FeeStanding.FORBIDDEN if forbidden else FeeStanding.NO_RULE
        return FeeEstimate(standing, work, None, "")
    facts = document.get("facts")
    rate = facts.get(RATE) if isinstance(facts, dict) else None
    known = isinstance(rate, int | float) and not isinstance(rate, bool) and not work.unplanned
    amount = _amount(Decimal(str(rate)), work.minutes) if known else None
    conditions = str(demanded["CHARGE_FEE"].get("text") or "")
    return FeeEstimate(FeeStanding.ALLOWED, work, amount, conditions)


def _amount(rate: Decimal, minutes: Fraction) -> Decimal:
    """To the cent."""
    exact = rate * minutes.numerator / minutes.denominator
    return exact.quantize(CENT, ROUND_HALF_UP)


def _tracked(document: JsonObject) -> Iterator[Fraction]:
    """Seconds from the first to the last sighting of each track of a plan."""
    original = document.get("original")
    base = original.get("time_base") if isinstance(original, dict) else None
    if not isinstance(base, list) or not all(isinstance(part, int) for part in base):
        return
    tick = Fraction(*(int(str(part)) for part in base))
    for track in _mappings(document.get("tracks")):
        keys = track.get("keys")
        ticks = [_pts(key) for key in keys] if isinstance(keys, list) else []
        if ticks:
            yield (max(ticks) - min(ticks)) * tick


def _pts(key: Json) -> int:
    first = key[0] if isinstance(key, list) else None
    return int(str(first)) if isinstance(first, int) else 0


def _mappings(value: Json) -> Iterator[JsonObject]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item
