"""The jobs of the release room: decide, publish, withdraw, and the public log."""

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.release import Decision, Release, ReleaseState
from bwc.clock import as_utc
from bwc.errors import InvalidInput
from bwc.in_force import packs_in_force
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.jobs.lease import LeaseLost
from bwc.policy.rules import Packs
from bwc.release import effect as signatures
from bwc.release import publish as publishing
from bwc.release.audiences import decide_for_all
from bwc.release.bundle import Bundle, put_state, write_files
from bwc.release.due import due_moment
from bwc.release.gates import Gate, GateName
from bwc.release.log import public_log, settled
from bwc.release.policy_text import publish_policy
from bwc.release.rows import PUBLIC, release_row
from bwc.release.withdraw import clear, remove_bundle
from bwc.release.withheld import WITHHELD, withheld
from bwc.settings import Settings
from workers.context import StepContext
from workers.schedule import ACTOR as SCHEDULE
from workers.steps.requests import publish_receipts

LOOK_AGAIN_SECONDS = 5.0  # while another worker publishes the same release
DEPARTMENT = "release"


def decide(context: StepContext) -> None:
    """Apply the rules to an incident, then have its approved releases try their gates."""
    incident_id, at = _subject(context), _local_now(context)
    packs = packs_for(context)
    with context.finish({"incident_id": incident_id}) as session:
        for decision in decide_for_all(session, packs, incident_id, at):
            _try_again_at_turn(session, decision.document, incident_id=incident_id, at=at)
        for release_id in _approved(session, incident_id):
            enqueue(session, JobKind.PUBLISH, subject_id=release_id, requested_by=DEPARTMENT, at=at)
        enqueue(session, JobKind.PUBLISH_LOG, requested_by=DEPARTMENT, at=at)


def take_effect(context: StepContext) -> None:
    """What was signed is rendered: let the signature become an approval, or lapse."""
    signature_id = str(context.job.arguments.get("signature_id"))
    with context.finish({"signature_id": signature_id}) as session:
        signatures.take_effect(session, signature_id, at=context.clock.now())


def publish(context: StepContext) -> None:
    """Publish a release whose every gate is open; otherwise say which is not."""
    release_id, at = _subject(context), _local_now(context)
    packs, author = packs_for(context), _author(context.settings)
    with context.catalog.write() as session:
        claimed = publishing.claim_publication(session, release_id, job_id=context.job.id, at=at)
        session.commit()
    if not claimed:
        _look_again(context, release_id)
        return
    with context.catalog.read() as session:
        release = release_row(session, release_id)
        closed = publishing.closed_gates(session, release, packs=packs, at=at)
        is_out = release.state is ReleaseState.PUBLISHED
        may_go = release.state is ReleaseState.APPROVED and not closed
        bundle = (
            publishing.bundle_for(session, release_id, packs=packs, author=author)
            if may_go
            else None
        )
    if is_out:
        _end(context, {"published": True, "again": True})
    elif bundle is None:
        _not_yet(context, release_id, closed)
    else:
        _publish(context, bundle, packs=packs, author=author)


def withdraw(context: StepContext) -> None:
    """Clear the public store of a withdrawn release; the tombstone stays."""
    release_id = _subject(context)
    with context.catalog.read() as session:
        release = release_row(session, release_id)
    if release.state is not ReleaseState.WITHDRAWN:
        raise InvalidInput("the release is not withdrawn", where=release_id)
    context.report(0.1, "removing")
    clear(context.public, release)
    with context.finish({"release_id": release_id}) as session:
        enqueue(session, JobKind.PUBLISH_LOG, requested_by=DEPARTMENT, at=context.clock.now())


def publish_log(context: StepContext) -> None:
    """Write the day's log with the chain's head, the cases on the clock, and the rules as text."""
    at = _local_now(context)
    zone = ZoneInfo(context.settings.department.timezone)
    packs = packs_for(context)
    with context.catalog.read() as session:
        log = public_log(session, zone=zone, at=at)
        publish_receipts(session, context)
        put_state(context.public, WITHHELD, withheld(session, packs, at=at))
    settled(log, context.public, today=at.date()).write(context.public)
    context.report(0.5, "policy")
    publish_policy(context.public, packs)
    with context.finish({"documents": len(log.documents)}) as session:
        if context.job.requested_by == SCHEDULE:
            _decide_all_anew(session, at)


def packs_for(context: StepContext) -> Packs:
    """The packs in force as this step begins."""
    with context.catalog.read() as session:
        return packs_in_force(session, context.settings.department)


