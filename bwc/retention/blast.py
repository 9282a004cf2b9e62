"""The blast radius: every object that dies with a recording, worked out before anyone agrees."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.link import RecipientLink
from bwc.catalog.proof import ProofFile
from bwc.catalog.recording import Recording, RecordingState
from bwc.catalog.rendering import PersonCrop, Plan, Rendering
from bwc.ids import Sha256

ORIGINAL = "original"


@dataclass(frozen=True, slots=True)
class Doomed:
    """One object of the vault that a disposal destroys. `id` is the row that stays behind."""

    kind: str
    sha256: Sha256
    id: str

    def document(self) -> JsonObject:
        """The same as JSON."""
        return {"kind": self.kind, "sha256": self.sha256, "id": self.id}


def doomed(session: Session, recording: Recording) -> list[Doomed]:
    """What dies with a recording, the original last: while it lives, the rest can be made again.

    Bytes that another living recording shares are left alone.
    """
    made = {found.sha256: found for found in _made_from(session, recording)}
    shared = set(_used_by_others(session, recording, list(made)))
    own = [found for name, found in made.items() if name not in shared]
    return [*own, Doomed(ORIGINAL, Sha256(recording.sha256), recording.id)]


def plans_of(session: Session, recording: Recording) -> list[Json]:
    """Its plans, which are rows and stay: geometry and reasons, no picture."""
    rows = session.scalars(
        sa.select(Plan).where(Plan.recording_id == recording.id).order_by(Plan.version)
    )
    return [{"id": row.id, "version": row.version, "sha256": row.sha256} for row in rows]


def _made_from(session: Session, recording: Recording) -> Iterator[Doomed]:
    for kind, sha256 in (
        ("poster", recording.poster_sha256),
        ("proxy", recording.proxy_sha256),
        ("outline", recording.outline_sha256),
    ):
        if sha256 is not None:
            yield Doomed(kind, Sha256(sha256), recording.id)
    rows = session.scalars(
        sa.select(Rendering).where(Rendering.recording_id == recording.id).order_by(Rendering.id)
    )
    for row in rows:
        yield Doomed("rendering", Sha256(row.sha256), row.id)
        if row.poster_sha256 is not None:
            yield Doomed("rendering poster", Sha256(row.poster_sha256), row.id)
    copies = sa.select(RecipientLink.id, RecipientLink.copy_sha256).where(
        RecipientLink.recording_id == recording.id
    )
    for link_id, sha256 in session.execute(copies.order_by(RecipientLink.id)):
        if sha256 is not None:
            yield Doomed("marked copy", Sha256(sha256), link_id)
    crops = sa.select(PersonCrop.sha256).where(PersonCrop.recording_id == recording.id)
    for sha256 in session.scalars(crops.order_by(PersonCrop.id)):
        yield Doomed("picture of a person", Sha256(sha256), recording.id)


def _used_by_others(session: Session, recording: Recording, names: list[str]) -> Iterator[str]:
    """Those of `names` that some other recording with bytes, or a proof, still needs."""
    yield from session.scalars(sa.select(ProofFile.sha256).where(ProofFile.sha256.in_(names)))
    living = (Recording.id != recording.id) & (Recording.state != RecordingState.DISPOSED)
    named = (Recording.sha256, Recording.poster_sha256, Recording.proxy_sha256)
    for column in (*named, Recording.outline_sha256):
        yield from session.scalars(sa.select(column).where(living, column.in_(names)))  # type: ignore[misc]
    made = ((Rendering, Rendering.sha256), (Rendering, Rendering.poster_sha256))
    for table, column in (*made, (PersonCrop, PersonCrop.sha256)):
        yield from session.scalars(  # type: ignore[misc]
            sa.select(column)
            .join(Recording, Recording.id == table.recording_id)
            .where(living, column.in_(names))
        )
