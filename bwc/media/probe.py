"""What a video is, found out by a child process under limits that really decodes its beginning."""

import json
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from bwc.errors import MediaError
from bwc.media.containers import ContainerKind
from bwc.media.guard import Limits, run_guarded

CHILD = "bwc.media.probe_child"
UNREADABLE = 3  # the child's exit status where the file is at fault


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What is known of a playable video.

    `duration` is exact seconds of the picture, as the container declares it or, where it does not,
    as its packets show. `rotation` is what a player turns the picture by, in degrees
    counter-clockwise, from 0 to 270; `width` and `height` are of the picture before that.
    """

    container: ContainerKind
    video_codec: str
    width: int
    height: int
    rotation: int
    has_audio: bool
    duration: Fraction

    @property
    def duration_us(self) -> int:
        """The duration in whole microseconds, as the catalog stores it."""
        return round(self.duration * 1_000_000)


def probe(path: Path, limits: Limits) -> MediaFacts:
    """Find out in a guarded child what `path` holds, and that it plays.

    Raises:
        MediaError: not a whole, playable video; the message says what it is and what to do.
    """
    command = [sys.executable, "-P", "-m", CHILD, str(path.absolute())]
    try:
        outcome = run_guarded(command, limits)
    except MediaError as exc:
        raise MediaError(exc.what, where=path.name, expected=exc.expected, got=exc.got) from exc
    if outcome.status not in {0, UNREADABLE}:
        raise MediaError(
            "reading this video took more memory than allowed, or broke its reader",
            where=path.name,
            expected=f"at most {limits.memory_bytes} bytes",
            got=outcome.complaint.strip().rpartition("\n")[2],
        )
    try:
        answer = json.loads(outcome.stdout)
    except ValueError as exc:
        raise MediaError(
            "the program that read this video gave no answer", where=path.name
        ) from exc
    if outcome.status == UNREADABLE:
        raise MediaError(**answer)
    return facts_from_json(answer)


def facts_to_json(facts: MediaFacts) -> dict[str, Any]:
    """`facts` as the child prints them."""
    return {
        "container": facts.container.value,
        "video_codec": facts.video_codec,
        "width": facts.width,
        "height": facts.height,
        "rotation": facts.rotation,
        "has_audio": facts.has_audio,
        "duration": str(facts.duration),
    }


def facts_from_json(document: dict[str, Any]) -> MediaFacts:
    """What the child printed."""
    return MediaFacts(
        **document
        | {
            "container": ContainerKind(document["container"]),
            "duration": Fraction(document["duration"]),
        }
    )
