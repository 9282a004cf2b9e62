"""What every public store must do. The same tests run on a local folder and on a real S3."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.vault.local import LocalPublicStore
from bwc.vault.protocol import PublicStore
from bwc.vault.s3 import S3PublicStore, Spool
from bwc.vault.s3_bucket import Bucket
from tests.servers import SeaweedServer

KEY = "releases/0198/video.mp4"
BODY = b"a redacted picture"


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PublicStore]:
    """An empty public store of each kind; the S3 one on a real server."""
    if request.param == "local":
        yield LocalPublicStore(tmp_path / "public")
        return
    server: SeaweedServer = request.getfixturevalue("seaweed")
    bucket = Bucket(server.store("public"))
    yield S3PublicStore(bucket, spool=Spool(tmp_path / "spool"))
    bucket.close()


def test_what_is_put_is_read_back(store: PublicStore) -> None:
    stored = store.put(KEY, io.BytesIO(BODY), content_type="video/mp4")
    assert stored.sha256 == hashlib.sha256(BODY).hexdigest()
    assert (stored.size_bytes, stored.existed) == (len(BODY), False)
    assert store.has(KEY)
    assert store.size(KEY) == len(BODY)
    assert b"".join(store.read(KEY)) == BODY
    assert b"".join(store.read(KEY, start=2, length=8)) == BODY[2:10]
    assert b"".join(store.read(KEY, start=10_000)) == b""


def test_putting_the_same_bytes_again_is_no_error(store: PublicStore) -> None:
    store.put(KEY, io.BytesIO(BODY), content_type="video/mp4")
    assert store.put(KEY, io.BytesIO(BODY), content_type="video/mp4").existed


def test_other_bytes_never_take_the_place_of_published_ones(store: PublicStore) -> None:
    store.put(KEY, io.BytesIO(BODY), content_type="video/mp4")
    with pytest.raises(Conflict):
        store.put(KEY, io.BytesIO(b"another picture"), content_type="video/mp4")
    assert b"".join(store.read(KEY)) == BODY


def test_a_state_document_is_replaced_whole(store: PublicStore) -> None:
    store.replace("log/2026-03-01.json", b'{"a":1}', content_type="application/json")
    store.replace("log/2026-03-01.json", b'{"a":2}', content_type="application/json")
    assert b"".join(store.read("log/2026-03-01.json")) == b'{"a":2}'


def test_what_is_removed_is_gone_and_may_be_removed_again(store: PublicStore) -> None:
    store.put(KEY, io.BytesIO(BODY), content_type="video/mp4")
    store.remove(KEY)
    store.remove(KEY)
    assert not store.has(KEY)
    assert list(store.keys()) == []
    with pytest.raises(NotFound):
        store.read(KEY)
    with pytest.raises(NotFound):
        store.size(KEY)


def test_keys_are_listed_by_prefix_in_order(store: PublicStore) -> None:
    names = ["log/b.json", "log/a.json", "releases/x/video.mp4", "releases/x/a.json", "logs.json"]
    for name in names:
        store.replace(name, b"{}", content_type="application/json")
    assert list(store.keys()) == sorted(names)
    assert list(store.keys("log/")) == ["log/a.json", "log/b.json"]
    assert list(store.keys("releases/x/v")) == ["releases/x/video.mp4"]
    assert list(store.keys("nothing/")) == []


@pytest.mark.parametrize(
    "key",
    [
        "../secret",
        "/etc/passwd",
        "a/../../b",
        "a//b",
        "",
        ".incoming/x",
        "a/.hidden",
        "a\\b",
        "a\0b",
        "ä",
        "x" * 513,
    ],
)
def test_a_key_that_could_leave_or_hide_in_the_folder_is_refused(
    store: PublicStore, key: str
) -> None:
    with pytest.raises(InvalidInput):
        store.put(key, io.BytesIO(BODY), content_type="text/plain")
    with pytest.raises(InvalidInput):
        store.replace(key, BODY, content_type="text/plain")
    with pytest.raises(InvalidInput):
        store.read(key)
    with pytest.raises(InvalidInput):
        store.remove(key)


def test_a_link_that_leads_out_of_the_public_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "original").write_bytes(b"evidence")
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "releases").symlink_to(tmp_path / "vault")
    with pytest.raises(InvalidInput, match="leads out"):
        LocalPublicStore(tmp_path / "public").read("releases/original")
