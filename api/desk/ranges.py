"""Bytes of the vault over HTTP, whole or one range of them (RFC 9110, section 14)."""

import re
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from bwc.ids import Sha256
from bwc.vault.protocol import Vault

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def stream(request: Request, vault: Vault, sha256: Sha256, *, media_type: str) -> Response:
    """Answer `request` with the object, or with the one range it asks for."""
    size = vault.size(sha256)
    headers = {"accept-ranges": "bytes", "etag": f'"{sha256}"'}
    wanted = request.headers.get("range")
    if wanted is None or request.headers.get("if-range", headers["etag"]) != headers["etag"]:
        headers["content-length"] = str(size)
        return StreamingResponse(vault.read(sha256), media_type=media_type, headers=headers)
    span = byte_range(wanted, size=size)
    if span is None:
        refused = {"content-range": f"bytes */{size}"}
        return Response(status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=refused)
    first, last = span
    headers["content-range"] = f"bytes {first}-{last}/{size}"
    headers["content-length"] = str(last - first + 1)
    return StreamingResponse(
        vault.read(sha256, start=first, length=last - first + 1),
        status_code=HTTPStatus.PARTIAL_CONTENT,
        media_type=media_type,
        headers=headers,
    )


def byte_range(header: str, *, size: int) -> tuple[int, int] | None:
    """The first and last byte that `header` asks for; None where that is nothing of the object.

    >>> byte_range("bytes=0-99", size=1000), byte_range("bytes=900-", size=1000)
    ((0, 99), (900, 999))
    >>> byte_range("bytes=-10", size=1000), byte_range("bytes=1000-", size=1000)
    ((990, 999), None)
    """
    parts = _RANGE.fullmatch(header.strip())
    if parts is None:
        return None
    start, end = parts.groups()
    if start:
        first, last = int(start), min(int(end), size - 1) if end else size - 1
    elif end:
        first, last = max(size - int(end), 0), size - 1
    else:
        return None
    return (first, last) if first <= last else None
