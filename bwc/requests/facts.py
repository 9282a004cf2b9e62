"""Facts of a case that a named person asserts, in writing: appended, never overwritten.

The newest assertion of a name counts. `"unknown"` is a value: it is how a wrong fact is taken
back. Whether a name belongs to the vocabulary is the policy's to say when it decides.
"""

import re
from datetime import datetime

from sqlalchemy.orm import Session

from bwc.canonical import Json, canonical_bytes
from bwc.catalog.incident import Fact, Incident
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import InvalidInput, NotFound
from bwc.ids import new_id
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind

UNKNOWN = "unknown"
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
LARGEST_VALUE = 64 * 1024  # bytes of canonical JSON: a list of persons or segments, not a file


def assert_fact(
    session: Session,
    incident_id: str,
    *,
    name: str,
    value: Json,
    source: str,
    by: str,
    at: datetime,
    evidence_ref: str | None = None,
) -> Fact:
    """Write down one fact of an incident and have the rules look again.

    Args:
        session: a writing session of the catalog.
        incident_id: the incident it is about.
        name: a name of the closed vocabulary, such as `injury_level` or `request.statute_invoked`.
        value: its value as JSON, or `"unknown"`.
        source: how the person knows: a report, a call, a letter.
        by: who asserts it.
        at: when, aware.
        evidence_ref: where the evidence for it lies.

    Raises:
        NotFound: no such incident.
        InvalidInput: not a fact's name, no source, or a value that JSON cannot carry.
    """
    if session.get(Incident, incident_id) is None:
        raise NotFound("there is no such incident", where=incident_id)
    if not NAME.fullmatch(name):
        raise InvalidInput("not a fact's name", expected="a name such as injury_level", got=name)
    if not source.strip():
        raise InvalidInput(
            "a fact needs a source",
            where=name,
            advice="Say how this is known: report, call, letter.",
        )
    if len(canonical_bytes(value)) > LARGEST_VALUE:
        raise InvalidInput("the value is too large", where=name, expected="at most 64 KiB of JSON")
    fact = Fact(
        id=new_id(),
        incident_id=incident_id,
        name=name,
        value={"value": value},
        source=source.strip(),
        asserted_by=by,
        asserted_at=at,
        evidence_ref=evidence_ref,
    )
    session.add(fact)
    record(
        session,
        Act.FACT_ASSERTION,
        about=About(Subject.INCIDENT, incident_id),
        actor=by,
        at=at,
        detail={"fact_id": fact.id, "name": name, "known": value != UNKNOWN},
    )
    enqueue(session, JobKind.DECIDE, subject_id=incident_id, requested_by=by, at=at)
    return fact
