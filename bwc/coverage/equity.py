"""How coverage, release and redaction differ by district, kind of call and shift. Pure.

Each cell has n and a 95 % interval. A cell of fewer than `FEWEST` cases is suppressed, and where
that leaves exactly one cell hidden the next smallest is hidden too, so that it cannot be worked
out from the total. The figures describe; they say nothing of causes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import mean, stdev

from bwc.canonical import Json, JsonObject
from bwc.catalog.coverage_sum import CallGroup
from bwc.coverage.rates import FEWEST, Rate, Z, rounded

STATEMENT = (
    "These figures describe differences between groups of cases; they do not explain them. Districts,"
    " kinds of calls and shifts differ in much that is not counted here. Intervals are at 95 %."
    f" Cells of fewer than {FEWEST} cases are suppressed, and a further cell where one alone could"
    " be worked out."
)


class Measure(StrEnum):
    """What is compared."""

    COVERAGE = "officer-calls with any video"
    LATE_RELEASE = "releases due that came late or not at all"
    WITHHOLDING = "public decisions to withhold"
    REDACTION = "mean share of the picture hidden"


@dataclass(frozen=True, slots=True)
class Cell:
    """One group's figure; everything is None where it is suppressed."""

    group: str
    n: int | None
    share: float | None
    low: float | None
    high: float | None

    @property
    def is_suppressed(self) -> bool:
        """Whether the cell is too small to be shown, or would give another one away."""
        return self.n is None

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "group": self.group,
            "suppressed": self.is_suppressed,
            "n": self.n,
            "share": rounded(self.share),
            "low": rounded(self.low),
            "high": rounded(self.high),
        }


@dataclass(frozen=True, slots=True)
class Table:
    """One measure over one grouping."""

    measure: Measure
    by: CallGroup
    cells: tuple[Cell, ...]

    def document(self) -> JsonObject:
        """As JSON."""
        cells: list[Json] = [cell.document() for cell in self.cells]
        return {"measure": self.measure.value, "by": self.by.value, "cells": cells}


def tabulate(measure: Measure, by: CallGroup, cases: Iterable[tuple[str, float]]) -> Table:
    """The cells of one table, groups in their order.

    A case is the group it is in and a yes or no as 1 or 0, or a share.
    """
    groups: dict[str, list[float]] = {}
    for name, value in cases:
        groups.setdefault(name or "not known", []).append(value)
    hidden = _hidden({name: len(values) for name, values in groups.items()})
    cells = (
        Cell(name, None, None, None, None) if name in hidden else _cell(measure, name, groups[name])
        for name in sorted(groups)
    )
    return Table(measure, by, tuple(cells))


def tabulate_rates(measure: Measure, by: CallGroup, rates: Mapping[str, Rate]) -> Table:
    """The cells of one table whose cases are counted already, groups in their order."""
    named: dict[str, Rate] = {}
    for name, rate in rates.items():
        before = named.get(name or "not known", Rate(0, 0))
        named[name or "not known"] = Rate(before.part + rate.part, before.whole + rate.whole)
    hidden = _hidden({name: rate.whole for name, rate in named.items()})
    cells = (
        Cell(name, None, None, None, None) if name in hidden else _rate_cell(name, named[name])
        for name in sorted(named)
    )
    return Table(measure, by, tuple(cells))


def _hidden(sizes: Mapping[str, int]) -> set[str]:
    """The groups that must not be shown."""
    hidden = {name for name, n in sizes.items() if n < FEWEST}
    shown = sorted((n, name) for name, n in sizes.items() if name not in hidden)
    if len(hidden) == 1 and shown:
        hidden.add(shown[0][1])
    return hidden


def _cell(measure: Measure, name: str, values: list[float]) -> Cell:
    """Share or mean, with its interval."""
    if measure is not Measure.REDACTION:
        return _rate_cell(name, Rate(round(sum(values)), len(values)))
    middle = mean(values)
    reach = Z * stdev(values) / sqrt(len(values))
    return Cell(name, len(values), middle, max(0.0, middle - reach), min(1.0, middle + reach))


def _rate_cell(name: str, rate: Rate) -> Cell:
    """A share with its interval."""
    low, high = rate.interval or (None, None)
    return Cell(name, rate.whole, rate.share, low, high)
