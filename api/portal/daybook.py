"""The whole public log, read once and kept: as a table on disk, and what `/withheld` tells of it.

A day that is over changes no more, but for the one before today. So the two newest days are read at
each look at the store, at most every `look_seconds`, and the others when they are first seen, when
one came or went, or after `reread_seconds`, should the store have been restored meanwhile. However
long the log is, memory holds two days and the newest `MOST_KEPT` extensions and withdrawals.
"""

import hashlib
import os
import tempfile
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from api.portal.documents import LogDay, LogEntry
from api.portal.library import Library
from api.portal.tables import csv_rows, log_heading, log_rows
from api.ranges import Content
from bwc.vault.protocol import CHUNK_BYTES

FRESH_DAYS = 2  # today's, and yesterday's, which may lack its last minutes
MOST_KEPT = 1000  # of extensions, and of withdrawals
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Told:
    """The newest entries of one kind, newest first, and how many there are."""

    entries: tuple[LogEntry, ...]
    total: int


@dataclass(slots=True)
class _Tally:
    """What is kept while days are read, newest first."""

    entries: list[LogEntry] = field(default_factory=list)
    total: int = 0

    def add(self, entry: LogEntry) -> None:
        self.total += 1
        if len(self.entries) < MOST_KEPT:
            self.entries.append(entry)

    def after(self, newer: Iterable[LogEntry]) -> Told:
        """These entries behind `newer` ones."""
        first = list(newer)
        return Told((*first, *self.entries)[:MOST_KEPT], self.total + len(first))


class _Lines:
    """Bytes in a file without a name, which is closed when nobody reads it any more."""

    def __init__(self) -> None:
        """Start empty."""
        self._descriptor, name = tempfile.mkstemp(prefix="bwc-log-")
        weakref.finalize(self, os.close, self._descriptor)
        Path(name).unlink()
        self._hash = hashlib.sha256()
        self.size_bytes = 0

    def add(self, lines: bytes) -> None:
        """Write behind what is there."""
        left = memoryview(lines)
        while left:
            left = left[os.write(self._descriptor, left) :]
        self._hash.update(lines)
        self.size_bytes += len(lines)

    def read(self, start: int, length: int) -> bytes:
        """At most `length` bytes from `start` on."""
        return os.pread(self._descriptor, length, start)

    @property
    def sha256(self) -> str:
        """What names all of it."""
        return self._hash.hexdigest()


@dataclass(frozen=True, slots=True)
class Past:
    """The days that are over."""

    keys: tuple[str, ...]
    lines: _Lines
    extended: _Tally
    withdrawn: _Tally


@dataclass(frozen=True, slots=True)
class Reading:
    """The log as it was at one look."""

    extended: Told
    withdrawn: Told
    newest: bytes
    past: Past

    def table(self) -> Content:
        """All of it as CSV, newest day first."""
        head, lines = self.newest, self.past.lines
        name = hashlib.sha256(head + lines.sha256.encode()).hexdigest()
        return Content(len(head) + lines.size_bytes, name, CSV, self._read)

    def _read(self, start: int, length: int) -> Iterator[bytes]:
        """The bytes [start, start + length): the newest days from memory, the others from disk."""
        end, at = start + length, start
        while at < end:
            step = min(CHUNK_BYTES, end - at)
            if at < len(self.newest):
                found = self.newest[at : at + step]
            else:
                found = self.past.lines.read(at - len(self.newest), step)
            if not found:
                return
            yield found
            at += len(found)


class Daybook:
    """The public log, kept between two looks at the store."""

    def __init__(
        self, library: Library, *, look_seconds: float = 1.0, reread_seconds: float = 3600.0
    ) -> None:
        """Start empty; the first question reads it."""
        self._library = library
        self._look_seconds = look_seconds
        self._reread_seconds = reread_seconds
        self._looking = threading.Lock()
        self._reading: Reading | None = None
        self._looked = self._reread = float("-inf")

    def read(self) -> Reading:
        """The log; while one reader looks at the store, others are told what is known.

        Raises:
            NotFound: a day cannot be read: nobody is told a log with a hole in it.
        """
        known = self._reading
        is_fresh = time.monotonic() - self._looked < self._look_seconds
        if known is not None and is_fresh:
            return known
        if not self._looking.acquire(blocking=known is None):
            return known or self.read()
        try:
            if known is None and self._reading is not None:
                return self._reading  # it was the first look that was waited for
            self._reading = self._look(known)
            self._looked = time.monotonic()
            return self._reading
        finally:
            self._looking.release()

    def _look(self, known: Reading | None) -> Reading:
        keys = self._library.log_keys()
        newest = [self._library.log_day(key) for key in keys[:FRESH_DAYS]]
        past = self._past(known.past if known else None, tuple(keys[FRESH_DAYS:]))
        return Reading(
            extended=past.extended.after(_acts(newest, "extended")),
            withdrawn=past.withdrawn.after(_acts(newest, "withdrawn")),
            newest=(log_heading() + csv_rows(log_rows(newest))).encode(),
            past=past,
        )

    def _past(self, known: Past | None, keys: tuple[str, ...]) -> Past:
        """The days that are over, out of memory where they are the same."""
        is_due = time.monotonic() - self._reread >= self._reread_seconds
        if known is not None and known.keys == keys and not is_due:
            return known
        made = self._written(keys)
        self._reread = time.monotonic()
        return made

    def _written(self, keys: tuple[str, ...]) -> Past:
        """Read day after day, keeping none."""
        lines, extended, withdrawn = _Lines(), _Tally(), _Tally()
        for key in keys:
            day = self._library.log_day(key)
            lines.add(csv_rows(log_rows([day])).encode())
            deque(map(extended.add, _acts([day], "extended")), 0)
            deque(map(withdrawn.add, _acts([day], "withdrawn")), 0)
        return Past(keys, lines, extended, withdrawn)


def _acts(days: Sequence[LogDay], act: str) -> Iterator[LogEntry]:
    """The entries of one kind, newest first."""
    return (entry for day in days for entry in reversed(day.entries) if entry.act == act)
