"""What verification can find, as values; nothing found is what passes."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bwc.canonical import JsonObject


class Check(StrEnum):
    """What is verified. All but FACES are exact; FACES is evidence.

    CERTIFICATE is not part of a certificate: it says whether one belongs to a file.
    """

    CONTAINER = "container"
    STREAMS = "streams"
    METADATA = "metadata"
    LOOK = "look"
    FRAMES = "frames"
    FILL = "fill"
    OUTSIDE = "outside"
    COPIED = "copied"
    SOUND = "sound"
    SILENCE = "silence"
    LEDGER = "ledger"
    FACES = "faces"
    CERTIFICATE = "certificate"


MEANING = {
    Check.CONTAINER: "one MP4 whose index stands before its data, with nothing beside its samples",
    Check.STREAMS: "one picture stream and at most one sound stream, nothing else",
    Check.METADATA: "no tags, chapters, captions or other side data",
    Check.LOOK: "size, rotation, shape of pixels and colour tags are the original's",
    Check.FRAMES: "each frame of the original is there once, at its exact time, and no other",
    Check.FILL: "each planned region is covered on each frame, to its edge and as planned",
    Check.OUTSIDE: "the picture outside of the regions is the original's",
    Check.COPIED: "what was copied as it was coded is the original's to the last bit, in whole groups "
    "of pictures and whole packets of sound, and pictures that were coded anew have parameter sets of "
    "their own",
    Check.SOUND: "the sound is the original's and in time with the picture",
    Check.SILENCE: "each muted stretch is silent (below -90 dB) from its first sample to its last, or the "
    "tone and nothing of the original",
    Check.LEDGER: "the plan is sound in itself, and no frame went unseen by known detectors",
    Check.FACES: "an independent detector finds no face that the plan does not hide",
    Check.CERTIFICATE: "the certificate given is a passed one and speaks of these very files",
}


MOST_LISTED = 20  # of a kind; further ones of a picture are not listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it must be; `pts` and `box` say where, if it has a place."""

    check: Check
    what: str
    pts: int | None = None
    box: tuple[int, int, int, int] | None = None

    def document(self) -> JsonObject:
        """The finding as JSON, without the places it does not have."""
        document: JsonObject = {"check": self.check.value, "what": self.what}
        if self.pts is not None:
            document["pts"] = self.pts
        if self.box is not None:
            document["box"] = list(self.box)
        return document


@dataclass(frozen=True, slots=True)
class Count:
    """How many findings of one check are listed, and whether there may be more.

    >>> Count(3).words, Count(MOST_LISTED).words
    ('3', 'at least 20')
    """

    listed: int

    @property
    def is_least(self) -> bool:
        """Whether the list may have been cut short."""
        return self.listed >= MOST_LISTED

    @property
    def words(self) -> str:
        """The number, for people."""
        return f"at least {self.listed}" if self.is_least else str(self.listed)


def count_of(check: Check, findings: Iterable[Finding]) -> Count:
    """How many of `findings` are those of `check`."""
    return Count(sum(finding.check is check for finding in findings))
