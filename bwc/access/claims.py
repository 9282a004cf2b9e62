"""Who has taken which piece of the queue's work. It binds nobody: it spares two people one work.

Each piece that changes hands is a custody entry, so that who had a duty when it was due can be read
later. Two people who give the same piece at the same instant come one after the other.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bwc.access.roles import Right, allowed
from bwc.access.users import get_user, list_users
from bwc.catalog.release import Release
from bwc.catalog.review import WorkClaim
from bwc.catalog.user import User
from bwc.catalog.views.queue import Step
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import InvalidInput, NotFound

Piece = tuple[str, str]  # the step, and the id of what it is done to

DONE_TO: dict[Step, Subject] = {
    Step.STATE_FACT: Subject.OBLIGATION,
    Step.PROVE: Subject.OBLIGATION,
    Step.DESTROY: Subject.OBLIGATION,
    Step.TIE_REQUEST: Subject.REQUEST,
    Step.MEND: Subject.JOB,
}
"""What a step is done to; every other one to a recording, or a release to one person."""


def assign(
    session: Session,
    pieces: Iterable[Piece],
    username: str,
    *,
    waiting: Collection[Piece],
    by: str,
    at: datetime,
) -> None:
    """Give pieces of work to a person, all or none; whoever had them has them no more.

    Args:
        session: a writing session of the catalog.
        pieces: the work.
        username: who shall have it.
        waiting: what the queue holds now: nothing else can be given.
        by: who gives it.
        at: when, aware.

    Raises:
        NotFound: no such account, or a piece is not in the queue; the message names it.
        InvalidInput: that person works on no queue, or the account is closed.
    """
    user = get_user(session, username)
    if not _works(user):
        raise InvalidInput("this person works on no queue", where=username)
    wanted = sorted(set(pieces))  # in one order: two who give the same work wait, and do not lock
    for step, subject_id in wanted:
        if (step, subject_id) not in waiting:
            raise NotFound(
                "this work does not wait in the queue",
                where=f"{step} {subject_id}"[:80],
                advice="It may be done by now: load the queue again. Nothing was assigned",
            )
    for piece in wanted:
        before = _take(session, piece, username, at=at)
        if before != username:
            _note(session, piece, before=before, after=username, by=by, at=at)


def give_back(session: Session, pieces: Iterable[Piece], *, by: str, at: datetime) -> None:
    """Take pieces of work from whoever has them; what nobody has stays nobody's."""
    for step, subject_id in sorted(set(pieces)):
        freed = session.execute(
            sa.delete(WorkClaim)
            .where(WorkClaim.step == step, WorkClaim.subject_id == subject_id)
            .returning(WorkClaim.username)
        ).scalar()
        if freed is not None:
            _note(session, (step, subject_id), before=freed, after=None, by=by, at=at)


def claims(session: Session) -> dict[Piece, str]:
    """Who has what; what a closed account or another role has is nobody's."""
    query = sa.select(WorkClaim, User).join(User, User.username == WorkClaim.username)
    return {
        (row.step, row.subject_id): user.username
        for row, user in session.execute(query)
        if _works(user)
    }


def workers(session: Session) -> list[str]:
    """Who may be given work, by user name."""
    return [user.username for user in list_users(session) if _works(user)]


def _works(user: User) -> bool:
    return user.active and allowed(user.role, Right.SEE_QUEUE)


def _take(session: Session, piece: Piece, username: str, *, at: datetime) -> str | None:
    """Write the claim; who had it before. A claim that another writes now is waited for."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = session.execute(
        insert(WorkClaim)
        .values(step=piece[0], subject_id=piece[1], username=username, claimed_at=at)
        .on_conflict_do_nothing()
        .returning(WorkClaim.username)
    )
    if made.first() is not None:
        return None
    row = session.get_one(WorkClaim, piece, with_for_update=True, populate_existing=True)
    before = row.username
    row.username, row.claimed_at = username, at
    session.flush()
    return before


def _note(
    session: Session, piece: Piece, *, before: str | None, after: str | None, by: str, at: datetime
) -> None:
    """The custody entry of a piece that changed hands."""
    step, subject_id = piece
    record(
        session,
        Act.WORK_ASSIGNED if after is not None else Act.WORK_GIVEN_BACK,
        about=About(_kind(session, Step(step), subject_id), subject_id),
        actor=by,
        at=at,
        detail={"step": step, "for": after},
        before={"for": before},
    )


def _kind(session: Session, step: Step, subject_id: str) -> Subject:
    """What a piece of work is done to: the queue names a release to one person by its own id."""
    if step is Step.APPROVE and session.get(Release, subject_id) is not None:
        return Subject.RELEASE
    return DONE_TO.get(step, Subject.RECORDING)
