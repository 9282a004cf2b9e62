"""What goes into each convolution of the finders: the ranges that `ranges.json` states.

    python -m bench.ranges FILM... > bwc/redaction/ranges.json

Every `STEP`th frame of each film is seen by both finders at full precision, as a look sees it; a
range is from the lowest to the highest value of all. Films that recall is judged on must not be
among them.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from math import ceil, floor
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import openvino
from openvino import opset13

from bwc.redaction.closer import GLANCE_SIDE, LOOK_SIDE
from bwc.redaction.detect import (
    PERSON_SIDE,
    Picture,
    face_graph,
    person_graph,
    person_views,
    step_up,
)
from bwc.redaction.models import find, load
from bwc.redaction.whole_numbers import convolutions
from bwc.settings import load_settings

STEP = 17
MOST = 5  # frames of one film
Range = tuple[float, float]


def main() -> None:
    pictures = [picture for name in sys.argv[1:] for picture in frames(Path(name))]
    if not pictures:
        print("no films to measure on: python -m bench.ranges FILM...")
        return
    found = {"centerface": faces(pictures), "pedestrian-ssdlite": people(pictures)}
    print("{")
    for place, (name, ranges) in enumerate(found.items()):
        lines = ",\n    ".join(json.dumps(one) for one in ranges)
        end = "," if place + 1 < len(found) else ""
        print(f'  "{name}": {{"sha256": "{find(name).sha256}", "ranges": [')
        print(f"    {lines}")
        print(f"  ]}}{end}")
    print("}")


def frames(film: Path) -> Iterator[Picture]:
    """Some frames of a film, in RGB."""
    with av.open(str(film)) as container:
        for frame in islice(container.decode(video=0), 0, STEP * MOST, STEP):
            yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


def faces(pictures: Sequence[Picture]) -> list[Range]:
    """The ranges of the face finder over a full look and a glance at each picture."""
    path = load("centerface", load_settings().models_folder)
    by_size: dict[tuple[int, int], list[Any]] = {}
    for picture in pictures:
        for side in (LOOK_SIDE, GLANCE_SIDE):
            scale = side / max(picture.shape[:2])
            size = (
                step_up(round(picture.shape[1] * scale)),
                step_up(round(picture.shape[0] * scale)),
            )
            small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            by_size.setdefault(size, []).append(small[None])
    return widest(
        watch(face_graph(openvino.Core().read_model(path), *size), feeds)
        for size, feeds in by_size.items()
    )


def people(pictures: Sequence[Picture]) -> list[Range]:
    """The ranges of the person finder over the views of each picture."""
    path = load("pedestrian-ssdlite", load_settings().models_folder)
    by_views: dict[int, list[Any]] = {}
    size = (PERSON_SIDE, PERSON_SIDE)
    for picture in pictures:
        cuts = [
            cv2.resize(picture[y : y + down, x : x + across], size, interpolation=cv2.INTER_AREA)
            for x, y, across, down in person_views(picture.shape[1], picture.shape[0])
        ]
        by_views.setdefault(len(cuts), []).append(np.stack(cuts))
    return widest(watch(person_graph(path, views), feeds) for views, feeds in by_views.items())


def watch(model: Any, feeds: Sequence[Any]) -> list[Range]:
    """Lowest and highest value that goes into each convolution."""
    entries = [opset13.result(node.input_value(0)) for node in convolutions(model)]
    seen = openvino.Model(entries, model.get_parameters(), "entries")
    compiled = openvino.Core().compile_model(seen, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()
    ranges: list[list[Range]] = []
    for feed in feeds:
        request.infer([feed])
        values = [request.get_output_tensor(at).data for at in range(len(entries))]
        ranges.append([(float(one.min()), float(one.max())) for one in values])
    return widest(ranges)


def widest(several: Iterator[list[Range]] | list[list[Range]]) -> list[Range]:
    """The widest of each convolution's ranges, to hundredths outwards."""
    return [
        (
            floor(100 * min(low for low, _ in each)) / 100,
            ceil(100 * max(high for _, high in each)) / 100,
        )
        for each in zip(*several, strict=True)
    ]


if __name__ == "__main__":
    main()
