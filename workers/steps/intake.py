"""The jobs that follow storing (poster, proxy and outline, hash check, match to a call), and the spool's."""

import hashlib
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.recording import Recording, RecordingState
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, IntegrityError, NotFound
from bwc.ids import Sha256
from bwc.intake.abandoned import clear_spool, end_silent_uploads
from bwc.intake.dock import make_dock
from bwc.intake.tagging import match_recording
from bwc.intake.upload import Uploads
from bwc.media.derive import Source, make_poster, make_proxy, most_bytes
from bwc.redaction.outline import make_outline
from bwc.vault.files import require_room
from workers.context import StepContext

MICROSECONDS = 1_000_000
WORKER = "worker"


def derive(context: StepContext) -> None:
    """Make poster, proxy and outline of a recording; with them it is ready to be looked at.

    One that has a proxy from before there were outlines keeps it, and gets its outline alone.
    """
    recording = _recording(context)
    if recording.poster_sha256 and recording.proxy_sha256:
        if recording.outline_sha256 is None:
            _outline_alone(context, recording, Sha256(recording.proxy_sha256))
            return
        with context.finish({"found": True}):
            return
    if recording.duration_us is None:
        raise Conflict(
            "a recording that does not play has no proxy",
            where=recording.id,
            got=recording.quarantine_reason,
        )
    with _room(context, recording) as folder:
        poster, proxy = folder / "poster.jpg", folder / "proxy.mp4"
        _make(context, recording, poster, proxy)
        outline = _outline(context, recording, proxy)
        context.report(0.95, "storing")
        made: JsonObject = {
            "poster_sha256": _store(context, poster),
            "proxy_sha256": _store(context, proxy),
            "outline_sha256": outline,
        }
    _keep(context, recording, made)


def _outline_alone(context: StepContext, recording: Recording, proxy: Sha256) -> None:
    """Make the outline of a recording whose proxy lies in the vault."""
    with context.vault.path(proxy) as path:
        made: JsonObject = {"outline_sha256": _outline(context, recording, path)}
    _keep(context, recording, made)


@contextmanager
def _room(context: StepContext, recording: Recording) -> Iterator[Path]:
    """A folder of the spool with room for what is derived, as the vault has it."""
    spool = context.settings.spool_folder
    spool.mkdir(parents=True, exist_ok=True)
    room = most_bytes(Fraction(recording.duration_us or 0, MICROSECONDS))
    require_room(spool, room, keep_free_bytes=context.settings.intake.reserve_bytes)
    context.vault.reserve(room)
    with tempfile.TemporaryDirectory(dir=spool, prefix="derive-") as folder:
        yield Path(folder)


def _outline(context: StepContext, recording: Recording, proxy: Path) -> Sha256:
    """Put into the vault what player and timeline know of a recording."""
    with context.vault.path(Sha256(recording.sha256)) as original:
        made = make_outline(proxy, original, check=lambda: context.report(0.9, "outline"))
    stored = made.bytes()
    context.vault.reserve(len(stored))
    return context.vault.put(io.BytesIO(stored)).sha256


def _keep(context: StepContext, recording: Recording, made: JsonObject) -> None:
    """Name in the recording's row what was made of it, and say so in custody."""
    with context.finish(made) as session:
        row = session.get_one(Recording, recording.id)
        for column, sha256 in made.items():
            setattr(row, column, sha256)
        if row.state is RecordingState.STORED:
            row.state = RecordingState.READY
        detail = {"original_sha256": recording.sha256, **made}
        _note(session, Act.DERIVATION, recording.id, at=context.clock.now(), detail=detail)


def check_fixity(context: StepContext) -> None:
    """Hash the stored original again.

    Raises:
        IntegrityError: it is not what it was when it was taken in; that is written down first.
    """
    recording = _recording(context)
    expected = Sha256(recording.sha256)
    digest, done = hashlib.sha256(), 0
    for chunk in context.vault.read(expected):
        digest.update(chunk)
        done += len(chunk)
        context.report(min(0.99, done / max(1, recording.size_bytes)), "hashing")
    found, now = digest.hexdigest(), context.clock.now()
    detail: JsonObject = {"sha256": found, "size_bytes": str(done)}
    if found != expected:
        with context.catalog.write() as session:
            detail |= {"outcome": "failed", "expected": expected}
            _note(session, Act.FIXITY_CHECK, recording.id, at=now, detail=detail)
            session.commit()
        raise IntegrityError(
            "the stored original has changed", where=recording.id, expected=expected, got=found
        )
    with context.finish({"sha256": found}) as session:
        session.get_one(Recording, recording.id).fixity_checked_at = now
        _note(
            session,
            Act.FIXITY_CHECK,
            recording.id,
            at=now,
            detail=detail | {"outcome": "intact"},
        )


def match(context: StepContext) -> None:
    """Tie the recording to the call it overlaps, or say why there is none."""
    recording = _recording(context)
    with context.finish({}) as session:
        match_recording(session, recording.id, context.clock.now())


def tidy_spool(context: StepContext) -> None:
    """End uploads that fell silent, and remove what killed jobs left in this machine's spool."""
    dock = make_dock(context.catalog, context.vault, context.clock, context.settings.intake)
    uploads = Uploads(dock, context.settings.spool_folder)
    ended = end_silent_uploads(uploads, on_each=lambda: context.report(0.0, "silent uploads"))
    removed = clear_spool(uploads)
    with context.finish({"uploads_ended": ended, "leftovers_removed": removed}):
        return


def _recording(context: StepContext) -> Recording:
    """The recording the job is about, as it stands now."""
    with context.catalog.read() as session:
        recording = session.get(Recording, context.job.subject_id)
    if recording is None:
        raise NotFound("no recording has this id", where=context.job.subject_id)
    return recording


def _make(context: StepContext, recording: Recording, poster: Path, proxy: Path) -> None:
    """Write both files, from the stored original."""
    memory = context.settings.intake.probe_memory_bytes
    with context.vault.path(Sha256(recording.sha256)) as path:
        source = Source(
            path=path,
            seconds=Fraction(recording.duration_us or 0, MICROSECONDS),
            has_audio=bool(recording.has_audio),
        )
        make_poster(
            source, poster, memory_bytes=memory, on_wait=lambda: context.report(0.0, "poster")
        )
        make_proxy(
            source,
            proxy,
            memory_bytes=memory,
            on_progress=lambda share: context.report(0.05 + 0.85 * share, "proxy"),
        )


def _store(context: StepContext, path: Path) -> Sha256:
    """Put a derived file into the vault."""
    context.vault.reserve(path.stat().st_size)
    with path.open("rb") as file:
        return context.vault.put(file).sha256


def _note(
    session: Session, act: Act, recording_id: str, *, at: datetime, detail: JsonObject
) -> None:
    """The custody entry of what a worker did to a recording."""
    record(
        session,
        act,
        about=About(Subject.RECORDING, recording_id),
        actor=WORKER,
        at=at,
        detail=detail,
    )
