"""The chain itself, as values: how an entry is sealed and where a chain first breaks. Pure.

An entry's hash is the sha256 of the canonical JSON of everything else in it, the hash of the entry
before it included. The first entry stands on `GENESIS`.
"""

from dataclasses import dataclass
from datetime import datetime

from bwc.canonical import JsonObject, digest
from bwc.clock import iso
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


def seal(entry: Entry) -> Sha256:
    """The hash of `entry`."""
    return digest(
        {
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
    )
