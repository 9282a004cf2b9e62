"""A recording's plan as its reviewer works on it: versions, persons, tracks, and where to look."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.recording import Recording
from bwc.catalog.rendering import Certificate, Rendering, Verdict
from bwc.catalog.rendering import Plan as PlanRow
from bwc.catalog.review import ReviewComment
from bwc.custody.acts import Act, Subject
from bwc.errors import NotFound
from bwc.ids import Sha256
from bwc.redaction.keep_persons import view_persons
from bwc.redaction.order import carrying, newest_plan_row, rendering_under_way
from bwc.redaction.person_list import PersonLine
from bwc.redaction.plan import Change, Plan, parse_plan
from bwc.redaction.plan_words import describe
from bwc.redaction.review_list import Place, places
from bwc.redaction.view_edits import Edits, edits_of

MOST = 60  # places in a list that one person reads; others come as these are accepted
IDLE = timedelta(minutes=5)  # a longer pause between two acts was no work on this recording
REVIEWING = (
    Act.VIEWING.value,
    Act.PLAN_MADE.value,
    Act.REDACTION_REQUESTED.value,
    Act.REDACTION_COMMENTED.value,
    Act.REDACTION_SENT_BACK.value,
)
MACHINES = ("bwc", "analysis")
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US


@dataclass(frozen=True, slots=True)
class TrackLine:
    """One track in a line; `person` where it belongs to one."""

    id: int
    person: int | None
    words: str
    exemption: str


@dataclass(frozen=True, slots=True)
class Effort:
    """What reviewing took: minutes of people, and of the recording."""

    reviewer_minutes: float
    source_minutes: float

    @property
    def per_source_minute(self) -> float:
        """Reviewer minutes for a minute of the recording."""
        return self.reviewer_minutes / self.source_minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """All that the page of a review shows; `carrying` are the jobs that carry what was drawn."""

    plan: Plan
    version: int
    author: str
    is_rendered: bool
    is_rendering: bool
    verdict: Verdict | None
    persons: tuple[PersonLine, ...]
    crops: dict[int, Sha256]
    tracks: tuple[TrackLine, ...]
    places: tuple[Place, ...]
    accepted: int
    history: tuple[Change, ...]
    effort: Effort | None
    edits: Edits
    carrying: tuple[str, ...]


def view_review(session: Session, recording_id: str) -> Review | None:
    """The newest plan of a recording for its reviewer; None where it has no readable plan yet.

    Raises:
        NotFound: no such recording.
    """
    recording = session.get(Recording, recording_id)
    if recording is None:
        raise NotFound("there is no such recording", where=recording_id)
    standing = newest_plan_of(session, recording_id)
    if standing is None:
        return None
    row, plan = standing
    pictured = view_persons(session, recording_id)
    newest_rendering = _newest_rendering(session, recording_id)
    rendering = (
        newest_rendering if newest_rendering and newest_rendering.plan_id == row.id else None
    )
    found = places(plan, _findings(session, newest_rendering))
    fine = _accepted(session, recording_id)
    left = tuple(place for place in found if (place.second, place.accepting) not in fine)
    return Review(
        plan=plan,
        version=row.version,
        author=row.author,
        is_rendered=rendering is not None,
        is_rendering=rendering_under_way(session, recording_id) is not None,
        verdict=rendering.verdict if rendering else None,
        persons=pictured.persons,
        crops=pictured.crops,
        tracks=tuple(
            TrackLine(track.id, track.person, describe(track, plan), track.exemption)
            for track in plan.tracks
        ),
        places=left[:MOST],
        accepted=len(found) - len(left),
        history=tuple(reversed(plan.history)),
        effort=_effort(session, recording),
        edits=edits_of(plan, lasts=(recording.duration_us or 0) / SECOND_US),
        carrying=tuple(job.id for job in carrying(session, recording_id)),
    )


def newest_plan_of(session: Session, recording_id: str) -> tuple[PlanRow, Plan] | None:
    """The newest plan of a recording; None where it has no readable one yet."""
    row = newest_plan_row(session, recording_id)
    return None if row is None else (row, parse_plan(row.document, where=row.id))


def newest_version_of(session: Session, recording_id: str) -> int | None:
    """The version of the newest plan, without reading it."""
    newest = sa.select(sa.func.max(PlanRow.version)).where(PlanRow.recording_id == recording_id)
    return session.scalar(newest)


def worked(moments: list[datetime]) -> timedelta:
    """The time between acts that lie at most `IDLE` apart: the least that people worked."""
    ordered = sorted(moments)
    steps = (later - earlier for earlier, later in pairwise(ordered))
    return sum((step for step in steps if step <= IDLE), timedelta())


def _effort(session: Session, recording: Recording) -> Effort | None:
    """What the ledger says of the people who looked at a recording and changed its plans."""
    if not recording.duration_us:
        return None
    by_hand = sa.select(PlanRow.id).where(PlanRow.recording_id == recording.id)
    plans = by_hand.where(PlanRow.job_id.is_(None))  # a job ends when nobody need be there
    ids = [recording.id, *session.scalars(plans)]
    acts = sa.select(CustodyEntry.actor, CustodyEntry.occurred_at).where(
        CustodyEntry.subject_kind.in_((Subject.RECORDING.value, Subject.PLAN.value)),
        CustodyEntry.subject_id.in_(ids),
        CustodyEntry.act.in_(REVIEWING),
        CustodyEntry.actor.not_in(MACHINES),
    )
    by_person: dict[str, list[datetime]] = {}
    for actor, at in session.execute(acts):
        by_person.setdefault(actor, []).append(at)
    total = sum((worked(moments) for moments in by_person.values()), timedelta())
    minutes = total / timedelta(minutes=1)
    return Effort(round(minutes, 1), recording.duration_us / MINUTE_US)


def _accepted(session: Session, recording_id: str) -> set[tuple[float | None, str]]:
    """The moments that somebody looked at and found fine, with what he said."""
    query = sa.select(ReviewComment.second, ReviewComment.text).where(
        ReviewComment.recording_id == recording_id, ReviewComment.settled_at.is_not(None)
    )
    return {(row.second, row.text) for row in session.execute(query)}


def _newest_rendering(session: Session, recording_id: str) -> Rendering | None:
    made = sa.select(Rendering).where(Rendering.recording_id == recording_id)
    order = made.order_by(Rendering.created_at.desc(), Rendering.id.desc())
    return session.scalars(order.limit(1)).first()


def _findings(session: Session, rendering: Rendering | None) -> list[JsonObject]:
    """What verification found in a rendering."""
    if rendering is None:
        return []
    query = sa.select(Certificate.document).where(Certificate.rendering_id == rendering.id)
    document = session.scalars(query).first() or {}
    listed = document.get("findings")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
