"""Which parts of a film are drawn and coded anew, and which are copied from the original as they are.

A part is never longer than a segment (`bwc.media.segments`), so that one cut at key frames serves
resuming, sharing and copying. What is copied holds no mask by the plan that is rendered; whatever is
not certain is drawn.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from bwc.canonical import JsonObject
from bwc.errors import MediaError
from bwc.media.decode import VideoLook
from bwc.media.groups import Copied, Group, Groups, read_groups
from bwc.media.segments import Segment
from bwc.redaction.plan import Plan, PlannedTrack
from bwc.redaction.sound_use import SoundUse

ASKED_FOR = "it was asked for"


class RenderMode(StrEnum):
    """How a film is rendered.

    SMART codes only those groups of pictures anew that a mask touches, and copies sound but for what is
    muted; FULL copies nothing.
    """

    SMART = "smart"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Part:
    """Pictures that are copied, as many as `copied` says; 0 where they are drawn."""

    segment: Segment
    copied: int = 0


@dataclass(frozen=True, slots=True)
class Parts:
    """A film, part by part; `why_full` says why no picture is copied, `groups` is None then.

    `sound` says how the sound gets in, where there is any.
    """

    parts: tuple[Part, ...]
    groups: Groups | None = None
    why_full: str | None = None
    sound: SoundUse | None = None

    @property
    def copies(self) -> bool:
        """Whether anything is copied, pictures or sound."""
        return self.groups is not None or (self.sound is not None and self.sound.copied is not None)

    @property
    def mode(self) -> RenderMode:
        """How the film is rendered."""
        return RenderMode.FULL if self.groups is None else RenderMode.SMART

    @property
    def copied(self) -> int:
        """How many pictures are copied."""
        return sum(part.copied for part in self.parts)

    @property
    def document(self) -> JsonObject:
        """Counts and reasons for a certificate, and no places."""
        sound: JsonObject = {} if self.sound is None else {"sound": self.sound.document}
        if self.why_full is not None:
            return {"mode": self.mode.value, "reason": self.why_full, **sound}
        return {"mode": self.mode.value, "frames_copied": self.copied, **sound}

    @property
    def number(self) -> int:
        """The number of the parameter sets of what is coded anew."""
        return 0 if self.groups is None else self.groups.sets.free_number

    def copy_of(self, part: Part, path: Path) -> Copied:
        """What is copied of `path` for `part`, which is not drawn."""
        assert self.groups is not None  # noqa: S101 - nothing is copied without groups
        return Copied(path, part.segment, self.groups.length)


def part(
    path: Path, look: VideoLook, segments: tuple[Segment, ...], plan: Plan, *, why_full: str | None
) -> Parts:
    """How to render `plan` of the recording at `path`; with `why_full`, in full for that reason."""
    whole = tuple(Part(segment) for segment in segments)
    if why_full is not None:
        return Parts(whole, why_full=why_full)
    try:
        groups = read_groups(path, look)
        assert groups.sets.free_number >= 0  # noqa: S101 - raises where there is none
    except MediaError as error:
        return Parts(whole, why_full=f"the original {error.what}")
    if groups.pictures != plan.original.frames:
        return Parts(whole, why_full="the original has packets that are no pictures")
    parts = tuple(_parts_of(segments, groups, plan))
    if any(found.copied for found in parts):
        return Parts(parts, groups)
    if groups.has_open:
        return Parts(whole, why_full="groups of pictures do not begin with an IDR picture")
    return Parts(whole, why_full="no group of pictures is without a mask")


def reaches(track: PlannedTrack, segment: Segment | Group) -> bool:
    """Whether `track` lives anywhere in `segment`."""
    starts_before = segment.end is None or track.keys[0].pts < segment.end
    return starts_before and (segment.start is None or track.keys[-1].pts >= segment.start)


def _parts_of(segments: tuple[Segment, ...], groups: Groups, plan: Plan) -> Iterator[Part]:
    """The longest parts of each segment of which all or nothing is copied.

    A group that begins in one segment and ends in the next belongs to the first.
    """
    hidden = [track for track in plan.tracks if track.shown is None]
    starts = [segment.start for segment in segments if segment.start is not None]

    def kind(group: Group) -> tuple[int, bool]:
        index = 0 if group.start is None else bisect_right(starts, group.start)
        return index, group.is_plain and not any(reaches(track, group) for track in hidden)

    for (index, is_copied), run in groupby(groups.groups, kind):
        row = list(run)
        stretch = Segment(index, row[0].start, row[-1].end)
        yield Part(stretch, sum(group.pictures for group in row) if is_copied else 0)
