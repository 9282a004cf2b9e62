"""Many officers' calls in a few figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bwc.canonical import JsonObject
from bwc.coverage.measure import Coverage, Status, seconds
from bwc.coverage.rates import Rate, rounded

NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Tally:
    """Officer-calls counted. Late, early and gaps count only calls that have some video.

    `excluded` calls asked for no recording; they are in no other figure.
    """

    calls: int
    excluded: int
    covered_fully: int
    partial: int
    without_video: int
    expected: timedelta
    covered: timedelta
    late_calls: int
    late: timedelta
    early_calls: int
    early: timedelta
    gap_calls: int
    gaps: int

    @property
    def with_video(self) -> Rate:
        """Calls with any video: the figure that departments publish (Tempe, Minneapolis)."""
        return Rate(self.covered_fully + self.partial, self.calls)

    @property
    def complete(self) -> Rate:
        """Calls recorded from the first expected second to the last."""
        return Rate(self.covered_fully, self.calls)

    @property
    def recorded_share(self) -> float | None:
        """Recorded part of all the time that had to be recorded."""
        return self.covered / self.expected if self.expected else None

    @property
    def shown_recorded_share(self) -> float | None:
        """The same, or None of too few calls."""
        return None if self.with_video.is_small else self.recorded_share

    def document(self) -> JsonObject:
        """As JSON; of few calls the counts and times alone."""
        return {
            "calls": self.calls,
            "excluded": self.excluded,
            "covered": self.covered_fully,
            "partial": self.partial,
            "without_video": self.without_video,
            "expected_seconds": seconds(self.expected),
            "covered_seconds": seconds(self.covered),
            "recorded_share": rounded(self.shown_recorded_share),
            "with_video": self.with_video.document(),
            "complete": self.complete.document(),
            "late_calls": self.late_calls,
            "late_seconds": seconds(self.late),
            "early_calls": self.early_calls,
            "early_seconds": seconds(self.early),
            "gap_calls": self.gap_calls,
            "gaps": self.gaps,
        }


def tally(coverages: Iterable[Coverage]) -> Tally:
    """Count them."""
    every = list(coverages)
    counted = [part for part in every if part.status is not Status.EXCLUDED]
    filmed = [part for part in counted if part.covered]
    late = [part.late_start for part in filmed if part.late_start]
    early = [part.early_stop for part in filmed if part.early_stop]
    complete = sum(part.status is Status.COVERED for part in filmed)
    return Tally(
        calls=len(counted),
        excluded=len(every) - len(counted),
        covered_fully=complete,
        partial=len(filmed) - complete,
        without_video=len(counted) - len(filmed),
        expected=sum((part.expected for part in counted), NOTHING),
        covered=sum((part.covered for part in counted), NOTHING),
        late_calls=len(late),
        late=sum(late, NOTHING),
        early_calls=len(early),
        early=sum(early, NOTHING),
        gap_calls=sum(bool(part.gaps) for part in filmed),
        gaps=sum(len(part.gaps) for part in filmed),
    )
