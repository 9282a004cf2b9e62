"""Conditions over facts: small trees whose every node says its result and why.

A condition is written in a pack as YAML and read by `bwc.policy.reading`. Testing one gives a
`Node`: the same tree with results, from which the explanation and the list of missing facts come.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, TypeAlias

from bwc.canonical import Json, JsonObject
from bwc.policy.clocks import Clock
from bwc.policy.facts import asked_as, look_up
from bwc.policy.kinds import UNKNOWN, Absent, Fact, Many, Record, Unknown, Value, WordSet
from bwc.policy.kleene import Truth, both, either, negate
from bwc.policy.moments import show
from bwc.policy.operands import Operand
from bwc.policy.scope import Scope

Fold: TypeAlias = Callable[[Sequence[Truth]], Truth]
Question: TypeAlias = tuple[str, str]
"""An open leaf: its fact, and the test that could not be settled."""
Written: TypeAlias = dict[int, JsonObject]
"""The documents of nodes by their identity; the nodes must outlive it."""


@dataclass(frozen=True, slots=True)
class Node:
    """One tested condition. `fact` is the dotted name of what a leaf looked at.

    `fold` makes the result of the results of the parts, so that the tree can be tried again with
    what is unknown taken for true or for false.
    """

    test: str
    result: Truth
    of: tuple["Node", ...] = ()
    fact: str | None = None
    found: Value | None = None
    fold: Fold = both

    def document(self, written: Written | None = None) -> JsonObject:
        """The node as JSON, for the trace of a decision.

        A definition that many rules share is one node. `written` remembers those of one decision,
        so that each is written once; the documents are shared too and must not be changed.
        """
        if written is None:
            written = {}
        known = written.get(id(self))
        if known is not None:
            return known
        document: JsonObject = {"test": self.test, "result": str(self.result)}
        if self.fact is not None:
            document["found"] = shown(self.found)
        if self.of:
            document["of"] = [node.document(written) for node in self.of]
        written[id(self)] = document
        return document

    def questions(self) -> Iterator[Question]:
        """The open leaves that leave this node unknown."""
        if self.result is not Truth.UNKNOWN:
            return
        if self.fact is not None and not self.of:
            yield self.fact, self.test
        for node in self.of:
            yield from node.questions()

    def under(self, answers: Mapping[Question, Truth]) -> Truth:
        """The result if the open leaves were answered so."""
        if self.result is not Truth.UNKNOWN:
            return self.result
        if self.fact is not None and not self.of:
            return answers.get((self.fact, self.test), Truth.UNKNOWN)
        return self.fold([node.under(answers) for node in self.of])

    def unknown_facts(self) -> Iterator[str]:
        """The facts whose absence leaves this node unknown."""
        for fact, _ in self.questions():
            yield fact


def shown(value: Value | None) -> Json:
    """A value as JSON for people; None when nobody stated it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Unknown):
        return "unknown"
    if isinstance(value, WordSet):
        return [*sorted(value.words), *(["unknown"] if value.open else [])]
    if isinstance(value, Record):
        return {name: shown(item) for name, item in value.values.items()}
    if isinstance(value, Many):
        return [shown(item) for item in value.records]
    return show(value)


class Condition(Protocol):
    """Something that is true, false or unknown of a case."""

    def test(self, scope: Scope) -> Node:
        """Its truth in `scope`, with the reasons."""
        ...

    def phrase(self) -> str:
        """The condition as part of a plain sentence."""
        ...


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]

    def test(self, scope: Scope) -> Node:
        """False as soon as one part is."""
        nodes = tuple(part.test(scope) for part in self.parts)
        return Node("all of", both(node.result for node in nodes), nodes)

    def phrase(self) -> str:
        """`a, and b`."""
        return ", and ".join(_grouped(part) for part in self.parts) or "always"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def test(self, scope: Scope) -> Node:
        """True as soon as one part is."""
        nodes = tuple(part.test(scope) for part in self.parts)
        return Node("any of", either(node.result for node in nodes), nodes, fold=either)

    def phrase(self) -> str:
        """`a, or b`."""
        return ", or ".join(_grouped(part) for part in self.parts) or "never"


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition

    def test(self, scope: Scope) -> Node:
        """Unknown stays unknown."""
        node = self.part.test(scope)
        return Node("not", negate(node.result), (node,), fold=_opposite)

    def phrase(self) -> str:
        """`not (a)`."""
        return f"not ({self.part.phrase()})"


@dataclass(frozen=True, slots=True)
class Assuming:
    """The part, with one meaning for every fact that nobody stated.

    NONE: what nobody stated is not so. ASK: what nobody stated must be found out.
    """

    absent: Absent
    part: Condition

    def test(self, scope: Scope) -> Node:
        """As the part; an explicit `unknown` stays unknown."""
        node = self.part.test(scope.assuming(self.absent))
        return Node(_ASSUMING[self.absent], node.result, (node,))

    def phrase(self) -> str:
        """`as far as stated, a`."""
        return f"{_ASSUMING[self.absent]}, {self.part.phrase()}"


_ASSUMING = {Absent.NONE: "as far as stated", Absent.ASK: "as must be found out"}


@dataclass(frozen=True, slots=True)
class Defined:
    """A condition the pack has named; it is always about the whole case."""

    name: str

    def test(self, scope: Scope) -> Node:
        """As the definition, tested on the whole case."""
        definition = scope.terms.definitions[self.name]
        key = (id(definition), id(scope.terms), scope.assume)
        known = scope.known.get(key)
        if isinstance(known, Node):
            return known
        inner = definition.test(scope.whole(scope.assume))
        node = Node(self.name.replace("_", " "), inner.result, (inner,))
        scope.known[key] = node
        return node

    def phrase(self) -> str:
        """The name in words."""
        return f"it is a case of “{self.name.replace('_', ' ')}”"


