"""Using a link: the code, the visit it opens, and what is written down of each look and refusal.

Whoever holds the address alone sees a form and nothing else. The right code opens a visit in that
one browser; a later one ends it. A wrong one is counted, and several lock the link for a while.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.access.passwords import verify_password
from bwc.access.sessions import SignInLimits, new_secret, same_secret
from bwc.canonical import JsonObject
from bwc.catalog.link import RecipientLink
from bwc.catalog.release import Release
from bwc.catalog.rendering import Rendering
from bwc.catalog.store import Catalog
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import NotPermitted
from bwc.ids import Sha256
from bwc.policy.rules import Packs
from bwc.release.links import Closed, sha256_of, why_closed

VISIT = timedelta(hours=2)  # from one code to the next
SITTING = timedelta(minutes=30)  # a film that goes on longer is a new look
RECIPIENT = "recipient"  # who acts, in the ledger: his name stands on the link alone
NOBODY = "unknown"


class Look(StrEnum):
    """What was looked at, or taken."""

    PAGE = "page"
    STREAM = "stream"
    COPY = "copy"


class Refusal(StrEnum):
    """Why somebody was turned away, beside the reasons a link is closed for."""

    UNKNOWN = "there is no such link"
    NO_CODE = "the code was not given"
    WRONG_CODE = "the code is wrong"
    LOCKED = "too many wrong codes"
    NOT_A_COPY = "it may be seen and not kept"
    NOT_A_PLAYER = "it was not asked for by the player of its page"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a link shows. `sha256` names the bytes that this recipient gets and no others."""

    link_id: str
    release_id: str
    rendering_id: str
    recipient: str
    view_only: bool
    expires_at: datetime
    title: str
    summary: str
    sha256: Sha256 | None
    streamed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Door:
    """A link as it is met: unknown (`shown` is None), closed with a reason, or open to a visitor."""

    shown: Shown | None
    closed: Closed | None
    is_visitor: bool


def look(
    session: Session, token: str, *, visit: str | None, at: datetime, packs: Packs | None
) -> Door:
    """How the link of this token stands, for the browser with this `visit` secret.

    Args:
        session: a session of the catalog.
        token: the secret of the address.
        visit: the secret that the browser was given for the code; None where it has none.
        at: when, in the agency's own zone.
        packs: the packs in force, to ask the rules again; None between two ranges of one film.
    """
    link = session.scalars(
        sa.select(RecipientLink).where(RecipientLink.token_sha256 == sha256_of(token))
    ).first()
    if link is None:
        return Door(None, None, is_visitor=False)
    closed = why_closed(session, link, at=at, packs=packs)
    return Door(_shown(session, link), closed, is_visitor=_is_visitor(link, visit, at))


def enter(catalog: Catalog, link_id: str, code: str, *, limits: SignInLimits, at: datetime) -> str:
    """Take the code of a link that is open; the secret of the visit, which lasts VISIT.

    The slow hash runs outside of any transaction; what it leads to is decided inside one, so that
    guesses sent side by side are counted one by one. A refusal is committed before it is raised.

    Raises:
        NotPermitted: the code is wrong, or the link is locked after too many wrong ones.
    """
    with catalog.read() as session:
        hashed = session.get_one(RecipientLink, link_id).code_hash
    typed = "".join(sign for sign in code if sign.isascii() and sign.isdigit())
    right, _ = verify_password(typed, hashed)
    with catalog.write() as session:
        link = session.get_one(RecipientLink, link_id, with_for_update=True)
        locked = link.locked_until is not None and link.locked_until > at
        if locked or not right:
            why = Refusal.LOCKED if locked else Refusal.WRONG_CODE
            _count(link, limits=limits, at=at, was_locked=locked)
            _refused(session, link.id, why.value, at=at)
            session.commit()
            raise NotPermitted(
                why.value,
                advice="Wait a quarter of an hour, or ask the department for the code"
                if locked
                else "It has eight digits and was given to you apart from this address",
            )
        secret = new_secret()
        link.wrong_codes, link.locked_until = 0, None
        link.visit_sha256 = sha256_of(secret)
        link.visit_ends_at = min(at + VISIT, link.expires_at)
        session.commit()
    return secret


