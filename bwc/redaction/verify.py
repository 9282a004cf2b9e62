"""Verification of a finished file: everything exact on every frame, and an independent look.

Fail-closed: what could not be checked is not passed. The exact part is proof; the independent
detector is evidence, and what it finds beyond the plan becomes a track (`bwc.redaction.settle`).
"""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Self

import numpy as np
from av.video.frame import VideoFrame

from bwc.media.ahead import ahead
from bwc.media.audio import sound_look
from bwc.media.decode import Decoding, VideoLook, look, open_frames
from bwc.media.timing import time_of
from bwc.redaction.check_copied import CopyCheck
from bwc.redaction.check_copied_sound import check_copied_sound
from bwc.redaction.check_file import (
    check_container,
    check_look,
    check_streams,
)
from bwc.redaction.check_foreign import check_foreign
from bwc.redaction.check_leak import check_leak
from bwc.redaction.check_moment import MomentCheck
from bwc.redaction.check_other import check_other
from bwc.redaction.check_picture import PictureCheck
from bwc.redaction.check_samples import check_samples
from bwc.redaction.check_sound import check_silence, check_sync, check_tone
from bwc.redaction.check_tables import check_tables
from bwc.redaction.detect import Finder
from bwc.redaction.findings import Check, Finding
from bwc.redaction.plan import Plan
from bwc.redaction.plan_check import faults
from bwc.redaction.second_look import SecondLook, plan_ticks
from bwc.redaction.track import How, Track

# The last frame's length is each muxer's guess, as long as any frame's; all others are exact.
END_TOLERANCE_SECONDS = Fraction(1, 10)

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


def verify(material: Material, finder: Finder, *, report: Report = lambda _: None) -> Verification:
    """Verify a finished file; `report` is told the number of frames checked so far.

    Raises:
        MediaError: the redacted file has no picture that decodes.
    """
    redacted, plan = material.redacted, material.plan
    shown = look(redacted)
    findings = list(_check_file(material, shown))
    source = look(material.original) if material.original else None
    if source is not None:
        findings += check_look(source, shown, codec="h264" if plan else shown.codec)
    findings += _check_sound(material)
    pictures = PictureCheck(shown)
    moments = MomentCheck()
    copies = CopyCheck(redacted, material.original)
    with (
        ThreadPoolExecutor(1) as beside,
        closing(_pairs(material, shown, source, pictures)) as pairs,
    ):
        independent = SecondLook(finder, shown, plan, beside=beside, always=copies.seams)
        for before, after in pairs:
            masks = plan.masks(plan_ticks(after.pts or 0, shown, plan)) if plan else []
            is_same = before is not None and copies.take(before, after) and not masks
            # Without a plan nobody can say what was hidden on purpose.
            mask = pictures.take(after, masks, original=before if plan and not is_same else None)
            if before is not None:
                moments.take(before, after, mask)
            independent.take(after, mask, original=before)
            report(pictures.frames)
        hits = independent.tracks()
    findings += [*pictures.findings, *moments.findings, *copies.findings]
    findings += _check_ledger(plan, independent.pts, shown)
    findings += _check_planned_frames(plan, independent.pts, shown)
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


def _check_file(material: Material, shown: VideoLook) -> Iterator[Finding]:
    """Whether the file is what our writer makes, to the byte; without a plan, what else it carries."""
    redacted, expect_sound = material.redacted, _expects_sound(material.original)
    if material.plan is None:
        yield from check_other(redacted, expect_sound=expect_sound)
        return
    in_container = list(check_container(redacted))
    yield from in_container
    if not in_container:  # else its tables cannot be read
        yield from check_tables(redacted, shown)
    yield from check_streams(redacted, expect_sound=expect_sound)
    yield from check_samples(redacted)


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
                clocks = _Clocks.of(source, shown, is_exact=material.plan is not None)
                with (
                    open_frames(material.original, Decoding.FAST) as original,
                    ahead(original.frames()) as before_frames,
                ):
                    yield from _side_by_side(before_frames, after_frames, clocks, pictures)
                pictures.undecoded = original.damaged
        if redacted.damaged:
            pictures.add(Check.FRAMES, "the finished file is damaged", pts=None)


@dataclass(frozen=True, slots=True)
class _Clocks:
    """The time bases of original and finished file, and how far equal times may lie apart."""

    before: Fraction
    after: Fraction
    apart: Fraction

    @classmethod
    def of(cls, source: VideoLook, shown: VideoLook, *, is_exact: bool) -> Self:
        """Ours keeps each time exactly; another tool's container may count in coarser ticks."""
        bases = source.time_base, shown.time_base
        return cls(*bases, Fraction(0) if is_exact else max(bases))

    def gap(self, before: VideoFrame, after: VideoFrame) -> Fraction:
        """Seconds by which `after` is later; 0 where they are as good as at once."""
        apart = time_of(after, self.after).seconds - time_of(before, self.before).seconds
        return apart if abs(apart) > self.apart else Fraction(0)


