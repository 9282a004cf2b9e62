"""The watch folder: what stands still is received, moved, and explained where it was not used."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bwc.catalog import schema
from bwc.catalog.recording import RecordingState
from bwc.catalog.store import Catalog
from bwc.clock import FixedClock
from bwc.intake.receive import receive_file
from bwc.intake.watch import RETRY_AFTER, WatchFolder
from tests.docks import (
    NO_DISK_IS_THAT_LARGE,
    acts,
    add_officer,
    make_dock,
    recordings,
    small_clip,
)

pytestmark = [pytest.mark.service, pytest.mark.media]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that is watched."""
    path = tmp_path / "watched"
    path.mkdir()
    return path


@pytest.fixture
def watched(sqlite_catalog: Catalog, tmp_path: Path, folder: Path) -> WatchFolder:
    """A watch over it."""
    return WatchFolder(make_dock(sqlite_catalog, tmp_path), folder)


def _tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_that_stands_still_is_received_and_moved_with_its_sidecar(
    watched: WatchFolder, sqlite_catalog: Catalog, folder: Path
) -> None:
    officer_id, _ = add_officer(sqlite_catalog)
    small_clip(folder / "clip.mp4")
    (folder / "clip.json").write_text('{"officer": "1204"}')
    assert watched.look() == []
    (received,) = watched.look()
    assert received.state is RecordingState.STORED
    assert recordings(sqlite_catalog)[0].officer_id == officer_id
    assert _tree(folder) == ["done/clip.mp4", "done/clip.mp4.json"]


def test_a_file_that_still_grows_is_left_alone(watched: WatchFolder, folder: Path) -> None:
    clip = small_clip(folder / "clip.mp4")
    watched.look()
    with clip.open("ab") as file:
        file.write(bytes(100))
    assert watched.look() == []
    assert len(watched.look()) == 1


def test_a_file_that_does_not_play_is_moved_aside_with_its_reason(
    watched: WatchFolder, sqlite_catalog: Catalog, folder: Path
) -> None:
    (folder / "notes.mp4").write_text("no video")
    watched.look()
    watched.look()
    assert _tree(folder) == ["refused/notes.mp4", "refused/notes.mp4.reason.txt"]
    assert "got text" in (folder / "refused" / "notes.mp4.reason.txt").read_text()
    assert recordings(sqlite_catalog)[0].state is RecordingState.QUARANTINED


def test_a_link_is_refused_and_not_followed(watched: WatchFolder, folder: Path) -> None:
    (folder / "trap.mp4").symlink_to("/etc/passwd")
    watched.look()
    assert watched.look() == []
    assert "cannot be read" in (folder / "refused" / "trap.mp4.reason.txt").read_text()


def test_what_a_killed_run_received_and_did_not_move_is_moved(
    watched: WatchFolder, sqlite_catalog: Catalog, folder: Path
) -> None:
    receive_file(watched.dock, small_clip(folder / "clip.mp4"), actor="killed")
    watched.look()
    (received,) = watched.look()
    assert received.duplicate
    assert len(recordings(sqlite_catalog)) == 1
    assert _tree(folder) == ["done/clip.mp4", "done/clip.mp4.reason.txt"]


def test_a_second_file_of_the_same_name_does_not_replace_the_first(
    watched: WatchFolder, folder: Path
) -> None:
    for seconds in (0.2, 0.4):
        small_clip(folder / "clip.mp4", seconds=seconds)
        watched.look()
        watched.look()
    assert _tree(folder) == ["done/clip-2.mp4", "done/clip.mp4"]


def test_without_room_a_file_waits_and_is_not_tried_at_every_look(
    sqlite_catalog: Catalog, tmp_path: Path, folder: Path
) -> None:
    dock = make_dock(sqlite_catalog, tmp_path, keep_free_bytes=NO_DISK_IS_THAT_LARGE)
    assert isinstance(dock.clock, FixedClock)
    watched = WatchFolder(dock, folder)
    small_clip(folder / "clip.mp4")
    for _ in range(4):
        assert watched.look() == []
    assert acts(sqlite_catalog) == ["refusal"]
    dock.clock.move(RETRY_AFTER + timedelta(seconds=1))
    watched.look()
    assert acts(sqlite_catalog) == ["refusal", "refusal"]
    assert _tree(folder) == ["clip.mp4"]


LONG = "n" * 251 + ".mp4"
IN_NO_ENCODING = os.fsdecode(b"\xff.mp4")


@pytest.mark.parametrize("name", [LONG, IN_NO_ENCODING], ids=["long", "in no encoding"])
def test_a_file_of_any_name_is_moved_and_explained(
    watched: WatchFolder, folder: Path, name: str
) -> None:
    (folder / name).symlink_to("/etc/passwd")
    watched.look()
    watched.look()
    moved = sorted(path.name for path in (folder / "refused").iterdir())
    assert name in moved
    (reason,) = [path for path in moved if path.endswith(".reason.txt")]
    assert "cannot be read" in (folder / "refused" / reason).read_text()


def test_a_second_file_whose_name_is_as_long_as_can_be_does_not_replace_the_first(
    watched: WatchFolder, folder: Path
) -> None:
    for seconds in (0.2, 0.4):
        small_clip(folder / "clip.mp4", seconds=seconds).rename(folder / LONG)
        watched.look()
        watched.look()
    assert _tree(folder) == [f"done/{'n' * 249}-2.mp4", f"done/{LONG}"]


def test_a_file_that_cannot_be_moved_waits_and_the_next_is_received(
    watched: WatchFolder, sqlite_catalog: Catalog, folder: Path
) -> None:
    (folder / ".refused").touch()
    (folder / "a.mp4").write_text("no video")
    small_clip(folder / "b.mp4")
    watched.look()
    (folder / ".refused").rename(folder / "refused")  # a file where a folder should be
    watched.look()
    assert (folder / "a.mp4").exists()
    assert (folder / "done" / "b.mp4").exists()
    assert len(recordings(sqlite_catalog)) == 2


def test_the_watching_process_does_not_work_on_an_older_catalog(
    sqlite_catalog: Catalog, tmp_path: Path, folder: Path
) -> None:
    schema.downgrade(sqlite_catalog, "0001")
    settings = {
        "BWC_HOME": str(tmp_path / "home"),
        "BWC_CATALOG__URL": sqlite_catalog.url,
        "BWC_INTAKE__WATCH_FOLDER": str(folder),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "bwc.intake.watch"],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 1
    assert "Run `bwc db upgrade`" in ended.stderr


def test_the_watching_process_receives_and_ends_when_asked(
    sqlite_catalog: Catalog, tmp_path: Path, folder: Path
) -> None:
    small_clip(folder / "clip.mp4")
    settings = {
        "BWC_HOME": str(tmp_path / "home"),
        "BWC_CATALOG__URL": sqlite_catalog.url,
        "BWC_INTAKE__WATCH_FOLDER": str(folder),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bwc.intake.watch"],
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "watched_file_received" in process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    process.stdout.close()
    assert _tree(folder) == ["done/clip.mp4"]
