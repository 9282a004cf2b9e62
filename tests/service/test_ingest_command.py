"""`bwc ingest`: results per file, and exit codes that a script can rely on."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bwc.catalog import schema
from bwc.catalog.store import Catalog
from bwc.cli.main import build
from bwc.errors import InvalidInput
from bwc.intake.folder import recordings_in
from tests.docks import acts, recordings, small_clip

pytestmark = [pytest.mark.service, pytest.mark.media]


@pytest.fixture
def footage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of files to ingest, beside an empty house."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BWC_HOME", str(tmp_path / "home"))
    folder = tmp_path / "footage"
    folder.mkdir()
    return folder


def ingest(*arguments: str | Path) -> Result:
    words = ["ingest", *map(str, arguments)]
    return CliRunner().invoke(build(words), words)


def ledger(tmp_path: Path) -> list[str]:
    catalog = Catalog(f"sqlite:///{tmp_path / 'home' / 'catalog.db'}")
    try:
        return acts(catalog)
    finally:
        catalog.close()


def test_all_stored_is_exit_0(footage: Path, tmp_path: Path) -> None:
    small_clip(footage / "a.mp4")
    (footage / "deep").mkdir()
    small_clip(footage / "deep" / "b.avi.mp4", seconds=0.2).rename(footage / "deep" / "b.avi")
    done = ingest(footage, "--json")
    assert done.exit_code == 0, done.output
    files = json.loads(done.stdout)["files"]
    assert [(Path(file["file"]).name, file["outcome"]) for file in files] == [
        ("a.mp4", "stored"),
        ("b.avi", "stored"),
    ]
    assert "[1/2] a.mp4" in done.stderr
    assert ledger(tmp_path) == ["ingestion", "ingestion"]


def test_one_that_needs_a_person_is_exit_1_and_the_others_are_stored(footage: Path) -> None:
    small_clip(footage / "b.mp4")
    (footage / "a.mp4").write_text("no video")
    done = ingest(footage, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["counts"] == {
        "stored": 1,
        "duplicate": 0,
        "quarantined": 1,
        "refused": 0,
    }


def test_the_same_file_again_is_a_duplicate_and_exit_0(footage: Path) -> None:
    clip = small_clip(footage / "a.mp4")
    ingest(clip)
    done = ingest(clip)
    assert done.exit_code == 0
    assert done.stdout.startswith("duplicate")


def test_a_file_that_cannot_be_taken_in_is_refused(
    footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BWC_INTAKE__MAX_BYTES", "10")
    done = ingest(small_clip(footage / "a.mp4"), "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["files"][0]["outcome"] == "refused"


AWKWARD = (
    b"n" * 251 + b".mp4",  # as long as a name may be
    b"\xff\xfe.mp4",  # in no encoding
    b"a\nb.mp4",
    b"--fresh.mp4",
)


def test_files_of_any_name_get_their_lines(footage: Path) -> None:
    names = [os.fsdecode(name) for name in AWKWARD]
    for seconds, name in enumerate(names, start=1):
        small_clip(footage / "a.mp4", seconds=seconds / 5).rename(footage / name)
        os.mkfifo(footage / f"p{name[:200]}")
    (footage / os.fsdecode(b"\xff\xfe.json")).write_text("[]")
    files = sorted(path for path in footage.iterdir() if path.suffix != ".json")
    done = subprocess.run(
        [Path(sys.executable).with_name("bwc"), "ingest", "--json", "--", *files],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},  # a strict stdout, as under en_US.UTF-8
        check=False,
    )
    assert b"Traceback" not in done.stderr
    found = {Path(line["file"]).name: line for line in json.loads(done.stdout)["files"]}
    assert sorted(found) == [path.name for path in files]
    outcomes = {name: line["outcome"] for name, line in found.items()}
    assert outcomes == {path.name: "refused" if path.is_fifo() else "stored" for path in files} | {
        names[1]: "quarantined"
    }
    assert "the sidecar is not a set of fields" in found[names[1]]["reason"]


@pytest.fixture
def nobody(footage: Path) -> Iterator[None]:
    """An account that permissions bind; root reads everything."""
    if os.geteuid() != 0:
        yield
        return
    footage.parent.chmod(0o777)
    footage.chmod(0o755)
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.mark.usefixtures("nobody")
def test_a_folder_that_cannot_be_looked_into_is_not_passed_over(footage: Path) -> None:
    closed = Path("closed")  # relative: who is nobody may not walk here from the root
    closed.mkdir()
    (closed / "inner").mkdir()
    (closed / "inner").chmod(0o000)
    with pytest.raises(InvalidInput, match="closed/inner: this folder cannot be looked into"):
        list(recordings_in([closed]))


def test_nothing_is_taken_into_a_catalog_that_does_not_yet_guard_its_ledger(
    footage: Path, tmp_path: Path
) -> None:
    small_clip(footage / "a.mp4")
    ingest(footage)
    catalog = Catalog(f"sqlite:///{tmp_path / 'home' / 'catalog.db'}")
    schema.downgrade(catalog, "0001")
    catalog.close()
    done = ingest(small_clip(footage / "b.mp4", seconds=1))
    assert done.exit_code == 2
    assert "Run `bwc db upgrade`" in done.stderr
    assert ledger(tmp_path) == ["ingestion"]


MISUSES = {
    "a path that is not there": (["nowhere.mp4"], "nowhere.mp4: no such file"),
    "a start time without zone": (
        ["footage", "--started-at", "2026-03-01T12:00:00"],
        "field started_at: a start time without offset",
    ),
    "one start time for two files": (
        ["footage", "--started-at", "2026-03-01T12:00:00Z"],
        "one start time cannot fit several files",
    ),
    "no path": ([], "Missing argument"),
}


@pytest.mark.parametrize(("arguments", "words"), MISUSES.values(), ids=MISUSES.keys())
def test_misuse_is_exit_2_and_stores_nothing(
    footage: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    for name in ("a.mp4", "b.mp4"):
        small_clip(footage / name)
    done = ingest(*arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert not (tmp_path / "home").exists()


def test_the_options_say_what_a_sidecar_says(footage: Path, tmp_path: Path) -> None:
    clip = small_clip(footage / "a.mp4")
    done = ingest(
        clip,
        "--started-at",
        "2026-03-01T12:00:00",
        "--timezone",
        "America/Denver",
        "--officer",
        "9",
    )
    assert done.exit_code == 1
    assert "no officer has the badge '9'" in done.stdout
    catalog = Catalog(f"sqlite:///{tmp_path / 'home' / 'catalog.db'}")
    (row,) = recordings(catalog)
    catalog.close()
    assert row.started_at is not None
    assert row.started_at.isoformat() == "2026-03-01T19:00:00+00:00"
