"""Plans for tests, out of a few boxes: 640x360, 90 000 ticks a second."""

from bwc.redaction import models
from bwc.redaction.keys import Key, Region
from bwc.redaction.plan import (
    Change,
    Effect,
    FrameState,
    Kind,
    LedgerRun,
    ModelLedger,
    ModelUse,
    Original,
    Plan,
    PlannedTrack,
    Profile,
)

WIDTH, HEIGHT, LAST = 640, 360, 100_000
MODEL = models.find("centerface").sha256


def make_plan(*tracks: PlannedTrack) -> Plan:
    """A plan with an entire ledger."""
    return Plan(
        original=Original(
            sha256="a" * 64,
            width=WIDTH,
            height=HEIGHT,
            rotation=0,
            time_base=(1, 90_000),
            frames=30,
            first_pts=0,
            last_pts=LAST,
        ),
        profile=Profile(hide=(Kind.FACE, Kind.HEAD), gap_seconds=0.7, roll_seconds=0.5),
        models=(ModelUse(name="eyes", sha256=MODEL, use="faces"),),
        tracks=tracks,
        ledger=(
            ModelLedger(
                model=MODEL,
                runs=(LedgerRun(state=FrameState.FOUND, first_pts=0, last_pts=LAST, frames=30),),
            ),
        ),
        history=(Change(by="bwc", what="made from the recording"),),
    )


def still(
    number: int,
    kind: Kind,
    box: Region,
    *,
    first: int = 0,
    last: int = LAST,
    seen: tuple[int, int] | None = None,
) -> PlannedTrack:
    """A track that stays where it is, seen throughout where nothing else is said."""
    made = moving(number, kind, Key(first, *box), Key(last, *box))
    return made.model_copy(update={"seen": seen or (first, last)})


def moving(number: int, kind: Kind, *keys: Key) -> PlannedTrack:
    """A track with these keys."""
    return PlannedTrack(
        id=number,
        kind=kind,
        effect=Effect.SOLID,
        exemption="personal-privacy",
        author=f"model:{MODEL}",
        best_score=0.9,
        sightings=3,
        keys=keys,
    )
