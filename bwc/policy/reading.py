"""Conditions, anchors and clocks as they are written in YAML, read into what can be tested.

The grammar, for people, is in policies/README.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bwc.canonical import Json
from bwc.errors import InvalidInput
from bwc.policy.clocks import Anchor, Clock, Pick, Source, Toll
from bwc.policy.conditions import (
    ALWAYS,
    All,
    AnyOf,
    Assuming,
    Condition,
    Defined,
    Entries,
    Leaf,
    Not,
    Past,
    Quantity,
)
from bwc.policy.extensions import Extension
from bwc.policy.facts import fact_at
from bwc.policy.kinds import Absent, Fact, Fields, Path, Register
from bwc.policy.lengths import Length
from bwc.policy.misread import Misread
from bwc.policy.moments import parse_moment
from bwc.policy.reading_tests import read_test
from bwc.policy.schema import (
    AnchorText,
    ClockText,
    EntriesText,
    ExtensionText,
    LengthText,
    SourceText,
)
from bwc.policy.vocabulary import FACTS

_CLOCK = "clock."
_ASSUMPTIONS: Final = {"where_stated": Absent.NONE, "ask": Absent.ASK}


@dataclass(slots=True)
class Reader:
    """Reads one pack's texts; knows the names the pack has defined so far."""

    clocks: dict[str, Clock] = field(default_factory=dict)
    definitions: dict[str, Condition] = field(default_factory=dict)

    def condition(self, raw: Json, path: Path, fields: Mapping[str, Fact] = FACTS) -> Condition:
        """A condition: a mapping whose keys all hold, or `always`.

        Raises:
            Misread: a key that is neither a word of the grammar nor a fact.
        """
        if raw == "always":
            return ALWAYS
        if not isinstance(raw, dict) or not raw:
            raise Misread(path, "not a condition", "a mapping, or `always`", repr(raw))
        if set(raw) <= {"some", "none", "every", "count", "where", "at_least"} and set(raw) & {
            "some",
            "none",
            "every",
            "count",
        }:
            return self._entries(raw, path, fields)
        parts = tuple(self._part(key, value, (*path, key), fields) for key, value in raw.items())
        return parts[0] if len(parts) == 1 else All(parts)

    def _part(self, key: str, value: Json, path: Path, fields: Mapping[str, Fact]) -> Condition:
        """One key of a condition."""
        lists: Mapping[str, Callable[[tuple[Condition, ...]], Condition]] = {
            "all": All,
            "any": AnyOf,
        }
        if key in lists:
            return lists[key](self._list(value, path, fields))
        if key == "not":
            return Not(self.condition(value, path, fields))
        if key in _ASSUMPTIONS:
            return Assuming(_ASSUMPTIONS[key], self.condition(value, path, fields))
        if key == "past":
            return Past(self.clock_reference(value, path))
        if key == "definition":
            return self._definition(value, path)
        return self._leaf(key, value, path, fields)

    def _list(self, value: Json, path: Path, fields: Mapping[str, Fact]) -> tuple[Condition, ...]:
        if not isinstance(value, list) or not value:
            raise Misread(path, "no parts", "a list of conditions", repr(value))
        return tuple(
            self.condition(item, (*path, index), fields) for index, item in enumerate(value)
        )

    def _definition(self, value: Json, path: Path) -> Condition:
        if not isinstance(value, str) or value not in self.definitions:
            known = ", ".join(self.definitions) or "none"
            raise Misread(path, "no such definition in this pack or its base", known, repr(value))
        return Defined(value)

    def _entries(self, raw: Mapping[str, Json], path: Path, fields: Mapping[str, Fact]) -> Entries:
        """`some: complaints, where: {...}` and its kin."""
        words = [word for word in ("some", "none", "every", "count") if word in raw]
        if len(words) != 1:
            raise Misread(path, "two quantities at once", "one of some, none, every", str(words))
        name = raw[words[0]]
        register, names = self._register(name, (*path, words[0]), fields)
        where = (
            self.condition(raw["where"], (*path, "where"), register.facts)
            if "where" in raw
            else ALWAYS
        )
        least = raw.get("at_least", 1)
        if not isinstance(least, int) or isinstance(least, bool):
            raise Misread((*path, "at_least"), "not a count", "a whole number", repr(least))
        return Entries(Quantity(words[0]), names, register.facts, where, least)

    def _register(
        self, name: Json, path: Path, fields: Mapping[str, Fact]
    ) -> tuple[Fields, tuple[str, ...]]:
        names = tuple(name.split(".")) if isinstance(name, str) else ()
        fact = fact_at(fields, names) if names else None
        if fact is None or not isinstance(fact.kind, Register):
            registers = [item.name for item in fields.values() if isinstance(item.kind, Register)]
            raise Misread(path, "not a register", f"one of {', '.join(registers)}", repr(name))
        return fact.kind.of, names

    def _leaf(self, key: str, value: Json, path: Path, fields: Mapping[str, Fact]) -> Leaf:
        names = tuple(key.split("."))
        fact = fact_at(fields, names)
        if fact is None:
            raise Misread(
                path,
                "no fact has this name",
                f"one of {', '.join(fields)}, or a word of the grammar",
                key,
            )
        leading = fact.kind.leading if isinstance(fact.kind, Fields) else None
        if leading is not None and not (isinstance(value, dict) and "stated" in value):
            inner = fact.kind.facts[leading] if isinstance(fact.kind, Fields) else fact
            return Leaf((*names, leading), read_test(inner, value, path, self.bound_clock))
        return Leaf(names, read_test(fact, value, path, self.bound_clock))

    def bound_clock(self, name: str, path: Path) -> Clock | None:
        """The clock meant by `clock.<name>`; None when `name` means something else."""
        return self.clock_reference(name, path) if name.startswith(_CLOCK) else None

    def clock_reference(self, raw: object, path: Path) -> Clock:
        """A clock by its name, or written out."""
        if isinstance(raw, ClockText):
            return self.clock(raw, path)
        if isinstance(raw, dict):
            try:
                return self.clock(ClockText.model_validate(raw), path)
            except ValueError as exc:
                raise Misread(path, "not a clock", "after, amount, unit", str(exc)) from exc
        name = raw.removeprefix(_CLOCK) if isinstance(raw, str) else ""
        if name not in self.clocks:
            known = ", ".join(self.clocks) or "none"
            raise Misread(path, "no such clock in this pack or its base", known, repr(raw))
        return self.clocks[name]

    def clock(self, text: ClockText, path: Path) -> Clock:
        """A clock as written."""
        return Clock(
            anchor=self._anchor(text.after, (*path, "after")),
            length=Length(text.amount, text.unit),
            roll=text.roll,
            counts_first_day=text.count_first_day,
            tolls=tuple(
                Toll(
                    toll.name,
                    self.source(toll.start, (*path, "tolls", i, "start")),
                    self.source(toll.end, (*path, "tolls", i, "end")),
                )
                for i, toll in enumerate(text.tolls)
            ),
            extensions=tuple(
                self._extension(item, (*path, "extensions", i))
                for i, item in enumerate(text.extensions)
            ),
            cap=None if text.cap is None else self.clock_reference(text.cap, (*path, "cap")),
        )

    def _extension(self, text: ExtensionText, path: Path) -> Extension:
        """An extension as written."""
        count = self._count(text.count, (*path, "count"))
        asked = text.asked_at or ""
        asked_at = tuple(asked.split(".")) if asked else ()
        if asked_at and (count is None or fact_at(count.fields, asked_at) is None):
            expected = ", ".join(count.fields) if count else "a field of what `count` counts"
            raise Misread((*path, "asked_at"), "no such field", expected, asked)
        return Extension(
            length=Length(text.amount, text.unit),
            granted_by=text.granted_by,
            ground=text.ground,
            when=self.condition(text.when, (*path, "when")),
            count=count,
            asked_at=asked_at,
            max_count=text.max_count,
            standard=text.standard,
            written=text.written,
            notice_to=text.notice_to,
            renew_every=self.length(text.renew_every),
        )

    def length(self, text: LengthText | None) -> Length | None:
        """A length as written."""
        return None if text is None else Length(text.amount, text.unit)

    def _count(self, raw: Json, path: Path) -> Entries | None:
        if raw is None:
            return None
        condition = self.condition(raw, path)
        if not isinstance(condition, Entries):
            raise Misread(path, "not countable", "some: <register>, where: ...", repr(raw))
        return condition

    def _anchor(self, text: SourceText | AnchorText, path: Path) -> Anchor:
        if not isinstance(text, AnchorText):
            return Anchor(Pick.FIRST, (self.source(text, path),))
        for pick, sources in (
            (Pick.EARLIEST, text.earliest),
            (Pick.LATEST, text.latest),
            (Pick.FIRST, text.first),
        ):
            if sources:
                where = (*path, pick.value)
                return Anchor(
                    pick,
                    tuple(self.source(item, (*where, i)) for i, item in enumerate(sources)),
                )
        raise InvalidInput("an anchor without a source")

    def source(self, text: SourceText, path: Path) -> Source:
        """An event: a fact, `clock.<name>`, a field of chosen entries, or a day."""
        if isinstance(text, EntriesText):
            register, names = self._register(text.of, (*path, "of"), FACTS)
            where = (
                ALWAYS
                if text.where is None
                else self.condition(text.where, (*path, "where"), register.facts)
            )
            inner = tuple(text.field.split("."))
            if fact_at(register.facts, inner) is None:
                raise Misread(
                    (*path, "field"), "no such field", ", ".join(register.facts), text.field
                )
            return Source(inner, Entries(Quantity.SOME, names, register.facts, where))
        if text.startswith(_CLOCK):
            return Source(clock=self.clock_reference(text, path))
        names = tuple(text.split("."))
        if fact_at(FACTS, names) is not None:
            return Source(names)
        try:
            return Source(day=parse_moment(text))
        except InvalidInput as exc:
            expected = "a fact, clock.<name> or a day"
            raise Misread(path, "no fact has this name", expected, text) from exc