class Quantity(Enum):
    """How many entries of a register must fit."""

    SOME = "some"
    NONE = "none"
    EVERY = "every"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Entries:
    """How many entries of a register fit `where`; `least` counts for COUNT alone."""

    quantity: Quantity
    path: tuple[str, ...]
    fields: Mapping[str, Fact]
    where: Condition
    least: int = 1
    text: str = field(init=False)

    def __post_init__(self) -> None:
        """Word the condition once; it is tested often."""
        object.__setattr__(self, "text", self._wording())

    def test(self, scope: Scope) -> Node:
        """An entry that may fit leaves the result open if it could turn it."""
        name = scope.prefix + ".".join(self.path)
        found = look_up(scope.here, scope.fields, self.path)
        if isinstance(found.value, Unknown):
            return Node(self.text, Truth.UNKNOWN, fact=name, found=UNKNOWN)
        records = found.value.records if isinstance(found.value, Many) else ()
        nodes = tuple(self._entry(record, scope, name) for record in records)
        result = self._result([node.result for node in nodes])
        return Node(self.text, result, nodes, fold=self._result)

    def matches(self, scope: Scope) -> list[tuple[int, Record | Unknown, Node]]:
        """Each entry with its number and how it fits."""
        name = scope.prefix + ".".join(self.path)
        found = look_up(scope.here, scope.fields, self.path)
        if isinstance(found.value, Unknown):
            return [(0, UNKNOWN, Node(self.text, Truth.UNKNOWN, fact=name, found=UNKNOWN))]
        records = found.value.records if isinstance(found.value, Many) else ()
        return [(i, record, self._entry(record, scope, name)) for i, record in enumerate(records)]

    def _entry(self, record: Record | Unknown, scope: Scope, name: str) -> Node:
        if isinstance(record, Unknown):
            text = f"an entry not known, for: {self.text}"
            return Node(text, Truth.UNKNOWN, fact=name, found=UNKNOWN)
        return self.where.test(scope.inside(record, self.fields, f"{name}."))

    def _result(self, results: Sequence[Truth]) -> Truth:
        match self.quantity:
            case Quantity.SOME:
                return either(results)
            case Quantity.NONE:
                return negate(either(results))
            case Quantity.EVERY:
                return both(results)
            case Quantity.COUNT:
                sure = results.count(Truth.TRUE)
                if sure >= self.least:
                    return Truth.TRUE
                possible = sure + results.count(Truth.UNKNOWN)
                return Truth.FALSE if possible < self.least else Truth.UNKNOWN

    def phrase(self) -> str:
        """`some entry in complaints where ...`."""
        return self.text

    def _wording(self) -> str:
        name = ".".join(self.path).replace("_", " ")
        inner = self.where.phrase()
        suffix = "" if inner == "always" else f" where {inner}"
        match self.quantity:
            case Quantity.SOME:
                return f"some entry in {name}{suffix}"
            case Quantity.NONE:
                return f"no entry in {name}{suffix}"
            case Quantity.EVERY:
                return f"every entry in {name} fits:{suffix.removeprefix(' where')}"
            case Quantity.COUNT:
                return f"at least {self.least} entries in {name}{suffix}"


@dataclass(frozen=True, slots=True)
class Past:
    """The moment of decision lies after a clock's end."""

    clock: Clock

    def test(self, scope: Scope) -> Node:
        """False while the clock has no start; unknown when its start is."""
        reading = self.clock.read(scope)
        result = reading.passed(scope.now, scope.terms.zone)
        text = self.phrase() if reading.due is None else f"{self.phrase()} ({show(reading.due)})"
        if result is not Truth.UNKNOWN:
            return Node(text, result)
        nodes = tuple(
            Node(f"{name} is known, for: {text}", result, fact=name, found=UNKNOWN)
            for name in reading.missing
        )
        return Node(text, result, nodes)

    def phrase(self) -> str:
        """`more than 45 calendar days after ... have passed`."""
        return f"the time has passed: {self.clock.phrase()}"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One fact put to one test."""

    path: tuple[str, ...]
    operand: Operand
    name: str = field(init=False)
    text: str = field(init=False)

    def __post_init__(self) -> None:
        """Word the condition once; it is tested often."""
        words = " ".join(self.path).replace("_", " ")
        object.__setattr__(self, "name", asked_as(self.path))
        object.__setattr__(self, "text", f"{words} {self.operand.phrase()}")

    def test(self, scope: Scope) -> Node:
        """By what is stated; by `Absent` when nothing is."""
        found = look_up(scope.here, scope.fields, self.path)
        name = scope.prefix + self.name
        if found.value is None and not self.operand.takes_absent:
            absent = scope.assume or found.absent
            result = Truth.UNKNOWN if absent is Absent.ASK else Truth.FALSE
        else:
            result = self.operand.holds(found.value, scope)
        return Node(self.text, result, fact=name, found=found.value)

    def phrase(self) -> str:
        """`injury level is at least death`."""
        return self.text


ALWAYS = All(())


def _opposite(results: Sequence[Truth]) -> Truth:
    """The opposite of the one part."""
    return negate(results[0])


def _grouped(part: Condition) -> str:
    """A part in brackets where its own `and` and `or` would mix with those around it."""
    text = part.phrase()
    mixed = isinstance(part, All | AnyOf) and len(part.parts) > 1
    return f"({text})" if mixed else text


def first_unknown(nodes: Iterable[Node]) -> list[str]:
    """The missing facts under `nodes`, each once, in order."""
    return list(dict.fromkeys(name for node in nodes for name in node.unknown_facts()))
