"""The jobs after storing: a poster, a proxy that a browser plays, a hash check, a match."""

from dataclasses import replace
from pathlib import Path

import av
import pytest
import sqlalchemy as sa

from bwc.catalog.store import Catalog
from bwc.catalog.tables import Job, JobState, Recording, RecordingState, Tag, UploadState
from bwc.clock import FixedClock
from bwc.house import House
from bwc.ids import Sha256
from bwc.intake.abandoned import SILENT_FOR
from bwc.intake.dock import Dock
from bwc.intake.receive import receive_file
from bwc.intake.sidecar import Claims
from bwc.intake.upload import Announcement, Uploads, find_upload, open_upload
from bwc.jobs.kinds import JobKind
from bwc.redaction.outline import parse_outline
from bwc.settings import Intake, Settings
from bwc.vault.local import LocalPublicStore
from tests.docks import (
    NO_DISK_IS_THAT_LARGE,
    NOW,
    acts,
    add_officer,
    entries,
    make_dock,
    recordings,
    small_clip,
)
from workers.run import run_job
from workers.schedule import ask_for_daily_work
from workers.steps import STEPS

pytestmark = [pytest.mark.service, pytest.mark.media]


@pytest.fixture
def dock(sqlite_catalog: Catalog, tmp_path: Path) -> Dock:
    """Where recordings are received."""
    return make_dock(sqlite_catalog, tmp_path)


