"""A recording over time as its reviewer sees it: lanes of the plan, cuts, loudness, speech, silences.

However long the recording, a view holds a bounded number of pieces (`bwc.redaction.lanes`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bwc.redaction.lanes import COLUMNS, Lane, Window, lanes, since_first, spread
from bwc.redaction.outline import OutlineDocument, is_of
from bwc.redaction.plan import Plan
from bwc.timeline import Span

WAVE_COLUMNS = 2 * COLUMNS
LEAST_SECONDS = Fraction(1)  # of a window
MOST_LISTED = 50  # of cuts, stretches of speech and silences that are named one by one


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of sound in seconds since the first picture, and what is said of it."""

    first: Fraction
    last: Fraction
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What lies in a window of a recording.

    `wave` has `WAVE_COLUMNS` levels, 0 to 255, and is None where there is no sound; with `cuts` it
    needs an outline, and `has_outline` says whether there is one. Bars are parts of the window, as
    those of lanes. `fits` says whether the proxy shows the very pictures that the plan is about.
    """

    window: Window
    seconds: Fraction
    plan_version: int
    lanes: tuple[Lane, ...]
    lane_count: int
    skip: int
    has_outline: bool
    fits: bool
    pictures: int
    cuts: tuple[float, ...]
    cut_bars: list[tuple[int, int]]
    cut_count: int
    wave: list[int] | None
    speech: tuple[Stretch, ...]
    speech_bars: list[tuple[int, int]]
    speech_note: str | None
    muted: tuple[Stretch, ...]
    muted_bars: list[tuple[int, int]]


def window_of(plan: Plan, first: float | None, last: float | None) -> Window:
    """What was asked for, inside of the recording and a second at least; all of it by default."""
    whole = max(length_of(plan), LEAST_SECONDS)
    start = min(max(Fraction(first or 0), Fraction(0)), whole - LEAST_SECONDS)
    end = whole if last is None else min(Fraction(last), whole)
    return Window(start, max(end, start + LEAST_SECONDS))


def length_of(plan: Plan) -> Fraction:
    """Seconds from the first picture to the last, and as much as one usually lasts."""
    size = plan.original
    ticks = size.last_pts - size.first_pts
    return (ticks + Fraction(ticks, max(1, size.frames - 1))) * plan.time_base


def view_timeline(
    plan: Plan,
    outline: OutlineDocument | None,
    window: Window,
    *,
    plan_version: int = 0,
    skip: int = 0,
) -> Timeline:
    """What lies in `window`; lanes from number `skip` on."""
    shown, count = lanes(plan, window, skip=skip)
    cuts = _cuts(plan, outline)
    inside = [at for at in cuts if window.first <= at < window.last]
    spoken = _spoken(plan)
    muted = muted_stretches(plan)
    return Timeline(
        window=window,
        seconds=length_of(plan),
        plan_version=plan_version,
        lanes=shown,
        lane_count=count,
        skip=skip,
        has_outline=outline is not None,
        fits=outline is not None and is_of(outline.times(), plan.original),
        pictures=plan.original.frames,
        cuts=tuple(round(float(at), 3) for at in inside[:MOST_LISTED]),
        cut_bars=spread([(at, at) for at in inside], window),
        cut_count=len(inside),
        wave=_wave(plan, outline, window),
        speech=_inside(spoken, window)[:MOST_LISTED],
        speech_bars=spread(map(_edges, spoken), window),
        speech_note=_unheard(plan),
        muted=_inside(muted, window)[:MOST_LISTED],
        muted_bars=spread(map(_edges, muted), window),
    )


def muted_stretches(plan: Plan) -> tuple[Stretch, ...]:
    """What nobody may hear, in the order of time."""
    found = [
        _stretch(plan, cut.span(), f"{cut.effect.value}, {cut.exemption}") for cut in plan.sound
    ]
    return tuple(sorted(found, key=_edges))


def _spoken(plan: Plan) -> tuple[Stretch, ...]:
    """Where somebody speaks, as far as anybody listened."""
    spans = [] if plan.speech is None else plan.speech.spoken()
    return tuple(_stretch(plan, span, "speech") for span in spans)


def _unheard(plan: Plan) -> str | None:
    """Why nothing is known of speech, where nothing is."""
    if plan.speech is None:
        return "nobody listened for speech: this plan was made without sound"
    if plan.speech.not_judged is not None:
        return f"where somebody speaks was not judged: {plan.speech.not_judged}"
    return None


def _cuts(plan: Plan, outline: OutlineDocument | None) -> list[Fraction]:
    """When scenes change, in seconds since the first picture."""
    if outline is None or not outline.cuts:
        return []
    times = outline.times()
    pts = times.pts()
    return [
        since_first(plan, int(pts[number]) * times.time_base)
        for number in outline.cuts
        if number < len(pts)
    ]


def _wave(plan: Plan, outline: OutlineDocument | None, window: Window) -> list[int] | None:
    """How loud each part of the window is."""
    if outline is None:
        return None
    return peaks_between(plan.original.first_pts, outline, window, WAVE_COLUMNS)


def peaks_between(
    first_pts: int, outline: OutlineDocument, window: Window, columns: int
) -> list[int] | None:
    """The levels of `columns` equal parts of a window that counts from `first_pts`; None: no sound."""
    peaks = outline.loudness()
    if peaks is None:
        return None
    lead = float((first_pts - outline.origin) * Fraction(*outline.time_base))
    return peaks.between(float(window.first) + lead, float(window.last) + lead, columns)


def _stretch(plan: Plan, span: Span[Fraction], what: str) -> Stretch:
    return Stretch(since_first(plan, span.start), since_first(plan, span.end), what)


def _edges(stretch: Stretch) -> tuple[Fraction, Fraction]:
    return stretch.first, stretch.last


def _inside(stretches: Sequence[Stretch], window: Window) -> tuple[Stretch, ...]:
    """Those that the window shows."""
    return tuple(one for one in stretches if one.first < window.last and one.last > window.first)
