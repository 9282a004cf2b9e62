"""What the reviews of a random audit say."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.finding import Audit, AuditReview
from bwc.clock import iso
from bwc.coverage.audit_frames import keeps_frame
from bwc.coverage.audit_reviews import Mark, Question, reviews_of
from bwc.coverage.audits import draw_lines
from bwc.coverage.rates import Rate, rounded
from bwc.coverage.sample import agreement


def results(session: Session, audit: Audit) -> JsonObject:
    """What the reviews say: by question and stratum, the first review of each draw counting.

    `weighted` is the share of yes among yes and no, each stratum weighed by its officer-calls.
    """
    lines = draw_lines(session, audit)
    by_draw: dict[str, list[AuditReview]] = {}
    for one in reviews_of(session, audit):
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
        "frame_kept": keeps_frame(session, audit),
        "strata": audit.strata,
        "drawn": len(lines),
        "without_video": sum(not line.had_video for line in lines),
        "reviewed": len(by_draw),
        "reviewed_twice": sum(len(found) > 1 for found in by_draw.values()),
        "questions": questions,
    }


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
