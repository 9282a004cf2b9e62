"""Staff accounts and their sessions."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bwc.catalog.base import Base, enum_column, primary_key, reference, sha256_column
from bwc.ids import SHA256_LENGTH


class Role(StrEnum):
    """What a person is to the department; one per account."""

    RECORDS = "records"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    OVERSIGHT = "oversight"
    OFFICER = "officer"
    ADMIN = "admin"


class User(Base):
    """A staff account. `officer_id` ties an officer's account to his own recordings.

    `calendar_sha256` names the secret address of the person's calendar, if there is one.
    `second_factor` is the sealed secret of his codes, `second_factor_used` the step of the last one taken.
    """

    __tablename__ = "users"

    id: Mapped[str] = primary_key()
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[Role] = enum_column(Role)
    officer_id: Mapped[str | None] = reference("officers.id")
    active: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    second_factor: Mapped[str | None]
    second_factor_used: Mapped[int | None] = mapped_column(sa.BigInteger)
    second_factor_failed: Mapped[int | None]
    calendar_sha256: Mapped[str | None] = mapped_column(
        sa.String(SHA256_LENGTH), index=True, unique=True
    )
    created_at: Mapped[datetime]


class Session(Base):
    """A signed-in browser. The cookie holds a random token; only its sha256 is stored.

    `confirmed_at` is when a code of the second factor was given last.
    """

    __tablename__ = "sessions"

    id: Mapped[str] = primary_key()
    user_id: Mapped[str] = reference("users.id")
    token_sha256: Mapped[str] = sha256_column(unique=True)
    csrf_token: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
