"""The list of releases, to be searched and paged: SQLite in memory, rebuilt from the store.

The index knows nothing that the store does not: dropping it loses nothing. It looks at the store's
change marker at most every `look_seconds`, and at the whole store every `relist_seconds`, in case
a marker was lost.
"""

import json
import re
import sqlite3
import threading
import time
from dataclasses import dataclass
from typing import TypeAlias

import structlog
from pydantic import ValidationError

from api.portal.cursor import Cursor
from api.portal.documents import Manifest
from api.portal.library import Library
from bwc.clock import iso
from bwc.errors import BwcError

SCHEMA = """
CREATE TABLE releases (
  row INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, published_at TEXT NOT NULL,
  kind TEXT NOT NULL, district TEXT NOT NULL, manifest TEXT NOT NULL
);
CREATE INDEX newest ON releases (published_at DESC, id DESC);
-- Every word is looked for by its beginning: without the short prefixes one letter reads all words.
CREATE VIRTUAL TABLE words USING fts5 (
  title, summary, place, spoken, tokenize = 'porter unicode61', prefix = '1 2 3'
);
"""
FOUND = """
  FROM releases
  WHERE (:words IS NULL OR row IN (SELECT rowid FROM words WHERE words MATCH :words))
    AND (:kind = '' OR kind = :kind) AND (:district = '' OR district = :district)
    AND (:before IS NULL OR (published_at, id) < (:before, :before_id))
"""
COUNT = "SELECT count(*)" + FOUND
LIST = "SELECT manifest" + FOUND + "ORDER BY published_at DESC, id DESC LIMIT :limit OFFSET :offset"
WORD = re.compile(r"\w+")
MOST_WORDS = 20  # of a search; more would only cost time
CUE_TIME = re.compile(r"^(WEBVTT.*|\d+|.*-->.*)$", re.MULTILINE)

Values: TypeAlias = dict[str, str | int | None]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Query:
    """What a reader looks for; empty fields match everything."""

    text: str = ""
    kind: str = ""
    district: str = ""


@dataclass(frozen=True, slots=True)
class Facets:
    """The kinds and districts that have releases."""

    kinds: list[str]
    districts: list[str]


class ReleaseIndex:
    """Every release on the public record, newest first."""

    def __init__(
        self, library: Library, *, look_seconds: float = 1.0, relist_seconds: float = 60.0
    ) -> None:
        """Start empty; the first question fills it."""
        self._library = library
        self._look_seconds = look_seconds
        self._relist_seconds = relist_seconds
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.executescript(SCHEMA)
        self._marker: bytes | None = None
        self._looked = self._listed = float("-inf")

    def count(self, query: Query) -> int:
        """How many releases match."""
        return sum(int(str(row[0])) for row in self._rows(COUNT, _values(query)))

    def page(self, query: Query, *, offset: int, limit: int) -> list[Manifest]:
        """`limit` matching releases from `offset` on, newest first."""
        return self._manifests({**_values(query), "offset": offset, "limit": limit})

    def after(self, query: Query, cursor: Cursor | None, *, limit: int) -> list[Manifest]:
        """`limit` matching releases older than `cursor`, newest first."""
        values = {**_values(query), "offset": 0, "limit": limit}
        if cursor is not None:
            values |= {"before": iso(cursor.published_at), "before_id": cursor.id}
        return self._manifests(values)

    def facets(self) -> Facets:
        """What can be filtered by."""
        kinds = self._rows("SELECT DISTINCT kind FROM releases ORDER BY kind", {})
        districts = self._rows("SELECT DISTINCT district FROM releases ORDER BY district", {})
        return Facets([str(row[0]) for row in kinds], [str(row[0]) for row in districts])

    def refresh(self) -> None:
        """Look at the store if it is time to; while one reader looks, others use what is known."""
        now = time.monotonic()
        if now - self._looked < self._look_seconds or not self._lock.acquire(blocking=False):
            return
        try:
            self._looked = now
            marker = self._library.changed()
            if marker != self._marker or now - self._listed >= self._relist_seconds:
                self._relist(changed=_changed_id(marker))
                self._marker, self._listed = marker, now
        finally:
            self._lock.release()

    def _relist(self, *, changed: str | None) -> None:
        """Forget what is gone or was named as changed, read what is new."""
        listed = self._library.listed()
        current = {name for name, kind in listed.items() if kind == "manifest"}
        known = {str(row[0]) for row in self._database.execute("SELECT id FROM releases")}
        for name in (known - current) | ({changed} & known if changed else set()):
            self._forget(name)
            known.discard(name)
        for name in sorted(current - known):
            self._learn(name)
        self._database.commit()

    def _forget(self, name: str) -> None:
        row = self._database.execute("SELECT row FROM releases WHERE id = ?", (name,)).fetchone()
        self._database.execute("DELETE FROM words WHERE rowid = ?", row)
        self._database.execute("DELETE FROM releases WHERE row = ?", row)

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
        cursor = self._database.execute(
            "INSERT INTO releases (id, published_at, kind, district, manifest)"
            " VALUES (?, ?, ?, ?, ?)",
            (
                manifest.id,
                iso(manifest.published_at),
                manifest.incident.kind,
                manifest.incident.district,
                manifest.model_dump_json(),
            ),
        )
        place = f"{manifest.incident.kind} {manifest.incident.district} {manifest.incident.date}"
        self._database.execute(
            "INSERT INTO words (rowid, title, summary, place, spoken) VALUES (?, ?, ?, ?, ?)",
            (cursor.lastrowid, manifest.title, manifest.summary, place, spoken),
        )

    def _manifests(self, values: Values) -> list[Manifest]:
        return [Manifest.model_validate_json(str(row[0])) for row in self._rows(LIST, values)]

    def _rows(self, statement: str, values: Values) -> list[tuple[object, ...]]:
        self.refresh()
        with self._lock:
            return list(self._database.execute(statement, values))


def _values(query: Query) -> Values:
    """What a query asks; the reader's words are quoted, never syntax."""
    terms = WORD.findall(query.text)[:MOST_WORDS]
    said = " ".join(f'"{term}"*' for term in terms)
    nothing = '"' + "\N{REPLACEMENT CHARACTER}" + '"'  # words that are no words match nothing
    return {
        "words": said or (nothing if query.text.strip() else None),
        "kind": query.kind,
        "district": query.district,
        "before": None,
        "before_id": None,
    }


def _changed_id(marker: bytes) -> str | None:
    """The release a marker names."""
    try:
        document = json.loads(marker)
    except ValueError:
        return None
    name = document.get("release") if isinstance(document, dict) else None
    return name if isinstance(name, str) else None
