"""What interrupted work leaves behind: nothing that arrived is lost, and the spool is not filled."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bwc.catalog.recording import RecordingState, UploadState
from bwc.catalog.store import Catalog
from bwc.clock import FixedClock
from bwc.errors import Conflict
from bwc.ids import Sha256
from bwc.intake.abandoned import SILENT_FOR, clear_spool, end_silent_uploads
from bwc.intake.upload import Announcement, Uploads, append, find_upload, finish, open_upload
from tests.docks import NOW, acts, entries, make_dock, recordings, small_clip

pytestmark = [pytest.mark.service, pytest.mark.media]

LATER = NOW + SILENT_FOR + timedelta(minutes=1)


@pytest.fixture
def clip(tmp_path: Path) -> bytes:
    """The bytes that should have been sent."""
    return small_clip(tmp_path / "clip.mp4").read_bytes()


@pytest.fixture
def uploads(catalog: Catalog, tmp_path: Path) -> Uploads:
    """Where uploads are received."""
    return Uploads(make_dock(catalog, tmp_path), tmp_path / "spool")


def sent(uploads: Uploads, clip: bytes, count: int) -> str:
    """An upload of which `count` bytes arrived a week ago."""
    upload_id = open_upload(uploads, Announcement("clip.mp4", len(clip)), actor="dock").id
    if count:
        append(uploads, upload_id, offset=0, chunks=[clip[:count]])
        stand_still(uploads.spool / f"{upload_id}.part")
    return upload_id


def stand_still(path: Path) -> None:
    """Nothing was written there since NOW."""
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))


def a_week_later(uploads: Uploads) -> Uploads:
    return replace(uploads, dock=replace(uploads.dock, clock=FixedClock(LATER)))


def end_silent(uploads: Uploads) -> int:
    return end_silent_uploads(uploads, on_each=lambda: None)


def test_what_arrived_of_an_upload_that_was_given_up_is_kept_in_quarantine(
    uploads: Uploads, catalog: Catalog, clip: bytes
) -> None:
    upload_id = sent(uploads, clip, 700)
    assert end_silent(a_week_later(uploads)) == 1
    (row,) = recordings(catalog)
    assert row.state is RecordingState.QUARANTINED
    assert f"700 of {len(clip)} bytes arrived" in str(row.quarantine_reason)
    with uploads.dock.vault.path(Sha256(row.sha256)) as path:
        assert path.read_bytes() == clip[:700]
    assert acts(catalog) == ["ingestion", "quarantine"]
    assert list(uploads.spool.iterdir()) == []
    with pytest.raises(Conflict, match="closed"):
        append(uploads, upload_id, offset=700, chunks=[clip[700:]])


def test_an_upload_that_only_nobody_finished_becomes_its_recording(
    uploads: Uploads, catalog: Catalog, clip: bytes
) -> None:
    upload_id = sent(uploads, clip, len(clip))
    assert end_silent(a_week_later(uploads)) == 1
    (row,) = recordings(catalog)
    assert row.state is RecordingState.STORED
    assert finish(uploads, upload_id, actor="dock").recording_id == row.id


def test_an_upload_of_which_nothing_arrived_is_refused_and_written_down(
    uploads: Uploads, catalog: Catalog, clip: bytes
) -> None:
    upload_id = sent(uploads, clip, 0)
    assert end_silent(a_week_later(uploads)) == 1
    assert find_upload(uploads, upload_id).state is UploadState.REFUSED
    assert recordings(catalog) == []
    assert acts(catalog) == ["refusal"]
    assert entries(catalog)[0].subject_id == upload_id


def test_an_upload_that_still_moves_is_left_alone(
    uploads: Uploads, catalog: Catalog, clip: bytes
) -> None:
    upload_id = sent(uploads, clip, 700)
    assert end_silent(uploads) == 0
    later = a_week_later(uploads)
    an_hour_ago = (LATER - timedelta(hours=1)).timestamp()
    os.utime(uploads.spool / f"{upload_id}.part", (an_hour_ago, an_hour_ago))
    assert end_silent(later) == 0
    assert find_upload(uploads, upload_id).state is UploadState.OPEN
    assert recordings(catalog) == []


def test_an_upload_in_another_machines_spool_is_left_to_it(
    uploads: Uploads, clip: bytes, tmp_path: Path
) -> None:
    upload_id = sent(uploads, clip, 700)
    elsewhere = replace(a_week_later(uploads), spool=tmp_path / "another spool")
    assert end_silent(elsewhere) == 0
    assert find_upload(uploads, upload_id).received_bytes == 700


def test_the_spool_is_cleared_of_closed_uploads_and_of_what_killed_jobs_left(
    uploads: Uploads, clip: bytes
) -> None:
    closed, still_open = sent(uploads, clip, len(clip)), sent(uploads, clip, 700)
    finish(uploads, closed, actor="dock")
    (uploads.spool / f"{closed}.part").touch()
    (uploads.spool / "of-no-row.part").touch()
    for name in ("derive-killed", "derive-at-work", ".incoming"):
        (uploads.spool / name).mkdir()
        (uploads.spool / name / "proxy.mp4").touch()
        stand_still(uploads.spool / name / "proxy.mp4")
        stand_still(uploads.spool / name)
    os.utime(uploads.spool / "derive-at-work" / "proxy.mp4", (LATER.timestamp(),) * 2)
    assert clear_spool(a_week_later(uploads)) == 2
    left = {path.name for path in uploads.spool.iterdir()}
    assert left == {f"{still_open}.part", "of-no-row.part", "derive-at-work", ".incoming"}
