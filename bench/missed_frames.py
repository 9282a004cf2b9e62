"""Faces shown when both detectors miss frames: 1, 2, ... in a row, and at random.

Planted clips: faces of known boxes, from 24 to 110 pixels, standing, walking, fast, turning,
coming and going. Face and person finder see nothing at all on the missed frames; the finished file
is then opened and each face counted that it shows. Nothing is verified: verification would find
some of them and hide them. Needs the models. Run it alone:

    .venv/bin/python bench/missed_frames.py
"""

import random
import sys
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from bwc.redaction.engine import Engine
from bwc.settings import load_settings
from tests.clips import have_models
from tests.missed_frames import (
    FRAMES,
    SCENES,
    Count,
    ForgetfulEngine,
    Memory,
    Scene,
    film,
    redact_forgetting,
    runs_of,
)

IN_A_ROW = (1, 2, 3, 4, 6, 8, 12, 16, 20)
SHARES = (0.1, 0.3, 0.5, 0.7)
DRAWS = 3  # of each share


def main() -> None:
    if not have_models():
        print("missed frames: skipped, the models are not pulled (run `bwc models pull`)")
        return
    folder = load_settings().models_folder
    with tempfile.TemporaryDirectory() as place:
        finders = Engine(folder).finders
        scenes = [
            (
                film(Path(place) / f"{at}.mp4", walkers),
                (Memory(finders.faces), Memory(finders.people)),
            )
            for at, walkers in enumerate(SCENES.values())
        ]
        print("| both detectors miss | faces on missed frames | shown | faces in all | shown |")
        print("|---|---|---|---|---|")
        for words, ways in rows():
            count = Count()
            for scene, memories in scenes:
                for missed in ways:
                    engine = ForgetfulEngine(folder, memories, missed)
                    redact(scene, engine, missed, count)
            print(
                f"| {words} | {count.missed} | {count.shown_missed} "
                f"| {count.faces} | {count.shown} |"
            )
            for who in sorted(set(count.who))[:12]:
                print(f"  {who}", file=sys.stderr)


def rows() -> Iterator[tuple[str, list[Collection[int]]]]:
    """What is missed, in words and as sets of frames."""
    yield "nothing", [()]
    for length in IN_A_ROW:
        yield f"{length} in a row", list(runs_of(length))
    for share in SHARES:
        draws = [random.Random(seed) for seed in range(DRAWS)]
        yield (
            f"{share:.0%} of the frames, at random",
            [frozenset(at for at in range(FRAMES) if draw.random() < share) for draw in draws],
        )


def redact(scene: Scene, engine: Engine, missed: Collection[int], count: Count) -> None:
    into = scene.path.with_suffix(".out.mp4")
    redact_forgetting(scene, into, engine=engine, missed=missed, count=count)


if __name__ == "__main__":
    main()
