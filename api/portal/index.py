"""The list of releases, to be searched and paged: held in memory, rebuilt from the store.

The index knows nothing that the store does not: dropping it loses nothing. It looks at the store's
change marker at most every `look_seconds`, and at the whole store every `relist_seconds`, in case
a marker was lost. Words are found by SQLite's FTS5; what is found is narrowed and counted in columns
of numbers (`facets.py`), so that only the page that is shown is read.
"""

import json
import re
import sqlite3
import threading
import time
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import structlog
from pydantic import ValidationError

from api.portal.cursor import Cursor
from api.portal.documents import Manifest
from api.portal.facets import Cell, Columns, Facets, Flags, Numbers, Query
from api.portal.library import Library
from bwc.errors import BwcError

SCHEMA = """
CREATE TABLE releases (row INTEGER PRIMARY KEY, manifest TEXT NOT NULL);
-- Every word is looked for by its beginning: without the short prefixes one letter reads all words.
CREATE VIRTUAL TABLE words USING fts5 (
  title, summary, place, spoken, content = '', tokenize = 'porter unicode61', prefix = '1 2 3 4 5'
);
"""
WORD = re.compile(r"\w+")
MOST_WORDS = 20  # of a search; more would only cost time
CUE_TIME = re.compile(r"^(WEBVTT.*|\d+|.*-->.*)$", re.MULTILINE)

log = structlog.get_logger(__name__)


class Known(NamedTuple):
    """One release in the list; they sort by when they were published."""

    published_at: datetime
    id: str
    row: int
    cell: Cell


class Found(NamedTuple):
    """What a query finds: the rows, newest first, what it can be narrowed by, and as of when."""

    rows: Sequence[int]
    facets: Facets
    version: int


