"""The share of calls with video over the calendar, as an SVG picture with its breaks.

Each day, week, month or quarter of the period has its place, whether it has calls or not. A line
joins neighbours; it ends at a break of the series, at too few calls and where there are none. Words
are never smaller than the font size where the picture is shown as wide as it was drawn.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

from bwc.coverage.calendar_words import calendar_mark, calendar_words
from bwc.coverage.groups import Grouping
from bwc.coverage.rates import Rate, spoken
from bwc.coverage.trend import Point

LEFT: Final = 48
RIGHT: Final = 14
TOP: Final = 30
BOTTOM: Final = 36
MARK_ROOM: Final = 78  # pixels that a name under the axis needs
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
INK: Final = "#1d4f86"


@dataclass(frozen=True, slots=True)
class Canvas:
    """How large the picture is, in pixels."""

    width: int
    height: int

    def x(self, index: int, count: int) -> float:
        """Where the middle of one of so many points stands from the left."""
        return LEFT + (index + 0.5) * (self.width - LEFT - RIGHT) / max(count, 1)

    def y(self, share: float) -> float:
        """Where a share stands from the top."""
        return TOP + (1 - share) * (self.height - TOP - BOTTOM)


WIDE: Final = Canvas(660, 340)
NARROW: Final = Canvas(340, 230)


def draw_trend(
    points: Sequence[Point],
    by: Grouping,
    names: Sequence[str],
    *,
    canvas: Canvas = WIDE,
    links: Mapping[str, str] | None = None,
) -> str:
    """The picture, as one `<svg>` element. `names`: what has a place on the axis, in order.

    A break is a dashed line with the letter that `break_letters` gives it.
    """
    found = {point.group.name: point for point in points}
    places = {name: canvas.x(index, len(names)) for index, name in enumerate(names)}
    title = f"Share of calls with video, by {by.value}"
    parts = [
        (
            f'<svg class="trend" xmlns="http://www.w3.org/2000/svg" role="group" font-size="12"'
            f' viewBox="0 0 {canvas.width} {canvas.height}" width="{canvas.width}"'
            f' height="{canvas.height}"'
            f' aria-label="{title}"><title>{title}</title>'
        ),
        *_scale(canvas),
        *_axis(names, places, by, canvas),
        *_joins(names, places, found, canvas),
        *_breaks(names, places, found, canvas),
    ]
    for name in names:
        if name in found:
            shape = _point(found[name], places[name], by, canvas)
            link = (links or {}).get(name)
            words = escape(_words(found[name], by))
            parts.append(
                shape
                if link is None
                else f'<a href="{escape(link)}" aria-label="{words}">{shape}</a>'
            )
    return "".join([*parts, "</svg>"])


def break_letters(points: Sequence[Point]) -> dict[str, str]:
    """The letter of each point that is not comparable with those before it, by its name."""
    broken = [point.group.name for point in points if point.breaks]
    return {name: LETTERS[index % len(LETTERS)] for index, name in enumerate(broken)}


def _scale(canvas: Canvas) -> Iterator[str]:
    """Lines at every quarter, with their percent."""
    for percent in (0, 25, 50, 75, 100):
        y = canvas.y(percent / 100)
        yield (
            f'<line class="trend-scale" x1="{LEFT}" x2="{canvas.width - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"'
            ' stroke="currentColor" stroke-opacity="0.18"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="currentColor">'
            f"{percent} %</text>"
        )


def _axis(
    names: Sequence[str], places: Mapping[str, float], by: Grouping, canvas: Canvas
) -> Iterator[str]:
    """The names that fit under the axis, the first of them always."""
    step = max(1, -(-len(names) * MARK_ROOM // (canvas.width - LEFT - RIGHT)))
    for name in names[::step]:
        yield (
            f'<text class="trend-name" x="{places[name]:.1f}" y="{canvas.height - 12}"'
            f' text-anchor="middle" fill="currentColor">{escape(calendar_mark(name, by))}</text>'
        )


def _joins(
    names: Sequence[str],
    places: Mapping[str, float],
    found: Mapping[str, Point],
    canvas: Canvas,
) -> Iterator[str]:
    """The lines between neighbours that are comparable."""
    for before, after in pairwise(names):
        left, right = _rate(found.get(before)), _rate(found.get(after))
        if left is None or right is None or found[after].breaks:
            continue
        yield (
            f'<line class="trend-line" x1="{places[before]:.1f}" x2="{places[after]:.1f}"'
            f' y1="{canvas.y(left.share or 0):.1f}" y2="{canvas.y(right.share or 0):.1f}"'
            f' stroke="{INK}" stroke-width="2"/>'
        )


def _breaks(
    names: Sequence[str],
    places: Mapping[str, float],
    found: Mapping[str, Point],
    canvas: Canvas,
) -> Iterator[str]:
    """A dashed line before each point that begins another series, with its letter."""
    letters = break_letters([found[name] for name in names if name in found])
    half = (places[names[1]] - places[names[0]]) / 2 if len(names) > 1 else 0
    for name, letter in letters.items():
        x = max(places[name] - half, LEFT)
        why = escape("; ".join(found[name].breaks))
        yield (
            f'<g class="trend-break"><title>Break {letter}: {why}</title>'
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{canvas.y(0):.0f}" stroke="#9a4a00"'
            ' stroke-width="2" stroke-dasharray="5 4"/>'
            f'<text x="{x:.1f}" y="{TOP - 13}" text-anchor="middle" font-weight="bold"'
            f' fill="#9a4a00">{letter}</text></g>'
        )


def _point(point: Point, x: float, by: Grouping, canvas: Canvas) -> str:
    """A dot on its interval; too few calls are a ring on the axis."""
    rate, words = _rate(point), escape(_words(point, by))
    if rate is None:
        return (
            f'<circle class="trend-few" cx="{x:.1f}" cy="{canvas.y(0):.1f}" r="4" fill="none"'
            f' stroke="currentColor" stroke-width="1.5"><title>{words}</title></circle>'
        )
    low, high = rate.interval or (0.0, 1.0)
    return (
        f'<line class="trend-interval" x1="{x:.1f}" x2="{x:.1f}" y1="{canvas.y(high):.1f}"'
        f' y2="{canvas.y(low):.1f}" stroke="{INK}" stroke-width="5" stroke-opacity="0.3"/>'
        f'<circle class="trend-point" cx="{x:.1f}" cy="{canvas.y(rate.share or 0):.1f}" r="4.5"'
        f' fill="{INK}"><title>{words}</title></circle>'
    )


def _rate(point: Point | None) -> Rate | None:
    """What is drawn of a point, if anything."""
    if point is None or point.group.tally.with_video.is_small:
        return None
    return point.group.tally.with_video


def _words(point: Point, by: Grouping) -> str:
    """A point as a sentence."""
    rate, when = point.group.tally.with_video, calendar_words(point.group.name, by)
    return f"{when}: {'too few calls' if rate.is_small else spoken(rate)}"
