"""`bwc up`: broker, workers, sweeper, desk and portal on this machine, until Ctrl-C."""

from typing import Annotated

import typer

from bwc import logs
from bwc.cli.console import exits, print_result
from bwc.settings import load_settings
from workers.supervisor import Supervisor


def up(
    as_json: Annotated[bool, typer.Option("--json", help="Print the addresses as JSON.")] = False,
) -> None:
    """Start broker, workers, sweeper, desk and portal; stay until Ctrl-C."""
    with exits():
        settings = load_settings()
        logs.set_up(settings.log_format, settings.log_level)
        with Supervisor(settings) as supervisor:
            addresses = {"portal": supervisor.portal_url, "desk": supervisor.desk_url}
            lines = (
                f"Portal (the public)  {addresses['portal']}",
                f"Desk (staff)         {addresses['desk']}",
                "Ctrl-C ends everything.",
            )
            print_result(dict(addresses), text="\n".join(lines), as_json=as_json)
            supervisor.wait()
