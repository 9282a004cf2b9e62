"""What is known of a case: typed values under the names of the vocabulary."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bwc.canonical import Json, JsonObject
from bwc.errors import PolicyPackError
from bwc.policy.assertion import attributed, is_attributed
from bwc.policy.kinds import (
    UNKNOWN,
    UNKNOWN_WORD,
    Absent,
    Fact,
    Fields,
    Locate,
    Many,
    Path,
    Record,
    Register,
    Unknown,
    Value,
    dotted,
    members,
)
from bwc.policy.vocabulary import ALIASES, FACTS


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one case: `document` is what was written, `record` what it means.

    `provenance` says of a fact by its name where it comes from, who asserted it and when.
    """

    document: JsonObject
    record: Record
    provenance: JsonObject = field(default_factory=dict)

    @classmethod
    def from_document(cls, document: Mapping[str, Json], locate: Locate | None = None) -> "Facts":
        """Read `{name: value}` in the names and nesting of the vocabulary.

        Dotted names (`request.received_at`) and a trailing `[]` are understood; so is a value
        with its provenance (`{value: ..., source: ..., asserted_by: ...}`).

        Raises:
            PolicyPackError: a name outside the vocabulary, a value of another type, or a fact that
                is asserted by an office that may not.
        """
        say_where = locate or _plain
        nested: JsonObject = {}
        provenance: JsonObject = {}
        for written, value in document.items():
            name = str(written)
            if is_attributed(value):
                provenance[name] = attributed(name, value, say_where)
                value = value["value"]  # noqa: PLW2901 - the fact without where it comes from
            _place(nested, name, value, say_where)
        _move_aliases(nested)
        return cls(nested, Record(dict(members(FACTS, nested, (), say_where))), provenance)

    def with_fact(self, name: str, value: Json) -> "Facts":
        """The same case with one fact changed; a dotted name changes one field."""
        changed: JsonObject = {
            key: dict(item) if isinstance(item, dict) else item
            for key, item in self.document.items()
        }
        _place(changed, name, value, _plain)
        facts = Facts.from_document(changed)
        kept = {key: item for key, item in self.provenance.items() if key != name}
        return replace(facts, provenance=kept)


def fact_at(fields: Mapping[str, Fact], path: tuple[str, ...]) -> Fact | None:
    """The fact that `path` names, through records and registers; None if there is none."""
    fact = fields.get(path[0])
    for name in path[1:]:
        if fact is None:
            return None
        kind = fact.kind.of if isinstance(fact.kind, Register) else fact.kind
        fact = kind.facts.get(name) if isinstance(kind, Fields) else None
    return fact


def role_for(name: str) -> str:
    """Who is asked for a missing fact; a field belongs to whoever asserts its record."""
    fact = FACTS.get(name.split(".", maxsplit=1)[0])
    return fact.role if fact else "records_officer"


def asked_as(path: tuple[str, ...]) -> str:
    """The name by which a fact file states what `path` leads to, and by which it is asked for.

    A leading field is stated by the record's own name (`criminal_inv_status: active`).

    >>> asked_as(("criminal_inv_status", "status")), asked_as(("request", "received_at"))
    ('criminal_inv_status', 'request.received_at')
    """
    fact = fact_at(FACTS, path[:-1]) if len(path) > 1 else None
    is_leading = (
        fact is not None and isinstance(fact.kind, Fields) and fact.kind.leading == path[-1]
    )
    return dotted(path[:-1] if is_leading else path)


@dataclass(frozen=True, slots=True)
class Found:
    """What a path leads to: the value, or None when nobody stated it."""

    value: Value | None
    absent: Absent


def look_up(record: Record | Unknown, fields: Mapping[str, Fact], path: tuple[str, ...]) -> Found:
    """The value at `path` in `record`; a record that is unknown has unknown fields."""
    if len(path) == 1 and isinstance(record, Record):
        return Found(record.values.get(path[0]), fields[path[0]].absent)
    here: Value | None = record
    fact: Fact | None = None
    for name in path:
        if here is UNKNOWN:
            break
        if fact is not None:
            fields = _inside(fact)
        fact = fields[name]
        if not isinstance(here, Record):
            return Found(None, fact.absent)
        here = here.values.get(name)
    return Found(here, Absent.NONE if fact is None else fact.absent)


def values_at(record: Record | Unknown, path: tuple[str, ...]) -> Iterator[Value]:
    """Every stated value at `path`, through registers too."""
    if record is UNKNOWN:
        yield UNKNOWN
        return
    value = record.values.get(path[0])
    rest = path[1:]
    if value is None:
        return
    if not rest:
        yield value
    elif isinstance(value, Many):
        for item in value.records:
            yield from values_at(item, rest)
    elif isinstance(value, Record) or value is UNKNOWN:
        yield from values_at(value, rest)


def _inside(fact: Fact) -> Mapping[str, Fact]:
    kind = fact.kind
    return kind.facts if isinstance(kind, Fields) else {}


def _plain(path: Path) -> str:
    return f"facts.{dotted(path)}"


def _place(nested: JsonObject, name: str, value: Json, locate: Locate) -> None:
    """Put `value` where a dotted name says."""
    clean = name.replace("[]", "").strip()
    head, *rest = ALIASES.get(clean, clean).split(".")
    if not rest:
        old = nested.get(head)
        nested[head] = (
            {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
        )
        return
    inner = nested.setdefault(head, {})
    if inner == UNKNOWN_WORD or not isinstance(inner, dict):
        raise PolicyPackError(
            "this fact is given whole and in part",
            where=locate((name,)),
            expected=f"a mapping under {head}",
            got=repr(inner),
        )
    inner[".".join(rest)] = value


def _move_aliases(nested: JsonObject) -> None:
    """Move facts that are written inside a record to the place the vocabulary gives them."""
    for spelling, name in ALIASES.items():
        head, _, field = spelling.partition(".")
        inner = nested.get(head)
        if field and isinstance(inner, dict) and field in inner:
            inner = dict(inner)
            nested.setdefault(name, inner.pop(field))
            nested[head] = inner
