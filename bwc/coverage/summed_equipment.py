"""Who of a large department was on duty with a working camera, from its sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog import tables
from bwc.catalog.coverage_sum import WITHOUT_CAMERA, CoverageSpanKind, CoverageSum
from bwc.coverage.day_figures import PLACE
from bwc.coverage.lines import MICROSECOND
from bwc.coverage.measure import seconds
from bwc.coverage.rates import Rate, rounded
from bwc.coverage.summed_rows import Crew, nothing, officer_rows
from bwc.coverage.sweep import Integers
from bwc.timeline import Span

LONGEST_SHOWN = 20
MONTH_NAME = len("2026-01")


@dataclass(frozen=True, slots=True)
class SummedDuty:
    """One sworn officer who was on duty without a working camera for some time."""

    badge: str
    name: str
    on_duty: timedelta
    without: timedelta
    is_equipped: bool = False


@dataclass(frozen=True, slots=True)
class SummedEquipment:
    """Share of sworn officers on duty who had a working camera in every second of it.

    `duties` are those who were without one longest, at most `LONGEST_SHOWN`.
    """

    equipped: Rate
    duty_share: float | None
    duties: tuple[SummedDuty, ...]
    idle_cameras: tuple[str, ...]

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "equipped": self.equipped.document(),
            "duty_share": rounded(self.duty_share),
            "without_camera": [
                {
                    "badge": duty.badge,
                    "on_duty_seconds": seconds(duty.on_duty),
                    "without_camera_seconds": seconds(duty.without),
                }
                for duty in self.duties
            ],
            "idle_cameras": list(self.idle_cameras),
        }


def ever_on_duty(
    session: Session, pieces: Sequence[str], crew: Crew, extra: Mapping[str, Integers]
) -> set[str]:
    """Who had any duty: one look at the first row that says so, not at all of them."""
    row, officer = CoverageSum, tables.Officer
    months = [one for one in pieces if len(one) == MONTH_NAME]
    days = [one for one in pieces if len(one) > MONTH_NAME]
    had_duty = [
        sa.exists().where(
            row.kind == kind, row.period.in_(some), row.officer_id == officer.id, row.duty_us > 0
        )
        for kind, some in ((CoverageSpanKind.MONTH, months), (CoverageSpanKind.DAY, days))
        if some
    ]
    found = set(session.scalars(sa.select(officer.id).where(sa.or_(sa.false(), *had_duty))))
    found |= {key for key, figures in extra.items() if figures[PLACE["duty_us"]]}
    return found & {one.id for one in crew}


def time_without(
    session: Session, pieces: Sequence[str], crew: Crew, extra: Mapping[str, Integers]
) -> dict[str, int]:
    """Who was on duty without a camera, and for how many microseconds."""
    row = CoverageSum
    query = (
        sa.select(row.officer_id, sa.func.sum(row.bare_us))
        .where(row.kind.in_(CoverageSpanKind), row.period.in_(pieces), WITHOUT_CAMERA)
        .group_by(row.officer_id)
    )
    here = {one.id for one in crew}
    without = {one[0]: int(one[1]) for one in session.execute(query) if one[0] in here}
    for key in here & extra.keys():
        if bare := int(extra[key][PLACE["bare_us"]]):
            without[key] = without.get(key, 0) + bare
    return without


def longest_without(
    session: Session,
    pieces: Sequence[str],
    crew: Crew,
    extra: Mapping[str, Integers],
    *,
    without: Mapping[str, int],
) -> tuple[SummedDuty, ...]:
    """The officers who were without a camera longest."""
    bare = [one for one in crew if one.id in without]
    longest = sorted(bare, key=lambda one: (-without[one.id], one.badge))[:LONGEST_SHOWN]
    sums = officer_rows(session, pieces, [one.id for one in longest])
    return tuple(
        SummedDuty(
            one.badge,
            one.name,
            on_duty=MICROSECOND
            * int((sums.get(one.id, nothing()) + extra.get(one.id, nothing()))[PLACE["duty_us"]]),
            without=MICROSECOND * without[one.id],
        )
        for one in longest
    )


def idle_cameras(session: Session, period: Span[datetime]) -> tuple[str, ...]:
    """Cameras that worked in the period, or in some of it, and that nobody had then."""
    row, hand = tables.Camera, tables.Assignment
    until = row.out_of_service_at
    held = sa.exists().where(
        hand.camera_id == row.id,
        hand.starts_at < period.end,
        sa.or_(until.is_(None), hand.starts_at < until),
        sa.or_(hand.ends_at.is_(None), hand.ends_at > period.start),
    )
    works = sa.case((until.is_not(None), until > period.start), else_=row.in_service)
    query = sa.select(row.serial).where(works, ~held).order_by(row.serial)
    return tuple(session.scalars(query))
