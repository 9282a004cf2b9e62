"""What reviewers say of the draws of a random audit, each on a form, and what they looked at.

What a reviewer looked at is taken from custody, not from his word.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog import tables
from bwc.catalog.finding import Audit, AuditDraw, AuditReview
from bwc.clock import as_utc
from bwc.coverage.report import call_coverage
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound


class Question(StrEnum):
    """What a reviewer says of each draw."""

    ACTIVATION = "camera on when it had to be"
    NOTICE = "people were told of the recording"
    DEESCALATION = "de-escalation tried before force"
    INTERVENTION = "duty to intervene kept"
    TAG = "tag names the right call and kind"


class Mark(StrEnum):
    """How a reviewer answers."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "does not apply"
    CANNOT_TELL = "cannot tell"


def review(
    session: Session,
    draw_id: str,
    answers: Mapping[Question, Mark],
    *,
    note: str,
    by: str,
    at: datetime,
    rules: RuleBook = ALWAYS_ON_SCENE,
) -> AuditReview:
    """One reviewer's form; every question is answered, and never twice by the same person.

    Raises:
        NotFound: no such draw.
        InvalidInput: a question without an answer.
        Conflict: this person reviewed it already.
    """
    drawn = session.get(AuditDraw, draw_id)
    if drawn is None:
        raise NotFound("there is no such draw", where=draw_id)
    missing = [question.value for question in Question if question not in answers]
    if missing:
        raise InvalidInput("every question needs an answer", expected=", ".join(missing))
    twice = sa.select(AuditReview.id).where(
        AuditReview.draw_id == draw_id, AuditReview.reviewer == by
    )
    if session.scalar(twice) is not None:
        raise Conflict("you reviewed this draw already", where=draw_id)
    looked_at: list[Json] = list(_looked_at(session, drawn, by, rules))
    filled: JsonObject = {question.name.lower(): answers[question].value for question in Question}
    row = AuditReview(
        draw_id=draw_id,
        reviewer=by,
        answers=filled,
        looked_at=looked_at,
        note=note.strip(),
        reviewed_at=as_utc(at),
    )
    session.add(row)
    session.flush()
    detail: JsonObject = {"draw": draw_id, "place": drawn.place, "looked_at": looked_at, **filled}
    about = About(Subject.AUDIT, drawn.audit_id)
    record(session, Act.AUDIT_REVIEWED, about=about, actor=by, at=at, detail=detail)
    return row


def reviews_of(session: Session, audit: Audit) -> Sequence[AuditReview]:
    """The audit's reviews, oldest first."""
    row = AuditReview
    query = (
        sa.select(row)
        .join(AuditDraw, row.draw_id == AuditDraw.id)
        .where(AuditDraw.audit_id == audit.id)
        .order_by(row.reviewed_at, row.id)
    )
    return session.scalars(query).all()


def recordings_of(session: Session, drawn: AuditDraw, rules: RuleBook) -> set[str]:
    """The recordings that the drawn officer made on the drawn call, as coverage counts them."""
    call = session.get_one(tables.Call, drawn.call_id)
    badge = session.get_one(tables.Officer, drawn.officer_id).badge
    return {
        one
        for part in call_coverage(session, call.number, rules=rules)
        if part.coverage.badge == badge
        for one in part.quality.recordings
    }


def _looked_at(session: Session, drawn: AuditDraw, by: str, rules: RuleBook) -> list[str]:
    """The recordings of the draw that this person opened, as custody knows."""
    entry = tables.CustodyEntry
    seen = sa.select(entry.subject_id).where(
        entry.act == Act.VIEWING.value,
        entry.actor == by,
        entry.subject_id.in_(recordings_of(session, drawn, rules)),
    )
    return sorted(set(session.scalars(seen)))
