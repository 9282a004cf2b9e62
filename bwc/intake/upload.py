"""Uploads that arrive in pieces and survive whatever interrupts them.

    upload = open_upload(uploads, request, actor=...)          what will be sent, and how much of it
    upload = append(uploads, upload.id, offset=..., chunks=...)     any number of times
    received = finish(uploads, upload.id, actor=...)           stored, hashed and written down
    upload = find_upload(uploads, upload.id)                   where to go on after an interruption

The row says how many bytes are safely on disk; it moves only after they were flushed there. After
a kill the sender asks for `received_bytes` and goes on from that offset; whatever lies beyond it in
the spool is overwritten. Where the spool itself was lost, the row goes back to what is left, so that
no hole is ever taken for footage. `finish` may be repeated: it gives the same answer.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import FileIO
from pathlib import Path

from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.recording import Recording, RecordingState, Upload, UploadState
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.ids import RecordingId, Sha256, new_id
from bwc.intake.dock import Dock
from bwc.intake.names import base_name
from bwc.intake.receive import Received, note_refusal, receive_file, too_large
from bwc.intake.sidecar import Claims, claims_from, combine
from bwc.vault.files import disk_errors, require_room, sync_folder

FLUSH_BYTES = 8 << 20  # at most this much is sent again after a kill
LARGEST_SIZE = 2**63 - 1  # what a file system and the catalog can count


@dataclass(frozen=True, slots=True)
class Uploads:
    """Where uploads are received: the dock, and the folder their pieces wait in."""

    dock: Dock
    spool: Path


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a sender says before sending: the file's name and size, and a sidecar's fields."""

    file_name: str
    size_bytes: int
    sidecar: JsonObject = field(default_factory=dict)
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an upload stands: send on from `received_bytes`."""

    id: str
    file_name: str
    size_bytes: int
    received_bytes: int
    state: UploadState
    reason: str | None
    recording_id: RecordingId | None
    created_by: str


def open_upload(uploads: Uploads, announced: Announcement, *, actor: str) -> Progress:
    """Begin an upload; there is room for it now, or it does not begin.

    Raises:
        InvalidInput: a sidecar field that cannot be understood (named), a size that no file has,
            or a file too large, which is kept as a refused upload.
        TransientError: no room.
    """
    claims = _claims(announced.sidecar, announced.sha256)
    if not 0 <= announced.size_bytes <= LARGEST_SIZE:
        raise InvalidInput("no file has this size", got=str(announced.size_bytes))
    dock = uploads.dock
    upload = Upload(
        id=new_id(),
        file_name=base_name(announced.file_name),
        size_bytes=announced.size_bytes,
        received_bytes=0,
        expected_sha256=claims.sha256,
        sidecar=announced.sidecar,
        state=UploadState.OPEN,
        created_by=actor,
        created_at=dock.clock.now(),
    )
    if announced.size_bytes > dock.max_bytes:
        _refuse(dock, upload, announced, actor=actor)
    require_room(uploads.spool, announced.size_bytes, keep_free_bytes=0)
    dock.vault.reserve(announced.size_bytes)
    with dock.catalog.write() as session:
        session.add(upload)
        session.flush()
        progress = _progress(upload)
        session.commit()
    return progress


def append(uploads: Uploads, upload_id: str, *, offset: int, chunks: Iterable[bytes]) -> Progress:
    """Add bytes from `offset` on, which must be where the upload stands.

    What arrived before an interruption of `chunks` counts as received.

    Raises:
        Conflict: not at that offset, closed already, or another transfer is writing to it.
        InvalidInput: more bytes than announced; those up to the announced size are kept.
        TransientError: no room; what was flushed is kept and the sender may go on later.
    """
    with held(uploads, upload_id) as (upload, file):
        if offset != upload.received_bytes:
            raise Conflict(
                "this is not where the upload stands",
                where=upload_id,
                expected=f"offset {upload.received_bytes}",
                got=f"{offset}",
                advice="Ask for the upload and go on from its received_bytes.",
            )
        _write(uploads, upload, file, chunks)
    return find_upload(uploads, upload_id)


def finish(uploads: Uploads, upload_id: str, *, actor: str) -> Received:
    """Take the whole upload in; asking again gives the same answer.

    Raises:
        Conflict: bytes are missing, or the upload was refused.
        TransientError: no room in the vault; the upload stays open and can be finished later.
    """
    earlier = find_upload(uploads, upload_id)
    if earlier.state is UploadState.DONE:
        spool_path(uploads, upload_id).unlink(missing_ok=True)
        return _earlier_answer(uploads, earlier)
    with held(uploads, upload_id) as (upload, file):
        if upload.received_bytes != upload.size_bytes:
            raise Conflict(
                "the upload is not complete",
                where=upload_id,
                expected=f"{upload.size_bytes} bytes",
                got=f"{upload.received_bytes}",
            )
        file.truncate(upload.size_bytes)
        received = take_in(uploads, upload, actor=actor)
        spool_path(uploads, upload_id).unlink(missing_ok=True)
    return received


def find_upload(uploads: Uploads, upload_id: str) -> Progress:
    """Where the upload stands.

    Raises:
        NotFound: no upload has that id.
    """
    with uploads.dock.catalog.read() as session:
        return _progress(_row(session, upload_id))


@contextmanager
def held(uploads: Uploads, upload_id: str) -> Iterator[tuple[Progress, FileIO]]:
    """An open upload and its bytes so far, held by this transfer alone.

    Raises:
        Conflict: the upload is closed, or another transfer holds it.
        NotFound: no upload has that id.
    """
    _require_open(find_upload(uploads, upload_id))  # so that no other id ever becomes a path
    path = spool_path(uploads, upload_id)
    with disk_errors("spool"):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise Conflict("another transfer is writing to this upload", where=upload_id) from exc
        with disk_errors("spool"):
            sync_folder(path.parent)
        upload = find_upload(uploads, upload_id)
        _require_open(upload)
        left = os.fstat(descriptor).st_size
        if left < upload.received_bytes:
            upload = replace(upload, received_bytes=_stand_at(uploads, upload_id, left))
        yield upload, file


def take_in(
    uploads: Uploads, upload: Progress, *, actor: str, fault: str | None = None
) -> Received:
    """Hand the spooled file to the dock; the upload's row closes in the same transaction."""
    with uploads.dock.catalog.read() as session:
        row = _row(session, upload.id)
        claims = _claims(row.sidecar, row.expected_sha256)
    return receive_file(
        uploads.dock,
        spool_path(uploads, upload.id),
        actor=actor,
        name=upload.file_name,
        claims=claims,
        fault=fault,
        upload_id=upload.id,
    )


