"""Captions that staff wrote for what will be seen: WebVTT, checked, part of what is approved."""

import io
from datetime import datetime

import webvtt
from sqlalchemy.orm import Session

from bwc.catalog.release import Release, ReleaseState
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput
from bwc.release.rows import locked_release
from bwc.vault.protocol import Vault

LARGEST = 4 * 2**20  # bytes; hours of speech fit in one


def attach_captions(
    session: Session, vault: Vault, release_id: str, *, body: bytes, by: str, at: datetime
) -> Release:
    """Add or exchange the captions of a release that nobody has approved yet.

    Raises:
        NotFound: no such release.
        Conflict: it was approved; what was approved does not change.
        InvalidInput: not WebVTT in UTF-8, empty, or larger than 4 MiB.
    """
    release = locked_release(session, release_id)
    if release.state is not ReleaseState.PROPOSED:
        raise Conflict("captions are part of what is approved", got=release.state.value)
    cues = _count_cues(body)
    stored = vault.put(io.BytesIO(body))
    before = release.captions_sha256
    release.captions_sha256 = stored.sha256
    record(
        session,
        Act.CAPTIONS_ATTACHED,
        about=About(Subject.RELEASE, release.id),
        actor=by,
        at=at,
        detail={"sha256": stored.sha256, "cues": cues},
        before={"sha256": before},
    )
    return release


def _count_cues(body: bytes) -> int:
    """How many cues the file has."""
    if len(body) > LARGEST:
        raise InvalidInput("the captions are too large", expected=f"at most {LARGEST} bytes")
    try:
        cues = webvtt.from_string(body.decode("utf-8-sig"))
    except (UnicodeDecodeError, webvtt.errors.MalformedFileError) as exc:
        raise InvalidInput("not a WebVTT file in UTF-8", got=str(exc)) from exc
    if not len(cues):
        raise InvalidInput("the captions hold no cue")
    return len(cues)
