"""The strips of a timeline as pictures: plain rectangles whose looks the style sheet says.

A strip is `COLUMNS` units wide and is stretched to the row it stands in. What it shows stands in
words beside it, so it is hidden from screen readers. Nothing here is text of people.
"""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from bwc.redaction.lanes import COLUMNS, Lane, Look
from bwc.redaction.view_timeline import WAVE_COLUMNS

HEIGHT = 12
HALF = HEIGHT // 2
LOUDEST = 255
CLASSES = {
    Look.SEEN: "seen",
    Look.INFERRED: "inferred",
    Look.HELD: "carried",
    Look.BY_HAND: "byhand",
    Look.HIDDEN: "covered",
    Look.VISIBLE: "bare",
}
LOW = frozenset({Look.HELD, Look.VISIBLE})  # told from the others by their height as well


def draw_lane(lane: Lane) -> Markup:
    """A person or a track: colour by how sure it is, height and stripes by what is known."""
    sure = "" if lane.sureness is None else f" {lane.sureness.name.lower().replace('_', '')}"
    shapes = []
    for bar in lane.bars:
        top, height = (HALF // 2, HALF) if bar.look in LOW else (0, HEIGHT)
        place = f'x="{bar.start}" y="{top}" width="{bar.end - bar.start}" height="{height}"'
        shapes.append(f'<rect class="{CLASSES[bar.look]}{sure}" {place}/>')
        if bar.look is Look.INFERRED:
            shapes.append(f'<rect {place} fill="url(#stripes)"/>')
    return _strip(shapes)


def draw_bars(bars: Iterable[tuple[int, int]], name: str) -> Markup:
    """Stretches of one kind."""
    return _strip(
        f'<rect class="{name}" x="{start}" y="0" width="{end - start}" height="{HEIGHT}"/>'
        for start, end in bars
    )


def draw_marks(bars: Iterable[tuple[int, int]]) -> Markup:
    """Thin lines, one at the beginning of each part."""
    return _strip(
        f'<rect class="cut" x="{column}" y="0" width="0.35" height="{HEIGHT}"/>'
        for start, end in bars
        for column in range(start, end)
    )


def draw_wave(levels: Sequence[int]) -> Markup:
    """How loud each part is, mirrored on the middle; the root of it, so that speech is seen."""
    step = COLUMNS / WAVE_COLUMNS
    heights = [max(0.15, HALF * (level / LOUDEST) ** 0.5) for level in levels]
    upper = [f"{at * step:g} {HALF - high:.2f}" for at, high in enumerate(heights)]
    lower = [f"{at * step:g} {HALF + high:.2f}" for at, high in enumerate(heights)]
    return _strip([f'<path class="wave" d="M{" L".join(upper + lower[::-1])} Z"/>'])


def _strip(shapes: Iterable[str]) -> Markup:
    box = f'viewBox="0 0 {COLUMNS} {HEIGHT}" preserveAspectRatio="none"'
    return Markup(f'<svg class="strip" {box} aria-hidden="true">{"".join(shapes)}</svg>')  # noqa: S704  figures alone