def spool_path(uploads: Uploads, upload_id: str) -> Path:
    """Where the upload's bytes wait."""
    return uploads.spool / f"{upload_id}.part"


def _claims(sidecar: JsonObject, sha256: str | None) -> Claims:
    """What the announcement claims: its fields and its own hash, which must not contradict."""
    fields = claims_from(sidecar, where="sidecar")
    announced = claims_from({"sha256": sha256}, where="upload")
    return combine(fields, announced, first="the sidecar", second="the upload")


def _refuse(dock: Dock, upload: Upload, announced: Announcement, *, actor: str) -> None:
    """Keep a refused upload's row and custody entry, and say why."""
    error = too_large(announced.file_name, announced.size_bytes, dock.max_bytes)
    upload.state = UploadState.REFUSED
    upload.reason = str(error)
    with dock.catalog.write() as session:
        session.add(upload)
        note_refusal(
            session,
            announced.file_name,
            error,
            actor=actor,
            at=dock.clock.now(),
            upload_id=upload.id,
        )
        session.commit()
    raise error


def _write(uploads: Uploads, upload: Progress, file: FileIO, chunks: Iterable[bytes]) -> None:
    """Write the chunks, moving the row on after each flush, the last one in any case."""
    received = flushed = upload.received_bytes
    file.seek(received)
    try:
        for chunk in chunks:
            room = upload.size_bytes - received
            _write_whole(file, chunk[:room])
            received += min(len(chunk), room)
            if len(chunk) > room:
                raise InvalidInput(
                    "more bytes than announced",
                    where=upload.id,
                    expected=f"{upload.size_bytes} bytes",
                    advice="Finish this upload, or announce the file again with its true size.",
                )
            if received - flushed >= FLUSH_BYTES:
                flushed = _flush(uploads, upload.id, file, received)
    finally:
        if received > flushed:
            _flush(uploads, upload.id, file, received)


def _write_whole(file: FileIO, chunk: bytes) -> None:
    """Write all of `chunk`; an unbuffered file may take a part of it at a time."""
    left = memoryview(chunk)
    with disk_errors("spool"):
        while left:
            left = left[file.write(left) :]


def _flush(uploads: Uploads, upload_id: str, file: FileIO, received: int) -> int:
    """Bring the bytes to disk, then let the row say so."""
    with disk_errors("spool"):
        os.fsync(file.fileno())
    return _stand_at(uploads, upload_id, received)


def _stand_at(uploads: Uploads, upload_id: str, received: int) -> int:
    """Let the row say how much lies in the spool."""
    with uploads.dock.catalog.write() as session:
        _row(session, upload_id).received_bytes = received
        session.commit()
    return received


def _earlier_answer(uploads: Uploads, upload: Progress) -> Received:
    """What the first `finish` said, for a sender that did not hear it."""
    with uploads.dock.catalog.read() as session:
        recording = session.get_one(Recording, upload.recording_id)
        return Received(
            recording_id=RecordingId(recording.id),
            sha256=Sha256(recording.sha256),
            state=recording.state,
            reason=upload.reason,
            duplicate=upload.reason is not None
            and recording.state is not RecordingState.QUARANTINED,
        )


def _row(session: Session, upload_id: str) -> Upload:
    """The upload's row."""
    upload = session.get(Upload, upload_id)
    if upload is None:
        raise NotFound("no upload has this id", where=upload_id)
    return upload


def _require_open(upload: Progress) -> None:
    """Refuse to go on with an upload that is closed."""
    if upload.state is not UploadState.OPEN:
        raise Conflict(
            "this upload is closed",
            where=upload.id,
            expected="an open upload",
            got=upload.state.value,
        )


def _progress(upload: Upload) -> Progress:
    """The row as a value."""
    return Progress(
        id=upload.id,
        file_name=upload.file_name,
        size_bytes=upload.size_bytes,
        received_bytes=upload.received_bytes,
        state=upload.state,
        reason=upload.reason,
        recording_id=RecordingId(upload.recording_id) if upload.recording_id else None,
        created_by=upload.created_by,
    )
