"""One S3 bucket, with errors in our words. Nothing here overwrites unless its name says so.

Every upload carries SHA-256 checksums that the server compares with what arrived (per part for
large files), and `If-None-Match: *`, so that a taken key stays as it is.
"""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, TypedDict, cast

import boto3
import botocore.exceptions as boto_errors
from botocore.config import Config

from bwc.clock import iso
from bwc.errors import (
    BwcError,
    Conflict,
    IntegrityError,
    NotFound,
    NotPermitted,
    TransientError,
)
from bwc.settings import Store
from bwc.vault.files import Spooled
from bwc.vault.protocol import CHUNK_BYTES

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

PART_BYTES = 16 << 20
MOST_PARTS = 10_000  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
CONNECT_SECONDS = 5
READ_SECONDS = 60
TRIES = 4

ERRORS: dict[str, type[BwcError]] = {
    "404": NotFound,
    "NoSuchKey": NotFound,
    "NoSuchBucket": NotFound,
    "403": NotPermitted,
    "AccessDenied": NotPermitted,
    "SignatureDoesNotMatch": NotPermitted,
    "InvalidAccessKeyId": NotPermitted,
    "ExpiredToken": NotPermitted,
    "BadDigest": IntegrityError,
    "XAmzContentChecksumMismatch": IntegrityError,
    "XAmzContentSHA256Mismatch": IntegrityError,
    "412": Conflict,
    "PreconditionFailed": Conflict,
    "ConditionalRequestConflict": TransientError,
    "NoSuchUpload": TransientError,  # it was completed unheard, or aborted: the next try tells
    "RequestTimeout": TransientError,
    "SlowDown": TransientError,
}
SERVER_FAILED = 500
UNANSWERED = (
    boto_errors.ConnectionError,
    boto_errors.HTTPClientError,
    boto_errors.IncompleteReadError,
)
NO_CREDENTIALS = (boto_errors.NoCredentialsError, boto_errors.PartialCredentialsError)


class PutOptions(TypedDict, total=False):
    """What an upload may say about the object besides its bytes, in S3's own names."""

    ContentType: str
    ObjectLockMode: Any
    ObjectLockRetainUntilDate: Any


@dataclass(frozen=True, slots=True)
class _Version:
    """One version of an object, or the mark that says it was deleted."""

    id: str
    is_marker: bool


