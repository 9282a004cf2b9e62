"""What a request starts: by when it must be answered, and what the rules say that it lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bwc.catalog.views.cases import PUBLIC, DecisionLine, RequestLine


@dataclass(frozen=True, slots=True)
class RequestClock:
    """The deadline of one request and, in words, what it lacks; no deadline where no rule has one."""

    due_at: datetime | None
    missing: list[str]


def request_clock(request: RequestLine, decisions: Sequence[DecisionLine]) -> RequestClock:
    """What the decision for the requester's own role says of his request, else the public's.

    A decision is about one request, the earliest that is open: what it lacks is said of no other.
    """
    by_audience = {line.audience: line for line in decisions}
    line = by_audience.get(request.requester_role) or by_audience.get(PUBLIC)
    if line is None:
        return RequestClock(None, [])
    facts = line.document.get("facts")
    asked = facts.get("request") if isinstance(facts, dict) else None
    if not isinstance(asked, dict) or asked.get("id") != request.number:
        return RequestClock(line.due_at, [])
    missing = line.document.get("missing")
    return RequestClock(
        line.due_at, [str(name) for name in missing] if isinstance(missing, list) else []
    )
