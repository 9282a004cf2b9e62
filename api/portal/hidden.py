"""What is hidden in a release, where, how long and on which ground, as its public plan says.

Pure. Boxes are pixels of the stored picture; times are ticks of `time_base`. Between two keys each
edge moves straight, so what a track covers over time is the integral of a quadratic.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, Field

from api.portal.documents import Document
from bwc.timeline import Span, merge

MOST_PLACES = 300  # on the page; the plan as data has them all

Ratio: TypeAlias = tuple[int, int]
Box: TypeAlias = tuple[int, int, int, int, int]


class Picture(Document):
    """The picture that the boxes lie on."""

    width: int = Field(gt=0)
    height: int = Field(gt=0)
    rotation: int = 0
    time_base: Ratio
    first_pts: int = 0


class Track(Document):
    """One thing that is covered from its first key to its last."""

    kind: str
    exemption: str
    keys: list[Box] = Field(min_length=1)


class Sound(Document):
    """A stretch that nobody hears."""

    start: Ratio
    end: Ratio
    exemption: str


class PublicPlan(Document):
    """All that is hidden in a video."""

    format: Literal["bwc.public-plan/1"]
    original: Picture
    tracks: tuple[Track, ...] = ()
    sound: tuple[Sound, ...] = ()


class HiddenByCode(BaseModel):
    """How much one exemption code hides. Shares are of the whole video, 0 to 1.

    `picture_share` counts covers that lie over each other each for itself.
    """

    code: str
    kinds: list[str]
    places: int
    picture_seconds: float
    picture_time_share: float
    picture_share: float
    sound_seconds: float
    sound_share: float


class Place(NamedTuple):
    """One thing that is hidden, in seconds from the start of the video."""

    start: float
    end: float
    kind: str
    code: str


def by_code(plan: PublicPlan, duration_us: int | None) -> list[HiddenByCode]:
    """The redaction meter: a line for each code, in the order of the alphabet."""
    lasts = Fraction(duration_us or 0, 1_000_000)
    codes = {track.exemption for track in plan.tracks} | {cut.exemption for cut in plan.sound}
    return [_of_code(plan, code, lasts) for code in sorted(codes)]


def places(plan: PublicPlan) -> list[Place]:
    """What is hidden, in the order in which it begins."""
    seen = [
        Place(_second(plan, t.keys[0][0]), _second(plan, t.keys[-1][0]), t.kind, t.exemption)
        for t in plan.tracks
    ]
    heard = [
        Place(float(Fraction(*cut.start)), float(Fraction(*cut.end)), "sound", cut.exemption)
        for cut in plan.sound
    ]
    return sorted([*seen, *heard])


def _of_code(plan: PublicPlan, code: str, lasts: Fraction) -> HiddenByCode:
    tracks = [track for track in plan.tracks if track.exemption == code]
    cuts = [cut for cut in plan.sound if cut.exemption == code]
    base = Fraction(*plan.original.time_base)
    seen = _total(Span(t.keys[0][0] * base, t.keys[-1][0] * base) for t in tracks)
    heard = _total(Span(Fraction(*cut.start), Fraction(*cut.end)) for cut in cuts)
    covered = sum((_covered(track) for track in tracks), Fraction(0)) * base
    whole = plan.original.width * plan.original.height * lasts
    return HiddenByCode(
        code=code,
        kinds=sorted({track.kind for track in tracks} | ({"sound"} if cuts else set())),
        places=len(tracks) + len(cuts),
        picture_seconds=float(seen),
        picture_time_share=_share(seen, lasts),
        picture_share=_share(covered, whole),
        sound_seconds=float(heard),
        sound_share=_share(heard, lasts),
    )


def _covered(track: Track) -> Fraction:
    """Pixels times ticks; Simpson's rule is exact where the area is quadratic in time."""
    total = 0  # whole numbers: an hour of film has a hundred thousand keys
    for (t0, *left), (t1, *right) in pairwise(track.keys):
        (w0, h0), (w1, h1) = _sides(left), _sides(right)
        total += (t1 - t0) * (w0 * h0 + (w0 + w1) * (h0 + h1) + w1 * h1)
    return Fraction(total, 6)


def _sides(box: Sequence[int]) -> tuple[int, int]:
    x0, y0, x1, y1 = box
    return x1 - x0, y1 - y0


def _total(spans: Iterable[Span[Fraction]]) -> Fraction:
    """How long at least one of `spans` lasts; one frame alone has no length."""
    lasting = merge(span for span in spans if span.start < span.end)
    return sum((span.end - span.start for span in lasting), Fraction(0))


def _share(part: Fraction, whole: Fraction) -> float:
    return float(min(Fraction(1), part / whole)) if whole else 0.0


def _second(plan: PublicPlan, pts: int) -> float:
    return max(0.0, float(pts * Fraction(*plan.original.time_base)))
