"""Destroying bytes for good: what every vault must do, and what a lock of S3 forbids."""

import ast
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bwc.clock import FixedClock
from bwc.errors import Conflict, NotFound, NotPermitted
from bwc.ids import Sha256
from bwc.settings import LockMode
from bwc.vault.local import LocalVault
from bwc.vault.protocol import Vault
from bwc.vault.s3 import Lock, S3Vault, Spool
from bwc.vault.s3_bucket import Bucket
from tests.servers import SeaweedServer

ROOT = Path(__file__).parents[2]
BODY = b"the first frame and all that follow"
NOBODY = Sha256("0" * 64)


def s3_vault(bucket: Bucket, folder: Path, mode: LockMode = LockMode.COMPLIANCE) -> S3Vault:
    clock = FixedClock(datetime.now(UTC))
    return S3Vault(bucket, spool=Spool(folder / "spool"), lock=Lock(mode, 1), clock=clock)


@pytest.fixture(params=["local", "s3"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Vault]:
    """An empty vault of each kind whose store holds no locks."""
    if request.param == "local":
        yield LocalVault(tmp_path / "vault")
        return
    server: SeaweedServer = request.getfixturevalue("seaweed")
    bucket = Bucket(server.store("plain"))
    yield s3_vault(bucket, tmp_path)
    bucket.close()


def test_what_is_disposed_of_is_gone_and_the_rest_stays(vault: Vault) -> None:
    doomed, kept = vault.put(io.BytesIO(BODY)), vault.put(io.BytesIO(b"another recording"))
    vault.dispose(doomed.sha256)
    assert not vault.has(doomed.sha256)
    assert list(vault.addresses()) == [kept.sha256]
    with pytest.raises(NotFound):
        vault.check(doomed.sha256)


def test_disposing_twice_or_of_nothing_is_no_error(vault: Vault) -> None:
    doomed = vault.put(io.BytesIO(BODY))
    vault.dispose(doomed.sha256)
    vault.dispose(doomed.sha256)
    vault.dispose(NOBODY)
    assert not vault.has(doomed.sha256)


@pytest.mark.parametrize("mode", list(LockMode))
def test_a_lock_of_the_store_refuses_disposal_and_nothing_is_lost(
    seaweed: SeaweedServer, tmp_path: Path, mode: LockMode
) -> None:
    bucket = Bucket(seaweed.store("evidence"))
    vault = s3_vault(bucket, tmp_path, mode)
    stored = vault.put(io.BytesIO(BODY))
    with pytest.raises(Conflict, match=r"lock still holds .* locked until \d{4}-"):
        vault.dispose(stored.sha256)
    vault.check(stored.sha256)
    bucket.close()


def test_the_store_keeps_a_locked_original_even_where_our_clock_runs_ahead(
    seaweed: SeaweedServer, tmp_path: Path
) -> None:
    bucket = Bucket(seaweed.store("evidence"))
    stored = s3_vault(bucket, tmp_path).put(io.BytesIO(BODY))
    ahead = FixedClock(datetime.now(UTC) + timedelta(days=2))
    vault = S3Vault(bucket, spool=Spool(tmp_path), lock=Lock(LockMode.COMPLIANCE, 1), clock=ahead)
    with pytest.raises(NotPermitted, match="the object store refused"):
        vault.dispose(stored.sha256)
    vault.check(stored.sha256)
    bucket.close()


def test_only_retention_and_the_end_of_a_link_destroy_bytes_of_the_vault() -> None:
    callers = set()
    for folder in ("bwc", "workers", "api"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and node.attr == "dispose":
                    callers.add((path.relative_to(ROOT).as_posix(), ast.unparse(node.value)))
    of_the_vault = {path for path, owner in callers if owner.rpartition(".")[2] != "engine"}
    assert of_the_vault == {"workers/steps/retention.py", "workers/steps/links.py"}
