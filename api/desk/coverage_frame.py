"""What stands around every coverage page: its period, and how to take the page away."""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from api.desk.periods import Period
from api.desk.visit import REFRESH, get_house

PRINT = "print"  # a page with this in its query is shown without navigation and forms
OF_THE_PERIOD = ("first", "last")
NOT_CARRIED = frozenset({PRINT, REFRESH, "note"})


@dataclass(frozen=True, slots=True)
class Frame:
    """One page: its period if it has one, its addresses, and whether it is to be printed.

    `csv` and `json` give the same figures; `plain` is the page itself without `print`.
    """

    period: Period | None
    carried: tuple[tuple[str, str], ...]
    path: str
    plain: str
    printed: str
    csv: str | None
    json: str | None
    on_paper: bool
    made_at: datetime

    def to(self, path: str, **more: object) -> str:
        """The address of another coverage page, over the same period if one was asked for."""
        pairs = {name: value for name, value in self.carried if name in OF_THE_PERIOD} | more
        return with_query(path, [(name, str(value)) for name, value in pairs.items()])

    def here(self, **changed: object) -> str:
        """The address of this page with some of its query changed; None leaves a name out."""
        kept = [pair for pair in self.carried if pair[0] not in changed]
        new = [(name, str(value)) for name, value in changed.items() if value is not None]
        return with_query(self.path, [*kept, *new])


def frame_of(
    request: Request,
    *,
    period: Period | None = None,
    csv: str | None = None,
    json: str | None = None,
) -> Frame:
    """The frame of the page that `request` asks for; `csv` and `json` take the same query."""
    carried = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if name not in NOT_CARRIED and value
    ]
    path = request.url.path
    return Frame(
        period=period,
        carried=tuple(carried),
        path=path,
        plain=with_query(path, carried),
        printed=with_query(path, [*carried, (PRINT, "1")]),
        csv=None if csv is None else with_query(csv, carried),
        json=None if json is None else with_query(json, carried),
        on_paper=PRINT in request.query_params,
        made_at=get_house(request).clock.now(),
    )


def with_query(path: str, query: Sequence[tuple[str, str]]) -> str:
    """A path with its query, if there is any."""
    return f"{path}?{urlencode(query)}" if query else path


def csv_answer(name: str, write: Callable[[TextIO], None]) -> Response:
    """A CSV file to keep; `name` says what is in it."""
    stream = io.StringIO(newline="")
    write(stream)
    file = re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-").lower()
    return Response(
        stream.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{file}.csv"'},
    )
