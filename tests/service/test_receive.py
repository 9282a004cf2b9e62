"""Receiving files: whatever arrives is kept or refused aloud, written down, and never twice."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import BinaryIO

import pytest
from typing_extensions import override

from bwc.catalog.recording import RecordingState
from bwc.catalog.store import Catalog
from bwc.clock import FixedClock
from bwc.errors import InvalidInput, TransientError
from bwc.ids import Sha256
from bwc.intake.folder import receive_with_sidecar
from bwc.intake.receive import Received, receive_file
from bwc.intake.sidecar import Claims
from bwc.vault.local import LocalVault
from bwc.vault.protocol import Stored
from tests.docks import (
    NO_DISK_IS_THAT_LARGE,
    NOW,
    acts,
    add_officer,
    entries,
    job_kinds,
    make_dock,
    recordings,
    small_clip,
)

pytestmark = [pytest.mark.service, pytest.mark.media]

ACTOR = "tester"


def test_a_recording_is_stored_described_and_followed_by_its_jobs(
    catalog: Catalog, tmp_path: Path
) -> None:
    officer_id, camera_id = add_officer(catalog)
    dock = make_dock(catalog, tmp_path)
    clip = small_clip(tmp_path / "clip.mp4", audio=True)
    claims = Claims(camera="X-77", device_started_at=NOW, clock_offset_seconds=12.0)
    received = receive_file(dock, clip, actor=ACTOR, claims=claims)
    (row,) = recordings(catalog)
    assert received == Received(
        received.recording_id, received.sha256, RecordingState.STORED, None, duplicate=False
    )
    assert row.sha256 == hashlib.sha256(clip.read_bytes()).hexdigest()
    assert (row.container, row.width, row.height, row.has_audio) == ("mp4", 160, 90, True)
    assert (row.officer_id, row.camera_id) == (officer_id, camera_id)
    assert row.device_started_at == NOW
    assert row.started_at == NOW - timedelta(seconds=12)
    dock.vault.check(received.sha256)
    assert acts(catalog) == ["ingestion"]
    assert job_kinds(catalog) == {"derive", "check_fixity", "match"}


def test_the_same_file_twice_is_one_recording(catalog: Catalog, tmp_path: Path) -> None:
    dock = make_dock(catalog, tmp_path)
    clip = small_clip(tmp_path / "clip.mp4")
    first = receive_file(dock, clip, actor=ACTOR)
    second = receive_file(dock, clip.rename(tmp_path / "copy.mp4"), actor=ACTOR)
    assert second.duplicate
    assert second.recording_id == first.recording_id
    assert len(recordings(catalog)) == 1
    assert acts(catalog) == ["ingestion", "duplicate received"]


def test_a_duplicate_fills_in_what_was_unknown_and_changes_nothing_known(
    catalog: Catalog, tmp_path: Path
) -> None:
    officer_id, _ = add_officer(catalog)
    add_officer(catalog, badge="7", camera="X-78")
    dock = make_dock(catalog, tmp_path)
    clip = small_clip(tmp_path / "clip.mp4")
    receive_file(dock, clip, actor=ACTOR, claims=Claims(officer="1204"))
    late = Claims(officer="7", device_started_at=NOW)
    receive_file(dock, clip, actor=ACTOR, claims=late)
    (row,) = recordings(catalog)
    assert (row.officer_id, row.started_at) == (officer_id, NOW)
    assert entries(catalog)[-1].before == {"device_started_at": None, "started_at": None}


def test_a_wrong_announced_hash_is_quarantined_with_both_hashes(
    catalog: Catalog, tmp_path: Path
) -> None:
    dock = make_dock(catalog, tmp_path)
    clip = small_clip(tmp_path / "clip.mp4")
    true = hashlib.sha256(clip.read_bytes()).hexdigest()
    announced = Sha256("a" * 64)
    received = receive_file(dock, clip, actor=ACTOR, claims=Claims(sha256=announced))
    assert received.state is RecordingState.QUARANTINED
    assert received.reason is not None
    assert announced in received.reason
    assert true in received.reason
    assert dock.vault.has(Sha256(true))
    assert acts(catalog) == ["ingestion", "quarantine"]
    assert job_kinds(catalog) == {"check_fixity"}


def test_an_unknown_officer_is_quarantined_and_leaves_when_he_is_known(
    catalog: Catalog, tmp_path: Path
) -> None:
    dock = make_dock(catalog, tmp_path)
    clip = small_clip(tmp_path / "clip.mp4")
    claims = Claims(officer="1204")
    first = receive_file(dock, clip, actor=ACTOR, claims=claims)
    assert first.state is RecordingState.QUARANTINED
    assert first.reason == "no officer has the badge '1204'"
    officer_id, _ = add_officer(catalog)
    again = receive_file(dock, clip, actor=ACTOR, claims=claims)
    (row,) = recordings(catalog)
    assert (again.state, row.officer_id) == (RecordingState.STORED, officer_id)
    assert entries(catalog)[-1].before == {"state": "quarantined", "reason": first.reason}
    assert job_kinds(catalog) == {"derive", "check_fixity", "match"}


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path) -> None:
    path.write_text("not a video")


def _concat_script(path: Path) -> None:
    small_clip(path.with_name("secret.mp4"))
    path.write_text("ffconcat version 1.0\nfile secret.mp4\n")


def _playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXTINF:1,\nsecret.mp4\n")


def _truncated(path: Path) -> None:
    path.write_bytes(small_clip(path).read_bytes()[:-500])


NOT_PLAYABLE: dict[str, tuple[Callable[[Path], None], str]] = {
    "empty": (_empty, "an empty file"),
    "text": (_text, "got text"),
    "concat script": (_concat_script, "a concat script that names other files"),
    "playlist": (_playlist, "an HLS playlist that names other files"),
    "truncated": (_truncated, "cut off|moov box"),
}


@pytest.mark.parametrize(("make", "words"), NOT_PLAYABLE.values(), ids=NOT_PLAYABLE.keys())
def test_what_does_not_play_is_kept_in_quarantine_with_the_reason(
    sqlite_catalog: Catalog, tmp_path: Path, make: Callable[[Path], None], words: str
) -> None:
    dock = make_dock(sqlite_catalog, tmp_path)
    path = tmp_path / "video.mp4"
    make(path)
    received = receive_file(dock, path, actor=ACTOR)
    (row,) = recordings(sqlite_catalog)
    assert row.state is RecordingState.QUARANTINED
    assert row.quarantine_reason == received.reason
    assert received.reason is not None
    assert any(word in received.reason for word in words.split("|"))
    assert b"".join(dock.vault.read(received.sha256)) == path.read_bytes()
    assert acts(sqlite_catalog) == ["ingestion", "quarantine"]


def test_a_name_that_climbs_out_is_kept_as_a_label(sqlite_catalog: Catalog, tmp_path: Path) -> None:
    dock = make_dock(sqlite_catalog, tmp_path)
    receive_file(dock, small_clip(tmp_path / "c.mp4"), actor=ACTOR, name="../../etc/cron.d/x.mp4")
    (row,) = recordings(sqlite_catalog)
    assert row.original_name == "x.mp4"
    assert entries(sqlite_catalog)[0].detail["name_as_sent"] == "../../etc/cron.d/x.mp4"


def test_a_full_disk_refuses_before_a_byte_is_stored(catalog: Catalog, tmp_path: Path) -> None:
    dock = make_dock(catalog, tmp_path, keep_free_bytes=NO_DISK_IS_THAT_LARGE)
    clip = small_clip(tmp_path / "clip.mp4")
    with pytest.raises(TransientError, match="no room"):
        receive_file(dock, clip, actor=ACTOR)
    assert clip.exists()
    assert recordings(catalog) == []
    assert list(dock.vault.addresses()) == []
    assert acts(catalog) == ["refusal"]
    assert "no room" in str(entries(catalog)[0].detail["reason"])


def test_what_is_too_large_is_refused_aloud(sqlite_catalog: Catalog, tmp_path: Path) -> None:
    dock = make_dock(sqlite_catalog, tmp_path)
    huge = tmp_path / "huge.mp4"
    huge.touch()
    os.truncate(huge, (4 << 30) + 1)
    with pytest.raises(InvalidInput, match="larger than is taken in"):
        receive_file(dock, huge, actor=ACTOR)
    assert acts(sqlite_catalog) == ["refusal"]


class WritingDock(LocalVault):
    """A vault into which a file is put while its dock still writes to it."""

    @override
    def put(self, source: BinaryIO, *, expected: Sha256 | None = None) -> Stored:
        stored = super().put(source, expected=expected)
        with Path(f"/proc/self/fd/{source.fileno()}").resolve().open("ab") as file:
            file.write(bytes(8))
        return stored


def test_a_file_that_was_written_to_while_it_was_read_is_not_taken_for_whole(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    dock = replace(make_dock(sqlite_catalog, tmp_path), vault=WritingDock(tmp_path / "vault"))
    received = receive_file(dock, small_clip(tmp_path / "clip.mp4"), actor=ACTOR)
    assert received.state is RecordingState.QUARANTINED
    assert received.reason == "the file was still being written while it was read"


class MeetingClock(FixedClock):
    """A clock at which two processes meet: both have stored their bytes, neither has a row."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self._meeting = Barrier(2)

    @override
    def now(self) -> datetime:
        self._meeting.wait(timeout=60)
        return super().now()


