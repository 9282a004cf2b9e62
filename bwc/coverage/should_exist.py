"""Is there footage of X? Asked by call, by officer and time, or by incident; and the written answer.

The answer is made from dispatch, roster, assignments and recordings as they stand at that moment.
Recordings count in any state, and those whose newest tag names what is asked for count always. A
"none exists" answer carries a number, every line it rests on, and a custody entry; it is refused
where a file is there, readable or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject, digest
from bwc.catalog import tables
from bwc.catalog.finding import FootageAnswer
from bwc.clock import as_utc, iso
from bwc.coverage.call_coverage import CallCoverage
from bwc.coverage.catalog_source import read_period
from bwc.coverage.department import Department
from bwc.coverage.existence import Answer, Existence, exists
from bwc.coverage.expected import OfficerCall
from bwc.coverage.ledger_lines import Line, lines_of, settled, strongest, told
from bwc.coverage.measure import measure
from bwc.coverage.numbers import Series, next_number
from bwc.coverage.quality import examine
from bwc.coverage.report import call_coverage, moved_call_coverage
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.coverage.years import moment_asked
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, NotFound
from bwc.timeline import Span

INSTANT = timedelta(seconds=1)
MEANING = {
    Answer.YES: "Footage exists.",
    Answer.QUARANTINED: "A file exists in quarantine and cannot be read as yet.",
    Answer.ELSEWHERE: "No file is here; another evidence system lists a recording.",
    Answer.DISPOSED: "Footage existed and was disposed of.",
    Answer.LOST: "Footage should exist and was not found.",
    Answer.NO: "No footage exists.",
}
THERE = (Answer.YES, Answer.QUARANTINED, Answer.ELSEWHERE)  # nobody may write that there is none


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer: of what its lines say, what stands first in `Answer`."""

    question: str
    rule: str
    lines: tuple[Line, ...]

    @property
    def answer(self) -> Answer:
        """In one word."""
        return strongest(line.existence for line in self.lines).answer

    @property
    def meaning(self) -> str:
        """In a sentence."""
        return MEANING[self.answer]

    @property
    def is_incomplete(self) -> bool:
        """Whether there is or was footage, and more should be."""
        lost = any(line.existence.answer is Answer.LOST for line in self.lines)
        return lost and self.answer is not Answer.LOST

    @property
    def may_be_written(self) -> bool:
        """Whether an answer that there is none may be given: no file of it is there."""
        return self.answer not in THERE

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "question": self.question,
            "answer": self.answer.value,
            "meaning": self.meaning,
            "incomplete": self.is_incomplete,
            "rule": self.rule,
            "lines": [line.document() for line in self.lines],
        }


def footage_of_call(
    session: Session, number: str, *, badge: str | None = None, rules: RuleBook = ALWAYS_ON_SCENE
) -> Reply:
    """Each officer on a call, or one of them, and recordings that are tied to it otherwise.

    Raises:
        NotFound: no such call, or that officer was not on it and recorded nothing of it.
    """
    every = call_coverage(session, number, rules=rules)
    parts = [part for part in every if badge in (None, part.coverage.badge)]
    lines = lines_of(session, parts, _call_ids(session, number), badge=badge)
    if badge is not None and not lines:
        raise NotFound("this officer was not on this call", where=number, got=badge)
    whom = f" by badge {badge}" if badge else ""
    nobody = Line(None, number, Existence(Answer.NO, "no officer was sent to it"))
    return Reply(f"call {number}{whom}", _rules_of(parts), tuple(lines) or (nobody,))


def call_footage(
    session: Session, number: str, *, rules: RuleBook = ALWAYS_ON_SCENE
) -> list[CallCoverage]:
    """Every officer on one call as measured, each with the ledger's answer about him.

    Raises:
        NotFound: no call has that number.
    """
    parts = moved_call_coverage(session, number, rules=rules)
    return told(parts, lines_of(session, parts, _call_ids(session, number)))


def footage_at(session: Session, badge: str, moment: datetime) -> Reply:
    """One officer at one moment, on a call or not.

    Raises:
        NotFound: no officer has that badge.
        InvalidInput: a time that no record can have.
    """
    start = moment_asked(moment)
    when = Span(start, start + INSTANT)
    department = read_period(session, when, badge=badge)
    if not department.officers:
        raise NotFound("no officer has this badge", got=badge)
    asked = [OfficerCall("", badge, when, None)]
    coverages = measure(asked, recordings=department.recordings, assignments=department.assignments)
    [existence] = exists(asked, coverages, department)
    [quality] = examine(asked, department)
    if existence.answer is Answer.LOST:
        existence = _off_duty(department, when) or existence
    [lines] = settled(session, [(Line(badge, None, existence, quality.recordings), when)])
    return Reply(f"badge {badge} at {iso(when.start)}", "at that second", tuple(lines))


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
    query = (
        sa.select(tables.Call)
        .where(tables.Call.incident_id == incident.id)
        .order_by(tables.Call.received_at)
    )
    calls = {call.id: call.number for call in session.scalars(query)}
    parts = [part for call in calls.values() for part in call_coverage(session, call, rules=rules)]
    lines = lines_of(session, parts, calls, incident_id=incident.id)
    nothing = Line(None, None, Existence(Answer.NO, "no call and no recording is tied to it"))
    return Reply(f"incident {number}", _rules_of(parts), tuple(lines) or (nothing,))


def answer_none(session: Session, reply: Reply, *, by: str, at: datetime) -> FootageAnswer:
    """Write the answer that there is none, with a number and a custody entry.

    Raises:
        Conflict: there is footage, or a file in quarantine that may be it.
    """
    if reply.answer is Answer.QUARANTINED:
        raise Conflict("a file of it is in quarantine and may be footage", where=reply.question)
    if reply.answer is Answer.ELSEWHERE:
        raise Conflict("another evidence system lists a recording of it", where=reply.question)
    if not reply.may_be_written:
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
        f"- {f'badge {line.badge}' if line.badge else _nobody(line)}"
        f"{f', call {line.call}' if line.call else ''}: {line.existence.why}"
        f"{f' ({line.excused})' if line.excused else ''}"
        for line in reply.lines
    )
    return (
        f"Answer {number} of {iso(at)}\nAsked: footage of {reply.question}\n"
        f"{reply.meaning} What the records of dispatch, roster, cameras and recordings"
        f" say:\n{reasons}\n"
        "This answer speaks of body-worn cameras and of the records as they stood at that time."
    )


def _call_ids(session: Session, number: str) -> dict[str, str]:
    """The call's number by its id."""
    ids = session.scalars(sa.select(tables.Call.id).where(tables.Call.number == number))
    return dict.fromkeys(ids, number)


def _rules_of(parts: Sequence[CallCoverage]) -> str:
    """The rules by which something was expected, each once."""
    return "; ".join(dict.fromkeys(part.duty.reason for part in parts)) or "no call, no rule"


def _nobody(line: Line) -> str:
    """Whom a line without an officer is about."""
    return "maker not known" if line.recordings else "nobody"


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
