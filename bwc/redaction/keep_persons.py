"""The pictures of persons in the catalog: kept with a plan, found by it, carried to its next version.

They show what the plan hides. The bytes lie in the vault, and die with their recording.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.recording import Recording
from bwc.catalog.rendering import PersonCrop
from bwc.catalog.rendering import Plan as PlanRow
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import NotFound
from bwc.ids import Sha256, new_id
from bwc.redaction.person_list import PersonLine, persons_of
from bwc.redaction.plan import parse_plan

ACTOR = "bwc"


@dataclass(frozen=True, slots=True)
class StoredCrop:
    """A picture of a person that lies in the vault."""

    person: int
    sha256: Sha256
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Pictured:
    """The persons of a recording's newest plan, and the pictures there are of them by number."""

    plan_version: int | None
    persons: tuple[PersonLine, ...]
    crops: dict[int, Sha256]


def keep_persons(
    session: Session, plan_row: PlanRow, crops: Sequence[StoredCrop], *, at: datetime
) -> None:
    """Add the pictures of the persons of a plan, with a custody entry that names their bytes."""
    if not crops:
        return
    session.add_all(
        PersonCrop(
            id=new_id(),
            recording_id=plan_row.recording_id,
            plan_id=plan_row.id,
            person=crop.person,
            sha256=crop.sha256,
            size_bytes=crop.size_bytes,
            created_at=at,
        )
        for crop in crops
    )
    session.flush()
    record(
        session,
        Act.DERIVATION,
        about=About(Subject.RECORDING, plan_row.recording_id),
        actor=ACTOR,
        at=at,
        detail={"plan_id": plan_row.id, "pictures_of_persons": [crop.sha256 for crop in crops]},
    )


def carry_persons(session: Session, before: PlanRow, after: PlanRow, *, at: datetime) -> None:
    """Keep the pictures of a plan with the version that grew out of it; persons are the same."""
    rows = sa.select(PersonCrop).where(PersonCrop.plan_id == before.id).order_by(PersonCrop.person)
    crops = [
        StoredCrop(row.person, Sha256(row.sha256), row.size_bytes) for row in session.scalars(rows)
    ]
    keep_persons(session, after, crops, at=at)


def view_persons(session: Session, recording_id: str) -> Pictured:
    """The persons of the newest plan of a recording; nobody where there is no plan.

    Raises:
        NotFound: no such recording.
    """
    if session.get(Recording, recording_id) is None:
        raise NotFound("there is no such recording", where=recording_id)
    newest = sa.select(PlanRow).where(PlanRow.recording_id == recording_id)
    row = session.scalars(newest.order_by(PlanRow.version.desc())).first()
    if row is None:
        return Pictured(None, (), {})
    rows = session.scalars(sa.select(PersonCrop).where(PersonCrop.plan_id == row.id))
    crops = {crop.person: Sha256(crop.sha256) for crop in rows}
    return Pictured(row.version, tuple(persons_of(parse_plan(row.document, where=row.id))), crops)
