"""What only S3 can show: rights, signatures, locks, parts and servers that do not answer."""

import hashlib
import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from pydantic import SecretStr

from bwc.clock import FixedClock
from bwc.errors import Conflict, IntegrityError, NotFound, NotPermitted, TransientError
from bwc.ids import Sha256
from bwc.settings import LockMode, Settings, Store, VaultStore
from bwc.vault import s3_bucket
from bwc.vault.files import spooled
from bwc.vault.local import LocalPublicStore, LocalVault
from bwc.vault.open import open_public_store, open_vault
from bwc.vault.s3 import Lock, S3PublicStore, S3Vault, Spool
from bwc.vault.s3_bucket import PART_BYTES, Bucket
from tests.servers import SeaweedServer, free_ports

BODY = b"the first frame and all that follow"
NOW = datetime.now(UTC)


@pytest.fixture
def evidence(seaweed: SeaweedServer) -> Store:
    return seaweed.store("evidence")


@pytest.fixture
def bucket(evidence: Store) -> Iterator[Bucket]:
    bucket = Bucket(evidence)
    yield bucket
    bucket.close()


@pytest.fixture
def vault(bucket: Bucket, tmp_path: Path) -> S3Vault:
    return vault_in(bucket, tmp_path)


def vault_in(bucket: Bucket, folder: Path, mode: LockMode = LockMode.COMPLIANCE) -> S3Vault:
    return S3Vault(bucket, spool=Spool(folder), lock=Lock(mode, 90), clock=FixedClock(NOW))


def raw(store: Store) -> Any:
    """The same account without our adapter, as an intruder with its credentials would use it."""
    assert store.access_key is not None
    assert store.secret_key is not None
    return boto3.client(
        "s3",
        endpoint_url=store.endpoint,
        region_name=store.region,
        aws_access_key_id=store.access_key.get_secret_value(),
        aws_secret_access_key=store.secret_key.get_secret_value(),
    )


@pytest.mark.parametrize("mode", list(LockMode))
def test_an_original_in_a_locking_bucket_is_locked_for_the_days_the_law_asks(
    bucket: Bucket, evidence: Store, tmp_path: Path, mode: LockMode
) -> None:
    stored = vault_in(bucket, tmp_path, mode).put(io.BytesIO(BODY))
    client = raw(evidence)
    head = client.head_object(Bucket="evidence", Key=f"{evidence.prefix}objects/{stored.sha256}")
    assert head["ObjectLockMode"] == mode.value
    assert abs(head["ObjectLockRetainUntilDate"] - NOW - timedelta(days=90)) < timedelta(seconds=2)
    client.close()


