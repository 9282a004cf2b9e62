"""`bwc coverage camera`: since when a camera is out of service."""

from typing import Annotated

import typer

from bwc.canonical import JsonObject
from bwc.cli.audit_draws import By, Note
from bwc.cli.console import exits, print_result
from bwc.cli.coverage_options import ACTOR, AsJson
from bwc.cli.sessions import writing
from bwc.clock import SystemClock, iso, parse_time
from bwc.coverage.cameras import find_camera, restore, retire, works_at
from bwc.coverage.stale_days import service_of
from bwc.errors import InvalidInput


def camera(
    serial: Annotated[str, typer.Argument(help="Serial number of the camera.")],
    out_since: Annotated[
        str | None,
        typer.Option(help="Since when it is out of service: ISO 8601 with offset."),
    ] = None,
    in_service: Annotated[
        bool, typer.Option("--in-service", help="Take back that it went out of service.")
    ] = False,
    note: Note = "",
    by: By = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Say until when a camera works; write down that it went out of service, or take that back."""
    with exits(), writing() as (session, _):
        if out_since is not None and in_service:
            raise InvalidInput("in service and out of it", expected="--out-since or --in-service")
        now = SystemClock().now()
        if out_since is not None:
            retire(session, serial, since=parse_time(out_since), why=note, by=by, at=now)
        elif in_service:
            restore(session, serial, why=note, by=by, at=now)
        row = find_camera(session, serial)
        session.commit()
        until = row.out_of_service_at
        document: JsonObject = {"serial": serial, **service_of(row)}
        words = "in service" if row.in_service else "out of service; nobody wrote down since when"
        if until is not None:
            words = f"{'in service until' if works_at(row, now) else 'out of service since'} {iso(until)}"
        print_result(document, text=f"camera {serial}: {words}", as_json=as_json)
