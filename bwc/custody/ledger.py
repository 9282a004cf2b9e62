"""The chain itself, as values: how an entry is sealed and where a chain first breaks. Pure.

An entry's hash is the sha256 of the canonical JSON of everything else in it, the hash of the entry
before it included. The first entry stands on `GENESIS`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bwc.canonical import JsonObject, digest
from bwc.clock import iso
from bwc.errors import InvalidInput
from bwc.ids import Sha256

GENESIS = Sha256("0" * 64)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act as the chain sees it. `position` counts from 1."""

    position: int
    occurred_at: datetime
    actor: str
    act: str
    subject_kind: str
    subject_id: str
    before: JsonObject | None
    detail: JsonObject
    previous_hash: Sha256


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry's place and hash; position 0 and GENESIS for an empty ledger."""

    position: int
    hash: Sha256


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it was found, with the hash that was found beside it."""

    entry: Entry
    hash: Sha256


class Fault(StrEnum):
    """What is wrong at the first broken link."""

    CHANGED = "changed"  # its contents are not what its hash was made of
    MISSING = "missing"  # the entry that belongs here is gone
    INSERTED = "inserted"  # a second entry claims the place of the one before it
    REORDERED = "reordered"  # an earlier place comes after a later one
    UNLINKED = "unlinked"  # it does not stand on the entry before it
    TRUNCATED = "truncated"  # the chain ends before an entry that is known to have been
    REWRITTEN = "rewritten"  # whole in itself, but not the chain that is known outside


@dataclass(frozen=True, slots=True)
class Break:
    """The first broken link: what is wrong, and both sides of it.

    `position` counts links as they were walked, from 1: all before it are sound.
    """

    position: int
    fault: Fault
    expected: str
    got: str


class Walk:
    """Follows a chain link by link and remembers where it ended and where it first broke."""

    def __init__(self, known: Iterable[Head] = ()) -> None:
        """Start before the first entry; `known` are heads that were published outside."""
        self.head = Head(0, GENESIS)
        self._known = list(known)

    def step(self, link: Link) -> Break | None:
        """Take the next link; a Break where it is not the one that belongs there."""
        found = (
            _misplaced(link, after=self.head)
            or _changed(link)
            or _unlinked(link, after=self.head)
            or _rewritten(link, self._known)
        )
        if found is None:
            self.head = Head(link.entry.position, link.hash)
        return found

    def end(self) -> Break | None:
        """What is missing now that there are no more links."""
        last = max(self._known, key=lambda head: head.position, default=self.head)
        if last.position <= self.head.position:
            return None
        return Break(
            self.head.position + 1,
            Fault.TRUNCATED,
            expected=f"entries up to {last.position}, whose hash {last.hash} is known",
            got=f"the chain ends at {self.head.position}",
        )


def first_break(links: Iterable[Link], known: Iterable[Head] = ()) -> Break | None:
    """The first broken link of a whole chain, or None where it is sound.

    Args:
        links: the chain from its first entry, in the order it was found.
        known: heads of this chain that lie outside: in bundles, in the public log.
    """
    walk = Walk(known)
    breaks: Iterator[Break] = (found for link in links if (found := walk.step(link)))
    return next(breaks, None) or walk.end()


def seal(entry: Entry) -> Sha256:
    """The hash of `entry`."""
    return digest(document_of(entry))


def document_of(entry: Entry) -> JsonObject:
    """Everything that the hash of `entry` covers."""
    return {
        "position": entry.position,
        "occurred_at": iso(entry.occurred_at),
        "actor": entry.actor,
        "act": entry.act,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "before": entry.before,
        "detail": entry.detail,
        "previous_hash": entry.previous_hash,
    }


def _misplaced(link: Link, *, after: Head) -> Break | None:
    """Its place is not the next one."""
    place, expected = link.entry.position, after.position + 1
    if place == expected:
        return None
    if place > expected:
        fault = Fault.MISSING
    elif place == after.position:
        fault = Fault.INSERTED
    else:
        fault = Fault.REORDERED
    return Break(expected, fault, expected=f"entry {expected}", got=f"entry {place}")


def _changed(link: Link) -> Break | None:
    """Its contents do not give its hash."""
    try:
        sealed: str = seal(link.entry)
    except InvalidInput as error:
        sealed = str(error)
    if sealed == link.hash:
        return None
    return Break(
        link.entry.position,
        Fault.CHANGED,
        expected=f"contents with the hash {link.hash}",
        got=sealed,
    )


def _unlinked(link: Link, *, after: Head) -> Break | None:
    """It stands on another entry than the one before it."""
    if link.entry.previous_hash == after.hash:
        return None
    return Break(
        link.entry.position,
        Fault.UNLINKED,
        expected=f"an entry that follows {after.hash}",
        got=f"one that follows {link.entry.previous_hash}",
    )


def _rewritten(link: Link, known: Iterable[Head]) -> Break | None:
    """It is not the entry that is known outside."""
    place = link.entry.position
    other = [head.hash for head in known if head.position == place and head.hash != link.hash]
    if not other:
        return None
    return Break(place, Fault.REWRITTEN, expected=f"the published hash {other[0]}", got=link.hash)
