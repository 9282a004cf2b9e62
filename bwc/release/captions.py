"""Captions that staff wrote for what will be seen: WebVTT, checked, part of what is approved.

They may not say what the plan mutes. That is asked when they come in, when they are approved, and again
of the very bytes that leave, since the recording may be redacted anew in between.
"""

import io
from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.release import Release, ReleaseState
from bwc.catalog.rendering import Plan
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, IntegrityError, InvalidInput
from bwc.ids import Sha256
from bwc.media.captions import MARK, require_bare, unmarked
from bwc.release.approve import take_out
from bwc.release.gates import approval_gate
from bwc.release.rows import locked_release, newest_plan
from bwc.timeline import Span
from bwc.vault.protocol import Vault

LARGEST = 4 * 2**20  # bytes; hours of speech fit in one


def attach_captions(
    session: Session, vault: Vault, release_id: str, *, body: bytes, by: str, at: datetime
) -> Release:
    """Add or exchange the captions of a release that nobody has approved yet.

    An approval that stands no more, as where it was redacted again, is taken out, so that it cannot
    come to stand again with captions that it never named.

    Raises:
        NotFound: no such release.
        Conflict: its approval stands, or it is out or withdrawn; what was approved does not change.
        InvalidInput: not WebVTT in UTF-8, empty, larger than 4 MiB, with text that nobody is shown,
            or spelling out what is muted.
    """
    release = locked_release(session, release_id)
    if not may_be_captioned(session, release):
        raise Conflict("captions are part of what is approved", got=release.state.value)
    cues = _count_cues(body)
    plan = newest_plan(session, release.recording_id)
    require_marked(body, muted_spans(plan) if plan else (), where=release_id)
    stored = vault.put(io.BytesIO(body))
    before: JsonObject = {"sha256": release.captions_sha256}
    if release.state is ReleaseState.APPROVED:
        before["approval"] = take_out(release)
    release.captions_sha256 = stored.sha256
    record(
        session,
        Act.CAPTIONS_ATTACHED,
        about=About(Subject.RELEASE, release.id),
        actor=by,
        at=at,
        detail={"sha256": stored.sha256, "cues": cues},
        before=before,
    )
    return release


def may_be_captioned(session: Session, release: Release) -> bool:
    """Whether nobody's approval stands in the way of other captions."""
    if release.state is ReleaseState.APPROVED:
        return not approval_gate(session, release).open
    return release.state is ReleaseState.PROPOSED


def captions_of(session: Session, vault: Vault, release_id: str, *, plan_id: str) -> str:
    """A release's captions as they may be shown beside what that plan hides; empty: none may be.

    Captions that spell out what it keeps silent are not shown: it was redacted anew since they came.
    """
    sha256 = session.get_one(Release, release_id).captions_sha256
    if sha256 is None:
        return ""
    text = b"".join(vault.read(Sha256(sha256))).decode("utf-8-sig")
    return "" if unmarked(text, muted_spans(session.get_one(Plan, plan_id))) else text


def require_fit(session: Session, vault: Vault, release_id: str, *, plan_id: str) -> None:
    """Nobody approves captions that he is not shown. Raises Conflict: they tell what is muted."""
    release = session.get_one(Release, release_id)
    if release.captions_sha256 and not captions_of(session, vault, release_id, plan_id=plan_id):
        raise Conflict(
            "its captions spell out what is muted",
            where=release_id,
            advice="Have others handed in, or unmute what may be heard. Then look at it again.",
        )


def muted_spans(plan: Plan) -> tuple[Span[Fraction], ...]:
    """What nobody hears in what is rendered by `plan`."""
    listed = plan.document.get("sound")
    cuts = [cut for cut in listed if isinstance(cut, dict)] if isinstance(listed, list) else []
    return tuple(Span(_seconds(cut["start"]), _seconds(cut["end"])) for cut in cuts)


def require_marked(body: bytes, spans: Iterable[Span[Fraction]], *, where: str) -> None:
    """Refuse captions that say something where nothing is heard. Raises InvalidInput."""
    spelt = unmarked(body.decode("utf-8-sig"), spans)
    if spelt:
        raise InvalidInput(
            "the captions spell out what is muted",
            where=where,
            expected=f"{MARK} in each cue that reaches into a muted stretch, alone where it lies in one",
            got=f"other words or none at {', '.join(f'{float(start):.3f} s' for start in spelt[:5])}",
            advice="Take the words that are muted out, and put the mark in their place",
        )


def _seconds(ratio: Json) -> Fraction:
    """A time of a plan: [numerator, denominator]."""
    if not isinstance(ratio, list):
        raise IntegrityError("a plan holds a time that is none", got=str(ratio))
    numerator, denominator = (int(str(part)) for part in ratio)
    return Fraction(numerator, denominator)


def _count_cues(body: bytes) -> int:
    """How many cues the file has."""
    if len(body) > LARGEST:
        raise InvalidInput("the captions are too large", expected=f"at most {LARGEST} bytes")
    try:
        cues = require_bare(body.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        raise InvalidInput("not a WebVTT file in UTF-8", got=str(exc)) from exc
    if not cues:
        raise InvalidInput("the captions hold no cue")
    return cues
