"""What every vault must do. The same tests run on a local folder and on a real S3."""

import hashlib
import io
import os
import resource
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bwc.clock import SystemClock
from bwc.errors import IntegrityError, InvalidInput, NotFound, TransientError
from bwc.ids import Sha256
from bwc.settings import LockMode
from bwc.vault.files import spooled
from bwc.vault.local import LocalVault
from bwc.vault.protocol import Vault
from bwc.vault.s3 import Lock, S3Vault, Spool
from bwc.vault.s3_bucket import Bucket
from tests.servers import SeaweedServer

BODY = b"the first frame and all that follow"
NOWHERE = Sha256("0" * 64)
CLOCK = SystemClock()


@pytest.fixture(params=["local", "s3", "s3-locking"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Vault]:
    """An empty vault of each kind; the S3 ones on a real server."""
    if request.param == "local":
        yield LocalVault(tmp_path / "vault")
        return
    server: SeaweedServer = request.getfixturevalue("seaweed")
    bucket = Bucket(server.store("evidence" if request.param == "s3-locking" else "plain"))
    yield s3_vault(bucket, tmp_path)
    bucket.close()


def s3_vault(bucket: Bucket, folder: Path) -> S3Vault:
    """A vault in `bucket` whose objects are locked for a day."""
    return S3Vault(
        bucket, spool=Spool(folder / "spool"), lock=Lock(LockMode.COMPLIANCE, 1), clock=CLOCK
    )


def sha256_of(body: bytes) -> Sha256:
    return Sha256(hashlib.sha256(body).hexdigest())


class BrokenPipe(io.RawIOBase):
    """A source that gives some bytes and then fails, as a camera dock pulled out would."""

    def __init__(self) -> None:
        self._left = [b"half of "]

    def read(self, _size: int = -1) -> bytes:
        if not self._left:
            raise OSError(5, "Input/output error")
        return self._left.pop()


def test_bytes_are_named_by_their_sha256_and_come_back_whole(vault: Vault) -> None:
    stored = vault.put(io.BytesIO(BODY))
    assert stored.sha256 == sha256_of(BODY)
    assert (stored.size_bytes, stored.existed) == (len(BODY), False)
    assert vault.has(stored.sha256)
    assert vault.size(stored.sha256) == len(BODY)
    assert b"".join(vault.read(stored.sha256)) == BODY
    vault.check(stored.sha256)


def test_an_empty_object_is_an_object(vault: Vault) -> None:
    stored = vault.put(io.BytesIO(b""))
    assert vault.size(stored.sha256) == 0
    assert b"".join(vault.read(stored.sha256)) == b""


def test_storing_the_same_bytes_twice_says_so_and_leaves_them_alone(vault: Vault) -> None:
    first = vault.put(io.BytesIO(BODY))
    second = vault.put(io.BytesIO(BODY))
    assert second.existed
    assert second.sha256 == first.sha256
    assert list(vault.addresses()) == [first.sha256]


def test_bytes_other_than_those_announced_are_refused_and_not_kept(vault: Vault) -> None:
    with pytest.raises(IntegrityError, match="announced"):
        vault.put(io.BytesIO(BODY), expected=NOWHERE)
    assert list(vault.addresses()) == []
    assert not vault.has(sha256_of(BODY))


def test_announced_bytes_are_taken(vault: Vault) -> None:
    assert vault.put(io.BytesIO(BODY), expected=sha256_of(BODY)).sha256 == sha256_of(BODY)


def test_a_source_that_breaks_off_leaves_nothing_half_done(vault: Vault) -> None:
    with pytest.raises(TransientError):
        vault.put(BrokenPipe())  # type: ignore[arg-type]
    assert list(vault.addresses()) == []


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        (0, 4, BODY[:4]),
        (4, 5, BODY[4:9]),
        (4, None, BODY[4:]),
        (len(BODY) - 1, 100, BODY[-1:]),
        (len(BODY), 10, b""),
        (10_000, None, b""),
        (3, 0, b""),
    ],
)
def test_a_range_gives_exactly_its_bytes(
    vault: Vault, start: int, length: int | None, expected: bytes
) -> None:
    sha256 = vault.put(io.BytesIO(BODY)).sha256
    assert b"".join(vault.read(sha256, start=start, length=length)) == expected


def test_a_range_before_the_first_byte_is_refused(vault: Vault) -> None:
    sha256 = vault.put(io.BytesIO(BODY)).sha256
    with pytest.raises(InvalidInput):
        vault.read(sha256, start=-1)
    with pytest.raises(InvalidInput):
        vault.read(sha256, length=-1)


def test_a_large_object_is_read_in_chunks_and_ranges(vault: Vault) -> None:
    body = os.urandom(3 * 2**20 + 17)
    sha256 = vault.put(io.BytesIO(body)).sha256
    assert max(len(chunk) for chunk in vault.read(sha256)) <= 2**20
    assert b"".join(vault.read(sha256)) == body
    assert b"".join(vault.read(sha256, start=2**20 - 3, length=2**20)) == body[2**20 - 3 :][: 2**20]


