"""Files that prove that an obligation was met: kept in the vault, named by their hash in the ledger.

The bytes are stored first and the row that names them after, so that no row names what is not there.
A file's name stays out of the ledger: people call files by the names of people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.proof import ProofFile
from bwc.catalog.release import DELETION, Obligation, ObligationState
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, NotFound
from bwc.ids import Sha256, new_id
from bwc.release.proof_kind import ProofKind, plain_name

MOST = 20  # files of one obligation


@dataclass(frozen=True, slots=True)
class StoredProof:
    """A file that lies in the vault, and what it is."""

    sha256: Sha256
    size_bytes: int
    kind: ProofKind
    name: str


def require_provable(session: Session, obligation_id: str) -> Obligation:
    """The obligation, where a file may be added to it.

    Raises:
        NotFound: no such obligation.
        Conflict: it lapsed, is met by a disposal alone, or has as many files as it may.
    """
    row = session.get(Obligation, obligation_id, with_for_update=True)
    if row is None:
        raise NotFound("there is no such obligation", where=obligation_id)
    if row.state is ObligationState.LAPSED:
        raise Conflict("this obligation is no longer open", where=row.kind, got=row.state.value)
    if row.kind == DELETION:
        raise Conflict("only a disposal meets this", advice="Propose one: `bwc retention propose`")
    count = sa.select(sa.func.count()).where(ProofFile.obligation_id == obligation_id)
    if (session.scalar(count) or 0) >= MOST:
        raise Conflict(
            "this obligation has enough files", where=row.kind, expected=f"{MOST} at most"
        )
    return row


def add_file(
    session: Session, obligation_id: str, stored: StoredProof, *, by: str, at: datetime
) -> ProofFile:
    """Tie a stored file to an obligation, open or proven; the same file twice is one.

    It proves nothing by itself: `bwc.release.obligations.prove` says how the obligation was met.
    Raises as `require_provable` does.
    """
    row = require_provable(session, obligation_id)
    known = sa.select(ProofFile).where(
        ProofFile.obligation_id == obligation_id, ProofFile.sha256 == stored.sha256
    )
    there = session.scalars(known).first()
    if there is not None:
        return there
    file = ProofFile(
        id=new_id(),
        obligation_id=obligation_id,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        kind=stored.kind.value,
        name=plain_name(stored.name),
        added_by=by,
        added_at=at,
    )
    session.add(file)
    session.flush()
    record(
        session,
        Act.PROOF_FILED,
        about=About(Subject.OBLIGATION, obligation_id),
        actor=by,
        at=at,
        detail={
            "incident_id": row.incident_id,
            "sha256": file.sha256,
            "size_bytes": file.size_bytes,
            "kind": file.kind,
        },
    )
    return file


def read_file(
    session: Session, obligation_id: str, file_id: str, *, by: str, at: datetime
) -> ProofFile:
    """A file to be handed to `by`; the ledger keeps that it was read. Raises NotFound."""
    file = session.get(ProofFile, file_id)
    if file is None or file.obligation_id != obligation_id:
        raise NotFound("this obligation has no such file", where=file_id)
    record(
        session,
        Act.VIEWING,
        about=About(Subject.OBLIGATION, obligation_id),
        actor=by,
        at=at,
        detail={"sha256": file.sha256, "shown": "proof"},
    )
    return file


def carry_files(session: Session, carried: Mapping[str, str]) -> None:
    """Give the files of obligations (by id) to those that replace them, which stay proven."""
    query = sa.select(ProofFile).where(ProofFile.obligation_id.in_(carried)).order_by(ProofFile.id)
    for file in list(session.scalars(query)):
        session.add(
            ProofFile(
                id=new_id(),
                obligation_id=carried[file.obligation_id],
                sha256=file.sha256,
                size_bytes=file.size_bytes,
                kind=file.kind,
                name=file.name,
                added_by=file.added_by,
                added_at=file.added_at,
            )
        )
