"""Redacts a clip in segments of one second, slowly, so that a test can kill it midway.

    python -m tests.killed_redaction CLIP OUT WORKBENCH

prints how many pictures it looked at itself.
"""

import sys
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from bwc.ids import Sha256
from bwc.media.segments import cut
from bwc.redaction.analyse import analyse
from bwc.redaction.closer import Finders
from bwc.redaction.detect import Boxes, Picture
from bwc.redaction.fixity import sha256_of
from bwc.redaction.planning import Wish
from bwc.redaction.render import Source, open_source, render
from bwc.redaction.workbench import Workbench


class BrightFinder:
    """Sees one thing where the picture is brightest; slow where it is told to be."""

    def __init__(self, name: str, mark: str, pause_seconds: float) -> None:
        self.name, self.sha256 = name, Sha256(mark * 64)
        self._pause = pause_seconds
        self.looks = 0

    def find(self, picture: Picture) -> Boxes:
        self.looks += 1
        time.sleep(self._pause)
        column = int(picture.mean(axis=(0, 2)).argmax())
        return np.array([[column - 40, 100, column + 40, 200, 0.9]], np.float32)


def in_seconds(path: Path) -> Source:
    """The recording, cut into segments of a second."""
    return replace(open_source(path), segments=tuple(cut(path, seconds=Fraction(1))))


def redact(clip: Path, into: Path, folder: Path, *, pause_seconds: float) -> int:
    """Analyse and render on the workbench at `folder`, which stays; the pictures looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    workbench = Workbench(folder)
    people = BrightFinder("bright too", "b", pause_seconds)
    finders = Finders(BrightFinder("bright", "a", pause_seconds), people)
    source = in_seconds(clip)
    plan = analyse(
        source, sha256=sha256_of(clip), finders=finders, wish=Wish(), workbench=workbench
    )
    report = (lambda _: time.sleep(pause_seconds)) if pause_seconds else (lambda _: None)
    render(source, into, plan=plan, workbench=workbench, report=report)
    return people.looks


if __name__ == "__main__":
    looks = redact(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), pause_seconds=0.02)
    sys.stdout.write(str(looks))
