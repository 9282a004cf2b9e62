"""Where a hit of verification is no finding, since somebody decided that this person stays visible.

Pure. Only heads that were shown explain a head that is seen, and they must hold nearly all of it: a
stranger beside or before a shown person is still a finding. Masks win: what is hidden stays hidden.
"""

import numpy as np
import numpy.typing as npt

from bwc.redaction.keys import Region
from bwc.redaction.meeting import HEAD_ZONE, upright_region
from bwc.redaction.plan import Kind, Plan, PlannedTrack

SHOWN_ENOUGH = 0.7  # share of a hit: a region holds the whole head, a hit is the face in it
HEADS = (Kind.FACE, Kind.HEAD)


def heads_left_visible(plan: Plan, pts: int) -> list[Region]:
    """Upright regions of the heads that stay visible at `pts`.

    Of a body that is shown the upper part counts, and only where no track of that person tells
    where the head is.
    """
    shown = [track for track in plan.tracks if track.shown is not None]
    found = []
    for track in shown:
        region = track.region(pts, width=plan.original.width, height=plan.original.height)
        if region is None:
            continue
        upright = upright_region(region, plan.original)
        if track.kind in HEADS:
            found.append(upright)
        elif track.kind is Kind.PERSON and not _has_head(track, plan):
            deep = round((upright.y1 - upright.y0) * HEAD_ZONE)
            found.append(upright._replace(y1=upright.y0 + deep))
    return found


def shown_mask(plan: Plan, pts: int, *, masked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Where heads stay visible at `pts`, (h, w) of the upright picture, and nothing hides them."""
    shown = np.zeros_like(masked)
    for region in heads_left_visible(plan, pts):
        shown[region.y0 : region.y1, region.x0 : region.x1] = True
    return shown & ~masked


def _has_head(body: PlannedTrack, plan: Plan) -> bool:
    """Whether a head of the same person has a track of its own."""
    return body.person is not None and any(
        track.person == body.person and track.kind in HEADS for track in plan.tracks
    )