def test_one_file_received_twice_at_the_same_time_is_one_recording(
    catalog: Catalog, tmp_path: Path
) -> None:
    dock = replace(make_dock(catalog, tmp_path), clock=MeetingClock())
    clip = small_clip(tmp_path / "clip.mp4")
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: receive_file(dock, clip, actor=ACTOR), range(2)))
    assert sorted(received.duplicate for received in both) == [False, True]
    assert len({received.recording_id for received in both}) == 1
    assert len(recordings(catalog)) == 1
    assert acts(catalog) == ["ingestion", "duplicate received"]


def test_a_link_is_not_followed(sqlite_catalog: Catalog, tmp_path: Path) -> None:
    dock = make_dock(sqlite_catalog, tmp_path)
    link = tmp_path / "link.mp4"
    link.symlink_to(small_clip(tmp_path / "clip.mp4"))
    with pytest.raises(InvalidInput, match="cannot be read"):
        receive_file(dock, link, actor=ACTOR)


def test_a_pipe_is_not_waited_for(sqlite_catalog: Catalog, tmp_path: Path) -> None:
    dock = make_dock(sqlite_catalog, tmp_path)
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    with pytest.raises(InvalidInput, match="not a regular file"):
        receive_file(dock, pipe, actor=ACTOR)


FAULTY_SIDECARS = {
    "start time without zone": ({"started_at": "2026-03-01T12:00:00"}, "field started_at"),
    "misspelt field": ({"badge": "1204"}, "field badge"),
}


