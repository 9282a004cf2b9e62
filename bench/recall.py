"""Recall of the whole pipeline by size, kind, light, and on photos by blur, occlusion and pose.

The clips with hand-made truth are redacted with the default profile and judged by pixels, as the
detector card of a department is (`bwc/redaction/card.py`). Photos of WIDER FACE (labelled with blur,
occlusion and pose; those that were fitted well) and of `faces` are shown for a moment each, as if a
camera stood still. Needs the models, and the footage: TEST_FOOTAGE, or `shared/footage` beside the
checkout. Run it alone:

    .venv/bin/python bench/recall.py [clips|photos]
"""

import json
import os
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.stream import VideoStream

from bwc.redaction.card import Card, Label, Labels, in_words, measure_clip, read_labels
from bwc.redaction.engine import Engine
from bwc.settings import load_settings
from tests.clips import have_models

BESIDE = Path(__file__).resolve().parent.parent.parent / "shared" / "footage"
FRAMES, JUDGED = 10, 5  # of a photo: 0.4 seconds, and the one in the midst is judged
RATE = 25
BLUR = ("clear", "blurred", "very blurred")
OCCLUSION = ("whole", "partly hidden", "half hidden or more")
POSE = ("usual", "unusual")


def main() -> None:
    footage = Path(os.environ.get("TEST_FOOTAGE") or BESIDE)
    if not (footage / "truth").is_dir():
        print("recall: skipped, there is no labelled footage (TEST_FOOTAGE names no such folder)")
        return
    if not have_models():
        print("recall: skipped, the models are not pulled (run `bwc models pull`)")
        return
    engine = Engine(load_settings().models_folder)
    wanted = sys.argv[1:] or ["clips", "photos"]
    if "clips" in wanted:
        card = Card()
        for path in sorted((footage / "truth").glob("*.json")):
            labels = read_labels(path)
            measure_clip(footage / labels.clip, labels, engine=engine, card=card)
        show(f"{card.clips} clips", card, engine)
    if "photos" in wanted:
        for name, photos in (("WIDER", wider(footage)), ("faces", faces(footage))):
            card = Card()
            for photo, found in photos:
                measure_photo(photo, found, engine, card)
            show(f"{card.clips} photos of {name}, a moment each", card, engine)


def show(title: str, card: Card, engine: Engine) -> None:
    print(f"\n## {title}\n\n{in_words(card.document(engine))}", flush=True)


def wider(footage: Path) -> Iterator[tuple[Path, list[Label]]]:
    """Photos whose boxes fit well, with what is known of each face."""
    place = footage / "wider" / "gt_416_dev.json"
    known = json.loads(place.read_text()) if place.is_file() else {}
    for name, photo in known.items():
        if photo["fit_quality"] == "good":
            path = footage / "wider" / name
            labels = [wider_label(face) for face in photo["faces"] if not face["invalid"]]
            if path.is_file():
                yield path, labels


def wider_label(face: dict[str, object]) -> Label:
    x, y, width, height = (float(v) for v in face["xywh_416"])  # type: ignore[attr-defined]
    return Label(
        kind="face",
        box=(x, y, x + width, y + height),
        blur=BLUR[int(str(face["blur"]))],
        occlusion=OCCLUSION[int(str(face["occlusion"]))],
        pose=POSE[int(str(face["pose"]))],
    )


def faces(footage: Path) -> Iterator[tuple[Path, list[Label]]]:
    place = footage / "faces" / "training.xml"
    if not place.is_file():
        return
    for image in ET.parse(place).iter("image"):
        path = footage / "faces" / str(image.get("file"))
        boxes = [
            [float(box.get(side) or 0) for side in ("left", "top", "width", "height")]
            for box in image.iter("box")
        ]
        labels = [Label(kind="face", box=(x, y, x + w, y + h)) for x, y, w, h in boxes]
        if path.is_file():
            yield path, labels


def measure_photo(photo: Path, labels: list[Label], engine: Engine, card: Card) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "photo.mp4"
        held(photo, clip)
        still = Labels(clip=clip.name, frames={JUDGED: tuple(labels)})
        measure_clip(clip, still, engine=engine, card=card)


def held(photo: Path, clip: Path) -> None:
    """`photo` as a clip on which nothing moves; an odd row or column at its edge is left out."""
    picture = np.asarray(cv2.imread(str(photo)), np.uint8)
    picture = np.ascontiguousarray(
        picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]
    )
    with av.open(str(clip), "w") as out:
        video = out.add_stream("libx264", rate=RATE, options={"crf": "12", "preset": "veryfast"})
        assert isinstance(video, VideoStream)
        video.height, video.width = picture.shape[:2]
        video.pix_fmt = "yuv420p"
        for index in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))


if __name__ == "__main__":
    main()
