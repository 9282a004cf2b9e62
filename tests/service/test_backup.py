"""Backup, destroy, restore, verify: between databases and between kinds of stores."""

import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bwc.catalog import schema
from bwc.catalog.store import Catalog
from bwc.catalog.tables import (
    Base,
    CustodyEntry,
    Session,
    User,
)
from bwc.catalog.tables import Job as JobRow
from bwc.cli.main import build
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.custody.verify import verify
from bwc.errors import Conflict, IntegrityError, InvalidInput, NotFound, TransientError
from bwc.upkeep.backup import Stores, make_backup
from bwc.upkeep.manifest import Backup, Manifest
from bwc.upkeep.restore import check_backup, restore_backup
from bwc.vault.local import LocalVault
from tests.houses import KEY, NOW, ORIGINAL, POSTER, VIDEO, Houses, furnished, local, sha256_of


def quiet(_what: str) -> None:
    """Say nothing."""


@pytest.fixture
def house(catalog: Catalog, tmp_path: Path) -> Stores:
    return furnished(local(catalog, tmp_path / "house"))


@pytest.fixture
def sqlite_house(sqlite_catalog: Catalog, tmp_path: Path) -> Stores:
    return furnished(local(sqlite_catalog, tmp_path / "house"))


@pytest.fixture
def houses(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Houses]:
    made = Houses(request, tmp_path / "new", [])
    yield made
    for close in made.opened:
        close()


def contents(catalog: Catalog) -> dict[str, list[Any]]:
    """Every row of every table that a backup holds, but for what custody says of the restore."""
    with catalog.read() as session:
        return {
            table.name: [
                tuple(row)
                for row in session.execute(sa.select(table).order_by(*table.primary_key.columns))
                if not (table.name == "custody_entries" and row.act in BACKUP_ACTS)
            ]
            for table in Base.metadata.sorted_tables
            if table.name != "sessions"
        }


BACKUP_ACTS = (Act.BACKUP_MADE.value, Act.RESTORED.value)


def back_up(house: Stores, folder: Path) -> Manifest:
    return make_backup(house, folder, by="a", at=NOW, say=quiet)


def restore(house: Stores, folder: Path) -> Manifest:
    return restore_backup(house, Backup(folder), by="a", at=NOW, say=quiet)


@pytest.mark.parametrize("store", ["local", "s3"])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_destroyed_house_comes_back_whole_on_any_database_and_store(
    house: Stores, houses: Houses, tmp_path: Path, database: str, store: str
) -> None:
    back_up(house, tmp_path / "backup")
    before = contents(house.catalog)
    shutil.rmtree(tmp_path / "house")

    new = houses.empty(database, store)
    restore(new, tmp_path / "backup")

    assert contents(new.catalog) == before
    assert len(before["custody_entries"]) == 1200
    for sha256 in new.vault.addresses():
        new.vault.check(sha256)
    assert b"".join(new.vault.read(sha256_of(ORIGINAL))) == ORIGINAL
    assert b"".join(new.public.read(KEY)) == VIDEO
    assert list(new.public.keys("")) == ["log/2026-03-01.json", KEY]
    with new.catalog.read() as session:
        assert verify(session).broken is None


def test_backup_and_restore_leave_their_traces(
    house: Stores, houses: Houses, tmp_path: Path
) -> None:
    manifest = back_up(house, tmp_path / "backup")
    new = houses.empty("sqlite", "local")
    restore(new, tmp_path / "backup")
    name = Backup(tmp_path / "backup").sha256()
    for stores, act in ((house, Act.BACKUP_MADE), (new, Act.RESTORED)):
        with stores.catalog.read() as session:
            newest = session.scalars(
                sa.select(CustodyEntry).order_by(CustodyEntry.position.desc()).limit(1)
            ).one()
            assert newest.act == act.value
            assert newest.detail["manifest_sha256"] == name
            assert newest.position == manifest.custody.position + 1
            assert verify(session, [manifest.head]).broken is None


def test_nobody_is_signed_in_after_a_restore(
    sqlite_house: Stores, houses: Houses, tmp_path: Path
) -> None:
    back_up(sqlite_house, tmp_path / "backup")
    new = houses.empty("sqlite", "local")
    restore(new, tmp_path / "backup")
    with new.catalog.read() as session:
        assert session.scalars(sa.select(Session)).all() == []
        assert session.scalars(sa.select(User)).one().username == "u"