def test_what_is_not_stored_is_not_found(vault: Vault) -> None:
    assert not vault.has(NOWHERE)
    with pytest.raises(NotFound):
        vault.size(NOWHERE)
    with pytest.raises(NotFound):
        vault.read(NOWHERE)
    with pytest.raises(NotFound):
        vault.check(NOWHERE)
    with pytest.raises(NotFound), vault.path(NOWHERE):
        pass


@pytest.mark.parametrize("name", ["../../etc/passwd", "a", "A" * 64, "0" * 63 + "/", "0" * 65, ""])
def test_a_name_that_is_no_sha256_is_refused(vault: Vault, name: str) -> None:
    with pytest.raises(InvalidInput):
        vault.has(Sha256(name))
    with pytest.raises(InvalidInput):
        vault.read(Sha256(name))


def test_path_gives_a_read_only_file_with_these_bytes(vault: Vault) -> None:
    sha256 = vault.put(io.BytesIO(BODY)).sha256
    with vault.path(sha256) as path:
        assert path.read_bytes() == BODY
        assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def test_addresses_come_in_order(vault: Vault) -> None:
    stored = {vault.put(io.BytesIO(bytes([number]))).sha256 for number in range(20)}
    assert list(vault.addresses()) == sorted(stored)


def test_room_is_reserved_where_there_is_room(vault: Vault) -> None:
    vault.reserve(1)
    assert list(vault.addresses()) == []  # room alone stores nothing


class TestLocalVault:
    """What only a folder can show."""

    def test_damage_on_the_disk_is_found(self, tmp_path: Path) -> None:
        vault = LocalVault(tmp_path)
        sha256 = vault.put(io.BytesIO(BODY)).sha256
        damage(tmp_path / sha256[:2] / sha256)
        with pytest.raises(IntegrityError, match="name says"):
            vault.check(sha256)
        with pytest.raises(IntegrityError):
            vault.put(io.BytesIO(BODY))

    def test_more_than_the_disk_holds_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(TransientError, match="no room"):
            LocalVault(tmp_path / "vault").reserve(2**62)
        with pytest.raises(TransientError, match="no room"):
            LocalVault(tmp_path / "vault", keep_free_bytes=2**62).reserve(1)

    def test_a_link_that_leads_out_of_the_folder_is_refused(self, tmp_path: Path) -> None:
        sha256 = sha256_of(BODY)
        (tmp_path / "outside").write_bytes(BODY)
        (tmp_path / "vault" / sha256[:2]).mkdir(parents=True)
        (tmp_path / "vault" / sha256[:2] / sha256).symlink_to(tmp_path / "outside")
        with pytest.raises(InvalidInput, match="leads out"):
            LocalVault(tmp_path / "vault").read(sha256)

    def test_a_file_that_is_no_object_does_not_hide_the_objects(self, tmp_path: Path) -> None:
        vault = LocalVault(tmp_path)
        sha256 = vault.put(io.BytesIO(BODY)).sha256
        (tmp_path / sha256[:2] / ".nfs000000000000002a").touch()
        assert list(vault.addresses()) == [sha256]

    def test_a_copy_in_use_is_never_taken_for_one_that_was_left(self, tmp_path: Path) -> None:
        with spooled(io.BytesIO(BODY), tmp_path, mode=0o400) as copy:
            os.utime(copy.path, (0, 0))
            LocalVault(tmp_path).put(io.BytesIO(b"another"))
            assert copy.path.exists()

    def test_what_a_killed_writer_left_is_removed_after_an_hour(self, tmp_path: Path) -> None:
        vault = LocalVault(tmp_path)
        vault.put(io.BytesIO(BODY))
        left, living = tmp_path / ".incoming" / "left", tmp_path / ".incoming" / "living"
        left.write_bytes(b"x")
        living.write_bytes(b"x")
        an_hour_ago = time.time() - 3601
        os.utime(left, (an_hour_ago, an_hour_ago))
        vault.put(io.BytesIO(b"another"))
        assert not left.exists()
        assert living.exists()

    def test_a_disk_that_fills_in_mid_write_leaves_nothing(self, tmp_path: Path) -> None:
        vault = LocalVault(tmp_path)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, hard))
        try:
            with pytest.raises(TransientError):
                vault.put(io.BytesIO(bytes(3 * 2**20)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert list(vault.addresses()) == []
        assert list((tmp_path / ".incoming").iterdir()) == []


def damage(path: Path) -> None:
    """Flip one byte, as a failing disk would."""
    path.chmod(0o600)
    body = bytearray(path.read_bytes())
    body[3] ^= 1
    path.write_bytes(body)
