"""By which rule the sums of each day were made, and which of them another rule would make today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.finding import CoverageDayRule
from bwc.clock import as_utc
from bwc.coverage.rule_book import RuleBook


@dataclass(frozen=True, slots=True)
class SummedBy:
    """Days on end, both included, whose sums one rule made.

    `is_stale` says that another rule counts on those days now: the night makes them again.
    """

    first: date
    last: date
    rule: str
    is_stale: bool

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "rule": self.rule,
            "stale": self.is_stale,
        }


def note_rules(session: Session, days: Sequence[date], rules: RuleBook, *, at: datetime) -> None:
    """Write down by which rule the sums of these days have just been made."""
    row = CoverageDayRule
    names = [day.isoformat() for day in days]
    session.execute(sa.delete(row).where(row.day.in_(names)))
    for day in days:
        rule = rules.on(day)
        session.add(
            row(
                day=day.isoformat(),
                rule=rule.reference,
                rule_sha256=rule.sha256,
                made_at=as_utc(at),
            )
        )
    session.flush()


def days_of_another_rule(session: Session, rules: RuleBook, *, before: date) -> set[date]:
    """Days whose sums were made by another rule than the one that counts on them."""
    row = CoverageDayRule
    query = sa.select(row.day, row.rule_sha256).where(row.day < before.isoformat())
    return {
        day
        for name, sha256 in session.execute(query)
        if rules.on(day := date.fromisoformat(name)).sha256 != sha256
    }


def made_by(session: Session, first: date, last: date, rules: RuleBook) -> list[SummedBy]:
    """Which rules made the sums of a period, day by day and joined where they are the same."""
    row = CoverageDayRule
    query = (
        sa.select(row.day, row.rule, row.rule_sha256)
        .where(row.day >= first.isoformat(), row.day <= last.isoformat())
        .order_by(row.day)
    )
    found: list[SummedBy] = []
    for name, rule, sha256 in session.execute(query):
        day = date.fromisoformat(name)
        stale = rules.on(day).sha256 != sha256
        if found and (found[-1].rule, found[-1].is_stale) == (rule, stale):
            day_before = found.pop()
            found.append(SummedBy(day_before.first, day, rule, stale))
        else:
            found.append(SummedBy(day, day, rule, stale))
    return found
