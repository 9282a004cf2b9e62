"""`bwc db`: the catalog's schema, and on PostgreSQL the rights of the account bwc runs under."""

from contextlib import closing
from typing import Annotated

import typer

from bwc.access.sealed_secrets import house_key
from bwc.canonical import JsonObject
from bwc.catalog import schema
from bwc.catalog.migrations.grants import grant, grants
from bwc.catalog.store import Catalog
from bwc.cli.console import FINDING, exits, print_result
from bwc.settings import load_settings

app = typer.Typer(help="Bring the catalog's schema up to date.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command()
def upgrade(
    grant_to: Annotated[
        str | None,
        typer.Option(help="PostgreSQL account that bwc runs under, to be given its rights."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the migrations that are missing, in one transaction."""
    with exits():
        settings = load_settings()
        with closing(Catalog(settings.catalog_url)) as catalog:
            before = schema.current_revision(catalog)
            schema.upgrade(catalog, house_key=lambda: house_key(settings))
            if grant_to is not None:
                grant(catalog, grant_to)
            after = schema.current_revision(catalog)
        text = (
            f"the schema stands at {after} already"
            if before == after
            else f"the schema went from {before or 'nothing'} to {after}"
        )
        print_result({"before": before, "after": after}, text=text, as_json=as_json)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Where the schema stands. Exit 1 where it is not the one this version works with."""
    with exits():
        with closing(Catalog(load_settings().catalog_url)) as catalog:
            current, needed = schema.current_revision(catalog), schema.head_revision()
        document: JsonObject = {
            "current": current,
            "needed": needed,
            "up_to_date": current == needed,
        }
        text = f"the schema stands at {current or 'nothing'}; this version works with {needed}"
        print_result(document, text=text, as_json=as_json)
        if current != needed:
            raise typer.Exit(FINDING)


@app.command("grants")
def print_grants(
    role: Annotated[str, typer.Option(help="The account that bwc runs under.")] = "bwc_app",
) -> None:
    """Print the SQL that gives that PostgreSQL account its rights; run it as the tables' owner."""
    with exits():
        typer.echo(grants(role), nl=False)
