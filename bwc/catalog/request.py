"""What people ask for and complain of, and what stops disposal or release meanwhile."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bwc.canonical import Json
from bwc.catalog.base import Base, enum_column, primary_key, reference


class RequestState(StrEnum):
    """Where a record request stands."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class RecordRequest(Base):
    """Someone asks for the recordings of an incident. `requester_role` is a word of the facts.

    `covers`, `covers_from` and `covers_to` say which recordings are meant, `recordings` names them
    by id, None where nobody has chosen; `names` which of the things it names that a rule may
    require, None where nobody has looked. While it is not CLOSED it holds the incident's recordings.
    """

    __tablename__ = "requests"

    id: Mapped[str] = primary_key()
    number: Mapped[str] = mapped_column(unique=True)
    incident_id: Mapped[str | None] = reference("incidents.id")
    received_at: Mapped[datetime]
    channel: Mapped[str]
    requester_role: Mapped[str]
    requester_name: Mapped[str | None]
    requester_contact: Mapped[str | None]
    description: Mapped[str]
    state: Mapped[RequestState] = enum_column(RequestState)
    covers: Mapped[str | None]
    covers_from: Mapped[datetime | None]
    covers_to: Mapped[datetime | None]
    recordings: Mapped[list[Json] | None] = mapped_column(sa.JSON(none_as_null=True))
    names: Mapped[list[Json] | None] = mapped_column(sa.JSON(none_as_null=True))
    statute_invoked: Mapped[str | None]
    identity_shown: Mapped[str | None]
    authorisation_doc: Mapped[str | None]
    outcome: Mapped[str | None]
    closing_reason: Mapped[str | None]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]


class RequestCorrection(Base):
    """What was written down of a request and turned out wrong. Never changed.

    `before` and `after` hold the corrected members alone; they may name people, the ledger does not.
    """

    __tablename__ = "request_corrections"

    id: Mapped[str] = primary_key()
    request_id: Mapped[str] = reference("requests.id")
    before: Mapped[dict[str, Json]]
    after: Mapped[dict[str, Json]]
    reason: Mapped[str]
    corrected_by: Mapped[str]
    corrected_at: Mapped[datetime]


class Complaint(Base):
    """Someone complains of an officer's conduct; anonymous and third-party ones count alike."""

    __tablename__ = "complaints"

    id: Mapped[str] = primary_key()
    number: Mapped[str] = mapped_column(unique=True)
    incident_id: Mapped[str | None] = reference("incidents.id")
    filed_at: Mapped[datetime]
    filed_by: Mapped[str]
    formal: Mapped[bool] = mapped_column(default=False)
    about_misconduct: Mapped[bool]
    log_number: Mapped[str | None]
    description: Mapped[str]


class HoldKind(StrEnum):
    """Why something must stay as it is."""

    LITIGATION = "litigation"
    FOIA_PENDING = "foia_pending"
    CRIMINAL = "criminal"
    ADMIN = "admin"
    APPEAL = "appeal"
    SUBJECT_REQUEST = "subject_request"
    OVERSIGHT = "oversight"
    SUPERVISOR = "supervisor"


class Hold(Base):
    """Stops disposal, and publication too where `blocks_release`, until lifted or expired."""

    __tablename__ = "holds"

    id: Mapped[str] = primary_key()
    incident_id: Mapped[str] = reference("incidents.id")
    kind: Mapped[HoldKind] = enum_column(HoldKind)
    blocks_release: Mapped[bool]
    reason: Mapped[str]
    ordered_by: Mapped[str]
    placed_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
