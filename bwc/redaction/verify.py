"""Verification of a finished file: everything exact on every frame, and an independent look.

Fail-closed: what could not be checked is not passed. The exact part is proof; the independent
detector is evidence, and what it finds beyond the plan becomes a track (`bwc.redaction.settle`).
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from bwc.media.ahead import ahead
from bwc.media.audio import sound_look
from bwc.media.decode import Decoding, VideoLook, look, open_frames
from bwc.media.timing import time_of
from bwc.redaction.check_file import (
    check_container,
    check_look,
    check_sample_bytes,
    check_streams,
)
from bwc.redaction.check_picture import PictureCheck
from bwc.redaction.check_sound import check_silence, check_sync
from bwc.redaction.detect import Boxes, Finder
from bwc.redaction.findings import Check, Finding
from bwc.redaction.independent import unexplained
from bwc.redaction.keys import Region
from bwc.redaction.pictures import upright, upright_size
from bwc.redaction.plan import Plan
from bwc.redaction.track import Chain, Scene, Timing, Track, fill, link

LOOK_EVERY_SECONDS = Fraction(1, 10)  # the independent look; track ends are always looked at
HIDDEN_ENOUGH = 0.3  # share of a hit that is filled: the rest of such a box is hair and collar
CERTAIN_HIT = 0.8  # single answers on foliage, lamps and cloth reach 0.74
STEADY_HIT = 0.6  # mean of an answer that stays; faces of 12 to 22 pixels give 0.63
STEADY_SIGHTINGS = 3
NONE = np.zeros((0, 5), np.float32)

Report = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What verification found in one file.

    `checked` is what could be checked with what was at hand; `undecoded` counts packets of the
    original that hold no picture any decoder could make out; `hits` are tracks in upright pixels
    that the plan does not explain, by frame index of `pts`.
    """

    findings: tuple[Finding, ...]
    checked: frozenset[Check]
    frames: int
    undecoded: int
    looked_at: int
    regions: int
    hidden_share: float
    least_likeness: float
    hits: tuple[Track, ...]
    pts: tuple[int, ...]
    time_base: Fraction

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to verify with; original and plan may be missing for another tool's output."""

    redacted: Path
    original: Path | None
    plan: Plan | None


class _Look:
    """Gathers what the independent detector sees beside the regions."""

    def __init__(self, finder: Finder, shown: VideoLook, plan: Plan | None) -> None:
        """Begin with nothing seen."""
        self._finder = finder
        self._shown = shown
        self._next: Fraction | None = None
        tracks = plan.tracks if plan else ()
        self._ends = {key.pts for track in tracks for key in (track.keys[0], track.keys[-1])}
        self.pts: list[int] = []
        self.hits: list[Boxes] = []
        self.count = 0

    def take(self, frame: VideoFrame, mask: npt.NDArray[np.bool_]) -> None:
        """Look at `frame` if its turn has come."""
        assert frame.pts is not None  # noqa: S101 - the frame source refuses such frames
        self.pts.append(frame.pts)
        now = frame.pts * self._shown.time_base
        due = self._next is None or now >= self._next
        if not due and frame.pts not in self._ends:
            self.hits.append(NONE)
            return
        if due:
            self._next = now + LOOK_EVERY_SECONDS
        picture = upright(
            np.asarray(frame.to_ndarray(format="rgb24"), np.uint8), self._shown.rotation
        )
        turned = np.rot90(mask, round(self._shown.rotation / 90))
        found = self._finder.find(picture)
        self.hits.append(unexplained(found, turned, least_masked=HIDDEN_ENOUGH))
        self.count += 1

    def tracks(self) -> list[Track]:
        """Hits that are certain or stay, as tracks."""
        scene = self._scene()
        timing = Timing()
        chains = [chain for chain in link(self.hits, scene, timing) if _is_serious(chain)]
        return [fill(chain, scene, timing) for chain in chains]

    def _scene(self) -> Scene:
        """The frames without motion: a hit is looked for where it was."""
        width, height = upright_size(self._shown)
        seconds = [pts * self._shown.time_base for pts in self.pts]
        still = np.zeros((1, 1, 1, 2), np.float16)
        motion = np.broadcast_to(still, (len(self.pts), 1, 1, 2))
        return Scene(seconds, motion, frozenset(), width, height)


def verify(material: Material, finder: Finder, *, report: Report = lambda _: None) -> Verification:
    """Verify a finished file; `report` is told the number of frames checked so far.

    Raises:
        MediaError: the redacted file has no picture that decodes.
    """
    redacted, plan = material.redacted, material.plan
    findings = list(check_container(redacted))
    shown = look(redacted)
    source = look(material.original) if material.original else None
    findings += check_streams(redacted, expect_sound=_expects_sound(material.original))
    findings += check_sample_bytes(redacted)
    if source is not None:
        findings += check_look(source, shown)
    findings += _check_sound(material)
    pictures = PictureCheck(shown)
    independent = _Look(finder, shown, plan)
    with closing(_pairs(material, shown, source, pictures)) as pairs:
        for before, after in pairs:
            regions = plan.regions(_plan_pts(after, shown, plan)) if plan else []
            mask = pictures.take(after, regions, original=before)
            independent.take(after, mask)
            report(pictures.frames)
    findings += pictures.findings
    findings += _check_ledger(plan, independent.pts, shown)
    hits = independent.tracks()
    findings += [_hit_finding(track, independent.pts) for track in hits]
    return Verification(
        findings=tuple(findings),
        checked=_checked(material),
        frames=pictures.frames,
        undecoded=pictures.undecoded,
        looked_at=independent.count,
        regions=pictures.regions,
        hidden_share=pictures.hidden_share / max(1, pictures.frames),
        least_likeness=pictures.least_likeness,
        hits=tuple(hits),
        pts=tuple(independent.pts),
        time_base=shown.time_base,
    )


