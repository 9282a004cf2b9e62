"""Render, verify, and where the independent detector sees more than the plan hides, hide that too.

At most twice; what is left then goes to a person, and nothing is handed over. Where a smart rendering
does not pass for any other reason, all is drawn instead: the original was not what it seemed.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bwc.ids import Sha256
from bwc.media.decode import VideoLook
from bwc.redaction.detect import Finder
from bwc.redaction.findings import Check
from bwc.redaction.fixity import unchanged
from bwc.redaction.keys import Key, keys_for
from bwc.redaction.parts import ASKED_FOR, Parts, RenderMode
from bwc.redaction.plan import Change, Kind, ModelUse, Plan, PlannedTrack, Profile
from bwc.redaction.planning import place
from bwc.redaction.render import Source, render
from bwc.redaction.track import Track
from bwc.redaction.verify import Material, Verification, verify
from bwc.redaction.workbench import Workbench

MOST_AGAIN = 2
HIT_GROWTH = 0.35  # of the size, each side: the hit is a face, the head is hidden


class Stage(StrEnum):
    """The stages, as people read them."""

    HASH = "hashing"
    ANALYSE = "detecting"
    RENDER = "rendering"
    VERIFY = "verifying"


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is rendered, and how often what verification finds is hidden too and rendered again.

    With `mends` of 0 the plan is kept to as it is.
    """

    mode: RenderMode = RenderMode.SMART
    mends: int = MOST_AGAIN


USUAL = Manner()


class StageReport(Protocol):
    """Hears how far a stage is, and times it."""

    def __call__(self, stage: Stage, count: int) -> None:
        """`count` frames of `stage` are done."""
        ...

    def stage(self, stage: Stage) -> AbstractContextManager[None]:
        """Time what happens inside."""
        ...


@dataclass(frozen=True, slots=True)
class Settled:
    """How it ended: the plan that was rendered last, and what verification says of that file."""

    plan: Plan
    parts: Parts
    verification: Verification
    rendered_again: int
    sha256: Sha256


def settle(
    source: Source,
    into: Path,
    *,
    plan: Plan,
    verifier: Finder,
    workbench: Workbench,
    report: StageReport,
    manner: Manner = USUAL,
) -> Settled:
    """Render `plan` into `into` until verification is content, or as often again as `manner` lets."""
    again = 0
    why_full = why(manner.mode)
    while True:
        parts = render_plan(
            source, into, plan=plan, workbench=workbench, report=report, why_full=why_full
        )
        with report.stage(Stage.VERIFY), unchanged(into) as sha256:
            verified = verify(
                Material(into, source.path, plan),
                verifier,
                report=lambda count: report(Stage.VERIFY, count),
            )
        failed = {finding.check for finding in verified.findings} - {Check.FACES}
        if failed and parts.copies:
            names = ", ".join(check for check in Check if check in failed)
            why_full = f"a smart rendering was not in order: {names}"
            continue
        if again == manner.mends or not verified.hits:
            return Settled(plan, parts, verified, again, sha256)
        plan = with_hits(plan, verified, verifier, source.look)
        again += 1


def why(mode: RenderMode) -> str | None:
    """Why all is drawn, as far as it was asked for."""
    return ASKED_FOR if mode is RenderMode.FULL else None


def render_plan(
    source: Source,
    into: Path,
    *,
    plan: Plan,
    workbench: Workbench,
    report: StageReport,
    why_full: str | None,
) -> Parts:
    """Render once, without verification; `why_full` as in `render`."""
    with report.stage(Stage.RENDER):
        return render(
            source,
            into,
            plan=plan,
            workbench=workbench,
            why_full=why_full,
            report=lambda count: report(Stage.RENDER, count),
        )


def with_hits(plan: Plan, verified: Verification, verifier: Finder, look: VideoLook) -> Plan:
    """`plan` with a track for each hit that it did not explain."""
    tracks = list(plan.tracks)
    ticks = [round(pts * verified.time_base / plan.time_base) for pts in verified.pts]
    for hit in verified.hits:
        placed = place(_grown(hit), hit.first, ticks, look)
        if placed:
            keys = keys_for(placed)
            number = 1 + max((one.id for one in tracks), default=0)
            track = _track(number, hit, keys=keys, by=verifier, profile=plan.profile)
            tracks.append(track)
    use = ModelUse(name=verifier.name, sha256=verifier.sha256, use="independent look")
    models = plan.models if use in plan.models else (*plan.models, use)
    change = Change(by=f"model:{verifier.sha256}", what=f"{len(verified.hits)} tracks added")
    return plan.model_copy(
        update={
            "tracks": tuple(tracks),
            "models": models,
            "history": (*plan.history, change),
        }
    )


def _track(
    number: int, hit: Track, *, keys: tuple[Key, ...], by: Finder, profile: Profile
) -> PlannedTrack:
    """A hit as a planned track, covered as the others are."""
    return PlannedTrack(
        id=number,
        kind=Kind.FACE if Kind.FACE in profile.hide else Kind.PERSON,
        effect=profile.effect,
        shape=profile.shape,
        exemption="personal-privacy",
        author=f"model:{by.sha256}",
        best_score=round(hit.best, 3),
        sightings=hit.sightings,
        keys=keys,
    )


def _grown(hit: Track) -> npt.NDArray[np.float32]:
    """The boxes of a hit, with the head around them."""
    extra = (hit.boxes[:, 2:] - hit.boxes[:, :2]) * HIT_GROWTH
    return np.concatenate([hit.boxes[:, :2] - extra, hit.boxes[:, 2:] + extra], axis=1)
