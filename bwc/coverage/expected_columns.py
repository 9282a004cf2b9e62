"""When cameras had to run, from columns: as `bwc.coverage.expected` says it of one call. Pure."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bwc.catalog.bulk import UNKNOWN
from bwc.coverage.columns import Stays
from bwc.coverage.expected import ActivationRule, Begin, plain_type
from bwc.coverage.lines import MICROSECOND
from bwc.coverage.sweep import LARGEST, Integers, Spans

Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Officers on calls, `(n,)` each: the span on the officer's line, empty where `excluded`.

    `received` is when the call came in; `lead` how much of the span lies before what began it;
    `stay` the place among the stays of the first one of this officer on this call.
    """

    spans: Spans
    received: Integers
    lead: Integers
    excluded: Flags
    stay: Integers


def expect(stays: Stays, rule: ActivationRule, sworn: Flags) -> Expected:
    """What a rule expects of each officer on each call of `stays`; `sworn` is by officer."""
    if not len(stays.call):
        none = stays.call
        return Expected(Spans(none, none, none), none, none, none.astype(np.bool_), none)
    order = np.lexsort((stays.officer, stays.call))
    call, officer = stays.call[order], stays.officer[order]
    changes = (call[1:] != call[:-1]) | (officer[1:] != officer[:-1])
    first = np.flatnonzero(np.concatenate(([True], changes)))
    arrived = _earliest(stays.arrived[order], first)
    cleared = np.maximum.reduceat(stays.cleared[order], first)
    begins = arrived
    if rule.begins is Begin.DISPATCH:
        begins = np.minimum(arrived, _earliest(stays.dispatched[order], first))
    one = order[first]
    excluded = _not_counted(stays, rule)[one] | (begins == LARGEST) | (cleared <= begins)
    excluded |= ~sworn[stays.officer[one]]
    excluded |= (arrived < cleared) & (cleared - rule.shortest // MICROSECOND < arrived)
    lead = rule.lead // MICROSECOND
    return Expected(
        spans=Spans(
            stays.officer[one],
            np.where(excluded, 0, begins - lead),
            np.where(excluded, 0, cleared),
        ),
        received=stays.received[one],
        lead=np.full(len(one), lead, dtype=np.int64),
        excluded=excluded,
        stay=one,
    )


def _not_counted(stays: Stays, rule: ActivationRule) -> Flags:
    """Calls that were cancelled, are of a type that asks for nothing, or of too low a priority."""
    exempt = rule.exempt_types | rule.no_service
    by_kind = np.array([plain_type(kind) in exempt for kind in stays.kinds] or [False])
    flags: Flags = (stays.cancelled != 0) | by_kind[stays.kind]
    return flags if rule.last_priority is None else flags | (stays.priority > rule.last_priority)


def _earliest(times: Integers, first: Integers) -> Integers:
    """The earliest known time of each run that begins at `first`; `LARGEST` where none is."""
    known = np.where(times == UNKNOWN, LARGEST, times)
    earliest: Integers = np.minimum.reduceat(known, first)
    return earliest
