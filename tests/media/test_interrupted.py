"""Runs of `redact-file` that meet trouble: others at the same output, changed files, kills."""

import errno
import logging
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bwc.cli.main import build
from bwc.errors import Cancelled, Conflict, IntegrityError, TransientError
from bwc.media.audio import sound_look
from bwc.redaction.detect import Boxes, Picture
from bwc.redaction.engine import Engine, Outcome, redact_file, rejected_path
from bwc.redaction.fixity import sha256_of
from bwc.redaction.settle import Stage
from bwc.redaction.speech import Detector, speech_in
from bwc.redaction.workbench import LOCK, alone_on, open_workbench
from bwc.settings import load_settings
from tests.clips import Clip, make_clip, needs_models
from tests.redactions import BlindFinder, plan_for

pytestmark = [pytest.mark.media]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return make_clip(tmp_path_factory.mktemp("run") / "in.mp4", size=(320, 180), seconds=0.6)


def engine(verifier: BlindFinder | None = None) -> Engine:
    return Engine(load_settings().models_folder, verifier=verifier or BlindFinder())


def workbench_of(out: Path) -> Path:
    return out.with_name(f".{out.name}.unfinished")


class Meddler(BlindFinder):
    """Changes a file while the finished one is verified."""

    def __init__(self, changed: Path) -> None:
        self._changed = changed

    def find(self, picture: Picture) -> Boxes:
        for path in self._changed.glob("*.mp4") if self._changed.is_dir() else [self._changed]:
            with path.open("ab") as file:
                file.write(b"\0")
        return super().find(picture)


def test_a_file_that_changes_while_it_is_verified_is_not_handed_over(
    clip: Clip, tmp_path: Path
) -> None:
    out = tmp_path / "o.mp4"
    meddling = engine(Meddler(workbench_of(out)))
    with pytest.raises(IntegrityError, match="changed while"):
        redact_file(clip.path, out, engine=meddling, plan=plan_for(clip))
    assert not out.exists()


def test_an_original_that_changes_meanwhile_has_no_certificate(clip: Clip, tmp_path: Path) -> None:
    original, out = tmp_path / "in.mp4", tmp_path / "o.mp4"
    shutil.copyfile(clip.path, original)
    with pytest.raises(IntegrityError, match="changed while"):
        redact_file(original, out, engine=engine(Meddler(original)), plan=plan_for(clip))
    assert not out.exists()


def test_an_original_that_changes_is_not_rendered_unverified_either(
    clip: Clip, tmp_path: Path
) -> None:
    original, out = tmp_path / "in.mp4", tmp_path / "o.mp4"
    shutil.copyfile(clip.path, original)

    def change(stage: Stage, share: float) -> None:
        if stage is Stage.RENDER and share >= 1:
            with original.open("ab") as file:
                file.write(b"\0")

    plan = plan_for(clip)
    with pytest.raises(IntegrityError, match="changed"):
        redact_file(original, out, engine=engine(), plan=plan, verified=False, progress=change)
    assert not out.exists()


def test_what_another_puts_on_the_workbench_is_never_handed_over(
    clip: Clip, tmp_path: Path
) -> None:
    out = tmp_path / "o.mp4"

    def put(stage: Stage, share: float) -> None:
        if stage is Stage.VERIFY and share >= 1:
            shutil.copyfile(clip.path, workbench_of(out) / "finished.mp4")

    outcome = redact_file(clip.path, out, engine=engine(), plan=plan_for(clip), progress=put)
    assert outcome.redacted_sha256 == sha256_of(out) != sha256_of(clip.path)
    assert outcome.certificate is not None
    assert outcome.certificate["redacted_sha256"] == sha256_of(out)


def test_a_second_run_at_the_same_output_is_refused_and_harms_nothing(
    clip: Clip, tmp_path: Path
) -> None:
    out = tmp_path / "o.mp4"
    refused: list[Conflict] = []

    def again(stage: Stage, share: float) -> None:
        if stage is Stage.RENDER and share >= 1 and not refused:
            with pytest.raises(Conflict, match="another run writes the same output") as raised:
                redact_file(clip.path, out, engine=engine(), plan=plan_for(clip))
            refused.append(raised.value)

    redact_file(clip.path, out, engine=engine(), plan=plan_for(clip), progress=again)
    assert refused
    assert [path.name for path in tmp_path.iterdir()] == ["o.mp4"]


HOLD = "import sys; from pathlib import Path; from bwc.redaction.workbench import alone_on\n"
HOLD += "with alone_on(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()\n"


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    folder = tmp_path / "bench"
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(Conflict), alone_on(folder):
            pass
        child.kill()
        child.wait()
    (folder / ".1-2-half.mp4").touch()
    with alone_on(folder):
        assert os.listdir(folder) == [LOCK]  # noqa: PTH208 - names alone


