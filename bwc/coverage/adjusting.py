"""A report's units or officers compared under one mix of calls."""

from collections.abc import Sequence
from enum import StrEnum

from bwc.canonical import Json, JsonObject
from bwc.coverage.compare import Adjusted, standardise
from bwc.coverage.measure import Status
from bwc.coverage.rates import Rate
from bwc.coverage.report import DepartmentReport

STATEMENT = (
    "Calls with any video, directly standardised by type of call: each group's share within a type,"
    " weighed by how common that type is in the department. Differences that remain are not thereby"
    " explained."
)


class Compared(StrEnum):
    """What is compared under the same mix of calls."""

    OFFICER = "officer"
    UNIT = "unit"


def compare(report: DepartmentReport, by: Compared) -> list[Adjusted]:
    """The share of calls with any video, adjusted for the types of calls."""
    units = {line.officer.badge: line.officer.unit for line in report.officers}
    counts: dict[str, dict[str, tuple[int, int]]] = {}
    for part in report.calls:
        if part.coverage.status is Status.EXCLUDED:
            continue
        badge = part.coverage.badge
        name = badge if by is Compared.OFFICER else units.get(badge, "")
        yes, whole = counts.setdefault(name, {}).get(part.call.type, (0, 0))
        counts[name][part.call.type] = (yes + bool(part.coverage.covered), whole + 1)
    rates = {
        name: {kind: Rate(*pair) for kind, pair in types.items()} for name, types in counts.items()
    }
    return standardise(rates)


def comparison_document(compared: Sequence[Adjusted], by: Compared, *, rule: str) -> JsonObject:
    """As JSON, with the method and the rule by which calls were counted in words."""
    groups: list[Json] = [one.document() for one in compared]
    return {"by": by.value, "method": STATEMENT, "rule": rule, "groups": groups}
