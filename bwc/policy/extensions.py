"""More time for a clock: who may take it, why, to what standard, how much, how often.

An extension that is not known to have been taken is not taken, and one that was asked for after
the clock had run out extends nothing: the deadline that is shown is never later than the law's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from bwc.canonical import JsonObject
from bwc.policy.facts import values_at
from bwc.policy.kleene import Truth
from bwc.policy.lengths import Length
from bwc.policy.moments import Moment, is_after, show, sort_key
from bwc.policy.scope import Scope

if TYPE_CHECKING:
    from bwc.policy.conditions import Condition, Entries

Reach: TypeAlias = Callable[[Moment], Moment]
"""From an end as counted to the end that counts: with standstills, rolled, within the cap."""


@dataclass(frozen=True, slots=True)
class Extension:
    """More time, when somebody was entitled to it and took it.

    `count` are the entries of which each is one grant, at most `max_count` of them (None: without
    limit); `asked_at` is their field that says when. `standard` is what must be shown, in words;
    `renew_every` how often whoever took it must renew it.
    """

    length: Length
    granted_by: str
    ground: str
    when: "Condition"
    count: "Entries | None" = None
    asked_at: tuple[str, ...] = ()
    max_count: int | None = 1
    standard: str | None = None
    written: bool = True
    notice_to: str | None = None
    renew_every: Length | None = None

    def taken(self, end: Moment, scope: Scope, reach: Reach) -> "Extended":
        """How often it was taken, from `end` on, and where one more would lead."""
        count = 0
        for asked in self._grants(scope):
            is_spent = self.max_count is not None and count >= self.max_count
            now_ends = reach(self.length.times(count).after(end, scope))
            if is_spent or (asked is not None and is_after(asked, now_ends, scope.terms.zone)):
                break
            count += 1
        has_more = self.max_count is None or count < self.max_count
        further = reach(self.length.times(count + 1).after(end, scope)) if has_more else None
        return Extended(self, count, self.length.times(count).after(end, scope), further)

    def unknown_facts(self, scope: Scope) -> Iterator[str]:
        """The facts that are not known and decide whether it was taken."""
        node = self.when.test(scope)
        yield from node.unknown_facts()
        if self.count is not None and node.result is not Truth.FALSE:
            for _, _, entry in self.count.matches(scope):
                yield from entry.unknown_facts()

    def _grants(self, scope: Scope) -> Iterator[Moment | None]:
        """When each grant was asked for, in order; None where that is not on record."""
        if self.when.test(scope).result is not Truth.TRUE:
            return
        if self.count is None:
            yield None
            return
        grants: list[Moment | None] = []
        for _, record, node in self.count.matches(scope):
            if node.result is Truth.TRUE:
                asked = values_at(record, self.asked_at) if self.asked_at else ()
                grants.append(next((m for m in asked if isinstance(m, date)), None))
        yield from sorted(
            grants, key=lambda m: (m is not None, m and sort_key(m, scope.terms.zone))
        )


@dataclass(frozen=True, slots=True)
class Extended:
    """An extension as taken: `end` is counted, without standstills; `further` is one more."""

    extension: Extension
    count: int
    end: Moment
    further: Moment | None

    def document(self) -> JsonObject:
        """The extension as JSON: what was taken, and on which terms more may be."""
        extension, renewal = self.extension, self.extension.renew_every
        return {
            "granted_by": extension.granted_by,
            "ground": extension.ground,
            "standard": extension.standard,
            "written": extension.written,
            "notice_to": extension.notice_to,
            "amount": extension.length.phrase(),
            "taken": self.count,
            "at_most": extension.max_count,
            "renew_every": None if renewal is None else renewal.phrase(),
            "could_extend_to": None if self.further is None else show(self.further),
        }
