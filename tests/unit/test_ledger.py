"""The chain: whatever is changed, taken out, put in or cut off, the first broken link is named."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwc.canonical import JsonObject
from bwc.custody.ledger import (
    GENESIS,
    Entry,
    Fault,
    Head,
    Link,
    Walk,
    first_break,
    seal,
)
from bwc.ids import Sha256
from tests.strategies import json_values

START = datetime(2026, 3, 1, tzinfo=UTC)
documents = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), json_values)


def chain_of(details: list[JsonObject]) -> list[Link]:
    links: list[Link] = []
    for place, detail in enumerate(details, start=1):
        entry = Entry(
            position=place,
            occurred_at=START + timedelta(seconds=place),
            actor="worker",
            act="fixity check",
            subject_kind="recording",
            subject_id=f"recording {place}",
            before=None,
            detail=detail,
            previous_hash=links[-1].hash if links else GENESIS,
        )
        links.append(Link(entry, seal(entry)))
    return links


def resealed(links: list[Link]) -> list[Link]:
    """The whole chain written anew, as one who owns the database could."""
    return chain_of([link.entry.detail for link in links])


CHAIN = chain_of([{"number": number} for number in range(6)])


def test_an_empty_ledger_is_sound() -> None:
    assert first_break([]) is None


@given(st.lists(documents, max_size=4))
def test_an_untouched_chain_is_sound_and_holds_each_of_its_heads(details: list[JsonObject]) -> None:
    links = chain_of(details)
    heads = [Head(link.entry.position, link.hash) for link in links]
    assert first_break(links, heads) is None


@given(st.data())
def test_any_change_of_any_field_breaks_the_chain_at_that_link(data: st.DataObject) -> None:
    links = chain_of(data.draw(st.lists(documents, min_size=1, max_size=3)))
    place = data.draw(st.integers(0, len(links) - 1))
    link = links[place]
    name = data.draw(st.sampled_from([field.name for field in fields(Entry)]))
    old = getattr(link.entry, name)
    new = data.draw(_others(old).filter(lambda value: value != old))
    links[place] = Link(replace(link.entry, **{name: new}), link.hash)
    broken = first_break(links)
    assert broken is not None
    assert broken.position == place + 1
    if name != "position":
        assert broken.fault is Fault.CHANGED


@given(st.data())
def test_any_digit_changed_in_a_hash_breaks_the_chain_at_that_link(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(CHAIN) - 1))
    digit = data.draw(st.integers(0, 63))
    old = CHAIN[place].hash
    new = data.draw(st.sampled_from(sorted(set("0123456789abcdef") - {old[digit]})))
    links = list(CHAIN)
    links[place] = replace(links[place], hash=Sha256(old[:digit] + new + old[digit + 1 :]))
    broken = first_break(links)
    assert broken is not None
    assert (broken.position, broken.fault) == (place + 1, Fault.CHANGED)


def _moved(links: list[Link], place: int, to: int) -> list[Link]:
    rest = [link for link in links if link is not links[place]]
    return [*rest[:to], links[place], *rest[to:]]


def _forged() -> Link:
    """A false third entry, sealed well, that stands on the second."""
    entry = replace(CHAIN[2].entry, detail={"number": "forged"})
    return Link(entry, seal(entry))


TAMPERED: dict[str, tuple[Callable[[], list[Link]], int, Fault]] = {
    "an entry is taken out": (lambda: CHAIN[:2] + CHAIN[3:], 3, Fault.MISSING),
    "the first entry is taken out": (lambda: CHAIN[1:], 1, Fault.MISSING),
    "an entry is there twice": (lambda: [*CHAIN[:3], *CHAIN[2:]], 4, Fault.INSERTED),
    "a forged entry claims a taken place": (
        lambda: [*CHAIN[:3], _forged(), *CHAIN[3:]],
        4,
        Fault.INSERTED,
    ),
    "an early entry comes late": (lambda: [*CHAIN, CHAIN[1]], 7, Fault.REORDERED),
    "two entries are swapped": (lambda: _moved(CHAIN, 2, 3), 3, Fault.MISSING),
    "an entry is replaced by a forged one, sealed anew": (
        lambda: [*CHAIN[:2], _forged(), *CHAIN[3:]],
        4,
        Fault.UNLINKED,
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_the_first_broken_link_is_named_when(what: str) -> None:
    make, position, fault = TAMPERED[what]
    broken = first_break(make())
    assert broken is not None
    assert (broken.position, broken.fault) == (position, fault)


@pytest.mark.parametrize("kept", range(5))
def test_a_chain_cut_off_is_noticed_against_a_head_known_outside(kept: int) -> None:
    outside = Head(5, CHAIN[4].hash)
    assert first_break(CHAIN[:kept]) is None  # nothing in itself tells
    broken = first_break(CHAIN[:kept], [outside])
    assert broken is not None
    assert (broken.position, broken.fault) == (kept + 1, Fault.TRUNCATED)
    assert outside.hash in broken.expected


def test_a_chain_written_anew_is_noticed_against_a_head_known_outside() -> None:
    forged = resealed(
        [Link(replace(CHAIN[0].entry, detail={"number": "forged"}), CHAIN[0].hash), *CHAIN[1:]]
    )
    assert first_break(forged) is None
    broken = first_break(forged, [Head(6, CHAIN[5].hash), Head(3, CHAIN[2].hash)])
    assert broken is not None
    assert (broken.position, broken.fault) == (3, Fault.REWRITTEN)


def test_two_published_heads_that_contradict_each_other_break_the_chain() -> None:
    contradicting = [Head(3, CHAIN[2].hash), Head(3, Sha256("f" * 64))]
    broken = first_break(CHAIN, contradicting)
    assert broken is not None
    assert broken.fault is Fault.REWRITTEN


def test_a_walk_remembers_the_last_sound_link() -> None:
    walk = Walk()
    for link in CHAIN[:3]:
        assert walk.step(link) is None
    assert walk.step(_forged()) is not None
    assert walk.head == Head(3, CHAIN[2].hash)


def _others(old: object) -> st.SearchStrategy[object]:
    """Values of the kind of `old`."""
    match old:
        case int():
            return st.integers(0, 100)
        case datetime():
            return st.datetimes(
                min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - the zone is drawn beside it
                max_value=datetime(2100, 1, 1),  # noqa: DTZ001
                timezones=st.just(UTC),
            )
        case str():
            return st.text(st.characters(exclude_categories=["Cs"]))
        case _:
            return documents
