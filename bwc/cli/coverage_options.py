"""What the coverage commands share: which days, which rule, which output."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from bwc.clock import SystemClock
from bwc.coverage.day import local_day
from bwc.coverage.expected import ON_SCENE, TEMPE, ActivationRule
from bwc.coverage.rule_book import RuleBook, RuleSince, always
from bwc.coverage.statute_days import report_days
from bwc.coverage.years import read_day
from bwc.errors import InvalidInput
from bwc.settings import Settings, load_settings
from bwc.timeline import Span

ACTOR = "command line"
DEFAULT_DAYS = 28  # whole weeks, so that every weekday counts equally


class Method(StrEnum):
    """Which calls count, and over which time."""

    EXPECTED = "expected"
    TEMPE = "tempe"


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--mapping", help="TOML file that says how a city's own export is read.", dir_okay=False
    ),
]
Rules = Annotated[
    str | None,
    typer.Option(
        metavar="PACK", help="Policy pack that says when cameras run; default: those in force."
    ),
]
RulesSince = Annotated[
    list[str] | None,
    typer.Option(
        "--rules",
        metavar="[DAY=]PACK",
        help="Policy pack that says when cameras run, from a day on or from the beginning;"
        " default: those in force. Each change is a break of the series.",
    ),
]


CsvFile = Annotated[
    Path | None,
    typer.Option("--csv", help="Write the table to this file too.", dir_okay=False),
]
HtmlFile = Annotated[
    Path | None,
    typer.Option("--html", help="Write a printable page to this file too.", dir_okay=False),
]
Since = Annotated[str | None, typer.Option(help="First day; default: four weeks ago.")]
Until = Annotated[str | None, typer.Option(help="Last day; default: yesterday.")]

StatuteSince = Annotated[
    str | None,
    typer.Option(
        "--since", help="First day; default: as many whole months ago as the statute says."
    ),
]
StatuteUntil = Annotated[
    str | None, typer.Option("--until", help="Last day; default: the end of last month.")
]


def read_rule(pack: str | None, method: Method = Method.EXPECTED) -> ActivationRule:
    """The rule of a pack, of a published method, or the plain one."""
    if pack is None:
        return TEMPE if method is Method.TEMPE else ON_SCENE
    if method is not Method.EXPECTED:
        raise InvalidInput("a pack and a published method exclude each other", got=method.value)
    from bwc.coverage.activation import load_activation_rule  # reading packs takes a while
    from bwc.in_force import folder_of

    return load_activation_rule(pack, folder_of(load_settings().department))


def rules_for(
    session: Session,
    settings: Settings,
    pack: str | None = None,
    method: Method = Method.EXPECTED,
) -> RuleBook:
    """The rule that a command was told to measure all days by, else those in force."""
    if pack is None and method is Method.EXPECTED:
        from bwc.coverage.rules_in_force import rules_in_force  # it reads packs

        return rules_in_force(session, settings.department)
    return always(read_rule(pack, method))


def read_rules(texts: Sequence[str], zone: ZoneInfo) -> RuleBook:
    """The rules that a command was told, one after another in the order of their days.

    Raises:
        InvalidInput: two rules for one day.
    """
    rules = {date.min: ON_SCENE}
    seen = set[date]()
    for text in texts:
        day_text, _, pack = text.rpartition("=")
        day = read_day(day_text) if day_text else date.min
        if day in seen:
            raise InvalidInput("two packs are in force at once", got=text, expected="one for a day")
        seen.add(day)
        rules[day] = read_rule(pack)
    return RuleBook(tuple(RuleSince(day, rules[day]) for day in sorted(rules)), zone)


def read_days(since: str | None, until: str | None, zone: ZoneInfo) -> Span[datetime]:
    """From the first day's midnight to the end of the last, on the department's clocks."""
    today = SystemClock().now().astimezone(zone).date()
    last = read_day(until) if until else today - timedelta(days=1)
    first = read_day(since) if since else last - timedelta(days=DEFAULT_DAYS - 1)
    if last < first:
        raise InvalidInput("the last day lies before the first", got=f"{first} to {last}")
    return Span(local_day(first, zone).start, local_day(last, zone).end)


def read_statute_days(
    months: int, since: str | None, until: str | None, zone: ZoneInfo
) -> Span[datetime]:
    """The days of a report that a statute asks for, as the desk fills it."""
    first, last = report_days(
        months,
        today=SystemClock().now().astimezone(zone).date(),
        first=read_day(since) if since else None,
        last=read_day(until) if until else None,
    )
    return read_days(first.isoformat(), last.isoformat(), zone)
