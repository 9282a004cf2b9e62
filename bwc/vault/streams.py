"""Chunks as a stream: what one store reads is what another store takes."""

import io
from collections.abc import Iterator
from typing import BinaryIO, cast

from typing_extensions import Buffer, override


class _Chunks(io.RawIOBase):
    """A raw stream over chunks that are made as they are asked for."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer, /) -> int:
        """Fill `buffer` as far as one chunk goes; 0 at the end."""
        target = memoryview(buffer)
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = chunk
        count = min(len(target), len(self._left))
        target[:count], self._left = self._left[:count], self._left[count:]
        return count


def stream_of(chunks: Iterator[bytes]) -> BinaryIO:
    """A readable stream of `chunks`, which are consumed as it is read.

    >>> stream_of(iter([b"ab", b"", b"c"])).read()
    b'abc'
    """
    return cast("BinaryIO", io.BufferedReader(_Chunks(chunks)))
