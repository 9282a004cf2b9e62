"""Random audits: draw officer-calls, review each on a form, and report what the reviews say.

A draw is from every officer-call of the period on which something was expected, with and without
video. What a reviewer looked at is taken from custody, not from his word.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from bwc.canonical import Json, JsonObject
from bwc.catalog import tables
from bwc.catalog.finding import Audit, AuditDraw, AuditReview
from bwc.clock import as_utc, iso
from bwc.coverage.measure import Status
from bwc.coverage.numbers import Series, next_number
from bwc.coverage.rates import Rate, rounded
from bwc.coverage.report import call_coverage, department_coverage
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.coverage.sample import Candidate, agreement, draw, frame_digest, stratum_of
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.timeline import Span


class Question(StrEnum):
    """What a reviewer says of each draw."""

    ACTIVATION = "camera on when it had to be"
    NOTICE = "people were told of the recording"
    DEESCALATION = "de-escalation tried before force"
    INTERVENTION = "duty to intervene kept"
    TAG = "tag names the right call and kind"


class Mark(StrEnum):
    """How a reviewer answers."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "does not apply"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class DrawLine:
    """One draw as pages and commands show it."""

    id: str
    place: int
    stratum: str
    call: str
    badge: str
    had_video: bool
    reviewers: tuple[str, ...]

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "id": self.id,
            "place": self.place,
            "stratum": self.stratum,
            "call": self.call,
            "badge": self.badge,
            "had_video": self.had_video,
            "reviewers": list(self.reviewers),
        }


def draw_audit(
    session: Session,
    period: Span[datetime],
    *,
    size: int,
    by: str,
    at: datetime,
    seed: str | None = None,
    rules: RuleBook = ALWAYS_ON_SCENE,
) -> Audit:
    """Draw `size` officer-calls of the period; without a seed one is made and kept.

    Raises:
        InvalidInput: no size, or no call to draw from.
    """
    video, excluded = _frame(session, period, rules)
    if not video:
        raise InvalidInput("no officer-call to draw from", got=iso(period.start))
    seed = seed or secrets.token_hex(16)
    drawn = draw(list(video), size=size, seed=seed)
    audit = Audit(
        number=next_number(session, Series.AUDIT, column=Audit.number, at=at),
        seed=seed,
        size=len(drawn),
        starts_at=period.start,
        ends_at=period.end,
        strata=_strata(video, drawn, excluded=excluded, rule=rules.words(period)),
        frame_sha256=frame_digest(video),
        drawn_by=by,
        drawn_at=as_utc(at),
    )
    session.add(audit)
    session.flush()
    _store_draws(session, audit, drawn, video)
    detail: JsonObject = {
        "number": audit.number,
        "seed": seed,
        "size": len(drawn),
        "frame_sha256": audit.frame_sha256,
    }
    about = About(Subject.AUDIT, audit.id)
    record(session, Act.AUDIT_DRAWN, about=about, actor=by, at=at, detail=detail)
    return audit


def review(
    session: Session,
    draw_id: str,
    answers: Mapping[Question, Mark],
    *,
    note: str,
    by: str,
    at: datetime,
    rules: RuleBook = ALWAYS_ON_SCENE,
) -> AuditReview:
    """One reviewer's form; every question is answered, and never twice by the same person.

    Raises:
        NotFound: no such draw.
        InvalidInput: a question without an answer.
        Conflict: this person reviewed it already.
    """
    drawn = session.get(AuditDraw, draw_id)
    if drawn is None:
        raise NotFound("there is no such draw", where=draw_id)
    missing = [question.value for question in Question if question not in answers]
    if missing:
        raise InvalidInput("every question needs an answer", expected=", ".join(missing))
    twice = sa.select(AuditReview.id).where(
        AuditReview.draw_id == draw_id, AuditReview.reviewer == by
    )
    if session.scalar(twice) is not None:
        raise Conflict("you reviewed this draw already", where=draw_id)
    looked_at: list[Json] = list(_looked_at(session, drawn, by, rules))
    filled: JsonObject = {question.name.lower(): answers[question].value for question in Question}
    row = AuditReview(
        draw_id=draw_id,
        reviewer=by,
        answers=filled,
        looked_at=looked_at,
        note=note.strip(),
        reviewed_at=as_utc(at),
    )
    session.add(row)
    session.flush()
    detail: JsonObject = {"draw": draw_id, "place": drawn.place, "looked_at": looked_at, **filled}
    about = About(Subject.AUDIT, drawn.audit_id)
    record(session, Act.AUDIT_REVIEWED, about=about, actor=by, at=at, detail=detail)
    return row


