"""`bwc coverage publish`: a period's figures onto the public record."""

from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bwc.canonical import JsonObject
from bwc.cli.console import exits, print_result
from bwc.cli.coverage_options import ACTOR, AsJson, Since, Until, read_days, rules_for
from bwc.coverage.public_figures import announce, public_figures, put_figures, require_over
from bwc.coverage.rates import percent
from bwc.coverage.report import department_coverage
from bwc.house import open_house
from bwc.settings import load_settings


def publish(
    since: Since = None,
    until: Until = None,
    yes: Annotated[bool, typer.Option("--yes", help="Publish; without it, only show.")] = False,
    as_json: AsJson = False,
) -> None:
    """Publish the department's coverage of a period on the portal; without --yes, show it first.

    Shares alone, nobody named, small numbers left out. Periods must not overlap.
    """
    with exits():
        house = open_house(load_settings())
        zone = ZoneInfo(house.settings.department.timezone)
        period, now = read_days(since, until, zone), house.clock.now()
        first = period.start.astimezone(zone).date()
        last = (period.end.astimezone(zone) - timedelta(seconds=1)).date()
        require_over(last, zone=zone, at=now)
        with house.catalog.read() as session:
            rules = rules_for(session, house.settings)
            report = department_coverage(session, period.start, period.end, rules=rules)
        document = public_figures(report, first, last, zone=zone, at=now)
        if yes:
            with house.catalog.write() as session:
                key = announce(session, house.public, document, by=ACTOR, at=now)
                session.commit()
            put_figures(house.public, key, document)
        house.catalog.close()
        print_result(
            {**document, "published": yes}, text=_words(document, yes=yes), as_json=as_json
        )


def _words(document: JsonObject, *, yes: bool) -> str:
    """What is published, line by line."""
    figures = document["figures"]
    lines = [f"Coverage {document['since']} to {document['until']}, {document['rule']}"]
    for one in figures if isinstance(figures, list) else []:
        if isinstance(one, dict):
            share = one["share"]
            said = percent(share) if isinstance(share, float) else "too few to say"
            lines.append(f"{one['name']:<12} {said} of {one['n'] or 'few'}")
    lines.append("Published." if yes else "Not published. Say --yes to publish exactly this.")
    return "\n".join(lines)
