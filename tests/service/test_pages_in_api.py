"""Everything a page does is in the JSON API: each form and each page beside its counterpart."""

from collections.abc import Iterator, Mapping

import pytest
from fastapi.routing import APIRoute

from api.desk import v1
from api.desk.app import PAGES
from tests.counterparts import NoTwin, Row, Twin, differences, fields_of, operations, right_of
from tests.counterparts_desk import FORMS, READINGS

SAFE = ("GET", "HEAD")


def _page_routes() -> Iterator[tuple[str, APIRoute]]:
    found = (route for page in PAGES for route in page.router.routes)
    return (("", route) for route in found if isinstance(route, APIRoute))


def _v1_routes() -> Iterator[tuple[str, APIRoute]]:
    found = (route for router in v1.ROUTERS for route in router.routes)
    return (("/v1", route) for route in found if isinstance(route, APIRoute))


DESK_PAGES = operations(_page_routes())
DESK_V1 = operations(_v1_routes())


def rows(method: str, table: Mapping[str, Row]) -> list[tuple[str, Twin]]:
    """The rows of a table that have a counterpart, by the page's operation."""
    return [(f"{method} {page}", row) for page, row in table.items() if isinstance(row, Twin)]


def test_every_form_of_the_desk_has_its_row_and_no_row_is_stale() -> None:
    forms = {name.partition(" ")[2] for name in DESK_PAGES if not name.startswith(SAFE)}
    assert set(FORMS) == forms
    assert all(name.startswith(("POST ", *SAFE)) for name in DESK_PAGES)


def test_every_page_of_the_desk_has_its_row_and_no_row_is_stale() -> None:
    assert set(READINGS) == {
        name.partition(" ")[2] for name in DESK_PAGES if name.startswith("GET ")
    }


def test_every_row_without_a_counterpart_says_why() -> None:
    bare = [row for row in (*FORMS.values(), *READINGS.values()) if isinstance(row, NoTwin)]
    assert all(row.why.strip() for row in bare)


@pytest.mark.parametrize(("page", "twin"), rows("POST", FORMS) + rows("GET", READINGS))
def test_a_page_and_its_counterpart_ask_for_the_same_by_the_same_right(
    page: str, twin: Twin
) -> None:
    mine, theirs = DESK_PAGES[page], DESK_V1[twin.v1]
    assert differences(fields_of(mine), twin, fields_of(theirs)) == []
    assert (right_of(mine) != right_of(theirs)) == bool(twin.other_right)
    assert [name for name in twin.also if name not in DESK_V1] == []


@pytest.mark.parametrize(
    ("twin", "told"),
    [
        (Twin("POST /v1/x"), ["note: only the page asks for it", "when: only /v1 asks for it"]),
        (Twin("POST /v1/x", renamed={"note": "when"}), []),
        (Twin("POST /v1/x", only_page={"note": "so"}, only_v1={"when": "so"}), []),
        (
            Twin("POST /v1/x", only_page={"note": "so"}, only_v1={"when": " "}),
            ["when: no reason given"],
        ),
        (
            Twin("POST /v1/x", renamed={"note": "when", "old": "new"}, only_v1={"id": "so"}),
            ["id: not of /v1 alone", "old: the page has no such field"],
        ),
    ],
)
def test_each_difference_is_told_and_each_reason_that_is_none_any_more(
    twin: Twin, told: list[str]
) -> None:
    page, v1_asks = frozenset({"id", "note", "back"}), frozenset({"id", "when"})
    assert differences(page, twin, v1_asks) == told
