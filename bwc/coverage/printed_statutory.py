"""The report that a statute asks for, as lines for a terminal and as a page to print."""

from collections.abc import Iterator
from datetime import timedelta
from html import escape
from zoneinfo import ZoneInfo

from bwc.canonical import Json
from bwc.coverage.printed import print_page, print_table
from bwc.coverage.statutory import StatutoryReport

INSTANT = timedelta(microseconds=1)
DRAFT = "Draft: no lawyer has read which fields the statute asks for."


def statutory_words(report: StatutoryReport) -> Iterator[str]:
    """The report as lines, field by field in the order of the statute."""
    text = report.text
    yield f"{text.title} ({text.citation}, read on {text.read_on.isoformat()}, {text.status})"
    for field in text.fields:
        counted = report.counted[field.figure]
        yield f"{field.text} [{field.figure.value}]:"
        yield f"    {_value(counted.value)}"
        if counted.remark:
            yield f"    ({counted.remark})"


def print_statutory(report: StatutoryReport, *, department: str, zone: ZoneInfo) -> str:
    """A whole HTML document; the days are those of the department's clocks."""
    text = report.text
    first = report.period.start.astimezone(zone).date()
    last = (report.period.end - INSTANT).astimezone(zone).date()
    rows = (
        (field.text, _value(counted.value), counted.remark)
        for field, counted in ((one, report.counted[one.figure]) for one in text.fields)
    )
    return print_page(
        f"{department}: {text.title}",
        (
            f"<p>{escape(text.citation)}, read on {text.read_on.isoformat()}.</p>",
            f"<p>{DRAFT}</p>" if text.status == "draft" else "",
            f"<p>From {first.isoformat()} to {last.isoformat()}, both included.</p>",
            print_table("Fields of the report", ("Asked", "Answer", "Remark"), rows),
        ),
    )


def _value(value: Json) -> str:
    """A figure for people."""
    if value is None:
        return "not known"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_value(one)}" for name, one in value.items()) or "none"
    return str(value)
