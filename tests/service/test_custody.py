"""The ledger in both databases: tampering below the triggers is found, and named by the command."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bwc.catalog import schema
from bwc.catalog.store import Catalog
from bwc.catalog.tables import (
    Incident,
    Plan,
    Recording,
    RecordingState,
    Tag,
    TagSource,
)
from bwc.cli.custody import app
from bwc.custody import verify as verify_module
from bwc.custody.acts import Act, Subject
from bwc.custody.export import about_incident, about_recording, entries_about, export
from bwc.custody.ledger import Fault, Head
from bwc.custody.outside import read_head
from bwc.custody.record import About, head, record
from bwc.custody.verify import verify
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.ids import Sha256

START = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
ENTRIES = 12


@pytest.fixture
def ledger(catalog: Catalog) -> Catalog:
    """A catalog with a short chain."""
    return chained(catalog)


def chained(catalog: Catalog) -> Catalog:
    """`catalog` with a short chain in it."""
    with catalog.write() as session:
        for number in range(ENTRIES):
            record(
                session,
                Act.FIXITY_CHECK,
                about=About(Subject.RECORDING, f"recording {number}"),
                actor="worker",
                at=START + timedelta(minutes=number),
                detail={"number": number, "share": 0.1, "words": ["ä", None, True]},
                before={"state": "stored"} if number % 2 else None,
            )
        session.commit()
    return catalog


def tamper(catalog: Catalog, *statements: str) -> None:
    """Change the ledger as its owner could: with the triggers dropped."""
    schema.downgrade(catalog, "0001")
    with catalog.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_an_untouched_ledger_is_sound_and_contains_its_published_heads(ledger: Catalog) -> None:
    with ledger.read() as session:
        newest = head(session)
        verdict = verify(session, [newest])
    assert verdict.broken is None
    assert verdict.sound_until == newest == Head(ENTRIES, newest.hash)


def test_a_ledger_longer_than_one_batch_is_followed_to_its_end(
    ledger: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_module, "BATCH", 5)
    with ledger.read() as session:
        assert verify(session).sound_until.position == ENTRIES
    tamper(ledger, "UPDATE custody_entries SET actor = 'nobody' WHERE position = 11")
    with ledger.read() as session:
        broken = verify(session).broken
    assert broken is not None
    assert broken.position == 11


def test_writers_at_the_same_time_make_one_chain(catalog: Catalog) -> None:
    def write(writer: int) -> None:
        for _ in range(10):
            with catalog.write() as session:
                about = About(Subject.RECORDING, str(writer))
                record(session, Act.VIEWING, about=about, actor="w", at=START)
                session.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with catalog.read() as session:
        verdict = verify(session)
    assert verdict.broken is None
    assert verdict.sound_until.position == 40


def test_an_act_that_is_rolled_back_leaves_no_entry_and_no_gap(ledger: Catalog) -> None:
    for act in (Act.VIEWING, Act.FIXITY_CHECK):
        with ledger.write() as session:
            record(session, act, about=About(Subject.RECORDING, "r"), actor="w", at=START)
            if act is Act.FIXITY_CHECK:
                session.commit()
    with ledger.read() as session:
        verdict = verify(session)
    assert (verdict.broken, verdict.sound_until.position) == (None, ENTRIES + 1)


TAMPERED = {
    "a name": ("UPDATE custody_entries SET actor = 'nobody' WHERE position = 7", 7, Fault.CHANGED),
    "a detail": (
        'UPDATE custody_entries SET detail = \'{"number": 6, "share": 0.2}\' WHERE position = 7',
        7,
        Fault.CHANGED,
    ),
    "a time by one microsecond": (
        "UPDATE custody_entries SET occurred_at = '2026-03-01 12:06:00.123457' WHERE position = 7",
        7,
        Fault.CHANGED,
    ),
    "the first hash": (
        f"UPDATE custody_entries SET hash = '{'f' * 64}' WHERE position = 1",
        1,
        Fault.CHANGED,
    ),
    "a link": (
        f"UPDATE custody_entries SET previous_hash = '{'f' * 64}' WHERE position = 7",
        7,
        Fault.CHANGED,
    ),
    "an entry's being there": ("DELETE FROM custody_entries WHERE position = 7", 7, Fault.MISSING),
    "a place": ("UPDATE custody_entries SET position = 99 WHERE position = 7", 7, Fault.MISSING),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_ledger_is_broken_at_the_link_that_was_tampered_with(ledger: Catalog, what: str) -> None:
    statement, position, fault = TAMPERED[what]
    tamper(ledger, statement)
    with ledger.read() as session:
        verdict = verify(session)
    assert verdict.broken is not None
    assert (verdict.broken.position, verdict.broken.fault) == (position, fault)
    assert verdict.sound_until.position == position - 1


RUBBISH = {
    "no JSON": "detail = 'rubbish'",
    "JSON without end": f"detail = '{'[' * 100_000}'",
    "no time": "occurred_at = 'rubbish'",
    "a number for a time": "occurred_at = 5",
    "no text": "actor = CAST(x'ff' AS TEXT)",
    "bytes for text": "actor = x'ff'",
}


@pytest.mark.parametrize("what", RUBBISH)
def test_a_row_that_cannot_be_read_is_named_too(sqlite_catalog: Catalog, what: str) -> None:
    ledger = chained(sqlite_catalog)  # PostgreSQL itself refuses such a value
    tamper(ledger, f"UPDATE custody_entries SET {RUBBISH[what]} WHERE position = 7")
    with ledger.read() as session:
        verdict = verify(session)
    assert verdict.broken is not None
    assert (verdict.broken.position, verdict.broken.fault) == (7, Fault.CHANGED)
    assert verdict.sound_until.position == 6


def test_a_place_that_is_no_number_is_found(sqlite_catalog: Catalog) -> None:
    ledger = chained(sqlite_catalog)
    tamper(ledger, f"UPDATE custody_entries SET position = 'x' WHERE position = {ENTRIES}")
    with ledger.read() as session:
        broken = verify(session).broken
    assert broken is not None
    assert (broken.position, broken.got) == (ENTRIES, "an entry at 'x'")


def test_a_tail_cut_off_is_found_against_a_published_bundle(
    ledger: Catalog, tmp_path: Path
) -> None:
    with ledger.read() as session:
        bundle = publish(tmp_path, head(session))
    tamper(ledger, "DELETE FROM custody_entries WHERE position > 9")
    with ledger.read() as session:
        assert verify(session).broken is None
        broken = verify(session, [read_head(bundle)]).broken
    assert broken is not None
    assert (broken.position, broken.fault) == (10, Fault.TRUNCATED)


def test_a_ledger_written_anew_is_found_against_a_published_bundle(
    ledger: Catalog, tmp_path: Path
) -> None:
    with ledger.read() as session:
        bundle = publish(tmp_path, head(session))
    tamper(ledger, "DELETE FROM custody_entries")
    schema.upgrade(ledger)
    with ledger.write() as session:
        for number in range(ENTRIES + 3):
            about = About(Subject.RECORDING, f"forged {number}")
            record(session, Act.FIXITY_CHECK, about=about, actor="worker", at=START)
        session.commit()
    with ledger.read() as session:
        assert verify(session).broken is None
        broken = verify(session, [read_head(bundle)]).broken
    assert broken is not None
    assert (broken.position, broken.fault) == (ENTRIES, Fault.REWRITTEN)


def publish(folder: Path, newest: Head) -> Path:
    """A bundle's folder that carries `newest`."""
    custody = {"position": newest.position, "hash": newest.hash}
    (folder / "manifest.json").write_text(json.dumps({"title": "x", "custody": custody}))
    return folder


