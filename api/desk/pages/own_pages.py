"""Each role's own page: what an officer, a supervisor, an auditor and an overseer look at first."""

from http import HTTPStatus
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.desk.coverage_frame import frame_of
from api.desk.notes import Note
from api.desk.role_reading import read_decision, read_desk, read_mine, read_unseen, read_watch
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep, anyone_signed_in, may
from bwc.access.roles import Actor, Right, allowed_in_part, narrowed_to
from bwc.catalog.request import HoldKind
from bwc.coverage.workflow import Reason
from bwc.errors import NotPermitted
from bwc.intake.own_tags import tie_own
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind

router = APIRouter()
HOMES = (
    (Right.TIE_OWN, "/mine"),
    (Right.APPROVE_RELEASE, "/decisions"),
    (Right.SEE_QUEUE, "/queue"),
    (Right.MANAGE_USERS, "/administration"),
    (Right.DRAW_AUDIT, "/overview"),
    (Right.SEE_WITHHELD, "/withheld"),
)
Officer = Annotated[Actor, may(Right.TIE_OWN)]
Supervisor = Annotated[Actor, may(Right.APPROVE_RELEASE)]
Auditor = Annotated[Actor, may(Right.DRAW_AUDIT)]


@router.get("/")
def home(actor: Annotated[Actor, anyone_signed_in()]) -> Response:
    """Where each role begins its day."""
    for right, path in HOMES:
        if allowed_in_part(actor.role, right):
            return RedirectResponse(path, HTTPStatus.SEE_OTHER)
    raise NotPermitted(f"the role {actor.role.value} has no start page")


@router.get("/mine")
def mine(request: Request, house: HouseDep, actor: Officer) -> Response:
    """An officer's own uploads and findings, and what is due from him."""
    return get_pages(request).render(
        request, "mine.html", mine=read_mine(house, actor), reasons=list(Reason)
    )


@router.post("/mine/recordings/{recording_id}/call")
def tie(
    recording_id: str,
    house: HouseDep,
    actor: Officer,
    call_number: Annotated[str, Form(max_length=200)],
    reason: Annotated[str, Form(max_length=2000)],
) -> Response:
    """Tie a recording of his own to a call of his own."""
    officer_id = narrowed_to(actor, Right.SEE_RECORDINGS) or ""
    with house.catalog.write() as session:
        tie_own(
            session,
            recording_id,
            call_number=call_number,
            officer_id=officer_id,
            reason=reason,
            author=actor.username,
            at=house.clock.now(),
        )
        session.commit()
    return back_to("/mine", Note.TAG_CORRECTED)


@router.get("/decisions")
def decisions(request: Request, house: HouseDep, actor: Supervisor) -> Response:
    """What waits for a supervisor."""
    return get_pages(request).render(
        request, "decisions.html", desk=read_desk(house, actor), now=house.clock.now()
    )


@router.get("/decisions/{incident_id}")
def decision(request: Request, incident_id: str, house: HouseDep, _actor: Supervisor) -> Response:
    """One decision with both risks side by side."""
    return get_pages(request).render(
        request,
        "decision.html",
        one=read_decision(house, incident_id),
        hold_kinds=list(HoldKind),
        now=house.clock.now(),
    )


@router.get("/overview")
def overview(request: Request, house: HouseDep, _actor: Auditor) -> Response:
    """What an auditor looks at first."""
    watch = read_watch(house)
    return get_pages(request).render(
        request, "overview.html", watch=watch, frame=frame_of(request, period=watch.period)
    )


@router.post("/custody/verify")
def verify_chain(house: HouseDep, actor: Annotated[Actor, may(Right.SEE_CUSTODY)]) -> Response:
    """Have the chain followed from end to end now."""
    with house.catalog.write() as session:
        enqueue(
            session,
            JobKind.VERIFY_CUSTODY,
            requested_by=actor.username,
            at=house.clock.now(),
        )
        session.commit()
    return back_to("/custody", Note.CHAIN_ASKED)


@router.get("/withheld")
def withheld(
    request: Request, house: HouseDep, _actor: Annotated[Actor, may(Right.SEE_WITHHELD)]
) -> Response:
    """What the public does not see, case by case, late and taken back."""
    zone = ZoneInfo(house.settings.department.timezone)
    return get_pages(request).render(request, "withheld.html", unseen=read_unseen(house), zone=zone)
