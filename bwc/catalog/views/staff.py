"""Staff accounts as the administrator reads them; no hash leaves the catalog here."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.people import Officer
from bwc.catalog.user import Role, User
from bwc.catalog.views.copying import value_of


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
    query = sa.select(User, Officer.badge).outerjoin(Officer, Officer.id == User.officer_id)
    rows = session.execute(query.order_by(User.username))
    return [
        value_of(StaffLine, user, badge=badge, has_second_factor=user.second_factor is not None)
        for user, badge in rows
    ]
