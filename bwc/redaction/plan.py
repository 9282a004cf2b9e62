"""The plan: what is hidden, where, when and why, as one canonical JSON document.

The same plan cuts picture and sound; the same plan and the same original give the same pixels.
Boxes are whole pixels of the stored picture (a rotation tag is not applied), x1 and y1 exclusive;
times are the integers of the picture stream, with its time base beside them. Between two keys of a
track each edge moves straight, and a region is always rounded outwards.
"""

import json
from bisect import bisect_right
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self, TypeAlias

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from bwc.canonical import JsonObject, canonical_bytes, digest
from bwc.errors import InvalidInput
from bwc.ids import Sha256
from bwc.redaction.keys import Key, Region, region_at
from bwc.timeline import Span, merge, subtract

SHA256 = r"^[0-9a-f]{64}$"

Ratio: TypeAlias = tuple[int, Annotated[int, Field(gt=0)]]


def _is_empty(value: object) -> bool:
    """Whether a member stays out of the document, so that plans without it keep their hash."""
    return not value


class Kind(StrEnum):
    """What a track hides."""

    FACE = "face"
    HEAD = "head"
    PERSON = "person"
    PLATE = "plate"
    TEXT = "text"
    NUDITY = "nudity"
    REGION = "region"
    FRAME = "frame"


WITH_FACES = frozenset({Kind.FACE, Kind.PERSON, Kind.FRAME})  # who hides these hides faces too
DAMAGED, UNCLEAR = "rule:damaged", "rule:unclear"  # authors of what hides the whole picture


class Effect(StrEnum):
    """How it is hidden. All but SOLID are looks laid over what was taken away first.

    OUTLINE is a fill with a line along its edge, to tell it from the dark of a night.
    """

    SOLID = "solid"
    OUTLINE = "outline"
    MOSAIC = "mosaic"
    BLUR = "blur"


class Shape(StrEnum):
    """What of a region is covered."""

    BOX = "box"
    ELLIPSE = "ellipse"


class SoundEffect(StrEnum):
    """What is heard instead."""

    MUTE = "mute"
    TONE = "tone"


class DropReason(StrEnum):
    """Why sightings were taken for nothing."""

    WEAK = "too weak"
    BRIEF = "too brief"
    SIZE = "implausible size"


class FrameState(StrEnum):
    """What is known of a frame (DESIGN 4.4); UNSEEN is never released."""

    FOUND = "detected-found"
    NOTHING = "detected-nothing"
    INFERRED = "inferred"
    UNSEEN = "unseen"


class Stop(StrEnum):
    """Why the tracker carried a box no further."""

    LOST = "the tracker lost it here"
    CUT = "the scene changes here"
    EDGE = "it left the picture here"
    FAR = "it was carried no further"


