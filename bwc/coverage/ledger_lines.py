"""The should-exist ledger line by line: what the vault bears out of what was measured.

Reports say of each call what the ledger says. They ask it where it may know more than the recordings
that were measured: of what was disposed of, lies in quarantine, is tied to the call, or was recorded
before or after what was expected.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog import tables
from bwc.catalog.finding import FindingRow, FindingState
from bwc.coverage.call_coverage import CallCoverage
from bwc.coverage.department import Department, Listed
from bwc.coverage.existence import Answer, Existence
from bwc.coverage.films import films_on
from bwc.coverage.ledger_films import (
    OF_THAT_TIME,
    Film,
    fates,
    films_of,
    films_tied,
    tied_to,
    waiting,
)
from bwc.coverage.lines import Numbers, spans_of, worn_recordings
from bwc.coverage.listed import listed_of
from bwc.coverage.reach import in_parts
from bwc.timeline import Span, subtract

INSTEAD = (Answer.QUARANTINED, Answer.ELSEWHERE)  # there: it is not lost
LEFT = "what is left of it; the rest was disposed of"


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


def as_the_ledger(
    session: Session, department: Department, parts: Sequence[CallCoverage]
) -> list[CallCoverage]:
    """The calls of a report, each with the ledger's answer about its officer."""
    gone = fates(session, [one for part in parts for one in part.recordings])
    settled_parts = [_without(part, gone) for part in parts]
    doubtful = [
        place
        for place, part in enumerate(settled_parts)
        if part.existence.answer is not Answer.YES and part.existence.looked is not None
    ]
    asked = _to_ask(session, department, settled_parts, doubtful)
    tied = films_tied(session, _ids_of(session, {parts[place].call.number for place in asked}))
    questions = [
        (_measured_line(parts[place]), settled_parts[place].existence.looked) for place in asked
    ]
    for place, lines in zip(asked, settled(session, questions), strict=True):
        part = settled_parts[place]
        beside = _beside(lines, [film for film in tied if film.call == part.call.number], None)
        [settled_parts[place]] = told([part], lines + beside)
    return settled_parts


def told(parts: Sequence[CallCoverage], lines: Sequence[Line]) -> list[CallCoverage]:
    """The calls, each with what the ledger's lines about its officer say together."""
    return [
        _told(part, [one for one in lines if one.badge == part.coverage.badge]) for part in parts
    ]


def _told(part: CallCoverage, lines: Sequence[Line]) -> CallCoverage:
    """One call; without a line it stays as measured."""
    if not lines:
        return part
    first = strongest(line.existence for line in lines)
    missing = next((line.existence.missing for line in lines if line.existence.missing), "")
    found = tuple(dict.fromkeys(one for line in lines for one in line.recordings))
    there = replace(first, looked=part.existence.looked, found=found, missing=missing)
    return replace(part, existence=there)


def _without(part: CallCoverage, gone: Mapping[str, str]) -> CallCoverage:
    """A call of whose recordings some were disposed of."""
    buried = [one for one in part.recordings if one in gone]
    if not buried:
        return part
    if len(buried) < len(part.recordings):
        return replace(part, existence=replace(part.existence, why=LEFT))
    why = f"{OF_THAT_TIME} {gone[buried[0]]}"
    there = part.existence
    fate = Existence(Answer.DISPOSED, why, looked=there.looked, found=there.found)
    return replace(part, existence=fate)


def _to_ask(
    session: Session, department: Department, parts: Sequence[CallCoverage], doubtful: Sequence[int]
) -> list[int]:
    """Of the calls without footage those of which the ledger may know some, by their places."""
    looked = {place: span for place in doubtful if (span := parts[place].existence.looked)}
    if not looked:
        return []
    every = Span(min(one.start for one in looked.values()), max(one.end for one in looked.values()))
    quarantined = waiting(session, every)
    tied = tied_to(session, sorted({parts[place].call.number for place in looked}))
    films = [*department.recordings, *(one.film for one in department.listed)]
    badges = Numbers()
    worn, film_of = worn_recordings(films, department.assignments, badges)
    spans = spans_of(
        (badges[parts[place].coverage.badge], one.start, one.end) for place, one in looked.items()
    )
    filmed = films_on(spans, worn, film_of)
    return [
        place
        for (place, span), some in zip(looked.items(), filmed, strict=True)
        if some
        or parts[place].call.number in tied
        or any(one.start < span.end and span.start < one.end for one in quarantined)
    ]


