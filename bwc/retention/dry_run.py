"""The dry run of retention: what would be destroyed today and what stays, with the reason of each.

Nothing is written. Recordings are asked a page at a time, the oldest first: for each the rules are
asked with the facts of its own case.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.people import Officer
from bwc.catalog.recording import Recording, RecordingState
from bwc.policy.rules import Packs
from bwc.retention.schedule import DISPOSABLE, Scheduled, Standing, schedule


@dataclass(frozen=True, slots=True)
class DryLine:
    """One recording: whether it would go, and why or why not."""

    recording_id: str
    name: str
    badge: str | None
    received_at: datetime
    size_bytes: int
    item: Scheduled

    @property
    def goes(self) -> bool:
        """Whether it would be destroyed if two people agreed."""
        return self.item.standing in DISPOSABLE

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            **self.item.summary(),
            "name": self.name,
            "badge": self.badge,
            "size_bytes": self.size_bytes,
            "goes": self.goes,
        }


@dataclass(frozen=True, slots=True)
class DryRun:
    """A page of recordings, how many stand how among them, and how many there are in all."""

    lines: tuple[DryLine, ...]
    next: str | None
    total: int

    @property
    def standings(self) -> list[tuple[Standing, int]]:
        """How many of this page stand how, in the order of the reasons to keep."""
        counted = Counter(line.item.standing for line in self.lines)
        return [(one, counted[one]) for one in Standing if counted[one]]

    @property
    def freed_bytes(self) -> int:
        """What would be freed by this page."""
        return sum(line.size_bytes for line in self.lines if line.goes)

    def document(self) -> JsonObject:
        """As JSON."""
        lines: list[Json] = [line.document() for line in self.lines]
        standings: JsonObject = {one.value: count for one, count in self.standings}
        return {
            "items": lines,
            "next": self.next,
            "total": self.total,
            "standings": standings,
            "freed_bytes": self.freed_bytes,
        }


def dry_run(
    session: Session, packs: Packs, *, at: datetime, limit: int, after: str | None = None
) -> DryRun:
    """What the rules say of recordings now.

    Args:
        session: a session of the catalog; nothing is written.
        packs: the packs in force.
        at: now, in the agency's own zone.
        limit: recordings of one page.
        after: the recording that the page before ended with.
    """
    still = Recording.state != RecordingState.DISPOSED
    query = (
        sa.select(Recording, Officer.badge)
        .outerjoin(Officer, Officer.id == Recording.officer_id)
        .where(still)
        .order_by(Recording.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Recording.id > after)
    rows = session.execute(query).all()
    lines = tuple(
        DryLine(
            recording_id=row.id,
            name=row.original_name,
            badge=badge,
            received_at=row.received_at,
            size_bytes=row.size_bytes,
            item=schedule(session, packs, row.id, at=at),
        )
        for row, badge in rows
    )
    total = session.scalar(sa.select(sa.func.count(Recording.id)).where(still)) or 0
    return DryRun(lines, lines[-1].recording_id if len(lines) == limit else None, total)