class Part(BaseModel):
    """A part of the document; an unknown name is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Original(Part):
    """The file the plan is for. `time_base` is [numerator, denominator] seconds a tick.

    `begins` is the recording's first moment where that is not its first picture's: transcripts count
    from there.
    """

    sha256: str = Field(pattern=SHA256)
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    rotation: int
    time_base: Ratio
    frames: int = Field(gt=0)
    first_pts: int
    last_pts: int
    begins: Ratio | None = Field(None, exclude_if=_is_empty)


class Profile(Part):
    """What was asked for; `effect` and `shape` are those of every track that is found."""

    hide: tuple[Kind, ...] = Field(min_length=1)
    effect: Effect = Effect.SOLID
    shape: Shape = Shape.BOX
    gap_seconds: float = Field(ge=0)
    roll_seconds: float = Field(ge=0)

    @property
    def hides_faces(self) -> bool:
        """Whether a face that can be seen is one too many."""
        return not WITH_FACES.isdisjoint(self.hide)


class ModelUse(Part):
    """A detector that had a say, by the hash of its weights."""

    name: str
    sha256: str = Field(pattern=SHA256)
    use: str


class Shown(Part):
    """Why, and by whose word, something that was found stays visible."""

    reason: str = Field(min_length=1)
    author: str = Field(min_length=1)


class Stopped(Part):
    """Where the tracker stopped, on its way `back` or on; from there its last box is held."""

    pts: int
    why: Stop
    back: bool = Field(default=False, exclude_if=_is_empty)


class PlannedTrack(Part):
    """One thing that is hidden from its first key to its last, or `shown` by somebody's word.

    `seen` is its first and last sighting; outside of it the track was carried, not seen. `gaps` are
    stretches [first, last] in ticks between two sightings that were inferred, where they are long.
    `person` is a number within this plan and nothing else; it never leaves the department.

    Of a track that a person drew, `drawn` are the key boxes as he drew them. Where a tracker carried
    it, `carried_by` names it, `keys` are what came of it, and `stops` say where it ended. `reach` are
    the ticks to which a person let it begin earlier and end later than the tracker says.
    """

    id: int = Field(gt=0)
    kind: Kind
    effect: Effect
    shape: Shape = Shape.BOX
    exemption: str = Field(min_length=1)
    author: str = Field(
        min_length=1, description="model:<sha256>, person:<username> or rule:<name>"
    )
    best_score: float
    sightings: int = Field(ge=0)
    seen: tuple[int, int] | None = None
    person: int | None = Field(None, gt=0)
    shown: Shown | None = None
    gaps: tuple[tuple[int, int], ...] = Field((), exclude_if=_is_empty)
    drawn: tuple[Key, ...] = Field((), exclude_if=_is_empty)
    carried_by: str | None = Field(None, exclude_if=_is_empty)
    stops: tuple[Stopped, ...] = Field((), exclude_if=_is_empty)
    reach: tuple[int | None, int | None] | None = Field(None, exclude_if=_is_empty)
    keys: tuple[Key, ...] = Field(min_length=1)

    @pydantic.field_validator("keys", "drawn")
    @classmethod
    def _can_be_drawn(cls, keys: tuple[Key, ...]) -> tuple[Key, ...]:
        """A track that could not be drawn as it was meant would hide nothing, and nobody told."""
        if any(key.x0 >= key.x1 or key.y0 >= key.y1 for key in keys):
            raise ValueError("a box is empty")
        if any(left.pts >= right.pts for left, right in pairwise(keys)):
            raise ValueError("the times of the keys do not rise")
        return keys

    @pydantic.field_validator("seen")
    @classmethod
    def _is_seen_forward(cls, seen: tuple[int, int] | None) -> tuple[int, int] | None:
        """Sightings that end before they begin would let two people pass for one."""
        if seen is not None and seen[0] > seen[1]:
            raise ValueError("it is last seen before it is first seen")
        return seen

    def region(self, pts: int, *, width: int, height: int) -> Region | None:
        """What is covered at `pts`, inside the picture; None where the track does not live."""
        return region_at(self.keys, pts, width=width, height=height)


class MutedSpan(Part):
    """A stretch nobody may hear: [start, end) as [numerator, denominator] seconds.

    `found` says what was recognised there, such as `phone`; never the words themselves.
    """

    start: Ratio
    end: Ratio
    effect: SoundEffect = SoundEffect.MUTE
    found: str | None = None
    exemption: str = Field(min_length=1)
    author: str = Field(min_length=1)

    @pydantic.model_validator(mode="after")
    def _lasts(self) -> Self:
        """A stretch that ends before it starts would mute nothing, and nobody told."""
        if Fraction(*self.start) >= Fraction(*self.end):
            raise ValueError("it ends before it starts")
        return self

    def span(self) -> Span[Fraction]:
        """The stretch in exact seconds."""
        return Span(Fraction(*self.start), Fraction(*self.end))


class Speech(Part):
    """Where somebody speaks, as a detector of voices heard it, and nobody in between.

    `sha256` is of the detector's model. `not_judged` says why it could not listen; then `spans`
    says nothing. Each span is [start, end), both as [numerator, denominator] seconds.
    """

    detector: str
    sha256: str | None = Field(None, pattern=SHA256)
    not_judged: str | None = None
    spans: tuple[tuple[Ratio, Ratio], ...] = ()

    def spoken(self) -> list[Span[Fraction]]:
        """The spans in exact seconds."""
        return [Span(Fraction(*start), Fraction(*end)) for start, end in self.spans]


class LedgerRun(Part):
    """Consecutive frames of which the same is known."""

    state: FrameState
    first_pts: int
    last_pts: int
    frames: int = Field(gt=0)


class ModelLedger(Part):
    """What one detector saw of each frame."""

    model: str = Field(pattern=SHA256)
    runs: tuple[LedgerRun, ...]

    def state(self, pts: int) -> FrameState:
        """What it saw at `pts`; a frame that no run lists is unseen."""
        at = bisect_right(self.runs, pts, key=lambda run: run.first_pts) - 1
        if at < 0 or pts > self.runs[at].last_pts:
            return FrameState.UNSEEN
        return self.runs[at].state


class Dropped(Part):
    """Chains of sightings that were taken for nothing, by kind and reason."""

    kind: Kind
    reason: DropReason
    chains: int = Field(gt=0)


class Mask(NamedTuple):
    """A region of one frame and how it is covered."""

    region: Region
    effect: Effect
    shape: Shape


class Change(Part):
    """A line of the plan's history."""

    by: str
    what: str


