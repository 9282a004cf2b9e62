"""The tests a single fact can be put to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from bwc.policy.facts import values_at
from bwc.policy.kinds import Many, Record, Unknown, Value, WordSet
from bwc.policy.kleene import Truth, truth
from bwc.policy.moments import Moment, is_after, show
from bwc.policy.scope import Scope

if TYPE_CHECKING:
    from bwc.policy.clocks import Clock


class Operand(Protocol):
    """One test of one value."""

    @property
    def takes_absent(self) -> bool:
        """Whether a fact that nobody stated is put to the test too."""
        ...

    def holds(self, value: Value | None, scope: Scope) -> Truth:
        """The truth of the test for `value`."""
        ...

    def phrase(self) -> str:
        """The test in words, after the name of the fact."""
        ...


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of these; a set holds one of them."""

    wanted: tuple[str | bool | int | float, ...]
    takes_absent: bool = False

    def holds(self, value: Value | None, scope: Scope) -> Truth:  # noqa: ARG002
        """A set that holds `unknown` may hold any of them."""
        if isinstance(value, Unknown):
            return Truth.UNKNOWN
        if isinstance(value, WordSet):
            if value.words & set(self.wanted):
                return Truth.TRUE
            return Truth.UNKNOWN if value.open else Truth.FALSE
        if isinstance(value, Record):
            return Truth.FALSE
        return truth(any(_same(value, wanted) for wanted in self.wanted))

    def phrase(self) -> str:
        """`is a or b`."""
        return f"is {_listed(self.wanted)}"


@dataclass(frozen=True, slots=True)
class HasAll:
    """A set holds all of these."""

    wanted: tuple[str, ...]
    takes_absent: bool = False

    def holds(self, value: Value | None, scope: Scope) -> Truth:  # noqa: ARG002
        """A set that holds `unknown` may hold the rest."""
        if isinstance(value, Unknown):
            return Truth.UNKNOWN
        if not isinstance(value, WordSet):
            return Truth.FALSE
        if set(self.wanted) <= value.words:
            return Truth.TRUE
        return Truth.UNKNOWN if value.open else Truth.FALSE

    def phrase(self) -> str:
        """`holds all of a, b`."""
        return f"holds all of {', '.join(self.wanted)}"


@dataclass(frozen=True, slots=True)
class Stated:
    """Somebody stated the fact, whatever its value."""

    takes_absent: bool = True

    def holds(self, value: Value | None, scope: Scope) -> Truth:  # noqa: ARG002
        """Unknown when what was stated is that it is not known."""
        if isinstance(value, Unknown):
            return Truth.UNKNOWN
        return truth(value is not None)

    def phrase(self) -> str:
        """`is on record`."""
        return "is on record"