def _stop(stopped: BaseException) -> Callable[[Stage, float], None]:
    """Raise `stopped` in the midst of verification, when the only piece is rendered."""

    def told(stage: Stage, share: float) -> None:
        if stage is Stage.VERIFY and share > 0:
            raise stopped

    return told


STOPS = {
    "Ctrl-C": (KeyboardInterrupt(), KeyboardInterrupt),
    "a full disk": (OSError(errno.ENOSPC, "No space left on device"), TransientError),
    "a defect": (ZeroDivisionError(), ZeroDivisionError),
    "a person": (Cancelled("a person stopped it"), Cancelled),
}


@pytest.mark.parametrize("why", STOPS)
def test_what_stops_early_goes_on_from_what_was_finished(
    why: str, clip: Clip, tmp_path: Path
) -> None:
    raised, seen = STOPS[why]
    out, plan, bench = tmp_path / "o.mp4", plan_for(clip), workbench_of(tmp_path / "o.mp4")
    with pytest.raises(seen):
        redact_file(clip.path, out, engine=engine(), plan=plan, progress=_stop(raised))
    (piece,) = bench.glob("drawn-*")
    finished, later = piece.stat().st_mtime_ns, []

    def look(stage: Stage, _share: float) -> None:
        if stage is Stage.VERIFY:
            later.append(piece.stat().st_mtime_ns)

    redact_file(clip.path, out, engine=engine(), plan=plan, progress=look)
    assert set(later) == {finished}
    assert [path.name for path in tmp_path.iterdir()] == ["o.mp4"]


def _die_verifying(clip: Clip, out: Path) -> None:
    """Redact, and be killed in the midst of verification."""

    def die(stage: Stage, share: float) -> None:
        if stage is Stage.VERIFY and share > 0:
            os.kill(os.getpid(), signal.SIGKILL)

    redact_file(clip.path, out, engine=engine(), plan=plan_for(clip), progress=die)


def test_a_kill_during_verification_changes_nothing_but_the_time(
    clip: Clip, tmp_path: Path
) -> None:
    out, whole, bench = tmp_path / "o.mp4", tmp_path / "whole.mp4", workbench_of(tmp_path / "o.mp4")
    child = multiprocessing.get_context("spawn").Process(target=_die_verifying, args=(clip, out))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert not out.exists()
    (piece,) = bench.glob("drawn-*")
    finished, later = piece.stat().st_mtime_ns, []

    def look(stage: Stage, _share: float) -> None:
        if stage is Stage.VERIFY:
            later.append(piece.stat().st_mtime_ns)

    plan = plan_for(clip)
    resumed = redact_file(clip.path, out, engine=engine(), plan=plan, progress=look)
    unbroken = redact_file(clip.path, whole, engine=engine(), plan=plan)
    assert set(later) == {finished}
    assert resumed.verification == unbroken.verification
    assert out.read_bytes() == whole.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["o.mp4", "whole.mp4"]


def test_unfinished_work_is_its_users_alone_whatever_the_umask(clip: Clip, tmp_path: Path) -> None:
    out = tmp_path / "o.mp4"
    bench = workbench_of(out)
    bench.mkdir(mode=0o755)
    modes: list[int] = []

    def look(_stage: Stage, _share: float) -> None:
        modes.extend(bench.stat().st_mode & 0o777 for _ in bench.glob("lock"))

    redact_file(clip.path, out, engine=engine(), plan=plan_for(clip), progress=look)
    assert set(modes) == {0o700}


def test_a_link_to_another_folder_is_no_workbench(clip: Clip, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / ".precious").touch()
    workbench_of(tmp_path / "o.mp4").symlink_to(other)
    with pytest.raises(Conflict, match="somebody else's"):
        redact_file(clip.path, tmp_path / "o.mp4", engine=engine(), plan=plan_for(clip))
    assert (other / ".precious").exists()


def test_a_jobs_workbench_is_private_and_stays_until_it_ends_well(tmp_path: Path) -> None:
    folder = tmp_path / "redaction-1"
    with pytest.raises(ZeroDivisionError), open_workbench(folder):
        raise ZeroDivisionError
    assert folder.stat().st_mode & 0o777 == 0o700
    with open_workbench(folder):
        pass
    assert not folder.exists()


