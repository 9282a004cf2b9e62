"""Resumable uploads: cut off anywhere, they go on where they stood and end once."""

import errno
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from typing_extensions import override

from bwc.catalog.recording import RecordingState, UploadState
from bwc.catalog.store import Catalog
from bwc.errors import Conflict, InvalidInput, NotFound, TransientError
from bwc.intake.upload import Announcement, Uploads, append, find_upload, finish, open_upload
from bwc.vault.local import LocalVault
from tests.docks import (
    NO_DISK_IS_THAT_LARGE,
    acts,
    add_officer,
    entries,
    make_dock,
    recordings,
    small_clip,
)

pytestmark = [pytest.mark.service, pytest.mark.media]

ACTOR = "tester"


@contextmanager
def files_no_larger_than(size_bytes: int) -> Iterator[None]:
    """A disk that takes no more of a file than that, in the middle of a write."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def clip(tmp_path: Path) -> bytes:
    """The bytes that are sent."""
    return small_clip(tmp_path / "clip.mp4").read_bytes()


@pytest.fixture
def uploads(catalog: Catalog, tmp_path: Path) -> Uploads:
    """Where they are received, on both databases."""
    return Uploads(make_dock(catalog, tmp_path), tmp_path / "spool")


def _open(uploads: Uploads, content: bytes, **more: object) -> str:
    announced = Announcement("../clip.mp4", len(content), **more)  # type: ignore[arg-type]
    return open_upload(uploads, announced, actor=ACTOR).id


def test_an_upload_in_pieces_becomes_a_recording(
    uploads: Uploads, catalog: Catalog, tmp_path: Path, clip: bytes
) -> None:
    officer_id, _ = add_officer(catalog)
    upload_id = _open(uploads, clip, sidecar={"officer": "1204"})
    for start in range(0, len(clip), 1000):
        append(uploads, upload_id, offset=start, chunks=[clip[start : start + 1000]])
    received = finish(uploads, upload_id, actor=ACTOR)
    (row,) = recordings(catalog)
    assert (row.id, row.state) == (received.recording_id, RecordingState.STORED)
    assert (row.original_name, row.officer_id) == ("clip.mp4", officer_id)
    assert b"".join(uploads.dock.vault.read(received.sha256)) == clip
    assert find_upload(uploads, upload_id).state is UploadState.DONE
    assert list((tmp_path / "spool").iterdir()) == []
    assert entries(catalog)[0].detail["upload_id"] == upload_id


def test_an_upload_killed_midway_goes_on_where_it_stood(
    uploads: Uploads, catalog: Catalog, tmp_path: Path, clip: bytes
) -> None:
    upload_id = _open(uploads, clip)
    sender = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.service.killed_intake",
            "append",
            catalog.url,
            str(tmp_path),
            upload_id,
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert sender.stdout is not None
    assert sender.stdout.readline() == "half sent\n"
    with pytest.raises(Conflict, match="another transfer"):
        append(uploads, upload_id, offset=1000, chunks=[clip[1000:]])
    sender.kill()
    sender.wait()
    sender.stdout.close()
    stands_at = find_upload(uploads, upload_id).received_bytes
    assert stands_at == 1000
    append(uploads, upload_id, offset=stands_at, chunks=[clip[stands_at:]])
    received = finish(uploads, upload_id, actor=ACTOR)
    assert b"".join(uploads.dock.vault.read(received.sha256)) == clip
    assert acts(catalog) == ["ingestion"]


def test_what_arrived_before_a_broken_connection_counts(uploads: Uploads, clip: bytes) -> None:
    def broken() -> Iterator[bytes]:
        yield clip[:700]
        raise ConnectionResetError

    upload_id = _open(uploads, clip)
    with pytest.raises(ConnectionResetError):
        append(uploads, upload_id, offset=0, chunks=broken())
    assert find_upload(uploads, upload_id).received_bytes == 700


def test_a_finish_that_is_repeated_gives_the_same_answer(
    uploads: Uploads, catalog: Catalog, clip: bytes
) -> None:
    upload_id = _open(uploads, clip)
    append(uploads, upload_id, offset=0, chunks=[clip])
    first = finish(uploads, upload_id, actor=ACTOR)
    assert finish(uploads, upload_id, actor=ACTOR) == first
    assert acts(catalog) == ["ingestion"]


def test_an_upload_goes_on_only_from_where_it_stands(uploads: Uploads, clip: bytes) -> None:
    upload_id = _open(uploads, clip)
    append(uploads, upload_id, offset=0, chunks=[clip[:100]])
    with pytest.raises(Conflict, match="expected offset 100, got 50"):
        append(uploads, upload_id, offset=50, chunks=[clip[50:]])


def test_an_incomplete_upload_is_not_finished(uploads: Uploads, clip: bytes) -> None:
    upload_id = _open(uploads, clip)
    append(uploads, upload_id, offset=0, chunks=[clip[:100]])
    with pytest.raises(Conflict, match="not complete"):
        finish(uploads, upload_id, actor=ACTOR)


def test_more_bytes_than_announced_are_not_taken(uploads: Uploads, clip: bytes) -> None:
    upload_id = _open(uploads, clip)
    with pytest.raises(InvalidInput, match="more bytes than announced"):
        append(uploads, upload_id, offset=0, chunks=[clip, b"more"])
    assert find_upload(uploads, upload_id).received_bytes == len(clip)
    assert not finish(uploads, upload_id, actor=ACTOR).duplicate


def test_an_upload_with_another_hash_is_quarantined(
    uploads: Uploads, catalog: Catalog, clip: bytes
) -> None:
    upload_id = _open(uploads, clip, sha256="b" * 64)
    append(uploads, upload_id, offset=0, chunks=[clip])
    received = finish(uploads, upload_id, actor=ACTOR)
    assert received.state is RecordingState.QUARANTINED
    assert find_upload(uploads, upload_id).reason == received.reason
    assert acts(catalog) == ["ingestion", "quarantine"]


def test_an_upload_too_large_is_refused_and_written_down(
    uploads: Uploads, catalog: Catalog
) -> None:
    with pytest.raises(InvalidInput, match="larger than is taken in"):
        open_upload(uploads, Announcement("huge.mp4", 4 << 30), actor=ACTOR)
    (entry,) = entries(catalog)
    assert entry.act == "refusal"
    upload = find_upload(uploads, entry.subject_id)
    assert upload.state is UploadState.REFUSED
    with pytest.raises(Conflict, match="closed"):
        append(uploads, upload.id, offset=0, chunks=[b"x"])


def test_an_upload_for_which_there_is_no_room_does_not_begin(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    full = make_dock(sqlite_catalog, tmp_path, keep_free_bytes=NO_DISK_IS_THAT_LARGE)
    with pytest.raises(TransientError, match="no room"):
        open_upload(Uploads(full, tmp_path / "spool"), Announcement("c.mp4", 10), actor=ACTOR)


class RoomyVault(LocalVault):
    """A vault on a disk of its own that never fills."""

    @override
    def reserve(self, size_bytes: int) -> None:
        """There is room."""


def test_an_upload_for_which_the_spool_has_no_room_does_not_begin(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    dock = replace(
        make_dock(sqlite_catalog, tmp_path),
        vault=RoomyVault(tmp_path / "vault"),
        max_bytes=NO_DISK_IS_THAT_LARGE,
    )
    huge = Announcement("c.mp4", NO_DISK_IS_THAT_LARGE)
    with pytest.raises(TransientError, match="no room"):
        open_upload(Uploads(dock, tmp_path / "spool"), huge, actor=ACTOR)


def test_bytes_count_as_received_only_when_they_lie_on_disk(
    uploads: Uploads, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "Input/output error")

    upload_id = _open(uploads, clip)
    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(TransientError, match="spool: the disk failed"):
        append(uploads, upload_id, offset=0, chunks=[clip])
    assert find_upload(uploads, upload_id).received_bytes == 0


def test_a_vault_that_fills_leaves_the_upload_to_be_finished_later(
    sqlite_catalog: Catalog, tmp_path: Path, clip: bytes
) -> None:
    spool = tmp_path / "spool"
    roomy = Uploads(make_dock(sqlite_catalog, tmp_path), spool)
    upload_id = _open(roomy, clip)
    append(roomy, upload_id, offset=0, chunks=[clip])
    full = make_dock(sqlite_catalog, tmp_path, keep_free_bytes=NO_DISK_IS_THAT_LARGE)
    with pytest.raises(TransientError, match="no room"):
        finish(Uploads(full, spool), upload_id, actor=ACTOR)
    assert finish(roomy, upload_id, actor=ACTOR).state is RecordingState.STORED
    assert acts(sqlite_catalog) == ["refusal", "ingestion"]


@pytest.mark.parametrize("piece", [1000, 3 << 20])
def test_a_disk_that_fills_midway_keeps_what_arrived(
    uploads: Uploads, clip: bytes, piece: int
) -> None:
    content = clip + bytes(6 << 20)
    upload_id = _open(uploads, content)
    pieces = [content[at : at + piece] for at in range(0, len(content), piece)]
    with files_no_larger_than(5 << 20), pytest.raises(TransientError, match="spool: the disk"):
        append(uploads, upload_id, offset=0, chunks=pieces)
    stands_at = find_upload(uploads, upload_id).received_bytes
    assert stands_at == (5 << 20) // piece * piece
    append(uploads, upload_id, offset=stands_at, chunks=[content[stands_at:]])
    received = finish(uploads, upload_id, actor=ACTOR)
    assert b"".join(uploads.dock.vault.read(received.sha256)) == content


@pytest.mark.parametrize("left", [0, 700])
def test_an_upload_whose_pieces_were_lost_starts_where_they_end(
    uploads: Uploads, clip: bytes, left: int
) -> None:
    upload_id = _open(uploads, clip)
    append(uploads, upload_id, offset=0, chunks=[clip[:5000]])
    (part,) = uploads.spool.iterdir()
    part.unlink()
    part.write_bytes(clip[:left])
    with pytest.raises(Conflict, match=f"expected offset {left}, got 5000"):
        append(uploads, upload_id, offset=5000, chunks=[clip[5000:]])
    assert find_upload(uploads, upload_id).received_bytes == left
    append(uploads, upload_id, offset=left, chunks=[clip[left:]])
    received = finish(uploads, upload_id, actor=ACTOR)
    assert b"".join(uploads.dock.vault.read(received.sha256)) == clip


def test_an_upload_whose_pieces_were_lost_at_the_end_is_not_complete(
    uploads: Uploads, catalog: Catalog, clip: bytes
) -> None:
    upload_id = _open(uploads, clip)
    append(uploads, upload_id, offset=0, chunks=[clip])
    (part,) = uploads.spool.iterdir()
    part.unlink()
    with pytest.raises(Conflict, match="not complete"):
        finish(uploads, upload_id, actor=ACTOR)
    assert recordings(catalog) == []


def test_a_closed_upload_takes_nothing_and_leaves_nothing_in_the_spool(
    uploads: Uploads, clip: bytes
) -> None:
    upload_id = _open(uploads, clip)
    append(uploads, upload_id, offset=0, chunks=[clip])
    finish(uploads, upload_id, actor=ACTOR)
    with pytest.raises(Conflict, match="closed"):
        append(uploads, upload_id, offset=len(clip), chunks=[b"x"])
    assert list(uploads.spool.iterdir()) == []


@pytest.mark.parametrize("size", [-1, 2**63, 10**30])
def test_a_size_that_no_file_has_is_refused(uploads: Uploads, size: int) -> None:
    with pytest.raises(InvalidInput, match="no file has this size"):
        open_upload(uploads, Announcement("c.mp4", size), actor=ACTOR)


def test_a_faulty_sidecar_is_refused_before_anything_is_sent(uploads: Uploads) -> None:
    announced = Announcement("c.mp4", 10, sidecar={"started_at": "2026-03-01T12:00:00"})
    with pytest.raises(InvalidInput, match="sidecar, field started_at"):
        open_upload(uploads, announced, actor=ACTOR)


def test_an_id_that_is_none_becomes_no_path(uploads: Uploads, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        append(uploads, "../../x", offset=0, chunks=[b"x"])
    assert not (tmp_path.parent / "x.part").exists()
