"""Several processes at one workbench: each segment is made once, and the whole is what one makes."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bwc.ids import Sha256
from bwc.redaction import share
from bwc.redaction.fixity import sha256_of
from bwc.redaction.render import draw_along, render
from bwc.redaction.workbench import Workbench, visit
from tests.clips import make_clip
from tests.killed_redaction import in_seconds, redact
from tests.redactions import plan_for

pytestmark = pytest.mark.media

WAIT_SECONDS = 60


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds with a key frame each second."""
    path = tmp_path_factory.mktemp("clip") / "a.mp4"
    options = {"x264-params": "keyint=25:scenecut=0"}
    return make_clip(path, size=(320, 180), seconds=4, options=options).path


@pytest.fixture(scope="module")
def alone(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, int]:
    """What one process makes of it, and at how many pictures it looks."""
    folder = tmp_path_factory.mktemp("alone")
    looks = redact(clip, folder / "out.mp4", folder / "bench", pause_seconds=0)
    return (folder / "out.mp4").read_bytes(), looks


@contextmanager
def another(clip: Path, folder: Path) -> "Iterator[subprocess.Popen[str]]":
    """A process that redacts `clip` on the workbench in `folder`, at work on its first segment."""
    bench = folder / "bench"
    command = [sys.executable, "-m", "tests.killed_redaction", str(clip)]
    child = subprocess.Popen(
        [*command, str(folder / "theirs.mp4"), str(bench)], stdout=subprocess.PIPE, text=True
    )
    try:
        until = time.monotonic() + WAIT_SECONDS
        while not any(bench.glob(".claim-seen-*")):
            assert child.poll() is None, "it ended before it began"
            assert time.monotonic() < until, "it never began"
            time.sleep(0.01)
        yield child
    finally:
        child.kill()
        child.communicate()


def test_two_processes_make_each_segment_once_and_the_same_file_as_one(
    clip: Path, alone: tuple[bytes, int], tmp_path: Path
) -> None:
    with another(clip, tmp_path) as child:
        own = redact(clip, tmp_path / "ours.mp4", tmp_path / "bench", pause_seconds=0.02)
        theirs = int(child.communicate(timeout=WAIT_SECONDS)[0])
    whole, looks = alone
    assert own > 0
    assert theirs > 0
    assert own + theirs == looks, "a segment was looked at twice, or never"
    assert (tmp_path / "ours.mp4").read_bytes() == whole
    assert (tmp_path / "theirs.mp4").read_bytes() == whole


STOPPED: dict[str, tuple[signal.Signals, float]] = {  # and how long it is waited for
    "is killed": (signal.SIGKILL, 10 * WAIT_SECONDS),
    "stands still": (signal.SIGSTOP, 1.0),
}


@pytest.mark.parametrize("how", STOPPED)
def test_what_a_process_was_at_is_made_by_the_next_when_it(
    how: str,
    clip: Path,
    alone: tuple[bytes, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number, silent = STOPPED[how]
    monkeypatch.setattr(share, "SILENT_SECONDS", silent)
    with another(clip, tmp_path) as child:
        child.send_signal(number)
        began = time.monotonic()
        redact(clip, tmp_path / "ours.mp4", tmp_path / "bench", pause_seconds=0)
        assert time.monotonic() - began < 2 * WAIT_SECONDS
    assert (tmp_path / "ours.mp4").read_bytes() == alone[0]


def test_pieces_that_a_helper_drew_are_taken_as_they_are(clip: Path, tmp_path: Path) -> None:
    source, sha256 = in_seconds(clip), sha256_of(clip)
    plan = plan_for(make_clip(tmp_path / "same.mp4", size=(320, 180), seconds=4))
    original = plan.original.model_copy(update={"sha256": sha256})
    plan = plan.model_copy(update={"original": original})
    bench = Workbench(tmp_path, call=lambda _: None)
    assert draw_along(source, sha256=sha256, workbench=bench, report=lambda _: None) == 0
    bench.put_order({"plan": plan.document(), "why_full": "it was asked for"})
    foreign = Sha256("0" * 64)
    assert draw_along(source, sha256=foreign, workbench=bench, report=lambda _: None) == 0
    assert draw_along(source, sha256=sha256, workbench=bench, report=lambda _: None) == 100
    drawn = {piece: piece.stat().st_mtime_ns for piece in tmp_path.glob("drawn-*")}
    render(source, tmp_path / "out.mp4", plan=plan, workbench=bench, why_full="it was asked for")
    assert len(drawn) == 4
    assert {piece: piece.stat().st_mtime_ns for piece in tmp_path.glob("drawn-*")} == drawn


def test_a_segment_is_taken_on_by_one_and_free_when_it_lets_go(tmp_path: Path) -> None:
    bench = Workbench(tmp_path)
    place = bench.place("seen", {"a": 1}, ".npz")
    with bench.claim(place) as first, bench.claim(place) as second:
        assert first is not None
        assert second is None
    with bench.claim(place) as again:
        assert again is not None


def test_a_helper_makes_what_is_free_and_waits_for_nobody(tmp_path: Path) -> None:
    bench = Workbench(tmp_path)
    tasks = [written(bench, name) for name in ("a", "b", "c")]
    with bench.claim(tasks[1].place):
        assert share.make_some(bench, tasks, report=lambda _: None) == 2
    assert [bench.has(task.place) for task in tasks] == [True, False, True]


def written(bench: Workbench, name: str) -> share.Task:
    """A segment of one frame that is its name."""

    def make(part: Path, report: Callable[[int], None]) -> None:
        part.write_text(name)
        report(1)

    return share.Task(bench.place("seen", {"of": name}, ".txt"), make, lambda _: 1)


def test_a_workbench_that_is_gone_or_a_link_is_not_visited(tmp_path: Path) -> None:
    assert visit(tmp_path / "gone") is None
    (tmp_path / "link").symlink_to(tmp_path)
    assert visit(tmp_path / "link") is None
    assert visit(tmp_path) == Workbench(tmp_path)
