"""`bwc coverage report`: the department or one officer, from the catalog."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from bwc.catalog.store import Catalog
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
from bwc.coverage.audit_results import period_results, results_document
from bwc.coverage.export import write_department_csv, write_officer_csv
from bwc.coverage.groups import Group, Grouping, describe, group, group_calls
from bwc.coverage.printed import print_department, print_officer
from bwc.coverage.report import (
    DepartmentReport,
    OfficerReport,
    department_coverage,
    officer_coverage,
)
from bwc.coverage.rule_book import RuleBook
from bwc.coverage.words import audit_words, department_words, group_words, officer_words
from bwc.settings import load_settings
from bwc.timeline import Span


def report(
    badge: Annotated[str | None, typer.Option(help="One officer; default: everybody.")] = None,
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
        settings = load_settings()
        zone, name = ZoneInfo(settings.department.timezone), settings.department.name
        period = read_days(since, until, zone)
        catalog = Catalog(settings.catalog_url)
        with catalog.read() as session:
            found = _measured(session, badge, period, rules_for(session, settings, rules, method))
            audits = period_results(session, period)
        catalog.close()
        groups: tuple[Group, ...] = ()
        document, lines = found.document(), _words(found)
        if by is not None:
            groups = _grouped(found, by, zone)
            document |= describe(groups, by)
            lines += group_words(groups)
        if isinstance(found, OfficerReport):
            page = print_officer(found, department=name, zone=zone, groups=groups)
            write_text(csv_file, lambda stream: write_officer_csv(found, stream))
        else:
            document |= results_document(audits)
            lines += audit_words(audits)
            page = print_department(found, department=name, zone=zone, groups=groups, audits=audits)
            write_text(csv_file, lambda stream: write_department_csv(found, stream))
        write_text(html_file, lambda stream: stream.write(page))
        print_result(document, text="\n".join(lines), as_json=as_json)


def _measured(
    session: Session, badge: str | None, period: Span[datetime], rules: RuleBook
) -> DepartmentReport | OfficerReport:
    """One officer, or everybody."""
    if badge is not None:
        return officer_coverage(session, badge, period.start, period.end, rules=rules)
    return department_coverage(session, period.start, period.end, rules=rules)


def _words(found: DepartmentReport | OfficerReport) -> list[str]:
    """The report as lines."""
    return list(
        officer_words(found) if isinstance(found, OfficerReport) else department_words(found)
    )


def _grouped(
    found: DepartmentReport | OfficerReport, by: Grouping, zone: ZoneInfo
) -> tuple[Group, ...]:
    """The report's calls, grouped."""
    if isinstance(found, OfficerReport):
        units = {found.officer.badge: found.officer.unit}
        return group_calls(found.calls, by, zone=zone, units=units)
    return group(found, by, zone=zone)
