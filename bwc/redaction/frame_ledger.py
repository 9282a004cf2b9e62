"""The ledger of frames (DESIGN 4.4): what one finder saw of each, or why it need not have looked."""

from collections.abc import Sequence
from itertools import pairwise

from bwc.ids import Sha256
from bwc.redaction.detect import Boxes
from bwc.redaction.observe import MOST_INFERRED, MOST_INFERRED_SECONDS
from bwc.redaction.plan import FrameState, LedgerRun, ModelLedger
from bwc.redaction.sights import Observations


def ledger_of(
    model: Sha256,
    found: Sequence[Boxes],
    looked: Sequence[bool],
    seen: Observations,
    *,
    strides: int = 1,
) -> ModelLedger:
    """What one finder saw of each frame.

    A frame it did not look at is inferred where it looked at one before and one after, at most
    `MOST_INFERRED` frames and `MOST_INFERRED_SECONDS` apart and with no cut between; else it is
    unseen. A finder that is asked at every third look has three `strides` from one to the next.
    """
    states = [
        (FrameState.FOUND if len(boxes) else FrameState.NOTHING) if did else FrameState.UNSEEN
        for boxes, did in zip(found, looked, strict=True)
    ]
    times = seen.seconds
    at = [index for index, did in enumerate(looked) if did]
    for left, right in pairwise(at):
        between = range(left + 1, right)
        is_near = (
            right - left <= strides * MOST_INFERRED
            and times[right] - times[left] <= strides * MOST_INFERRED_SECONDS
        )
        if is_near and not seen.cuts & set(range(left + 1, right + 1)):
            states[left + 1 : right] = [FrameState.INFERRED] * len(between)
    return ModelLedger(model=model, runs=_runs(states, seen.pts))


def _runs(states: Sequence[FrameState], times: Sequence[int]) -> tuple[LedgerRun, ...]:
    """Consecutive frames of one state."""
    runs: list[LedgerRun] = []
    for pts, state in zip(times, states, strict=True):
        if runs and runs[-1].state is state:
            last = runs[-1]
            runs[-1] = last.model_copy(update={"last_pts": pts, "frames": last.frames + 1})
        else:
            runs.append(LedgerRun(state=state, first_pts=pts, last_pts=pts, frames=1))
    return tuple(runs)
