"""Recordings as the should-exist ledger asks for them: in any state, and what became of each.

Nobody is told that there is no footage while a file that may be it is there. So an officer's file in
quarantine counts also where its length or its time is not known, as long as it can be of that time:
without a length it may reach a day on, without a time it was made in the day before it came. Where
its maker is not known it counts by time and length.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bwc.catalog import tables
from bwc.catalog.disposal import Disposal, Tombstone
from bwc.catalog.recording import RecordingState
from bwc.clock import iso
from bwc.coverage.existence import Answer, Existence
from bwc.coverage.reach import in_parts
from bwc.timeline import Span

OF_THAT_TIME = "a recording of that time"
A_DAY = timedelta(days=1)  # a shift, and the dock at its end
Times = sa.Row[str, datetime | None, int | None, datetime]  # id, beginning, length, received


@dataclass(frozen=True, slots=True)
class Film:
    """One recording: who made it, the first first; the call that it is tied to; what became of it; its time."""

    id: str
    makers: tuple[str, ...]
    call: str | None
    existence: Existence
    span: Span[datetime]

    @property
    def maker(self) -> str | None:
        """The first who had the camera, where anybody is known."""
        return self.makers[0] if self.makers else None


def films_of(session: Session, badge: str, times: Sequence[Span[datetime]]) -> list[list[Film]]:
    """For each time what this officer recorded in it, by time, and files in quarantine that may be his.

    A camera's recording is of whoever had the camera then; where nobody is known to have had it,
    of the officer whom the recording names.
    """
    rows = _candidates(session, badge, times)
    makers, graves = _Makers(session, rows), fates(session, [row.id for row in rows])
    found: list[list[Film]] = []
    for during in times:
        films = []
        for row in rows:
            span = _span(row)
            if not _touch(span, during):
                continue
            his = makers.of(row, Span(max(span.start, during.start), min(span.end, during.end)))
            if badge in his or (not his and _may_be_anyones(row)):
                fate = _fate(row, _of_that_time(row, his), graves)
                films.append(Film(row.id, his, None, fate, span))
        found.append(films)
    return found


def films_tied(
    session: Session, calls: Mapping[str, str], incident_id: str | None = None
) -> list[Film]:
    """Recordings whose newest tag names one of the calls (numbers by id) or the incident."""
    tag, row = tables.Tag, tables.Recording
    names_it = sa.or_(
        tag.call_id.in_(list(calls)),
        sa.false() if incident_id is None else tag.incident_id == incident_id,
    )
    query = (
        sa.select(row, tag.call_id)
        .join(tag, tag.recording_id == row.id)
        .where(names_it, ~_is_overruled())
        .order_by(row.started_at, row.id)
    )
    tied = session.execute(query).all()
    makers = _Makers(session, [film for film, _ in tied])
    graves = fates(session, [film.id for film, _ in tied])
    return [
        Film(
            film.id,
            makers.of(film, _span(film)),
            calls.get(call_id) if call_id else None,
            _fate(film, "a recording that is tied to it", graves),
            _span(film),
        )
        for film, call_id in tied
    ]


def fates(session: Session, recordings: Sequence[str]) -> dict[str, str]:
    """Of some recordings those that were disposed of: when, by which disposal, and why."""
    row = tables.Recording
    query = (
        sa.select(row.id, Tombstone, Disposal.number)
        .outerjoin(Tombstone, Tombstone.recording_id == row.id)
        .outerjoin(Disposal, Tombstone.disposal_id == Disposal.id)
        .where(row.state == RecordingState.DISPOSED)
    )
    return {
        one: _burial(stone, number)
        for some in in_parts(recordings)
        for one, stone, number in session.execute(query.where(row.id.in_(some)))
    }


def waiting(session: Session, during: Span[datetime]) -> list[Span[datetime]]:
    """When the files in quarantine that may reach into a time may have been recorded."""
    row = tables.Recording
    query = sa.select(row).where(
        row.state == RecordingState.QUARANTINED, _may_reach(session, during)
    )
    return [_span(film) for film in session.scalars(query)]


def tied_to(session: Session, calls: Sequence[str]) -> dict[str, set[str]]:
    """By the number of each call, the recordings whose newest tag names it."""
    tag, call = tables.Tag, tables.Call
    found: dict[str, set[str]] = {}
    for some in in_parts(calls):
        query = (
            sa.select(call.number, tag.recording_id)
            .join(tag, tag.call_id == call.id)
            .where(call.number.in_(some), ~_is_overruled())
        )
        for number, recording in session.execute(query):
            found.setdefault(number, set()).add(recording)
    return found


def _is_overruled() -> sa.Exists:
    """Whether a recording has a newer tag."""
    tag, newer = tables.Tag, aliased(tables.Tag)
    return sa.exists().where(
        newer.recording_id == tag.recording_id,
        sa.or_(
            newer.created_at > tag.created_at,
            sa.and_(newer.created_at == tag.created_at, newer.id > tag.id),
        ),
    )


def _candidates(
    session: Session, badge: str, times: Sequence[Span[datetime]]
) -> list[tables.Recording]:
    """Recordings around some times that may be this officer's, by time; each question has its index."""
    row, hand = tables.Recording, tables.Assignment
    officer = sa.select(tables.Officer.id).where(tables.Officer.badge == badge).scalar_subquery()
    cameras = sa.select(hand.camera_id).where(hand.officer_id == officer)
    during = Span(min(one.start for one in times), max(one.end for one in times))
    begun = _begun(session, during)
    is_quarantined = row.state == RecordingState.QUARANTINED
    near: set[str] = set()
    for question in (
        sa.and_(row.camera_id.in_(cameras), begun),
        sa.and_(row.officer_id == officer, begun),
        sa.and_(is_quarantined, _may_reach(session, during)),
    ):
        query = sa.select(row.id, row.started_at, row.duration_us, row.received_at).where(question)
        for one in session.execute(query):
            span = _span(one)
            if any(_touch(span, time) for time in times):
                near.add(one.id)
    found = [
        film
        for some in in_parts(sorted(near))
        for film in session.scalars(sa.select(row).where(row.id.in_(some)))
    ]
    return sorted(found, key=lambda film: (_span(film).start, film.id))