def _side_by_side(
    before_frames: Iterator[VideoFrame],
    after_frames: Iterator[VideoFrame],
    clocks: _Clocks,
    pictures: PictureCheck,
) -> Iterator[tuple[VideoFrame | None, VideoFrame]]:
    """Walk both by their times."""
    before = next(before_frames, None)
    ends = _Ends(clocks)
    for after in after_frames:
        while before is not None and clocks.gap(before, after) > 0:
            pictures.add(Check.FRAMES, "a frame is missing", pts=before.pts)
            before = next(before_frames, None)
        if before is None or clocks.gap(before, after) < 0:
            pictures.add(Check.FRAMES, "a frame is not in the original", pts=after.pts)
            yield None, after
            continue
        ends.take(before, after)
        yield before, after
        before = next(before_frames, None)
    while before is not None:
        pictures.add(Check.FRAMES, "a frame is missing", pts=before.pts)
        before = next(before_frames, None)
    for what in ends.findings():
        pictures.add(Check.FRAMES, what, pts=None)


class _Ends:
    """Until when the newest frame of each file is shown."""

    def __init__(self, clocks: _Clocks) -> None:
        """No frame yet."""
        self._clocks = clocks
        self._shown_at: Fraction | None = None
        self._longest = END_TOLERANCE_SECONDS
        self._apart = Fraction(0)

    def take(self, before: VideoFrame, after: VideoFrame) -> None:
        """Take note of a pair; a container that tells no length leaves it to the player."""
        now = time_of(after, self._clocks.after).seconds
        if self._shown_at is not None:
            self._longest = max(self._longest, now - self._shown_at)
        self._shown_at = now
        was, is_now = before.duration or 0, after.duration or 0
        apart = abs(was * self._clocks.before - is_now * self._clocks.after)
        self._apart = apart if was and is_now else Fraction(0)

    def findings(self) -> Iterator[str]:
        """What is wrong with the ends, in words."""
        if self._apart > self._longest:
            yield f"ends {float(self._apart):.2f} s off"


def _check_sound(material: Material) -> list[Finding]:
    """Silence and sync, as far as there is something to hold the sound against."""
    after = sound_look(material.redacted)
    if after is None:
        return []
    plan = material.plan
    findings = list(check_silence(material.redacted, after, plan)) if plan else []
    before = sound_look(material.original) if material.original else None
    if material.original is None or before is None:
        return findings
    findings += check_foreign(
        material.original,
        material.redacted,
        looks=(before, after),
        cut=plan.muted() if plan else (),
    )
    if plan is not None:
        for check in (check_copied_sound, check_tone, check_sync, check_leak):
            findings += check(
                material.original, material.redacted, looks=(before, after), plan=plan
            )
    return findings


def _check_ledger(plan: Plan | None, pts: list[int], shown: VideoLook) -> list[Finding]:
    """The plan is sound in itself, and every frame was looked at when it was made."""
    if plan is None:
        return []
    findings = [Finding(check=Check.LEDGER, what=f"its plan: {fault}") for fault in faults(plan)]
    ticks = (plan_ticks(at, shown, plan) for at in pts)
    unseen = sum(plan.is_unseen(at) for at in ticks)
    if unseen:
        findings.append(Finding(check=Check.LEDGER, what=f"{unseen} frames went unseen"))
    return findings


def _check_planned_frames(plan: Plan | None, pts: list[int], shown: VideoLook) -> list[Finding]:
    """The frames are those the plan speaks of; this needs no original."""
    if plan is None:
        return []
    of = plan.original
    ends = tuple(plan_ticks(at, shown, plan) for at in (pts[0], pts[-1]))
    findings = []
    if (len(pts), *ends) != (of.frames, of.first_pts, of.last_pts):
        got = f"has {len(pts)} frames from {ends[0]} to {ends[1]}"
        wanted = f"its plan {of.frames} from {of.first_pts} to {of.last_pts}"
        findings.append(Finding(check=Check.FRAMES, what=f"{got}, {wanted}"))
    if (shown.width, shown.height, shown.rotation) != (of.width, of.height, of.rotation):
        what = f"is {shown.width}x{shown.height} turned by {shown.rotation}, not as its plan says"
        findings.append(Finding(check=Check.LOOK, what=what))
    return findings


def _expects_sound(original: Path | None) -> bool | None:
    """Whether there must be sound; None where that is not known."""
    return None if original is None else sound_look(original) is not None


def _checked(material: Material) -> frozenset[Check]:
    """What could be checked with what was at hand."""
    checked = {Check.CONTAINER, Check.STREAMS, Check.METADATA}
    if material.plan is None or material.plan.profile.hides_faces:
        checked.add(Check.FACES)
    if material.original is not None:
        checked |= {Check.LOOK, Check.FRAMES, Check.COPIED}
    if material.plan is not None:
        checked |= {Check.FRAMES, Check.FILL, Check.SILENCE, Check.LEDGER}
    if material.plan is not None and material.original is not None:
        checked |= {Check.OUTSIDE, Check.SOUND}
    return frozenset(checked)


def _hit_finding(track: Track, pts: list[int]) -> Finding:
    """The finding for one track of hits, at the middle one of its sightings."""
    seen = np.flatnonzero(track.how == How.SEEN)
    middle = int(seen[len(seen) // 2])
    x0, y0, x1, y1 = (int(edge) for edge in track.boxes[middle])
    return Finding(
        check=Check.FACES,
        what=f"a face is seen ({track.best:.2f}) that nothing hides",
        pts=pts[track.first + middle],
        box=(x0, y0, x1, y1),
    )
