"""Finding the rows a release stands on: the newest of each kind, or none."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.custody import CustodyEntry
from bwc.catalog.recording import Recording, Tag
from bwc.catalog.release import Decision, Obligation, Release
from bwc.catalog.rendering import Certificate, Plan, Rendering
from bwc.custody.acts import Act, Subject
from bwc.errors import NotFound

PUBLIC = "public"  # the audience of the portal
PERSON = "person:"  # how a plan's history marks a person


def release_row(session: Session, release_id: str) -> Release:
    """The release. Raises NotFound."""
    release = session.get(Release, release_id)
    if release is None:
        raise NotFound("there is no such release", where=release_id)
    return release


def locked_release(session: Session, release_id: str) -> Release:
    """The release, fresh and held against every other writer until the transaction ends."""
    release = session.get(Release, release_id, with_for_update=True, populate_existing=True)
    if release is None:
        raise NotFound("there is no such release", where=release_id)
    return release


def recording_row(session: Session, recording_id: str) -> Recording:
    """The recording. Raises NotFound."""
    recording = session.get(Recording, recording_id)
    if recording is None:
        raise NotFound("there is no such recording", where=recording_id)
    return recording


def incident_of(session: Session, recording_id: str) -> str | None:
    """The incident that a recording's newest tag names."""
    newest = sa.select(Tag.incident_id).where(Tag.recording_id == recording_id)
    return session.scalars(newest.order_by(Tag.created_at.desc(), Tag.id.desc()).limit(1)).first()


def recordings_of(session: Session, incident_id: str) -> list[Recording]:
    """The recordings whose newest tag names the incident, in the order they arrived."""
    tagged = sa.select(Tag.recording_id).where(Tag.incident_id == incident_id).distinct()
    found = session.scalars(
        sa.select(Recording).where(Recording.id.in_(tagged)).order_by(Recording.id)
    )
    return [row for row in found if incident_of(session, row.id) == incident_id]


def standing_decision(session: Session, incident_id: str, *, audience: str) -> Decision | None:
    """The decision for that audience that no newer one replaced."""
    newest = sa.select(Decision).where(
        Decision.incident_id == incident_id,
        Decision.audience == audience,
        Decision.superseded_at.is_(None),
    )
    return session.scalars(newest.order_by(Decision.id.desc()).limit(1)).first()


def obligations_of(session: Session, decision_id: str) -> list[Obligation]:
    """What a decision demands, in the order it says so."""
    return list(
        session.scalars(
            sa.select(Obligation)
            .where(Obligation.decision_id == decision_id)
            .order_by(Obligation.id)
        )
    )


def newest_plan(session: Session, recording_id: str) -> Plan | None:
    """The plan with the highest version."""
    newest = sa.select(Plan).where(Plan.recording_id == recording_id)
    return session.scalars(newest.order_by(Plan.version.desc(), Plan.id.desc()).limit(1)).first()


def authors_of(plan: Plan) -> set[str]:
    """Who made a plan: its author, and every person whose change its history names."""
    history = plan.document.get("history")
    lines = history if isinstance(history, list) else []
    named = {str(line.get("by", "")) for line in lines if isinstance(line, dict)}
    people = {name.removeprefix(PERSON) for name in named if name.startswith(PERSON)}
    return {plan.author, *people}


def captioned_by(session: Session, release: Release) -> set[str]:
    """Who handed in the captions that a release has, by the ledger; nobody where it has none."""
    if release.captions_sha256 is None:
        return set()
    handed_in = sa.select(CustodyEntry).where(
        CustodyEntry.subject_kind == Subject.RELEASE.value,
        CustodyEntry.subject_id == release.id,
        CustodyEntry.act == Act.CAPTIONS_ATTACHED.value,
    )
    return {
        entry.actor
        for entry in session.scalars(handed_in)
        if entry.detail.get("sha256") == release.captions_sha256
    }


def newest_rendering(session: Session, recording_id: str) -> Rendering | None:
    """The rendering that was finished last."""
    newest = sa.select(Rendering).where(Rendering.recording_id == recording_id)
    order = newest.order_by(Rendering.created_at.desc(), Rendering.id.desc())
    return session.scalars(order.limit(1)).first()


def certificate_of(session: Session, rendering_id: str) -> Certificate | None:
    """What verification found in a rendering."""
    newest = sa.select(Certificate).where(Certificate.rendering_id == rendering_id)
    return session.scalars(newest.order_by(Certificate.id.desc()).limit(1)).first()
