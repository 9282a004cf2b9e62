"""`bwc demo`: a whole department on this machine, from the dock to the public record.

It invents people and publishes videos, so it never works in stores that may be somebody's real ones.
"""

import fcntl
import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from bwc import logs
from bwc.cli.console import exits, say
from bwc.demo.run import (
    Account,
    is_complete,
    open_accounts,
    perform,
    prepare,
    settle_department,
)
from bwc.errors import Conflict
from bwc.house import open_house
from bwc.settings import Settings, load_settings
from workers.supervisor import Supervisor


def demo(
    footage: Annotated[
        list[Path] | None,
        typer.Option(exists=True, help="A recording, or a folder of them; may be given again."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget an earlier demo and start anew.")
    ] = False,
    until_published: Annotated[
        bool, typer.Option("--until-published", help="Stop once everything is published.")
    ] = False,
) -> None:
    """Run the main job on a demo department, then stay until Ctrl-C: portal and desk answer."""
    with exits():
        _use_own_home(fresh=fresh)
        settings = load_settings()
        logs.set_up(settings.log_format, settings.log_level)
        with Supervisor(settings) as supervisor:
            house = open_house(settings)
            accounts: list[Account] = []
            if is_complete(house):
                say("The department of an earlier run is here; --fresh starts anew.")
            else:
                department, cases = prepare(house, footage=footage or [], say=say)
                incidents = settle_department(house, department, cases)
                accounts = open_accounts(house)
                perform(
                    house, department, cases, incidents=incidents, footage=footage or [], say=say
                )
            house.catalog.close()
            _tell(supervisor, accounts)
            if not until_published:
                supervisor.wait()


def _use_own_home(*, fresh: bool) -> None:
    """The demo lives in a folder of its own below the usual home."""
    settings = load_settings()
    _require_nothing_elsewhere(settings)
    home = settings.home / "demo"
    os.environ["BWC_HOME"] = str(home.resolve())
    os.environ.setdefault("BWC_LOG_LEVEL", "warning")  # the demo tells its own story
    complete = (home / "demo-complete").exists()
    if home.exists() and (fresh or not complete):
        _forget(home)


def _require_nothing_elsewhere(settings: Settings) -> None:
    """Refuse settings that would let the demo into a real catalog, store or dock.

    Raises:
        Conflict: a place outside the demo's own folder is set; each is named.
    """
    elsewhere = {
        "BWC_CATALOG__URL": settings.catalog.url,
        "BWC_VAULT__FOLDER": settings.vault.folder,
        "BWC_VAULT__BUCKET": settings.vault.bucket,
        "BWC_PUBLIC__FOLDER": settings.public.folder,
        "BWC_PUBLIC__BUCKET": settings.public.bucket,
        "BWC_INBOX__FOLDER": settings.inbox.folder,
        "BWC_INBOX__BUCKET": settings.inbox.bucket,
        "BWC_BROKER__URL": settings.broker.url,
        "BWC_INTAKE__WATCH_FOLDER": settings.intake.watch_folder,
    }
    named = [name for name, value in elsewhere.items() if value is not None]
    if named:
        raise Conflict(
            "the demo works in a folder of its own and touches nothing else",
            got=", ".join(named),
            advice="Unset these, or start it where no .env names them",
        )


def _forget(home: Path) -> None:
    """Remove an earlier demo.

    Raises:
        Conflict: it is running.
    """
    with (home / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict("this demo runs already", where=str(home)) from error
        shutil.rmtree(home)


def _tell(supervisor: Supervisor, accounts: list[Account]) -> None:
    """Where to look, and how to get in."""
    say("")
    say(f"  Portal (the public)  {supervisor.portal_url}")
    say(f"  Desk (staff)         {supervisor.desk_url}")
    if accounts:
        say("")
        say("  Accounts of the desk; these passwords are shown once:")
        for account in accounts:
            say(f"    {account.username:8} {account.password:18} {account.role.value}")
    say("")
    say("  Ctrl-C ends everything.")
