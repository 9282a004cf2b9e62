"""`bwc policy`: decide, check, explain, replay and compare release rules."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bwc.canonical import Json, JsonObject, canonical_bytes
from bwc.cli.console import FINDING, exits, print_result, say
from bwc.cli.policy_calendar import calendar
from bwc.cli.policy_diff import diff
from bwc.cli.policy_letter import letter_command
from bwc.clock import SystemClock
from bwc.errors import InvalidInput, NotFound, PolicyPackError
from bwc.policy.cases import Outcome, read_cases, run_case
from bwc.policy.evaluate import decide
from bwc.policy.explain import sentence, tree
from bwc.policy.facts import Facts
from bwc.policy.moments import Moment, parse_moment
from bwc.policy.packs import load_packs, pack_ids, read_file
from bwc.policy.replay import replay
from bwc.policy.retention import retain
from bwc.policy.schema import PackText, RulesText
from bwc.policy.shipped import SHIPPED
from bwc.policy.vocabulary import FACTS
from bwc.policy.what_if import what_if

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("diff")(diff)
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
        known = _facts(facts)
        decision = decide(load_packs(pack, packs), known, on=_moment(on, known), audience=audience)
        _print(decision.document(), as_json=as_json)


@app.command("explain")
def explain_command(
    decision: Annotated[Path, typer.Argument(help="A decision as `decide --json` prints it.")],
    as_json: AsJson = False,
) -> None:
    """Say a decision in one sentence, then why."""
    with exits():
        document = _json(decision)
        result: JsonObject = {"sentence": sentence(document), "lines": list(tree(document))}
        print_result(result, text="\n".join(tree(document)), as_json=as_json)


@app.command("replay")
def replay_command(
    decision: Annotated[Path, typer.Argument(help="A decision as `decide --json` prints it.")],
    packs: Folder = SHIPPED,
) -> None:
    """Decide again from a decision's own facts; the bytes must be the same."""
    with exits():
        document = _json(decision)
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
        changes = what_if(_json(decision), change, packs)
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
        known = _facts(facts)
        moment = None if on is None and "now" not in known.record.values else _moment(on, known)
        document = retain(load_packs(pack, packs), known, on=moment).document()
        if as_json:
            _canonical(document)
        else:
            names = ("floor", "ceiling", "delete_by", "keep_metadata_until", "question")
            lines = [f"{name.replace('_', ' ')}: {document[name]}" for name in names]
            lines += [f"hold: {hold}" for hold in _listed(document, "holds")]
            lines += [f"alert: {alert}" for alert in _listed(document, "alerts")]
            print_result(None, text="\n".join(lines), as_json=False)


@app.command("check")
def check_command(
    pack: Annotated[list[str] | None, typer.Option("--pack", help="Only these packs.")] = None,
    packs: Folder = SHIPPED,
    as_json: AsJson = False,
) -> None:
    """Read every pack and run its cases."""
    with exits():
        report, failures = _check(pack or pack_ids(packs), packs)
        lines = [
            f"{item['id']}: {item['rules']} rules, {item['cases']} cases, {item['failed']} failed"
            for item in report
        ]
        lines += [
            f"{failure.case.where} {failure.case.number} {failure.case.title}: {line}"
            for failure in failures
            for line in failure.differences
        ]
        packs_checked: list[Json] = list(report)
        print_result({"packs": packs_checked}, text="\n".join(lines), as_json=as_json)
    if failures:
        raise typer.Exit(FINDING)


@app.command("facts")
def facts_command(as_json: AsJson = False) -> None:
    """List every fact a rule may ask for, its type and who asserts it."""
    document: JsonObject = {
        name: {"type": fact.kind.phrase(), "about": fact.about, "role": fact.role}
        for name, fact in FACTS.items()
    }
    lines = [
        f"{name}: {fact.about} ({fact.kind.phrase()}; asserted by {fact.role})"
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


def _check(ids: list[str], folder: Path) -> tuple[list[JsonObject], list[Outcome]]:
    report: list[JsonObject] = []
    failures: list[Outcome] = []
    for pack_id in ids:
        loaded = load_packs([pack_id], folder)
        cases = read_cases(pack_id, folder)
        failed = [o for o in (run_case(case, folder) for case in cases) if o.differences]
        own = next(item for item in loaded.packs if item.id == pack_id)
        report.append(
            {
                "id": pack_id,
                "rules": len(own.rules),
                "cases": len(cases),
                "failed": len(failed),
                "failures": [
                    {"case": o.case.number, "differences": list(o.differences)} for o in failed
                ],
            }
        )
        failures += failed
    return report, failures


def _facts(path: Path) -> Facts:
    """The facts of a case; errors name file, line and fact."""
    text = read_file(path)
    if set(text.document) != {"facts"} or not isinstance(text.document["facts"], dict):
        raise PolicyPackError(
            "a fact file has one key",
            where=text.locate(()),
            expected="facts: with a mapping below it",
            got=", ".join(text.document),
        )
    document = text.document["facts"]
    return Facts.from_document(document, text.under(("facts",), document).locate)


def _moment(on: str | None, facts: Facts) -> Moment:
    """The moment of decision: the option, the fact `now`, or the clock."""
    if on is not None:
        return parse_moment(on)
    now = facts.record.values.get("now")
    if isinstance(now, date):
        return now
    return SystemClock().now()


def _json(path: Path) -> JsonObject:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise NotFound("there is no such file", where=path.name) from exc
    except (ValueError, OSError) as exc:
        raise InvalidInput("this is not a JSON document", where=path.name) from exc
    if not isinstance(document, dict):
        raise InvalidInput("this is not a decision", where=path.name, expected="a JSON object")
    return document


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
