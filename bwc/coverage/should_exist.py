"""Is there footage of X? Asked by call, by officer and time, or by incident; and the written answer.

The answer is made from dispatch, roster, assignments and recordings as they stand at that moment.
A "none exists" answer carries a number, every line it rests on, and a custody entry.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject, digest
from bwc.catalog import tables
from bwc.catalog.finding import FindingRow, FindingState, FootageAnswer
from bwc.catalog.recording import RecordingState
from bwc.clock import as_utc, iso
from bwc.coverage.catalog_source import read_period
from bwc.coverage.department import Department
from bwc.coverage.existence import Answer, Existence, exists
from bwc.coverage.expected import OfficerCall
from bwc.coverage.measure import measure
from bwc.coverage.numbers import Series, next_number
from bwc.coverage.quality import examine
from bwc.coverage.report import CallCoverage, call_coverage
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, NotFound
from bwc.timeline import Span

INSTANT = timedelta(seconds=1)
UNREADABLE = "a file came and cannot be used"
MEANING = {
    Answer.YES: "Footage exists.",
    Answer.NO: "No footage exists.",
    Answer.LOST: "Footage should exist and was not found.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One officer at one call or moment: whether there is footage, and why not."""

    badge: str | None
    call: str | None
    existence: Existence
    recordings: tuple[str, ...] = ()
    excused: str | None = None

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "badge": self.badge,
            "call": self.call,
            "answer": self.existence.answer.value,
            "why": self.existence.why,
            "recordings": list(self.recordings),
            "finding": self.excused,
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer: yes where anything is there, else lost where anything should be, else no."""

    question: str
    rule: str
    lines: tuple[Line, ...]

    @property
    def answer(self) -> Answer:
        """In one word."""
        found = {line.existence.answer for line in self.lines}
        return next((one for one in (Answer.YES, Answer.LOST) if one in found), Answer.NO)

    @property
    def is_incomplete(self) -> bool:
        """Whether there is footage, and more should be."""
        lost = any(line.existence.answer is Answer.LOST for line in self.lines)
        return lost and self.answer is Answer.YES

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "question": self.question,
            "answer": self.answer.value,
            "meaning": MEANING[self.answer],
            "incomplete": self.is_incomplete,
            "rule": self.rule,
            "lines": [line.document() for line in self.lines],
        }


def footage_of_call(
    session: Session, number: str, *, badge: str | None = None, rules: RuleBook = ALWAYS_ON_SCENE
) -> Reply:
    """Each officer on a call, or one of them.

    Raises:
        NotFound: no such call, or that officer was not on it.
    """
    parts = [
        part
        for part in call_coverage(session, number, rules=rules)
        if badge in (None, part.coverage.badge)
    ]
    if badge is not None and not parts:
        raise NotFound("this officer was not on this call", where=number, got=badge)
    whom = f" by badge {badge}" if badge else ""
    nobody = Line(None, number, Existence(Answer.NO, "no officer was sent to it"))
    lines = tuple(_line(session, part) for part in parts) or (nobody,)
    return Reply(f"call {number}{whom}", _rules_of(parts), lines)


def footage_at(session: Session, badge: str, moment: datetime) -> Reply:
    """One officer at one moment, on a call or not.

    Raises:
        NotFound: no officer has that badge.
    """
    when = Span(as_utc(moment), as_utc(moment) + INSTANT)
    department = read_period(session, when, badge=badge)
    if not department.officers:
        raise NotFound("no officer has this badge", got=badge)
    asked = [OfficerCall("", badge, when, None)]
    coverages = measure(asked, recordings=department.recordings, assignments=department.assignments)
    [existence] = exists(asked, coverages, department)
    [quality] = examine(asked, department)
    if existence.answer is Answer.LOST:
        existence = _off_duty(department, when) or existence
    line = Line(badge, None, existence, quality.recordings)
    return Reply(f"badge {badge} at {iso(when.start)}", "at that second", (line,))


def footage_of_incident(
    session: Session, number: str, *, rules: RuleBook = ALWAYS_ON_SCENE
) -> Reply:
    """Every officer on the incident's calls, and recordings that were tied to it otherwise.

    Raises:
        NotFound: no such incident.
    """
    incident = session.scalars(
        sa.select(tables.Incident).where(tables.Incident.number == number)
    ).first()
    if incident is None:
        raise NotFound("no incident has this number", got=number)
    calls = session.scalars(
        sa.select(tables.Call.number)
        .where(tables.Call.incident_id == incident.id)
        .order_by(tables.Call.received_at)
    ).all()
    parts = [part for call in calls for part in call_coverage(session, call, rules=rules)]
    lines = [_line(session, part) for part in parts]
    lines += _tied(session, incident.id, {one for line in lines for one in line.recordings})
    nothing = Line(None, None, Existence(Answer.NO, "no call and no recording is tied to it"))
    return Reply(f"incident {number}", _rules_of(parts), tuple(lines) or (nothing,))


def answer_none(session: Session, reply: Reply, *, by: str, at: datetime) -> FootageAnswer:
    """Write the answer that there is none, with a number and a custody entry.

    Raises:
        Conflict: there is footage.
    """
    if reply.answer is Answer.YES:
        raise Conflict("there is footage of it", where=reply.question)
    number = next_number(session, Series.ANSWER, column=FootageAnswer.number, at=at)
    document: JsonObject = {
        "number": number,
        "at": iso(at),
        "text": letter(reply, number=number, at=at),
        **reply.document(),
    }
    row = FootageAnswer(
        number=number,
        question=reply.question,
        answer=reply.answer.value,
        document=document,
        sha256=digest(document),
        answered_by=by,
        answered_at=as_utc(at),
    )
    session.add(row)
    session.flush()
    detail: JsonObject = {
        "number": number,
        "question": reply.question,
        "answer": reply.answer.value,
        "sha256": row.sha256,
    }
    about = About(Subject.ANSWER, row.id)
    record(session, Act.FOOTAGE_ANSWERED, about=about, actor=by, at=at, detail=detail)
    return row


def find_answer(session: Session, number: str) -> FootageAnswer:
    """A written answer by its number. Raises NotFound."""
    row = session.scalars(sa.select(FootageAnswer).where(FootageAnswer.number == number)).first()
    if row is None:
        raise NotFound("no answer has this number", got=number)
    return row


def letter(reply: Reply, *, number: str, at: datetime) -> str:
    """The answer in sentences, for whoever asked."""
    reasons = "\n".join(
        f"- {f'badge {line.badge}' if line.badge else 'nobody'}"
        f"{f', call {line.call}' if line.call else ''}: {line.existence.why}"
        f"{f' ({line.excused})' if line.excused else ''}"
        for line in reply.lines
    )
    return (
        f"Answer {number} of {iso(at)}\nAsked: footage of {reply.question}\n"
        f"{MEANING[reply.answer]} What the records of dispatch, roster, cameras and recordings"
        f" say:\n{reasons}\n"
        "This answer speaks of body-worn cameras and of the records as they stood at that time."
    )


def _rules_of(parts: Sequence[CallCoverage]) -> str:
    """The rules by which something was expected, each once."""
    return "; ".join(dict.fromkeys(part.duty.reason for part in parts)) or "no call, no rule"


def _line(session: Session, part: CallCoverage) -> Line:
    """One officer's call, with what became of a finding on it."""
    coverage = part.coverage
    excused = None if coverage.covered else _decided(session, part)
    return Line(coverage.badge, part.call.number, part.existence, part.quality.recordings, excused)


