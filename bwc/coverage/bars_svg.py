"""One share with its interval as a small SVG that stands in the row of a table.

A pale band reaches from the low to the high end of the interval, a line in it marks the share. The
figures stand as text in the same row, so the picture is hidden from screen readers.
"""

from bwc.coverage.rates import Rate

WIDTH = 100  # one unit is one percent; the picture is stretched to its cell
HEIGHT = 14


def draw_rate(rate: Rate) -> str:
    """A rate, or nothing but the scale where n is too small to show its share.

    >>> "share-mark" in draw_rate(Rate(3, 4)), "share-mark" in draw_rate(Rate(9, 12))
    (False, True)
    """
    return draw_share(rate.shown_share, *rate.shown_interval)


def draw_share(share: float | None, low: float | None, high: float | None) -> str:
    """A share and its interval, each from 0 to 1; None: nothing but the scale."""
    scale = 'class="share-scale" fill="currentColor" fill-opacity="0.06"'
    parts = [
        f'<rect {scale} width="{WIDTH}" height="{HEIGHT}"/>',
        _line("share-half", WIDTH / 2, width=1, colour="currentColor", opacity=0.25),
    ]
    if low is not None and high is not None:
        parts.append(
            f'<rect class="share-band" x="{WIDTH * low:.2f}" y="3"'
            f' width="{WIDTH * (high - low):.2f}" height="{HEIGHT - 6}" fill="#8fb0d3"/>'
        )
    if share is not None:
        parts.append(_line("share-mark", WIDTH * share, width=3, colour="#1d4f86", opacity=1))
    return (
        f'<svg class="share" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' preserveAspectRatio="none" width="{WIDTH}" height="{HEIGHT}" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


def _line(name: str, x: float, *, width: int, colour: str, opacity: float) -> str:
    """An upright line that stays as thin as it is however wide the picture becomes."""
    return (
        f'<line class="{name}" x1="{x:.2f}" x2="{x:.2f}" y1="0" y2="{HEIGHT}" stroke="{colour}"'
        f' stroke-width="{width}" stroke-opacity="{opacity}" vector-effect="non-scaling-stroke"/>'
    )
