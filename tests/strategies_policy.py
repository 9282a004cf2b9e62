"""Hypothesis builds fact files: any fact of the vocabulary, rightly typed, or `unknown`."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from hypothesis import strategies as st

from bwc.canonical import Json, JsonObject
from bwc.policy.cases import Case, read_cases
from bwc.policy.kinds import Age, Fields, Kind, Number, Register, Time, Word, Words, YesNo
from bwc.policy.shipped import SHIPPED
from bwc.policy.vocabulary import AUDIENCES, FACTS
from tests import strategies as profiles

__all__ = ["facts", "profiles", "values"]

_DAYS = st.dates(date(2025, 6, 1), date(2027, 6, 1)).map(date.isoformat)
_INSTANTS = st.datetimes(
    datetime(2025, 6, 1),  # noqa: DTZ001 - the zone is the strategy's own
    datetime(2027, 6, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.isoformat(timespec="minutes"))


def values(kind: Kind) -> st.SearchStrategy[Json]:
    """What may be written for a fact of this type."""
    return st.one_of(st.just("unknown"), _known(kind))


def _known(kind: Kind) -> st.SearchStrategy[Json]:
    if isinstance(kind, Word):
        return st.sampled_from(kind.words)
    if isinstance(kind, Words | Register):
        return st.lists(values(kind.of), max_size=2)
    if isinstance(kind, Fields):
        return _records(kind)
    return _SCALARS.get(type(kind), _TEXTS)


_TEXTS: st.SearchStrategy[Json] = st.text(
    st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=5
)
_SCALARS: dict[type[Kind], st.SearchStrategy[Json]] = {
    YesNo: st.booleans(),
    Time: st.one_of(_DAYS, _INSTANTS),
    Number: st.integers(0, 200),
    Age: st.integers(0, 120),
}


def _records(kind: Fields) -> st.SearchStrategy[Json]:
    names = st.lists(st.sampled_from(sorted(kind.facts)), unique=True, max_size=4)
    return names.flatmap(
        lambda chosen: st.fixed_dictionaries({n: values(kind.facts[n].kind) for n in chosen})
    )


def facts(most: int = 10) -> st.SearchStrategy[JsonObject]:
    """A fact file's mapping."""
    names = st.lists(st.sampled_from(sorted(FACTS)), unique=True, max_size=most)
    return names.flatmap(
        lambda chosen: st.fixed_dictionaries({n: values(FACTS[n].kind) for n in chosen})
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A case, for whom and when it is decided."""

    facts: JsonObject
    audience: str
    on: str


@cache
def _written(pack_id: str) -> list[Case]:
    return [case for case in read_cases(pack_id, SHIPPED) if case.facts]


@st.composite
def asked_near(draw: st.DrawFn, pack_id: str) -> Asked:
    """A case of the pack (or of one below it) in which some facts are others."""
    written = _written(pack_id)
    case, other = draw(st.sampled_from(written)), draw(st.sampled_from(written))
    changed: JsonObject = deepcopy(dict(case.facts))
    for name in draw(st.lists(st.sampled_from(sorted(other.facts)), unique=True, max_size=2)):
        changed[name] = deepcopy(other.facts[name])
    for name in draw(st.lists(st.sampled_from(sorted(changed)), unique=True, max_size=2)):
        changed.pop(name)
    changed |= draw(facts(most=2))
    happened = changed.get("incident_at")
    for name in ("agency_knew_at", "agency_should_have_known_at"):
        if str(changed.get(name)) < str(happened):  # nobody knows of what has not happened
            changed[name] = happened
    audience = draw(st.sampled_from([case.audience, other.audience, *AUDIENCES]))
    on = draw(st.sampled_from([case.on, other.on, "2026-03-01"]))
    return Asked(changed, audience, on)


@st.composite
def hidden_in(draw: st.DrawFn, known: JsonObject) -> tuple[str, JsonObject]:
    """One fact that is stated, by its dotted name, and the case in which it is unknown."""
    less = deepcopy(known)
    places = sorted(_places(less, ()), key=str)
    if not places:
        return "", less
    path = draw(st.sampled_from(places))
    here: Json = less
    for part in path[:-1]:
        here = here[part]  # type: ignore[index, call-overload]
    here[path[-1]] = "unknown"  # type: ignore[index, call-overload]
    return ".".join(str(part) for part in path if isinstance(part, str)), less


def _places(value: Json, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Where something is stated, down to single fields."""
    inside: Iterable[tuple[str | int, Json]] = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        inside = enumerate(value)
    for key, item in inside:
        yield (*path, key)
        yield from _places(item, (*path, key))


_EXEMPTIONS: dict[str, list[Json]] = {
    "orders": [{"court": "X", "kind": "seal", "from": "2020-01-01"}],
    "original_hash_ok": [False],
    "render_irreversible": [False],
    "redaction_adequate": [False],
    "segments": [
        {"track": "video", "elements": ["undercover_identity"]},
        {"track": "audio", "elements": ["ssn"]},
    ],
    "persons": [{"role": "undercover"}, {"role": ["minor", "bystander"]}],
}


@st.composite
def exemptions(draw: st.DrawFn, known: JsonObject) -> JsonObject:
    """The case with one reason more not to show something."""
    more = deepcopy(known)
    names = set(_EXEMPTIONS)
    if "comprehension_preserved" in known:  # one redaction that fails both ways is its own case
        names.remove("redaction_adequate")
    name = draw(st.sampled_from(sorted(names)))
    added = draw(st.sampled_from(_EXEMPTIONS[name]))
    if isinstance(added, dict):
        old = more.get(name)
        entries = old if isinstance(old, list) else [] if old is None else [old]
        more[name] = [*entries, added]
    elif more.get(name) != "unknown":  # to learn that it is not so is no reason more
        more[name] = added
    return more
