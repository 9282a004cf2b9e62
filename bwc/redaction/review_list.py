"""Where a reviewer looks first: what verification found, then what the plan is least sure of.

Pure. Times are seconds since the first picture; boxes are shares of the picture as it is seen.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from bwc.canonical import Json
from bwc.redaction.drawn import Box, is_followed
from bwc.redaction.keys import Key, Region
from bwc.redaction.meeting import upright_region
from bwc.redaction.plan import FrameState, Original, Plan, PlannedTrack, Stop
from bwc.redaction.plan_words import second_of, seconds_of
from bwc.redaction.sound_edits import seconds_of_cut

WEAK = 0.6  # the best score of a track that a reviewer looks at
FEW = 3  # sightings of a track that may be none
EXTENSION = 0.5  # seconds by which one key lets a track begin earlier or end later
EDGE_PX = 3  # pixels from the picture's edge at which something may come in or go out


class Risk(StrEnum):
    """Why a place is worth a look, the gravest first."""

    FINDING = "verification"
    UNSEEN = "nobody looked"
    LOST = "lost from sight"
    SAID = "said"
    VISIBLE = "left visible"
    WEAK = "unsure"
    GAP = "out of sight"
    BRIEF = "seen briefly"
    EDGE = "begins or ends"


MENDED_BY_A_REGION = frozenset({Risk.FINDING, Risk.LOST, Risk.GAP, Risk.EDGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place to look at. `box` is where, `track` which, where it has them.

    `before` and `after` are the seconds by which extending the track here lets it begin earlier and end
    later. `proposal` is the number of a stretch of sound that was put forward.
    """

    risk: Risk
    why: str
    second: float
    until: float
    box: Box | None = None
    track: int | None = None
    before: float = 0.0
    after: float = 0.0
    proposal: int | None = None

    @property
    def can_be_hidden(self) -> bool:
        """Whether a region over the box would mend it, and not only a longer track."""
        return self.box is not None and self.risk in MENDED_BY_A_REGION

    @property
    def accepting(self) -> str:
        """What a reviewer says who looked here and found it fine."""
        where = f"track {self.track}, " if self.track is not None else ""
        return f"looked at: {where}{self.why}"


def places(plan: Plan, findings: Iterable[Mapping[str, Json]]) -> list[Place]:
    """All that is to be looked at, by risk and then by time.

    Args:
        plan: the newest plan.
        findings: those of the newest rendering's certificate, of whichever version it was made.
    """
    found = [*_found(plan, findings), *_unseen(plan), *_said(plan)]
    for track in plan.tracks:
        found += [*_doubts(plan, track), *_gaps(plan, track)]
        found += [*_stops(plan, track), *_edges(plan, track), *_waiting(plan, track)]
    order = list(Risk)
    return sorted(found, key=lambda one: (order.index(one.risk), one.second))


def _found(plan: Plan, findings: Iterable[Mapping[str, Json]]) -> Iterator[Place]:
    """What was found and is not hidden since; what has no place stays until it is rendered anew."""
    for finding in findings:
        pts, box = finding.get("pts"), finding.get("box")
        if isinstance(pts, int) and _is_hidden(plan, pts, box):
            continue
        at = second_of(plan, pts) if isinstance(pts, int) else 0.0
        why = f"{finding.get('check', 'finding')}: {finding.get('what', '')}"
        yield Place(
            risk=Risk.FINDING, why=why, second=at, until=at, box=_shares(box, plan.original)
        )


def _is_hidden(plan: Plan, pts: int, box: Json) -> bool:
    """Whether one region of the plan covers all of a box at that time."""
    region = _region(box)
    return region is not None and any(
        r.x0 <= region.x0 and r.y0 <= region.y0 and r.x1 >= region.x1 and r.y1 >= region.y1
        for r in plan.regions(pts)
    )


def _unseen(plan: Plan) -> Iterator[Place]:
    for ledger in plan.ledger:
        for run in ledger.runs:
            if run.state is FrameState.UNSEEN:
                first, last = second_of(plan, run.first_pts), second_of(plan, run.last_pts)
                why = f"{run.frames} pictures no detector looked at"
                yield Place(risk=Risk.UNSEEN, why=why, second=first, until=last)


def _doubts(plan: Plan, track: PlannedTrack) -> Iterator[Place]:
    """At most one place a track: its gravest."""
    risk = None
    if track.shown is not None:
        risk, why = Risk.VISIBLE, f"{track.kind.value} left visible: {track.shown.reason}"
    elif not track.author.startswith("model:"):
        return  # a person drew it, or a rule asked for it
    elif track.best_score < WEAK:
        risk, why = Risk.WEAK, f"{track.kind.value}, found with {track.best_score:.0%} at best"
    elif track.sightings <= FEW:
        risk, why = Risk.BRIEF, f"{track.kind.value}, seen on {track.sightings} pictures"
    else:
        return
    first, last = seconds_of(track, plan)
    key = track.keys[0]
    box = _shares([key.x0, key.y0, key.x1, key.y1], plan.original)
    yield Place(
        risk=risk,
        why=why,
        second=first,
        until=last,
        box=box,
        track=track.id,
        before=EXTENSION,
        after=EXTENSION,
    )


def _said(plan: Plan) -> Iterator[Place]:
    """What a transcript gave away and nobody decided on."""
    for number, cut in enumerate(plan.proposed, start=1):
        first, last = seconds_of_cut(plan, cut)
        why = f"{cut.found}, by the transcript: not decided yet"
        yield Place(risk=Risk.SAID, why=why, second=first, until=last, proposal=number)


