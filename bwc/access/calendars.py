"""One address per person under which a calendar program fetches due work, without a session.

The address holds a random secret; the catalog holds only its sha256, so that whoever reads the
catalog subscribes to nothing. It opens the calendar and nothing else, with the rights that the
person has at that moment. A newer address, a new password, another role and closing the account
end it.
"""

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.access.roles import Actor
from bwc.access.sessions import new_secret
from bwc.access.users import actor_of, get_user, note_calendar
from bwc.catalog.user import User


def open_calendar(session: Session, username: str, *, at: datetime) -> str:
    """A fresh secret for this person's calendar, shown this once; an older one ends.

    Raises:
        NotFound: no such account.
    """
    user = get_user(session, username)
    secret = new_secret()
    note_calendar(session, user, _sha256(secret), by=username, at=at)
    return secret


def close_calendar(session: Session, username: str, *, by: str, at: datetime) -> None:
    """End this person's address; where there is none, nothing happens.

    Raises:
        NotFound: no such account.
    """
    user = get_user(session, username)
    if user.calendar_sha256 is not None:
        note_calendar(session, user, None, by=by, at=at)


def calendar_reader(session: Session, secret: str) -> Actor | None:
    """Whose calendar this secret opens, if the account is still open."""
    found = sa.select(User).where(User.calendar_sha256 == _sha256(secret), User.active.is_(True))
    user = session.scalars(found).first()
    return None if user is None else actor_of(user)


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