def test_a_locked_original_cannot_be_deleted_by_the_account_that_stored_it(
    vault: S3Vault, evidence: Store
) -> None:
    sha256 = vault.put(io.BytesIO(BODY)).sha256
    client = raw(evidence)
    key = f"{evidence.prefix}objects/{sha256}"
    version = client.head_object(Bucket="evidence", Key=key)["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        client.delete_object(Bucket="evidence", Key=key, VersionId=version)
    client.close()
    vault.check(sha256)


def test_a_bucket_without_locks_takes_objects_without_them(
    seaweed: SeaweedServer, tmp_path: Path
) -> None:
    store = seaweed.store("plain")
    bucket = Bucket(store)
    assert not bucket.is_locking()
    vault_in(bucket, tmp_path).put(io.BytesIO(BODY))
    bucket.close()


def test_a_large_file_goes_up_in_parts_each_checked_by_its_sha256(
    vault: S3Vault, evidence: Store
) -> None:
    body = os.urandom(PART_BYTES + 12345)
    stored = vault.put(io.BytesIO(body))
    client = raw(evidence)
    head = client.head_object(
        Bucket="evidence",
        Key=f"{evidence.prefix}objects/{stored.sha256}",
        ChecksumMode="ENABLED",
    )
    assert head["ChecksumSHA256"].endswith("-2")
    assert head["ObjectLockMode"] == "COMPLIANCE"
    client.close()
    vault.check(stored.sha256)
    assert (
        b"".join(vault.read(stored.sha256, start=PART_BYTES - 5, length=10))
        == (body[PART_BYTES - 5 : PART_BYTES + 5])
    )


@pytest.mark.parametrize("size", [10, PART_BYTES + 10])
def test_a_taken_key_stays_as_it_is_whole_or_in_parts(
    bucket: Bucket, tmp_path: Path, size: int
) -> None:
    first, second = os.urandom(size), os.urandom(size)
    with spooled(io.BytesIO(first), tmp_path, mode=0o400) as spool:
        assert bucket.put_new("taken", spool, {})
    with spooled(io.BytesIO(second), tmp_path, mode=0o400) as spool:
        assert not bucket.put_new("taken", spool, {})
    assert b"".join(bucket.read("taken", start=0, length=None)) == first


def test_a_part_that_arrives_changed_is_refused_by_the_server(evidence: Store) -> None:
    client = raw(evidence)
    with pytest.raises(IntegrityError), s3_bucket.s3_errors("x"):
        client.put_object(
            Bucket="evidence",
            Key=f"{evidence.prefix}x",
            Body=b"changed on the way",
            ChecksumSHA256=s3_bucket._checksum(BODY),
        )
    client.close()


def test_other_bytes_under_an_objects_name_are_found(
    vault: S3Vault, bucket: Bucket, tmp_path: Path
) -> None:
    name = Sha256(hashlib.sha256(BODY).hexdigest())
    with spooled(io.BytesIO(b"forged"), tmp_path, mode=0o400) as spool:
        bucket.put_new(f"objects/{name}", spool, {})
    with pytest.raises(IntegrityError, match="name says"):
        vault.check(name)
    with pytest.raises(IntegrityError), vault.path(name):
        pass
    with pytest.raises(IntegrityError):
        vault.put(io.BytesIO(BODY))


def test_the_copy_that_path_makes_is_removed_again(vault: S3Vault, tmp_path: Path) -> None:
    sha256 = vault.put(io.BytesIO(BODY)).sha256
    with vault.path(sha256) as path:
        assert path.exists()
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == []


def test_the_public_stores_account_cannot_touch_the_vault(
    vault: S3Vault, evidence: Store, seaweed: SeaweedServer, tmp_path: Path
) -> None:
    sha256 = vault.put(io.BytesIO(BODY)).sha256
    public = seaweed.store("public")
    stolen = evidence.model_copy(
        update={"access_key": public.access_key, "secret_key": public.secret_key}
    )
    bucket = Bucket(stolen)
    intruder = vault_in(bucket, tmp_path)
    with pytest.raises(NotPermitted):
        intruder.has(sha256)
    with pytest.raises(NotPermitted):
        intruder.read(sha256)
    with pytest.raises(NotPermitted):
        list(intruder.addresses())
    with pytest.raises(NotPermitted):
        intruder.put(io.BytesIO(b"planted"))
    bucket.close()


def test_the_portals_account_reads_what_is_published_and_changes_nothing(
    seaweed: SeaweedServer, tmp_path: Path
) -> None:
    store = seaweed.store("public")
    keys = {"access_key": SecretStr("portal-key"), "secret_key": SecretStr("portal-secret")}
    ours, theirs = Bucket(store), Bucket(store.model_copy(update=keys))
    publisher = S3PublicStore(ours, spool=Spool(tmp_path))
    portal = S3PublicStore(theirs, spool=Spool(tmp_path))
    publisher.put("releases/x/video.mp4", io.BytesIO(BODY), content_type="video/mp4")
    assert b"".join(portal.read("releases/x/video.mp4")) == BODY
    assert list(portal.keys("releases/")) == ["releases/x/video.mp4"]
    with pytest.raises(NotPermitted):
        portal.put("releases/y/video.mp4", io.BytesIO(BODY), content_type="video/mp4")
    with pytest.raises(NotPermitted):
        portal.replace("log/x.json", b"{}", content_type="application/json")
    with pytest.raises(NotPermitted):
        portal.remove("releases/x/video.mp4")
    ours.close()
    theirs.close()


@pytest.mark.parametrize("wrong", ["access_key", "secret_key"])
def test_wrong_credentials_are_refused(evidence: Store, tmp_path: Path, wrong: str) -> None:
    bucket = Bucket(evidence.model_copy(update={wrong: SecretStr("guessed")}))
    with pytest.raises(NotPermitted):
        vault_in(bucket, tmp_path).put(io.BytesIO(BODY))
    bucket.close()


def test_a_bucket_that_does_not_exist_is_named(seaweed: SeaweedServer, tmp_path: Path) -> None:
    admin = Store(
        bucket="nowhere",
        endpoint=seaweed.endpoint,
        access_key=SecretStr("admin-key"),
        secret_key=SecretStr("admin-secret"),
    )
    bucket = Bucket(admin)
    with pytest.raises(NotFound, match="NoSuchBucket"):
        list(bucket.keys())
    bucket.close()


def test_a_server_that_does_not_answer_is_tried_again_later(tmp_path: Path) -> None:
    nobody = Store(
        bucket="evidence",
        endpoint=f"http://127.0.0.1:{free_ports(1)[0]}",
        access_key=SecretStr("a"),
        secret_key=SecretStr("b"),
    )
    bucket = Bucket(nobody)
    with pytest.raises(TransientError, match="did not answer"):
        vault_in(bucket, tmp_path).put(io.BytesIO(BODY))
    bucket.close()


def test_a_public_object_carries_its_content_type(seaweed: SeaweedServer, tmp_path: Path) -> None:
    store = seaweed.store("public")
    bucket = Bucket(store)
    public = S3PublicStore(bucket, spool=Spool(tmp_path))
    public.put("releases/x/video.mp4", io.BytesIO(BODY), content_type="video/mp4")
    client = raw(store)
    head = client.head_object(Bucket="public", Key=f"{store.prefix}releases/x/video.mp4")
    assert head["ContentType"] == "video/mp4"
    with pytest.raises(Conflict):
        public.put("releases/x/video.mp4", io.BytesIO(b"other"), content_type="video/mp4")
    client.close()
    bucket.close()


def test_settings_choose_a_folder_or_a_bucket(evidence: Store, tmp_path: Path) -> None:
    folder = Settings(home=tmp_path, _env_file=None)
    assert isinstance(open_vault(folder), LocalVault)
    assert isinstance(open_public_store(folder), LocalPublicStore)
    remote = Settings(
        home=tmp_path, vault=VaultStore(**evidence.model_dump()), public=evidence, _env_file=None
    )
    vault = open_vault(remote)
    assert isinstance(vault, S3Vault)
    assert isinstance(open_public_store(remote), S3PublicStore)
    assert vault.put(io.BytesIO(BODY)).sha256 == hashlib.sha256(BODY).hexdigest()
