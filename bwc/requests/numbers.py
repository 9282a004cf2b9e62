"""The numbers people quote: REQ-2026-0001. Labels, never keys; counted anew each year."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

NUMBER_LOCK = 0x62776332  # PostgreSQL advisory lock: one writer counts at a time


class Series(StrEnum):
    """What is numbered, by its prefix."""

    REQUEST = "REQ"
    COMPLAINT = "CMP"


def next_number(
    session: Session, series: Series, *, column: InstrumentedAttribute[str], at: datetime
) -> str:
    """The number after the highest of its series and year, held until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(NUMBER_LOCK)))
    prefix = f"{series.value}-{at.year}-"
    taken = session.scalars(sa.select(column).where(column.startswith(prefix, autoescape=True)))
    last = max((int(number.removeprefix(prefix)) for number in taken), default=0)
    return f"{prefix}{last + 1:04d}"
