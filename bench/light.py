"""Who is seen before a bright window and at the edge of a fisheye picture, beside a plain one.

Both are made of photographs whose faces are labelled (WIDER FACE, `faces`) and of pictures of the
labelled clips: no labelled footage of either is at hand. A face counts as seen where one look (a
thorough one) answers to it as surely as a plan asks for at once, so recall of whole recordings,
whose looks add up, is higher. Needs the models, and the footage: TEST_FOOTAGE, or `shared/footage`
beside the checkout:

    python -m bench.light [backlight|clips|fisheye] [--every 1]

Back light: in linear light, people (an ellipse around each head and a body below it, with soft
edges) get darker and what is around them brighter by a number of stops, clipped where the sensor
is full, with the veil that a lens spreads, and the noise of a sensor. `clips` are whole labelled clips so lit, coded and redacted without verification; a face is
hidden where the plan covers 95 % of its box. Fisheye: the photograph hangs
upright before an equidistant lens of 150 degrees, in its middle or towards an edge or corner of
what it sees, at a distance at which it keeps its scale.
"""

import argparse
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bench.carry import COVERED, share_covered
from bench.recall import BESIDE, RATE, faces, wider
from bwc.redaction.card import Labels, read_labels
from bwc.redaction.closer import Care, Eyes, Finders, load_finders
from bwc.redaction.detect import Boxes, Picture, overlaps
from bwc.redaction.engine import Engine, redact_file
from bwc.redaction.heads import SURE_FACE
from bwc.redaction.plan import Plan
from bwc.redaction.render import open_source
from bwc.settings import load_settings
from tests.backlight import as_frame
from tests.clips import have_models
from tests.redactions import times_of

STOPS = ((-2, 1.5), (-3, 2), (-4, 2), (-5, 2.5))  # of the people, of what is around them
VEIL = 0.01  # of full light, everywhere
NOISE = 0.0015  # of full light in the dark, and as much again from light itself
GAMMA = 2.2
WIDE, HIGH, HALF_VIEW = 1920, 1080, np.radians(75)  # of the fisheye picture, from middle to corner
PLACES = {
    "middle": (0, 0),
    "right edge": (43, 0),
    "upper left": (-43, 15),
    "lower right": (43, -15),
}
SIZES = ((0, 17), (17, 25), (25, 41), (41, 81), (81, 10_000))
SAME = 0.3  # of both areas

Bounds = list[tuple[float, float, float, float]]


@dataclass(slots=True)
class Tally:
    """Faces seen, and of how many, by height; answers to nobody; and time."""

    seen: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    there: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    nobody: int = 0
    seconds: float = 0.0

    def add(self, found: Boxes, truth: Bounds) -> None:
        """Judge the answers to one picture."""
        sure = found[found[:, 4] >= SURE_FACE]
        boxes = np.array([[*box, 1] for box in truth], np.float32).reshape(-1, 5)
        for box in boxes:
            row = next(at for at, (_, end) in enumerate(SIZES) if box[3] - box[1] < end)
            self.there[row] += 1
            self.seen[row] += bool((overlaps(box, sure) >= SAME).any())
        self.nobody += sum(not (overlaps(one, boxes) > 0).any() for one in sure)

    def in_words(self) -> str:
        shares = [f"{self.seen[row]}/{self.there[row]}" for row in range(len(SIZES))]
        total, of = sum(self.seen.values()), sum(self.there.values())
        share = 100 * total / max(1, of)
        return f"{share:5.1f} % of {of}; by height {', '.join(shares)}; nobody {self.nobody}"


def main() -> None:
    footage = Path(os.environ.get("TEST_FOOTAGE") or BESIDE)
    parser = argparse.ArgumentParser()
    parser.add_argument("wanted", nargs="*", default=["backlight", "clips", "fisheye"])
    parser.add_argument("--every", type=int, default=1, help="take one picture in so many")
    asked = parser.parse_args()
    if not (footage / "truth").is_dir() or not have_models():
        print("light: skipped, there is no labelled footage (TEST_FOOTAGE) or no models")
        return
    pictures = list(labelled(footage))[:: asked.every]
    finders = load_finders(load_settings().models_folder)
    if "backlight" in asked.wanted:
        ways: dict[str, Change] = {"plain": lambda picture, boxes: (picture, boxes)}
        for darker, brighter in STOPS:
            ways[f"back light {darker:+} {brighter:+}"] = backlit_by(darker, brighter)
        measure(pictures, ways, finders)
    if "clips" in asked.wanted:
        engine = Engine(load_settings().models_folder)
        for darker, brighter in ((0, 0), *STOPS):
            print(
                f"clips, {darker:+} {brighter:+}: {whole_clips(footage, darker, brighter, engine)}",
                flush=True,
            )
    if "fisheye" in asked.wanted:
        measure(pictures, {name: fisheye_at(*place) for name, place in PLACES.items()}, finders)


