"""What a list can be narrowed by equals a reading release by release."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from api.portal.facets import Cell, Columns, Query

KINDS, DISTRICTS, MONTHS = ("stop", "force"), ("North", "South"), ("2025-12", "2026-01", "2026-03")
CELLS = st.builds(Cell, st.sampled_from(KINDS), st.sampled_from(DISTRICTS), st.sampled_from(MONTHS))


def admits(query: Query, cell: Cell, *, but: str = "") -> bool:
    """Whether the choices leave a release, the one of `but` aside."""
    return (
        (but == "kind" or query.kind in ("", cell.kind))
        and (but == "district" or query.district in ("", cell.district))
        and (but == "date" or cell.month.startswith(query.date))
    )


@given(
    cells=st.lists(CELLS, max_size=12),
    hit=st.sets(st.integers(1, 30)),
    kind=st.sampled_from(("", *KINDS, "none")),
    district=st.sampled_from(("", *DISTRICTS)),
    date=st.sampled_from(("", "2026", "2026-03", "1999")),
)
def test_choices_and_rows_are_those_of_a_reading_one_by_one(
    cells: list[Cell], hit: set[int], kind: str, district: str, date: str
) -> None:
    rows = list(range(2 * len(cells), 0, -2))
    query = Query("", kind, district, date)
    columns = Columns(rows, cells)
    found = columns.among(np.array(sorted(hit), np.int64))
    hits = [(row, cell) for row, cell in zip(rows, cells, strict=True) if row in hit]
    assert columns.narrowed(query, found).tolist() == [r for r, c in hits if admits(query, c)]
    told = columns.facets(query, found)
    for name, choices, part in (
        ("kind", told.kinds, lambda c: c.kind),
        ("district", told.districts, lambda c: c.district),
        ("date", told.years, lambda c: c.month[:4]),
    ):
        values = [part(c) for _, c in hits if admits(query, c, but=name)]
        assert dict(choices) == {value: values.count(value) for value in values}
    months = [c.month for _, c in hits if admits(query, c, but="date") and date]
    wanted = [month for month in months if month.startswith(date[:4])]
    assert dict(told.months) == {month: wanted.count(month) for month in wanted}
