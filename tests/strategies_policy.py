"""Hypothesis builds fact files: any fact of the vocabulary, rightly typed, or `unknown`."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from bwc.canonical import Json, JsonObject
from bwc.policy.kinds import Age, Fields, Kind, Number, Register, Time, Word, Words, YesNo
from bwc.policy.vocabulary import FACTS
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


def facts() -> st.SearchStrategy[JsonObject]:
    """A fact file's mapping."""
    names = st.lists(st.sampled_from(sorted(FACTS)), unique=True, max_size=10)
    return names.flatmap(
        lambda chosen: st.fixed_dictionaries({n: values(FACTS[n].kind) for n in chosen})
    )
