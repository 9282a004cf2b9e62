"""Which call a recording belongs to, by who recorded it and when. Pure: values in, a match out.

Confidence is a number from 0 to 1 with a meaning: the share of the recording that lies inside the
call, times how clearly this call beats the next best, and halved where badge and camera name two
different officers. The sentence beside it says the same in words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bwc.timeline import Span, intersect, merge, total_seconds

CONTRADICTION = 0.5  # two officers are named for one recording: either may be right


@dataclass(frozen=True, slots=True)
class Footage:
    """One recording as the matcher sees it.

    `span` is true time: the camera's clock offset is taken out. `officers` are the ids that speak
    for it with how each is known; two of them contradict each other.
    """

    span: Span[datetime]
    officers: dict[str, str]
    pre_event_seconds: int
    clock_offset_seconds: float


@dataclass(frozen=True, slots=True)
class Presence:
    """One officer on one call over `span`."""

    call_id: str
    call_number: str
    incident_id: str | None
    officer_id: str
    span: Span[datetime]


@dataclass(frozen=True, slots=True)
class Match:
    """The call a recording is tied to, or none, with how sure that is and why."""

    call_id: str | None
    incident_id: str | None
    confidence: float
    explanation: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One call, with the share of the recording that lies inside it."""

    presence: Presence
    times: list[Span[datetime]]
    share: float


def match(footage: Footage, presences: Iterable[Presence]) -> Match:
    """The call that fits best; no call where no officer of the recording was on one then."""
    candidates = _candidates(footage, presences)
    if not candidates:
        who = " or ".join(footage.officers.values())
        return no_match(f"{who} was on no call {_between(footage.span)}.")
    best, others = candidates[0], candidates[1:]
    rivals = [other for other in others if not _same_incident(best, other)]
    clarity = best.share / (best.share + rivals[0].share) if rivals else 1.0
    trust = CONTRADICTION if len(footage.officers) > 1 else 1.0
    return Match(
        call_id=best.presence.call_id,
        incident_id=best.presence.incident_id,
        confidence=round(best.share * clarity * trust, 4),
        explanation=_explain(footage, best, others),
    )


def no_match(why: str) -> Match:
    """A recording that is tied to nothing, and why."""
    return Match(None, None, 0.0, why)


def _candidates(footage: Footage, presences: Iterable[Presence]) -> list[_Candidate]:
    """The calls that overlap the recording, best first; equal ones by the earlier call."""
    by_call: dict[str, list[Presence]] = {}
    for presence in presences:
        if presence.officer_id in footage.officers:
            by_call.setdefault(presence.call_id, []).append(presence)
    found = [_candidate(footage, on_call) for on_call in by_call.values()]
    overlapping = [candidate for candidate in found if candidate.share > 0]
    return sorted(overlapping, key=lambda c: (-c.share, c.times[0].start, c.presence.call_number))


def _candidate(footage: Footage, on_call: Sequence[Presence]) -> _Candidate:
    """How much of the recording lies inside one call, the pre-event buffer before it included."""
    times = merge(presence.span for presence in on_call)
    buffer = timedelta(seconds=footage.pre_event_seconds)
    widened = [Span(span.start - buffer, span.end) for span in times]
    inside = total_seconds(intersect([footage.span], widened))
    return _Candidate(on_call[0], times, inside / total_seconds([footage.span]))


def _same_incident(one: _Candidate, other: _Candidate) -> bool:
    """Whether two calls are about one incident, so that the choice between them is no doubt."""
    incident = one.presence.incident_id
    return incident is not None and incident == other.presence.incident_id


def _explain(footage: Footage, best: _Candidate, others: Sequence[_Candidate]) -> str:
    """The match in sentences."""
    presence = best.presence
    who = footage.officers[presence.officer_id]
    first, last = best.times[0], best.times[-1]
    parts = [
        f"{who} was on call {presence.call_number} {_between(Span(first.start, last.end))}; "
        f"{_percent(best.share)} of the recording ({_between(footage.span)}) lies inside it"
        + (
            f", with {footage.pre_event_seconds} s of pre-event buffer before it counted."
            if footage.pre_event_seconds
            else "."
        )
    ]
    if footage.clock_offset_seconds:
        fast = "fast" if footage.clock_offset_seconds > 0 else "slow"
        parts.append(
            f"The camera's clock was {abs(footage.clock_offset_seconds):g} s {fast}; "
            "that is corrected."
        )
    if len(footage.officers) > 1:
        parts.append(f"Two officers are named for it: {', '.join(footage.officers.values())}.")
    parts += [
        f"It also overlaps call {other.presence.call_number} ({_percent(other.share)})"
        + (", the same incident." if _same_incident(best, other) else ".")
        for other in others
    ]
    return " ".join(parts)


def _percent(share: float) -> str:
    """A share for people; never 100 % of what is not whole."""
    return f"{int(share * 100)} %" if share < 1 else "all"


def _between(span: Span[datetime]) -> str:
    """A span for people, in UTC; the day once."""
    same_day = span.start.date() == span.end.date()
    end = f"{span.end:%H:%M:%S}" if same_day else f"{span.end:%Y-%m-%d %H:%M:%S}"
    return f"from {span.start:%Y-%m-%d %H:%M:%S} to {end} UTC"
