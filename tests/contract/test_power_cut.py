"""Local stores and what disks do: names outlive a power cut, and rot on the way is found."""

import io
import os
import stat
from pathlib import Path

import pytest

from bwc.errors import IntegrityError
from bwc.vault.local import LocalPublicStore, LocalVault

BODY = b"the first frame and all that follow"
KEY = "releases/x/video.mp4"


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What was brought to disk since, in order; the disk itself is not slowed down."""
    paths: list[Path] = []
    monkeypatch.setattr(
        os, "fsync", lambda fd: paths.append(Path(f"/proc/self/fd/{fd}").readlink())
    )
    return paths


def test_a_new_object_is_synced_with_every_folder_on_the_way(
    tmp_path: Path, synced: list[Path]
) -> None:
    root = tmp_path / "home" / "vault"
    sha256 = LocalVault(root).put(io.BytesIO(BODY)).sha256
    assert {tmp_path, root.parent, root, root / sha256[:2]} <= set(synced)
    assert synced[-2:] == [root / sha256[:2], root]


def test_bytes_that_rot_on_their_way_to_the_disk_are_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rot(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.pwrite(descriptor, b"?", 3)

    monkeypatch.setattr(os, "fsync", rot)
    vault = LocalVault(tmp_path)
    with pytest.raises(IntegrityError, match="not what their name says"):
        vault.put(io.BytesIO(BODY))
    assert list(vault.addresses()) == []


def test_bytes_that_lay_there_already_are_acknowledged_only_when_their_name_is_synced(
    tmp_path: Path, synced: list[Path]
) -> None:
    vault = LocalVault(tmp_path)
    sha256 = vault.put(io.BytesIO(BODY)).sha256
    synced.clear()
    assert vault.put(io.BytesIO(BODY)).existed
    assert tmp_path / sha256[:2] in synced


@pytest.mark.parametrize("how", ["put", "replace"])
def test_a_public_object_is_synced_with_every_folder_on_the_way(
    tmp_path: Path, synced: list[Path], how: str
) -> None:
    store = LocalPublicStore(tmp_path / "public")
    if how == "put":
        store.put(KEY, io.BytesIO(BODY), content_type="video/mp4")
    else:
        store.replace(KEY, BODY, content_type="video/mp4")
    folder = tmp_path / "public" / "releases" / "x"
    assert {tmp_path, tmp_path / "public", folder.parent, folder} <= set(synced)


def test_what_is_removed_stays_removed(tmp_path: Path, synced: list[Path]) -> None:
    store = LocalPublicStore(tmp_path)
    for key in (KEY, "releases/x/poster.jpg"):
        store.put(key, io.BytesIO(BODY), content_type="video/mp4")
    synced.clear()
    store.remove(KEY)
    assert synced == [tmp_path / "releases" / "x"]
