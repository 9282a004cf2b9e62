"""`bwc coverage overview`: figures from the sums, for any period at once."""

from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bwc.canonical import Json, JsonObject
from bwc.cli.console import exits, print_result
from bwc.cli.coverage_options import AsJson, Since, Until, read_days, rules_for
from bwc.cli.sessions import writing
from bwc.clock import SystemClock
from bwc.coverage.rates import percent, spoken
from bwc.coverage.sum_figures import add_up
from bwc.coverage.sum_rules import made_by
from bwc.coverage.sums import Days, read_sums, refresh_sums
from bwc.errors import Conflict


def overview(
    since: Since = None,
    until: Until = None,
    make: Annotated[
        bool, typer.Option("--make", help="Make the sums of these days first, as the night does.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """The department and every officer, from sums by day: at once, however long the period."""
    with exits():
        with writing() as (session, settings):
            zone = ZoneInfo(settings.department.timezone)
            period = read_days(since, until, zone)
            last = (period.end - timedelta(microseconds=1)).astimezone(zone).date()
            days = Days(period.start.astimezone(zone).date(), last)
            rules = rules_for(session, settings)
            if make:
                refresh_sums(session, days, zone=zone, at=SystemClock().now(), rules=rules)
                session.commit()
            found = read_sums(session, days)
            made = made_by(session, days.first, days.last, rules)
        if found is None:
            raise Conflict(
                "a day of this period is not summed yet", advice="Add --make, or wait for the night"
            )
        whole = add_up(found.values())
        officers: list[Json] = [
            {"badge": badge, "figures": figures.document()} for badge, figures in found.items()
        ]
        lines = [f"calls with any video: {spoken(whole.with_video)}"]
        lines += [
            f"{badge:<8} n {one.calls:>5}"
            f" {'few' if one.with_video.is_small else percent(one.with_video.share):>8}"
            for badge, one in found.items()
        ]
        lines += [
            f"{one.first} to {one.last} made {one.rule}" + (", now stale" if one.is_stale else "")
            for one in made
        ]
        rules_of_days: list[Json] = [one.document() for one in made]
        document: JsonObject = {
            "first": days.first.isoformat(),
            "last": days.last.isoformat(),
            "figures": whole.document(),
            "officers": officers,
            "made_by": rules_of_days,
        }
        print_result(document, text="\n".join(lines), as_json=as_json)
