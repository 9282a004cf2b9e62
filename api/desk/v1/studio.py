"""A recording over time: the times of its pictures, its loudness, its plan in lanes and as masks.

None of it is a picture; what shows people asks for the right to see them.
"""

from dataclasses import asdict
from datetime import datetime
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.desk.timelines import Seconds, read_outline
from api.desk.v1.schemas import Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.presence import note_presence, others_present
from bwc.access.roles import Actor, Right, require_for
from bwc.catalog.views.recordings import find_media
from bwc.errors import InvalidInput, NotFound
from bwc.house import House
from bwc.redaction.keys import Key
from bwc.redaction.lanes import COLUMNS, Look, Sureness, Window
from bwc.redaction.outline import OutlineDocument, load_outline
from bwc.redaction.plan import Plan, Shape
from bwc.redaction.preview import preview
from bwc.redaction.view_review import newest_plan_of, newest_version_of
from bwc.redaction.view_timeline import (
    WAVE_COLUMNS,
    length_of,
    muted_stretches,
    peaks_between,
    view_timeline,
    window_of,
)

router = APIRouter(tags=["studio"], responses=problem_responses(422))
Watcher = Annotated[Actor, may(Right.WATCH_FOOTAGE)]
Reviewer = Annotated[Actor, may(Right.SEE_PERSONS)]
REFUSALS = problem_responses(401, 403, 404, 422)
MOST_COLUMNS = 2000
LONGEST_PREVIEW = 300  # seconds of masks in one answer
From = Annotated[Seconds | None, Query(alias="from", description="Since the first picture")]
To = Annotated[Seconds | None, Query(alias="to", description="Default: the end")]
Skip = Annotated[int, Query(ge=0, description="Lanes to leave out")]


class PicturesRead(Read):
    """When each picture is shown, in ticks of `time_base` seconds.

    `steps` is step, count, step, count: the ticks from picture to picture. A player's second zero
    is the tick `origin`; the last picture is shown for `last_lasts` ticks.
    """

    time_base: tuple[int, int] = Field(description="[numerator, denominator] seconds a tick")
    origin: int
    first_pts: int
    steps: list[int]
    last_lasts: int
    count: int


class PeaksRead(Read):
    """The largest level of each equal part of [first, last) seconds, 0 to 255."""

    first: float
    last: float
    levels: list[int] | None = Field(description="Null where there is no sound")


class BarRead(Read):
    """Parts of the window of which one thing is said, `end` exclusive."""

    start: int
    end: int
    look: Look


class LaneRead(Read):
    """One person, or one track where `track` is named; seconds are of its whole life."""

    name: str
    person: int | None
    track: int | None
    kind: str
    sureness: Sureness | None
    best_score: float | None
    is_visible: bool
    first_second: float
    last_second: float
    bars: list[BarRead]


class StretchRead(Read):
    """A stretch of sound, in seconds since the first picture."""

    first: float
    last: float
    what: str


class TimelineRead(Read):
    """What lies in a window, cut into `columns` equal parts."""

    first: float
    last: float
    seconds: float
    columns: int
    plan_version: int
    lanes: list[LaneRead]
    lane_count: int = Field(description="How many the window has; `skip` reaches the others")
    has_outline: bool
    fits: bool = Field(description="Whether the proxy shows the pictures that the plan is about")
    cuts: list[float] = Field(description="Seconds of the first 50 cuts between scenes")
    cut_count: int
    speech: list[StretchRead]
    speech_note: str | None
    muted: list[StretchRead]


class MaskRead(Read):
    """One thing that is hidden: [pts, x0, y0, x1, y1] in pixels of the upright picture."""

    id: int
    shape: Shape
    keys: list[Key]


class MasksRead(Read):
    """What the newest plan hides within [first_pts, last_pts].

    Between two keys each edge moves straight, is rounded outwards to whole pixels and grown by 2.
    """

    plan_version: int
    width: int
    height: int
    first_pts: int
    last_pts: int
    tracks: list[MaskRead]
    muted: list[tuple[float, float]] = Field(description="Seconds since the first picture")


class PresentRead(Read):
    """Somebody else who has this review open, or had it in the last ten minutes."""

    username: str
    name: str
    seen_at: datetime
    is_now: bool


class PresenceRead(Read):
    """Who else is here, and the version of the plan that stands."""

    others: list[PresentRead]
    plan_version: int | None


