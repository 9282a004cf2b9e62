"""The persons of a plan as people read them: when each is there, and whether he stays visible.

Pure.
"""

from dataclasses import dataclass
from enum import StrEnum

from bwc.canonical import JsonObject
from bwc.redaction.people import by_person
from bwc.redaction.plan import Plan
from bwc.redaction.plan_words import listed, seconds_of, short


class Standing(StrEnum):
    """How much of a person is hidden."""

    HIDDEN = "hidden"
    PART = "left visible in part"
    VISIBLE = "left visible"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One person of a plan; times are seconds since the first picture."""

    person: int
    standing: Standing
    tracks: tuple[int, ...]
    first_second: float
    last_second: float
    reasons: tuple[str, ...]
    authors: tuple[str, ...]

    def document(self) -> JsonObject:
        """The same as JSON."""
        return {
            "person": self.person,
            "standing": self.standing.value,
            "tracks": list(self.tracks),
            "first_second": self.first_second,
            "last_second": self.last_second,
            "reasons": list(self.reasons),
            "authors": list(self.authors),
        }

    def words(self) -> str:
        """The same for people."""
        word = self.standing.value if self.standing is Standing.HIDDEN else self.standing.upper()
        why = f" ({'; '.join(self.reasons)}, by {', '.join(map(short, self.authors))})"
        return (
            f"person {self.person}: {word}{why if self.reasons else ''}, "
            f"{self.first_second:.2f} to {self.last_second:.2f} s, tracks {listed(self.tracks)}"
        )


def persons_of(plan: Plan) -> list[PersonLine]:
    """The persons of `plan`, by number."""
    lines = []
    for person, tracks in by_person(plan).items():
        shown = [track.shown for track in tracks if track.shown is not None]
        standing = Standing.HIDDEN
        if shown:
            standing = Standing.VISIBLE if len(shown) == len(tracks) else Standing.PART
        spans = [seconds_of(track, plan) for track in tracks]
        lines.append(
            PersonLine(
                person=person,
                standing=standing,
                tracks=tuple(track.id for track in tracks),
                first_second=min(span[0] for span in spans),
                last_second=max(span[1] for span in spans),
                reasons=tuple(dict.fromkeys(each.reason for each in shown)),
                authors=tuple(dict.fromkeys(each.author for each in shown)),
            )
        )
    return lines
