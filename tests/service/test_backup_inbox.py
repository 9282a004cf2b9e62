"""A backup holds the key that opens what the public wrote; without it letters stay sealed."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from bwc.catalog.store import Catalog
from bwc.errors import Conflict, IntegrityError
from bwc.settings import Settings
from bwc.upkeep.backup import Stores, make_backup
from bwc.upkeep.manifest import Backup
from bwc.upkeep.restore import check_backup, restore_backup
from bwc.vault.inbox import desk_key, key_file
from bwc.vault.sealed import public_of, seal, unseal
from tests.houses import NOW, furnished, local

pytestmark = pytest.mark.service


def quiet(_what: str) -> None:
    """Say nothing."""


def test_a_letter_sealed_before_the_loss_is_opened_after_the_restore(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    old, new = Settings(home=tmp_path / "old"), Settings(home=tmp_path / "new")
    sealed = seal(public_of(desk_key(old)), b"words")
    house = furnished(local(sqlite_catalog, tmp_path / "old"))
    folder = tmp_path / "backup"
    house = replace(house, inbox_key=key_file(old))
    assert make_backup(house, folder, by="a", at=NOW, say=quiet).inbox_key is not None
    assert stat.S_IMODE((folder / "inbox.key").stat().st_mode) == 0o600
    empty = local(Catalog(f"sqlite:///{tmp_path / 'new.db'}"), tmp_path / "new")
    empty = replace(empty, inbox_key=key_file(new))
    restore_backup(empty, Backup(folder), by="a", at=NOW, say=quiet)
    assert unseal(desk_key(new), sealed) == b"words"
    empty.catalog.close()


def test_a_key_of_its_own_is_not_overwritten_and_a_changed_one_not_believed(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    old, new = Settings(home=tmp_path / "old"), Settings(home=tmp_path / "new")
    desk_key(old)
    house: Stores = replace(
        furnished(local(sqlite_catalog, tmp_path / "old")), inbox_key=key_file(old)
    )
    folder = tmp_path / "backup"
    make_backup(house, folder, by="a", at=NOW, say=quiet)
    other = desk_key(new)
    empty = local(Catalog(f"sqlite:///{tmp_path / 'new.db'}"), tmp_path / "new")
    with pytest.raises(Conflict, match="another key"):
        restore_backup(
            replace(empty, inbox_key=key_file(new)), Backup(folder), by="a", at=NOW, say=quiet
        )
    assert desk_key(new) == other
    empty.catalog.close()
    (folder / "inbox.key").chmod(0o600)
    (folder / "inbox.key").write_text("changed")
    with pytest.raises(IntegrityError):
        check_backup(Backup(folder), say=quiet)
