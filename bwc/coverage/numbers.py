"""The numbers by which audits and answers are quoted: AUD-2026-0001. Counted anew each year."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

NUMBER_LOCK = 0x62776333  # PostgreSQL advisory lock: one writer counts at a time


class Series(StrEnum):
    """What is numbered, by its prefix."""

    ANSWER = "NF"
    AUDIT = "AUD"


def next_number(
    session: Session, series: Series, *, column: InstrumentedAttribute[str], at: datetime
) -> str:
    """The number after the last of its series and year, held until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(NUMBER_LOCK)))
    prefix = f"{series.value}-{at.year}-"
    taken = session.scalars(sa.select(column).where(column.startswith(prefix, autoescape=True)))
    last = max((int(number.removeprefix(prefix)) for number in taken), default=0)
    return f"{prefix}{last + 1:04d}"
