"""Incidents, the calls that made them, and the facts that people assert about them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bwc.canonical import Json
from bwc.catalog.base import Base, primary_key, reference


class Incident(Base):
    """What happened: the case that recordings, facts and decisions belong to."""

    __tablename__ = "incidents"

    id: Mapped[str] = primary_key()
    number: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    kind: Mapped[str]
    occurred_at: Mapped[datetime] = mapped_column(index=True)
    district: Mapped[str]


class Call(Base):
    """A call for service as dispatch knows it."""

    __tablename__ = "calls"

    id: Mapped[str] = primary_key()
    number: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    priority: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(index=True)
    cancelled: Mapped[bool] = mapped_column(default=False)
    district: Mapped[str] = mapped_column(default="")
    incident_id: Mapped[str | None] = reference("incidents.id")


class CallUnit(Base):
    """One officer on one call. Several rows where he left and came back."""

    __tablename__ = "call_units"

    id: Mapped[str] = primary_key()
    call_id: Mapped[str] = reference("calls.id")
    officer_id: Mapped[str] = reference("officers.id")
    dispatched_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]


class Fact(Base):
    """One asserted fact of the closed vocabulary. Appended, never overwritten: the newest counts.

    `value` is JSON under the fact's own name; `{"value": "unknown"}` is a value too.
    """

    __tablename__ = "facts"

    id: Mapped[str] = primary_key()
    incident_id: Mapped[str] = reference("incidents.id")
    name: Mapped[str]
    value: Mapped[dict[str, Json]]
    source: Mapped[str]
    asserted_by: Mapped[str]
    asserted_at: Mapped[datetime]
    evidence_ref: Mapped[str | None]

    __table_args__ = (sa.Index("ix_facts_incident_id_name", "incident_id", "name"),)
