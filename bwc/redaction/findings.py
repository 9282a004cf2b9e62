"""What verification can find, as values; nothing found is what passes."""

from dataclasses import dataclass
from enum import StrEnum

from bwc.canonical import JsonObject


class Check(StrEnum):
    """What is verified. All but HEADS are exact; HEADS is evidence.

    CERTIFICATE is not part of a certificate: it says whether one belongs to a file.
    """

    CONTAINER = "container"
    STREAMS = "streams"
    METADATA = "metadata"
    LOOK = "look"
    FRAMES = "frames"
    FILL = "fill"
    OUTSIDE = "outside"
    SOUND = "sound"
    SILENCE = "silence"
    LEDGER = "ledger"
    HEADS = "heads"
    CERTIFICATE = "certificate"


MEANING = {
    Check.CONTAINER: "one MP4 whose index stands before its data, with nothing beside its samples",
    Check.STREAMS: "one picture stream and at most one sound stream, nothing else",
    Check.METADATA: "no tags, chapters, captions or other side data",
    Check.LOOK: "size, rotation, shape of pixels and colour tags are the original's",
    Check.FRAMES: "each frame of the original is there once, at its exact time, and no other",
    Check.FILL: "each planned region is covered on each frame, to its edge and as planned",
    Check.OUTSIDE: "the picture outside of the regions is the original's",
    Check.SOUND: "the sound is the original's and in time with the picture",
    Check.SILENCE: "each muted stretch is silent, or the tone and nothing of the original",
    Check.LEDGER: "no frame went unseen by the detectors",
    Check.HEADS: "an independent detector finds no head that the plan does not hide",
    Check.CERTIFICATE: "the certificate given is a passed one and speaks of these very files",
}


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
