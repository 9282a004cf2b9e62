"""What the records themselves show to be wrong, without anyone looking at a picture. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import numpy as np

from bwc.canonical import JsonObject
from bwc.clock import iso
from bwc.coverage.department import Call, CallUnit, Department, Recording
from bwc.coverage.equipment import Equipment
from bwc.coverage.lines import MICROSECOND, Numbers, spans_of, worn_recordings
from bwc.coverage.measure import Coverage, Status
from bwc.coverage.sweep import Integers, Spans, measure_spans


class FindingKind(StrEnum):
    """What is wrong."""

    NO_CAMERA = "on duty without a camera"
    IDLE_CAMERA = "camera without officer"
    NO_VIDEO = "call without video"
    UNEXPLAINED_RECORDING = "recording that no call explains"
    OUTSIDE_SHIFT = "recording outside any shift"
    WEARER_UNKNOWN = "recording of a camera that nobody had"
    MISSING_FOOTAGE = "footage that should exist and does not"
    MUTED = "recorded without sound"
    LATE_UPLOAD = "late upload"
    TAG_MISSING = "recording without a tag"
    TAG_WRONG = "recording with a wrong tag"
    MISSING_TRIGGER = "force report without a release trigger"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, with all that it concerns; what it does not concern is None."""

    kind: FindingKind
    badge: str | None = None
    call: str | None = None
    camera: str | None = None
    recording: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    incident: str | None = None
    upload: str | None = None
    why: str = ""

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "kind": self.kind.value,
            "badge": self.badge,
            "call": self.call,
            "camera": self.camera,
            "recording": self.recording,
            "start": None if self.start is None else iso(self.start),
            "end": None if self.end is None else iso(self.end),
            "incident": self.incident,
            "upload": self.upload,
            "why": self.why,
        }


def find(
    department: Department, *, coverages: Iterable[Coverage], equipment: Equipment
) -> list[Finding]:
    """Everything that is wrong, kind by kind."""
    return [
        *_without_camera(equipment),
        *_without_video(coverages, department.calls),
        *_about_recordings(department),
    ]


def _without_camera(equipment: Equipment) -> Iterable[Finding]:
    """Duty without a camera, and cameras without duty."""
    for duty in equipment.duties:
        for span in duty.bare:
            yield Finding(FindingKind.NO_CAMERA, badge=duty.badge, start=span.start, end=span.end)
    for serial in equipment.idle_cameras:
        yield Finding(FindingKind.IDLE_CAMERA, camera=serial)


def _without_video(coverages: Iterable[Coverage], calls: Iterable[Call]) -> Iterable[Finding]:
    """Officers on calls who recorded nothing of them; such a finding begins with the call."""
    received = {call.number: call.received for call in calls}
    for part in coverages:
        if part.status is Status.NONE:
            yield Finding(
                FindingKind.NO_VIDEO,
                badge=part.badge,
                call=part.call,
                start=received[part.call],
            )


def _about_recordings(department: Department) -> Iterable[Finding]:
    """Recordings that nothing in the records accounts for; one without length is of its moment."""
    films = department.recordings
    badges = Numbers()
    lasting = [one if one.duration else replace(one, duration=MICROSECOND) for one in films]
    spans, film_of = worn_recordings(lasting, department.assignments, badges)
    wearer = dict(zip(film_of.tolist(), spans.owner.tolist(), strict=True))
    names = {number: badge for badge, number in badges.items()}
    attended = _attended(department.calls, department.call_units, badges)
    on_duty = spans_of((badges[shift.badge], shift.start, shift.end) for shift in department.shifts)
    explained = _touching(spans, film_of, attended, len(films))
    during_shift = _touching(spans, film_of, on_duty, len(films))
    for index, film in enumerate(films):
        if index not in wearer:
            yield _about(film, FindingKind.WEARER_UNKNOWN, None)
            continue
        if not explained[index]:
            yield _about(film, FindingKind.UNEXPLAINED_RECORDING, names[wearer[index]])
        if not during_shift[index]:
            yield _about(film, FindingKind.OUTSIDE_SHIFT, names[wearer[index]])


def _about(film: Recording, kind: FindingKind, badge: str | None) -> Finding:
    """A finding on one recording."""
    return Finding(
        kind, badge=badge, camera=film.camera, recording=film.id, start=film.began, end=film.ended
    )


def _touching(worn: Spans, film_of: Integers, reasons: Spans, films: int) -> Sequence[bool]:
    """For each recording, whether any worn part of it overlaps a reason on the wearer's line."""
    touched = np.zeros(films, dtype=bool)
    touched[film_of[measure_spans(worn, reasons).covered > 0]] = True
    found: list[bool] = touched.tolist()
    return found


def _attended(calls: Iterable[Call], units: Iterable[CallUnit], badges: Numbers) -> Spans:
    """The widest time each officer had to do with each call: from dispatch to clearing.

    A cancelled call explains a recording too. What is not known is taken wide: without dispatch
    the call's receipt, without clearing no end.
    """
    received = {call.number: call.received for call in calls}
    return spans_of(
        (
            badges[unit.badge],
            unit.dispatched or received[unit.call],
            unit.cleared,
        )
        for unit in units
    )
