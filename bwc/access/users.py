"""Staff accounts: create, change, deactivate. Each change is a custody entry; nothing is deleted."""

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.access.passwords import check_password, hash_password
from bwc.access.roles import Actor
from bwc.canonical import JsonObject
from bwc.catalog.people import Officer
from bwc.catalog.user import Role, User
from bwc.catalog.user import Session as SignedInSession
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.ids import UserId, new_id

USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person who is to have an account. An officer's account names his badge."""

    username: str
    name: str
    role: Role
    badge: str | None = None


def create_user(session: Session, new: NewUser, *, password: str, by: str, at: datetime) -> User:
    """Open an account.

    Raises:
        InvalidInput: the name, badge or password cannot be used.
        Conflict: the user name is taken.
    """
    _check_username(new.username)
    check_password(password, username=new.username)
    if find_user(session, new.username) is not None:
        raise Conflict("this user name is taken", where=new.username)
    user = User(
        id=new_id(),
        username=new.username,
        name=new.name.strip() or new.username,
        password_hash=hash_password(password),
        role=new.role,
        officer_id=_officer_id(session, new),
        active=True,
        created_at=at,
    )
    session.add(user)
    session.flush()
    detail: JsonObject = {"username": user.username, "role": user.role.value}
    record(session, Act.USER_CREATED, about=_about(user), actor=by, at=at, detail=detail)
    return user


def change_password(
    session: Session, username: str, *, password: str, by: str, at: datetime
) -> User:
    """Give an account a new password; its lock ends, and so do its sessions and its calendar.

    Raises:
        NotFound: no such account.
        InvalidInput: the password cannot be used.
    """
    user = get_user(session, username)
    check_password(password, username=username)
    user.password_hash = hash_password(password)
    user.failed_logins = 0
    user.locked_until = None
    end_sessions(session, user, at=at)
    record_change(session, user, by=by, at=at, before={}, detail={"password": "changed"})
    return user


def change_role(session: Session, username: str, *, role: Role, by: str, at: datetime) -> User:
    """Give an account another role; its sessions end, so that no old right lingers.

    Raises:
        NotFound: no such account.
        Conflict: it is the last active administrator's.
    """
    user = get_user(session, username)
    if user.role == role:
        return user
    if user.role == Role.ADMIN:
        _keep_one_admin(session, user)
    before: JsonObject = {"role": user.role.value}
    user.role = role
    end_sessions(session, user, at=at)
    record_change(session, user, by=by, at=at, before=before, detail={"role": role.value})
    return user


def deactivate(session: Session, username: str, *, by: str, at: datetime) -> User:
    """Close an account; its sessions end at once. The row stays: entries name it.

    Raises:
        NotFound: no such account.
        Conflict: it is the last active administrator's.
    """
    user = get_user(session, username)
    if not user.active:
        return user
    if user.role == Role.ADMIN:
        _keep_one_admin(session, user)
    user.active = False
    end_sessions(session, user, at=at)
    record_change(session, user, by=by, at=at, before={"active": True}, detail={"active": False})
    return user


def reactivate(session: Session, username: str, *, by: str, at: datetime) -> User:
    """Open a closed account again, with the password it had.

    Raises:
        NotFound: no such account.
    """
    user = get_user(session, username)
    if user.active:
        return user
    user.active = True
    user.failed_logins = 0
    user.locked_until = None
    record_change(session, user, by=by, at=at, before={"active": False}, detail={"active": True})
    return user


def note_calendar(
    session: Session, user: User, sha256: str | None, *, by: str, at: datetime
) -> None:
    """Give the account the address of a calendar by its hash, or none; the ledger keeps no hash."""
    before: JsonObject = {"calendar": "none" if user.calendar_sha256 is None else "open"}
    user.calendar_sha256 = sha256
    detail: JsonObject = {"calendar": "closed" if sha256 is None else "opened"}
    record_change(session, user, by=by, at=at, before=before, detail=detail)


def list_users(session: Session) -> list[User]:
    """Every account, by user name."""
    return list(session.scalars(sa.select(User).order_by(User.username)))


def find_user(session: Session, username: str) -> User | None:
    """The account of that name, if there is one."""
    return session.scalars(sa.select(User).where(User.username == username)).first()


def get_user(session: Session, username: str) -> User:
    """The account of that name.

    Raises:
        NotFound: no such account.
    """
    user = find_user(session, username)
    if user is None:
        raise NotFound("no account has this user name", where=username)
    return user


def actor_of(user: User) -> Actor:
    """The person behind an account."""
    return Actor(
        id=UserId(user.id),
        username=user.username,
        name=user.name,
        role=user.role,
        officer_id=user.officer_id,
    )


def _check_username(username: str) -> None:
    if not USERNAME.fullmatch(username):
        raise InvalidInput(
            "this cannot be a user name",
            expected="2 to 40 of a-z, 0-9, dot, dash and underscore, beginning with a letter",
            got=repr(username[:60]),
        )


def _officer_id(session: Session, new: NewUser) -> str | None:
    """The officer whose badge the account names; an officer's account must name one."""
    if new.badge is None:
        if new.role == Role.OFFICER:
            raise InvalidInput("an officer's account needs a badge", where=new.username)
        return None
    officer = session.scalars(sa.select(Officer).where(Officer.badge == new.badge)).first()
    if officer is None:
        raise InvalidInput("no officer wears this badge", where=new.badge)
    return officer.id


def _keep_one_admin(session: Session, user: User) -> None:
    others = sa.select(sa.func.count(User.id)).where(
        User.role == Role.ADMIN, User.active.is_(True), User.id != user.id
    )
    if not session.scalar(others):
        raise Conflict(
            "this is the last active administrator",
            where=user.username,
            advice="Make another one first",
        )


def end_sessions(session: Session, user: User, *, at: datetime) -> None:
    """End every open session of an account, and its calendar."""
    open_ones = sa.update(SignedInSession).where(
        SignedInSession.user_id == user.id, SignedInSession.ended_at.is_(None)
    )
    session.execute(open_ones.values(ended_at=at))
    user.calendar_sha256 = None


def record_change(
    session: Session,
    user: User,
    *,
    by: str,
    at: datetime,
    before: JsonObject,
    detail: JsonObject,
) -> None:
    """Write down what changed of an account."""
    session.flush()
    record(
        session,
        Act.USER_CHANGED,
        about=_about(user),
        actor=by,
        at=at,
        before=before,
        detail={"username": user.username, **detail},
    )


def _about(user: User) -> About:
    return About(Subject.USER, user.id)
