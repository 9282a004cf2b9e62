"""The footage that an auditor may watch: that of the officer-calls which he himself drew.

An audit is open to the one who drew it, for 90 days, and of it each draw until he has reviewed it:
so his review names all that he looked at. Everything else is refused, and so is a recording that is
not whole and at its place.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.access.roles import Actor, Right, allowed, require
from bwc.canonical import Json, JsonObject
from bwc.catalog.finding import Audit, AuditDraw, AuditReview
from bwc.catalog.recording import Recording, RecordingState
from bwc.clock import as_utc, iso
from bwc.coverage.audit_reviews import recordings_of
from bwc.coverage.audits import DrawLine, draw_lines
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.errors import NotFound, NotPermitted

OPEN_FOR = timedelta(days=90)
WATCHABLE = frozenset({RecordingState.STORED, RecordingState.READY})


@dataclass(frozen=True, slots=True)
class DrawnRecording:
    """One recording of a drawn officer-call; `proxy_sha256` is what a browser can play of it."""

    id: str
    original_name: str
    started_at: datetime | None
    state: RecordingState
    proxy_sha256: str | None

    @property
    def can_be_watched(self) -> bool:
        """Whether it is whole, at its place, and playable."""
        return self.state in WATCHABLE and self.proxy_sha256 is not None

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "id": self.id,
            "original_name": self.original_name,
            "started_at": None if self.started_at is None else iso(self.started_at),
            "state": self.state.value,
            "can_be_watched": self.can_be_watched,
        }


@dataclass(frozen=True, slots=True)
class DrawnFootage:
    """A draw with its recordings, by their beginning."""

    audit: str
    line: DrawLine
    recordings: tuple[DrawnRecording, ...]

    def document(self) -> JsonObject:
        """As JSON."""
        recordings: list[Json] = [one.document() for one in self.recordings]
        return {"audit": self.audit, "draw": self.line.document(), "recordings": recordings}


def open_draws(session: Session, audit: Audit, *, actor: Actor, at: datetime) -> AbstractSet[str]:
    """The draws of an audit whose footage `actor` may watch now."""
    if not (allowed(actor.role, Right.WATCH_DRAWN) and _is_open(audit, actor, at)):
        return frozenset()
    reviewed = sa.select(AuditReview.draw_id).where(AuditReview.reviewer == actor.username)
    query = sa.select(AuditDraw.id).where(
        AuditDraw.audit_id == audit.id, AuditDraw.id.not_in(reviewed)
    )
    return frozenset(session.scalars(query))


def drawn_footage(
    session: Session,
    draw_id: str,
    *,
    actor: Actor,
    at: datetime,
    rules: RuleBook = ALWAYS_ON_SCENE,
) -> DrawnFootage:
    """The recordings of a draw, for the one who may watch them.

    Raises:
        NotPermitted: the draw is not open to him.
        NotFound: no such draw.
    """
    require(actor, Right.WATCH_DRAWN)
    drawn = session.get(AuditDraw, draw_id)
    if drawn is None:
        raise NotFound("there is no such draw", where=draw_id)
    audit = session.get_one(Audit, drawn.audit_id)
    if draw_id not in open_draws(session, audit, actor=actor, at=at):
        raise NotPermitted(
            "the footage of this draw is not open to you",
            where=audit.number,
            expected="an audit that you drew in the last 90 days, and a draw not yet reviewed by you",
        )
    row = Recording
    query = sa.select(row).where(row.id.in_(recordings_of(session, drawn, rules)))
    return DrawnFootage(
        audit=audit.number,
        line=next(line for line in draw_lines(session, audit) if line.id == draw_id),
        recordings=tuple(
            DrawnRecording(
                film.id, film.original_name, film.started_at, film.state, film.proxy_sha256
            )
            for film in session.scalars(query.order_by(row.started_at, row.id))
        ),
    )


def require_drawn(footage: DrawnFootage, recording_id: str) -> DrawnRecording:
    """The recording, if it belongs to the draw and can be watched.

    Raises:
        NotPermitted: it belongs to another call or officer, is in quarantine or was disposed of.
        NotFound: there is no copy yet that a browser can play.
    """
    found = next((one for one in footage.recordings if one.id == recording_id), None)
    if found is None:
        raise NotPermitted("this recording is not of the call that was drawn", where=recording_id)
    if found.state not in WATCHABLE:
        raise NotPermitted(
            "this recording cannot be watched", where=recording_id, got=found.state.value
        )
    if found.proxy_sha256 is None:
        raise NotFound("there is no proxy of this recording yet", where=recording_id)
    return found


def _is_open(audit: Audit, actor: Actor, at: datetime) -> bool:
    """Whether `actor` drew it, and not too long ago."""
    return audit.drawn_by == actor.username and as_utc(at) < audit.drawn_at + OPEN_FOR
