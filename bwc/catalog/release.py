"""Decisions, the obligations they bring, and releases."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from bwc.canonical import Json
from bwc.catalog.base import Base, enum_column, primary_key, reference, sha256_column

DELETION = "DELETE_RECORDINGS"  # the duty to destroy footage by a day


class Decision(Base):
    """What the packs say of an incident for one audience at one time. Never changed.

    `document` is canonical: facts, packs with sha256, outcome and trace; it replays byte for byte.
    `superseded_at` is set when a newer decision for the same audience stands.
    """

    __tablename__ = "decisions"

    id: Mapped[str] = primary_key()
    incident_id: Mapped[str] = reference("incidents.id", index=False)
    audience: Mapped[str]
    modality: Mapped[str | None]
    outcome: Mapped[str]
    due_at: Mapped[datetime | None]
    rests_on_draft: Mapped[bool]
    document: Mapped[dict[str, Json]]
    sha256: Mapped[str] = sha256_column()
    decided_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    __table_args__ = (
        # What stands is read without the documents, which are large.
        sa.Index(
            "ix_decisions_standing",
            "incident_id",
            "audience",
            "superseded_at",
            "outcome",
            "modality",
            "due_at",
        ),
    )


class ObligationState(StrEnum):
    """Where an obligation stands."""

    OPEN = "open"
    PROVEN = "proven"
    LAPSED = "lapsed"


class Obligation(Base):
    """One thing that a decision demands before, with or after release, and its proof.

    `blocks_release` marks those that must be proven before anything is published;
    `earliest_at` is the first moment publication may follow the proof (notice lead times).
    """

    __tablename__ = "obligations"

    id: Mapped[str] = primary_key()
    incident_id: Mapped[str] = reference("incidents.id")
    decision_id: Mapped[str] = reference("decisions.id")
    kind: Mapped[str]
    recipient: Mapped[str | None]
    element: Mapped[str | None]
    owner_role: Mapped[str]
    due_at: Mapped[datetime | None]
    lead_seconds: Mapped[int | None]
    blocks_release: Mapped[bool]
    state: Mapped[ObligationState] = enum_column(ObligationState)
    proof: Mapped[str | None]
    proven_by: Mapped[str | None]
    proven_at: Mapped[datetime | None]


class ReleaseState(StrEnum):
    """Where a release stands. Only PUBLISHED is on the portal; WITHDRAWN left a tombstone."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Release(Base):
    """One recording's rendering on its way to, on, or back from the public portal, or to one person.

    `approved_for` is the name of that person as the approver saw it; the public has none.
    """

    __tablename__ = "releases"

    id: Mapped[str] = primary_key()
    incident_id: Mapped[str] = reference("incidents.id")
    recording_id: Mapped[str] = reference("recordings.id")
    rendering_id: Mapped[str | None] = reference("renderings.id")
    decision_id: Mapped[str | None] = reference("decisions.id")
    request_id: Mapped[str | None] = reference("requests.id")
    audience: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    state: Mapped[ReleaseState] = enum_column(ReleaseState, index=True)
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    approved_for: Mapped[str | None]
    draft_accepted_by: Mapped[str | None]
    published_at: Mapped[datetime | None]
    manifest_sha256: Mapped[str | None] = sha256_column()
    captions_sha256: Mapped[str | None] = sha256_column()
    withdrawn_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]
