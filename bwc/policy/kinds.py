"""The types a fact may have, and how a written value is read into one.

Every type takes `unknown`. A record may be given in full or, where it has a leading field, by
that field alone (`criminal_inv_status: active`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from typing import Final, Protocol, TypeAlias, Union

from bwc.canonical import Json
from bwc.errors import InvalidInput, PolicyPackError
from bwc.policy.moments import Moment, parse_moment

UNKNOWN_WORD = "unknown"

Path: TypeAlias = tuple[str | int, ...]
"""Where in a document a value stands."""


class Unknown(Enum):
    """The value of a fact that was asked for and is not known."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class WordSet:
    """A set of words; `open` when it holds `unknown`, so that others may belong to it."""

    words: frozenset[str]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """Named values; what is not in `values` was not stated."""

    values: Mapping[str, "Value"]


@dataclass(frozen=True, slots=True)
class Many:
    """A register: records in the order they were written; an unknown entry may be anything."""

    records: tuple["Record | Unknown", ...]


Value: TypeAlias = Union[Unknown, bool, int, float, str, Moment, WordSet, Record, Many]


class Absent(Enum):
    """What it means that nobody stated a fact."""

    ASK = "ask"
    """The question stays open, as if it were unknown."""
    NONE = "none"
    """It has not happened, or nobody has asserted it: no test of it holds."""


class Locate(Protocol):
    """Says where in its file a path stands, for error messages."""

    def __call__(self, path: Path) -> str:
        """Such as `facts.yaml:7: complaints.0.by`."""
        ...


def dotted(path: Path) -> str:
    """A path as people write it.

    >>> dotted(("complaints", 0, "by"))
    'complaints.0.by'
    """
    return ".".join(str(part) for part in path)


class Kind(Protocol):
    """One type."""

    def read(self, raw: Json, path: Path, locate: Locate) -> Value:
        """The value written as `raw`; never called with `unknown` or null."""
        ...

    def phrase(self) -> str:
        """What is expected, for people."""
        ...


def read_value(kind: Kind, raw: Json, path: Path, locate: Locate) -> Value:
    """`raw` as `kind`, or unknown."""
    if isinstance(raw, str) and raw.strip().lower() == UNKNOWN_WORD:
        return UNKNOWN
    return kind.read(raw, path, locate)


def refuse(kind: Kind, raw: Json, path: Path, locate: Locate) -> PolicyPackError:
    """The error for a value of the wrong type."""
    return PolicyPackError(
        "this fact has another type", where=locate(path), expected=kind.phrase(), got=repr(raw)
    )


@dataclass(frozen=True, slots=True)
class Word:
    """One word: of a closed list, or any where the list is only a beginning (`closed=False`).

    Words that can be ranked are listed from the least to the greatest.
    """

    words: tuple[str, ...]
    closed: bool = True
    ranked: bool = False
    aliases: Mapping[str, str] = field(default_factory=dict)

    def read(self, raw: Json, path: Path, locate: Locate) -> str:
        """The word, in lower case with underscores; an alias becomes the word it stands for."""
        if isinstance(raw, bool) and ("true" if raw else "false") in self.aliases:
            raw = "true" if raw else "false"
        if not isinstance(raw, str):
            raise refuse(self, raw, path, locate)
        word = raw.strip().lower().replace(" ", "_").replace("-", "_")
        word = self.aliases.get(word, word)
        if self.closed and word not in self.words:
            raise refuse(self, raw, path, locate)
        return word

    def phrase(self) -> str:
        """What is expected, for people."""
        listed = ", ".join(self.words)
        return f"one of {listed}" if self.closed else f"a word such as {listed}"


@dataclass(frozen=True, slots=True)
class Words:
    """A set of words."""

    of: Word

    def read(self, raw: Json, path: Path, locate: Locate) -> WordSet:
        """A list, or one word alone."""
        items = raw if isinstance(raw, list) else [raw]
        words: set[str] = set()
        is_open = False
        for index, item in enumerate(items):
            value = read_value(self.of, item, (*path, index), locate)
            if isinstance(value, str):
                words.add(value)
            else:
                is_open = True
        return WordSet(frozenset(words), is_open)

    def phrase(self) -> str:
        """What is expected, for people."""
        return f"a list, each {self.of.phrase()}"


@dataclass(frozen=True, slots=True)
class YesNo:
    """True or false."""

    def read(self, raw: Json, path: Path, locate: Locate) -> bool:
        """A YAML boolean; `yes` and `no` count."""
        if isinstance(raw, str) and raw.lower() in {"yes", "no"}:
            return raw.lower() == "yes"
        if not isinstance(raw, bool):
            raise refuse(self, raw, path, locate)
        return raw

    def phrase(self) -> str:
        """What is expected, for people."""
        return "true, false or unknown"


