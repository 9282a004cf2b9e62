"""`bwc custody`: show the ledger of every act, and prove that nothing in it was changed."""

from pathlib import Path
from typing import Annotated

import typer

from bwc.canonical import JsonObject
from bwc.cli.console import FINDING, exits, print_result
from bwc.cli.sessions import reading
from bwc.custody import export
from bwc.custody.ledger import Head
from bwc.custody.outside import read_head
from bwc.custody.verify import Verdict, verify
from bwc.errors import InvalidInput

app = typer.Typer(help="Show and verify the ledger of every act.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command("verify")
def verify_chain(
    against: Annotated[
        list[Path] | None,
        typer.Option(help="A published bundle (folder or manifest.json) or a day of the log."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Follow the chain from the first entry to the last. Exit 1 names the first broken link."""
    with exits():
        known = [read_head(path) for path in against or []]
        with reading() as (session, _):
            verdict = verify(session, known)
        print_result(_document(verdict, known), text=_text(verdict, known), as_json=as_json)
        if verdict.broken is not None:
            raise typer.Exit(FINDING)


@app.command()
def show(
    recording: Annotated[str | None, typer.Option(help="The id of a recording.")] = None,
    incident: Annotated[str | None, typer.Option(help="The id of an incident.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every act on a recording or an incident and on what belongs to it."""
    with exits():
        if (recording is None) == (incident is None):
            raise InvalidInput("name one thing", expected="either --recording or --incident")
        with reading() as (session, _):
            if recording is not None:
                subjects = export.about_recording(session, recording)
            else:
                subjects = export.about_incident(session, incident or "")
            links = export.entries_about(session, subjects)
            document = export.export(session, subjects)
        lines = [
            f"{link.entry.position:>6}  {link.entry.occurred_at:%Y-%m-%d %H:%M:%S}Z  "
            f"{link.entry.act:<20} {link.entry.actor:<16} "
            f"{link.entry.subject_kind} {link.entry.subject_id}"
            for link in links
        ]
        print_result(document, text="\n".join(lines) or "no entries", as_json=as_json)


def _document(verdict: Verdict, known: list[Head]) -> JsonObject:
    broken = verdict.broken
    at_fault: JsonObject | None = None
    if broken is not None:
        at_fault = {
            "position": broken.position,
            "fault": broken.fault.value,
            "expected": broken.expected,
            "got": broken.got,
        }
    return {
        "intact": broken is None,
        "entries": verdict.sound_until.position,
        "head": _head_document(verdict.sound_until),
        "against": [_head_document(head) for head in known],
        "break": at_fault,
    }


def _head_document(head: Head) -> JsonObject:
    return {"position": head.position, "hash": head.hash}


def _text(verdict: Verdict, known: list[Head]) -> str:
    broken, end = verdict.broken, verdict.sound_until
    if broken is not None:
        return (
            f"BROKEN at entry {broken.position}: {broken.fault.value}\n"
            f"  expected {broken.expected}\n  got      {broken.got}\n"
            f"Entries 1 to {end.position} are sound. Keep this catalog as it is, and restore a backup"
            " elsewhere to compare."
        )
    outside = f", and holds the {len(known)} heads known outside" if known else ""
    return f"intact: {end.position} entries, head {end.hash}{outside}"
