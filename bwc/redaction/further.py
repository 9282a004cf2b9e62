"""What is looked for only when it is asked for: text, plates, exposed bodies.

A second pass over the recording, after faces and people: it knows the motion and the cuts, looks
at chosen frames alone, and costs nothing where nobody asks. Which frames: the first and the last,
those on both sides of each cut, and between them one every `EVERY_SECONDS`, so that the ledger of
each finder has no unseen frame.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame

from bwc.ids import Sha256
from bwc.media.ahead import ahead
from bwc.media.decode import VideoLook, open_frames
from bwc.redaction.detect import Boxes, Finder, Picture
from bwc.redaction.lines import blocks, plates
from bwc.redaction.nudity import NudityFinder
from bwc.redaction.observe import MOST_INFERRED
from bwc.redaction.pictures import upright
from bwc.redaction.plan import Dropped, DropReason, Kind
from bwc.redaction.sights import Observations
from bwc.redaction.text import TextFinder
from bwc.redaction.track import Chain, Scene, Timing, Track, fill, link

EVERY_SECONDS = Fraction(2, 15)  # 0.13, four frames at 30 a second; flow carries boxes
SURE = 0.5  # at best; 35 of 36 plates of 10 pixels score more on one picture, foliage 0.45
SURE_ALONE = 0.6  # seen once
NUDITY_GROWTH = 0.3  # of the size, each side
NOTHING = np.zeros((0, 5), np.float32)
TEXT_KINDS = frozenset({Kind.PLATE, Kind.TEXT})
FURTHER_KINDS = TEXT_KINDS | {Kind.NUDITY}

Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class FurtherFinder:
    """A finder, and which kinds are made of what it sees."""

    finder: Finder
    kinds: tuple[Kind, ...]

    @property
    def author(self) -> str:
        """Who says so, in the plan's words."""
        return f"model:{self.finder.sha256}"

    @property
    def use(self) -> str:
        """What it is for, in the plan's words."""
        return f"{' and '.join(self.kinds)}, frame by frame or inferred"


@dataclass(frozen=True, slots=True)
class Sightings:
    """What one finder saw, by frame index in upright pixels, and where it looked at all."""

    by: FurtherFinder
    found: tuple[Boxes, ...]
    looked: tuple[bool, ...]

    @property
    def sha256(self) -> Sha256:
        """The hash of the finder's weights."""
        return self.by.finder.sha256


def load_further(hide: Iterable[Kind], models_folder: Path) -> tuple[FurtherFinder, ...]:
    """The finders that `hide` needs beyond faces and people. Raises NotFound, IntegrityError."""
    wanted = tuple(kind for kind in Kind if kind in frozenset(hide))
    finders = []
    if text := tuple(kind for kind in wanted if kind in TEXT_KINDS):
        finders.append(FurtherFinder(TextFinder(models_folder), text))
    if Kind.NUDITY in wanted:
        finders.append(FurtherFinder(NudityFinder(models_folder), (Kind.NUDITY,)))
    return tuple(finders)


def look_further(
    path: Path,
    look: VideoLook,
    seen: Observations,
    *,
    finders: Sequence[FurtherFinder],
    report: Report = lambda _: None,
) -> list[Sightings]:
    """Look at `path` again with each of `finders`; `report` is told the frames passed so far.

    A frame of `seen` that does not come again stays unseen, and verification refuses it.
    """
    if not finders:
        return []
    due = {seen.pts[at] for at in frames_to_look_at(seen.seconds, seen.cuts)}
    found: list[dict[int, Boxes]] = [{} for _ in finders]
    with open_frames(path) as source, ahead(_pictures(source.frames(), look, due)) as pictures:
        for passed, (pts, picture) in enumerate(pictures, start=1):
            if picture is not None:
                for boxes, further in zip(found, finders, strict=True):
                    boxes[pts] = further.finder.find(picture)
            report(passed)
    return [
        Sightings(
            further,
            found=tuple(boxes.get(pts, NOTHING) for pts in seen.pts),
            looked=tuple(pts in boxes for pts in seen.pts),
        )
        for boxes, further in zip(found, finders, strict=True)
    ]


def frames_to_look_at(seconds: Sequence[Fraction], cuts: Iterable[int]) -> list[int]:
    """Indexes of the frames that have to be looked at so that the others can be inferred."""
    ends = {0, len(seconds) - 1} | {at for cut in cuts for at in (cut - 1, cut) if at >= 0}
    ends |= {  # what is shown for long is looked at itself, and what comes after it
        at
        for after in range(1, len(seconds))
        for at in (after - 1, after)
        if seconds[after] - seconds[after - 1] > EVERY_SECONDS
    }
    due: list[int] = []
    for at in range(len(seconds)):
        passed = at - due[-1] if due else MOST_INFERRED
        late = passed >= MOST_INFERRED or seconds[at] - seconds[due[-1]] >= EVERY_SECONDS
        if late or at in ends:
            due.append(at)
    return due


def follow_further(
    sightings: Sightings, scene: Scene, timing: Timing
) -> tuple[list[tuple[Kind, Track]], list[Dropped]]:
    """What was seen as tracks of each kind that was asked for, and the chains that were noise."""
    tracks: list[tuple[Kind, Track]] = []
    dropped: Counter[tuple[Kind, DropReason]] = Counter()
    for kind in sightings.by.kinds:
        for chain in link([_as(kind, boxes, scene) for boxes in sightings.found], scene, timing):
            reason = _noise(kind, chain)
            if reason is None:
                tracks.append((kind, fill(chain, scene, timing)))
            else:
                dropped[kind, reason] += 1
    lines = [
        Dropped(kind=kind, reason=reason, chains=count)
        for (kind, reason), count in sorted(dropped.items())
    ]
    return tracks, lines


def _noise(kind: Kind, chain: Chain) -> DropReason | None:
    """Why a chain is nothing; None where it counts, as everything does that looks exposed."""
    if kind not in TEXT_KINDS:
        return None
    if chain.best < SURE:
        return DropReason.WEAK
    return DropReason.BRIEF if len(chain.found) == 1 and chain.best < SURE_ALONE else None


def _as(kind: Kind, boxes: Boxes, scene: Scene) -> Boxes:
    """What one frame's sightings are as `kind`, up to the edge of what is hidden."""
    match kind:
        case Kind.PLATE:
            return plates(boxes, width=scene.width, height=scene.height)
        case Kind.TEXT:
            return blocks(boxes)
        case _:
            extra = NUDITY_GROWTH * (boxes[:, 2:4] - boxes[:, :2])
            edges = [boxes[:, :2] - extra, boxes[:, 2:4] + extra, boxes[:, 4:]]
            return np.concatenate(edges, axis=1).astype(np.float32)


def _pictures(
    frames: Iterator[VideoFrame], look: VideoLook, due: set[int]
) -> Iterator[tuple[int, Picture | None]]:
    """Each frame's time, and its upright picture in RGB where it is to be looked at."""
    for frame in frames:
        assert frame.pts is not None  # noqa: S101 - the frame source refuses such frames
        picture = None
        if frame.pts in due:
            picture = upright(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8), look.rotation)
        yield frame.pts, picture