def test_an_empty_json_column_stays_empty(
    sqlite_house: Stores, houses: Houses, tmp_path: Path
) -> None:
    back_up(sqlite_house, tmp_path / "backup")
    new = houses.empty("sqlite", "local")
    restore(new, tmp_path / "backup")
    with new.catalog.read() as session:
        assert (
            len(session.scalars(sa.select(JobRow).where(JobRow.result.is_(sa.null()))).all()) == 2
        )


def test_a_backup_is_a_snapshot_of_one_moment(house: Stores, tmp_path: Path) -> None:
    written = False

    def write_meanwhile(what: str) -> None:
        nonlocal written
        if what == "catalog" and not written:
            written = True
            with house.catalog.write() as session:
                about = About(Subject.RECORDING, "r")
                record(session, Act.VIEWING, about=about, actor="w", at=NOW)
                session.commit()

    folder = tmp_path / "backup"
    manifest = make_backup(house, folder, by="a", at=NOW, say=write_meanwhile)
    rows = {part.name: part.rows for part in manifest.tables}
    assert written
    assert rows["custody_entries"] == manifest.custody.position == 1200
    check_backup(Backup(folder), say=quiet)


def test_damaged_and_missing_objects_are_named_and_the_rest_is_saved(
    sqlite_house: Stores, tmp_path: Path
) -> None:
    vault = tmp_path / "house" / "vault"
    poster, original = sha256_of(POSTER), sha256_of(ORIGINAL)
    (vault / poster[:2] / poster).chmod(0o600)
    (vault / poster[:2] / poster).write_bytes(b"rot")
    (vault / original[:2] / original).unlink()
    manifest = back_up(sqlite_house, tmp_path / "backup")
    assert manifest.damaged == [poster]
    assert manifest.missing == [original]
    assert manifest.vault.objects == 0
    check_backup(Backup(tmp_path / "backup"), say=quiet)


def test_a_backup_goes_into_an_empty_folder_only(sqlite_house: Stores, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "something").touch()
    with pytest.raises(Conflict, match="not empty"):
        back_up(sqlite_house, tmp_path / "backup")


def test_a_house_that_is_not_empty_is_not_restored_into(
    sqlite_house: Stores, houses: Houses, tmp_path: Path
) -> None:
    back_up(sqlite_house, tmp_path / "backup")
    with pytest.raises(Conflict, match="catalog is not empty"):
        restore(sqlite_house, tmp_path / "backup")
    new = houses.empty("sqlite", "local")
    new.vault.put(io.BytesIO(b"something else"))
    with pytest.raises(Conflict, match="vault is not empty"):
        restore(new, tmp_path / "backup")
    other = local(new.catalog, tmp_path / "other")
    other.public.replace("log/x.json", b"{}", content_type="application/json")
    with pytest.raises(Conflict, match="public store is not empty"):
        restore(other, tmp_path / "backup")


def test_a_restore_that_was_cut_off_can_be_run_again(
    sqlite_house: Stores, houses: Houses, tmp_path: Path
) -> None:
    back_up(sqlite_house, tmp_path / "backup")
    new = houses.empty("sqlite", "local")

    def break_off(what: str) -> None:
        if what.startswith("public"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore_backup(new, Backup(tmp_path / "backup"), by="a", at=NOW, say=break_off)
    restore(new, tmp_path / "backup")
    assert contents(new.catalog) == contents(sqlite_house.catalog)


def _shorten(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))