def labelled(footage: Path) -> Iterator[tuple[Picture, Bounds]]:
    """Photographs, and one picture in ten of each labelled clip with faces; RGB."""
    for photo, found in [*wider(footage), *faces(footage)]:
        picture = cv2.cvtColor(np.asarray(cv2.imread(str(photo))), cv2.COLOR_BGR2RGB)
        yield np.asarray(picture, np.uint8), [label.box for label in found]
    for path in sorted((footage / "truth").glob("*.json")):
        labels = read_labels(path)
        with av.open(str(footage / labels.clip)) as clip:
            for index, frame in enumerate(clip.decode(video=0)):
                boxes = [label.box for label in labels.frames.get(index, ())]
                if boxes and index % 10 == 0:
                    yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8), boxes


Change = Callable[[Picture, Bounds], tuple[Picture, Bounds]]


def measure(
    pictures: list[tuple[Picture, Bounds]], ways: dict[str, Change], finders: Finders
) -> None:
    for name, change in ways.items():
        tally = Tally()
        for picture, boxes in pictures:
            changed, truth = change(picture, boxes)
            frame, look = as_frame(even(changed))
            began = time.thread_time()
            found = Eyes(finders, look).look(frame, Care.THOROUGH).faces
            tally.seconds += time.thread_time() - began
            tally.add(found, truth)
        print(f"{name:22} {tally.in_words()}; {tally.seconds:.1f} s", flush=True)


def whole_clips(footage: Path, darker: float, brighter: float, engine: Engine) -> str:
    """Faces that are hidden in the labelled clips, each with people darker and all else brighter."""
    counts = []
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted((footage / "truth").glob("*.json")):
            labels = read_labels(path)
            if any(labels.frames.values()):
                lit = Path(folder) / f"{path.stem}.mp4"
                film(footage / labels.clip, lit, labels, backlit_by(darker, brighter))
                out = redact_file(lit, lit.with_suffix(".out.mp4"), engine=engine, verified=False)
                counts.append((path.stem, *hidden(out.plan, lit, labels)))
    words = ", ".join(f"{name} {seen}/{of}" for name, seen, of in counts if of)
    seen, of = sum(count[1] for count in counts), sum(count[2] for count in counts)
    return f"{100 * seen / of:.1f} % of {of}; {words}"


def film(clip: Path, into: Path, labels: Labels, change: Change) -> None:
    """`clip` without sound, each picture changed where its newest labels are."""
    boxes: Bounds = []
    with av.open(str(clip)) as source, av.open(str(into), "w") as out:
        stream = source.streams.video[0]
        video = out.add_stream("libx264", rate=RATE, options={"crf": "18", "preset": "veryfast"})
        assert isinstance(video, VideoStream)
        video.width, video.height = stream.width // 2 * 2, stream.height // 2 * 2
        video.pix_fmt = "yuv420p"
        for index, frame in enumerate(source.decode(stream)):
            boxes = [label.box for label in labels.frames.get(index, ())] or boxes
            picture = change(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8), boxes)[0]
            lit = VideoFrame.from_ndarray(picture[: video.height, : video.width], format="rgb24")
            lit.pts, lit.time_base = index, Fraction(1, RATE)
            out.mux(video.encode(lit))
        out.mux(video.encode(None))


def hidden(plan: Plan, clip: Path, labels: Labels) -> tuple[int, int]:
    """Faces of `clip` that `plan` covers, and faces."""
    covered = there = 0
    source, times = open_source(clip), times_of(clip)
    for index, found in labels.frames.items():
        for box in (label.box for label in found if label.kind == "face"):
            there += 1
            covered += any(
                share_covered(track, box, times[index], source) >= COVERED for track in plan.tracks
            )
    return covered, there


def even(picture: Picture) -> Picture:
    """`picture` without an odd row or column."""
    return picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]


