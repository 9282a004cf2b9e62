"""Plates and text on single pictures: how many plates are covered, and how much picture it takes.

The photographs of `plates/` with their boxes, at their size and scaled down so that plates become
as small as on body cameras; a plate counts as hidden where 90 % of its box are. Then clips without
truth, for the share of the picture that is hidden where nobody says whether it had to be. Run it
alone:

    TEST_FOOTAGE=../shared/footage .venv/bin/python bench/plates.py
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from bwc.errors import NotFound
from bwc.media.decode import look, open_frames
from bwc.redaction.detect import Boxes, Picture
from bwc.redaction.lines import blocks, plates
from bwc.redaction.observe import upright
from bwc.redaction.text import TextFinder
from bwc.settings import load_settings

FOOTAGE = Path(os.environ.get("TEST_FOOTAGE", "../shared/footage"))
SCALES = (1.0, 0.5, 0.35, 0.25)
HIDDEN = 0.9  # of a plate's box
CLIPS = (
    "egocentric-carpark.mp4",
    "bodycam-restaurant.mp4",
    "corridor-two.mp4",
    "store-aisle.mp4",
    "woman-and-dog.mp4",
    "no-face.mp4",
)
CLIP_LOOKS = 8


@dataclass(frozen=True, slots=True)
class Plate:
    """A photograph and where its plate is: x0 y0 x1 y1."""

    picture: Picture
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Hidden:
    """What of one picture is hidden: shares of the plate's box and of the picture."""

    height: float
    of_plate: float
    of_picture: float


def photographs(folder: Path) -> Iterator[Plate]:
    """Each plate that has a text file beside it."""
    for path in sorted(folder.glob("*.txt")):
        for line in path.read_text("utf-8").splitlines():
            name, *numbers = line.split("\t")[:5]
            x, y, width, height = (int(number) for number in numbers)
            picture = cv2.cvtColor(cv2.imread(str(folder / name)), cv2.COLOR_BGR2RGB)
            yield Plate(np.asarray(picture, np.uint8), (x, y, x + width, y + height))


def filled(boxes: Boxes, picture: Picture) -> npt.NDArray[np.bool_]:
    """(h, w): what of the picture is hidden."""
    mask = np.zeros(picture.shape[:2], bool)
    for box in boxes:
        x0, y0 = np.floor(box[:2]).astype(int).clip(0)
        x1, y1 = np.ceil(box[2:4]).astype(int)
        mask[y0:y1, x0:x1] = True
    return mask


def hide_one(plate: Plate, finder: TextFinder, scale: float) -> Hidden:
    """Look at a photograph scaled by `scale`."""
    small = cv2.resize(plate.picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = np.asarray(small, np.uint8)
    found = plates(finder.find(picture), width=picture.shape[1], height=picture.shape[0])
    mask = filled(found, picture)
    x0, y0, x1, y1 = (round(edge * scale) for edge in plate.box)
    inside = float(mask[y0:y1, x0:x1].mean())
    return Hidden((plate.box[3] - plate.box[1]) * scale, inside, float(mask.mean()))


def print_photographs(finder: TextFinder) -> None:
    """Recall and share hidden, by size."""
    taken = list(photographs(FOOTAGE / "plates"))
    for scale in SCALES:
        seen = [hide_one(plate, finder, scale) for plate in taken]
        heights = sorted(entry.height for entry in seen)
        hidden = sum(entry.of_plate >= HIDDEN for entry in seen)
        share = sum(entry.of_picture for entry in seen) / len(seen)
        middle = heights[len(heights) // 2]
        print(
            f"{len(seen)} photographs at {scale:.2f}, plates {middle:.0f} pixels high in the middle:"
            f" {hidden} plates hidden ({hidden / len(seen):.1%}), {share:.1%} of the picture"
        )


def print_clips(finder: TextFinder) -> None:
    """Share hidden of a few frames of each clip, as plates and as text."""
    for path in (FOOTAGE / name for name in CLIPS):
        if not path.is_file():
            continue
        shown = look(path)
        every = max(1, shown.frames_expected // CLIP_LOOKS)
        shares = []
        with open_frames(path) as source:
            for index, frame in enumerate(source.frames()):
                if index % every:
                    continue
                whole = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
                picture = upright(whole, shown.rotation)
                found = finder.find(picture)
                height, width = picture.shape[:2]
                as_plates = filled(plates(found, width=width, height=height), picture).mean()
                shares.append((as_plates, filled(blocks(found), picture).mean()))
        of_plates, of_text = np.mean(shares, axis=0)
        print(f"{path.name}: plates {of_plates:.1%}, text {of_text:.1%} of the picture")


def main() -> None:
    if not (FOOTAGE / "plates").is_dir():
        print("bench/plates.py: no photographs of plates in TEST_FOOTAGE, nothing measured")
        return
    try:
        finder = TextFinder(load_settings().models_folder)
    except NotFound as error:
        print(f"bench/plates.py: {error}")
        return
    print_photographs(finder)
    print_clips(finder)


if __name__ == "__main__":
    main()
