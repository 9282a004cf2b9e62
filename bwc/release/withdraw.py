"""Taking a release back: its files go, a tombstone with the public reason stays."""

from datetime import datetime

from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.release import Release, ReleaseState
from bwc.clock import iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.release.bundle import CHANGED, MANIFEST, TOMBSTONE, folder_of, put_state
from bwc.release.public_text import public_text
from bwc.release.rows import PUBLIC, locked_release
from bwc.release.signatures import lapse_waiting
from bwc.vault.protocol import PublicStore

LONGEST_REASON = 2_000


def withdraw(session: Session, release_id: str, *, reason: str, by: str, at: datetime) -> Release:
    """Withdraw a release at once; the job that follows clears the public store.

    Args:
        session: a writing session of the catalog.
        release_id: the release, published or still on its way.
        reason: what the public, or its recipient, will read in its place.
        by: who withdraws it.
        at: when, aware.

    Raises:
        NotFound: no such release.
        Conflict: it was withdrawn before.
        InvalidInput: no reason, one too long to show, or one that names somebody.
    """
    release = locked_release(session, release_id)
    if release.state is ReleaseState.WITHDRAWN:
        raise Conflict("this release was withdrawn before", where=release_id)
    said = public_text(session, reason, field="reason", longest=LONGEST_REASON)
    lapse_waiting(session, release, why="the release was withdrawn", at=at)
    before = release.state
    release.state = ReleaseState.WITHDRAWN
    release.withdrawn_by = by
    release.withdrawn_at = at
    release.withdrawn_reason = said
    record(
        session,
        Act.WITHDRAWAL,
        about=About(Subject.RELEASE, release.id),
        actor=by,
        at=at,
        detail={"reason": said, "manifest_sha256": release.manifest_sha256},
        before={"state": before.value},
    )
    if release.audience == PUBLIC:
        enqueue(session, JobKind.WITHDRAW, subject_id=release.id, requested_by=by, at=at)
    else:  # nothing of it ever lay in the public store; its links end here and now
        enqueue(session, JobKind.TIDY_LINKS, requested_by=by, at=at)
    return release


def clear(public: PublicStore, release: Release) -> None:
    """Take a withdrawn release off the public store; safe to run twice.

    The tombstone is written first, so that at no moment the record is silent, and the manifest
    goes before the rest, so that at no moment it lists what is gone.
    """
    folder = folder_of(release.id)
    tombstone = tombstone_of(release)
    if tombstone is not None:
        put_state(public, f"{folder}/{TOMBSTONE}", tombstone)
    remove_bundle(public, release.id)
    if tombstone is not None:
        put_state(public, CHANGED, {"release": release.id, "act": "withdrawn"})


def tombstone_of(release: Release) -> JsonObject | None:
    """What stays to be read; nothing for a release that never was public."""
    if release.published_at is None or release.withdrawn_at is None:
        return None
    return {
        "format": "bwc-tombstone/1",
        "id": release.id,
        "title": release.title,
        "published_at": iso(release.published_at),
        "withdrawn_at": iso(release.withdrawn_at),
        "reason": release.withdrawn_reason,
        "manifest_sha256": release.manifest_sha256,
    }


def remove_bundle(public: PublicStore, release_id: str) -> None:
    """Remove every file of a bundle, its manifest first, but never a tombstone."""
    folder = folder_of(release_id)
    public.remove(f"{folder}/{MANIFEST}")
    for key in list(public.keys(f"{folder}/")):
        if not key.endswith(f"/{TOMBSTONE}"):
            public.remove(key)
