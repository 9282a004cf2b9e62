"""Finders in whole numbers: the same faces and people, and ranges that fit every graph they meet."""

import json
from pathlib import Path

import cv2
import numpy as np
import openvino
import pytest

from bwc.errors import IntegrityError
from bwc.redaction import whole_numbers
from bwc.redaction.detect import (
    Boxes,
    FaceFinder,
    PersonFinder,
    Picture,
    face_graph,
    overlaps,
    person_graph,
)
from bwc.redaction.models import load
from bwc.redaction.whole_numbers import convolutions, in_whole_numbers, multiplies_bytes, ranges_of
from bwc.settings import load_settings

MODELS = load_settings().models_folder
WITHOUT = "processor : 0\nflags : fpu avx2 avx512f avx512_bf16\n"
THIS_ONE = Path("/proc/cpuinfo").read_text()
WITH = "processor : 0\nflags : fpu avx2 avx512f avx512_vnni\n"


def portrait(name: str) -> Picture:
    """A demo picture on a canvas that both finders take as it is."""
    pixels = cv2.cvtColor(cv2.imread(str(load(name, MODELS))), cv2.COLOR_BGR2RGB)
    canvas = np.full((544, 960, 3), 90, np.uint8)
    scale = 500 / max(pixels.shape[:2])
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    canvas[20 : 20 + small.shape[0], 200 : 200 + small.shape[1]] = small
    return canvas


@pytest.fixture
def processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the processor says of itself."""
    file = tmp_path / "cpuinfo"
    monkeypatch.setattr(whole_numbers, "PROCESSOR", file)
    return file


def found(processor: Path, flags: str, picture: Picture) -> tuple[Boxes, Boxes]:
    processor.write_text(flags)
    return FaceFinder(MODELS).find(picture), PersonFinder(MODELS).find(picture)


def test_ranges_fit_the_graphs_of_every_size_and_number_of_views() -> None:
    core = openvino.Core()
    path = load("centerface", MODELS)
    for width, height in ((640, 352), (320, 320)):
        graph = face_graph(core.read_model(path), width, height)
        assert len(convolutions(graph)) == len(ranges_of("centerface"))
        assert in_whole_numbers(graph, "centerface").get_results()
    for views in (1, 3, 4):
        people = person_graph(load("pedestrian-ssdlite", MODELS), views)
        assert len(convolutions(people)) == len(ranges_of("pedestrian-ssdlite"))
        assert in_whole_numbers(people, "pedestrian-ssdlite").get_results()


@pytest.mark.parametrize("name", ["astronaut", "grace-hopper"])
def test_whole_numbers_find_what_full_precision_finds(processor: Path, name: str) -> None:
    """Where this processor does not multiply bytes, both are at full precision."""
    picture = portrait(name)
    exactly = found(processor, WITHOUT, picture)
    for exact, whole in zip(exactly, found(processor, THIS_ONE, picture), strict=True):
        certain = exact[exact[:, 4] > 0.6]
        assert len(certain)
        for box in certain:
            same = overlaps(box, whole)
            assert same.max() > 0.8
            assert abs(whole[same.argmax(), 4] - box[4]) < 0.1


@pytest.mark.parametrize(("says", "answer"), [(WITH, True), (WITHOUT, False), (None, False)])
def test_bytes_are_multiplied_only_where_the_processor_says_so(
    processor: Path,
    says: str | None,
    answer: bool,  # noqa: FBT001
) -> None:
    if says is not None:
        processor.write_text(says)
    assert multiplies_bytes() is answer


def test_ranges_of_other_weights_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ranges.json"
    file.write_text(json.dumps({"centerface": {"sha256": "0" * 64, "ranges": []}}))
    monkeypatch.setattr(whole_numbers, "RANGES", file)
    with pytest.raises(IntegrityError, match="another model"):
        ranges_of("centerface")
