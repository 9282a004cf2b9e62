"""Rows read as columns: whole, and without waking the garbage collector for each hundred of them."""

import gc

import sqlalchemy as sa

from bwc.catalog.bulk import read_columns_of
from bwc.catalog.store import Catalog

ROWS = 20_000
FEW = (
    6  # collections; of all rows at once there were dozens, and each may look at the whole program
)


def test_many_rows_are_read_with_few_collections(sqlite_catalog: Catalog) -> None:
    counted = sa.select(sa.literal(1).label("n")).cte("counted", recursive=True)
    counted = counted.union_all(sa.select(counted.c.n + 1).where(counted.c.n < ROWS))
    with sqlite_catalog.read() as session:
        read_columns_of(session, sa.select(counted.c.n, counted.c.n).limit(1))
        gc.collect()
        before = gc.get_stats()[0]["collections"]
        columns = read_columns_of(session, sa.select(counted.c.n, (-counted.c.n).label("m")))
        woken = gc.get_stats()[0]["collections"] - before
    assert [columns[0][0], columns[0][-1], columns[1][-1]] == [1, ROWS, -ROWS]
    assert woken <= FEW
