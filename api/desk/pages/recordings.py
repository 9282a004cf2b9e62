"""Recordings: the list, one with player, tags, plans, renderings and custody, and its buttons."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.desk.certificates import summarise
from api.desk.notes import Note
from api.desk.pages.redactions import EFFECTS, HIDEABLE
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import (
    Actor,
    Right,
    allowed,
    allowed_in_part,
    narrowed_to,
    require_for,
)
from bwc.catalog.views.camera_clock import readings_for
from bwc.catalog.views.cases import list_incidents, list_releases
from bwc.catalog.views.custody import list_entries
from bwc.catalog.views.jobs import list_jobs_about
from bwc.catalog.views.queue import REDACTING
from bwc.catalog.views.recordings import RecordingView, list_recordings, view_recording
from bwc.intake.tagging import correct_tag
from bwc.release.propose import propose

router = APIRouter()
MOST = 100
MOST_ENTRIES = 200
MOST_INCIDENTS = 200


@router.get("/recordings")
def recordings(
    request: Request,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.SEE_RECORDINGS)],
    after: str | None = None,
) -> Response:
    """Recordings, the newest received first; an officer sees his own."""
    with house.catalog.read() as session:
        found = list_recordings(
            session,
            limit=MOST,
            before=after,
            officer_id=narrowed_to(actor, Right.SEE_RECORDINGS),
        )
    return get_pages(request).render(
        request,
        "recordings.html",
        recordings=found,
        own=not allowed(actor.role, Right.SEE_RECORDINGS),
        more=found[-1].id if len(found) == MOST else None,
    )


@router.get("/recordings/{recording_id}")
def recording(
    request: Request,
    recording_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.SEE_RECORDINGS)],
) -> Response:
    """One recording; the player only for those who may watch it."""
    now = house.clock.now()
    with house.catalog.read() as session:
        view = view_recording(session, recording_id)
        require_for(actor, Right.SEE_RECORDINGS, view.line.officer_id)
        clocks = readings_for(session, recording_id)
        releases = list_releases(session, recording_id=recording_id)
        jobs = list_jobs_about(session, recording_id, at=now)
        entries = (
            list_entries(session, _things(view), limit=MOST_ENTRIES)
            if allowed(actor.role, Right.SEE_CUSTODY)
            else []
        )
        incidents = (
            list_incidents(session, limit=MOST_INCIDENTS)
            if allowed(actor.role, Right.CORRECT_TAG)
            else []
        )
    return get_pages(request).render(
        request,
        "recording.html",
        recording=view,
        renderings=[(one, summarise(one.certificate)) for one in view.renderings],
        clocks=clocks,
        releases=releases,
        jobs=jobs,
        entries=entries,
        incidents=incidents,
        may_watch=allowed_in_part(actor.role, Right.WATCH_FOOTAGE),
        may_watch_renderings=allowed(actor.role, Right.WATCH_RENDERINGS),
        hideable=HIDEABLE,
        effects=EFFECTS,
        at_work=any(job.is_active and job.kind in REDACTING for job in jobs),
    )


@router.post("/recordings/{recording_id}/tag")
def tie(
    recording_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.CORRECT_TAG)],
    reason: Annotated[str, Form()],
    incident_id: Annotated[str, Form()] = "",
) -> Response:
    """Tie a recording to another incident, or to none."""
    with house.catalog.write() as session:
        correct_tag(
            session,
            recording_id,
            incident_id=incident_id or None,
            reason=reason,
            author=actor.username,
            at=house.clock.now(),
        )
        session.commit()
    return back_to(f"/recordings/{recording_id}", Note.TAG_CORRECTED)


@router.post("/recordings/{recording_id}/releases")
def propose_release(
    recording_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.PROPOSE_RELEASE)],
    title: Annotated[str, Form()],
    summary: Annotated[str, Form()],
) -> Response:
    """Put a recording forward for the public."""
    with house.catalog.write() as session:
        release = propose(
            session,
            recording_id=recording_id,
            title=title,
            summary=summary,
            by=actor.username,
            at=house.clock.now(),
        )
        release_id = release.id
        session.commit()
    return back_to(f"/releases/{release_id}", Note.RELEASE_PROPOSED)


def _things(view: RecordingView) -> list[str]:
    """What the custody list of a recording is about: itself and all that was made of it."""
    made = [plan.id for plan in view.plans] + [one.id for one in view.renderings]
    return [view.line.id, *made]