def _pairs(
    material: Material, shown: VideoLook, source: VideoLook | None, pictures: PictureCheck
) -> Generator[tuple[VideoFrame | None, VideoFrame], None, None]:
    """Each finished frame with the original's of the same time; a frame alone is a finding."""
    with open_frames(material.redacted, Decoding.FAST) as redacted:
        with ahead(redacted.frames()) as after_frames:
            if material.original is None or source is None:
                for after in after_frames:
                    yield None, after
            else:
                times = (source.time_base, shown.time_base)
                with (
                    open_frames(material.original, Decoding.FAST) as original,
                    ahead(original.frames()) as before_frames,
                ):
                    yield from _side_by_side(before_frames, after_frames, times, pictures)
                pictures.undecoded = original.damaged
        if redacted.damaged:
            pictures.add(Check.FRAMES, "the finished file is damaged", pts=None)


def _side_by_side(
    before_frames: Iterator[VideoFrame],
    after_frames: Iterator[VideoFrame],
    time_bases: tuple[Fraction, Fraction],
    pictures: PictureCheck,
) -> Iterator[tuple[VideoFrame | None, VideoFrame]]:
    """Walk both by their exact times."""
    before = next(before_frames, None)
    for after in after_frames:
        now = time_of(after, time_bases[1]).seconds
        while before is not None and time_of(before, time_bases[0]).seconds < now:
            pictures.add(Check.FRAMES, "a frame is missing", pts=before.pts)
            before = next(before_frames, None)
        if before is None or time_of(before, time_bases[0]).seconds > now:
            pictures.add(Check.FRAMES, "a frame is not in the original", pts=after.pts)
            yield None, after
            continue
        yield before, after
        before = next(before_frames, None)
    while before is not None:
        pictures.add(Check.FRAMES, "a frame is missing", pts=before.pts)
        before = next(before_frames, None)


def _plan_pts(frame: VideoFrame, shown: VideoLook, plan: Plan) -> int:
    """The frame's time in the plan's ticks."""
    return round((frame.pts or 0) * shown.time_base / plan.time_base)


def _check_sound(material: Material) -> list[Finding]:
    """Silence and sync, as far as there is something to hold the sound against."""
    after = sound_look(material.redacted)
    if after is None or material.plan is None:
        return []
    findings = list(check_silence(material.redacted, after, material.plan))
    before = sound_look(material.original) if material.original else None
    if material.original is not None and before is not None:
        findings += check_sync(
            material.original, material.redacted, looks=(before, after), plan=material.plan
        )
    return findings


def _check_ledger(plan: Plan | None, pts: list[int], shown: VideoLook) -> list[Finding]:
    """Every frame was looked at when the plan was made."""
    if plan is None:
        return []
    ticks = (round(at * shown.time_base / plan.time_base) for at in pts)
    unseen = sum(plan.is_unseen(at) for at in ticks)
    if not unseen:
        return []
    return [Finding(check=Check.LEDGER, what=f"{unseen} frames went unseen")]


def _expects_sound(original: Path | None) -> bool | None:
    """Whether there must be sound; None where that is not known."""
    return None if original is None else sound_look(original) is not None


def _checked(material: Material) -> frozenset[Check]:
    """What could be checked with what was at hand."""
    checked = {Check.CONTAINER, Check.STREAMS, Check.METADATA, Check.HEADS}
    if material.original is not None:
        checked |= {Check.LOOK, Check.FRAMES}
    if material.plan is not None:
        checked |= {Check.FILL, Check.SILENCE, Check.LEDGER}
    if material.plan is not None and material.original is not None:
        checked |= {Check.OUTSIDE, Check.SOUND}
    return frozenset(checked)


def _is_serious(chain: Chain) -> bool:
    """Whether a chain of hits is more than a flicker."""
    if chain.best >= CERTAIN_HIT:
        return True
    mean = sum(chain.scores.values()) / len(chain.scores)
    return len(chain.found) >= STEADY_SIGHTINGS and mean >= STEADY_HIT


def _hit_finding(track: Track, pts: list[int]) -> Finding:
    """The finding for one track of hits, at its best place."""
    middle = len(track.boxes) // 2
    box = Region(*(int(edge) for edge in track.boxes[middle]))
    return Finding(
        check=Check.HEADS,
        what=f"the independent detector sees a head ({track.best:.2f})",
        pts=pts[track.first + middle],
        box=(box.x0, box.y0, box.x1, box.y1),
    )
