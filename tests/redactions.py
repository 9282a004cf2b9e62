"""What tests of redaction share: plans from known boxes, and a verifier that sees nothing."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from bwc.ids import Sha256
from bwc.media.decode import VideoLook, look, open_frames
from bwc.redaction import models
from bwc.redaction.detect import Boxes, Picture
from bwc.redaction.keys import Region, keys_for
from bwc.redaction.plan import (
    Change,
    Effect,
    FrameState,
    Kind,
    LedgerRun,
    ModelLedger,
    ModelUse,
    MutedSpan,
    Original,
    Plan,
    PlannedTrack,
    Profile,
)
from bwc.redaction.planning import place
from bwc.redaction.render import Source, open_source, render
from bwc.redaction.verify import Material, Verification, verify
from bwc.redaction.workbench import open_workbench
from tests.clips import Clip

PINNED = models.find("centerface").sha256


class BlindFinder:
    """A verifier that never sees a head: what is left is the exact part."""

    name = "blind"
    sha256 = PINNED  # a ledger of a model that nobody pinned is a finding

    def find(self, picture: Picture) -> Boxes:
        del picture
        return np.zeros((0, 5), np.float32)


class ScriptedFinder:
    """Sees one head at a place, as surely as it is told to, unless it is filled there."""

    name = "scripted"
    sha256 = Sha256("1" * 64)

    def __init__(self, box: tuple[float, float, float, float], score: float) -> None:
        self._box, self._score = box, score

    def find(self, picture: Picture) -> Boxes:
        del picture
        return np.array([[*self._box, self._score]], np.float32)


def times_of(path: Path) -> list[int]:
    """The time stamps of all frames."""
    with open_frames(path) as source:
        return [frame.pts or 0 for frame in source.frames()]


def plan_for(clip: Clip, *, mute: MutedSpan | None = None) -> Plan:
    """A plan that hides the known faces of a clip, with an entire ledger."""
    shown = look(clip.path)
    pts = times_of(clip.path)
    tracks = []
    for which in range(max(len(boxes) for boxes in clip.boxes)):
        boxes = [(at, seen[which]) for at, seen in enumerate(clip.boxes) if len(seen) > which]
        if boxes:
            array = np.array([box for _, box in boxes], np.float32)
            placed = place(array, boxes[0][0], pts, replace(shown, rotation=0, matrix=None))
            tracks.append(_track(which + 1, placed))
    return Plan(
        original=_original(clip.path, shown, pts),
        profile=Profile(hide=(Kind.FACE,), gap_seconds=0.7, roll_seconds=0.5),
        models=(ModelUse(name="centerface", sha256=PINNED, use="faces"),),
        tracks=tuple(tracks),
        sound=(mute,) if mute else (),
        ledger=(
            ModelLedger(
                model=PINNED,
                runs=(
                    LedgerRun(
                        state=FrameState.FOUND, first_pts=pts[0], last_pts=pts[-1], frames=len(pts)
                    ),
                ),
            ),
        ),
        history=(Change(by="person:tess", what="drawn by hand"),),
    )


def render_clip(clip: Clip, plan: Plan, into: Path) -> Path:
    """Render without verification."""
    render_source(open_source(clip.path), plan, into)
    return into


def render_source(source: Source, plan: Plan, into: Path) -> None:
    """Render on a workbench of its own."""
    with open_workbench(into.with_suffix(".bench")) as workbench:
        render(source, into, plan=plan, workbench=workbench)


def verify_clip(clip: Clip, plan: Plan, redacted: Path) -> Verification:
    """The exact part of verification."""
    return verify(Material(redacted, clip.path, plan), BlindFinder())


def failed(verification: Verification) -> set[str]:
    """Names of the checks that found something."""
    return {finding.check.value for finding in verification.findings}


def _track(number: int, placed: list[tuple[int, Region]]) -> PlannedTrack:
    return PlannedTrack(
        id=number,
        kind=Kind.FACE,
        effect=Effect.SOLID,
        exemption="personal-privacy",
        author="person:tess",
        best_score=1.0,
        sightings=len(placed),
        keys=keys_for(placed),
    )


def _original(path: Path, shown: VideoLook, pts: list[int]) -> Original:
    return Original(
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        width=shown.width,
        height=shown.height,
        rotation=shown.rotation,
        time_base=(shown.time_base.numerator, shown.time_base.denominator),
        frames=len(pts),
        first_pts=pts[0],
        last_pts=pts[-1],
    )
