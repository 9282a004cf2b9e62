"""Bytes over HTTP as RFC 9110 says: whole, a range (206), nothing new (304) or none such (416).

Several ranges in one request are answered with the whole, which the RFC allows. HEAD knows no
ranges. ETags are strong: they are the hash of the bytes.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from api.problems import EdgeProblem
from bwc.vault.protocol import CHUNK_BYTES

RANGE = re.compile(r"bytes\s*=\s*(?:(\d+)\s*-\s*(\d*)|-\s*(\d+))\s*", re.IGNORECASE | re.ASCII)
LONGEST_RANGE = 100  # characters; a header longer than this is no range we know


@dataclass(frozen=True, slots=True)
class Content:
    """Something that can be read from any byte on: `read(start, length)`."""

    size_bytes: int
    etag: str
    content_type: str
    read: Callable[[int, int], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class ByteRange:
    """`length` bytes from `start` on."""

    start: int
    length: int


def serve(request: Request, content: Content, *, headers: dict[str, str]) -> Response:
    """Answer GET or HEAD for `content`.

    Raises:
        EdgeProblem: 416, the range lies behind the end.
    """
    quoted = f'"{content.etag}"'
    known = {"etag": quoted, "accept-ranges": "bytes", **headers}
    if matches(request.headers.get("if-none-match"), quoted):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=known)
    wanted = None
    if request.method == "GET" and request.headers.get("if-range", quoted) == quoted:
        wanted = parse_range(request.headers.get("range"), content.size_bytes)
    part = wanted or ByteRange(0, content.size_bytes)
    known["content-length"] = str(part.length)
    if wanted is not None:
        last = part.start + part.length - 1
        known["content-range"] = f"bytes {part.start}-{last}/{content.size_bytes}"
    status = HTTPStatus.OK if wanted is None else HTTPStatus.PARTIAL_CONTENT
    if request.method == "HEAD" or part.length == 0:
        return Response(status_code=status, headers=known, media_type=content.content_type)
    if part.length <= CHUNK_BYTES:  # read at once: each turn of a stream costs more than this
        body = b"".join(content.read(part.start, part.length))
        return Response(body, status_code=status, headers=known, media_type=content.content_type)
    return StreamingResponse(
        content.read(part.start, part.length),
        status_code=status,
        headers=known,
        media_type=content.content_type,
    )


def parse_range(header: str | None, size_bytes: int) -> ByteRange | None:
    """The one range asked for; None where none is asked for, or none that we know.

    Raises:
        EdgeProblem: 416, it lies behind the end.

    >>> parse_range("bytes=0-99", 1000)
    ByteRange(start=0, length=100)
    >>> parse_range("bytes=-10", 1000)
    ByteRange(start=990, length=10)
    >>> parse_range("bytes=0-1,5-6", 1000) is None
    True
    """
    found = RANGE.fullmatch(header) if header and len(header) <= LONGEST_RANGE else None
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        length = min(int(suffix), size_bytes)
        if length == 0:
            raise _behind_the_end(size_bytes)
        return ByteRange(size_bytes - length, length)
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size_bytes:
        raise _behind_the_end(size_bytes)
    end = min(int(last), size_bytes - 1) if last else size_bytes - 1
    return ByteRange(start, end - start + 1)


def matches(header: str | None, etag: str) -> bool:
    """Whether an If-None-Match header names `etag` (weak comparison, as the RFC asks)."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    return any(part.strip().removeprefix("W/") == etag for part in header.split(","))


def _behind_the_end(size_bytes: int) -> EdgeProblem:
    return EdgeProblem(
        HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
        code="range-not-satisfiable",
        detail=f"The file has {size_bytes} bytes; ask for a range that starts before its end",
        headers={"content-range": f"bytes */{size_bytes}"},
    )
