"""What stands signed and is not rendered yet, as the queue says it."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.signature import Signature, SignatureState


@dataclass(frozen=True, slots=True)
class Signed:
    """The newest signature of a release in words: that it `waits`, or that it `lapsed`, or neither."""

    waits: str | None = None
    lapsed: str | None = None


UNSIGNED = Signed()


def signatures_of(session: Session, release_ids: list[str]) -> dict[str, Signed]:
    """What is said of the newest signature of each of these releases that has one."""
    query = sa.select(Signature).where(Signature.release_id.in_(release_ids))
    return {row.release_id: _in_words(row) for row in session.scalars(query.order_by(Signature.id))}


def _in_words(row: Signature) -> Signed:
    if row.state is SignatureState.WAITING:
        return Signed(waits=f"signed by {row.signed_by}")
    if row.state is SignatureState.LAPSED:
        return Signed(lapsed=f"what {row.signed_by} signed lapsed: {row.ended_why}")
    return UNSIGNED
