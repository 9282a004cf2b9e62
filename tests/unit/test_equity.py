"""Equity tables: intervals, and no cell so small that it speaks of a person."""

from bwc.catalog.coverage_sum import CallGroup
from bwc.coverage.equity import Measure, tabulate


def cases(**sizes: tuple[int, int]) -> list[tuple[str, float]]:
    return [(name, float(n < part)) for name, (part, whole) in sizes.items() for n in range(whole)]


def test_a_cell_carries_n_share_and_interval() -> None:
    [cell] = tabulate(Measure.COVERAGE, CallGroup.DISTRICT, cases(north=(30, 40))).cells
    assert (cell.n, cell.share) == (40, 0.75)
    assert cell.low is not None
    assert cell.high is not None
    assert 0.59 < cell.low < 0.75 < cell.high < 0.87


def test_small_cells_are_suppressed_with_everything_they_hold() -> None:
    table = tabulate(
        Measure.COVERAGE,
        CallGroup.DISTRICT,
        cases(a=(9, 9), b=(1, 3), north=(10, 40), south=(20, 50)),
    )
    assert {cell.group: cell.is_suppressed for cell in table.cells} == {
        "a": True, "b": True, "north": False, "south": False,
    }  # fmt: skip
    assert table.cells[0].document() == {
        "group": "a", "suppressed": True, "n": None, "share": None, "low": None, "high": None,
    }  # fmt: skip


def test_one_hidden_cell_hides_a_second_so_that_the_total_does_not_give_it_away() -> None:
    table = tabulate(
        Measure.COVERAGE, CallGroup.DISTRICT, cases(a=(3, 5), north=(10, 40), south=(20, 50))
    )
    assert [cell.group for cell in table.cells if cell.is_suppressed] == ["a", "north"]


def test_redaction_is_a_mean_with_its_interval() -> None:
    found = [("north", 0.1 * (n % 3)) for n in range(30)]
    [cell] = tabulate(Measure.REDACTION, CallGroup.DISTRICT, found).cells
    assert cell.n == 30
    assert cell.share is not None
    assert round(cell.share, 6) == 0.1
    assert cell.low is not None
    assert 0.05 < cell.low < 0.1


def test_a_group_that_nobody_wrote_down_is_named_so() -> None:
    table = tabulate(Measure.COVERAGE, CallGroup.SHIFT, [("", 1.0)] * 40)
    assert [cell.group for cell in table.cells] == ["not known"]
