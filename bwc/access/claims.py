"""Who has taken which piece of the queue's work. It binds nobody: it spares two people one work."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.access.roles import Right, allowed
from bwc.access.users import get_user, list_users
from bwc.catalog.review import WorkClaim
from bwc.errors import InvalidInput

Piece = tuple[str, str]  # the step, and the id of what it is done to


def assign(session: Session, pieces: Iterable[Piece], username: str, *, at: datetime) -> None:
    """Give pieces of work to a person; whoever had them has them no more.

    Raises:
        NotFound: no such account.
        InvalidInput: that person works on no queue, or the account is closed.
    """
    user = get_user(session, username)
    if not user.active or not allowed(user.role, Right.SEE_QUEUE):
        raise InvalidInput("this person works on no queue", where=username)
    wanted = list(dict.fromkeys(pieces))
    give_back(session, wanted)
    session.add_all(
        WorkClaim(step=step, subject_id=subject_id, username=username, claimed_at=at)
        for step, subject_id in wanted
    )
    session.flush()


def give_back(session: Session, pieces: Iterable[Piece]) -> None:
    """Take pieces of work from whoever has them."""
    for step, subject_id in pieces:
        session.execute(
            sa.delete(WorkClaim).where(WorkClaim.step == step, WorkClaim.subject_id == subject_id)
        )


def claims(session: Session) -> dict[Piece, str]:
    """Who has what."""
    rows = session.execute(sa.select(WorkClaim.step, WorkClaim.subject_id, WorkClaim.username))
    return {(row.step, row.subject_id): row.username for row in rows}


def workers(session: Session) -> list[str]:
    """Who may be given work, by user name."""
    return [
        user.username
        for user in list_users(session)
        if user.active and allowed(user.role, Right.SEE_QUEUE)
    ]
