"""Staff accounts as the administrator reads them; no hash leaves the catalog here."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.people import Officer
from bwc.catalog.user import Role, User
from bwc.catalog.views.copying import value_of
from bwc.errors import NotFound


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One account."""

    id: str
    username: str
    name: str
    role: Role
    badge: str | None
    active: bool
    locked_until: datetime | None
    created_at: datetime
    has_second_factor: bool


def list_staff(session: Session) -> list[StaffLine]:
    """Every account, by user name."""
    return [_line(user, badge) for user, badge in session.execute(_staff().order_by(User.username))]


def find_staff(session: Session, username: str) -> StaffLine:
    """One account. Raises NotFound."""
    row = session.execute(_staff().where(User.username == username)).first()
    if row is None:
        raise NotFound("no account has this user name", where=username)
    return _line(*row)


def _staff() -> sa.Select[User, str | None]:
    return sa.select(User, Officer.badge).outerjoin(Officer, Officer.id == User.officer_id)


def _line(user: User, badge: str | None) -> StaffLine:
    return value_of(StaffLine, user, badge=badge, has_second_factor=user.second_factor is not None)
