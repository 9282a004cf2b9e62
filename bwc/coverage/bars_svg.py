"""Shares of several officers or units as horizontal bars, with their intervals; a plain SVG."""

from collections.abc import Mapping, Sequence
from html import escape

from bwc.coverage.rates import Rate, percent
from bwc.coverage.report import OfficerLine

WIDTH = 960
LABEL = 240
SCALE = 500  # pixels that stand for 100 %
ROW = 26


def draw_coverage_bars(lines: Sequence[OfficerLine], links: Mapping[str, str]) -> str:
    """Share of each officer's calls with video; `links` leads from a badge to its page.

    Where n is small the share is left out, and the row says so.
    """
    height = ROW * len(lines) + 8
    rows = (_row(line, index, links.get(line.officer.badge)) for index, line in enumerate(lines))
    return (
        f'<svg class="bars" xmlns="http://www.w3.org/2000/svg" role="group" font-size="12"'
        f' viewBox="0 0 {WIDTH} {height}" aria-label="Share of calls with video, by officer">'
        f"{''.join(rows)}</svg>"
    )


def _row(line: OfficerLine, index: int, link: str | None) -> str:
    """One officer: name, bar, whisker and figure."""
    rate, top = line.tally.with_video, index * ROW + 4
    name = f"{line.officer.badge} {line.officer.name}"
    words = f"n = {rate.whole}, too few to show" if rate.is_small else _words(rate)
    label = (
        f'<text class="bars-name" x="4" y="{top + 14}" fill="currentColor">{escape(name)}</text>'
    )
    if link is not None:
        label = f'<a href="{escape(link)}">{label}</a>'
    figure = (
        f'<text class="bars-figure" x="{LABEL + SCALE + 8}" y="{top + 14}"'
        f' fill="currentColor">{escape(words)}</text>'
    )
    return f"{label}{'' if rate.is_small else _bar(rate, top)}{figure}"


def _words(rate: Rate) -> str:
    """The figure beside the bar."""
    return f"{percent(rate.share)} of {rate.whole}"


def _bar(rate: Rate, top: int) -> str:
    """The bar, and a thin line from the low to the high end of the interval."""
    low, high = rate.interval or (0.0, 1.0)
    middle = top + 9
    return (
        f'<rect class="bars-bar" x="{LABEL}" y="{top}" width="{SCALE * (rate.share or 0):.1f}"'
        f' height="18" fill="#35618f"><title>{_words(rate)}, 95 % interval {percent(low)} to'
        f" {percent(high)}</title></rect>"
        f'<line class="bars-interval" x1="{LABEL + SCALE * low:.1f}"'
        f' x2="{LABEL + SCALE * high:.1f}" y1="{middle}" y2="{middle}"'
        ' stroke="currentColor" stroke-width="2"/>'
    )