@dataclass(frozen=True, slots=True)
class Time:
    """A moment."""

    def read(self, raw: Json, path: Path, locate: Locate) -> Moment:
        """A day or a time with offset."""
        if not isinstance(raw, str):
            raise refuse(self, raw, path, locate)
        try:
            return parse_moment(raw)
        except InvalidInput as exc:
            raise PolicyPackError(
                exc.what, where=locate(path), expected=exc.expected, got=exc.got
            ) from exc

    def phrase(self) -> str:
        """What is expected, for people."""
        return "a day such as 2026-03-01 or a time with offset such as 2026-03-01T12:00-07:00"


@dataclass(frozen=True, slots=True)
class Number:
    """A count or a measure; negative never."""

    unit: str = ""

    def read(self, raw: Json, path: Path, locate: Locate) -> int | float:
        """A YAML number."""
        if isinstance(raw, bool) or not isinstance(raw, int | float) or raw < 0:
            raise refuse(self, raw, path, locate)
        return raw

    def phrase(self) -> str:
        """What is expected, for people."""
        return f"a number of {self.unit}" if self.unit else "a number"


@dataclass(frozen=True, slots=True)
class Age:
    """Years of age, or merely whether the age is known."""

    def read(self, raw: Json, path: Path, locate: Locate) -> int | float | bool:
        """A YAML number or boolean."""
        if not isinstance(raw, int | float) or raw < 0:
            raise refuse(self, raw, path, locate)
        return raw

    def phrase(self) -> str:
        """What is expected, for people."""
        return "years of age, or true or false for whether the age is known"


@dataclass(frozen=True, slots=True)
class Text:
    """Free words of a person; rules only ask whether they were written."""

    def read(self, raw: Json, path: Path, locate: Locate) -> str:
        """Any scalar, as text."""
        if isinstance(raw, list | dict):
            raise refuse(self, raw, path, locate)
        return raw if isinstance(raw, str) else str(raw)

    def phrase(self) -> str:
        """What is expected, for people."""
        return "a text"


@dataclass(frozen=True, slots=True)
class Fact:
    """One name of the closed vocabulary.

    `role` is who may assert it and is asked when it is missing; `not_before` is the fact that it
    cannot lie before.
    """

    name: str
    kind: Kind
    about: str
    role: str = "records_officer"
    absent: Absent = Absent.NONE
    not_before: str | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """A record of named facts. `leading` is the field a bare value stands for."""

    facts: Mapping[str, Fact]
    leading: str | None = None
    none_words: tuple[str, ...] = ()

    def read(self, raw: Json, path: Path, locate: Locate) -> Record:
        """A mapping, or the leading field alone."""
        if isinstance(raw, str) and raw.lower() in self.none_words:
            return Record({})
        if not isinstance(raw, dict):
            if self.leading is None or isinstance(raw, list):
                raise refuse(self, raw, path, locate)
            raw = {self.leading: raw}
        return Record(dict(members(self.facts, raw, path, locate)))

    def phrase(self) -> str:
        """What is expected, for people."""
        return f"a mapping with some of {', '.join(self.facts)}"


@dataclass(frozen=True, slots=True)
class Register:
    """A list of records; one record alone is a list of one."""

    of: Fields

    def read(self, raw: Json, path: Path, locate: Locate) -> Many:
        """Each entry in its order."""
        if isinstance(raw, str) and raw.lower() == "none":
            return Many(())
        items: Sequence[Json] = raw if isinstance(raw, list) else [raw]
        records: list[Record | Unknown] = []
        for index, item in enumerate(items):
            at = (*path, index) if isinstance(raw, list) else path
            value = read_value(self.of, item, at, locate)
            records.append(value if isinstance(value, Record) else UNKNOWN)
        return Many(tuple(records))

    def phrase(self) -> str:
        """What is expected, for people."""
        return f"a list, each {self.of.phrase()}"


def members(
    facts: Mapping[str, Fact], raw: Mapping[str, Json], path: Path, locate: Locate
) -> Iterator[tuple[str, Value]]:
    """The stated members of a mapping; null means that nothing is stated."""
    for name, item in raw.items():
        fact = facts.get(name)
        if fact is None:
            near = get_close_matches(name, facts, n=3)
            raise PolicyPackError(
                "no fact has this name",
                where=locate((*path, name)),
                expected=" or ".join(near) or f"one of {', '.join(facts)}",
                got=name,
                advice="The names are listed by `bwc policy facts`",
            )
        if item is not None:
            yield name, read_value(fact.kind, item, (*path, name), locate)
