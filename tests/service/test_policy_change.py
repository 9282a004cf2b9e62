"""Changing the rules: proposed with what it changes, activated by another, every case anew."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bwc.access.users import NewUser, create_user
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.job import Job
from bwc.catalog.policy_change import PolicyChange, PolicyChangeState
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role
from bwc.cli.policy import app
from bwc.custody.acts import Act
from bwc.errors import Conflict, IntegrityError, NotPermitted
from bwc.in_force import heads, packs_in_force
from bwc.jobs.kinds import JobKind
from bwc.policy.rules import Packs
from bwc.release.decide import decide_incident
from bwc.release.pack_change import activate_packs, propose_packs, refuse_packs
from bwc.settings import Department
from tests.archive import FLAGGED, FLOOR, Archive, person

PASSWORD = "quiet maple lantern orbit"
ANNA, BELA = person("anna", Role.ADMIN), person("bela", Role.ADMIN)
RELEASED = ("release", "always", "modality: MUST\n      outcome: RELEASE")
LONGER = ("ninety", "always", "keep: {after: recording.start, amount: 900}")


@pytest.fixture
def archive(catalog: Catalog, tmp_path: Path) -> Archive:
    """A case that was decided by a pack of one floor; a changed pack lies in the folder."""
    archive = Archive(tmp_path, catalog)
    archive.write_pack(FLOOR)
    with catalog.write() as session:
        decide_incident(session, in_force(archive), archive.incident_id, archive.now())
        session.commit()
    return archive


def in_force(archive: Archive) -> Packs:
    with archive.catalog.read() as session:
        return packs_in_force(session, archive.house.settings.department)


def proposed(archive: Archive, *rules: tuple[str, str, str]) -> str:
    """The number of a proposal; the folder it came from is put back as it was."""
    old = in_force(archive)
    archive.write_pack(*(rules or (LONGER,)))
    with archive.catalog.write() as session:
        change = propose_packs(
            session, old, ["test"], archive.folder / "policies", by=ANNA, at=archive.now()
        )
        session.commit()
        return change.number


def activated(archive: Archive, number: str) -> None:
    archive.write_pack(FLOOR)
    with archive.catalog.write() as session:
        activate_packs(session, in_force(archive), number, by=BELA, at=archive.now())
        session.commit()


def change_of(archive: Archive) -> PolicyChange:
    with archive.catalog.read() as session:
        return session.scalars(sa.select(PolicyChange)).one()


def test_a_proposal_lists_rules_and_cases_that_change_and_changes_nothing(
    archive: Archive,
) -> None:
    before = heads(in_force(archive))
    proposed(archive)
    archive.write_pack(FLOOR)
    document = change_of(archive).document
    assert [rule["rule"] for rule in document["rules"]["changed"]] == ["test.ninety"]  # type: ignore[index, call-overload, union-attr]
    (case,) = document["cases"]  # type: ignore[misc]
    assert case["case"] == "I-1"  # type: ignore[index, call-overload]
    assert case["retention"]["floor"]["after"] == "2028-06-23"  # type: ignore[index, call-overload]
    assert heads(in_force(archive)) == before


def test_footage_that_a_flag_nobody_has_stated_would_keep_longer_is_listed_too(
    archive: Archive,
) -> None:
    archive.write_pack(FLOOR, FLAGGED)
    before = archive.schedule()
    archive.write_pack(FLOOR)
    proposed(archive, FLOOR, FLAGGED)
    (case,) = change_of(archive).document["cases"]  # type: ignore[misc]
    floor = case["retention"]["floor"]  # type: ignore[index, call-overload]
    assert floor == {"before": "2026-04-05", "after": before.document["floor"]}


def test_who_proposes_does_not_activate(archive: Archive) -> None:
    number = proposed(archive)
    archive.write_pack(FLOOR)
    with archive.catalog.write() as session, pytest.raises(NotPermitted, match="does not activate"):
        activate_packs(session, in_force(archive), number, by=ANNA, at=archive.now())


def test_the_database_itself_wants_two_people(archive: Archive) -> None:
    proposed(archive)
    with archive.catalog.write() as session, pytest.raises(sa.exc.IntegrityError):
        session.execute(sa.update(PolicyChange).values(activated_by="anna"))


@pytest.mark.parametrize("role", [Role.RECORDS, Role.AUDITOR, Role.OVERSIGHT, Role.OFFICER])
def test_only_those_who_may_change_the_rules_do(archive: Archive, role: Role) -> None:
    someone = person("x", role)
    folder, now = archive.folder / "policies", archive.now()
    number = proposed(archive)
    with archive.catalog.write() as session:
        with pytest.raises(NotPermitted):
            propose_packs(session, in_force(archive), ["test"], folder, by=someone, at=now)
        with pytest.raises(NotPermitted):
            activate_packs(session, in_force(archive), number, by=someone, at=now)
        with pytest.raises(NotPermitted):
            refuse_packs(session, number, reason="no", by=someone, at=now)


def test_activation_is_a_custody_entry_and_has_every_open_case_decided_again(
    archive: Archive,
) -> None:
    activated(archive, proposed(archive))
    assert change_of(archive).state is PolicyChangeState.ACTIVATED
    with archive.catalog.read() as session:
        entries = session.scalars(
            sa.select(CustodyEntry).where(CustodyEntry.act.startswith("policy"))
        ).all()
        assert [(e.act, e.actor) for e in entries] == [
            (Act.POLICY_PROPOSED, "anna"),
            (Act.POLICY_ACTIVATED, "bela"),
        ]
        assert entries[1].detail["decided_again"] == 1
        jobs = session.scalars(sa.select(Job).where(Job.requested_by == "bela")).all()
        assert [(job.kind, job.subject_id, job.key) for job in jobs] == [
            (JobKind.DECIDE.value, archive.incident_id, None),
            (JobKind.PUBLISH_LOG.value, None, None),
        ]


def test_what_was_activated_is_what_runs_whatever_lies_in_the_folder(archive: Archive) -> None:
    activated(archive, proposed(archive))
    archive.write_pack(FLOOR, RELEASED)
    assert [rule.id for rule in in_force(archive).rules] == ["test.ninety"]
    with archive.catalog.read() as session:
        found = packs_in_force(session, Department(packs=["no-such-pack"], policies=archive.folder))
    assert heads(found) == change_of(archive).document["packs"]


def test_packs_that_someone_changed_in_the_catalog_do_not_run(archive: Archive) -> None:
    number = proposed(archive)
    with archive.catalog.write() as session:
        change = session.scalars(sa.select(PolicyChange)).one()
        files = {name: str(text).replace("900", "1") for name, text in change.files.items()}
        session.execute(sa.update(PolicyChange).values(files=files))
        session.commit()
    archive.write_pack(FLOOR)
    with archive.catalog.write() as session, pytest.raises(IntegrityError):
        activate_packs(session, in_force(archive), number, by=BELA, at=archive.now())


def test_a_proposal_compared_with_other_packs_must_be_made_again(archive: Archive) -> None:
    first = proposed(archive)
    archive.write_pack(FLOOR)
    second = proposed(archive, FLOOR, RELEASED)
    activated(archive, first)
    with pytest.raises(Conflict, match="other packs are in force"):
        activated(archive, second)


def test_a_change_is_activated_or_refused_once(archive: Archive) -> None:
    number = proposed(archive)
    with archive.catalog.write() as session:
        refuse_packs(session, number, reason="Not read yet", by=BELA, at=archive.now())
        session.commit()
    with pytest.raises(Conflict, match="no longer open"):
        activated(archive, number)


def test_packs_that_are_in_force_are_not_proposed(archive: Archive) -> None:
    with archive.catalog.write() as session, pytest.raises(Conflict, match="in force already"):
        propose_packs(
            session, in_force(archive), ["test"], archive.folder / "policies",
            by=ANNA, at=archive.now(),
        )  # fmt: skip


def test_more_cases_than_a_browser_waits_for_are_compared_by_command_alone(
    archive: Archive,
) -> None:
    old, folder = in_force(archive), archive.folder / "policies"
    archive.write_pack(LONGER)
    with archive.catalog.write() as session:
        with pytest.raises(Conflict, match="while a browser waits"):
            propose_packs(session, old, ["test"], folder, by=ANNA, at=archive.now(), most_cases=0)
        change = propose_packs(
            session, old, ["test"], folder, by=ANNA, at=archive.now(), most_cases=1
        )
    assert change.document["cases"]


def test_two_people_change_the_rules_by_command(
    sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(tmp_path, sqlite_catalog)
    archive.write_pack(FLOOR)
    with sqlite_catalog.write() as session:
        for name in ("anna", "bela"):
            new = NewUser(username=name, name=name, role=Role.ADMIN)
            create_user(
                session, new, password=PASSWORD, by="setup", at=archive.now() - timedelta(days=1)
            )
        session.commit()
    monkeypatch.setenv("BWC_CATALOG__URL", sqlite_catalog.url)
    monkeypatch.setenv("BWC_DEPARTMENT__PACKS", '["test"]')
    monkeypatch.setenv("BWC_DEPARTMENT__POLICIES", str(archive.folder / "policies"))
    shutil.copytree(archive.folder / "policies", tmp_path / "newer")
    text = (tmp_path / "newer/test/rules/retention.yaml").read_text()
    (tmp_path / "newer/test/rules/retention.yaml").write_text(text.replace("90", "900"))

    def run(*words: str) -> tuple[int, str]:
        ended = CliRunner().invoke(app, list(words), input=f"{PASSWORD}\n")
        return ended.exit_code, ended.stdout

    named = f"test@{tmp_path / 'newer'}"
    code, said = run("propose", named, "--by", "anna")
    assert (code, "test.ninety" in said) == (0, True), said
    assert run("activate", "PLC-2026-0001", "--by", "anna")[0] == 2
    code, said = run("activate", "PLC-2026-0001", "--by", "bela", "--json")
    assert (code, json.loads(said)["state"]) == (0, "activated")
    assert "activated by bela" in run("changes")[1]