def _begun(session: Session, during: Span[datetime]) -> sa.ColumnElement[bool]:
    """Recordings of a known time that may reach into another."""
    row = tables.Recording
    longest = timedelta(microseconds=session.scalar(sa.select(sa.func.max(row.duration_us))) or 0)
    return sa.and_(row.started_at < during.end, row.started_at > during.start - max(longest, A_DAY))


def _may_reach(session: Session, during: Span[datetime]) -> sa.ColumnElement[bool]:
    """The same, or of an unknown time that may lie there."""
    row = tables.Recording
    timeless = sa.and_(
        row.started_at.is_(None),
        row.received_at > during.start,
        row.received_at < during.end + A_DAY,
    )
    return sa.or_(_begun(session, during), timeless)


def _touch(one: Span[datetime], other: Span[datetime]) -> bool:
    """Whether they have an instant in common."""
    return one.start < other.end and other.start < one.end


def _span(row: tables.Recording | Times) -> Span[datetime]:
    """When it was recorded; what is not known is taken wide, and nothing is younger than its file."""
    start = row.started_at or row.received_at - A_DAY
    if row.duration_us:
        return Span(start, start + timedelta(microseconds=row.duration_us))
    end = start + A_DAY
    return Span(start, min(end, row.received_at) if row.received_at > start else end)


def _may_be_anyones(row: tables.Recording) -> bool:
    """Whether a file that names nobody is of one time and not of any; else junk would count."""
    has_place = row.started_at is not None and row.duration_us is not None
    return has_place and row.state is RecordingState.QUARANTINED


class _Makers:
    """Who had the cameras of some recordings."""

    def __init__(self, session: Session, rows: Sequence[tables.Recording]) -> None:
        hand, officer = tables.Assignment, tables.Officer
        query = (
            sa.select(hand.camera_id, hand.starts_at, hand.ends_at, officer.badge)
            .join(officer, hand.officer_id == officer.id)
            .order_by(hand.starts_at, officer.badge)
        )
        self._held: dict[str, list[tuple[datetime, datetime | None, str]]] = {}
        for some in in_parts(sorted({row.camera_id for row in rows if row.camera_id})):
            for camera, start, end, badge in session.execute(query.where(hand.camera_id.in_(some))):
                self._held.setdefault(camera, []).append((start, end, badge))
        named = sa.select(officer.id, officer.badge)
        self._named: dict[str, str] = {}
        for some in in_parts(sorted({row.officer_id for row in rows if row.officer_id})):
            self._named |= dict(session.execute(named.where(officer.id.in_(some))).all())

    def of(self, row: tables.Recording, during: Span[datetime]) -> tuple[str, ...]:
        """Who had its camera in that time, by time; else the officer whom it names."""
        holders = [
            badge
            for start, end, badge in self._held.get(row.camera_id or "", ())
            if start < during.end and (end is None or end > during.start)
        ]
        if holders or row.officer_id is None:
            return tuple(dict.fromkeys(holders))
        return (self._named[row.officer_id],)


def _of_that_time(row: tables.Recording, makers: Sequence[str]) -> str:
    """What is known of it, as the beginning of a sentence."""
    unknown = [
        what
        for what, is_unknown in (
            ("maker", not makers),
            ("time", row.started_at is None),
            ("length", not row.duration_us),
        )
        if is_unknown
    ]
    if not unknown:
        return OF_THAT_TIME
    return f"a file that may be of that time ({' and '.join(unknown)} not known)"


def _fate(row: tables.Recording, subject: str, graves: Mapping[str, str]) -> Existence:
    """Whether it is there, unreadable as yet, or gone."""
    if row.state is RecordingState.QUARANTINED:
        reason = row.quarantine_reason or "no reason kept"
        why = f"{subject} is in quarantine and cannot be read as yet: {reason}"
        return Existence(Answer.QUARANTINED, why)
    if row.state is RecordingState.DISPOSED:
        return Existence(Answer.DISPOSED, f"{subject} {graves[row.id]}")
    return Existence(Answer.YES, f"{subject} is there")


def _burial(stone: Tombstone | None, number: str | None) -> str:
    """When it was disposed of, by which disposal, and why."""
    if stone is None:
        return "was disposed of; no tombstone says when"
    when = f"was disposed of on {iso(stone.disposed_at)} by disposal {number}"
    return f"{when} ({stone.document['why']})" if stone.document.get("why") else when
