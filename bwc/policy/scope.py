"""Where a condition is tested: the case, the moment of decision, and the pack's own terms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bwc.policy.calendars import Calendar
from bwc.policy.kinds import Absent, Fact, Record, Unknown
from bwc.policy.moments import Moment
from bwc.policy.vocabulary import FACTS

if TYPE_CHECKING:
    from bwc.policy.clocks import Clock
    from bwc.policy.conditions import Condition


@dataclass(frozen=True, slots=True)
class Terms:
    """What a pack names once and its rules use: clocks, definitions, calendar, zone."""

    zone: ZoneInfo
    calendar: Calendar
    clocks: Mapping[str, "Clock"]
    definitions: Mapping[str, "Condition"]


@dataclass(frozen=True, slots=True)
class Scope:
    """One test: `here` is the record whose fields are named, `case` the whole case.

    `assume` says what it means here that nobody stated a fact, in place of what the vocabulary
    says of it; a fact that is written `unknown` stays unknown in any case. `known` remembers what
    definitions and clocks came to in this case, so that each is worked out once.
    """

    case: Record
    now: Moment
    terms: Terms
    here: Record | Unknown
    fields: Mapping[str, Fact]
    prefix: str = ""
    assume: Absent | None = None
    known: dict[tuple[int, int, Absent | None], object] = field(default_factory=dict)

    @classmethod
    def of_case(cls, case: Record, now: Moment, terms: Terms) -> "Scope":
        """The whole case, as its rules see it."""
        return cls(case, now, terms, case, FACTS)

    def under(self, terms: Terms) -> "Scope":
        """The same case under another pack's terms."""
        return Scope(self.case, self.now, terms, self.case, FACTS, known=self.known)

    def whole(self, assume: Absent | None = None) -> "Scope":
        """The whole case again, from within an entry of a register."""
        if self.here is self.case and self.assume is assume:
            return self
        return Scope(
            self.case, self.now, self.terms, self.case, FACTS, assume=assume, known=self.known
        )

    def inside(self, record: Record, fields: Mapping[str, Fact], prefix: str) -> "Scope":
        """Within one entry of a register, whose fields are named."""
        return Scope(
            self.case, self.now, self.terms, record, fields, prefix, self.assume, self.known
        )

    def assuming(self, absent: Absent) -> "Scope":
        """The same, with one meaning for every fact that nobody stated."""
        return Scope(
            self.case,
            self.now,
            self.terms,
            self.here,
            self.fields,
            self.prefix,
            absent,
            self.known,
        )