def backlit_by(darker: float, brighter: float) -> Change:
    """What makes back light: people `darker` stops (below 0), all around `brighter` stops."""

    def change(picture: Picture, boxes: Bounds) -> tuple[Picture, Bounds]:
        people = people_mask(picture.shape[:2], boxes)[..., None]
        light = (picture / np.float32(255)) ** GAMMA
        light = light * 2 ** (people * darker + (1 - people) * brighter) + VEIL
        noise = np.random.default_rng(len(boxes)).standard_normal(light.shape, np.float32)
        light += noise * NOISE * (1 + np.sqrt(light))
        made = (255 * light.clip(0, 1) ** (1 / GAMMA)).astype(np.uint8)
        return made, boxes

    return change


def people_mask(shape: tuple[int, ...], boxes: Bounds) -> npt.NDArray[np.float32]:
    """1 where people are: around each face a head, and below it a body."""
    mask = np.zeros(shape[:2], np.float32)
    for x0, y0, x1, y1 in boxes:
        width, height = x1 - x0, y1 - y0
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        one = np.zeros_like(mask)
        head = (round(x), round(y)), (round(width * 0.9) + 1, round(height * 0.85) + 1)
        body = (round(x), round(y + 3.6 * height)), (round(width * 1.6) + 1, round(height * 3) + 1)
        for middle, radii in (head, body):
            cv2.ellipse(one, middle, radii, 0, 0, 360, 1, -1)
        soft = 0.12 * max(width, height) + 0.5
        mask = np.maximum(mask, cv2.GaussianBlur(one, (0, 0), soft))
    return mask


def fisheye_at(azimuth: float, elevation: float) -> Change:
    """What hangs a picture before a fisheye, so many degrees to the right and up of its middle."""

    def change(picture: Picture, boxes: Bounds) -> tuple[Picture, Bounds]:
        columns, rows = np.meshgrid(np.arange(WIDE), np.arange(HIGH))
        x, y = on_photo(columns, rows, picture.shape, np.radians((azimuth, elevation)))
        made = cv2.remap(picture, x, y, cv2.INTER_AREA, borderValue=(90, 90, 90))
        truth = []
        for x0, y0, x1, y1 in boxes:
            inside = (
                ((x - (x0 + x1) / 2) * 2 / (x1 - x0)) ** 2
                + ((y - (y0 + y1) / 2) * 2 / (y1 - y0)) ** 2
            ) <= 1
            down, across = np.nonzero(inside)
            cut = (
                not len(down)
                or min(down[0], across.min()) < 2
                or (down[-1] > HIGH - 3 or across.max() > WIDE - 3)
            )
            if not cut:
                ends = across.min(), down[0], across.max() + 1, down[-1] + 1
                truth.append((float(ends[0]), float(ends[1]), float(ends[2]), float(ends[3])))
        return np.asarray(made, np.uint8), truth

    return change


def on_photo(
    columns: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    shape: tuple[int, ...],
    place: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Which point of the photograph each pixel of the fisheye picture shows; outside of it: -9."""
    focus = np.hypot(WIDE, HIGH) / 2 / HALF_VIEW  # pixels a radian
    across, down = columns - WIDE / 2, rows - HIGH / 2
    radius = np.hypot(across, down) + 1e-9
    angle = radius / focus
    ray = np.stack([np.sin(angle) * across / radius, np.sin(angle) * down / radius, np.cos(angle)])
    azimuth, elevation = place
    right = np.array([np.cos(azimuth), 0, -np.sin(azimuth)])
    ahead = np.array(
        [
            np.sin(azimuth) * np.cos(elevation),
            -np.sin(elevation),
            np.cos(azimuth) * np.cos(elevation),
        ]
    )
    below = np.cross(ahead, right)
    depth = np.tensordot(ahead, ray, 1)
    seen = depth > 0.2
    scale = max(shape[:2]) / MOST_SIDE * focus / np.where(seen, depth, 1)
    x = np.where(seen, np.tensordot(right, ray, 1) * scale + shape[1] / 2, -9)
    y = np.where(seen, np.tensordot(below, ray, 1) * scale + shape[0] / 2, -9)
    return x.astype(np.float32), y.astype(np.float32)


MOST_SIDE = 640  # of a photograph, in pixels at its middle


if __name__ == "__main__":
    main()
