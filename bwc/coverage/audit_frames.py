"""The lists that random audits drew from, kept so that anyone can make a draw again."""

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject, canonical_bytes
from bwc.catalog import tables
from bwc.catalog.finding import Audit, AuditDraw, AuditFrame
from bwc.coverage.export import write_rows
from bwc.coverage.sample import Candidate, draw, frame_document, read_frame_document
from bwc.errors import IntegrityError, NotFound
from bwc.ids import Sha256

FRAME_COLUMNS = ("call", "badge", "stratum")


@dataclass(frozen=True, slots=True)
class Redrawn:
    """An audit drawn again from its kept list: what stands in the catalog, and what came out."""

    number: str
    seed: str
    frame_sha256: str
    held: int
    kept: tuple[Candidate, ...]
    again: tuple[Candidate, ...]

    @property
    def is_same(self) -> bool:
        """Whether the seed gives the very draws that were reviewed, in their order."""
        return self.kept == self.again

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "number": self.number,
            "seed": self.seed,
            "frame_sha256": self.frame_sha256,
            "held": self.held,
            "same": self.is_same,
            "kept": frame_lines(self.kept),
            "drawn_again": frame_lines(self.again),
        }


def keep_frame(session: Session, frame: Iterable[Candidate]) -> Sha256:
    """Keep the list that is drawn from; its sha256. The same list twice is one row."""
    written = canonical_bytes(frame_document(frame))
    sha256 = Sha256(hashlib.sha256(written).hexdigest())
    if session.get(AuditFrame, sha256) is None:
        packed = base64.b64encode(gzip.compress(written, mtime=0)).decode("ascii")
        session.add(AuditFrame(sha256=sha256, packed=packed))
    return sha256


def read_frame(session: Session, audit: Audit) -> list[Candidate]:
    """The list that an audit drew from, held against its hash.

    Raises:
        NotFound: the audit was drawn before lists were kept.
        IntegrityError: what is kept is not what was drawn from.
    """
    row = session.get(AuditFrame, audit.frame_sha256)
    if row is None:
        raise NotFound(
            "the list that this audit drew from was not kept",
            where=audit.number,
            advice="It was drawn before lists were kept; draw a new one",
        )
    try:
        written = gzip.decompress(base64.b64decode(row.packed, validate=True))
    except (ValueError, OSError, EOFError, zlib.error) as exc:
        raise IntegrityError("the kept list cannot be read", where=audit.number) from exc
    found = hashlib.sha256(written).hexdigest()
    if found != audit.frame_sha256:
        raise IntegrityError(
            "the kept list is another one",
            where=audit.number,
            expected=audit.frame_sha256,
            got=found,
        )
    return read_frame_document(json.loads(written))


def keeps_frame(session: Session, audit: Audit) -> bool:
    """Whether the list that an audit drew from was kept."""
    query = sa.select(AuditFrame.sha256).where(AuditFrame.sha256 == audit.frame_sha256)
    return session.scalar(query) is not None


def redraw(session: Session, audit: Audit) -> Redrawn:
    """Draw an audit again from its kept list; raises as `read_frame`."""
    frame = read_frame(session, audit)
    return Redrawn(
        number=audit.number,
        seed=audit.seed,
        frame_sha256=audit.frame_sha256,
        held=len(frame),
        kept=_drawn(session, audit),
        again=tuple(draw(frame, size=audit.size, seed=audit.seed)),
    )


def frame_document_of(session: Session, audit: Audit) -> tuple[JsonObject, list[Candidate]]:
    """The list that an audit drew from, as JSON whose `frame` has the hash that was written down.

    Raises as `read_frame`.
    """
    frame = read_frame(session, audit)
    columns: list[Json] = [*FRAME_COLUMNS]
    document: JsonObject = {
        "number": audit.number,
        "seed": audit.seed,
        "size": audit.size,
        "frame_sha256": audit.frame_sha256,
        "columns": columns,
        "frame": frame_document(frame),
    }
    return document, frame


def write_frame_csv(frame: Iterable[Candidate], stream: TextIO) -> None:
    """One line per officer-call that could be drawn."""
    write_rows(stream, FRAME_COLUMNS, ([one.call, one.badge, one.stratum] for one in frame))


def frame_lines(frame: Iterable[Candidate]) -> list[Json]:
    """Officer-calls as JSON, each by its columns."""
    return [{"call": one.call, "badge": one.badge, "stratum": one.stratum} for one in frame]


def _drawn(session: Session, audit: Audit) -> tuple[Candidate, ...]:
    """The draws that the catalog holds, in their order."""
    query = (
        sa.select(tables.Call.number, tables.Officer.badge, AuditDraw.stratum)
        .join(tables.Call, AuditDraw.call_id == tables.Call.id)
        .join(tables.Officer, AuditDraw.officer_id == tables.Officer.id)
        .where(AuditDraw.audit_id == audit.id)
        .order_by(AuditDraw.place)
    )
    return tuple(Candidate(call, badge, stratum) for call, badge, stratum in session.execute(query))
