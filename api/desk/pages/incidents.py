"""Incidents: the list, one with all that hangs on it, and the forms that add to it."""

from collections import defaultdict
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from api.desk.axis import axis_of
from api.desk.decisions import explain
from api.desk.fact_words import EXAMPLES, typed
from api.desk.forms import optional_moment
from api.desk.notes import Note
from api.desk.proofs import ACCEPTED
from api.desk.request_clock import request_clock
from api.desk.stated import Stated, assert_as
from api.desk.templating import Back, back_to, get_pages, inside
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right, allowed
from bwc.catalog.involved import PersonRole
from bwc.catalog.release import DELETION
from bwc.catalog.request import HoldKind
from bwc.catalog.views.cases import IncidentView, list_incidents, view_incident
from bwc.catalog.views.custody import list_entries
from bwc.catalog.views.involved import count_involved, list_involved
from bwc.catalog.views.links import corrections_of
from bwc.catalog.views.queue import MISSING_FACT
from bwc.policy.vocabulary import GENERAL_PUBLIC
from bwc.release.fee import estimate, work_of
from bwc.requests.holds import lift_hold, place_hold
from bwc.requests.words import (
    Channel,
    Complainant,
    IdentityShown,
    Named,
    RequesterRole,
    RequestOutcome,
)

router = APIRouter()
MOST = 200
MOST_ENTRIES = 200


@router.get("/incidents")
def incidents(
    request: Request,
    house: HouseDep,
    _actor: Annotated[Actor, may(Right.SEE_CASES)],
    search: Annotated[str, Query(max_length=200)] = "",
    after: str | None = None,
) -> Response:
    """Incidents, the newest first."""
    with house.catalog.read() as session:
        found = list_incidents(session, limit=MOST, search=search, before=after)
    return get_pages(request).render(
        request,
        "incidents.html",
        incidents=found,
        search=search,
        more=found[-1].id if len(found) == MOST else None,
    )


@router.get("/incidents/{incident_id}")
def incident(
    request: Request,
    incident_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.SEE_CASES)],
) -> Response:
    """One incident with everything that hangs on it."""
    pages = get_pages(request)
    now = house.clock.now()
    with house.catalog.read() as session:
        view = view_incident(session, incident_id, at=now)
        counts = count_involved(session, incident_id)
        people = (
            list_involved(session, incident_id) if allowed(actor.role, Right.SEE_INVOLVED) else []
        )
        work = work_of(session, incident_id)
        corrections = corrections_of(session, incident_id)
        entries = (
            list_entries(session, _things(view), limit=MOST_ENTRIES)
            if allowed(actor.role, Right.SEE_CUSTODY)
            else []
        )
    return pages.render(
        request,
        "incident.html",
        incident=view,
        axis=axis_of(view.recordings),
        decisions=[(line, explain(line.document)) for line in view.decisions],
        deletion=DELETION,
        duties=[duty for duty in view.obligations if duty.kind != MISSING_FACT],
        entries=entries,
        people=people,
        people_counts=counts,
        person_roles=list(PersonRole),
        examples=EXAMPLES,
        proof_kinds=ACCEPTED,
        hold_kinds=list(HoldKind),
        requester_roles=list(RequesterRole),
        complainants=list(Complainant),
        identities=list(IdentityShown),
        nameable=list(Named),
        outcomes=list(RequestOutcome),
        fee_of={line.audience: estimate(line.document, work) for line in view.decisions},
        clock_of={one.id: request_clock(one, view.decisions) for one in view.requests},
        channels=[channel for channel in Channel if channel is not Channel.PORTAL],
        corrections=defaultdict(list, corrections),
        general_public=GENERAL_PUBLIC,
        sees_requesters=allowed(actor.role, Right.SEE_REQUESTERS),
        sees_recordings=allowed(actor.role, Right.SEE_RECORDINGS),
    )


@router.post("/incidents/{incident_id}/facts")
def add_fact(
    incident_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.ASSERT_FACT)],
    name: Annotated[str, Form()],
    value: Annotated[str, Form()],
    source: Annotated[str, Form()],
) -> Response:
    """Assert a fact in your own name."""
    with house.catalog.write() as session:
        assert_as(
            session,
            actor,
            incident_id,
            Stated(name.strip(), typed(value, name.strip()), source),
            at=house.clock.now(),
        )
        session.commit()
    return back_to(f"/incidents/{incident_id}", Note.FACT_ASSERTED)


@router.post("/incidents/{incident_id}/holds")
def add_hold(
    request: Request,
    incident_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.PLACE_HOLD)],
    kind: Annotated[str, Form()],
    reason: Annotated[str, Form()],
    blocks_release: Annotated[bool, Form()] = False,
    expires_at: Annotated[str, Form()] = "",
    back: Back = "",
) -> Response:
    """Place a hold on this incident."""
    with house.catalog.write() as session:
        place_hold(
            session,
            incident_id,
            kind=kind,
            reason=reason,
            blocks_release=blocks_release,
            expires_at=optional_moment(expires_at, zone=get_pages(request).zone),
            by=actor.username,
            at=house.clock.now(),
        )
        session.commit()
    return back_to(inside(back or f"/incidents/{incident_id}"), Note.HOLD_PLACED)


@router.post("/holds/{hold_id}/lift")
def end_hold(
    hold_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.LIFT_HOLD)],
    back: Back = "",
) -> Response:
    """End a hold now."""
    with house.catalog.write() as session:
        incident_id = lift_hold(
            session, hold_id, by=actor.username, at=house.clock.now()
        ).incident_id
        session.commit()
    return back_to(inside(back or f"/incidents/{incident_id}"), Note.HOLD_LIFTED)


def _things(view: IncidentView) -> list[str]:
    """What the custody list of an incident is about: the incident and all that hangs on it."""
    groups = (
        view.decisions,
        view.obligations,
        view.requests,
        view.complaints,
        view.holds,
        view.releases,
    )
    return [view.id, *(part.id for group in groups for part in group)]
