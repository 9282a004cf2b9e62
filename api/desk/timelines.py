"""The timeline of the review page: its window out of the address, its lanes as drawn strips."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, TypeAlias
from urllib.parse import urlencode

from fastapi import Query
from markupsafe import Markup
from pydantic import Field

from api.desk.timeline_svg import draw_bars, draw_lane, draw_marks, draw_wave
from bwc.catalog.views.recordings import find_media
from bwc.errors import IntegrityError, NotFound
from bwc.house import House
from bwc.redaction.lanes import MOST_LANES, Lane, Window
from bwc.redaction.outline import OutlineDocument, load_outline
from bwc.redaction.plan import Plan
from bwc.redaction.view_timeline import LEAST_SECONDS, Timeline, view_timeline, window_of

LONGEST_SECONDS = 1e6  # no camera runs for eleven days
ROUNDED = Fraction(1, 2000)  # seconds in addresses have three places
TICKS = 4  # steps between times that are named along the axis
ZOOM = 4  # by how much a step shows less or more

Seconds: TypeAlias = Annotated[float, Field(ge=0, le=LONGEST_SECONDS, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a window, a moment in it, a picture by its number, lanes to skip."""

    first: Annotated[Seconds | None, Query(alias="from")] = None
    last: Annotated[Seconds | None, Query(alias="to")] = None
    second: Annotated[Seconds | None, Query(alias="t")] = None
    picture: Annotated[int | None, Query(ge=1)] = None
    skip: Annotated[int, Query(ge=0)] = 0


@dataclass(frozen=True, slots=True)
class Strip:
    """One row of the picture: its lane, drawn, and where a press on its name leads."""

    lane: Lane
    drawn: Markup
    link: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A link to another window."""

    name: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """All that player and timeline show. `player_second` is where a player begins, as it counts."""

    timeline: Timeline
    strips: tuple[Strip, ...]
    wave: Markup | None
    cuts: Markup
    speech: Markup
    muted: Markup
    ticks: tuple[float, ...]
    turns: tuple[Turn, ...]
    more: str | None
    second: float | None
    player_second: float | None
    problem: str | None


def read_outline(house: House, recording_id: str) -> tuple[OutlineDocument | None, str | None]:
    """The outline of a recording, or why it cannot be read; neither where there is none yet."""
    with house.catalog.read() as session:
        media = find_media(session, recording_id)
    try:
        return load_outline(house.vault, media.outline_sha256), None
    except (NotFound, IntegrityError) as exc:
        return None, str(exc)


def read_studio(house: House, recording_id: str, plan: Plan, version: int, asked: Asked) -> Studio:
    """What the review of a recording shows of `asked`."""
    outline, problem = read_outline(house, recording_id)
    window = window_of(plan, asked.first, asked.last)
    found = view_timeline(plan, outline, window, plan_version=version, skip=asked.skip)
    second, player_second = _moment(outline, asked)
    here = {"from": f"{float(window.first):.3f}", "to": f"{float(window.last):.3f}"}
    rest = found.lane_count - asked.skip - len(found.lanes)
    return Studio(
        timeline=found,
        strips=tuple(
            Strip(lane, draw_lane(lane), _to(here, t=max(lane.first_second, float(window.first))))
            for lane in found.lanes
        ),
        wave=None if found.wave is None else draw_wave(found.wave),
        cuts=draw_marks(found.cut_bars),
        speech=draw_bars(found.speech_bars, "speech"),
        muted=draw_bars(found.muted_bars, "mutedspan"),
        ticks=tuple(
            float(window.first + (window.last - window.first) * at / TICKS)
            for at in range(TICKS + 1)
        ),
        turns=_turns(window, found.seconds, second),
        more=_to(here, skip=asked.skip + MOST_LANES) if rest > 0 else None,
        second=second,
        player_second=player_second,
        problem=problem,
    )


def _moment(outline: OutlineDocument | None, asked: Asked) -> tuple[float | None, float | None]:
    """The moment that was asked for, since the first picture and as a player counts.

    A player shows a picture safely in the middle of its time, so that is where it is sent.
    """
    if outline is None:
        return asked.second, asked.second
    times = outline.times()
    pts = times.pts()
    if asked.picture is not None:
        number = min(asked.picture, times.count) - 1
    elif asked.second is not None:
        wanted = times.first_pts + (Fraction(asked.second) + ROUNDED) / times.time_base
        number = max(0, int(pts.searchsorted(float(wanted), side="right")) - 1)
    else:
        return None, None
    start = int(pts[number])
    end = int(pts[number + 1]) if number + 1 < times.count else start + times.last_lasts
    since = float((start - times.first_pts) * times.time_base)
    return since, float((Fraction(start + end, 2) - times.origin) * times.time_base)


def _turns(window: Window, whole: Fraction, second: float | None) -> tuple[Turn, ...]:
    """Where one can go from a window."""
    width = window.last - window.first
    middle = (window.first + window.last) / 2
    if second is not None and window.first <= second < window.last:
        middle = Fraction(second)
    turns = []
    if width > LEAST_SECONDS:
        turns.append(_turn("Closer", middle, max(width / ZOOM, LEAST_SECONDS), whole, second))
    if width < whole:
        turns += [
            _turn("Wider", middle, width * ZOOM, whole, second),
            _turn("Earlier", middle - width, width, whole, second),
            _turn("Later", middle + width, width, whole, second),
            Turn("All of it", _to({}, **_at(second))),
        ]
    return tuple(turns)


def _turn(name: str, middle: Fraction, width: Fraction, whole: Fraction, at: float | None) -> Turn:
    """A window of `width` around `middle`, moved inside of the recording."""
    width = min(width, whole)
    first = min(max(middle - width / 2, Fraction(0)), whole - width)
    edges = {"from": f"{float(first):.3f}", "to": f"{float(first + width):.3f}"}
    return Turn(name, _to(edges, **_at(at)))


def _at(second: float | None) -> dict[str, float]:
    return {} if second is None else {"t": second}


def _to(window: dict[str, str], **more: float) -> str:
    """The address of this page with that window."""
    query = window | {name: f"{value:.3f}".rstrip("0").rstrip(".") for name, value in more.items()}
    return f"?{urlencode(query)}#timeline"
