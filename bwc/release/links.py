"""Links: how one person, who is not the public, is let see or given what was released to him.

A link is issued where every gate of his release is open and the rules, asked again at that moment,
still let it out to him; they are asked again whenever it is used (`bwc.release.opening`). Its
address holds a secret and is of no use without a code that goes another way. Both are shown once.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.access.passwords import hash_password
from bwc.access.roles import Actor, Right, require
from bwc.access.sessions import new_secret
from bwc.catalog.link import RecipientLink
from bwc.catalog.recording import Recording, RecordingState
from bwc.catalog.release import Decision, Release, ReleaseState
from bwc.catalog.request import RecordRequest, RequestState
from bwc.clock import iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.ids import Sha256, new_id
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.policy.rules import Packs
from bwc.release.decide import true_today
from bwc.release.gates import RELEASING, Gate, GateName, gates
from bwc.release.rows import PUBLIC, locked_release, release_row, standing_decision

LONGEST_DAYS = 30
USUAL_DAYS = 7
CODE_DIGITS = 8
LONGEST_REASON = 500
NEWER = "a newer link took its place"


class Closed(StrEnum):
    """Why a link shows nothing now, as its recipient reads it: no fact of the case is in it."""

    REVOKED = "The department has taken this link back."
    EXPIRED = "This link has expired."
    WITHDRAWN = "This release was withdrawn."
    ENDED = "The request that this link answered has ended or was changed."
    GONE = "The recording is not kept any more."
    HELD = "This recording is on hold and cannot be shown now."
    ANEW = "This was redacted or decided anew since the link was issued."
    NOT_NOW = "This recording cannot be shown now: something about it is being looked at again."
    PREPARING = "Your copy is being prepared. Try again in a few minutes."


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh link. `token` and `code` are shown this once and never stored."""

    link_id: str
    token: str
    code: str
    expires_at: datetime
    view_only: bool


def issue_link(
    session: Session, release_id: str, *, days: int, by: Actor, packs: Packs, at: datetime
) -> Issued:
    """A link for the person whose request a release answers; an older one of it ends.

    Where he may see and not keep it, a copy with his mark is made first (a job), and the link shows
    nothing before that.

    Args:
        session: a writing session of the catalog.
        release_id: an approved release to one recipient.
        days: how long it lasts, 1 to LONGEST_DAYS.
        by: who issues it.
        packs: the packs in force; the rules are asked again.
        at: when, in the agency's own zone.

    Raises:
        NotPermitted: the role may not.
        NotFound: no such release.
        InvalidInput: not a number of days it may last.
        Conflict: it is the public's, not approved, or a gate is closed: all of them are named.
    """
    require(by, Right.ISSUE_LINK)
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput(
            "it cannot last so long", expected=f"1 to {LONGEST_DAYS} days", got=str(days)
        )
    release = locked_release(session, release_id)
    rendering_id, request = _may_be_shown(session, release, packs=packs, at=at)
    decision = standing_decision(session, release.incident_id, audience=release.audience)
    _end_older(session, release, by=by, at=at)
    token, code = new_secret(), "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    link = RecipientLink(
        id=new_id(),
        release_id=release.id,
        recording_id=release.recording_id,
        rendering_id=rendering_id,
        recipient=request.requester_name or "",
        view_only=decision is None or decision.outcome not in RELEASING,
        token_sha256=sha256_of(token),
        code_hash=hash_password(code),
        issued_by=by.username,
        issued_at=at,
        expires_at=at + timedelta(days=days),
    )
    session.add(link)
    session.flush()
    _note_issued(session, link, request=request, decision=decision)
    if link.view_only:
        enqueue(session, JobKind.MARK, subject_id=link.id, requested_by=by.username, at=at)
    return Issued(link.id, token, code, link.expires_at, link.view_only)


def revoke_link(
    session: Session, link_id: str, *, reason: str, by: Actor, at: datetime
) -> RecipientLink:
    """End a link now; the copy that was made for it is destroyed.

    Raises:
        NotPermitted: the role may not.
        NotFound: no such link.
        Conflict: it was taken back before.
        InvalidInput: no reason, or one too long.
    """
    require(by, Right.REVOKE_LINK)
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise InvalidInput("taking a link back needs a short reason", got=f"{len(said)} characters")
    link = session.get(RecipientLink, link_id, with_for_update=True)
    if link is None:
        raise NotFound("there is no such link", where=link_id)
    if link.revoked_at is not None:
        raise Conflict("this link was taken back before", where=link_id)
    _end(session, link, reason=said, by=by.username, at=at)
    enqueue(session, JobKind.TIDY_LINKS, requested_by=by.username, at=at)
    return link


def why_closed(
    session: Session, link: RecipientLink, *, at: datetime, packs: Packs | None = None
) -> Closed | None:
    """Why a link shows nothing at `at`; None where it is open.

    With `packs` the rules are asked again too, as when it is opened; without, every gate that rows
    alone can answer is, as for each range of bytes of a film that is being watched.
    """
    release = release_row(session, link.release_id)
    decision = standing_decision(session, release.incident_id, audience=release.audience)
    checks = gates(session, release, at)
    if packs is not None:
        checks.append(true_today(session, release, packs=packs, at=at))
    closed = {gate.name for gate in checks if not gate.open}
    view_only = decision is None or decision.outcome not in RELEASING
    is_copied = link.copy_sha256 is not None or not link.view_only
    told = (
        (link.revoked_at is not None, Closed.REVOKED),
        (at >= link.expires_at, Closed.EXPIRED),
        (release.state is ReleaseState.WITHDRAWN, Closed.WITHDRAWN),
        (_is_disposed(session, link), Closed.GONE),
        (GateName.REQUESTER in closed, Closed.ENDED),
        (not _is_for_who_asks(session, release, link), Closed.ENDED),
        (GateName.HOLDS in closed, Closed.HELD),
        (release.rendering_id != link.rendering_id, Closed.ANEW),
        (GateName.APPROVAL in closed or view_only != link.view_only, Closed.ANEW),
        (bool(closed) or release.state is not ReleaseState.APPROVED, Closed.NOT_NOW),
        (not is_copied, Closed.PREPARING),
    )
    return next((why for holds, why in told if holds), None)


