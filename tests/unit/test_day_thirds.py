"""In which third of the local day a moment lies, for many at once as for one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from bwc.coverage.day_groups import shift_of, shifts_of
from bwc.coverage.lines import ticks


@pytest.mark.parametrize(
    "zone", ["America/Denver", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC", "Pacific/Apia"]
)
def test_thirds_of_many_moments_are_those_of_each(zone: str) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [start + timedelta(minutes=15 * place, seconds=59) for place in range(0, 35040, 3)]
    around = [datetime(2026, 3, 8, 8, tzinfo=UTC) + timedelta(minutes=15 * one) for one in range(9)]
    every = [*moments, *around]
    thirds, names = shifts_of(
        np.array([ticks(one) for one in every], dtype=np.int64), ZoneInfo(zone)
    )
    assert [names[one] for one in thirds.tolist()] == [
        shift_of(one.astimezone(ZoneInfo(zone))) for one in every
    ]


def test_no_moments_lie_in_no_third() -> None:
    thirds, _ = shifts_of(np.array([], dtype=np.int64), ZoneInfo("America/Denver"))
    assert thirds.tolist() == []