def _decided(session: Session, part: CallCoverage) -> str | None:
    """How a finding on this call stands, where it is no longer open."""
    row = FindingRow
    query = (
        sa.select(row.state)
        .join(tables.Call, row.call_id == tables.Call.id)
        .join(tables.Officer, row.officer_id == tables.Officer.id)
        .where(tables.Call.number == part.call.number, row.gone_at.is_(None))
        .where(tables.Officer.badge == part.coverage.badge, row.state != FindingState.OPEN)
        .order_by(row.found_at.desc())
    )
    state = session.scalars(query.limit(1)).first()
    return None if state is None else f"finding {state.value}"


def _off_duty(department: Department, when: Span[datetime]) -> Existence | None:
    """Why nothing had to run then; None where it is not known that nothing had to."""
    on_call = any(
        stay.arrived is not None
        and stay.arrived < when.end
        and (stay.cleared is None or stay.cleared > when.start)
        for stay in department.call_units
    )
    if on_call:
        return None
    on_duty = any(s.start < when.end and s.end > when.start for s in department.shifts)
    return Existence(Answer.NO, "on duty and on no call then" if on_duty else "not on duty then")


def _tied(session: Session, incident_id: str, known: Iterable[str]) -> Sequence[Line]:
    """Recordings whose newest tag names the incident, that no call's line names already."""
    newest: dict[str, tables.Tag] = {}
    tagged = sa.select(tables.Tag.recording_id).where(tables.Tag.incident_id == incident_id)
    query = (
        sa.select(tables.Tag)
        .where(tables.Tag.recording_id.in_(tagged))
        .order_by(tables.Tag.created_at, tables.Tag.id)
    )
    for tag in session.scalars(query):
        newest[tag.recording_id] = tag
    lines: list[Line] = []
    seen = set(known)
    for recording_id, tag in sorted(newest.items()):
        if tag.incident_id != incident_id or recording_id in seen:
            continue
        film = session.get_one(tables.Recording, recording_id)
        usable = film.state is not RecordingState.QUARANTINED
        existence = (
            Existence(Answer.YES, "a recording is tied to it")
            if usable
            else Existence(Answer.LOST, UNREADABLE)
        )
        officer = session.get(tables.Officer, film.officer_id) if film.officer_id else None
        lines.append(Line(officer.badge if officer else None, None, existence, (film.id,)))
    return lines