class ReleaseIndex:
    """Every release on the public record, newest first."""

    def __init__(
        self, library: Library, *, look_seconds: float = 1.0, relist_seconds: float = 60.0
    ) -> None:
        """Start empty; the first question fills it."""
        self._library = library
        self._look_seconds = look_seconds
        self._relist_seconds = relist_seconds
        self._looking = threading.Lock()
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.executescript(SCHEMA)
        self._known: dict[str, Known] = {}
        self._oldest_first: list[Known] = []
        self._columns: Columns | None = None  # made anew after a change
        self._marker: bytes | None = None
        self._looked = self._listed = float("-inf")
        self.version = 0  # another after each change

    def find(self, query: Query) -> Found:
        """What matches, newest first, with the counts beside each choice."""
        self.refresh()
        with self._lock:
            columns, found = self._matching(query)
            rows = columns.narrowed(query, found)
            return Found(rows.tolist(), columns.facets(query, found), self.version)

    @property
    def is_fresh(self) -> bool:
        """Whether the next question would be answered without a look at the store."""
        return time.monotonic() - self._looked < self._look_seconds

    def read(self, rows: Iterable[int]) -> list[Manifest]:
        """The releases in these rows; one that went away meanwhile is left out."""
        wanted = "SELECT manifest FROM releases WHERE row = ?"
        with self._lock:
            texts = [t for row in rows for t in self._database.execute(wanted, (row,))]
        return [Manifest.model_validate_json(text) for (text,) in texts]

    def after(self, query: Query, cursor: Cursor | None, *, limit: int) -> list[Manifest]:
        """`limit` matching releases older than `cursor`, newest first."""
        self.refresh()
        with self._lock:
            columns, found = self._matching(query)
            if cursor is not None:
                older = bisect_left(self._oldest_first, (cursor.published_at, cursor.id))
                found[: len(found) - older] = False
            rows = columns.narrowed(query, found)[:limit]
        return self.read(rows.tolist())

    def count(self) -> int:
        """How many releases there are."""
        self.refresh()
        return len(self._oldest_first)

    def addresses(self, *, first: int = 0, limit: int) -> list[tuple[str, datetime]]:
        """Id and day of `limit` releases from the `first` on, oldest first."""
        self.refresh()
        with self._lock:
            found = self._oldest_first[first : first + limit]
        return [(known.id, known.published_at) for known in found]

    def refresh(self) -> None:
        """Look at the store if it is time to; while one reader looks, others use what is known.

        Only the very first look is waited for: an empty list would be a lie.
        """
        is_first = self._marker is None
        if not is_first and self.is_fresh:
            return
        if not self._looking.acquire(blocking=is_first):
            return
        try:
            if self._marker is not None and is_first:
                return  # it was the first look that was waited for
            marker = self._library.changed()
            is_due = time.monotonic() - self._listed >= self._relist_seconds
            if marker != self._marker or is_due:
                self._relist(changed=_changed_id(marker))
                self._marker, self._listed = marker, time.monotonic()
        finally:
            self._looked = time.monotonic()
            self._looking.release()

    def _matching(self, query: Query) -> tuple[Columns, Flags]:
        """Every release, and which of them hold the words of `query`."""
        if self._columns is None:
            newest = self._oldest_first[::-1]
            self._columns = Columns([k.row for k in newest], [k.cell for k in newest])
        if not query.text.strip():
            return self._columns, np.ones(len(self._columns.rows), np.bool_)
        return self._columns, self._columns.among(self._hits(query.text))

    def _hits(self, text: str) -> Numbers:
        """The rows in which every word of `text` begins a word; of no words, none."""
        terms = WORD.findall(text)[:MOST_WORDS]
        if not terms:
            return np.empty(0, np.int64)
        said = " ".join(f'"{term}"*' for term in terms)  # quoted: the reader's words, never syntax
        rows = self._database.execute("SELECT rowid FROM words WHERE words MATCH ?", (said,))
        return np.fromiter((row for (row,) in rows), np.int64)

    def _relist(self, *, changed: str | None) -> None:
        """Forget what is gone or was named as changed, read what is new.

        The one named is looked at first, so that a withdrawal counts before the whole list is read.
        """
        if changed in self._known:
            self._forget([changed])
        listed = self._library.listed()
        current = {name for name, kind in listed.items() if kind == "manifest"}
        self._forget(self._known.keys() - current)
        for name in sorted(current - self._known.keys()):
            self._learn(name)
        with self._lock:
            self._database.commit()

    def _forget(self, names: Iterable[str]) -> None:
        """Take releases off the list; their words still point to rows, which are nothing's now."""
        gone = {self._known[name] for name in names}
        if not gone:
            return
        with self._lock:
            self._oldest_first = [known for known in self._oldest_first if known not in gone]
            for known in gone:
                self._database.execute("DELETE FROM releases WHERE row = ?", (known.row,))
                del self._known[known.id]
            self._columns = None
            self.version += 1

    def _learn(self, name: str) -> None:
        """Read one release; one that cannot be read is not listed and says so in the log."""
        try:
            manifest = self._library.release(name)
            if not isinstance(manifest, Manifest):
                return
            spoken = CUE_TIME.sub(" ", self._library.captions(manifest))
        except (BwcError, ValidationError):
            log.exception("release_not_listed", release_id=name)
            return
        incident = manifest.incident
        place = f"{incident.kind} {incident.district} {incident.date}"
        with self._lock:
            row = self._database.execute(
                "INSERT INTO words (title, summary, place, spoken) VALUES (?, ?, ?, ?)",
                (manifest.title, manifest.summary, place, spoken),
            ).lastrowid
            self._database.execute(
                "INSERT INTO releases VALUES (?, ?)", (row, manifest.model_dump_json())
            )
            cell = Cell(incident.kind, incident.district, f"{incident.date:%Y-%m}")
            known = Known(manifest.published_at, name, row or 0, cell)
            insort(self._oldest_first, known)
            self._known[name] = known
            self._columns = None
            self.version += 1


def _changed_id(marker: bytes) -> str | None:
    """The release a marker names."""
    try:
        document = json.loads(marker)
    except ValueError:
        return None
    name = document.get("release") if isinstance(document, dict) else None
    return name if isinstance(name, str) else None
