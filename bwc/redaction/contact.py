"""The contact sheet: one picture of each person, for those who may watch the recording."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from bwc.redaction.detect import Finder, Picture
from bwc.redaction.face_vectors import Encoder
from bwc.redaction.people import by_person, group, has_persons
from bwc.redaction.plan import Plan
from bwc.redaction.sightings import SIDE, Crop, Report, as_jpeg, look_again

COLUMNS = 6
CAPTION = 28  # pixels below each picture


@dataclass(frozen=True, slots=True)
class Persons:
    """A grouped plan, and the best crop of each person."""

    plan: Plan
    crops: Mapping[int, Crop] = field(repr=False)


def find_persons(
    path: Path,
    plan: Plan,
    *,
    faces: Finder,
    encoder: Encoder | None,
    report: Report = lambda _: None,
) -> Persons:
    """Group the tracks of `plan`, made for the recording at `path`, and picture each person.

    A plan that has persons keeps them: somebody may have put them right by hand. `report` is told
    the number of frames passed so far.
    """
    known = has_persons(plan)
    looked = look_again(path, plan, faces=faces, encoder=None if known else encoder, report=report)
    if not known:
        by = f"model:{encoder.sha256}" if encoder is not None and looked.likeness else "bwc"
        plan = group(plan, looked.likeness, by=by)
    crops = {}
    for person, tracks in by_person(plan).items():
        found = [looked.crops[track.id] for track in tracks if track.id in looked.crops]
        if found:
            crops[person] = max(found, key=lambda crop: (crop.score, -crop.track))
    return Persons(plan, crops)


def contact_sheet(crops: Mapping[int, Crop]) -> bytes:
    """One JPEG of all crops, in rows, with the number of each person below."""
    cells = [_cell(person, crop) for person, crop in sorted(crops.items())]
    columns = max(COLUMNS, math.ceil(len(cells) ** 0.5))  # a JPEG has at most 65535 lines
    blank = np.zeros((SIDE + CAPTION, SIDE, 3), np.uint8)
    cells += [blank] * (-len(cells) % columns or columns * (not cells))
    rows = [np.hstack(cells[at : at + columns]) for at in range(0, len(cells), columns)]
    return as_jpeg(np.asarray(np.vstack(rows), np.uint8))


def _cell(person: int, crop: Crop) -> Picture:
    """A crop with its number below, RGB."""
    picture = cv2.imdecode(np.frombuffer(crop.jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
    caption = np.zeros((CAPTION, SIDE, 3), np.uint8)
    place, white = (6, CAPTION - 8), (255, 255, 255)
    cv2.putText(caption, f"person {person}", place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, white, 1)
    return np.vstack([np.asarray(picture, np.uint8), caption])
