"""Taking one file in: stored and hashed first, judged second, written down in one transaction.

Whatever arrives is kept. What cannot be used (not playable, not the announced bytes, an officer
nobody knows, a start time that cannot be placed) is a recording in quarantine with the reason; the
same file sent again with better claims leaves it. Only what cannot be kept is refused: too large,
or no room, and then the sender still has it. Each outcome is a custody entry.

A kill at any point loses nothing: bytes without a row are found in the vault and rowed by the next
try, and a row whose sender heard nothing makes the next try a duplicate.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.recording import RecordingState
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import BwcError, InvalidInput, MediaError
from bwc.ids import RecordingId, Sha256, new_id
from bwc.intake.dock import Dock
from bwc.intake.entry import Arrival, Findings, enter
from bwc.intake.names import base_name
from bwc.intake.sidecar import NOTHING_CLAIMED, Claims
from bwc.media.probe import MediaFacts, probe
from bwc.vault.protocol import Stored


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a file that was kept.

    `reason` says why it is in quarantine, or which recording it repeats.
    """

    recording_id: RecordingId
    sha256: Sha256
    state: RecordingState
    reason: str | None
    duplicate: bool


def receive_file(
    dock: Dock,
    path: Path,
    *,
    actor: str,
    name: str | None = None,
    claims: Claims = NOTHING_CLAIMED,
    fault: str | None = None,
    upload_id: str | None = None,
) -> Received:
    """Take the file at `path` into the vault and the catalog; it stays where it was too.

    Returns only after the stored bytes were hashed again and the row is committed.

    Args:
        dock: where it is received.
        path: the file, a regular one.
        actor: who sends it, for the ledger.
        name: what the sender calls it; by default its own name. Kept as a label, without folders.
        claims: what the sender says of it.
        fault: why the claims could not be read, where they could not: it goes to quarantine.
        upload_id: the resumable upload that brought it, which is closed in the same transaction.

    Raises:
        InvalidInput: not a regular file, or too large; nothing was stored.
        TransientError: no room, or a store did not answer; nothing was stored.
    """
    sent_name = path.name if name is None else name
    try:
        stored, changed = _store(dock, path)
    except BwcError as error:
        with dock.catalog.write() as session:
            reference = upload_id or new_id()
            note_refusal(
                session, sent_name, error, actor=actor, at=dock.clock.now(), upload_id=reference
            )
            session.commit()
        raise
    arrival = Arrival(
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        sent_name=sent_name,
        claims=claims,
        fault=fault or changed,
        actor=actor,
        at=dock.clock.now(),
        upload_id=upload_id,
    )
    findings = _look(dock, arrival.sha256)
    try:
        return _enter(dock, arrival, findings)
    except sa.exc.IntegrityError:  # another process wrote the row first: now it is a duplicate
        return _enter(dock, arrival, findings)


def _enter(dock: Dock, arrival: Arrival, findings: Findings) -> Received:
    """Write the row and commit it."""
    with dock.catalog.write() as session:
        entered = enter(session, arrival, findings)
        received = Received(
            recording_id=RecordingId(entered.recording.id),
            sha256=arrival.sha256,
            state=entered.recording.state,
            reason=entered.reason,
            duplicate=entered.duplicate,
        )
        session.commit()
    return received


def _look(dock: Dock, sha256: Sha256) -> Findings:
    """What the stored bytes are, as a guarded child sees them."""
    with dock.vault.path(sha256) as path:
        try:
            facts: MediaFacts | None = probe(path, dock.probe_limits)
        except MediaError as error:
            unnamed = MediaError(
                error.what, expected=error.expected, got=error.got, advice=error.advice
            )
            return Findings(facts=None, fault=str(unnamed))
    return Findings(facts=facts, fault=None)


def _store(dock: Dock, path: Path) -> tuple[Stored, str | None]:
    """Put the file into the vault; also what is wrong if somebody wrote to it meanwhile."""
    with _opened(path, dock.max_bytes) as file:
        before = os.fstat(file.fileno())
        dock.vault.reserve(before.st_size)
        stored = dock.vault.put(file)
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
        return stored, None
    return stored, "the file was still being written while it was read"


@contextmanager
def _opened(path: Path, max_bytes: int) -> Iterator[BinaryIO]:
    """The file, if it is one; a link or a device is not followed or waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as exc:
        raise InvalidInput("cannot be read", where=base_name(path.name), got=exc.strerror) from exc
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise InvalidInput("not a regular file", where=base_name(path.name))
        if status.st_size > max_bytes:
            raise too_large(path.name, status.st_size, max_bytes)
        yield file


def too_large(name: str, size_bytes: int, max_bytes: int) -> InvalidInput:
    """The error for a file that is not taken in for its size."""
    return InvalidInput(
        "larger than is taken in",
        where=base_name(name),
        expected=f"at most {max_bytes} bytes",
        got=f"{size_bytes}",
        advice="Raise BWC_INTAKE__MAX_BYTES if cameras here write such files.",
    )


def note_refusal(
    session: Session, sent_name: str, error: BwcError, *, actor: str, at: datetime, upload_id: str
) -> None:
    """The custody entry of a file that was not kept."""
    record(
        session,
        Act.REFUSAL,
        about=About(Subject.UPLOAD, upload_id),
        actor=actor,
        at=at,
        detail={"name": base_name(sent_name), "reason": str(error)},
    )
