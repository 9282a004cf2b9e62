"""Links by which one named person, who is not the public, sees one released recording."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from bwc.catalog.base import Base, primary_key, reference, sha256_column


class RecipientLink(Base):
    """One link for one recipient of one release, under one rendering.

    The address holds a secret, of which `token_sha256` is kept, and the code that goes with it is
    kept as `code_hash` (argon2id): neither can be shown again. `visit_sha256` names the one browser
    that gave the code last. `streamed_at` is when the film was begun on the page that was opened
    last. `copy_sha256` is the copy of the rendering that bears the recipient's
    mark, where the law lets him see and not keep it; it is emptied when the copy is destroyed.
    """

    __tablename__ = "recipient_links"

    id: Mapped[str] = primary_key()
    release_id: Mapped[str] = reference("releases.id")
    recording_id: Mapped[str] = reference("recordings.id")
    rendering_id: Mapped[str] = reference("renderings.id")
    recipient: Mapped[str]
    view_only: Mapped[bool]
    token_sha256: Mapped[str] = sha256_column(unique=True)
    code_hash: Mapped[str]
    issued_by: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_by: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None]
    wrong_codes: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    visit_sha256: Mapped[str | None] = sha256_column()
    visit_ends_at: Mapped[datetime | None]
    views: Mapped[int] = mapped_column(default=0)
    viewed_at: Mapped[datetime | None]
    streamed_at: Mapped[datetime | None]
    copy_sha256: Mapped[str | None] = sha256_column()
    copy_destroyed_at: Mapped[datetime | None]
