"""`bwc policy explain` and `bwc policy duty`: why a decision, and when the camera must run."""

from pathlib import Path
from typing import Annotated

import typer

from bwc.canonical import JsonObject
from bwc.cli.console import exits, print_result
from bwc.cli.policy_files import decided_on, document_in, facts_in
from bwc.policy.activation import camera_duty
from bwc.policy.explain_html import explain_html
from bwc.policy.packs import load_packs
from bwc.policy.reasons import Reader, explanation, plain_text
from bwc.policy.shipped import SHIPPED

DUTIES = {
    "MUST_RUN": "The camera must run.",
    "MAY_OFF": "The camera may be off.",
    "MUST_OFF": "The camera must be off.",
    None: "No rule speaks of the camera here.",
}


def explain(
    decision: Annotated[Path, typer.Argument(help="A decision as `decide --json` prints it.")],
    reader: Annotated[Reader, typer.Option("--for", help="Who reads it.")] = Reader.STAFF,
    html: Annotated[bool, typer.Option("--html", help="Print a page instead of text.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say a decision in one sentence, then why: to staff, to the public, or in a letter."""
    with exits():
        document = document_in(decision)
        told = explanation(document, reader)
        text = explain_html(document, reader) if html else "\n".join(plain_text(told))
        result: JsonObject = {"sentence": told.sentence, "lines": [*plain_text(told)]}
        print_result(result, text=text.removesuffix("\n"), as_json=as_json)


def duty(
    pack: Annotated[list[str], typer.Option("--pack", help="A pack by id; repeat for several.")],
    facts: Annotated[Path, typer.Option("--facts", help="YAML file with one key, facts.")],
    on: Annotated[
        str | None, typer.Option("--on", help="Day or time with offset; default: now.")
    ] = None,
    packs: Annotated[Path, typer.Option("--packs", help="Folder of packs.")] = SHIPPED,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say whether the camera must run, may be off or must be off, by which rule."""
    with exits():
        known = facts_in(facts)
        document = camera_duty(load_packs(pack, packs), known, on=decided_on(on, known)).document()
        camera = document["camera"]
        lines = [DUTIES[camera if isinstance(camera, str) else None]]
        for name, line in (
            ("fired", "{title} ({citation}; {rule})"),
            ("needs", "not known: {fact}"),
        ):
            listed = document[name]
            lines += [
                line.format(**item)
                for item in (listed if isinstance(listed, list) else ())
                if isinstance(item, dict)
            ]
        print_result(document, text="\n".join(lines), as_json=as_json)
