"""A store that fails in the middle: said in our words, so that the work is tried again."""

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from typing_extensions import override

from bwc.clock import FixedClock
from bwc.errors import IntegrityError, TransientError
from bwc.ids import Sha256
from bwc.settings import LockMode, Store
from bwc.vault.files import spooled
from bwc.vault.s3 import Lock, S3Vault, Spool
from bwc.vault.s3_bucket import PART_BYTES, Bucket

ANY = Sha256("a" * 64)
SIZE = 4096
BEGUN = b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"


def error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code></Error>".encode()


class FailingStore(BaseHTTPRequestHandler):
    """Answers like S3, but breaks off bodies, confirms no checksum, and aborts no upload."""

    completing = (200, b"<CompleteMultipartUploadResult/>")

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(SIZE))
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()
        self.wfile.write(b"half of it")
        self.close_connection = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "uploads" in urlsplit(self.path).query:
            self._answer(200, BEGUN)
        else:
            self._answer(*self.completing)

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("ETag", '"e"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_DELETE(self) -> None:
        self._answer(404, error("NoSuchUpload"))

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with ThreadingHTTPServer(("127.0.0.1", 0), FailingStore) as server:
        threading.Thread(target=server.serve_forever).start()
        bucket = Bucket(
            Store(
                bucket="b",
                endpoint=f"http://127.0.0.1:{server.server_port}",
                access_key=SecretStr("a"),
                secret_key=SecretStr("s"),
            )
        )
        yield bucket
        bucket.close()
        server.shutdown()


@pytest.fixture
def vault(bucket: Bucket, tmp_path: Path) -> S3Vault:
    clock = FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
    return S3Vault(bucket, spool=Spool(tmp_path), lock=Lock(LockMode.COMPLIANCE, 1), clock=clock)


def test_a_body_that_breaks_off_is_tried_again_later(vault: S3Vault, tmp_path: Path) -> None:
    with pytest.raises(TransientError, match="did not answer"):
        b"".join(vault.read(ANY))
    with pytest.raises(TransientError, match="did not answer"), vault.path(ANY):
        pass
    with pytest.raises(TransientError, match="did not answer"):
        vault.check(ANY)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("size", [10, PART_BYTES + 1], ids=["whole", "in parts"])
def test_an_upload_whose_checksum_is_not_confirmed_is_not_acknowledged(
    bucket: Bucket, tmp_path: Path, size: int
) -> None:
    with (
        spooled(io.BytesIO(bytes(size)), tmp_path, mode=0o400) as spool,
        pytest.raises(IntegrityError, match="did not confirm what was sent"),
    ):
        bucket.put_new("key", spool, {})


COMPLETIONS = {
    "the object is there by now": (412, error("PreconditionFailed")),
    "the upload is gone": (404, error("NoSuchUpload")),
}


@pytest.mark.parametrize("answer", COMPLETIONS.values(), ids=COMPLETIONS.keys())
def test_an_abort_that_fails_does_not_hide_why_the_upload_ended(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, bytes]
) -> None:
    monkeypatch.setattr(FailingStore, "completing", answer)
    with spooled(io.BytesIO(bytes(PART_BYTES + 1)), tmp_path, mode=0o400) as spool:
        if answer[0] == 412:
            assert not bucket.put_new("taken", spool, {})
        else:
            with pytest.raises(TransientError, match="NoSuchUpload"):
                bucket.put_new("taken", spool, {})