def _rot(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(b"rot")


DAMAGE: dict[str, tuple[str, Callable[[Path], None]]] = {
    "a table lost a row": ("catalog/custody_entries.jsonl", _shorten),
    "a table is gone": ("catalog/recordings.jsonl", Path.unlink),
    "an original rotted": ("vault", lambda path: _rot(next(path.glob("[0-9a-f]*/*")))),
    "an original is gone": ("vault", lambda path: next(path.glob("[0-9a-f]*/*")).unlink()),
    "a published video rotted": (f"public/{KEY}", _rot),
    "a published video is gone": (f"public/{KEY}", Path.unlink),
    "the list of objects was changed": ("vault.jsonl", _shorten),
    "the list of keys was changed": ("public.jsonl", _shorten),
    "the list of objects is no list": ("vault.jsonl", _rot),
    "the list of keys is gone": ("public.jsonl", Path.unlink),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_backup_is_refused_before_anything_is_written(
    sqlite_house: Stores, houses: Houses, tmp_path: Path, what: str
) -> None:
    back_up(sqlite_house, tmp_path / "backup")
    where, do = DAMAGE[what]
    do(tmp_path / "backup" / where)
    new = houses.empty("sqlite", "local")
    with pytest.raises(IntegrityError, match="damaged"):
        restore(new, tmp_path / "backup")
    assert schema.current_revision(new.catalog) is None
    assert list(new.vault.addresses()) == []
    assert list(new.public.keys("")) == []


def test_a_backup_whose_chain_was_rewritten_is_refused_though_its_hashes_fit(
    sqlite_house: Stores, houses: Houses, tmp_path: Path
) -> None:
    backup = Backup(tmp_path / "backup")
    manifest = back_up(sqlite_house, backup.folder)
    path = backup.table("custody_entries")
    path.write_bytes(path.read_bytes().replace(b'"number":7,', b'"number":8,', 1))
    tables = [
        part.model_copy(update={"sha256": sha256_of(path.read_bytes())})
        if part.name == "custody_entries"
        else part
        for part in manifest.tables
    ]
    backup.write_manifest(manifest.model_copy(update={"tables": tables}))
    new = houses.empty("sqlite", "local")
    with pytest.raises(IntegrityError, match="broken at entry 8"):
        restore(new, backup.folder)
    assert list(new.vault.addresses()) == []


def test_a_backup_for_which_there_is_no_room_is_refused_before_anything_is_written(
    sqlite_house: Stores, houses: Houses, tmp_path: Path
) -> None:
    back_up(sqlite_house, tmp_path / "backup")
    new = houses.empty("sqlite", "local")
    full = replace(new, vault=LocalVault(tmp_path / "new" / "vault", keep_free_bytes=1 << 60))
    with pytest.raises(TransientError, match="no room"):
        restore(full, tmp_path / "backup")
    assert list(new.public.keys("")) == []


def test_a_folder_without_a_manifest_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no complete backup"):
        check_backup(Backup(tmp_path), say=quiet)
    (tmp_path / "manifest.json").write_text('{"format": 2}')
    with pytest.raises(InvalidInput):
        check_backup(Backup(tmp_path), say=quiet)
    with pytest.raises(NotFound, match="no complete backup"):
        check_backup(Backup(tmp_path / "manifest.json"), say=quiet)


def test_a_backup_that_is_done_lies_on_disk(
    sqlite_house: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[Path] = set()
    monkeypatch.setattr(os, "fsync", lambda fd: synced.add(Path(f"/proc/self/fd/{fd}").readlink()))
    folder = tmp_path / "disk" / "backup"
    back_up(sqlite_house, folder)
    lists = {folder / "vault.jsonl", folder / "public.jsonl", *folder.glob("catalog/*.jsonl")}
    names = {tmp_path, folder.parent, folder, folder / "catalog", folder / "manifest.json.part"}
    assert lists | names <= synced
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_backup_of_another_schema_is_refused_with_advice(
    sqlite_house: Stores, houses: Houses, tmp_path: Path
) -> None:
    backup = Backup(tmp_path / "backup")
    manifest = back_up(sqlite_house, backup.folder)
    backup.write_manifest(manifest.model_copy(update={"revision": "0001"}))
    with pytest.raises(Conflict, match="another version"):
        restore(houses.empty("sqlite", "local"), backup.folder)


def test_the_commands_back_up_restore_and_verify(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BWC_HOME", str(tmp_path / "old"))
    monkeypatch.setenv("BWC_INTAKE__RESERVE_BYTES", "0")
    assert run("db", "status")[0] == 1
    assert run("db", "upgrade")[0] == 0
    assert run("db", "status")[0] == 0
    catalog = Catalog(f"sqlite:///{tmp_path / 'old' / 'catalog.db'}")
    furnished(local(catalog, tmp_path / "old"))
    catalog.close()

    code, made = run("backup", "copy")
    assert code == 0
    assert made["objects"] == 2
    assert run("backup", "copy")[0] == 2  # not empty any more
    shutil.rmtree(tmp_path / "old")

    monkeypatch.setenv("BWC_HOME", str(tmp_path / "new"))
    assert run("restore", "copy", "--check")[0] == 0
    code, restored = run("restore", "copy")
    assert code == 0
    assert restored["manifest_sha256"] == made["manifest_sha256"]
    code, verified = run("custody", "verify", "--against", "copy")
    assert code == 0
    assert verified["intact"] is True
    assert verified["entries"] == 1201
    assert run("restore", "copy")[0] == 2


def run(*arguments: str) -> tuple[int, Any]:
    """Run `bwc` with these arguments and --json."""
    result = CliRunner().invoke(build(arguments), [*arguments, "--json"])
    return result.exit_code, json.loads(result.stdout) if result.stdout else None
