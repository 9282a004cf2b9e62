"""Compiled models are kept for the next run; what is broken or not theirs is compiled anew."""

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import openvino
import pytest

from bwc.redaction import compiled
from bwc.redaction.compiled import CompiledModel, KeptOnce, finder_model
from bwc.redaction.detect import FaceFinder, face_graph
from bwc.redaction.models import load
from bwc.settings import load_settings

MODELS = load_settings().models_folder
SIZE = (160, 96)
WORDS = "160x96"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model cache in which nothing is compiled yet."""
    shutil.copy(load("centerface", MODELS), tmp_path)
    return tmp_path


def graph() -> Any:
    return face_graph(openvino.Core().read_model(load("centerface", MODELS)), *SIZE)


def never() -> Any:
    raise AssertionError("it was kept, nothing has to be built")


def answers(build: Callable[[], Any], folder: Path) -> list[np.ndarray[Any, Any]]:
    picture = np.random.default_rng(1).integers(0, 255, (1, SIZE[1], SIZE[0], 3), np.uint8)
    return [one.copy() for one in finder_model("centerface", WORDS, build, folder).run(picture)]


def kept(folder: Path) -> list[Path]:
    return sorted((folder / compiled.FOLDER).iterdir())


def test_the_second_run_takes_what_the_first_one_kept_and_answers_the_same(folder: Path) -> None:
    first = answers(graph, folder)
    [file] = kept(folder)
    again = answers(never, folder)
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))
    assert file.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("place", [0, -1], ids=["its hash", "its end"])
def test_a_broken_one_is_compiled_anew_and_replaced(folder: Path, place: int) -> None:
    answers(graph, folder)
    [file] = kept(folder)
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    with pytest.raises(AssertionError):
        answers(never, folder)
    answers(graph, folder)
    assert answers(never, folder)


def test_one_cut_short_is_compiled_anew(folder: Path) -> None:
    answers(graph, folder)
    [file] = kept(folder)
    file.write_bytes(file.read_bytes()[:10])
    assert answers(graph, folder)


def test_a_folder_that_cannot_be_written_is_no_fault(folder: Path) -> None:
    (folder / compiled.FOLDER).write_text("a file stands where the folder would")
    assert answers(graph, folder)


def test_another_processor_or_size_never_takes_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(graph, folder)
    monkeypatch.setattr(compiled, "processor_flags", lambda: frozenset({"other"}))
    answers(graph, folder)
    assert len(kept(folder)) == 2


def test_only_the_newest_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "MOST_KEPT", 1)
    answers(graph, folder)
    monkeypatch.setattr(compiled, "processor_flags", lambda: frozenset({"other"}))
    answers(graph, folder)
    assert len(kept(folder)) == 1
    assert answers(never, folder)


def test_a_finder_prepared_for_a_size_looks_at_once(folder: Path) -> None:
    finder = FaceFinder(folder)
    finder.prepare(*SIZE)
    assert len(kept(folder)) == 1
    finder.find(np.zeros((SIZE[1], SIZE[0], 3), np.uint8))
    assert len(kept(folder)) == 1


def test_threads_that_want_one_size_make_it_once() -> None:
    made: list[int] = []
    together = threading.Barrier(4)

    def make(key: int) -> CompiledModel:
        made.append(key)
        return CompiledModel(None)

    models = KeptOnce[int](make)

    def want(_: int) -> CompiledModel:
        together.wait(timeout=10)
        return models[7]

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(want, range(4)))
    assert len(found) == 1
    assert made == [7]


def test_a_size_that_cannot_be_made_fails_for_everyone_who_wants_it() -> None:
    def make(key: int) -> CompiledModel:
        raise RuntimeError(f"no model for {key}")

    models = KeptOnce[int](make)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no model for 7"):
            _ = models[7]
