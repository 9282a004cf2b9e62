"""Random audits: officer-calls drawn by strata and seed, and the list they were drawn from.

A draw is from every officer-call of the period on which something was expected, with and without
video. The list is kept, so that the draw can be made again whatever the records say by then.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from bwc.canonical import JsonObject
from bwc.catalog import tables
from bwc.catalog.finding import Audit, AuditDraw
from bwc.clock import as_utc, iso
from bwc.coverage.assemblies import ASSEMBLY_WORDS
from bwc.coverage.audit_frames import keep_frame
from bwc.coverage.audit_reviews import reviews_of
from bwc.coverage.measure import Status
from bwc.coverage.numbers import Series, next_number
from bwc.coverage.report import department_coverage
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.coverage.sample import Candidate, draw, stratum_of
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import InvalidInput, NotFound
from bwc.timeline import Span

LONGEST_SEED = 64


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
    assembly_words: Sequence[str] | None = None,
) -> Audit:
    """Draw `size` officer-calls of the period; without a seed one is made and kept.

    `assembly_words` are those by which types of calls are assemblies, if not the usual ones.

    Raises:
        InvalidInput: no size, a seed that cannot be written down, or no call to draw from.
    """
    seed = secrets.token_hex(16) if seed is None else _readable(seed)
    words = ASSEMBLY_WORDS if assembly_words is None else tuple(assembly_words)
    video, excluded = _frame(session, period, rules, words)
    if not video:
        raise InvalidInput("no officer-call to draw from", got=iso(period.start))
    drawn = draw(list(video), size=size, seed=seed)
    audit = Audit(
        number=next_number(session, Series.AUDIT, column=Audit.number, at=at),
        seed=seed,
        size=len(drawn),
        starts_at=period.start,
        ends_at=period.end,
        strata=_strata(video, drawn, excluded=excluded, rule=rules.words(period)),
        frame_sha256=keep_frame(session, list(video)),
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
    for one in reviews_of(session, audit):
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


def _readable(seed: str) -> str:
    """The seed as it is kept and shown.

    Raises:
        InvalidInput: it is empty, or holds what nobody could type again.
    """
    kept = seed.strip()
    if not kept or not kept.isprintable() or len(kept) > LONGEST_SEED:
        raise InvalidInput(
            "this seed could not be given again",
            expected=f"1 to {LONGEST_SEED} printable characters",
            got=repr(seed),
            advice="Leave the seed out to have one made",
        )
    return kept


def _frame(
    session: Session, period: Span[datetime], rules: RuleBook, words: Sequence[str]
) -> tuple[dict[Candidate, bool], int]:
    """Every officer-call that can be drawn, with whether it has video; and how many cannot."""
    report = department_coverage(session, period.start, period.end, rules=rules)
    video = {
        Candidate(
            part.call.number,
            part.coverage.badge,
            stratum_of(
                part.call.type,
                seconds_recorded=part.coverage.covered.total_seconds(),
                words=words,
            ),
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


def _by_name(
    session: Session, name: InstrumentedAttribute[str], id_: InstrumentedAttribute[str]
) -> Sequence[tuple[str, str]]:
    """Ids by their human names."""
    return [(row[0], row[1]) for row in session.execute(sa.select(name, id_))]
