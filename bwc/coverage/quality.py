"""What a recorded call lacks although there is video: the pre-event buffer, and sound. Pure.

The camera must run from the expected beginning at the latest, and its buffer reaches back from
there: complete is a buffer whose whole length before that moment was recorded, in whichever files,
while the officer had the camera. Sound is what the file carries: a recording without an audio track is muted; silence inside a track is not measured.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import numpy as np

from bwc.canonical import JsonObject
from bwc.coverage.department import Department, Recording
from bwc.coverage.expected import OfficerCall
from bwc.coverage.films import films_on
from bwc.coverage.lines import EPOCH, MICROSECOND, Numbers, ticks, worn_recordings
from bwc.coverage.measure import expected_spans, seconds
from bwc.coverage.rates import Rate
from bwc.coverage.sweep import Integers, Spans, measure_spans

NOTHING = timedelta()
SECOND = timedelta(seconds=1)


class Buffer(StrEnum):
    """What is left of the seconds before the camera had to run."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    ABSENT = "absent"
    NO_BUFFER = "camera keeps none"
    NOT_KNOWN = "camera not known"
    NO_VIDEO = "no video"


class Sound(StrEnum):
    """Whether what was recorded of a call can be heard."""

    PRESENT = "present"
    MUTED = "muted"
    PARTLY_MUTED = "muted in part"
    NOT_KNOWN = "not known"
    NO_VIDEO = "no video"


@dataclass(frozen=True, slots=True)
class Quality:
    """Buffer and sound of one officer's call, and the ids of its recordings by time.

    `buffer_held` of `buffer_asked` lies in the file; `muted` is recorded time without sound,
    `sound_unknown` recorded time of files of which nobody knows.
    """

    buffer: Buffer
    buffer_asked: timedelta
    buffer_held: timedelta
    sound: Sound
    muted: timedelta
    sound_unknown: timedelta
    recordings: tuple[str, ...]

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "buffer": self.buffer.value,
            "buffer_asked_seconds": seconds(self.buffer_asked),
            "buffer_held_seconds": seconds(self.buffer_held),
            "audio": self.sound.value,
            "muted_seconds": seconds(self.muted),
            "audio_unknown_seconds": seconds(self.sound_unknown),
            "recordings": list(self.recordings),
        }


@dataclass(frozen=True, slots=True)
class QualityTally:
    """Calls with video counted by buffer and sound; what is not known is in no share."""

    buffer_complete: Rate
    buffer_partial: int
    buffer_absent: int
    with_sound: Rate
    muted: int
    muted_time: timedelta

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "buffer_complete": self.buffer_complete.document(),
            "buffer_partial": self.buffer_partial,
            "buffer_absent": self.buffer_absent,
            "with_audio": self.with_sound.document(),
            "muted": self.muted,
            "muted_seconds": seconds(self.muted_time),
        }

    def counts(self) -> JsonObject:
        """As JSON, without shares: for tables in which n is small."""
        return {
            "buffer_complete": self.buffer_complete.part,
            "buffer_partial": self.buffer_partial,
            "buffer_absent": self.buffer_absent,
            "with_audio": self.with_sound.part,
            "muted": self.muted,
        }


def examine(calls: Sequence[OfficerCall], department: Department) -> list[Quality]:
    """Buffer and sound of each call, in the order of `calls`."""
    badges = Numbers()
    films, hands = department.recordings, department.assignments
    worn, film_of = worn_recordings(films, hands, badges)
    expected = expected_spans(calls, badges)
    covered = measure_spans(expected, worn).covered
    heard = _covered(expected, worn, film_of, [film.has_audio is True for film in films])
    maybe = _covered(expected, worn, film_of, [film.has_audio is not False for film in films])
    on_call = films_on(expected, worn, film_of)
    filmed = [[films[index] for index in indexes] for indexes in on_call]
    lengths = {camera.serial: camera.pre_event_seconds for camera in department.cameras}
    asked = [lengths.get(some[0].camera) if some else None for some in filmed]
    held = measure_spans(_buffers(calls, asked, badges), worn).covered
    return [
        _quality(call, some, length, kept, recorded=whole, muted=whole - may, unknown=may - known)
        for call, some, length, kept, whole, may, known in zip(
            calls,
            filmed,
            asked,
            held.tolist(),
            covered.tolist(),
            maybe.tolist(),
            heard.tolist(),
            strict=True,
        )
    ]


def count(qualities: Iterable[Quality]) -> QualityTally:
    """Count them."""
    every = list(qualities)
    complete = sum(one.buffer is Buffer.COMPLETE for one in every)
    partial = sum(one.buffer is Buffer.PARTIAL for one in every)
    absent = sum(one.buffer is Buffer.ABSENT for one in every)
    heard = sum(one.sound is Sound.PRESENT for one in every)
    muted = sum(one.sound in (Sound.MUTED, Sound.PARTLY_MUTED) for one in every)
    return QualityTally(
        buffer_complete=Rate(complete, complete + partial + absent),
        buffer_partial=partial,
        buffer_absent=absent,
        with_sound=Rate(heard, heard + muted),
        muted=muted,
        muted_time=sum((one.muted for one in every), NOTHING),
    )


def _buffers(calls: Sequence[OfficerCall], asked: Sequence[int | None], badges: Numbers) -> Spans:
    """The seconds before each call's expected beginning that its first camera had to keep."""
    begins = (call.expected.start + call.lead if call.expected else EPOCH for call in calls)
    owner = np.array([badges[call.badge] for call in calls], dtype=np.int64)
    begin = np.array([ticks(one) for one in begins], dtype=np.int64)
    length = np.array([one or 0 for one in asked], dtype=np.int64)
    return Spans(owner, begin - length * (SECOND // MICROSECOND), begin)


def _covered(expected: Spans, worn: Spans, film_of: Integers, wanted: Sequence[bool]) -> Integers:
    """How much of each expected span is covered by the wanted recordings alone."""
    kept = [place for place, film in enumerate(film_of.tolist()) if wanted[film]]
    return measure_spans(
        expected, Spans(worn.owner[kept], worn.start[kept], worn.end[kept])
    ).covered


def _quality(
    call: OfficerCall,
    filmed: Sequence[Recording],
    length: int | None,
    kept: int,
    *,
    recorded: int,
    muted: int,
    unknown: int,
) -> Quality:
    """One call's figures as words."""
    recordings = tuple(film.id for film in filmed)
    if call.expected is None or not recorded:
        return Quality(Buffer.NO_VIDEO, NOTHING, NOTHING, Sound.NO_VIDEO, NOTHING, NOTHING, ())
    asked, held = timedelta(seconds=length or 0), timedelta(microseconds=kept)
    return Quality(
        buffer=Buffer.NOT_KNOWN if length is None else _buffer(asked, held),
        buffer_asked=asked,
        buffer_held=held,
        sound=_sound(recorded, muted, unknown),
        muted=timedelta(microseconds=muted),
        sound_unknown=timedelta(microseconds=unknown),
        recordings=recordings,
    )


def _buffer(asked: timedelta, held: timedelta) -> Buffer:
    """What is left of a buffer whose length is known."""
    if not asked:
        return Buffer.NO_BUFFER
    if held == asked:
        return Buffer.COMPLETE
    return Buffer.PARTIAL if held else Buffer.ABSENT


def _sound(recorded: int, muted: int, unknown: int) -> Sound:
    """The worst that is known."""
    if muted:
        return Sound.MUTED if muted == recorded else Sound.PARTLY_MUTED
    return Sound.NOT_KNOWN if unknown else Sound.PRESENT
