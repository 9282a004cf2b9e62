"""Forms by which people write down who was involved in an incident, and strike a mistake."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.desk.notes import Note
from api.desk.templating import back_to
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.catalog.involved import PersonRole
from bwc.requests.involved import NewPerson, note_person, strike_person

router = APIRouter()
Writer = Annotated[Actor, may(Right.NAME_INVOLVED)]
Text = Annotated[str, Form()]


@router.post("/incidents/{incident_id}/people")
def add_person(
    incident_id: str,
    house: HouseDep,
    actor: Writer,
    role: Annotated[PersonRole, Form()],
    source: Text,
    name: Text = "",
    note: Text = "",
    badge: Text = "",
    request_id: Text = "",
    of_id: Text = "",
) -> Response:
    """Write down who was involved."""
    new = NewPerson(
        role=role,
        source=source,
        name=name,
        note=note,
        badge=badge,
        request_id=request_id or None,
        of_id=of_id or None,
    )
    with house.catalog.write() as session:
        note_person(session, incident_id, new, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to(f"/incidents/{incident_id}", Note.PERSON_NOTED)


@router.post("/people/{person_id}/strike")
def strike(person_id: str, house: HouseDep, actor: Writer, reason: Text) -> Response:
    """Strike what was written down by mistake."""
    with house.catalog.write() as session:
        row = strike_person(
            session, person_id, reason=reason, by=actor.username, at=house.clock.now()
        )
        incident_id = row.incident_id
        session.commit()
    return back_to(f"/incidents/{incident_id}", Note.PERSON_STRUCK)
