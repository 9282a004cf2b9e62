"""Retention: what may go, what stays and why, two people, a delay, and a death that leaves a trace."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner
from typing_extensions import override

from bwc.access.roles import Actor
from bwc.access.users import NewUser, create_user
from bwc.canonical import Json, canonical_bytes, digest
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.disposal import Disposal, DisposalItem, DisposalItemState, DisposalState, Tombstone
from bwc.catalog.incident import Incident
from bwc.catalog.job import Job, JobState
from bwc.catalog.recording import Recording, RecordingState, Tag, TagSource
from bwc.catalog.rendering import Plan, Rendering, Verdict
from bwc.catalog.request import HoldKind
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role
from bwc.cli.retention import app
from bwc.clock import FixedClock
from bwc.errors import Conflict, NotPermitted, TransientError
from bwc.house import House
from bwc.ids import Sha256, UserId, new_id
from bwc.jobs.kinds import JobKind
from bwc.policy.packs import load_packs
from bwc.requests.facts import assert_fact
from bwc.requests.holds import place_hold
from bwc.requests.receive import NewRequest, receive_request
from bwc.retention import disposal
from bwc.retention.schedule import Scheduled, Standing, schedule
from bwc.settings import Department, Settings
from bwc.vault.local import LocalPublicStore, LocalVault
from workers.run import run_job
from workers.steps import STEPS

ZONE = ZoneInfo("America/Denver")
RECORDED = datetime(2026, 1, 5, 18, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 18, 0, tzinfo=UTC)
DELAY = timedelta(days=14)

PACK = """
id: test
title: A test policy
version: "1"
jurisdiction: Testland
authority: state_statute
timezone: America/Denver
sources: {text: "https://example.org/law"}
"""
RULE = """
  - id: test.{name}
    title: {title}
    citation: T.S. § 1
    source: [text]
    read_on: 2026-01-01
    basis: found
    status: {status}
    when: {when}
    then:
      {then}