@pytest.fixture
def house(dock: Dock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house around that dock."""
    monkeypatch.chdir(tmp_path)
    return House(
        settings=Settings(home=tmp_path / "home"),
        catalog=dock.catalog,
        vault=dock.vault,
        public=LocalPublicStore(tmp_path / "public"),
        clock=FixedClock(NOW),
    )


def _run(house: House, kind: JobKind) -> Job:
    """Run the newest job of that kind; its row afterwards."""
    with house.catalog.read() as session:
        job_id = session.scalars(
            sa.select(Job.id).where(Job.kind == kind.value).order_by(Job.id.desc())
        ).first()
    assert job_id is not None
    run_job(house, job_id, steps=STEPS, worker="w")
    with house.catalog.read() as session:
        return session.get_one(Job, job_id)


def _only(catalog: Catalog) -> Recording:
    (row,) = recordings(catalog)
    return row


@pytest.mark.parametrize(("name", "audio"), [("a.mp4", True), ("a.mkv", False), ("a.ts", True)])
def test_poster_and_proxy_are_made_and_the_recording_is_ready(
    house: House, dock: Dock, tmp_path: Path, *, name: str, audio: bool
) -> None:
    receive_file(dock, small_clip(tmp_path / name, audio=audio, seconds=1), actor="t")
    assert _run(house, JobKind.DERIVE).state is JobState.DONE
    row = _only(house.catalog)
    assert row.state is RecordingState.READY
    assert row.poster_sha256
    assert row.proxy_sha256
    assert row.outline_sha256
    outline = b"".join(house.vault.read(Sha256(row.outline_sha256)))
    assert parse_outline(outline, where=row.id).times().count == 25
    with house.vault.path(Sha256(row.poster_sha256)) as poster:
        assert poster.read_bytes()[:3] == b"\xff\xd8\xff"
    with house.vault.path(Sha256(row.proxy_sha256)) as path, av.open(str(path)) as proxy:
        assert proxy.streams.video[0].codec_context.name == "h264"
        assert [stream.codec_context.name for stream in proxy.streams.audio] == ["aac"] * audio
        assert sum(1 for _ in proxy.decode(video=0)) == 25
        head = path.read_bytes()
        assert head.index(b"moov") < head.index(b"mdat"), "it begins to play before it has arrived"
    assert acts(house.catalog)[-1] == "derivation"
    assert list((tmp_path / "home" / "spool").iterdir()) == []


def test_a_derivation_that_runs_twice_is_made_once(
    house: House, dock: Dock, tmp_path: Path
) -> None:
    receive_file(dock, small_clip(tmp_path / "a.mp4"), actor="t")
    _run(house, JobKind.DERIVE)
    with house.catalog.write() as session:
        session.execute(sa.update(Job).values(state=JobState.WAITING))
        session.commit()
    assert _run(house, JobKind.DERIVE).state is JobState.DONE
    assert acts(house.catalog).count("derivation") == 1


def test_a_recording_from_before_there_were_outlines_gets_one_and_keeps_its_proxy(
    house: House, dock: Dock, tmp_path: Path
) -> None:
    receive_file(dock, small_clip(tmp_path / "a.mp4"), actor="t")
    _run(house, JobKind.DERIVE)
    made = _only(house.catalog)
    with house.catalog.write() as session:
        session.get_one(Recording, made.id).outline_sha256 = None
        session.commit()
    ask_for_daily_work(house.catalog, now=house.clock.now(), zone="UTC")
    assert _run(house, JobKind.DERIVE).state is JobState.DONE
    row = _only(house.catalog)
    assert (row.outline_sha256, row.proxy_sha256) == (made.outline_sha256, made.proxy_sha256)


def test_without_room_for_its_proxy_a_derivation_waits(
    house: House, dock: Dock, tmp_path: Path
) -> None:
    receive_file(dock, small_clip(tmp_path / "a.mp4"), actor="t")
    full = replace(
        house,
        settings=house.settings.model_copy(
            update={"intake": Intake(reserve_bytes=NO_DISK_IS_THAT_LARGE)}
        ),
    )
    job = _run(full, JobKind.DERIVE)
    assert job.state is JobState.WAITING
    assert "no room on the disk" in str(job.reason)


def test_the_hash_check_says_when_the_original_was_intact(
    house: House, dock: Dock, tmp_path: Path
) -> None:
    receive_file(dock, small_clip(tmp_path / "a.mp4"), actor="t")
    assert _run(house, JobKind.CHECK_FIXITY).state is JobState.DONE
    assert _only(house.catalog).fixity_checked_at == NOW
    assert entries(house.catalog)[-1].detail["outcome"] == "intact"


def test_an_original_that_changed_is_found_written_down_and_never_tried_again(
    house: House, dock: Dock, tmp_path: Path
) -> None:
    received = receive_file(dock, small_clip(tmp_path / "a.mp4"), actor="t")
    with house.vault.path(received.sha256) as stored:
        stored.chmod(0o600)
        content = bytearray(stored.read_bytes())
        content[-1] ^= 1
        stored.write_bytes(content)
    job = _run(house, JobKind.CHECK_FIXITY)
    assert job.state is JobState.DEAD
    assert "the stored original has changed" in str(job.reason)
    assert _only(house.catalog).fixity_checked_at is None
    failed = [entry for entry in entries(house.catalog) if entry.act == "fixity check"]
    assert [entry.detail["outcome"] for entry in failed] == ["failed"]


def test_the_spool_is_tidied_once_a_day_by_a_job(house: House, dock: Dock, tmp_path: Path) -> None:
    uploads = Uploads(dock, house.settings.spool_folder)
    begun = open_upload(uploads, Announcement("a.mp4", 10), actor="dock")
    assert isinstance(house.clock, FixedClock)
    house.clock.move(SILENT_FOR * 2)
    ask_for_daily_work(house.catalog, now=house.clock.now(), zone="UTC")
    job = _run(house, JobKind.TIDY_SPOOL)
    assert job.state is JobState.DONE
    assert job.result == {"uploads_ended": 1, "leftovers_removed": 0}
    assert find_upload(uploads, begun.id).state is UploadState.REFUSED


def test_the_match_job_leaves_a_tag(house: House, dock: Dock, tmp_path: Path) -> None:
    add_officer(house.catalog)
    claims = Claims(officer="1204", device_started_at=NOW)
    receive_file(dock, small_clip(tmp_path / "a.mp4"), actor="t", claims=claims)
    assert _run(house, JobKind.MATCH).state is JobState.DONE
    with house.catalog.read() as session:
        assert "was on no call" in session.scalars(sa.select(Tag.explanation)).one()
