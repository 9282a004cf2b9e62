"""What a minute of clock error would change: the same calls with every recording moved. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bwc.canonical import JsonObject
from bwc.coverage.department import Department
from bwc.coverage.expected import OfficerCall
from bwc.coverage.measure import Coverage, measure, seconds
from bwc.coverage.rates import rounded
from bwc.coverage.tally import Tally, tally


@dataclass(frozen=True, slots=True)
class MovedCall:
    """One officer's call with every recording earlier, and later, by `moved`."""

    moved: timedelta
    earlier: Coverage
    later: Coverage

    def document(self) -> JsonObject:
        """As JSON: what would be recorded, earlier and later."""
        return {
            "moved_seconds": seconds(self.moved),
            "earlier": _recorded(self.earlier),
            "later": _recorded(self.later),
        }


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The figures with every recording moved by `moved`: how much hangs on exact clocks."""

    moved: timedelta
    earlier: Tally
    later: Tally

    def document(self) -> JsonObject:
        """As JSON: the three shares and what they are of, earlier and later."""
        return {
            "moved_seconds": seconds(self.moved),
            "earlier": _figures(self.earlier),
            "later": _figures(self.later),
        }


def move(department: Department, calls: Sequence[OfficerCall], by: timedelta) -> list[MovedCall]:
    """Each call measured again with the recordings earlier and later, in the order of `calls`."""
    pairs = zip(_measured(department, calls, -by), _measured(department, calls, by), strict=True)
    return [MovedCall(by, earlier, later) for earlier, later in pairs]


def sensitivity(calls: Iterable[MovedCall], by: timedelta) -> Sensitivity:
    """Calls that were moved `by` that much, as figures."""
    every = list(calls)
    return Sensitivity(by, tally(one.earlier for one in every), tally(one.later for one in every))


def _measured(
    department: Department, calls: Sequence[OfficerCall], by: timedelta
) -> list[Coverage]:
    """What would be recorded of the calls."""
    films = [replace(one, clock_offset=one.clock_offset - by) for one in department.recordings]
    hands = [hand.moved(by) for hand in department.assignments]
    return measure(calls, recordings=films, assignments=hands)


def _recorded(seen: Coverage) -> JsonObject:
    """What a page shows of a moved call."""
    return {
        "status": seen.status.value,
        "covered_seconds": seconds(seen.covered),
        "late_start_seconds": seconds(seen.late_start),
        "early_stop_seconds": seconds(seen.early_stop),
    }


def _figures(figures: Tally) -> JsonObject:
    """The shares, and the counts of which they are."""
    return {
        "with_video": rounded(figures.with_video.shown_share),
        "complete": rounded(figures.complete.shown_share),
        "recorded_share": rounded(figures.shown_recorded_share),
        "with_video_calls": figures.with_video.part,
        "complete_calls": figures.complete.part,
    }