def find_audit(session: Session, number: str) -> Audit:
    """The audit of that number. Raises NotFound."""
    row = session.scalars(sa.select(Audit).where(Audit.number == number)).first()
    if row is None:
        raise NotFound("no audit has this number", got=number)
    return row


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One audit in the list of them."""

    number: str
    size: int
    starts_at: datetime
    ends_at: datetime
    drawn_by: str
    drawn_at: datetime

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "number": self.number,
            "size": self.size,
            "since": iso(self.starts_at),
            "until": iso(self.ends_at),
            "drawn_by": self.drawn_by,
            "drawn_at": iso(self.drawn_at),
        }


def list_audits(session: Session) -> list[AuditLine]:
    """Every audit, the newest first."""
    rows = session.scalars(sa.select(Audit).order_by(Audit.drawn_at.desc(), Audit.id.desc()))
    return [
        AuditLine(row.number, row.size, row.starts_at, row.ends_at, row.drawn_by, row.drawn_at)
        for row in rows
    ]


def audit_of_draw(session: Session, draw_id: str) -> str:
    """The number of the audit that a draw belongs to."""
    return session.get_one(Audit, session.get_one(AuditDraw, draw_id).audit_id).number


def draw_lines(session: Session, audit: Audit) -> list[DrawLine]:
    """The draws of an audit, in their order, with who reviewed each."""
    row = AuditDraw
    query = (
        sa.select(row, tables.Call.number, tables.Officer.badge)
        .join(tables.Call, row.call_id == tables.Call.id)
        .join(tables.Officer, row.officer_id == tables.Officer.id)
        .where(row.audit_id == audit.id)
        .order_by(row.place)
    )
    reviewers: dict[str, list[str]] = {}
    for one in _reviews(session, audit):
        reviewers.setdefault(one.draw_id, []).append(one.reviewer)
    return [
        DrawLine(
            drawn.id,
            drawn.place,
            drawn.stratum,
            call,
            badge,
            drawn.had_video,
            tuple(reviewers.get(drawn.id, ())),
        )
        for drawn, call, badge in session.execute(query)
    ]


def results(session: Session, audit: Audit) -> JsonObject:
    """What the reviews say: by question and stratum, the first review of each draw counting.

    `weighted` is the share of yes among yes and no, each stratum weighed by its officer-calls.
    """
    lines = draw_lines(session, audit)
    by_draw: dict[str, list[AuditReview]] = {}
    for one in _reviews(session, audit):
        by_draw.setdefault(one.draw_id, []).append(one)
    questions: JsonObject = {}
    for question in Question:
        name = question.name.lower()
        pairs = [
            (str(two[0].answers[name]), str(two[1].answers[name]))
            for two in by_draw.values()
            if len(two) > 1
        ]
        marks = [
            (line.stratum, str(by_draw[line.id][0].answers[name]))
            for line in lines
            if line.id in by_draw
        ]
        questions[name] = {
            "question": question.value,
            "answers": {mark.value: sum(m == mark.value for _, m in marks) for mark in Mark},
            "yes": _rate(mark for _, mark in marks).document(),
            "weighted": _weighted(marks, audit.strata),
            "agreement": agreement(pairs).document(),
        }
    return {
        "number": audit.number,
        "since": iso(audit.starts_at),
        "until": iso(audit.ends_at),
        "seed": audit.seed,
        "frame_sha256": audit.frame_sha256,
        "strata": audit.strata,
        "drawn": len(lines),
        "without_video": sum(not line.had_video for line in lines),
        "reviewed": len(by_draw),
        "reviewed_twice": sum(len(found) > 1 for found in by_draw.values()),
        "questions": questions,
    }


def _frame(
    session: Session, period: Span[datetime], rules: RuleBook
) -> tuple[dict[Candidate, bool], int]:
    """Every officer-call that can be drawn, with whether it has video; and how many cannot."""
    report = department_coverage(session, period.start, period.end, rules=rules)
    video = {
        Candidate(
            part.call.number,
            part.coverage.badge,
            stratum_of(part.call.type, seconds_recorded=part.coverage.covered.total_seconds()),
        ): bool(part.coverage.covered)
        for part in report.calls
        if part.coverage.status is not Status.EXCLUDED
    }
    return video, report.tally.excluded


def _store_draws(
    session: Session, audit: Audit, drawn: Sequence[Candidate], video: Mapping[Candidate, bool]
) -> None:
    """A row for each draw."""
    calls = dict(_by_name(session, tables.Call.number, tables.Call.id))
    officers = dict(_by_name(session, tables.Officer.badge, tables.Officer.id))
    session.add_all(
        AuditDraw(
            audit_id=audit.id,
            place=place,
            stratum=one.stratum,
            call_id=calls[one.call],
            officer_id=officers[one.badge],
            had_video=video[one],
        )
        for place, one in enumerate(drawn, start=1)
    )


def _strata(
    video: Mapping[Candidate, bool], drawn: Sequence[Candidate], *, excluded: int, rule: str
) -> JsonObject:
    """How many officer-calls each stratum holds, and how many of them were drawn."""
    held = sorted({one.stratum for one in video})
    counts: JsonObject = {
        name: {
            "held": sum(one.stratum == name for one in video),
            "drawn": sum(one.stratum == name for one in drawn),
        }
        for name in held
    }
    return {"strata": counts, "excluded": excluded, "rule": rule}


def _rate(marks: Iterable[str]) -> Rate:
    """Yes among yes and no."""
    said = [mark for mark in marks if mark in (Mark.YES, Mark.NO)]
    return Rate(sum(mark == Mark.YES for mark in said), len(said))


def _weighted(marks: Sequence[tuple[str, str]], strata: JsonObject) -> float | None:
    """The share of yes over all officer-calls, estimated stratum by stratum."""
    counts = strata["strata"]
    if not isinstance(counts, dict):
        return None
    whole, yes = 0.0, 0.0
    for name, count in counts.items():
        rate = _rate([mark for stratum, mark in marks if stratum == name])
        if rate.share is not None and isinstance(count, dict):
            weight = float(str(count["held"]))
            whole, yes = whole + weight, yes + weight * rate.share
    return rounded(yes / whole) if whole else None


def _reviews(session: Session, audit: Audit) -> Sequence[AuditReview]:
    """The audit's reviews, oldest first."""
    row = AuditReview
    query = (
        sa.select(row)
        .join(AuditDraw, row.draw_id == AuditDraw.id)
        .where(AuditDraw.audit_id == audit.id)
        .order_by(row.reviewed_at, row.id)
    )
    return session.scalars(query).all()


def _looked_at(session: Session, drawn: AuditDraw, by: str, rules: RuleBook) -> list[str]:
    """The recordings of the draw that this person opened, as custody knows."""
    call = session.get_one(tables.Call, drawn.call_id)
    badge = session.get_one(tables.Officer, drawn.officer_id).badge
    recordings = {
        one
        for part in call_coverage(session, call.number, rules=rules)
        if part.coverage.badge == badge
        for one in part.quality.recordings
    }
    entry = tables.CustodyEntry
    seen = sa.select(entry.subject_id).where(
        entry.act == Act.VIEWING.value, entry.actor == by, entry.subject_id.in_(recordings)
    )
    return sorted(set(session.scalars(seen)))


def _by_name(
    session: Session, name: InstrumentedAttribute[str], id_: InstrumentedAttribute[str]
) -> Sequence[tuple[str, str]]:
    """Ids by their human names."""
    return [(row[0], row[1]) for row in session.execute(sa.select(name, id_))]