class Bucket:
    """A bucket, or the part of it below `prefix`. Keys in and out are without the prefix."""

    def __init__(self, store: Store) -> None:
        """Prepare to talk to the bucket that `store` names; nothing is asked of it yet."""
        if store.bucket is None:
            raise BwcError("no bucket is named", expected="the setting `bucket`")
        self.name = store.bucket
        self._prefix = store.prefix
        self._client = _make_client(store)

    def size(self, key: str) -> int | None:
        """Bytes under `key`; None where nothing is stored."""
        try:
            with s3_errors(key):
                answer = self._client.head_object(Bucket=self.name, Key=self._prefix + key)
        except NotFound:
            return None
        return answer["ContentLength"]

    def read(self, key: str, *, start: int, length: int | None) -> Iterator[bytes]:
        """The bytes `[start, start + length)` in chunks; the range must lie within the object."""
        with self.opened(key, start=start, length=length) as body:
            while chunk := body.read(CHUNK_BYTES):
                yield chunk

    @contextmanager
    def opened(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[BinaryIO]:
        """A stream of the object, or of a range of it."""
        name = self._prefix + key
        last = "" if length is None else str(start + length - 1)
        with s3_errors(key):
            if start == 0 and length is None:  # a range of an empty object would be refused
                answer = self._client.get_object(Bucket=self.name, Key=name)
            else:
                answer = self._client.get_object(
                    Bucket=self.name, Key=name, Range=f"bytes={start}-{last}"
                )
        body = answer["Body"]
        try:
            with s3_errors(key):  # the store may fall silent while the body is read
                yield cast("BinaryIO", body)
        finally:
            body.close()

    def put_new(self, key: str, spool: Spooled, options: PutOptions) -> bool:
        """Store a complete file under `key`; False where the key is taken, which stays as it is.

        Raises:
            IntegrityError: what arrived is not what was sent.
        """
        part_bytes = max(PART_BYTES, -(-spool.size_bytes // MOST_PARTS))
        try:
            with s3_errors(key):
                if spool.size_bytes <= part_bytes:
                    self._put_whole(self._prefix + key, spool, options)
                else:
                    self._put_parts(self._prefix + key, spool, options, part_bytes=part_bytes)
        except Conflict:
            return False
        return True

    def replace(self, key: str, body: bytes, *, content_type: str) -> None:
        """Write a small object, in place of what was there."""
        with s3_errors(key):
            self._client.put_object(
                Bucket=self.name,
                Key=self._prefix + key,
                Body=body,
                ContentType=content_type,
                ChecksumSHA256=_checksum(body),
            )

    def remove(self, key: str) -> None:
        """Remove an object; one that is gone is no error."""
        with s3_errors(key):
            self._client.delete_object(Bucket=self.name, Key=self._prefix + key)

    def destroy(self, key: str, *, now: datetime) -> None:
        """Remove every version of an object, so that none can be brought back.

        Raises:
            Conflict: a version is locked at `now`, or held; nothing was removed.
        """
        versions = self._versions(key)
        for version in versions:
            if not version.is_marker:
                self._require_unlocked(key, version.id, now)
        with s3_errors(key):
            for version in versions:
                self._client.delete_object(
                    Bucket=self.name, Key=self._prefix + key, VersionId=version.id
                )

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key that starts with `prefix`, in order."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=self._prefix + prefix
        )
        with s3_errors(prefix):
            for page in pages:
                for found in page.get("Contents", []):
                    yield found["Key"].removeprefix(self._prefix)

    def is_locking(self) -> bool:
        """Whether the bucket keeps object locks."""
        try:
            with s3_errors(self.name):
                answer = self._client.get_object_lock_configuration(Bucket=self.name)
        except NotPermitted:
            raise
        except BwcError as error:
            if error.got == "ObjectLockConfigurationNotFoundError":
                return False
            raise
        return answer["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled"

    def close(self) -> None:
        """Let go of every connection."""
        self._client.close()

    def _versions(self, key: str) -> list[_Version]:
        """Every version of one object, and the marks of its deletions."""
        name = self._prefix + key
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self.name, Prefix=name
        )
        found: list[_Version] = []
        with s3_errors(key):
            for page in pages:
                found += [
                    _Version(item["VersionId"], is_marker=False)
                    for item in page.get("Versions", [])
                    if item["Key"] == name
                ]
                found += [
                    _Version(item["VersionId"], is_marker=True)
                    for item in page.get("DeleteMarkers", [])
                    if item["Key"] == name
                ]
        return found

    def _require_unlocked(self, key: str, version: str, now: datetime) -> None:
        """Refuse to touch what the store itself was told to keep, in whichever mode."""
        with s3_errors(key):
            head = self._client.head_object(
                Bucket=self.name, Key=self._prefix + key, VersionId=version
            )
        until: datetime | None = head.get("ObjectLockRetainUntilDate")
        is_held = head.get("ObjectLockLegalHoldStatus") == "ON"
        if is_held or (until is not None and until > now):
            raise Conflict(
                "the object store's lock still holds these bytes",
                where=key,
                got="a legal hold" if is_held or until is None else f"locked until {iso(until)}",
                advice="Propose the disposal again when the lock has ended",
            )

    def _put_whole(self, key: str, spool: Spooled, options: PutOptions) -> None:
        body = spool.path.read_bytes()
        answer = self._client.put_object(
            Bucket=self.name,
            Key=key,
            Body=body,
            ChecksumSHA256=_checksum(body),
            IfNoneMatch="*",
            **options,
        )
        _require_checksum(answer.get("ChecksumSHA256"), _checksum(body), key)

    def _put_parts(self, key: str, spool: Spooled, options: PutOptions, *, part_bytes: int) -> None:
        """Send a large file in parts; nothing stays behind where one of them fails."""
        upload = self._client.create_multipart_upload(
            Bucket=self.name, Key=key, ChecksumAlgorithm="SHA256", **options
        )
        name = upload["UploadId"]
        try:
            parts = list(self._send_parts(key, name, spool, part_bytes=part_bytes))
            answer = self._client.complete_multipart_upload(
                Bucket=self.name,
                Key=key,
                UploadId=name,
                MultipartUpload={"Parts": parts},
                IfNoneMatch="*",
            )
        except BaseException:
            with suppress(boto_errors.ClientError, boto_errors.BotoCoreError):
                self._client.abort_multipart_upload(Bucket=self.name, Key=key, UploadId=name)
            raise
        whole = b"".join(base64.b64decode(part["ChecksumSHA256"]) for part in parts)
        _require_checksum(answer.get("ChecksumSHA256"), f"{_checksum(whole)}-{len(parts)}", key)

    def _send_parts(
        self, key: str, upload: str, spool: Spooled, *, part_bytes: int
    ) -> "Iterator[CompletedPartTypeDef]":
        with spool.path.open("rb") as file:
            number = 0
            while body := file.read(part_bytes):
                number += 1
                answer = self._client.upload_part(
                    Bucket=self.name,
                    Key=key,
                    UploadId=upload,
                    PartNumber=number,
                    Body=body,
                    ChecksumSHA256=_checksum(body),
                )
                yield {
                    "PartNumber": number,
                    "ETag": answer["ETag"],
                    "ChecksumSHA256": _checksum(body),
                }


@contextmanager
def s3_errors(where: str) -> Iterator[None]:
    """Say in our words what the object store refused."""
    try:
        yield
    except boto_errors.ClientError as exc:
        code = exc.response.get("Error", {}).get("Code", "unknown")
        status = exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        kind = ERRORS.get(code, TransientError if status >= SERVER_FAILED else BwcError)
        raise kind("the object store refused", where=where, got=code) from exc
    except UNANSWERED as exc:
        raise TransientError("the object store did not answer", where=where, got=str(exc)) from exc
    except NO_CREDENTIALS as exc:
        raise NotPermitted(
            "no credentials for the object store", advice="Set access_key and secret_key"
        ) from exc


def _make_client(store: Store) -> "S3Client":
    """A client with this store's own credentials; without any, AWS's usual places are searched."""
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "max_attempts": TRIES},
        s3={"addressing_style": "path" if store.endpoint else "auto"},
    )
    client: S3Client = boto3.client(
        "s3",
        endpoint_url=store.endpoint,
        region_name=store.region,
        aws_access_key_id=store.access_key.get_secret_value() if store.access_key else None,
        aws_secret_access_key=store.secret_key.get_secret_value() if store.secret_key else None,
        config=config,
    )
    return client


def _checksum(body: bytes) -> str:
    """sha256 as S3 writes it: base64."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def _require_checksum(got: str | None, expected: str, where: str) -> None:
    """Refuse an upload whose checksum the server did not confirm.

    Raises:
        IntegrityError: it says another one, or none.
    """
    if got != expected:
        raise IntegrityError(
            "the object store did not confirm what was sent",
            where=where,
            expected=expected,
            got=got or "no checksum",
            advice="Use a store that supports SHA-256 checksums and If-None-Match",
        )
