"""Who was involved in an incident: written down by hand, struck and never changed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped

from bwc.catalog.base import Base, enum_column, primary_key, reference


class PersonRole(StrEnum):
    """What a person was to an incident."""

    SUBJECT = "subject"
    VICTIM = "victim"
    WITNESS = "witness"
    COMPLAINANT = "complainant"
    OFFICER = "officer"
    NEXT_OF_KIN = "next_of_kin"


class InvolvedPerson(Base):
    """One person of one incident, and where that is known from.

    `of_id` is the person whose next of kin this one is; `request_id` the request that this person
    made. A mistake is struck, with the reason, and written anew. None of it is ever published.
    """

    __tablename__ = "involved_persons"

    id: Mapped[str] = primary_key()
    incident_id: Mapped[str] = reference("incidents.id")
    role: Mapped[PersonRole] = enum_column(PersonRole)
    name: Mapped[str | None]
    note: Mapped[str | None]
    source: Mapped[str]
    officer_id: Mapped[str | None] = reference("officers.id")
    request_id: Mapped[str | None] = reference("requests.id")
    of_id: Mapped[str | None] = reference("involved_persons.id")
    noted_by: Mapped[str]
    noted_at: Mapped[datetime]
    struck_by: Mapped[str | None]
    struck_at: Mapped[datetime | None]
    struck_reason: Mapped[str | None]
