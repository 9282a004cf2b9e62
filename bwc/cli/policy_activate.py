"""`bwc policy propose`, `activate`, `refuse` and `changes`: two people change the rules."""

from typing import Annotated

import sqlalchemy as sa
import typer

from bwc.canonical import Json, JsonObject
from bwc.catalog.policy_change import PolicyChange
from bwc.cli.console import exits, print_result
from bwc.cli.person import local_now, signed_in_person
from bwc.cli.policy_diff import difference_lines, named_folder
from bwc.cli.sessions import opened_catalog
from bwc.clock import iso
from bwc.in_force import packs_in_force
from bwc.release.pack_change import activate_packs, propose_packs, refuse_packs
from bwc.settings import load_settings

By = Annotated[str, typer.Option("--by", help="Your user name; the password is asked for.")]
Number = Annotated[str, typer.Argument(help="A change's number, such as PLC-2026-0001.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to `bwc policy`."""
    app.command("propose")(propose)
    app.command("activate")(activate)
    app.command("refuse")(refuse)
    app.command("changes")(changes)


def propose(
    new: Annotated[str, typer.Argument(help="A pack's folder, or ID[,ID...]@FOLDER.")],
    by: By,
    as_json: AsJson = False,
) -> None:
    """Propose packs, with every rule and open case they change; nothing is in force yet."""
    with exits():
        settings = load_settings()
        ids, folder = named_folder(new)
        with opened_catalog(settings) as catalog:
            actor = signed_in_person(catalog, settings, by)
            with catalog.write() as session:
                in_force = packs_in_force(session, settings.department)
                change = propose_packs(
                    session, in_force, ids, folder, by=actor, at=local_now(settings)
                )
                document = _document(change)
                session.commit()
        _print(document, as_json=as_json)


def activate(number: Number, by: By, as_json: AsJson = False) -> None:
    """Put proposed packs into force as a second person; every open case is decided again."""
    with exits():
        settings = load_settings()
        with opened_catalog(settings) as catalog:
            actor = signed_in_person(catalog, settings, by)
            with catalog.write() as session:
                in_force = packs_in_force(session, settings.department)
                change = activate_packs(session, in_force, number, by=actor, at=local_now(settings))
                document = _document(change)
                session.commit()
        _print(document, as_json=as_json)


def refuse(
    number: Number,
    by: By,
    reason: Annotated[str, typer.Option(help="Why the rules stay as they are.")],
    as_json: AsJson = False,
) -> None:
    """End a proposal; the packs in force stay."""
    with exits():
        settings = load_settings()
        with opened_catalog(settings) as catalog:
            actor = signed_in_person(catalog, settings, by)
            with catalog.write() as session:
                change = refuse_packs(
                    session, number, reason=reason, by=actor, at=local_now(settings)
                )
                document = _document(change)
                session.commit()
        _print(document, as_json=as_json)


def changes(as_json: AsJson = False) -> None:
    """List every change of the packs: who proposed, who activated, and when."""
    with exits():
        with opened_catalog(load_settings()) as catalog, catalog.read() as session:
            rows = session.scalars(sa.select(PolicyChange).order_by(PolicyChange.number))
            found = [_document(row) for row in rows]
        documents: list[Json] = list(found)
        text = "\n".join(_head(item) for item in found) or "the packs were never changed"
        print_result(documents, text=text, as_json=as_json)


def _document(change: PolicyChange) -> JsonObject:
    return {
        "number": change.number,
        "state": change.state.value,
        "sha256": change.sha256,
        "proposed_by": change.proposed_by,
        "activated_by": change.activated_by,
        "activated_at": iso(change.activated_at) if change.activated_at else None,
        "refused_by": change.refused_by,
        "refused_because": change.refused_because,
        "proposal": change.document,
    }


def _print(document: JsonObject, *, as_json: bool) -> None:
    proposal = document["proposal"]
    lines = [_head(document)]
    if isinstance(proposal, dict):
        lines += [f"  {line}" for line in difference_lines(proposal)]
    print_result(document, text="\n".join(lines), as_json=as_json)


def _head(document: JsonObject) -> str:
    proposal = document["proposal"]
    packs = proposal.get("packs") if isinstance(proposal, dict) else None
    names = [
        f"{pack['id']} {pack['version']}"
        for pack in (packs if isinstance(packs, list) else [])
        if isinstance(pack, dict)
    ]
    who = f"proposed by {document['proposed_by']}"
    if document["activated_by"]:
        who += f", activated by {document['activated_by']}, {document['activated_at']}"
    if document["refused_by"]:
        who += f", refused by {document['refused_by']}: {document['refused_because']}"
    return f"{document['number']} {document['state']}: {', '.join(names)}; {who}"