def strongest(answers: Iterable[Existence]) -> Existence:
    """The answer that counts of one or more."""
    order = list(Answer)
    return min(answers, key=lambda one: order.index(one.answer))


def lines_of(
    session: Session,
    parts: Iterable[CallCoverage],
    calls: Mapping[str, str],
    *,
    incident_id: str | None = None,
    badge: str | None = None,
) -> list[Line]:
    """Each officer's call, then what is tied to the calls or the incident and stands in no line.

    With `badge`, of what is tied that which this officer made or may have made.
    """
    questions = [(_line(session, part), part.existence.looked) for part in parts]
    lines = [line for some in settled(session, questions) for line in some]
    return lines + _beside(lines, films_tied(session, calls, incident_id), badge)


def _beside(lines: Sequence[Line], tied: Sequence[Film], badge: str | None) -> list[Line]:
    """What is tied and stands in none of `lines`; with `badge`, of what he may have made."""
    seen = {one for line in lines for one in line.recordings}
    return [
        Line(badge if badge in film.makers else film.maker, film.call, film.existence, (film.id,))
        for film in tied
        if film.id not in seen and (badge is None or badge in film.makers or not film.makers)
    ]


def _ids_of(session: Session, numbers: Collection[str]) -> dict[str, str]:
    """The numbers of calls by their ids."""
    call = tables.Call
    found: dict[str, str] = {}
    for some in in_parts(sorted(numbers)):
        query = sa.select(call.id, call.number).where(call.number.in_(some))
        found |= dict(session.execute(query).all())
    return found


def _measured_line(part: CallCoverage) -> Line:
    """One officer's call as it was measured."""
    films = part.quality.recordings or part.existence.found
    return Line(part.coverage.badge, part.call.number, part.existence, films)


def _line(session: Session, part: CallCoverage) -> Line:
    """The same, with what became of a finding on it."""
    line = _measured_line(part)
    return line if part.coverage.covered else replace(line, excused=_decided(session, part))


def settled(
    session: Session, questions: Sequence[tuple[Line, Span[datetime] | None]]
) -> list[list[Line]]:
    """Each officer's line as the vault bears it out, and his other recordings of its time."""
    found = [[line] for line, _ in questions]
    of_officer: dict[str, list[tuple[int, Span[datetime]]]] = {}
    for place, (line, during) in enumerate(questions):
        if line.badge is not None and during is not None:
            of_officer.setdefault(line.badge, []).append((place, during))
    for badge, places in of_officer.items():
        times = [during for _, during in places]
        films, listed = films_of(session, badge, times), listed_of(session, badge, times)
        for (place, _), some, more in zip(places, films, listed, strict=True):
            found[place] = _settle(questions[place][0], some, more)
    return found


def _settle(
    line: Line, films: Sequence[Film], listed: Sequence[tuple[Listed, Span[datetime]]]
) -> list[Line]:
    """One line beside the officer's films of its time and what is listed of him."""
    gone = {film.id for film in films if film.existence.answer is Answer.DISPOSED}
    kept = tuple(one for one in line.recordings if one not in gone)
    others = [
        Line(line.badge if film.makers else None, line.call, film.existence, (film.id,))
        for film in films
        if film.id not in kept
    ]
    others += _only_listed(line, listed, [film.span for film in films if film.id not in gone])
    if line.recordings and not kept:
        return others
    if len(kept) < len(line.recordings):
        left = replace(line.existence, why=LEFT)
        return [replace(line, existence=left, recordings=kept), *others]
    if line.existence.answer is not Answer.YES and any(
        other.existence.answer in INSTEAD for other in others
    ):
        return others
    return [line, *others]


def _only_listed(
    line: Line,
    listed: Sequence[tuple[Listed, Span[datetime]]],
    held: Sequence[Span[datetime]],
) -> list[Line]:
    """What other systems list and none of the files here covers."""
    reasons = (
        f"{one.source} lists recording {one.film.id} of that time; no file of it is here"
        for one, his in listed
        if subtract([his], held)
    )
    return [
        Line(line.badge, line.call, Existence(Answer.ELSEWHERE, why))
        for why in dict.fromkeys(reasons)
    ]


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
