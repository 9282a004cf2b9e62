"""The widest time in which an officer had to do with a call: where to look for footage of it. Pure.

From dispatch, or the call's receipt, to clearing. Where no usable clearing is known it ends when he
next arrives at another call, and at the latest a day after the last that is known of him there.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bwc.coverage.department import CallUnit, Department
from bwc.coverage.expected import OfficerCall
from bwc.timeline import Span

LONGEST = timedelta(days=1)  # a call that nobody cleared is not open for ever


def attended(calls: Iterable[OfficerCall], department: Department) -> list[Span[datetime] | None]:
    """The time of each call, in order; what was expected lies in it. None: nothing is known."""
    received = {call.number: call.received for call in department.calls}
    stays: dict[tuple[str, str], list[CallUnit]] = {}
    arrivals: dict[str, list[tuple[datetime, str]]] = {}
    for unit in department.call_units:
        stays.setdefault((unit.call, unit.badge), []).append(unit)
        if unit.arrived is not None:
            arrivals.setdefault(unit.badge, []).append((unit.arrived, unit.call))
    return [
        _widest(call, known, received[call.call], arrivals.get(call.badge, ()))
        if (known := stays.get((call.call, call.badge)))
        else call.expected
        for call in calls
    ]


def _widest(
    call: OfficerCall,
    stays: Sequence[CallUnit],
    received: datetime,
    arrivals: Iterable[tuple[datetime, str]],
) -> Span[datetime]:
    """From the first to the last that is known of an officer's stays on a call."""
    starts = [stay.dispatched or received for stay in stays]
    starts += [stay.arrived for stay in stays if stay.arrived is not None]
    begins = min(starts)
    last = max(starts + [stay.cleared for stay in stays if stay.cleared is not None])
    if any(_is_open(stay, received) for stay in stays):
        elsewhere = [when for when, where in arrivals if when > last and where != call.call]
        last = min([*elsewhere, last + LONGEST])
    if call.expected is not None:
        begins, last = min(begins, call.expected.start), max(last, call.expected.end)
    return Span(begins, last)


def _is_open(stay: CallUnit, received: datetime) -> bool:
    """Whether no clearing is known, or one that cannot be true."""
    begun = stay.arrived or stay.dispatched or received
    return stay.cleared is None or stay.cleared <= begun
