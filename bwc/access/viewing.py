"""Watching unreleased footage leaves a trace: one custody entry per person, file and sitting.

A player asks for the same file many times over; what counts is that this person looked at it then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from bwc.access.roles import Actor
from bwc.canonical import JsonObject
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.store import Catalog
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record

SITTING = timedelta(minutes=30)


class Shown(StrEnum):
    """What was looked at."""

    POSTER = "poster"
    PROXY = "proxy"
    RENDERING = "rendering"
    PERSON = "picture of a person"


@dataclass(frozen=True, slots=True)
class Viewing:
    """One look: whose footage, which bytes, what they are, and for which audit if for one."""

    recording_id: str
    sha256: str
    shown: Shown
    audit: str | None = None

    def detail(self) -> JsonObject:
        """What custody keeps of it."""
        found: JsonObject = {"sha256": self.sha256, "shown": self.shown.value}
        return found if self.audit is None else found | {"audit": self.audit}


def note_viewing(catalog: Catalog, viewing: Viewing, *, actor: Actor, at: datetime) -> None:
    """Write down that `actor` looks at this, before he is given the first byte."""
    recent = sa.select(CustodyEntry.detail).where(
        CustodyEntry.subject_kind == Subject.RECORDING.value,
        CustodyEntry.subject_id == viewing.recording_id,
        CustodyEntry.act == Act.VIEWING.value,
        CustodyEntry.actor == actor.username,
        CustodyEntry.occurred_at > at - SITTING,
    )
    with catalog.read() as session:
        if any(detail.get("sha256") == viewing.sha256 for detail in session.scalars(recent)):
            return
    with catalog.write() as session:
        record(
            session,
            Act.VIEWING,
            about=About(Subject.RECORDING, viewing.recording_id),
            actor=actor.username,
            at=at,
            detail=viewing.detail(),
        )
        session.commit()
