"""Files that prove that an obligation was met. The bytes lie in the vault."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from bwc.catalog.base import Base, primary_key, reference, sha256_column


class ProofFile(Base):
    """One file of one obligation. `kind` is what its bytes are, whatever its sender called it.

    Append-only. A decision that replaces another carries the files of what stays proven along, as
    rows of their own.
    """

    __tablename__ = "proof_files"

    id: Mapped[str] = primary_key()
    obligation_id: Mapped[str] = reference("obligations.id")
    sha256: Mapped[str] = sha256_column()
    size_bytes: Mapped[int]
    kind: Mapped[str]
    name: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]
