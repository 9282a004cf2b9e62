"""Signing in, staying signed in, signing out.

The browser (or script) holds a random token; the catalog holds only its sha256. A session ends by
sign-out, after `idle` without a deed (CJIS Security Policy 5.5.5: at most 30 minutes), and at the
latest after `LIFETIME`. Wrong passwords lock the account for a while. What a refused person is
told never says whether the account exists.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.access.passwords import verify_password
from bwc.access.roles import Actor
from bwc.access.users import actor_of, end_sessions, find_user, get_user
from bwc.catalog.store import Catalog
from bwc.catalog.user import Session as SessionRow
from bwc.catalog.user import User
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import InvalidInput, NotPermitted
from bwc.ids import new_id

LIFETIME = timedelta(hours=12)  # NIST SP 800-63B-4, section 2.2.3: at least once a day
TOUCH_EVERY = timedelta(seconds=60)  # a deed is noted at most this often
TOKEN_BYTES = 32
NOBODY = "unknown"


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """How many wrong passwords lock an account, and for how long."""

    attempts: int
    lock: timedelta


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session. `token` is shown this once and never stored."""

    token: str
    csrf_token: str
    session_id: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that is still good."""

    id: str
    csrf_token: str
    actor: Actor
    last_seen_at: datetime
    confirmed_at: datetime | None
    has_second_factor: bool


def sign_in(
    catalog: Catalog, *, username: str, password: str, limits: SignInLimits, at: datetime
) -> SignedIn:
    """Check a password and open a session. The refusal is committed before it is raised.

    The slow hash runs outside of any transaction; the lock is asked again inside the writing one,
    so that guesses sent side by side are counted one by one.

    Raises:
        NotPermitted: wrong name, wrong password, closed or locked account: one message for all.
    """
    with catalog.read() as session:
        user = find_user(session, username)
        hashed = user.password_hash if user is not None else None
    right, newer_hash = verify_password(password, hashed)
    with catalog.write() as session:
        user = _locked_row(session, username)
        if user is None or not right or not user.active or _is_locked(user, at):
            _refuse(session, user, limits=limits, at=at)
            session.commit()
            raise NotPermitted(
                "the user name or the password is wrong, or the account is locked",
                advice=f"A locked account opens again after {_minutes(limits.lock)} minutes",
            )
        user.failed_logins = 0
        user.locked_until = None
        user.password_hash = newer_hash or user.password_hash
        signed_in = _open(session, user, at=at)
        session.commit()
        return signed_in


def require_password(
    catalog: Catalog, username: str, password: str, *, limits: SignInLimits, at: datetime
) -> None:
    """Refuse whoever sits at somebody's open session and does not know the password.

    Wrong ones are counted as at the door; the one that locks the account ends its sessions.

    Raises:
        InvalidInput: it is wrong. Committed before it is raised.
        NotPermitted: the account is locked.
        NotFound: no such account.
    """
    with catalog.read() as session:
        user = get_user(session, username)
        hashed, is_locked = user.password_hash, _is_locked(user, at)
    if is_locked:
        raise NotPermitted(
            "the account is locked",
            advice=f"It opens again after {_minutes(limits.lock)} minutes at the latest",
        )
    if verify_password(password, hashed)[0]:
        return
    with catalog.write() as session:
        held = _locked_row(session, username)
        _refuse(session, held, limits=limits, at=at)
        if held is not None and _is_locked(held, at):
            end_sessions(session, held, at=at)
        session.commit()
    raise InvalidInput("the current password is wrong", where="current password")


def find_session(
    catalog: Catalog, token: str, *, idle: timedelta, at: datetime
) -> OpenSession | None:
    """The session of `token` if it is still good, noting that the person did something."""
    found = peek_session(catalog, token, idle=idle, at=at)
    if found is None or found.last_seen_at > at - min(TOUCH_EVERY, idle / 10):
        return found
    touch = sa.update(SessionRow).where(SessionRow.id == found.id).values(last_seen_at=at)
    with catalog.write() as session:
        session.execute(touch)
        session.commit()
    return found


def peek_session(
    catalog: Catalog, token: str, *, idle: timedelta, at: datetime
) -> OpenSession | None:
    """The session of `token` if it is still good; a page that refreshes itself keeps none alive."""
    query = (
        sa.select(SessionRow, User)
        .join(User, User.id == SessionRow.user_id)
        .where(
            SessionRow.token_sha256 == _sha256(token),
            SessionRow.ended_at.is_(None),
            SessionRow.last_seen_at > at - idle,
            SessionRow.created_at > at - LIFETIME,
            User.active.is_(True),
        )
    )
    with catalog.read() as session:
        row = session.execute(query).first()
        if row is None:
            return None
        opened, user = row
        return OpenSession(
            id=opened.id,
            csrf_token=opened.csrf_token,
            actor=actor_of(user),
            last_seen_at=opened.last_seen_at,
            confirmed_at=opened.confirmed_at,
            has_second_factor=user.second_factor is not None,
        )


def sign_out(session: Session, session_id: str, *, at: datetime) -> None:
    """End a session; ending it twice is no error."""
    row = session.get(SessionRow, session_id)
    if row is None or row.ended_at is not None:
        return
    row.ended_at = at
    user = session.get_one(User, row.user_id)
    about = About(Subject.USER, user.id)
    record(session, Act.SIGN_OUT, about=about, actor=user.username, at=at)


def same_secret(first: str, second: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing of where they differ."""
    return secrets.compare_digest(first.encode(), second.encode())


def new_secret() -> str:
    """A fresh random token of 256 bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def _open(session: Session, user: User, *, at: datetime) -> SignedIn:
    token = new_secret()
    row = SessionRow(
        id=new_id(),
        user_id=user.id,
        token_sha256=_sha256(token),
        csrf_token=new_secret(),
        created_at=at,
        last_seen_at=at,
    )
    session.add(row)
    session.flush()
    about = About(Subject.USER, user.id)
    record(session, Act.SIGN_IN, about=about, actor=user.username, at=at)
    return SignedIn(token, row.csrf_token, row.id, actor_of(user))


def _refuse(session: Session, user: User | None, *, limits: SignInLimits, at: datetime) -> None:
    """Count the failure and write it down. The typed name stays out: people type passwords there."""
    about = About(Subject.USER, user.id if user is not None else NOBODY)
    locked = user is not None and _is_locked(user, at)
    if user is not None and not locked:
        user.failed_logins += 1
        if user.failed_logins >= limits.attempts:
            user.locked_until = at + limits.lock
            user.failed_logins = 0
            locked = True
    actor = user.username if user is not None else NOBODY
    record(session, Act.SIGN_IN_REFUSED, about=about, actor=actor, at=at, detail={"locked": locked})


def _locked_row(session: Session, username: str) -> User | None:
    """The account, held against every other sign-in until this transaction ends."""
    query = sa.select(User).where(User.username == username).with_for_update()
    return session.scalars(query).first()


def _is_locked(user: User, at: datetime) -> bool:
    return user.locked_until is not None and user.locked_until > at


def _minutes(lock: timedelta) -> int:
    return round(lock.total_seconds() / 60)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
