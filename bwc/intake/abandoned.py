"""What interrupted work leaves in the spool folder: uploads nobody goes on with, folders of killed jobs.

Whatever arrived is kept. An upload that has been silent for a week is taken in as far as it came: in
quarantine with the reason, or, where only its `finish` was missing, as the recording it is. Only the
spool of this machine is looked at; an upload whose pieces lie on another one is left to that one.
"""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from bwc.catalog.recording import Upload, UploadState
from bwc.errors import Conflict, InvalidInput
from bwc.intake.receive import note_refusal
from bwc.intake.upload import Progress, Uploads, find_upload, held, spool_path, take_in
from bwc.vault.files import INCOMING

SILENT_FOR = timedelta(days=7)  # longer than a dock is down, or a job works without writing
ACTOR = "upkeep"


def end_silent_uploads(uploads: Uploads, *, on_each: Callable[[], None]) -> int:
    """End the open uploads that nothing was sent to for a week; how many.

    Args:
        uploads: where they were received.
        on_each: called before each; whatever it raises ends the work between two of them.

    Raises:
        TransientError: no room in the vault; those that are left stay open.
    """
    before = uploads.dock.clock.now() - SILENT_FOR
    with uploads.dock.catalog.read() as session:
        is_old = sa.and_(Upload.state == UploadState.OPEN, Upload.created_at < before)
        ids = session.scalars(sa.select(Upload.id).where(is_old).order_by(Upload.id)).all()
    ended = 0
    for upload_id in ids:
        on_each()
        if _is_silent(spool_path(uploads, upload_id), before):
            ended += _end(uploads, upload_id)
    return ended


def clear_spool(uploads: Uploads) -> int:
    """Remove the pieces of closed uploads, and what killed jobs left a week ago; how many."""
    before = uploads.dock.clock.now() - SILENT_FOR
    removed = 0
    for path in uploads.spool.iterdir() if uploads.spool.is_dir() else ():
        if path.suffix == ".part":
            removed += _remove_closed(uploads, path)
        elif path.is_dir() and path.name != INCOMING and _is_silent(path, before):
            shutil.rmtree(path)
            removed += 1
    return removed


def _is_silent(path: Path, before: datetime) -> bool:
    """Whether nothing was written to a file, or to anything in a folder, since `before`."""
    written = [found.stat().st_mtime for found in (path, *path.rglob("*")) if found.exists()]
    return max(written, default=0.0) < before.timestamp()


def _end(uploads: Uploads, upload_id: str) -> bool:
    """Take in what arrived of one upload, or refuse it where nothing did; whether it ended."""
    path = spool_path(uploads, upload_id)
    if find_upload(uploads, upload_id).received_bytes and not path.exists():
        return False  # its pieces lie in the spool of another machine
    try:
        with held(uploads, upload_id) as (upload, file):
            if upload.received_bytes:
                file.truncate(upload.received_bytes)
                take_in(uploads, upload, actor=ACTOR, fault=_what_is_missing(upload))
            else:
                _refuse(uploads, upload)
            path.unlink(missing_ok=True)
    except Conflict:  # its sender came back this very moment
        return False
    return True


def _what_is_missing(upload: Progress) -> str | None:
    """Why what arrived is not the whole file; None where it is."""
    if upload.received_bytes == upload.size_bytes:
        return None
    return f"its upload was given up: {upload.received_bytes} of {upload.size_bytes} bytes arrived"


def _refuse(uploads: Uploads, upload: Progress) -> None:
    """Close an upload of which nothing arrived."""
    error = InvalidInput("its upload was given up before a byte arrived")
    dock = uploads.dock
    with dock.catalog.write() as session:
        row = session.get_one(Upload, upload.id)
        row.state, row.reason = UploadState.REFUSED, str(error)
        at = dock.clock.now()
        note_refusal(session, upload.file_name, error, actor=ACTOR, at=at, upload_id=upload.id)
        session.commit()


def _remove_closed(uploads: Uploads, path: Path) -> bool:
    """Remove the pieces of an upload that is closed; those of one that is not known stay."""
    with uploads.dock.catalog.read() as session:
        upload = session.get(Upload, path.stem)
    if upload is None or upload.state is UploadState.OPEN:
        return False
    path.unlink(missing_ok=True)
    return True