BAD_BUNDLES = {
    "not json": "{",
    "a list": "[]",
    "no head": "{}",
    "a short hash": '{"custody": {"position": 1, "hash": "abc"}}',
    "no position": f'{{"custody": {{"hash": "{"a" * 64}"}}}}',
}


@pytest.mark.parametrize("what", BAD_BUNDLES)
def test_a_bundle_without_a_head_is_misuse_not_success(tmp_path: Path, what: str) -> None:
    (tmp_path / "manifest.json").write_text(BAD_BUNDLES[what])
    with pytest.raises(InvalidInput):
        read_head(tmp_path)


def test_a_bundle_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_head(tmp_path / "nowhere")


@pytest.fixture
def case(catalog: Catalog) -> Catalog:
    """An incident with one recording, its plan, and another recording that is none of it."""
    with catalog.write() as session:
        session.add(
            Incident(id="i", number="1", title="t", kind="k", occurred_at=START, district="d")
        )
        session.add_all(_recording(name) for name in ("mine", "other"))
        session.flush()
        session.add(_tag())
        session.add(_plan())
        for kind, id_ in (
            (Subject.RECORDING, "mine"),
            (Subject.RECORDING, "other"),
            (Subject.PLAN, "plan"),
            (Subject.INCIDENT, "i"),
        ):
            record(session, Act.IMPORT, about=About(kind, id_), actor="a", at=START)
        session.commit()
    return catalog


def test_a_recordings_export_holds_its_entries_and_those_of_its_plans(case: Catalog) -> None:
    with case.read() as session:
        links = entries_about(session, about_recording(session, "mine"))
        document = export(session, about_recording(session, "mine"))
        assert document["custody"] == {"position": 4, "hash": head(session).hash}
    assert [link.entry.subject_id for link in links] == ["mine", "plan"]


