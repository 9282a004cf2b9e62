"""Officers as the desk names them."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.people import Officer
from bwc.catalog.views.copying import value_of
from bwc.errors import NotFound


@dataclass(frozen=True, slots=True)
class OfficerLine:
    """One officer."""

    id: str
    badge: str
    name: str
    unit: str


def find_officer(session: Session, badge: str) -> OfficerLine:
    """The officer who wears `badge`.

    Raises:
        NotFound: nobody does.
    """
    row = session.scalars(sa.select(Officer).where(Officer.badge == badge)).first()
    if row is None:
        raise NotFound("no officer has this badge", where=badge)
    return value_of(OfficerLine, row)


def badge_of(session: Session, officer_id: str) -> str:
    """The badge of an officer that an account is tied to."""
    return session.get_one(Officer, officer_id).badge
