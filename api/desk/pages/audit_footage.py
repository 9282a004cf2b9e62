"""The footage of a draw for the auditor who drew it; each look is written down first."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.desk.coverage_frame import frame_of
from api.desk.pages.media import VIDEO
from api.desk.ranges import stream
from api.desk.templating import get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.access.viewing import Shown, Viewing, note_viewing
from bwc.coverage.audit_footage import DrawnFootage, drawn_footage, require_drawn
from bwc.coverage.audit_reviews import Mark, Question
from bwc.coverage.rules_in_force import rules_in_force
from bwc.house import House
from bwc.ids import Sha256

router = APIRouter()
Watcher = Annotated[Actor, may(Right.WATCH_DRAWN)]


@router.get("/audits/draws/{draw_id}/footage")
def footage(request: Request, draw_id: str, house: HouseDep, actor: Watcher) -> Response:
    """The recordings of a draw to watch, with the form to fill."""
    with house.catalog.read() as session:
        found = read_footage(house, session, draw_id, actor)
    return get_pages(request).render(
        request,
        "audit_footage.html",
        found=found,
        questions=list(Question),
        marks=list(Mark),
        frame=frame_of(request, json=f"/v1/audits/draws/{draw_id}/footage"),
    )


@router.get("/audits/draws/{draw_id}/recordings/{recording_id}/proxy")
def proxy(
    request: Request, draw_id: str, recording_id: str, house: HouseDep, actor: Watcher
) -> Response:
    """The browser-playable copy of a recording of the draw."""
    with house.catalog.read() as session:
        found = read_footage(house, session, draw_id, actor)
    drawn = require_drawn(found, recording_id)
    looked = Viewing(drawn.id, str(drawn.proxy_sha256), Shown.PROXY, found.audit)
    note_viewing(house.catalog, looked, actor=actor, at=house.clock.now())
    return stream(request, house.vault, Sha256(looked.sha256), media_type=VIDEO)


def read_footage(house: House, session: Session, draw_id: str, actor: Actor) -> DrawnFootage:
    """The recordings of a draw by the rules in force, if it is open to `actor` now."""
    rules = rules_in_force(session, house.settings.department)
    return drawn_footage(session, draw_id, actor=actor, at=house.clock.now(), rules=rules)
