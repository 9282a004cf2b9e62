"""Files of an import on their way: kept aside, tried without changing anything, then applied.

A staged import is a folder of the spool with the files and nothing else; its number is a random
id. What was tried is what is applied: the person names the files by the hash that the trial showed.
Folders that nobody applied go with the rest of the spool after a week.
"""

import hashlib
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject, digest
from bwc.coverage.cells import RowError
from bwc.coverage.importing import (
    FILES,
    Bundle,
    import_bundle,
    import_document,
    read_bundle,
    without_bad_rows,
)
from bwc.coverage.mapping import Mapping, load_mapping, source_name
from bwc.coverage.merging import Merged
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.ids import new_id

MAPPING = "mapping.toml"
NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NAME = re.compile(r"[\w][\w .()-]{0,120}\.(csv|txt|tsv|toml)", re.IGNORECASE)
PREFIX = "import-"
MOST_FILES = len(FILES) + 1
MOST_ERRORS = 500  # told; more than a person mends in one go, and all are counted


@dataclass(frozen=True, slots=True)
class Incoming:
    """One file as it was sent."""

    name: str
    body: BinaryIO


@dataclass(frozen=True, slots=True)
class Trial:
    """What an import would do, or did: rows by table, bad rows, and the files by their hashes.

    `fingerprint` names exactly these files; applying asks for it.
    """

    number: str
    tables: dict[str, Merged]
    errors: tuple[RowError, ...]
    sha256: dict[str, str]
    is_applied: bool

    @property
    def fingerprint(self) -> str:
        """The hash of the files' hashes."""
        return fingerprint_of(self.sha256)

    def document(self) -> JsonObject:
        """As JSON."""
        files: dict[str, Json] = dict(self.sha256)
        errors: list[Json] = [error.document() for error in self.errors[:MOST_ERRORS]]
        return {
            "id": self.number,
            "applied": self.is_applied,
            "files": files,
            "fingerprint": self.fingerprint,
            "tables": import_document(self.tables),
            "bad_rows": len(self.errors),
            "errors": errors,
        }


def stage(spool: Path, files: Iterable[Incoming]) -> str:
    """Keep the files of an import aside; its number.

    Raises:
        InvalidInput: no file, too many, one twice, or a name that no file of an import has.
    """
    wanted = list(files)
    names = [file.name for file in wanted]
    if not wanted:
        raise InvalidInput("nothing to import", expected=f"one of {', '.join(FILES)}")
    if len(wanted) > MOST_FILES:
        raise InvalidInput("too many files", expected=f"at most {MOST_FILES}", got=str(len(names)))
    for name in names:
        if not NAME.fullmatch(name):
            raise InvalidInput(
                "not a file of an import",
                expected=f"{', '.join(FILES)}, or what a {MAPPING} beside them names",
                got=repr(name[:120]),
            )
    if len({name.lower() for name in names}) < len(names):
        raise InvalidInput("one file was sent twice", got=", ".join(names))
    number = new_id()
    folder = _place(spool, number)
    folder.mkdir(parents=True, mode=0o700)
    for file in wanted:
        with (folder / file.name).open("xb") as kept:
            shutil.copyfileobj(file.body, kept)
    try:
        _require_expected(names, _mapping(folder))
    except InvalidInput:
        forget(spool, number)
        raise
    return number


def try_import(session: Session, spool: Path, number: str, *, by: str, at: datetime) -> Trial:
    """Say what an import would change. The caller leaves without committing.

    Raises:
        NotFound: no such import waits.
        InvalidInput: it holds none of the files, or its mapping cannot be used.
    """
    bundle = _read(session, spool, number)
    good = without_bad_rows(session, bundle)
    merged = import_bundle(session, good, actor=by, at=at)
    sha256 = _hashes(_place(spool, number))
    return Trial(number, merged, tuple(bundle.errors), sha256, is_applied=False)


def apply_import(
    session: Session, spool: Path, number: str, *, fingerprint: str, by: str, at: datetime
) -> Trial:
    """Import what was tried; the caller commits, then `forget`s it.

    Raises:
        NotFound: no such import waits.
        InvalidInput: it has bad rows; nothing is imported.
        Conflict: the files are not those that were tried.
    """
    bundle = _read(session, spool, number)
    sha256 = _hashes(_place(spool, number))
    if fingerprint_of(sha256) != fingerprint:
        raise Conflict(
            "these are not the files that were tried",
            where=number,
            expected=fingerprint,
            got=fingerprint_of(sha256),
            advice="Try them again and read what they would change",
        )
    merged = import_bundle(session, bundle, actor=by, at=at)
    return Trial(number, merged, (), sha256, is_applied=True)


def forget(spool: Path, number: str) -> None:
    """Remove the files of an import that was applied or given up; gone already is no error."""
    shutil.rmtree(_place(spool, number), ignore_errors=True)


def fingerprint_of(sha256: dict[str, str]) -> str:
    """One hash for a set of files."""
    hashes: dict[str, Json] = dict(sha256)
    return digest(hashes)


def _read(session: Session, spool: Path, number: str) -> Bundle:
    folder = _place(spool, number)
    if not folder.is_dir():
        raise NotFound(
            "no such import waits",
            where=number,
            advice="Send the files again; they are kept a week",
        )
    return read_bundle(session, folder, _mapping(folder))


def _mapping(folder: Path) -> Mapping | None:
    """The mapping that came with the files. It names files beside it, and nowhere else."""
    file = folder / MAPPING
    if not file.is_file():
        return None
    mapping = load_mapping(file, called=MAPPING)
    for name in FILES:
        source = source_name(name, mapping)
        if not NAME.fullmatch(source):
            raise InvalidInput(
                "a mapping names files that are sent with it",
                where=f"{MAPPING}, {name.removesuffix('.csv')}.file",
                got=repr(source[:120]),
            )
    return mapping


def _require_expected(names: list[str], mapping: Mapping | None) -> None:
    """Refuse a file that nothing would read: its name is a slip; and a mapping of no file."""
    read = {MAPPING, *(source_name(name, mapping) for name in FILES)}
    if set(names) == {MAPPING}:
        raise InvalidInput(
            "nothing to import", where=MAPPING, expected="the files that it names beside it"
        )
    if unread := sorted(set(names) - read):
        raise InvalidInput(
            "this file would not be read",
            where=unread[0],
            expected=", ".join(sorted(read)),
            advice=f"Name it as docs/coverage.md does, or send a {MAPPING} that names it",
        )


def _hashes(folder: Path) -> dict[str, str]:
    """Every file of an import by its hash, the mapping too."""
    found: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        with path.open("rb") as stream:
            found[path.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def _place(spool: Path, number: str) -> Path:
    """Where an import waits. Raises NotFound for what is no number: it never becomes a path."""
    if not NUMBER.fullmatch(number):
        raise NotFound("no such import waits", where=number[:40])
    return spool / f"{PREFIX}{number}"
