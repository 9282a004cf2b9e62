"""Retention: what may go, what stays and why, two people, a delay, and a death that leaves a trace."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bwc.access.codes import code_at, step_of
from bwc.access.second_factor import Attempt, set_up
from bwc.access.users import NewUser, create_user
from bwc.canonical import canonical_bytes
from bwc.catalog.disposal import Disposal, DisposalItemState, DisposalState, Tombstone
from bwc.catalog.job import JobState
from bwc.catalog.recording import Recording, RecordingState
from bwc.catalog.rendering import PersonCrop
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role
from bwc.cli.retention import app
from bwc.clock import SystemClock
from bwc.errors import Conflict, NotPermitted
from bwc.ids import Sha256
from bwc.jobs.endings import cancel
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.retention import disposal
from bwc.retention.schedule import Standing
from bwc.vault.sealed import new_key
from tests.archive import CEILING, DELAY, DRAFT, FLAGGED, FLOOR, NOW, ROSA, SAM, Archive, person
from workers.steps.redaction import bench_of

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
HOUSE_KEY = new_key()


@pytest.fixture
def archive(catalog: Catalog, tmp_path: Path) -> Archive:
    archive = Archive(tmp_path, catalog)
    archive.assert_fact("evidence_in_prosecution", value=False)
    return archive


def test_a_flag_that_nobody_has_stated_is_unknown_and_keeps(
    catalog: Catalog, tmp_path: Path
) -> None:
    found = Archive(tmp_path, catalog).schedule()
    assert found.standing is Standing.UNKNOWN
    assert found.why == ("evidence_in_prosecution is not known",)


def test_a_recording_past_its_floor_with_nothing_against_it_may_go(archive: Archive) -> None:
    found = archive.schedule()
    assert (found.standing, found.document["floor"]) == (Standing.MAY_GO, "2026-04-05")


AGAINST: dict[str, tuple[Callable[[Archive], None], Standing, str]] = {
    "a hold": (Archive.hold, Standing.HELD, "litigation"),
    "a pending request": (Archive.ask, Standing.HELD, "is pending"),
    "an unknown flag": (
        lambda archive: archive.assert_fact("evidence_in_prosecution", value="unknown"),
        Standing.UNKNOWN,
        "evidence_in_prosecution is not known",
    ),
    "a longer floor": (
        lambda archive: archive.assert_fact("evidence_in_prosecution", value=True),
        Standing.KEEP,
        "its floor is 2028-01-05",
    ),
    "a floor above a ceiling": (
        lambda archive: archive.write_pack(FLOOR, CEILING),
        Standing.REFERRED,
        "another deletes by",
    ),
}


@pytest.mark.parametrize(("change", "standing", "words"), AGAINST.values(), ids=AGAINST.keys())
def test_what_speaks_for_keeping_keeps_and_cannot_be_proposed(
    archive: Archive, change: Callable[[Archive], None], standing: Standing, words: str
) -> None:
    change(archive)
    found = archive.schedule()
    assert found.standing is standing
    assert words in "; ".join(found.why)
    with pytest.raises(Conflict, match="this recording stays"):
        archive.propose()


def test_a_proposal_is_a_dry_run_that_lists_what_would_die(archive: Archive) -> None:
    number = archive.propose()
    with archive.catalog.read() as session:
        shown = json.loads(canonical_bytes(disposal.shown(session, number)))
    (recording,) = shown["proposal"]["recordings"]
    assert {thing["sha256"] for thing in recording["dies"]} == archive.bytes
    assert recording["dies"][-1]["kind"] == "original"
    assert [plan["version"] for plan in recording["stays"]["plans"]] == [1]
    assert recording["reasons"]
    assert archive.left() == archive.bytes
    with pytest.raises(Conflict, match="another disposal has it"):
        archive.propose()


def test_a_disposal_needs_a_second_person_with_the_right(archive: Archive) -> None:
    with pytest.raises(NotPermitted):
        archive.propose(by=person("olga", Role.OVERSIGHT))
    number = archive.propose(by=SAM)
    with pytest.raises(NotPermitted, match="cannot approve it"):
        archive.approve(number, by=SAM)
    with pytest.raises(NotPermitted):
        archive.approve(number, by=ROSA)


@pytest.mark.parametrize(
    "values",
    [
        {"approved_by": "sam"},
        {"state": DisposalState.APPROVED},
        {"state": DisposalState.EXECUTED, "approved_by": "sam"},
    ],
    ids=["who proposed", "approved by nobody", "executed by one"],
)
def test_the_database_itself_wants_two_people_for_a_disposal(
    archive: Archive, values: dict[str, str]
) -> None:
    archive.propose(by=SAM)
    with archive.catalog.write() as session, pytest.raises(sa.exc.IntegrityError, match="two_peop"):
        session.execute(sa.update(Disposal).values(**values))


def test_a_disposal_on_draft_rules_needs_their_acceptance(archive: Archive) -> None:
    archive.write_pack(FLOOR, FLAGGED, status=DRAFT)
    number = archive.propose()
    with pytest.raises(Conflict, match="no lawyer has verified"):
        archive.approve(number)
    archive.approve(number, accept_draft=True)


def test_nothing_is_destroyed_before_the_delay_has_run_out(archive: Archive) -> None:
    archive.agreed()
    archive.clock.move(DELAY - timedelta(seconds=1))
    archive.run()
    assert archive.left() == archive.bytes
    assert archive.item().state is DisposalItemState.PROPOSED


def test_an_agreed_disposal_destroys_the_bytes_and_keeps_metadata_hash_and_trace(
    archive: Archive,
) -> None:
    number = archive.agreed()
    archive.clock.move(DELAY)
    assert archive.run().state is JobState.DONE
    assert archive.left() == set()
    with archive.catalog.read() as session:
        stone = session.scalars(sa.select(Tombstone)).one()
        recording = session.get_one(Recording, archive.recording_id)
        row = session.scalars(sa.select(Disposal)).one()
        assert session.scalars(sa.select(PersonCrop)).all() == []
    assert row.state is DisposalState.EXECUTED
    assert recording.state is RecordingState.DISPOSED
    assert (stone.sha256, stone.document["original_name"]) == (recording.sha256, "a.mp4")
    assert (stone.document["disposal"], stone.document["approved_by"]) == (number, "sam")
    assert archive.acts() == [
        "disposal proposed",
        "disposal approved",
        "disposal begun",
        "deletion",
    ]
    assert archive.schedule().standing is Standing.GONE


@pytest.mark.parametrize("name", [name for name in AGAINST if name != "a floor above a ceiling"])
def test_what_changes_during_the_delay_stops_that_recording_and_says_why(
    archive: Archive, name: str
) -> None:
    archive.agreed()
    archive.clock.move(timedelta(days=3))
    change, _, words = AGAINST[name]
    change(archive)
    archive.clock.move(DELAY)
    assert archive.run().state is JobState.DONE
    assert archive.left() == archive.bytes
    assert archive.item().state is DisposalItemState.STOPPED
    assert words in archive.item().why
    assert archive.acts()[-1] == "disposal stopped"


def test_what_an_unfinished_redaction_left_on_its_workbench_dies_with_the_recording(
    archive: Archive,
) -> None:
    """A job that was cancelled left pictures of the original with nothing hidden."""
    with archive.catalog.write() as session:
        job = enqueue(
            session, JobKind.CARRY, subject_id=archive.recording_id, requested_by="sam",
            at=archive.now(),
        )  # fmt: skip
        cancel(session, job.id, by="sam", now=archive.now())
        session.commit()
        bench = bench_of(archive.house.settings, job.id)
    for folder in (bench, bench.with_name("redaction-of-another")):
        folder.mkdir(parents=True)
        (folder / "seen-1.npz").write_bytes(b"faces")
    archive.agreed()
    archive.clock.move(DELAY)
    assert archive.run().state is JobState.DONE
    assert [left.name for left in bench.parent.iterdir()] == ["redaction-of-another"]


def test_a_fact_that_changes_no_outcome_stops_it_all_the_same(archive: Archive) -> None:
    archive.agreed()
    archive.assert_fact("injury_level", value="minor")
    archive.clock.move(DELAY)
    archive.run()
    assert "changed since it was proposed" in archive.item().why
    assert archive.left() == archive.bytes


def test_a_refused_disposal_destroys_nothing(archive: Archive) -> None:
    number = archive.agreed()
    with archive.catalog.write() as session:
        disposal.refuse(session, number, reason="The family asked", by=ROSA, at=archive.now())
        session.commit()
    archive.clock.move(DELAY)
    archive.run()
    assert archive.left() == archive.bytes
    assert archive.item().why == "The family asked"


@pytest.mark.parametrize("destroyed", range(6))
def test_a_kill_between_vault_and_row_loses_no_trace_and_is_finished_later(
    archive: Archive, destroyed: int
) -> None:
    archive.agreed()
    archive.clock.move(DELAY)
    archive.vault.left = destroyed
    archive.run()
    if destroyed < len(archive.bytes):
        assert archive.item().state is DisposalItemState.DISPOSING
        assert archive.acts()[-1] == "disposal begun"
    archive.vault.left = 1 << 30
    archive.clock.move(timedelta(hours=1))
    archive.run()
    assert archive.left() == set()
    assert archive.item().state is DisposalItemState.DISPOSED
    assert archive.acts().count("disposal begun") == archive.acts().count("deletion") == 1


def test_a_hold_after_a_kill_saves_the_original(archive: Archive) -> None:
    archive.agreed()
    archive.clock.move(DELAY)
    archive.vault.left = 2
    archive.run()
    archive.hold()
    archive.vault.left = 1 << 30
    archive.clock.move(timedelta(hours=1))
    archive.run()
    with archive.catalog.read() as session:
        recording = session.get_one(Recording, archive.recording_id)
    assert archive.vault.has(Sha256(recording.sha256))
    assert recording.state is RecordingState.READY
    assert "litigation" in archive.item().why


def test_a_recording_set_aside_from_every_incident_is_kept_while_its_flags_are_unknown(
    archive: Archive,
) -> None:
    with archive.catalog.write() as session:
        session.add(archive.tag(None))
        session.commit()
    assert archive.schedule().standing is Standing.UNKNOWN


Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(
    sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Archive, Command]:
    """An archive with accounts for Rosa and Sam, and `bwc retention` over it."""
    archive = Archive(tmp_path, sqlite_catalog)
    archive.assert_fact("evidence_in_prosecution", value=False)
    with sqlite_catalog.write() as session:
        for actor in (ROSA, SAM):
            new = NewUser(username=actor.username, name=actor.name, role=actor.role, badge=None)
            create_user(session, new, password=f"{actor.name} keeps footage", by="test", at=NOW)
        session.commit()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BWC_CATALOG__URL", sqlite_catalog.url)
    monkeypatch.setenv("BWC_HOUSE_KEY", HOUSE_KEY)
    monkeypatch.setenv("BWC_DEPARTMENT__PACKS", '["test"]')
    monkeypatch.setenv("BWC_DEPARTMENT__POLICIES", str(tmp_path / "policies"))

    def bwc(*words: str, typed: str = "") -> tuple[int, str]:
        ended = CliRunner().invoke(app, [*words, "--json"], input=typed)
        return ended.exit_code, ended.stdout

    return archive, bwc


def test_the_command_takes_two_people_with_two_passwords(command: tuple[Archive, Command]) -> None:
    archive, bwc = command
    assert json.loads(bwc("due")[1])[0]["standing"] == "may be destroyed"
    assert bwc("propose", archive.recording_id, "--by", "rosa", typed="wrong\n")[0] != 0
    mine = ("propose", archive.recording_id, "--by", "rosa")
    number = json.loads(bwc(*mine, typed="Rosa keeps footage\n")[1])["number"]
    assert bwc("approve", number, "--by", "rosa", typed="Rosa keeps footage\n")[0] != 0
    ended, said = bwc("approve", number, "--by", "sam", typed="Sam keeps footage\n")
    assert (ended, json.loads(said)["state"]) == (0, "approved")
    assert json.loads(bwc("show", number)[1])["approved_by"] == "sam"


def test_the_command_asks_for_the_code_of_whoever_has_a_second_factor(
    command: tuple[Archive, Command],
) -> None:
    archive, bwc = command
    now = SystemClock().now()
    used, next_one = (code_at(SECRET, step_of(now) + later) for later in (0, 1))
    with archive.catalog.write() as session:
        set_up(session, SECRET, Attempt("rosa", used, now), key=HOUSE_KEY)
        session.commit()
    mine = ("propose", archive.recording_id, "--by", "rosa")
    for code in ("", "000000", used):
        assert bwc(*mine, typed=f"Rosa keeps footage\n{code}\n")[0] != 0
    with archive.catalog.read() as session:
        assert session.scalar(sa.select(sa.func.count(Disposal.id))) == 0
    ended, said = bwc(*mine, typed=f"Rosa keeps footage\n{next_one}\n")
    assert (ended, json.loads(said)["state"]) == (0, "proposed")


def test_where_everyone_needs_a_second_factor_the_command_refuses_who_has_none(
    command: tuple[Archive, Command], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, bwc = command
    monkeypatch.setenv("BWC_DESK__SECOND_FACTOR", "true")
    mine = ("propose", archive.recording_id, "--by", "rosa")
    assert bwc(*mine, typed="Rosa keeps footage\n")[0] != 0
