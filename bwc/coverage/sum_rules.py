"""By which rule the sums of each day were made, and which of them another rule would make today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.coverage_sum import CoveragePeriod, CoverageSpanKind
from bwc.coverage.rule_book import RuleBook

ONE_DAY = timedelta(days=1)


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


def days_of_another_rule(session: Session, rules: RuleBook, *, before: date) -> set[date]:
    """Days whose sums were made by another rule than the one that counts on them."""
    made = _made(session, date.min, before - ONE_DAY)
    return {day for day, _, sha256 in made if rules.on(day).sha256 != sha256}


def made_by(session: Session, first: date, last: date, rules: RuleBook) -> list[SummedBy]:
    """Which rules made the sums of a period, day by day and joined where they are the same."""
    found: list[SummedBy] = []
    for day, rule, sha256 in _made(session, first, last):
        one = SummedBy(day, day, rule, is_stale=rules.on(day).sha256 != sha256)
        if found and found[-1] == SummedBy(found[-1].first, day - ONE_DAY, rule, one.is_stale):
            one = SummedBy(found.pop().first, day, rule, one.is_stale)
        found.append(one)
    return found


def _made(session: Session, first: date, last: date) -> Iterator[tuple[date, str, str]]:
    """Each summed day of a period with the rule of its sums and what names that."""
    row = CoveragePeriod
    query = (
        sa.select(row.period, sa.func.coalesce(row.rule, ""), sa.func.coalesce(row.rule_sha256, ""))
        .where(row.kind == CoverageSpanKind.DAY)
        .where(row.period.between(first.isoformat(), last.isoformat()))
        .order_by(row.period)
    )
    for period, rule, sha256 in session.execute(query):
        yield date.fromisoformat(period), rule, sha256