@pytest.mark.parametrize(("fields", "words"), FAULTY_SIDECARS.values(), ids=FAULTY_SIDECARS.keys())
def test_a_faulty_sidecar_quarantines_and_names_its_field(
    sqlite_catalog: Catalog, tmp_path: Path, fields: dict[str, str], words: str
) -> None:
    dock = make_dock(sqlite_catalog, tmp_path)
    clip = small_clip(tmp_path / "clip.mp4")
    clip.with_suffix(".json").write_text(json.dumps(fields))
    received = receive_with_sidecar(dock, clip, actor=ACTOR)
    assert received.state is RecordingState.QUARANTINED
    assert f"sidecar clip.json, {words}" in str(received.reason)


def test_a_local_start_time_is_placed_by_the_sidecar_time_zone(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    dock = make_dock(sqlite_catalog, tmp_path)
    clip = small_clip(tmp_path / "clip.mp4")
    fields = {"started_at": "2026-03-02T02:00:00", "timezone": "America/Denver"}
    clip.with_suffix(".json").write_text(json.dumps(fields))
    receive_with_sidecar(dock, clip, actor=ACTOR)
    (row,) = recordings(sqlite_catalog)
    assert (row.started_at, row.timezone) == (NOW, "America/Denver")


def test_a_kill_between_vault_and_row_loses_nothing(catalog: Catalog, tmp_path: Path) -> None:
    clip = small_clip(tmp_path / "clip.mp4")
    sender = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.service.killed_intake",
            "receive",
            catalog.url,
            str(tmp_path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert sender.stdout is not None
    assert sender.stdout.readline() == "stored\n"
    sender.kill()
    sender.wait()
    sender.stdout.close()
    assert recordings(catalog) == []
    received = receive_file(make_dock(catalog, tmp_path), clip, actor=ACTOR)
    assert (received.state, received.duplicate) == (RecordingState.STORED, False)
    assert len(recordings(catalog)) == 1
    assert acts(catalog) == ["ingestion"]