class Plan(Part):
    """The whole document."""

    format: Literal["bwc.plan/1"] = "bwc.plan/1"
    original: Original
    profile: Profile
    models: tuple[ModelUse, ...]
    tracks: tuple[PlannedTrack, ...]
    sound: tuple[MutedSpan, ...] = ()
    proposed: tuple[MutedSpan, ...] = Field(
        (), exclude_if=_is_empty, description="Found in a transcript, and not decided yet"
    )
    speech: Speech | None = None
    ledger: tuple[ModelLedger, ...]
    dropped: tuple[Dropped, ...] = ()
    history: tuple[Change, ...]

    @property
    def time_base(self) -> Fraction:
        """Seconds in one tick."""
        return Fraction(*self.original.time_base)

    def masks(self, pts: int) -> list[Mask]:
        """Everything that is covered at `pts`, and how."""
        return [Mask(r, t.effect, t.shape) for t, r in self._alive(pts) if t.shown is None]

    def regions(self, pts: int) -> list[Region]:
        """Everything that is covered at `pts`."""
        return [mask.region for mask in self.masks(pts)]

    def left_visible(self, pts: int) -> list[Region]:
        """Where somebody decided that what was found at `pts` stays visible."""
        return [region for track, region in self._alive(pts) if track.shown is not None]

    def _alive(self, pts: int) -> list[tuple[PlannedTrack, Region]]:
        """Tracks that live at `pts`, each with its region."""
        size = self.original
        found = ((t, t.region(pts, width=size.width, height=size.height)) for t in self.tracks)
        return [(track, region) for track, region in found if region is not None]

    def muted(self) -> list[Span[Fraction]]:
        """Every stretch that nobody may hear, whatever is heard instead."""
        return [cut.span() for cut in self.sound]

    def toned(self) -> list[Span[Fraction]]:
        """Where a tone is heard instead, merged; where it meets a silence, silence wins."""
        tones = [cut.span() for cut in self.sound if cut.effect is SoundEffect.TONE]
        silent = [cut.span() for cut in self.sound if cut.effect is SoundEffect.MUTE]
        return subtract(merge(tones), merge(silent))

    def is_unseen(self, pts: int) -> bool:
        """Whether any detector, or every detector, has nothing to say of the frame at `pts`."""
        states = {ledger.state(pts) for ledger in self.ledger}
        return not states or FrameState.UNSEEN in states

    def document(self) -> JsonObject:
        """The plan as JSON."""
        return self.model_dump(mode="json")

    @property
    def sha256(self) -> Sha256:
        """The hash of the canonical document."""
        return digest(self.document())


def read_plan(path: Path) -> Plan:
    """The plan in the file `path`. Raises InvalidInput where it is none."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as exc:
        raise InvalidInput("the plan cannot be read", where=path.name, got=exc.strerror) from exc
    except (ValueError, RecursionError) as exc:
        raise InvalidInput("the plan is not JSON", where=path.name, got=str(exc)) from exc
    return parse_plan(document, where=path.name)


def parse_plan(document: object, *, where: str) -> Plan:
    """A plan out of its JSON. Raises InvalidInput naming the first field that is wrong."""
    try:
        return Plan.model_validate(document)
    except pydantic.ValidationError as exc:
        first = exc.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidInput("is not a plan", where=where, got=f"{place}: {first['msg']}") from exc


def write_plan(plan: Plan, path: Path) -> None:
    """Write the canonical document."""
    path.write_bytes(canonical_bytes(plan.document()) + b"\n")
