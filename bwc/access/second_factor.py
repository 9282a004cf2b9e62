"""The second factor: set up by its owner, asked for before what cannot be undone.

A session is confirmed by a code, for `CONFIRMED_FOR`. Rights in `GUARDED` need a confirmed session
from everyone who has a second factor, and where the settings demand one, from everybody. The secret
is sealed with the key of the house (`bwc.access.sealed_secrets`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.access.codes import matching_step
from bwc.access.roles import Right
from bwc.access.sealed_secrets import open_secret, seal_secret
from bwc.access.sessions import SignInLimits
from bwc.access.users import end_sessions, get_user, record_change
from bwc.canonical import JsonObject
from bwc.catalog.store import Catalog
from bwc.catalog.user import Session as SessionRow
from bwc.catalog.user import User
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotPermitted

CONFIRMED_FOR = timedelta(minutes=15)
GUARDED = frozenset(
    {
        Right.APPROVE_RELEASE,
        Right.WITHDRAW_RELEASE,
        Right.ISSUE_LINK,
        Right.PROPOSE_DISPOSAL,
        Right.APPROVE_DISPOSAL,
        Right.MANAGE_USERS,
        Right.MANAGE_CAMERAS,
        Right.IMPORT_RECORDS,
        Right.PROPOSE_POLICY,
        Right.ACTIVATE_POLICY,
        Right.PUBLISH_COVERAGE,
    }
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A code that somebody typed, and when."""

    username: str
    code: str
    at: datetime


def set_up(session: Session, secret: str, attempt: Attempt, *, key: str) -> User:
    """Give an account a second factor, proven by a code of it.

    Args:
        session: a writing session.
        secret: what the app was given.
        attempt: a code that the app shows.
        key: the key of the house.

    Raises:
        Conflict: it has one; an administrator takes it away first.
        InvalidInput: the code is not of this secret.
    """
    query = sa.select(User).where(User.username == attempt.username).with_for_update()
    user = session.scalars(query).one()
    if user.second_factor is not None:
        raise Conflict(
            "this account has a second factor",
            where=attempt.username,
            advice="An administrator can take it away",
        )
    step = matching_step(secret, attempt.code, at=attempt.at, after=None)
    if step is None:
        raise InvalidInput(
            "the code is not the one that belongs to this secret",
            advice="Look at the app again; its clock must be right",
        )
    user.second_factor = seal_secret(key, secret, owner=user.id)
    user.second_factor_used = step
    record_change(
        session,
        user,
        by=attempt.username,
        at=attempt.at,
        before={"second_factor": "none"},
        detail={"second_factor": "set up"},
    )
    return user


def take_away(session: Session, username: str, *, by: str, at: datetime) -> User:
    """Take an account's second factor away, as when the telephone is lost; its sessions end."""
    user = get_user(session, username)
    if user.second_factor is None:
        return user
    user.second_factor = user.second_factor_used = user.second_factor_failed = None
    end_sessions(session, user, at=at)
    record_change(
        session,
        user,
        by=by,
        at=at,
        before={"second_factor": "set up"},
        detail={"second_factor": "taken away"},
    )
    return user


def confirm(
    catalog: Catalog,
    attempt: Attempt,
    *,
    key: str,
    session_id: str | None,
    limits: SignInLimits,
) -> None:
    """Take a code, once, and confirm a session by it. A refusal is committed before it is raised.

    Args:
        catalog: the catalog.
        attempt: what was typed.
        key: the key of the house.
        session_id: the session; None where a command acts and has none.
        limits: as many wrong codes as wrong passwords lock the account, and end its sessions.

    Raises:
        NotPermitted: a wrong or used code, no second factor, or a locked account.
        IntegrityError: the key of the house is another one; the code is not counted.
    """
    with catalog.write() as session:
        query = sa.select(User).where(User.username == attempt.username).with_for_update()
        user = session.scalars(query).one()
        if user.locked_until is not None and user.locked_until > attempt.at:
            raise _locked(limits)
        step = None
        if user.second_factor is not None:
            secret = open_secret(key, user.second_factor, owner=user.id)
            step = matching_step(secret, attempt.code, at=attempt.at, after=user.second_factor_used)
        if step is None:
            _refuse(session, user, limits=limits, at=attempt.at)
            session.commit()
            raise NotPermitted(
                "the code is wrong or was used before",
                advice="Wait for the next one; too many wrong codes lock the account",
            )
        user.second_factor_failed, user.second_factor_used = 0, step
        if session_id is not None:
            session.get_one(SessionRow, session_id).confirmed_at = attempt.at
        session.commit()


def _locked(limits: SignInLimits) -> NotPermitted:
    """Nothing is counted meanwhile: what comes during a lock does not lengthen it."""
    minutes = round(limits.lock.total_seconds() / 60)
    return NotPermitted(
        "the account is locked", advice=f"It opens again after {minutes} minutes at the latest"
    )


def is_confirmed(confirmed_at: datetime | None, at: datetime) -> bool:
    """Whether a session was confirmed lately."""
    return confirmed_at is not None and confirmed_at > at - CONFIRMED_FOR


def _refuse(session: Session, user: User, *, limits: SignInLimits, at: datetime) -> None:
    """Count it apart from passwords: who knows the password must not make it forgotten."""
    user.second_factor_failed = (user.second_factor_failed or 0) + 1
    locks = user.second_factor_failed >= limits.attempts
    if locks:
        user.second_factor_failed, user.locked_until = 0, at + limits.lock
        end_sessions(session, user, at=at)
    about = About(Subject.USER, user.id)
    detail: JsonObject = {"locked": locks, "second_factor": True}
    record(session, Act.SIGN_IN_REFUSED, about=about, actor=user.username, at=at, detail=detail)