def test_a_command_that_stops_says_what_it_left(clip: Clip, tmp_path: Path) -> None:
    out = tmp_path / "o.mp4"
    with pytest.raises(OSError, match="disk"):
        redact_file(
            clip.path, out, engine=engine(), plan=plan_for(clip), progress=_stop(OSError("disk"))
        )
    words = ["redact-file", str(clip.path), str(out), "--plan", str(tmp_path / "no.json")]
    told = CliRunner().invoke(build(words), words)
    assert told.exit_code == 2
    assert ".o.mp4.unfinished" in told.stderr
    assert "the same command goes on" in told.stderr
    assert "not redacted" in told.stderr


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(build([str(word) for word in words]), [str(word) for word in words])


NO_PLACE = {
    "a certificate in no folder": ("--certificate", "no/c.json", "does not exist"),
    "a plan in no folder": ("--save-plan", "no/p.json", "does not exist"),
    "a certificate that is a folder": ("--certificate", ".", "is a folder"),
    "a certificate named as OUT": ("--certificate", "o.mp4", "cannot have one name"),
}


@pytest.mark.parametrize("what", NO_PLACE)
def test_what_could_not_be_written_is_refused_before_the_work(
    what: str, clip: Clip, tmp_path: Path
) -> None:
    option, place, words = NO_PLACE[what]
    refused = run("redact-file", clip.path, tmp_path / "o.mp4", option, tmp_path / place)
    assert refused.exit_code == 2
    assert words in refused.stderr
    assert "hashing" not in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_certificate_is_there_before_the_picture_and_without_it_none_appears(
    clip: Clip, tmp_path: Path
) -> None:
    out = tmp_path / "o.mp4"

    def fail(outcome: Outcome) -> None:
        assert outcome.certificate is not None
        assert not out.exists()
        raise OSError(errno.EACCES, "Permission denied")

    with pytest.raises(OSError, match="Permission"):
        redact_file(clip.path, out, engine=engine(), plan=plan_for(clip), before_it_appears=fail)
    assert not out.exists()


def test_what_an_earlier_run_rejected_goes_when_a_run_begins(clip: Clip, tmp_path: Path) -> None:
    out = tmp_path / "o.mp4"
    rejected_path(out).write_bytes(b"of an earlier run")
    stop = _stop(Cancelled("a person stopped it"))
    with pytest.raises(Cancelled):
        redact_file(clip.path, out, engine=engine(), plan=plan_for(clip), progress=stop)
    assert not rejected_path(out).exists()


def test_an_original_named_like_what_is_rejected_is_never_removed(
    clip: Clip, tmp_path: Path
) -> None:
    original = rejected_path(tmp_path / "o.mp4")
    shutil.copyfile(clip.path, original)
    with pytest.raises(Conflict, match="never overwritten"):
        redact_file(original, tmp_path / "o.mp4", engine=engine(), plan=plan_for(clip))
    assert original.exists()


def test_an_unforeseen_error_is_no_finding_and_is_said_in_a_sentence(
    clip: Clip, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unforeseen(path: Path) -> None:
        raise LookupError(path.name)

    monkeypatch.setattr("bwc.cli.redact.read_certificate", unforeseen)
    traces = []
    for before in ([], ["--debug"]):
        failed = run(*before, "verify-file", clip.path, "--certificate", clip.path)
        assert failed.exit_code == 2
        assert "not foreseen: LookupError" in failed.stderr
        assert failed.stderr.count("\n") == 1
        traces.append(caplog.text.count("Traceback"))
    logging.getLogger("bwc.cli.console").setLevel(logging.NOTSET)
    assert traces == [0, 1]


def test_listening_stops_at_the_next_block_when_the_work_is_stopped(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", size=(320, 180), seconds=3, faces=())
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise Cancelled("a person stopped it")

    with pytest.raises(Cancelled):
        speech_in(clip.path, sound_look(clip.path), check=check)
    assert asked == 3


class Deaf:
    """Listens for ever; counts what it was given."""

    def __init__(self) -> None:
        self.windows = 0

    def process(self, data: memoryview) -> float:
        assert data.nbytes
        self.windows += 1
        time.sleep(0.2)
        return 0.0


@needs_models
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_stopped_analysis_does_not_wait_for_the_end_of_the_sound(
    share: float, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "in.mp4", size=(320, 180), seconds=6, faces=())
    deaf = Deaf()

    def load() -> Detector:
        return Detector(deaf, "deaf", "0" * 64)

    def stop(stage: Stage, done: float) -> None:
        if stage is Stage.ANALYSE and deaf.windows and done >= share:
            raise Cancelled("a person stopped it")

    listening = Engine(load_settings().models_folder, verifier=BlindFinder(), listener=load)
    with pytest.raises(Cancelled, match="a person"):
        redact_file(clip.path, tmp_path / "o.mp4", engine=listening, progress=stop)
    assert deaf.windows < 6 * 16_000 / 512 / 2
