"""How far the tracker carries a box that is drawn once: on each labelled face of real footage.

For each face of the hand-made truth a box is drawn three times, after a quarter, half and three quarters
of its time, a tenth of its size larger on each side, and carried both ways each time. A picture counts as covered where 95 % of the
face's box is hidden; one that is not is *declared* where the tracker had stopped by then and says so
to the reviewer. Needs the footage: TEST_FOOTAGE, or `shared/footage` beside the checkout. No models.

    .venv/bin/python -m bench.carry
"""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bwc.redaction.card import Labels, read_labels
from bwc.redaction.carrying import carry_track
from bwc.redaction.drawn import Box
from bwc.redaction.key_boxes import Moment, begin_track
from bwc.redaction.plan import Plan, PlannedTrack
from bwc.redaction.render import Source, open_source
from bwc.redaction.workbench import Workbench
from tests.plans import make_plan
from tests.redactions import times_of

BESIDE = Path(__file__).resolve().parent.parent.parent / "shared" / "footage"
ROOM = 0.1  # of the face's size, each side: what a hand leaves around it
DRAWN_AT = (0.25, 0.5, 0.75)
COVERED = 0.95  # share of the face's box
Edges = tuple[float, float, float, float]


@dataclass(slots=True)
class Count:
    """Pictures on which a face is labelled."""

    labelled: int = 0
    covered: int = 0
    declared: int = 0

    def line(self, name: str) -> str:
        """The count in a row of a table."""
        share = self.covered / max(1, self.labelled)
        return f"| {name} | {self.labelled} | {self.covered} | {share:.1%} | {self.declared} |"


def main() -> None:
    footage = Path(os.environ.get("TEST_FOOTAGE") or BESIDE)
    if not (footage / "truth").is_dir():
        print("carry: skipped, there is no labelled footage (TEST_FOOTAGE names no such folder)")
        return
    total = Count()
    print(
        "| clip, face | pictures | covered | share | beside it, declared |\n|---|---|---|---|---|"
    )
    for path in sorted((footage / "truth").glob("*.json")):
        labels = read_labels(path)
        clip = footage / labels.clip
        for number, boxes in faces_of(path, labels).items():
            count = Count()
            for share in DRAWN_AT:
                measure(clip, boxes, int(share * len(boxes)), count)
            print(count.line(f"{labels.clip}, {number}"), flush=True)
            for name in ("labelled", "covered", "declared"):
                setattr(total, name, getattr(total, name) + getattr(count, name))
    print(total.line("**all**"))


def faces_of(path: Path, labels: Labels) -> dict[int, dict[int, Edges]]:
    """For each face by its number, its box by the number of the picture."""
    known = json.loads(path.read_text())["frames"]
    found: dict[int, dict[int, Edges]] = {}
    for index, seen in labels.frames.items():
        for label, entry in zip(seen, known[str(index)], strict=True):
            if label.kind == "face":
                found.setdefault(int(entry["id"]), {})[index] = label.box
    return found


def measure(clip: Path, boxes: dict[int, Edges], at: int, count: Count) -> None:
    """Draw one box, on the labelled picture number `at`, and count what it covers."""
    source, pts = open_source(clip), times_of(clip)
    drawn = sorted(boxes)[at]
    plan = planned(source, pts, boxes[drawn], at=pts[drawn])
    with tempfile.TemporaryDirectory() as folder:
        track = carry_track(source, plan, 1, workbench=Workbench(Path(folder)))
    count.labelled += len(boxes)
    for index, box in boxes.items():
        is_covered = share_covered(track, box, pts[index], source) >= COVERED
        count.covered += is_covered
        count.declared += not is_covered and is_declared(track, pts[index])


def planned(source: Source, pts: list[int], face: Edges, *, at: int) -> Plan:
    """A plan of nothing but a box around `face`."""
    look = source.look
    x0, y0, x1, y1 = face
    across, down = ROOM * (x1 - x0), ROOM * (y1 - y0)
    original = make_plan().original.model_copy(
        update={
            "width": look.width,
            "height": look.height,
            "rotation": 0,
            "time_base": (look.time_base.numerator, look.time_base.denominator),
            "first_pts": pts[0],
            "last_pts": pts[-1],
            "frames": len(pts),
        }
    )
    box = Box(
        max(0.0, (x0 - across) / look.width),
        max(0.0, (y0 - down) / look.height),
        min(1.0, (x1 + across) / look.width),
        min(1.0, (y1 + down) / look.height),
    )
    empty = make_plan().model_copy(update={"original": original})
    return begin_track(empty, box, Moment(pts=at), exemption="personal-privacy", by="bench")


def share_covered(track: PlannedTrack, box: Edges, pts: int, source: Source) -> float:
    """Share of `box` that `track` hides at `pts`."""
    region = track.region(pts, width=source.look.width, height=source.look.height)
    if region is None:
        return 0.0
    across = min(region.x1, box[2]) - max(region.x0, box[0])
    down = min(region.y1, box[3]) - max(region.y0, box[1])
    return max(0.0, across) * max(0.0, down) / ((box[2] - box[0]) * (box[3] - box[1]))


def is_declared(track: PlannedTrack, pts: int) -> bool:
    """Whether the tracker says that it had stopped before `pts`."""
    return any(pts <= stop.pts if stop.back else pts >= stop.pts for stop in track.stops)


if __name__ == "__main__":
    main()
