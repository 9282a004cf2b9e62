"""`bwc policy diff`: what another version of the packs would change, before it is put into force."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bwc.canonical import Json, JsonObject
from bwc.cli.console import exits, print_result
from bwc.cli.person import local_now
from bwc.cli.sessions import opened_catalog
from bwc.errors import InvalidInput
from bwc.policy.diff import OpenCase, activation_of_both, changed_case, changed_rules
from bwc.policy.moments import Moment, parse_moment
from bwc.policy.packs import load_packs
from bwc.policy.rules import Packs
from bwc.release.pack_change import open_cases
from bwc.settings import Settings, load_settings

Named = Annotated[str, typer.Argument(help="A pack's folder, or ID[,ID...]@FOLDER.")]


def diff(
    old: Named,
    new: Named,
    catalog: Annotated[
        bool, typer.Option("--catalog", help="Decide every open case by both.")
    ] = False,
    on: Annotated[str | None, typer.Option(help="Day or time with offset; default: now.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List what NEW changes: rules, and every open case decided, due or kept otherwise."""
    with exits():
        before, after = named_packs(old), named_packs(new)
        result: JsonObject = {"rules": changed_rules(before, after)}
        if before.activation != after.activation:
            result["activation"] = activation_of_both(before, after)
        if catalog:
            settings = load_settings()
            cases = [
                change
                for case in _open_cases(settings)
                if (change := changed_case(before, after, case, on=_moment(on, settings)))
            ]
            listed: list[Json] = list(cases)
            result["cases"] = listed
        print_result(
            result, text="\n".join(difference_lines(result)) or "nothing changes", as_json=as_json
        )


def named_packs(named: str) -> Packs:
    """The packs that a command line names. Raises InvalidInput."""
    ids, folder = named_folder(named)
    return load_packs(ids, folder)


def named_folder(named: str) -> tuple[list[str], Path]:
    """The ids and the folder that a command line names. Raises InvalidInput."""
    ids, at, folder = named.rpartition("@")
    if at:
        return ids.split(","), Path(folder)
    home = Path(named).resolve()
    if not (home / "pack.yaml").is_file():
        raise InvalidInput(
            "this names no packs", expected="a pack's folder or ID[,ID...]@FOLDER", got=named
        )
    return [home.name], home.parent


def _open_cases(settings: Settings) -> Iterator[OpenCase]:
    """Every decision that stands, with its facts as they stand now."""
    with opened_catalog(settings) as catalog, catalog.read() as session:
        yield from open_cases(session, local_now(settings))


def _moment(on: str | None, settings: Settings) -> Moment:
    return parse_moment(on) if on is not None else local_now(settings)


def difference_lines(result: JsonObject) -> Iterator[str]:
    """What a change of the packs changes, a line each."""
    rules, cases = result["rules"], result.get("cases")
    if isinstance(rules, dict):
        for word in ("added", "removed"):
            names = rules[word]
            yield from (f"{word}: {name}" for name in (names if isinstance(names, list) else ()))
        changed = rules["changed"]
        for rule in changed if isinstance(changed, list) else ():
            yield from _told(rule, "rule", ("changes",))
    activation = result.get("activation")
    if isinstance(activation, dict) and activation["before"] != activation["after"]:
        yield f"when cameras run: {activation['before']} → {activation['after']}"
    for case in cases if isinstance(cases, list) else ():
        yield from _told(case, "case", ("decision", "retention"))


def _told(item: Json, name: str, parts: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(item, dict):
        return
    for part in parts:
        changes = item[part]
        for what, ends in changes.items() if isinstance(changes, dict) else ():
            if isinstance(ends, dict):
                yield f"{name} {item[name]}: {what}: {ends['before']} → {ends['after']}"
