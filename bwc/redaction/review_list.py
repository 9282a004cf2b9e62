"""Where a reviewer looks first: what verification found, then what the plan is least sure of.

Pure. Times are seconds since the first picture; boxes are shares of the picture as it is seen.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bwc.canonical import Json
from bwc.redaction.drawn import Box
from bwc.redaction.keys import Region
from bwc.redaction.meeting import upright_region
from bwc.redaction.plan import FrameState, Original, Plan, PlannedTrack
from bwc.redaction.plan_words import seconds_of

WEAK = 0.6  # the best score of a track that a reviewer looks at
FEW = 3  # sightings of a track that may be none
MOST = 60  # places in a list that one person reads


class Risk(StrEnum):
    """Why a place is worth a look, the gravest first."""

    FINDING = "verification"
    UNSEEN = "nobody looked"
    VISIBLE = "left visible"
    WEAK = "unsure"
    BRIEF = "seen briefly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place to look at. `box` is where, `track` which, where it has them."""

    risk: Risk
    why: str
    second: float
    until: float
    box: Box | None = None
    track: int | None = None

    @property
    def accepting(self) -> str:
        """What a reviewer says who looked here and found it fine."""
        where = f"track {self.track}, " if self.track is not None else ""
        return f"looked at: {where}{self.why}"


def places(plan: Plan, findings: Iterable[Mapping[str, Json]]) -> list[Place]:
    """What to look at, by risk and then by time; at most `MOST`.

    Args:
        plan: the newest plan.
        findings: those of the newest rendering's certificate, of whichever version it was made.
    """
    found = [*_found(plan, findings), *_unseen(plan)]
    for track in plan.tracks:
        found += _doubts(plan, track)
    order = list(Risk)
    return sorted(found, key=lambda one: (order.index(one.risk), one.second))[:MOST]


def _found(plan: Plan, findings: Iterable[Mapping[str, Json]]) -> Iterator[Place]:
    """What was found and is not hidden since; what has no place stays until it is rendered anew."""
    for finding in findings:
        pts, box = finding.get("pts"), finding.get("box")
        if isinstance(pts, int) and _is_hidden(plan, pts, box):
            continue
        at = _second(plan, pts) if isinstance(pts, int) else 0.0
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
                first, last = _second(plan, run.first_pts), _second(plan, run.last_pts)
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
    yield Place(risk=risk, why=why, second=first, until=last, box=box, track=track.id)


def _second(plan: Plan, pts: int) -> float:
    return round(max(0.0, float((pts - plan.original.first_pts) * plan.time_base)), 3)


def _shares(box: Json, original: Original) -> Box | None:
    """Pixels of the stored picture as shares of the picture as it is seen."""
    region = _region(box)
    if region is None:
        return None
    seen = upright_region(region, original)
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
