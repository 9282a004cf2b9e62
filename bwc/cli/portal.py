"""`bwc portal`: what an administrator does for the public's site."""

from typing import Annotated

import typer

from api.portal.index import ReleaseIndex
from api.portal.library import Library
from bwc import logs
from bwc.canonical import Json
from bwc.cli.console import FINDING, exits, print_result
from bwc.settings import load_settings
from bwc.vault.open import open_public_store

app = typer.Typer(help="The public's site.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Keep `reindex` a command of its own."""


@app.command()
def reindex(
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Build the list of releases anew from the public store alone, and name what cannot be read.

    The portal does the same when it starts and keeps its list in memory: nothing can be stale or
    lost. Exit 1 where a bundle in the store cannot be shown.
    """
    with exits():
        settings = load_settings()
        logs.set_up(settings.log_format, settings.log_level)
        library = Library(open_public_store(settings))
        listed = sorted(n for n, kind in library.listed().items() if kind == "manifest")
        index = ReleaseIndex(library)
        shown = {name for name, _ in index.addresses(limit=len(listed) + 1)}
        unread: list[Json] = [name for name in listed if name not in shown]
        lines = [f"{len(shown)} releases are listed.", *(f"Cannot be read: {n}" for n in unread)]
        print_result(
            {"releases": len(shown), "unread": unread}, text="\n".join(lines), as_json=as_json
        )
        if unread:
            raise typer.Exit(FINDING)
