"""The columns of a sum as the values that reports are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from datetime import timedelta

from bwc.catalog.coverage_sum import FIGURES
from bwc.coverage.quality import QualityTally
from bwc.coverage.rates import Rate
from bwc.coverage.tally import Tally, tally


def tally_of(figures: Sequence[int]) -> Tally:
    """A row of figures, in the order of `FIGURES`, as a tally."""
    found = named(figures)
    return Tally(
        calls=found["calls"],
        excluded=found["excluded"],
        covered_fully=found["covered_fully"],
        partial=found["partial"],
        without_video=found["without_video"],
        expected=timedelta(microseconds=found["expected_us"]),
        covered=timedelta(microseconds=found["covered_us"]),
        late_calls=found["late_calls"],
        late=timedelta(microseconds=found["late_us"]),
        early_calls=found["early_calls"],
        early=timedelta(microseconds=found["early_us"]),
        gap_calls=found["gap_calls"],
        gaps=found["gaps"],
    )


def quality_of(figures: Sequence[int]) -> QualityTally:
    """A row of figures as what is known of buffer and sound."""
    found = named(figures)
    buffers = (found["buffer_complete"], found["buffer_partial"], found["buffer_absent"])
    return QualityTally(
        buffer_complete=Rate(buffers[0], sum(buffers)),
        buffer_partial=buffers[1],
        buffer_absent=buffers[2],
        with_sound=Rate(found["with_sound"], found["with_sound"] + found["muted"]),
        muted=found["muted"],
        muted_time=timedelta(microseconds=found["muted_us"]),
    )


def add_up(tallies: Iterable[Tally]) -> Tally:
    """The department's figures from its officers'."""
    rows = [astuple(one) for one in tallies]
    return Tally(
        *(
            sum(column[1:], column[0])
            for column in zip(*(rows or [astuple(tally(()))]), strict=True)
        )
    )


def named(figures: Sequence[int]) -> dict[str, int]:
    """A row of figures by the name of the figure; PostgreSQL sums to decimals."""
    return {name: int(figure) for name, figure in zip(FIGURES, figures, strict=True)}