class Order(Enum):
    """How a value is compared."""

    AT_LEAST = "is at least"
    ABOVE = "is above"
    AT_MOST = "is at most"
    BELOW = "is below"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A number, or a word of a ranked list, compared with another."""

    order: Order
    bound: int | float | str
    ranks: Sequence[str] = ()
    takes_absent: bool = False

    def holds(self, value: Value | None, scope: Scope) -> Truth:  # noqa: ARG002
        """Whether an age is known says nothing of the age."""
        if isinstance(value, Unknown):
            return Truth.UNKNOWN
        mine, bound = self._rank(value), self._rank(self.bound)
        if mine is None or bound is None:
            return Truth.UNKNOWN if value is False else Truth.FALSE
        match self.order:
            case Order.AT_LEAST:
                return truth(mine >= bound)
            case Order.ABOVE:
                return truth(mine > bound)
            case Order.AT_MOST:
                return truth(mine <= bound)
            case Order.BELOW:
                return truth(mine < bound)

    def _rank(self, value: Value | None) -> float | None:
        if isinstance(value, str):
            return self.ranks.index(value) if value in self.ranks else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return value

    def phrase(self) -> str:
        """`is at least death`."""
        return f"{self.order.value} {str(self.bound).replace('_', ' ')}"


class Side(Enum):
    """On which side of a moment another lies."""

    BEFORE = "is before"
    NOT_AFTER = "is not after"
    NOT_BEFORE = "is not before"
    AFTER = "is after"


@dataclass(frozen=True, slots=True)
class Compared:
    """A moment compared with the decision, another fact, a clock's end or a fixed day."""

    side: Side
    bound: "Bound"
    takes_absent: bool = False

    def holds(self, value: Value | None, scope: Scope) -> Truth:
        """False while the other moment has not come about; unknown when it is not known."""
        bound = self.bound.moment(scope)
        if isinstance(value, Unknown) or isinstance(bound, Unknown):
            return Truth.UNKNOWN
        if bound is None or not isinstance(value, date):
            return Truth.FALSE
        zone = scope.terms.zone
        match self.side:
            case Side.BEFORE:
                return truth(is_after(bound, value, zone))
            case Side.NOT_AFTER:
                return truth(not is_after(value, bound, zone))
            case Side.NOT_BEFORE:
                return truth(not is_after(bound, value, zone))
            case Side.AFTER:
                return truth(is_after(value, bound, zone))

    def phrase(self) -> str:
        """`is not after the decision`."""
        return f"{self.side.value} {self.bound.phrase()}"


class Bound(Protocol):
    """A moment to compare with."""

    def moment(self, scope: Scope) -> Moment | Unknown | None:
        """The moment; None when it has not come about."""
        ...

    def phrase(self) -> str:
        """The moment in words."""
        ...


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of decision."""

    def moment(self, scope: Scope) -> Moment:
        """The moment of decision."""
        return scope.now

    def phrase(self) -> str:
        """The moment in words."""
        return "the day of decision"


@dataclass(frozen=True, slots=True)
class FixedDay:
    """A moment written in the pack."""

    at: Moment

    def moment(self, scope: Scope) -> Moment:  # noqa: ARG002
        """The day itself."""
        return self.at

    def phrase(self) -> str:
        """The moment in words."""
        return show(self.at)


@dataclass(frozen=True, slots=True)
class FactMoment:
    """A moment that is a fact of the case."""

    path: tuple[str, ...]

    def moment(self, scope: Scope) -> Moment | Unknown | None:
        """The first stated moment of that name."""
        for value in values_at(scope.case, self.path):
            if isinstance(value, Unknown | date):
                return value
        return None

    def phrase(self) -> str:
        """The moment in words."""
        return " ".join(self.path).replace("_", " ")


@dataclass(frozen=True, slots=True)
class ClockEnd:
    """The end of a clock of the pack."""

    clock: "Clock"

    def moment(self, scope: Scope) -> Moment | Unknown | None:
        """When the clock ends."""
        reading = self.clock.read(scope)
        if reading.missing:
            return Unknown.UNKNOWN
        return reading.due

    def phrase(self) -> str:
        """The moment in words."""
        return f"the end of {self.clock.phrase()}"


@dataclass(frozen=True, slots=True)
class Empty:
    """A register has no entries."""

    takes_absent: bool = True

    def holds(self, value: Value | None, scope: Scope) -> Truth:  # noqa: ARG002
        """A register that was left out is empty."""
        if isinstance(value, Unknown):
            return Truth.UNKNOWN
        return truth(value is None or (isinstance(value, Many) and not value.records))

    def phrase(self) -> str:
        """`is empty`."""
        return "is empty"


def _same(value: Value | None, wanted: str | bool | float) -> bool:  # noqa: FBT001
    """Equality that does not take true for one."""
    return isinstance(value, bool) == isinstance(wanted, bool) and value == wanted


def _listed(words: Sequence[object]) -> str:
    shown = [
        ("true" if word else "false") if isinstance(word, bool) else str(word).replace("_", " ")
        for word in words
    ]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