def _gaps(plan: Plan, track: PlannedTrack) -> Iterator[Place]:
    """Where nobody saw it for long, and where it is hidden meanwhile."""
    if track.shown is not None:
        return
    for first_pts, last_pts in track.gaps:
        first, last = second_of(plan, first_pts), second_of(plan, last_pts)
        yield Place(
            risk=Risk.GAP,
            why=f"{track.kind.value} not seen for {last - first:.1f} s: its place is inferred",
            second=first,
            until=last,
            box=_box_at(plan, track, first_pts, last_pts),
            track=track.id,
        )


def _stops(plan: Plan, track: PlannedTrack) -> Iterator[Place]:
    """Where the tracker stopped, and how long its last box is held."""
    if track.shown is not None:
        return
    for stop in track.stops:
        is_end = not stop.back
        other = track.keys[-1].pts if is_end else track.keys[0].pts
        times = sorted((second_of(plan, stop.pts), second_of(plan, other)))
        yield Place(
            risk=Risk.EDGE if stop.why is Stop.EDGE else Risk.LOST,
            why=f"{stop.why.value}: nothing follows it {'on' if is_end else 'back'} from here",
            second=times[0],
            until=times[1],
            box=_box_at(plan, track, other, other),
            track=track.id,
            before=0.0 if is_end else EXTENSION,
            after=EXTENSION if is_end else 0.0,
        )


def _waiting(plan: Plan, track: PlannedTrack) -> Iterator[Place]:
    """What was drawn to be followed, and no tracker did: it may have been cancelled, or have failed."""
    if track.carried_by is not None or not is_followed(track):
        return
    first, last = seconds_of(track, plan)
    yield Place(
        risk=Risk.LOST,
        why="drawn to be followed, and not followed yet: hidden only close to where it was drawn",
        second=first,
        until=last,
        box=_box_at(plan, track, track.keys[0].pts, track.keys[-1].pts),
        track=track.id,
    )


def _edges(plan: Plan, track: PlannedTrack) -> Iterator[Place]:
    """Where something begins or ends in the midst of picture and recording, and nothing goes on."""
    if track.shown is not None or track.seen is None or not track.author.startswith("model:"):
        return
    for is_end in (False, True):
        key = track.keys[-1 if is_end else 0]
        if not _is_open(plan, track, is_end=is_end):
            continue
        at = second_of(plan, key.pts)
        yield Place(
            risk=Risk.EDGE,
            why=f"{track.kind.value} {'ends' if is_end else 'begins'} in the midst of the picture",
            second=at,
            until=at,
            box=_box_at(plan, track, key.pts, key.pts),
            track=track.id,
            before=0.0 if is_end else EXTENSION,
            after=EXTENSION if is_end else 0.0,
        )


def _is_open(plan: Plan, track: PlannedTrack, *, is_end: bool) -> bool:
    """Whether a track may have begun earlier or gone on: no cut, no edge, no other track says why."""
    assert track.seen is not None  # noqa: S101 - asked before
    size, key = plan.original, track.keys[-1 if is_end else 0]
    if key.pts in (size.first_pts, size.last_pts):
        return False
    rolled = abs(key.pts - track.seen[1 if is_end else 0]) * plan.time_base
    a_frame = Fraction(size.last_pts - size.first_pts, size.frames) * plan.time_base
    if rolled + 2 * a_frame < Fraction(plan.profile.roll_seconds):
        return False  # something ended the roll: a cut, or the picture's edge
    if min(key.x0, key.y0, size.width - key.x1, size.height - key.y1) <= EDGE_PX:
        return False
    beyond = key.pts + (1 if is_end else -1)
    middle = ((key.x0 + key.x1) // 2, (key.y0 + key.y1) // 2)
    return not any(
        region.x0 <= middle[0] < region.x1 and region.y0 <= middle[1] < region.y1
        for region in plan.regions(beyond)
    )


def _box_at(plan: Plan, track: PlannedTrack, first: int, last: int) -> Box | None:
    """What of the picture a track covers at two moments together."""
    size = plan.original
    regions = [track.region(pts, width=size.width, height=size.height) for pts in (first, last)]
    there = [region for region in regions if region is not None]
    if not there:
        return None
    low = [min(region[side] for region in there) for side in (0, 1)]
    high = [max(region[side] for region in there) for side in (2, 3)]
    return _shares([*low, *high], size)


def _shares(box: Json, original: Original) -> Box | None:
    """A box of a document, as shares; None where it is none."""
    region = _region(box)
    return None if region is None else shares_of(Key(0, *region), original)


def shares_of(key: Key, original: Original) -> Box:
    """Pixels of the stored picture as shares of the picture as it is seen."""
    seen = upright_region(Region(*key[1:]), original)
    sideways = original.rotation % 180 != 0
    width = original.height if sideways else original.width
    height = original.width if sideways else original.height
    shares = (seen.x0 / width, seen.y0 / height, seen.x1 / width, seen.y1 / height)
    return Box(*(round(min(1.0, max(0.0, share)), 4) for share in shares))


def _region(box: Json) -> Region | None:
    """A box of a document, where it is one."""
    if not isinstance(box, list) or len(box) != len(Region._fields):
        return None
    return Region(*(int(str(edge)) for edge in box))