def test_an_incidents_export_holds_its_recordings_too_and_no_others(case: Catalog) -> None:
    with case.read() as session:
        links = entries_about(session, about_incident(session, "i"))
    assert [link.entry.subject_id for link in links] == ["mine", "plan", "i"]


def test_what_does_not_exist_has_no_export(case: Catalog) -> None:
    with case.read() as session:
        with pytest.raises(NotFound):
            about_recording(session, "nobody")
        with pytest.raises(NotFound):
            about_incident(session, "nobody")


class TestCommand:
    """`bwc custody`, on SQLite."""

    @pytest.fixture(autouse=True)
    def home(
        self, sqlite_catalog: Catalog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> Iterator[Catalog]:
        monkeypatch.setenv("BWC_CATALOG__URL", sqlite_catalog.url)
        monkeypatch.chdir(tmp_path)
        with sqlite_catalog.write() as session:
            session.add(_recording("mine"))
            for number in range(3):
                about = About(Subject.RECORDING, "mine")
                detail: dict[str, object] = {"number": number}
                record(session, Act.FIXITY_CHECK, about=about, actor="w", at=START, detail=detail)
            session.commit()
        return sqlite_catalog

    def test_a_sound_ledger_ends_with_0_and_prints_its_head(self) -> None:
        result = CliRunner().invoke(app, ["verify", "--json"])
        assert result.exit_code == 0
        document = json.loads(result.stdout)
        assert document["intact"] is True
        assert document["entries"] == 3
        assert document["break"] is None

    def test_a_broken_ledger_ends_with_1_and_names_the_first_broken_link(
        self, home: Catalog
    ) -> None:
        tamper(home, "UPDATE custody_entries SET actor = 'nobody' WHERE position = 2")
        schema.upgrade(home)
        result = CliRunner().invoke(app, ["verify"])
        assert result.exit_code == 1
        assert "BROKEN at entry 2: changed" in result.stdout
        document = json.loads(CliRunner().invoke(app, ["verify", "--json"]).stdout)
        assert document["break"]["position"] == 2

    def test_a_ledger_that_lacks_a_published_head_ends_with_1(self, tmp_path: Path) -> None:
        bundle = publish(tmp_path, Head(9, Sha256("a" * 64)))
        result = CliRunner().invoke(app, ["verify", "--against", str(bundle)])
        assert result.exit_code == 1
        assert "truncated" in result.stdout

    def test_a_bundle_that_is_not_there_ends_with_2(self) -> None:
        result = CliRunner().invoke(app, ["verify", "--against", "nowhere"])
        assert result.exit_code == 2

    def test_show_lists_every_act_on_a_recording(self) -> None:
        result = CliRunner().invoke(app, ["show", "--recording", "mine"])
        assert result.exit_code == 0
        assert result.stdout.count("fixity check") == 3
        document = json.loads(
            CliRunner().invoke(app, ["show", "--recording", "mine", "--json"]).stdout
        )
        assert [entry["position"] for entry in document["entries"]] == [1, 2, 3]

    def test_show_wants_exactly_one_thing(self) -> None:
        assert CliRunner().invoke(app, ["show"]).exit_code == 2
        both = ["show", "--recording", "mine", "--incident", "i"]
        assert CliRunner().invoke(app, both).exit_code == 2

    def test_an_empty_catalog_is_misuse_with_advice(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("BWC_CATALOG__URL", f"sqlite:///{tmp_path / 'new.db'}")
        monkeypatch.chdir(tmp_path)
        result = CliRunner().invoke(app, ["verify"])
        assert result.exit_code == 2
        assert "bwc db upgrade" in result.stderr


def test_a_catalog_of_another_version_is_refused(catalog: Catalog) -> None:
    schema.require_current(catalog)
    schema.downgrade(catalog, "0001")
    with pytest.raises(Conflict, match="bwc db upgrade"):
        schema.require_current(catalog)


def _recording(name: str) -> Recording:
    return Recording(
        id=name,
        sha256=name.ljust(64, "0"),
        size_bytes=1,
        original_name="a.mp4",
        state=RecordingState.READY,
        received_at=START,
    )


def _tag() -> Tag:
    return Tag(
        recording_id="mine",
        incident_id="i",
        confidence=1.0,
        explanation="e",
        source=TagSource.MATCHER,
        author="a",
        created_at=START,
    )


def _plan() -> Plan:
    return Plan(
        id="plan",
        recording_id="mine",
        version=1,
        sha256="a" * 64,
        document={},
        author="a",
        created_at=START,
    )
