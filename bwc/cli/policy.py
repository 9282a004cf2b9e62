"""`bwc policy`: decide, check, explain, replay and compare release rules."""

from pathlib import Path
from typing import Annotated

import typer

from bwc.canonical import Json, JsonObject, canonical_bytes
from bwc.cli import policy_activate
from bwc.cli.console import FINDING, exits, print_result, say
from bwc.cli.policy_calendar import calendar
from bwc.cli.policy_check import check_command
from bwc.cli.policy_diff import diff
from bwc.cli.policy_explain import duty, explain
from bwc.cli.policy_files import decided_on, document_in, facts_in
from bwc.cli.policy_letter import letter_command
from bwc.policy.assertion import asserters
from bwc.policy.evaluate import decide
from bwc.policy.packs import load_packs
from bwc.policy.reasons import tree
from bwc.policy.replay import replay
from bwc.policy.retention import retain
from bwc.policy.schema import PackText, RulesText
from bwc.policy.shipped import SHIPPED
from bwc.policy.vocabulary import FACTS
from bwc.policy.what_if import what_if

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("check")(check_command)
app.command("diff")(diff)
policy_activate.register(app)
app.command("explain")(explain)
app.command("duty")(duty)
app.command("calendar")(calendar)
app.command("letter")(letter_command)

PackIds = Annotated[list[str], typer.Option("--pack", help="A pack by id; repeat for several.")]
FactsFile = Annotated[Path, typer.Option("--facts", help="YAML file with one key, facts.")]
On = Annotated[str | None, typer.Option("--on", help="Day or time with offset; default: now.")]
Audience = Annotated[str, typer.Option(help="public, or the role of a requester.")]
Folder = Annotated[Path, typer.Option("--packs", help="Folder of packs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("decide")
def decide_command(
    pack: PackIds,
    facts: FactsFile,
    on: On = None,
    audience: Audience = "public",
    packs: Folder = SHIPPED,
    as_json: AsJson = False,
) -> None:
    """Decide a case: may its recordings be released to this audience, when and how?"""
    with exits():
        known = facts_in(facts)
        decision = decide(
            load_packs(pack, packs), known, on=decided_on(on, known), audience=audience
        )
        _print(decision.document(), as_json=as_json)


@app.command("replay")
def replay_command(
    decision: Annotated[Path, typer.Argument(help="A decision as `decide --json` prints it.")],
    packs: Folder = SHIPPED,
) -> None:
    """Decide again from a decision's own facts; the bytes must be the same."""
    with exits():
        document = document_in(decision)
        again = replay(document, packs)
        _canonical(again)
    if canonical_bytes(again) != canonical_bytes(document):
        say("bwc: the replayed decision differs from the one on file")
        raise typer.Exit(FINDING)


@app.command("what-if")
def what_if_command(
    decision: Annotated[Path, typer.Argument(help="A decision as `decide --json` prints it.")],
    change: Annotated[list[str], typer.Option("--set", help="fact=value, in YAML; repeat.")],
    packs: Folder = SHIPPED,
    as_json: AsJson = False,
) -> None:
    """Show what a changed fact changes."""
    with exits():
        changes = what_if(document_in(decision), change, packs)
        lines = [f"{name}: {old} → {new}" for name, (old, new) in changes.items()]
        result: JsonObject = {
            name: {"before": old, "after": new} for name, (old, new) in changes.items()
        }
        print_result(result, text="\n".join(lines) or "nothing changes", as_json=as_json)


@app.command("retention")
def retention_command(
    pack: PackIds,
    facts: FactsFile,
    on: On = None,
    packs: Folder = SHIPPED,
    as_json: AsJson = False,
) -> None:
    """Say how long a recording is kept, when it must be deleted, and what stops that."""
    with exits():
        known = facts_in(facts)
        moment = None if on is None and "now" not in known.record.values else decided_on(on, known)
        document = retain(load_packs(pack, packs), known, on=moment).document()
        if as_json:
            _canonical(document)
        else:
            names = ("floor", "ceiling", "delete_by", "keep_metadata_until", "question")
            lines = [f"{name.replace('_', ' ')}: {document[name]}" for name in names]
            lines += [f"hold: {hold}" for hold in _listed(document, "holds")]
            lines += [f"alert: {alert}" for alert in _listed(document, "alerts")]
            print_result(None, text="\n".join(lines), as_json=False)


@app.command("facts")
def facts_command(as_json: AsJson = False) -> None:
    """List every fact a rule may ask for, its type and who asserts it."""
    document: JsonObject = {
        name: {
            "type": fact.kind.phrase(),
            "about": fact.about,
            "role": fact.role,
            "asserted_by": list[Json](sorted(asserters(name))),
        }
        for name, fact in FACTS.items()
    }
    lines = [
        f"{name}: {fact.about} ({fact.kind.phrase()}; asked of {fact.role}, "
        f"asserted by {', '.join(sorted(asserters(name)))})"
        for name, fact in FACTS.items()
    ]
    print_result(document, text="\n".join(lines), as_json=as_json)


@app.command("schema")
def schema_command() -> None:
    """Print the schema of pack and rule files as JSON Schema, for editors."""
    document: Json = {
        "pack.yaml": PackText.model_json_schema(),
        "rules/*.yaml": RulesText.model_json_schema(),
    }
    print_result(document, text="", as_json=True)


def _print(document: JsonObject, *, as_json: bool) -> None:
    if as_json:
        _canonical(document)
    else:
        print_result(None, text="\n".join(tree(document)), as_json=False)


def _canonical(document: JsonObject) -> None:
    """Print the one canonical form, so that what is stored can be replayed to the byte."""
    print_result(None, text=canonical_bytes(document).decode(), as_json=False)


def _listed(document: JsonObject, name: str) -> list[Json]:
    found = document[name]
    return found if isinstance(found, list) else []
