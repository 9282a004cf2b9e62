"""What the desk publishes of coverage: looked at first, then exactly that."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from api.desk.periods import Period
from bwc.canonical import JsonObject
from bwc.coverage.overview import is_small
from bwc.coverage.public_figures import (
    announce,
    name_of,
    public_figures,
    put_figures,
    require_over,
)
from bwc.coverage.report import department_coverage
from bwc.coverage.rules_in_force import rules_in_force
from bwc.errors import Conflict
from bwc.house import House
from bwc.ids import Sha256


@dataclass(frozen=True, slots=True)
class Preview:
    """The figures as they would be published now, and what names them."""

    document: JsonObject
    sha256: Sha256


def preview(house: House, period: Period) -> Preview:
    """The figures of a period that is over.

    Raises:
        InvalidInput: it is not.
        Conflict: the department is too large to be measured while a browser waits.
    """
    now, zone = house.clock.now(), ZoneInfo(house.settings.department.timezone)
    require_over(period.last, zone=zone, at=now)
    with house.catalog.read() as session:
        if not is_small(session, period.span):
            raise Conflict(
                "these are too many calls and officers to be measured while you wait",
                advice=f"Let it run: `bwc coverage publish --since {period.first} "
                f"--until {period.last}`",
            )
        rules = rules_in_force(session, house.settings.department)
        report = department_coverage(session, period.since, period.until, rules=rules)
    document = public_figures(report, period.first, period.last, zone=zone, at=now)
    return Preview(document, name_of(document))


def publish(house: House, period: Period, *, seen: str, by: str) -> str:
    """Publish the figures that somebody looked at; their key in the public store.

    Raises:
        Conflict: the figures are others by now than `seen` names, or days of the period are out.
        InvalidInput: the period is not over.
    """
    found = preview(house, period)
    if seen != found.sha256:
        raise Conflict(
            "the figures are not those that you looked at",
            where=f"{period.first} to {period.last}",
            expected=seen[:64],
            got=found.sha256,
            advice="Look at them again, then publish",
        )
    with house.catalog.write() as session:
        key = announce(session, house.public, found.document, by=by, at=house.clock.now())
        session.commit()
    put_figures(house.public, key, found.document)
    return key