def note_look(catalog: Catalog, shown: Shown, seen: Look, *, at: datetime) -> None:
    """Write down a look before its first byte is sent.

    Each page is one entry, and each time its film is begun is one: a player asks for a film in many
    pieces, so that a film counts once for a page and again after half an hour.
    """
    if seen is Look.STREAM and goes_on(shown, at):
        return
    with catalog.write() as session:
        link = session.get_one(RecipientLink, shown.link_id, with_for_update=True)
        if seen is Look.PAGE:
            link.views, link.viewed_at, link.streamed_at = link.views + 1, at, None
        elif seen is Look.STREAM:
            link.streamed_at = at
        detail: JsonObject = {"shown": seen.value, "release_id": link.release_id}
        record(
            session,
            Act.LINK_VIEWED,
            about=About(Subject.LINK, link.id),
            actor=RECIPIENT,
            at=at,
            detail=detail | {"sha256": shown.sha256},
        )
        session.commit()


def goes_on(shown: Shown, at: datetime) -> bool:
    """Whether the film is being watched already, so that its next bytes are no new look."""
    return shown.streamed_at is not None and at - shown.streamed_at < SITTING


def while_open(
    catalog: Catalog, link_id: str, pieces: Iterator[bytes], *, now: Callable[[], datetime]
) -> Iterator[bytes]:
    """`pieces` of a film for as long as its link is open: each but the first asks the gates anew.

    A player asks for all of a long film at once; one that is taken back meanwhile breaks off, and
    that is written down.
    """
    for number, piece in enumerate(pieces):
        if number:
            at = now()
            with catalog.read() as session:
                closed = why_closed(session, session.get_one(RecipientLink, link_id), at=at)
            if closed is not None:
                note_refusal(catalog, link_id, closed, at=at)
                return
        yield piece


def note_refusal(
    catalog: Catalog, link_id: str | None, why: Refusal | Closed, *, at: datetime
) -> None:
    """Write down that somebody was turned away."""
    with catalog.write() as session:
        reason = why.name.lower() if isinstance(why, Closed) else why.value
        _refused(session, link_id or NOBODY, reason, at=at)
        session.commit()


def _count(link: RecipientLink, *, limits: SignInLimits, at: datetime, was_locked: bool) -> None:
    """A wrong code; guesses during the lock do not lengthen it."""
    if was_locked:
        return
    link.wrong_codes += 1
    if link.wrong_codes >= limits.attempts:
        link.wrong_codes, link.locked_until = 0, at + limits.lock


def _refused(session: Session, link_id: str, why: str, *, at: datetime) -> None:
    about = About(Subject.LINK, link_id)
    detail: JsonObject = {"why": why}
    record(session, Act.LINK_REFUSED, about=about, actor=NOBODY, at=at, detail=detail)


def _is_visitor(link: RecipientLink, visit: str | None, at: datetime) -> bool:
    """Whether this browser gave the code lately, and none gave it after."""
    if visit is None or link.visit_sha256 is None or link.visit_ends_at is None:
        return False
    return at < link.visit_ends_at and same_secret(sha256_of(visit), link.visit_sha256)


def _shown(session: Session, link: RecipientLink) -> Shown:
    release = session.get_one(Release, link.release_id)
    rendering = session.get_one(Rendering, link.rendering_id)
    sha256 = link.copy_sha256 if link.view_only else rendering.sha256
    return Shown(
        link_id=link.id,
        release_id=link.release_id,
        rendering_id=link.rendering_id,
        recipient=link.recipient,
        view_only=link.view_only,
        expires_at=link.expires_at,
        title=release.title,
        summary=release.summary,
        sha256=Sha256(sha256) if sha256 else None,
        streamed_at=link.streamed_at,
    )
