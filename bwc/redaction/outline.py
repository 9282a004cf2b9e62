"""What player and timeline know of a recording before anyone plays it: one document beside its proxy.

The times of its pictures, where scenes change, how loud it is. Made once, with the proxy or for one
that has none yet; it lies in the vault and dies with the recording.
"""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Literal

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from bwc.canonical import canonical_bytes
from bwc.errors import IntegrityError
from bwc.ids import Sha256
from bwc.media.peaks import Peaks, read_peaks, unpack
from bwc.media.picture_times import PictureTimes, read_picture_times
from bwc.redaction.cuts import read_cuts
from bwc.redaction.plan import Original, Ratio
from bwc.vault.protocol import Vault


class OutlineDocument(BaseModel):
    """The document as it is stored; `peaks` are those of `bwc.media.peaks` as text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["bwc.outline/1"] = "bwc.outline/1"
    time_base: Ratio
    origin: int
    first_pts: int
    steps: tuple[int, ...]
    last_lasts: int = Field(gt=0)
    cuts: tuple[int, ...] = Field(description="Numbers of pictures, from 0")
    peaks: str | None = Field(description="Null where there is no sound")

    def times(self) -> PictureTimes:
        """When each picture is shown."""
        return PictureTimes(
            Fraction(*self.time_base), self.origin, self.first_pts, self.steps, self.last_lasts
        )

    def loudness(self) -> Peaks | None:
        """How loud it is; None where there is no sound."""
        return None if self.peaks is None else unpack(self.peaks)

    def bytes(self) -> bytes:
        """What is stored."""
        return canonical_bytes(self.model_dump(mode="json"))


def make_outline(
    proxy: Path, original: Path, *, check: Callable[[], None] = lambda: None
) -> OutlineDocument:
    """The outline of `original`, read off its `proxy`. `check` is called often meanwhile.

    Raises:
        MediaError: either cannot be read.
    """
    times = read_picture_times(proxy, original)
    peaks = read_peaks(proxy, check=check)
    return OutlineDocument(
        time_base=(times.time_base.numerator, times.time_base.denominator),
        origin=times.origin,
        first_pts=times.first_pts,
        steps=times.steps,
        last_lasts=times.last_lasts,
        cuts=tuple(read_cuts(proxy, check=check)),
        peaks=None if peaks is None else peaks.packed(),
    )


def load_outline(vault: Vault, sha256: str | None) -> OutlineDocument | None:
    """The outline that lies in the vault; None where a recording has none yet.

    Raises:
        NotFound: the vault has it no more.
        IntegrityError: it cannot be read.
    """
    if sha256 is None:
        return None
    return parse_outline(b"".join(vault.read(Sha256(sha256))), where=sha256)


def parse_outline(stored: bytes, *, where: str) -> OutlineDocument:
    """An outline out of what is stored. Raises IntegrityError where it is none."""
    try:
        return OutlineDocument.model_validate_json(stored)
    except pydantic.ValidationError as exc:
        raise IntegrityError(
            "the outline of this recording cannot be read",
            where=where,
            got=str(exc.errors()[0]["msg"]),
        ) from exc


def is_of(times: PictureTimes, original: Original) -> bool:
    """Whether these are the pictures that a plan was made for: as many, from and to the same times.

    They are not where a container tells no times and two readers guessed apart (AVI with B-frames),
    nor where a proxy of an earlier version rounded them.
    """
    return (
        times.count == original.frames
        and times.time_base == Fraction(*original.time_base)
        and (times.first_pts, times.last_pts) == (original.first_pts, original.last_pts)
    )
