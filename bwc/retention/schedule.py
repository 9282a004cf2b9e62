"""How long one recording is kept: the rules, with the facts of its own case.

Nothing here is a date that someone can edit: floor, ceiling and what stops deletion are worked out
each time from the recording, its facts, its holds and the packs in force.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject, digest
from bwc.catalog.job import Job, JobState
from bwc.catalog.recording import Recording, RecordingState, Tag
from bwc.catalog.release import Release, ReleaseState
from bwc.clock import as_utc
from bwc.errors import NotFound
from bwc.ids import Sha256
from bwc.jobs.kinds import JobKind
from bwc.policy.facts import Facts
from bwc.policy.retention import retain
from bwc.policy.rules import Packs
from bwc.release.due import due_moment
from bwc.release.kept import kept_facts, open_request
from bwc.release.rows import PUBLIC, incident_of

LIVE = (JobState.WAITING, JobState.RUNNING)


class Standing(StrEnum):
    """What the rules say of a recording now, from the strongest reason to keep it downwards."""

    GONE = "gone"
    HELD = "held"
    REFERRED = "referred to a human"
    UNKNOWN = "a fact is unknown"
    KEEP = "kept"
    MAY_GO = "may be destroyed"
    MUST_GO = "must be destroyed"


DISPOSABLE = frozenset({Standing.MAY_GO, Standing.MUST_GO})


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One recording's place in the schedule.

    `document` is what `bwc.policy.retention` said. `why` has one sentence per reason to keep it, or
    the one by which it may go. `basis` names the facts and packs, so that a change is noticed.
    """

    recording_id: str
    incident_id: str | None
    standing: Standing
    why: tuple[str, ...]
    document: JsonObject
    basis: Sha256

    @property
    def draft(self) -> list[str]:
        """The rules it rests on that no lawyer has verified."""
        return [str(name) for name in _listed(self.document, "draft")]

    def summary(self) -> JsonObject:
        """What a list shows."""
        names = ("floor", "ceiling", "delete_by", "holds", "question", "needs", "reasons", "draft")
        return {
            "recording_id": self.recording_id,
            "incident_id": self.incident_id,
            "standing": self.standing.value,
            "why": list(self.why),
            **{name: self.document[name] for name in names},
        }


def schedule(session: Session, packs: Packs, recording_id: str, *, at: datetime) -> Scheduled:
    """Where a recording stands at `at`, a time in the agency's own zone. Raises NotFound."""
    recording = session.get(Recording, recording_id)
    if recording is None:
        raise NotFound("there is no such recording", where=recording_id)
    incident_id = incident_of(session, recording_id)
    facts = kept_facts(session, recording, incident_id, at)
    document = retain(packs, Facts.from_document(facts), on=at).document()
    stops = [*_stops(session, recording, incident_id)]
    standing, why = _standing(document, stops, at)
    if recording.state is RecordingState.DISPOSED:
        standing, why = Standing.GONE, ("it was destroyed before",)
    basis: JsonObject = {"facts": facts, "packs": document["packs"]}
    return Scheduled(
        recording_id=recording.id,
        incident_id=incident_id,
        standing=standing,
        why=why,
        document=document,
        basis=digest(basis),
    )


def scheduled(session: Session, packs: Packs, *, at: datetime) -> Iterator[Scheduled]:
    """Every recording that is still there, the oldest first."""
    still = sa.select(Recording.id).where(Recording.state != RecordingState.DISPOSED)
    for recording_id in session.scalars(still.order_by(Recording.id)).all():
        yield schedule(session, packs, recording_id, at=at)


def _stops(session: Session, recording: Recording, incident_id: str | None) -> Iterator[str]:
    """What no rule needs to say: nobody destroys what is in use, or what nobody has placed."""
    if recording.state is RecordingState.QUARANTINED:
        yield "it is in quarantine"
    if incident_id is None and not _set_aside(session, recording.id):
        yield "nobody has said which incident it belongs to"
    request = open_request(session, incident_id) if incident_id else None
    if request is not None:
        yield f"request {request} is pending"
    releases = sa.select(Release.id).where(
        Release.recording_id == recording.id,
        Release.state != ReleaseState.WITHDRAWN,
        Release.audience == PUBLIC,  # one to a recipient ends with his request
    )
    for release_id in session.scalars(releases.order_by(Release.id)):
        yield f"release {release_id} is proposed or public"
    jobs = sa.select(Job.kind).where(
        Job.subject_id == recording.id,
        Job.state.in_(LIVE),
        Job.kind != JobKind.DISPOSE.value,
    )
    for kind in session.scalars(jobs.order_by(Job.id)):
        yield f"work on it is not done: {kind}"


def _standing(
    document: JsonObject, stops: Sequence[str], at: datetime
) -> tuple[Standing, tuple[str, ...]]:
    """The strongest reason to keep it; only where there is none may it go."""
    holds = [f"a hold stands: {_kind(hold)}" for hold in _listed(document, "holds")]
    question = document["question"]
    needs = [f"{_fact(need)} is not known" for need in _listed(document, "needs")]
    keeps = [f"kept while {text}" for text in _keep_while(document)]
    floor, delete_by = _end(document, "floor", at), _end(document, "delete_by", at)
    now = as_utc(at)
    must_go = delete_by is not None and delete_by < now
    before_floor = (
        "no rule lets it go yet" if floor is None else f"its floor is {document['floor']}"
    )
    ladder = (
        (bool(holds or stops), Standing.HELD, (*holds, *stops)),
        (question is not None, Standing.REFERRED, (str(question),)),
        (bool(needs), Standing.UNKNOWN, tuple(needs)),
        (must_go, Standing.MUST_GO, (f"its ceiling, {document['delete_by']}, has passed",)),
        (bool(keeps), Standing.KEEP, tuple(keeps)),
        (floor is None or floor >= now, Standing.KEEP, (before_floor,)),
    )
    may_go = (Standing.MAY_GO, (f"its floor, {document['floor']}, has passed",))
    return next(((standing, why) for applies, standing, why in ladder if applies), may_go)


def _keep_while(document: JsonObject) -> Iterator[str]:
    for reason in _listed(document, "reasons"):
        if isinstance(reason, dict) and reason.get("keep_while"):
            yield str(reason["keep_while"])


def _set_aside(session: Session, recording_id: str) -> bool:
    """Whether its newest tag says that it belongs to nothing."""
    newest = sa.select(Tag).where(Tag.recording_id == recording_id)
    tag = session.scalars(newest.order_by(Tag.created_at.desc(), Tag.id.desc()).limit(1)).first()
    return tag is not None and tag.incident_id is None and tag.call_id is None


def _end(document: JsonObject, name: str, at: datetime) -> datetime | None:
    text = document[name]
    return due_moment(text, local=at) if isinstance(text, str) else None


def _kind(hold: Json) -> str:
    return str(hold.get("kind")) if isinstance(hold, dict) else "unknown"


def _fact(need: Json) -> str:
    return str(need.get("fact")) if isinstance(need, dict) else "a fact"


def _listed(document: JsonObject, name: str) -> list[Json]:
    found = document[name]
    return found if isinstance(found, list) else []