@router.get("/recordings/{recording_id}/pictures", responses=REFUSALS)
def get_pictures(recording_id: str, house: HouseDep, actor: Watcher) -> PicturesRead:
    """When each picture of a recording is shown."""
    outline = _outline(house, recording_id, actor)
    times = outline.times()
    return PicturesRead(
        time_base=outline.time_base,
        origin=times.origin,
        first_pts=times.first_pts,
        steps=list(times.steps),
        last_lasts=times.last_lasts,
        count=times.count,
    )


@router.get("/recordings/{recording_id}/peaks", responses=REFUSALS)
def get_peaks(
    recording_id: str,
    house: HouseDep,
    actor: Watcher,
    start: From = None,
    end: To = None,
    columns: Annotated[int, Query(ge=1, le=MOST_COLUMNS)] = WAVE_COLUMNS,
) -> PeaksRead:
    """How loud a recording is, in equal parts of a window."""
    outline = _outline(house, recording_id, actor)
    times = outline.times()
    first = Fraction(start or 0)
    last = max(times.seconds if end is None else Fraction(end), first + times.time_base)
    levels = peaks_between(times.first_pts, outline, Window(first, last), columns)
    return PeaksRead(first=float(first), last=float(last), levels=levels)


@router.get("/recordings/{recording_id}/timeline", responses=REFUSALS)
def get_timeline(
    recording_id: str,
    house: HouseDep,
    _actor: Reviewer,
    start: From = None,
    end: To = None,
    skip: Skip = 0,
) -> TimelineRead:
    """The newest plan in lanes, with cuts, speech and silences."""
    version, plan = _plan(house, recording_id)
    outline, _ = read_outline(house, recording_id)
    window = window_of(plan, start, end)
    found = view_timeline(plan, outline, window, plan_version=version, skip=skip)
    return TimelineRead(
        first=float(found.window.first),
        last=float(found.window.last),
        seconds=float(found.seconds),
        columns=COLUMNS,
        plan_version=found.plan_version,
        lanes=[LaneRead.model_validate(lane) for lane in found.lanes],
        lane_count=found.lane_count,
        has_outline=found.has_outline,
        fits=found.fits,
        cuts=list(found.cuts),
        cut_count=found.cut_count,
        speech=[StretchRead.model_validate(one) for one in found.speech],
        speech_note=found.speech_note,
        muted=[StretchRead.model_validate(one) for one in found.muted],
    )


@router.get("/recordings/{recording_id}/plan/masks", responses=REFUSALS)
def get_masks(
    recording_id: str,
    house: HouseDep,
    _actor: Reviewer,
    start: From = None,
    end: To = None,
) -> MasksRead:
    """What the newest plan hides in at most five minutes, to be drawn before it is rendered."""
    version, plan = _plan(house, recording_id)
    first = Fraction(start or 0)
    last = min(length_of(plan), first + LONGEST_PREVIEW) if end is None else Fraction(end)
    if not first < last <= first + LONGEST_PREVIEW:
        raise InvalidInput(
            "masks are asked for in stretches",
            expected=f"an end up to {LONGEST_PREVIEW} s after the start",
            got=f"{float(first):g} to {float(last):g} s",
        )
    return MasksRead.model_validate(
        {
            "plan_version": version,
            **asdict(preview(plan, Window(first, last))),
            "muted": [(cut.first, cut.last) for cut in muted_stretches(plan)],
        }
    )


@router.post("/recordings/{recording_id}/review/presence", responses=REFUSALS)
def note_review(recording_id: str, house: HouseDep, actor: Reviewer) -> PresenceRead:
    """Say that one has this review open, and learn who else has."""
    now = house.clock.now()
    with house.catalog.write() as session:
        find_media(session, recording_id)
        note_presence(session, recording_id, actor.username, at=now)
        others = others_present(session, recording_id, actor.username, at=now)
        standing = newest_version_of(session, recording_id)
        session.commit()
    return PresenceRead(
        others=[PresentRead.model_validate(one) for one in others], plan_version=standing
    )


def _outline(house: House, recording_id: str, actor: Actor) -> OutlineDocument:
    """The outline of a recording that this person may watch."""
    with house.catalog.read() as session:
        media = find_media(session, recording_id)
    require_for(actor, Right.WATCH_FOOTAGE, media.officer_id)
    found = load_outline(house.vault, media.outline_sha256)
    if found is None:
        raise NotFound("there is no outline of this recording yet", where=recording_id)
    return found


def _plan(house: House, recording_id: str) -> tuple[int, Plan]:
    """The newest plan and its version."""
    with house.catalog.read() as session:
        find_media(session, recording_id)
        standing = newest_plan_of(session, recording_id)
    if standing is None:
        raise NotFound("there is no plan of this recording yet", where=recording_id)
    row, plan = standing
    return row.version, plan
