"""What the reviews of a random audit say: by question and stratum, and how far reviewers agree.

Of each draw the first review counts; the second measures agreement.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.finding import Audit, AuditReview
from bwc.clock import iso
from bwc.coverage.audit_frames import keeps_frame
from bwc.coverage.audit_reviews import Mark, Question, reviews_of
from bwc.coverage.audits import DrawLine, draw_lines
from bwc.coverage.export import write_rows
from bwc.coverage.rates import Rate, rounded
from bwc.coverage.sample import Agreement, agreement
from bwc.timeline import Span

ALL = "all"
RESULT_COLUMNS = (
    "audit",
    "question",
    "stratum",
    "officer_calls",
    "drawn",
    "reviewed",
    "yes",
    "no",
    "does_not_apply",
    "cannot_tell",
    "n",
    "yes_share",
    "yes_low",
    "yes_high",
    "weighted_share",
    "reviewed_twice",
    "same_answer",
    "kappa",
)


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum: how many officer-calls it held, and how many were drawn and reviewed."""

    name: str
    held: int
    drawn: int
    reviewed: int


@dataclass(frozen=True, slots=True)
class Answers:
    """How a question was answered, in one stratum or in all."""

    counts: Mapping[Mark, int]

    @property
    def yes(self) -> Rate:
        """Yes among yes and no."""
        yes = self.counts[Mark.YES]
        return Rate(yes, yes + self.counts[Mark.NO])

    def document(self) -> JsonObject:
        """As JSON."""
        counts: JsonObject = {mark.value: n for mark, n in self.counts.items()}
        return {"answers": counts, "yes": self.yes.document()}


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question. `weighted` is the share of yes, each stratum weighed by its officer-calls."""

    question: Question
    answers: Answers
    by_stratum: Mapping[str, Answers]
    weighted: float | None
    agreement: Agreement

    def document(self) -> JsonObject:
        """As JSON."""
        strata: JsonObject = {name: one.document() for name, one in self.by_stratum.items()}
        return {
            "question": self.question.value,
            **self.answers.document(),
            "by_stratum": strata,
            "weighted": rounded(self.weighted),
            "agreement": self.agreement.document(),
        }


@dataclass(frozen=True, slots=True)
class AuditResult:
    """One audit and what its reviews say."""

    number: str
    period: Span[datetime]
    drawn_by: str
    seed: str
    frame_sha256: str
    frame_kept: bool
    strata: tuple[Stratum, ...]
    excluded: int
    rule: str
    drawn: int
    without_video: int
    reviewed: int
    reviewed_twice: int
    questions: tuple[QuestionResult, ...]

    @property
    def held(self) -> int:
        """How many officer-calls could be drawn."""
        return sum(one.held for one in self.strata)

    def document(self) -> JsonObject:
        """As JSON."""
        strata: JsonObject = {
            one.name: {"held": one.held, "drawn": one.drawn, "reviewed": one.reviewed}
            for one in self.strata
        }
        questions: JsonObject = {
            one.question.name.lower(): one.document() for one in self.questions
        }
        return {
            "number": self.number,
            "since": iso(self.period.start),
            "until": iso(self.period.end),
            "drawn_by": self.drawn_by,
            "seed": self.seed,
            "frame_sha256": self.frame_sha256,
            "frame_kept": self.frame_kept,
            "strata": {"strata": strata, "excluded": self.excluded, "rule": self.rule},
            "drawn": self.drawn,
            "without_video": self.without_video,
            "reviewed": self.reviewed,
            "reviewed_twice": self.reviewed_twice,
            "questions": questions,
        }


def results(session: Session, audit: Audit) -> JsonObject:
    """What the reviews say, as JSON."""
    return audit_result(session, audit).document()


def audit_result(session: Session, audit: Audit) -> AuditResult:
    """What the reviews say."""
    lines = draw_lines(session, audit)
    by_draw: dict[str, list[AuditReview]] = {}
    for one in reviews_of(session, audit):
        by_draw.setdefault(one.draw_id, []).append(one)
    strata = _strata(audit, Counter(line.stratum for line in lines if line.id in by_draw))
    return AuditResult(
        number=audit.number,
        period=Span(audit.starts_at, audit.ends_at),
        drawn_by=audit.drawn_by,
        seed=audit.seed,
        frame_sha256=audit.frame_sha256,
        frame_kept=keeps_frame(session, audit),
        strata=strata,
        excluded=int(str(audit.strata["excluded"])),
        rule=str(audit.strata["rule"]),
        drawn=len(lines),
        without_video=sum(not line.had_video for line in lines),
        reviewed=len(by_draw),
        reviewed_twice=sum(len(found) > 1 for found in by_draw.values()),
        questions=tuple(_question(one, lines, by_draw, strata) for one in Question),
    )


def period_results(session: Session, period: Span[datetime]) -> list[AuditResult]:
    """What the reviews of each audit say that drew from calls of a period, the oldest first."""
    query = (
        sa.select(Audit)
        .where(Audit.starts_at < period.end, Audit.ends_at > period.start)
        .order_by(Audit.drawn_at, Audit.id)
    )
    return [audit_result(session, row) for row in session.scalars(query)]


def results_document(found: Sequence[AuditResult]) -> JsonObject:
    """The audits of a period as the part of a report."""
    audits: list[Json] = [one.document() for one in found]
    return {"audits": audits}


def write_results_csv(result: AuditResult, stream: TextIO) -> None:
    """One line per question and stratum, that of all strata first."""
    write_rows(
        stream, RESULT_COLUMNS, (row for one in result.questions for row in _rows(result, one))
    )


def _rows(result: AuditResult, one: QuestionResult) -> Iterable[list[object]]:
    """The lines of one question."""
    every = Stratum(ALL, result.held, result.drawn, result.reviewed)
    agreed = one.agreement
    yield [
        *_cells(result, one, every, one.answers),
        rounded(one.weighted),
        agreed.n,
        agreed.same,
        rounded(agreed.kappa),
    ]
    for stratum in result.strata:
        cells = _cells(result, one, stratum, one.by_stratum[stratum.name])
        yield [*cells, None, None, None, None]


def _cells(
    result: AuditResult, one: QuestionResult, stratum: Stratum, answers: Answers
) -> list[object]:
    """What a line says of a question in one stratum."""
    rate = answers.yes
    low, high = rate.interval or (None, None)
    return [
        result.number,
        one.question.value,
        stratum.name,
        stratum.held,
        stratum.drawn,
        stratum.reviewed,
        *answers.counts.values(),
        rate.whole,
        rounded(rate.share),
        rounded(low),
        rounded(high),
    ]


def _strata(audit: Audit, reviewed: Mapping[str, int]) -> tuple[Stratum, ...]:
    """The strata as they were when the audit was drawn."""
    counts = audit.strata["strata"]
    if not isinstance(counts, dict):
        return ()
    return tuple(
        Stratum(name, int(str(one["held"])), int(str(one["drawn"])), reviewed.get(name, 0))
        for name, one in counts.items()
        if isinstance(one, dict)
    )


def _question(
    question: Question,
    lines: Sequence[DrawLine],
    by_draw: Mapping[str, Sequence[AuditReview]],
    strata: Sequence[Stratum],
) -> QuestionResult:
    """What the reviews say to one question."""
    name = question.name.lower()
    marks = [
        (line.stratum, Mark(str(by_draw[line.id][0].answers[name])))
        for line in lines
        if line.id in by_draw
    ]
    by_stratum = {
        one.name: _answers(mark for stratum, mark in marks if stratum == one.name) for one in strata
    }
    pairs = [
        (str(two[0].answers[name]), str(two[1].answers[name]))
        for two in by_draw.values()
        if len(two) > 1
    ]
    return QuestionResult(
        question=question,
        answers=_answers(mark for _, mark in marks),
        by_stratum=by_stratum,
        weighted=_weighted(by_stratum, strata),
        agreement=agreement(pairs),
    )


def _answers(marks: Iterable[Mark]) -> Answers:
    """The answers counted, every kind of them."""
    counts = Counter(marks)
    return Answers({mark: counts[mark] for mark in Mark})


def _weighted(by_stratum: Mapping[str, Answers], strata: Sequence[Stratum]) -> float | None:
    """The share of yes over all officer-calls, estimated stratum by stratum."""
    whole, yes = 0, 0.0
    for one in strata:
        share = by_stratum[one.name].yes.share
        if share is not None:
            whole, yes = whole + one.held, yes + one.held * share
    return yes / whole if whole else None
