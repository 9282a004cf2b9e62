"""`bwc coverage report`: the department, a unit, an officer or a call, from the catalog."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TextIO
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.views.people import find_officer
from bwc.cli.console import exits, print_result
from bwc.cli.coverage_options import (
    AsJson,
    CsvFile,
    HtmlFile,
    Method,
    Rules,
    Since,
    Until,
    read_days,
    rules_for,
)
from bwc.cli.places import require_places, write_text
from bwc.cli.sessions import reading
from bwc.coverage.audit_results import period_results, results_document
from bwc.coverage.call_coverage import CallCoverage
from bwc.coverage.export import write_department_csv, write_officer_csv, write_officers_csv
from bwc.coverage.export_groups import write_call_csv
from bwc.coverage.groups import Group, Grouping, describe, group_calls
from bwc.coverage.printed import print_call, print_department, print_officer, print_unit
from bwc.coverage.report import department_coverage, officer_coverage
from bwc.coverage.rule_book import RuleBook
from bwc.coverage.should_exist import call_footage
from bwc.coverage.units import unit_report
from bwc.coverage.words import (
    audit_words,
    call_words,
    department_words,
    group_words,
    officer_words,
    unit_words,
)
from bwc.errors import InvalidInput
from bwc.timeline import Span


@dataclass(frozen=True, slots=True)
class Shown:
    """A report as a command gives it; `print_page` takes the figures by group, `write_csv` the table."""

    document: JsonObject
    lines: list[str]
    print_page: Callable[[Sequence[Group]], str]
    write_csv: Callable[[TextIO], None]
    calls: Sequence[CallCoverage]
    units: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class About:
    """Whom a report is about; nothing is everybody.

    Raises:
        InvalidInput: two things at once.
    """

    badge: str | None
    unit: str | None
    call: str | None

    def __post_init__(self) -> None:
        """One report is about one thing."""
        if sum(one is not None for one in (self.badge, self.unit, self.call)) > 1:
            raise InvalidInput("a report is about one thing", expected="--badge, --unit or --call")


def report(
    badge: Annotated[str | None, typer.Option(help="One officer; default: everybody.")] = None,
    unit: Annotated[str | None, typer.Option(help="One unit, as the roster names it.")] = None,
    call: Annotated[str | None, typer.Option(help="One call, on whatever day.")] = None,
    since: Since = None,
    until: Until = None,
    by: Annotated[Grouping | None, typer.Option(help="Figures by group as well.")] = None,
    csv_file: CsvFile = None,
    html_file: HtmlFile = None,
    rules: Rules = None,
    method: Annotated[
        Method, typer.Option(help="Which calls count; tempe: to compare with published figures.")
    ] = Method.EXPECTED,
    as_json: AsJson = False,
) -> None:
    """Report from the catalog: is there a camera for everyone, and did it run on every call."""
    with exits():
        require_places(csv_file, html_file)
        about = About(badge, unit, call)
        with reading() as (session, settings):
            zone, name = ZoneInfo(settings.department.timezone), settings.department.name
            in_force = rules_for(session, settings, rules, method)
            if about.call is not None:
                shown = _call(session, about.call, in_force, name=name, zone=zone)
            else:
                period = read_days(since, until, zone)
                shown = _shown(session, about, period, in_force, name=name, zone=zone)
        groups: tuple[Group, ...] = ()
        document, lines = shown.document, shown.lines
        if by is not None:
            groups = group_calls(shown.calls, by, zone=zone, units=shown.units)
            document |= describe(groups, by)
            lines += group_words(groups)
        write_text(csv_file, shown.write_csv)
        write_text(html_file, lambda stream: stream.write(shown.print_page(groups)))
        print_result(document, text="\n".join(lines), as_json=as_json)


def _shown(
    session: Session,
    about: About,
    period: Span[datetime],
    rules: RuleBook,
    *,
    name: str,
    zone: ZoneInfo,
) -> Shown:
    """One officer, one unit, or everybody."""
    if about.badge is not None:
        found = officer_coverage(session, about.badge, period.start, period.end, rules=rules)
        return Shown(
            found.document(),
            list(officer_words(found)),
            lambda groups: print_officer(found, department=name, zone=zone, groups=groups),
            lambda stream: write_officer_csv(found, stream),
            found.calls,
            {found.officer.badge: found.officer.unit},
        )
    whole = department_coverage(session, period.start, period.end, rules=rules)
    units = {line.officer.badge: line.officer.unit for line in whole.officers}
    if about.unit is not None:
        part = unit_report(whole, about.unit)
        return Shown(
            part.document(),
            list(unit_words(part)),
            lambda groups: print_unit(part, department=name, zone=zone, groups=groups),
            lambda stream: write_officers_csv(part.officers, stream),
            part.calls,
            units,
        )
    audits = period_results(session, period)
    return Shown(
        {**whole.document(), **results_document(audits)},
        [*department_words(whole), *audit_words(audits)],
        lambda groups: print_department(
            whole, department=name, zone=zone, groups=groups, audits=audits
        ),
        lambda stream: write_department_csv(whole, stream),
        whole.calls,
        units,
    )


def _call(session: Session, number: str, rules: RuleBook, *, name: str, zone: ZoneInfo) -> Shown:
    """One call, with the ledger's answer about each officer."""
    parts = call_footage(session, number, rules=rules)
    officers: list[Json] = [part.document() for part in parts]
    badges = {part.coverage.badge for part in parts}
    units = {badge: find_officer(session, badge).unit for badge in badges}
    return Shown(
        {"call": number, "officers": officers},
        list(call_words(parts)),
        lambda _: print_call(number, parts, department=name, zone=zone),
        lambda stream: write_call_csv(parts, stream),
        parts,
        units,
    )
