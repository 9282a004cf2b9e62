"""`bwc retention`: what may go, the dry run, the second person, and what came of it."""

from datetime import timedelta
from typing import Annotated

import typer

from bwc.canonical import Json, JsonObject
from bwc.cli.console import exits, print_result
from bwc.cli.person import local_now, signed_in_person
from bwc.cli.sessions import opened_catalog
from bwc.in_force import packs_in_force
from bwc.retention import disposal
from bwc.retention.schedule import DISPOSABLE, scheduled
from bwc.settings import load_settings

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
By = Annotated[str, typer.Option("--by", help="Your user name; the password is asked for.")]
Number = Annotated[str, typer.Argument(help="A disposal's number, such as DSP-2026-0001.")]


@app.command()
def due(
    everything: Annotated[bool, typer.Option("--all", help="Also what stays, and why.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the recordings that may or must be destroyed; nothing is changed."""
    with exits():
        settings = load_settings()
        with opened_catalog(settings) as catalog, catalog.read() as session:
            found = [
                item.summary()
                for item in scheduled(
                    session, packs_in_force(session, settings.department), at=local_now(settings)
                )
                if everything or item.standing in DISPOSABLE
            ]
        documents: list[Json] = list(found)
        lines = [f"{item['recording_id']} {item['standing']}: {_why(item)}" for item in found]
        print_result(documents, text="\n".join(lines) or "nothing is due", as_json=as_json)


@app.command()
def propose(
    recordings: Annotated[list[str], typer.Argument(help="Recordings by id.")],
    by: By,
    as_json: AsJson = False,
) -> None:
    """Propose to destroy recordings: a dry run, numbered and stored; nothing is destroyed."""
    with exits():
        settings = load_settings()
        with opened_catalog(settings) as catalog:
            actor = signed_in_person(catalog, settings, by)
            with catalog.write() as session:
                row = disposal.propose(
                    session,
                    packs_in_force(session, settings.department),
                    recordings,
                    by=actor,
                    at=local_now(settings),
                )
                document = disposal.shown(session, row.number)
                session.commit()
        _print(document, as_json=as_json)


@app.command()
def approve(
    number: Number,
    by: By,
    accept_draft: Annotated[
        bool, typer.Option("--accept-draft", help="Accept that a rule is not verified yet.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Agree as a second person; deletion begins when the delay has run out."""
    with exits():
        settings = load_settings()
        with opened_catalog(settings) as catalog:
            actor = signed_in_person(catalog, settings, by)
            with catalog.write() as session:
                disposal.approve(
                    session,
                    packs_in_force(session, settings.department),
                    number,
                    by=actor,
                    at=local_now(settings),
                    delay=timedelta(days=settings.retention.delay_days),
                    accept_draft=accept_draft,
                )
                document = disposal.shown(session, number)
                session.commit()
        _print(document, as_json=as_json)


@app.command()
def refuse(
    number: Number,
    by: By,
    reason: Annotated[str, typer.Option(help="Why the recordings stay.")],
    as_json: AsJson = False,
) -> None:
    """Stop a disposal before deletion begins."""
    with exits():
        settings = load_settings()
        with opened_catalog(settings) as catalog:
            actor = signed_in_person(catalog, settings, by)
            with catalog.write() as session:
                disposal.refuse(session, number, reason=reason, by=actor, at=local_now(settings))
                document = disposal.shown(session, number)
                session.commit()
        _print(document, as_json=as_json)


@app.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """Show a disposal: what was proposed, who agreed, and what came of each recording."""
    with exits():
        with opened_catalog(load_settings()) as catalog, catalog.read() as session:
            document = disposal.shown(session, number)
        _print(document, as_json=as_json)


def _print(document: JsonObject, *, as_json: bool) -> None:
    items = document["items"] if isinstance(document["items"], list) else []
    lines = [
        f"{document['number']}: {document['state']}, proposal {document['sha256']}",
        f"approved by: {document['approved_by']}, deletion after: {document['execute_after']}",
        *(
            f"  {item['recording_id']} {item['state']}: {item['why']}"
            for item in items
            if isinstance(item, dict)
        ),
    ]
    print_result(document, text="\n".join(lines), as_json=as_json)


def _why(item: JsonObject) -> str:
    why = item["why"]
    return "; ".join(str(text) for text in why) if isinstance(why, list) else ""