def ended_links(session: Session, *, at: datetime) -> list[tuple[str, Sha256]]:
    """Links that will never open again and whose marked copy still lies in the vault."""
    rows = (
        sa.select(RecipientLink.id, RecipientLink.copy_sha256)
        .join(Release, Release.id == RecipientLink.release_id)
        .join(RecordRequest, RecordRequest.id == Release.request_id)
        .join(Recording, Recording.id == RecipientLink.recording_id)
        .where(
            RecipientLink.copy_sha256.is_not(None),
            sa.or_(
                RecipientLink.revoked_at.is_not(None),
                RecipientLink.expires_at <= at,
                Release.state == ReleaseState.WITHDRAWN,
                RecordRequest.state == RequestState.CLOSED,
                Recording.state == RecordingState.DISPOSED,
            ),
        )
    )
    found = session.execute(rows.order_by(RecipientLink.id))
    return [(link_id, Sha256(sha256)) for link_id, sha256 in found if sha256]


def note_copy(
    session: Session, link_id: str, sha256: str, *, actor: str, at: datetime
) -> RecipientLink:
    """Write down the marked copy of a link; one that ended meanwhile has it taken away again."""
    link = session.get_one(RecipientLink, link_id)
    link.copy_sha256 = sha256
    record(
        session,
        Act.LINK_MARKED,
        about=About(Subject.LINK, link.id),
        actor=actor,
        at=at,
        detail={"sha256": sha256, "rendering_id": link.rendering_id},
    )
    enqueue(session, JobKind.TIDY_LINKS, requested_by=actor, at=at)
    return link


def note_destroyed(session: Session, link_id: str, *, actor: str, at: datetime) -> None:
    """Write down that the marked copy of a link is gone."""
    link = session.get_one(RecipientLink, link_id)
    gone, link.copy_sha256, link.copy_destroyed_at = link.copy_sha256, None, at
    record(
        session,
        Act.LINK_COPY_DESTROYED,
        about=About(Subject.LINK, link.id),
        actor=actor,
        at=at,
        before={"sha256": gone},
    )


def sha256_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _note_issued(
    session: Session, link: RecipientLink, *, request: RecordRequest, decision: Decision | None
) -> None:
    record(
        session,
        Act.LINK_ISSUED,
        about=About(Subject.LINK, link.id),
        actor=link.issued_by,
        at=link.issued_at,
        detail={
            "release_id": link.release_id,
            "request": request.number,
            "audience": request.requester_role,
            "rendering_id": link.rendering_id,
            "decision_sha256": decision.sha256 if decision else None,
            "view_only": link.view_only,
            "expires_at": iso(link.expires_at),
        },
    )


def _may_be_shown(
    session: Session, release: Release, *, packs: Packs, at: datetime
) -> tuple[str, RecordRequest]:
    """The approved rendering and the request, where nothing keeps the one from the other."""
    if release.audience == PUBLIC:
        raise Conflict("this release is the public's: it needs no link", where=release.id)
    if release.state is not ReleaseState.APPROVED:
        raise Conflict(
            "a second person has not approved it", where=release.id, got=release.state.value
        )
    checks = [*gates(session, release, at), true_today(session, release, packs=packs, at=at)]
    closed = [gate for gate in checks if not gate.open]
    request = session.get(RecordRequest, release.request_id) if release.request_id else None
    if closed or request is None or release.rendering_id is None:
        raise Conflict("a gate is closed", where=release.id, got=_listed(closed))
    return release.rendering_id, request


def _listed(closed: list[Gate]) -> str:
    return "; ".join(f"{gate.name.value}: {gate.why}" for gate in closed)


def _end_older(session: Session, release: Release, *, by: Actor, at: datetime) -> None:
    """One link at a time: whoever lost his code is given a new one, and the old address is dead."""
    older = sa.select(RecipientLink).where(
        RecipientLink.release_id == release.id, RecipientLink.revoked_at.is_(None)
    )
    for link in session.scalars(older.with_for_update()).all():
        _end(session, link, reason=NEWER, by=by.username, at=at)
    enqueue(session, JobKind.TIDY_LINKS, requested_by=by.username, at=at)


def _end(session: Session, link: RecipientLink, *, reason: str, by: str, at: datetime) -> None:
    link.revoked_by, link.revoked_at, link.revoked_reason = by, at, reason
    link.visit_sha256 = link.visit_ends_at = None
    record(
        session,
        Act.LINK_REVOKED,
        about=About(Subject.LINK, link.id),
        actor=by,
        at=at,
        detail={"release_id": link.release_id},
    )


def _is_for_who_asks(session: Session, release: Release, link: RecipientLink) -> bool:
    """Whether the name that was shown the link is the one that asks, as far as is known now."""
    request = session.get(RecordRequest, release.request_id) if release.request_id else None
    return request is not None and request.requester_name == link.recipient


def _is_disposed(session: Session, link: RecipientLink) -> bool:
    return session.get_one(Recording, link.recording_id).state is RecordingState.DISPOSED
