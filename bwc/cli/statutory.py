"""`bwc coverage statutory | compare | trend | equity`: reports that law and oversight ask for."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bwc.canonical import Json, JsonObject
from bwc.cli.console import exits, print_result
from bwc.cli.coverage_options import (
    AsJson,
    CsvFile,
    HtmlFile,
    Rules,
    RulesSince,
    Since,
    StatuteSince,
    StatuteUntil,
    Until,
    read_days,
    read_rules,
    read_statute_days,
    rules_for,
)
from bwc.cli.places import require_places, write_text
from bwc.cli.sessions import reading
from bwc.clock import SystemClock
from bwc.coverage.adjusting import STATEMENT, Compared, compare, comparison_document
from bwc.coverage.equity import STATEMENT as EQUITY_STATEMENT
from bwc.coverage.equity_cases import equity_document, equity_tables
from bwc.coverage.export_groups import write_statutory_csv
from bwc.coverage.groups import Grouping
from bwc.coverage.printed_statutory import print_statutory, statutory_words
from bwc.coverage.rates import percent, spoken
from bwc.coverage.report import department_coverage
from bwc.coverage.stated import read_stated, with_stated
from bwc.coverage.statutory import read_report_text, statutory_report
from bwc.coverage.trend import read_break, trend_under
from bwc.in_force import folder_of


def statutory(
    pack: Annotated[str, typer.Option(help="Pack whose statute asks for a report.")] = "us-dc",
    since: StatuteSince = None,
    until: StatuteUntil = None,
    state: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIGURE=VALUE", help="State a figure that is not counted here; marked so."
        ),
    ] = None,
    csv_file: CsvFile = None,
    html_file: HtmlFile = None,
    as_json: AsJson = False,
) -> None:
    """Fill the report that a statute asks for; what cannot be known from the catalog is said so."""
    with exits(), reading() as (session, settings):
        require_places(csv_file, html_file)
        stated = read_stated(state or [])
        text = read_report_text(pack, folder_of(settings.department))
        zone = ZoneInfo(settings.department.timezone)
        period = read_statute_days(text.months, since, until, zone)
        counted = statutory_report(session, period, pack=pack, text=text, zone=zone)
        report = with_stated(counted, stated)
        page = print_statutory(report, department=settings.department.name, zone=zone)
        write_text(csv_file, lambda stream: write_statutory_csv(report, stream))
        write_text(html_file, lambda stream: stream.write(page))
        print_result(report.document(), text="\n".join(statutory_words(report)), as_json=as_json)


def compare_groups(
    by: Annotated[Compared, typer.Option(help="What is compared.")] = Compared.UNIT,
    since: Since = None,
    until: Until = None,
    rules: Rules = None,
    as_json: AsJson = False,
) -> None:
    """Compare units or officers as if all had the same mix of calls."""
    with exits(), reading() as (session, settings):
        period = read_days(since, until, ZoneInfo(settings.department.timezone))
        report = department_coverage(
            session, period.start, period.end, rules=rules_for(session, settings, rules)
        )
        lines = [STATEMENT]
        lines += [
            f"{one.name:<24.24} {percent(one.share) if one.share is not None else 'few':>8}"
            f" ({percent(one.low)} to {percent(one.high)}), own calls n {one.raw.whole}"
            for one in compare(report, by)
        ]
        document = comparison_document(compare(report, by), by, rule=report.rule)
        print_result(document, text="\n".join(lines), as_json=as_json)


def trend_over_time(
    by: Annotated[Grouping, typer.Option(help="day, week, month or quarter.")] = Grouping.WEEK,
    since: Since = None,
    until: Until = None,
    breaks: Annotated[
        list[str] | None,
        typer.Option("--break", help="DAY=WHAT CHANGED; figures before it are another series."),
    ] = None,
    rules: RulesSince = None,
    as_json: AsJson = False,
) -> None:
    """The department's figures by day, week, month or quarter, with breaks of the series."""
    with exits(), reading() as (session, settings):
        zone = ZoneInfo(settings.department.timezone)
        period = read_days(since, until, zone)
        in_force = read_rules(rules, zone) if rules else rules_for(session, settings)
        marked = [read_break(text) for text in breaks or []]
        points = trend_under(session, period, by, rules=in_force, zone=zone, breaks=marked)
        lines = [
            f"{point.group.name:<12} {spoken(point.group.tally.with_video)}"
            + "".join(f"  | break: {why}" for why in point.breaks)
            for point in points
        ]
        documents: list[Json] = [point.document() for point in points]
        named: list[Json] = [one.document() for one in in_force.entries]
        document: JsonObject = {"by": by.value, "rules": named, "points": documents}
        print_result(document, text="\n".join(lines), as_json=as_json)


def equity(
    since: Since = None, until: Until = None, rules: Rules = None, as_json: AsJson = False
) -> None:
    """Coverage, late release, withholding and redaction by district, call type and shift."""
    with exits(), reading() as (session, settings):
        zone = ZoneInfo(settings.department.timezone)
        period = read_days(since, until, zone)
        now, by_rules = SystemClock().now(), rules_for(session, settings, rules)
        found = equity_tables(session, period, now=now, zone=zone, rules=by_rules)
        lines = [EQUITY_STATEMENT]
        for table in found:
            lines.append(f"{table.measure.value}, by {table.by.value}")
            lines += [
                f"  {cell.group:<24.24} "
                + (
                    "suppressed"
                    if cell.is_suppressed
                    else f"{percent(cell.share)} ({percent(cell.low)} to {percent(cell.high)}),"
                    f" n {cell.n}"
                )
                for cell in table.cells
            ]
        document = equity_document(period, found, rule=by_rules.words(period))
        print_result(document, text="\n".join(lines), as_json=as_json)