def _publish(
    context: StepContext,
    bundle: Bundle,
    *,
    packs: Packs,
    author: publishing.Author,
) -> None:
    """Copy the files, then seal; where that does not come about, take the files away again."""
    remove_bundle(context.public, bundle.release_id)
    try:
        files = write_files(
            bundle,
            context.vault,
            context.public,
            told=lambda share: context.report(0.9 * share, publishing.CLAIMED),
        )
        with context.finish({"published": True, "files": len(files)}) as session:
            publishing.seal(
                session,
                context.public,
                bundle,
                files,
                packs=packs,
                author=author,
                at=_local_now(context),
            )
    except publishing.GateClosed as closed:
        remove_bundle(context.public, bundle.release_id)
        _end(context, {"published": False, "closed": [{"why": str(closed)}]})
    except LeaseLost:
        raise  # the files are another worker's now
    except Exception:
        _take_away(context, bundle.release_id)
        raise


def _take_away(context: StepContext, release_id: str) -> None:
    """Leave no file behind of what is not public, whether it failed or a person stopped it.

    A commit that was heard of too late counts: what it made public stays.
    """
    with context.catalog.read() as session:
        is_out = release_row(session, release_id).state is ReleaseState.PUBLISHED
    if not is_out:
        remove_bundle(context.public, release_id)


def _not_yet(context: StepContext, release_id: str, closed: list[Gate]) -> None:
    """Nothing is published; whatever a killed run left behind goes, a stale decision is renewed."""
    remove_bundle(context.public, release_id)
    now = context.clock.now()
    with context.finish(publishing.outcome_of(closed)) as session:
        release = release_row(session, release_id)
        if {gate.name for gate in closed} == {GateName.STILL_TRUE}:
            enqueue(
                session,
                JobKind.DECIDE,
                subject_id=release.incident_id,
                requested_by=DEPARTMENT,
                at=now,
            )
        publishing.wait_for_time(session, release, closed, at=now)


def _look_again(context: StepContext, release_id: str) -> None:
    """Another worker is at it; come back, in case it dies."""
    now = context.clock.now()
    with context.finish({"published": False, "another_at_work": True}) as session:
        job = enqueue(
            session, JobKind.PUBLISH, subject_id=release_id, requested_by=DEPARTMENT, at=now
        )
        job.run_after = publishing.later(now, LOOK_AGAIN_SECONDS)


def _try_again_at_turn(
    session: Session, document: JsonObject, *, incident_id: str, at: datetime
) -> None:
    """A decision that holds until a moment is made again then."""
    until = document.get("until")
    if not isinstance(until, str):
        return
    moment = due_moment(until, local=at)
    if moment <= as_utc(at):
        return
    job = enqueue(
        session,
        JobKind.DECIDE,
        subject_id=incident_id,
        requested_by=DEPARTMENT,
        at=at,
        key=f"decide:{incident_id}:{until}",
    )
    job.run_after = publishing.later(moment, 1.0)


def _decide_all_anew(session: Session, at: datetime) -> None:
    """A new day may change what the rules say of every case that is not public yet."""
    is_public = sa.exists().where(
        Release.incident_id == Decision.incident_id, Release.state == ReleaseState.PUBLISHED
    )
    waiting = sa.select(Decision.incident_id).where(Decision.superseded_at.is_(None), ~is_public)
    for incident_id in session.scalars(waiting.distinct()).all():
        enqueue(
            session,
            JobKind.DECIDE,
            subject_id=incident_id,
            requested_by=DEPARTMENT,
            at=at,
            key=f"decide:{incident_id}:{at.date().isoformat()}",
        )


def _approved(session: Session, incident_id: str) -> list[str]:
    return list(
        session.scalars(
            sa.select(Release.id).where(
                Release.incident_id == incident_id,
                Release.state == ReleaseState.APPROVED,
                Release.audience == PUBLIC,
            )
        )
    )


def _end(context: StepContext, result: JsonObject) -> None:
    with context.finish(result):
        return


def _subject(context: StepContext) -> str:
    if context.job.subject_id is None:
        raise InvalidInput("this job is about nothing", where=context.job.id)
    return context.job.subject_id


def _author(settings: Settings) -> publishing.Author:
    department = settings.department
    return publishing.Author(department.name, ZoneInfo(department.timezone))


def _local_now(context: StepContext) -> datetime:
    """Now, in the agency's own zone: the rules count its days."""
    return context.clock.now().astimezone(ZoneInfo(context.settings.department.timezone))