"""
VERIFIED = 'verified\n    verified_by: "A. Lawyer"\n    verified_on: 2026-01-02'
DRAFT = "draft\n    to_verify: everything"
FLOOR = ("ninety", "always", "keep: {after: recording.start, amount: 90}")
FLAGGED = (
    "flagged",
    "{evidence_in_prosecution: true}",
    "keep: {after: recording.start, amount: 2, unit: years}",
)
CEILING = ("sixty", "always", "delete_by: {after: recording.start, amount: 60}")


def person(name: str, role: Role = Role.SUPERVISOR) -> Actor:
    return Actor(UserId(name), name, name.title(), role, None)


ROSA, SAM = person("rosa", Role.RECORDS), person("sam")


class Dying(LocalVault):
    """A vault whose process dies after it destroyed so many objects."""

    left = 1 << 30

    @override
    def dispose(self, sha256: Sha256) -> None:
        if self.left == 0:
            raise TransientError("the power went")
        self.left -= 1
        super().dispose(sha256)


@dataclass
class Archive:
    """One incident with one old recording and all that was made from it."""

    folder: Path
    catalog: Catalog

    def __post_init__(self) -> None:
        self.clock = FixedClock(NOW)
        self.vault = Dying(self.folder / "vault")
        department = Department(packs=["test"], policies=self.folder / "policies")
        self.house = House(
            settings=Settings(home=self.folder / "home", department=department),
            catalog=self.catalog,
            vault=self.vault,
            public=LocalPublicStore(self.folder / "public"),
            clock=self.clock,
        )
        self.write_pack(FLOOR, FLAGGED)
        self.incident_id, self.recording_id = new_id(), new_id()
        self.fill()

    def write_pack(self, *rules: tuple[str, str, str], status: str = VERIFIED) -> None:
        home = self.folder / "policies" / "test"
        (home / "rules").mkdir(parents=True, exist_ok=True)
        (home / "pack.yaml").write_text(PACK)
        text = "".join(
            RULE.format(name=name, title=f"Rule {name}", when=when, then=then, status=status)
            for name, when, then in rules
        )
        (home / "rules" / "retention.yaml").write_text(f"rules:{text}")

    def fill(self) -> None:
        original, proxy, poster, film, cover = (
            self.vault.put(io.BytesIO(name)).sha256
            for name in (b"original", b"proxy", b"poster", b"rendering", b"its poster")
        )
        self.bytes = {original, proxy, poster, film, cover}
        with self.catalog.write() as session:
            session.add(
                Incident(
                    id=self.incident_id,
                    number="I-1",
                    title="Stop",
                    kind="stop",
                    occurred_at=RECORDED,
                    district="North",
                )
            )
            session.add(
                Recording(
                    id=self.recording_id,
                    sha256=original,
                    size_bytes=8,
                    original_name="a.mp4",
                    state=RecordingState.READY,
                    received_at=RECORDED,
                    started_at=RECORDED,
                    poster_sha256=poster,
                    proxy_sha256=proxy,
                )
            )
            session.flush()
            session.add(self.tag(self.incident_id))
            plan = Plan(
                id=new_id(),
                recording_id=self.recording_id,
                version=1,
                sha256=digest({"version": 1}),
                document={"version": 1},
                author="engine",
                created_at=RECORDED,
            )
            session.add(plan)
            session.flush()
            session.add(
                Rendering(
                    id=new_id(),
                    recording_id=self.recording_id,
                    plan_id=plan.id,
                    original_sha256=original,
                    sha256=film,
                    size_bytes=9,
                    poster_sha256=cover,
                    verdict=Verdict.PASSED,
                    created_at=RECORDED,
                )
            )
            session.commit()

    def tag(self, incident_id: str | None) -> Tag:
        return Tag(
            id=new_id(),
            recording_id=self.recording_id,
            incident_id=incident_id,
            confidence=1.0,
            explanation="",
            source=TagSource.PERSON,
            author="rosa",
            created_at=RECORDED,
        )

    def now(self) -> datetime:
        return self.clock.now().astimezone(ZONE)

    def schedule(self) -> Scheduled:
        packs = load_packs(["test"], self.folder / "policies")
        with self.catalog.read() as session:
            return schedule(session, packs, self.recording_id, at=self.now())

    def assert_fact(self, name: str, *, value: Json) -> None:
        with self.catalog.write() as session:
            assert_fact(
                session,
                self.incident_id,
                name=name,
                value=value,
                source="report",
                by="rosa",
                at=self.clock.now(),
            )
            session.commit()

    def hold(self) -> None:
        with self.catalog.write() as session:
            place_hold(
                session,
                self.incident_id,
                kind=HoldKind.LITIGATION,
                reason="A letter of counsel",
                blocks_release=False,
                by="sam",
                at=self.clock.now(),
            )
            session.commit()

    def ask(self) -> None:
        with self.catalog.write() as session:
            asked = NewRequest(
                requester_role="press",
                channel="email",
                description="All footage",
                incident_id=self.incident_id,
                requester_name="Ada",
                received_at=self.clock.now(),
            )
            receive_request(session, asked, by="rosa", at=self.clock.now())
            session.commit()

    def propose(self, by: Actor = ROSA) -> str:
        packs = load_packs(["test"], self.folder / "policies")
        with self.catalog.write() as session:
            row = disposal.propose(session, packs, [self.recording_id], by=by, at=self.now())
            session.commit()
            return row.number

    def approve(self, number: str, by: Actor = SAM, *, accept_draft: bool = False) -> None:
        packs = load_packs(["test"], self.folder / "policies")
        with self.catalog.write() as session:
            disposal.approve(
                session,
                packs,
                number,
                by=by,
                at=self.now(),
                delay=DELAY,
                accept_draft=accept_draft,
            )
            session.commit()

    def run(self) -> Job:
        """Run the job of the disposal, whether or not it is due; how it ended."""
        with self.catalog.read() as session:
            job_id = session.scalars(
                sa.select(Job.id).where(Job.kind == JobKind.DISPOSE.value)
            ).one()
        run_job(self.house, job_id, steps=STEPS, worker="w")
        with self.catalog.read() as session:
            return session.get_one(Job, job_id)

    def agreed(self) -> str:
        number = self.propose()
        self.approve(number)
        return number

    def item(self) -> DisposalItem:
        with self.catalog.read() as session:
            return session.scalars(sa.select(DisposalItem)).one()

    def acts(self) -> list[str]:
        with self.catalog.read() as session:
            entries = sa.select(CustodyEntry.act).order_by(CustodyEntry.position)
            return [act for act in session.scalars(entries) if "dispos" in act or act == "deletion"]

    def left(self) -> set[str]:
        return set(self.vault.addresses())


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


def test_the_command_takes_two_people_with_two_passwords(
    sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(tmp_path, sqlite_catalog)
    archive.assert_fact("evidence_in_prosecution", value=False)
    with sqlite_catalog.write() as session:
        for actor in (ROSA, SAM):
            new = NewUser(username=actor.username, name=actor.name, role=actor.role, badge=None)
            create_user(session, new, password=f"{actor.name} keeps footage", by="test", at=NOW)
        session.commit()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BWC_CATALOG__URL", sqlite_catalog.url)
    monkeypatch.setenv("BWC_DEPARTMENT__PACKS", '["test"]')
    monkeypatch.setenv("BWC_DEPARTMENT__POLICIES", str(tmp_path / "policies"))

    def bwc(*words: str, password: str = "") -> tuple[int, str]:
        ended = CliRunner().invoke(app, [*words, "--json"], input=password)
        return ended.exit_code, ended.stdout

    assert json.loads(bwc("due")[1])[0]["standing"] == "may be destroyed"
    assert bwc("propose", archive.recording_id, "--by", "rosa", password="wrong\n")[0] != 0
    mine = ("propose", archive.recording_id, "--by", "rosa")
    number = json.loads(bwc(*mine, password="Rosa keeps footage\n")[1])["number"]
    assert bwc("approve", number, "--by", "rosa", password="Rosa keeps footage\n")[0] != 0
    ended, said = bwc("approve", number, "--by", "sam", password="Sam keeps footage\n")
    assert (ended, json.loads(said)["state"]) == (0, "approved")
    assert json.loads(bwc("show", number)[1])["approved_by"] == "sam"
