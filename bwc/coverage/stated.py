"""Figures of a statutory report that whoever files it states, where the catalog does not know them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bwc.canonical import Json
from bwc.coverage.statutory import STATED, Counted, Figure, StatutoryReport
from bwc.errors import InvalidInput


def read_stated(texts: Iterable[str]) -> dict[Figure, Json]:
    """What is stated, as `FIGURE=VALUE`; a value that is a whole number is one.

    Raises:
        InvalidInput: no such figure, no value, or one figure twice.

    >>> read_stated(["request_costs=1200"])
    {<Figure.REQUEST_COSTS: 'request_costs'>: 1200}
    """
    found: dict[Figure, Json] = {}
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        if name not in set(Figure) or not value:
            raise InvalidInput(
                "not a figure and its value",
                expected=f"FIGURE=VALUE, the figure one of {', '.join(Figure)}",
                got=text,
            )
        figure = Figure(name)
        if figure in found:
            raise InvalidInput("a figure is stated twice", got=text, expected="each once")
        found[figure] = int(value) if value.isascii() and value.isdigit() else value
    return found


def with_stated(report: StatutoryReport, stated: Mapping[Figure, Json]) -> StatutoryReport:
    """The report with what is stated, each marked so.

    Raises:
        InvalidInput: the report has no such field, or it is counted here.
    """
    open_ones = [figure for figure, one in report.counted.items() if one.value is None]
    for figure in stated:
        if figure not in open_ones:
            asked = figure in report.counted
            raise InvalidInput(
                "is counted here and cannot be stated" if asked else "is no field of this report",
                where=figure.value,
                expected=f"one of {', '.join(open_ones) or 'nothing: all is counted'}",
            )
    filled = {figure: _stated(report.counted[figure], value) for figure, value in stated.items()}
    return replace(report, counted={**report.counted, **filled})


def _stated(unknown: Counted, value: Json) -> Counted:
    """A stated value, beside what is said of why it is not counted."""
    return Counted(value, f"{STATED}; {unknown.remark}", is_stated=True)
