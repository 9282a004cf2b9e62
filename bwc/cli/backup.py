"""`bwc backup` and `bwc restore`: the whole house in one folder, and back."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bwc.canonical import JsonObject
from bwc.cli.console import FINDING, exits, print_result, say
from bwc.clock import iso
from bwc.house import House, open_house
from bwc.settings import load_settings
from bwc.upkeep.backup import Stores, make_backup
from bwc.upkeep.manifest import Backup, Manifest
from bwc.upkeep.restore import check_backup, restore_backup
from bwc.vault.inbox import key_file

ACTOR = "command line"

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def backup(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    as_json: AsJson = False,
) -> None:
    """Copy catalog, vault and public store to FOLDER while the house is at work.

    Exit 1 where an object of the vault was damaged or missing; the rest is in the backup.
    """
    with exits():
        house = open_house(load_settings())
        manifest = make_backup(
            _stores(house), folder, by=ACTOR, at=house.clock.now(), say=_progress
        )
        house.catalog.close()
        document = _document(folder, manifest)
        print_result(document, text=_text(folder, manifest), as_json=as_json)
        if manifest.damaged or manifest.missing:
            raise typer.Exit(FINDING)


def restore(
    folder: Annotated[Path, typer.Argument(help="The folder of a backup.")],
    check: Annotated[
        bool, typer.Option("--check", help="Only read the backup and check every hash.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the backup in FOLDER back into an empty house, every hash and the chain checked."""
    with exits():
        if check:
            manifest = check_backup(Backup(folder), say=_progress)
        else:
            house = open_house(load_settings())
            manifest = restore_backup(
                _stores(house), Backup(folder), by=ACTOR, at=house.clock.now(), say=_progress
            )
            house.catalog.close()
        print_result(_document(folder, manifest), text=_text(folder, manifest), as_json=as_json)


def _stores(house: House) -> Stores:
    return Stores(
        catalog=house.catalog,
        vault=house.vault,
        public=house.public,
        inbox_key=key_file(house.settings),
    )


def _progress(what: str) -> None:
    """What is being copied now, for a person who watches; logs and pipes stay quiet."""
    if sys.stderr.isatty():
        say(what)


def _document(folder: Path, manifest: Manifest) -> JsonObject:
    return {
        "folder": str(folder),
        "manifest_sha256": Backup(folder).sha256(),
        "made_at": iso(manifest.made_at),
        "rows": sum(part.rows for part in manifest.tables),
        "objects": manifest.vault.objects,
        "published": manifest.public.objects,
        "size_bytes": manifest.vault.size_bytes + manifest.public.size_bytes,
        "custody": {"position": manifest.custody.position, "hash": manifest.custody.hash},
        "inbox_key": manifest.inbox_key is not None,
        "damaged": list(manifest.damaged),
        "missing": list(manifest.missing),
    }


def _text(folder: Path, manifest: Manifest) -> str:
    rows = sum(part.rows for part in manifest.tables)
    stored, published = manifest.vault.objects, manifest.public.objects
    lines = [
        f"{folder}: {rows} rows, {stored} objects in the vault, {published} published",
        f"made: {iso(manifest.made_at)}",
        f"custody: {manifest.custody.position} entries, head {manifest.custody.hash}",
        f"manifest: {Backup(folder).sha256()}  (keep this line elsewhere: it names the backup)",
    ]
    if manifest.inbox_key is None:
        lines.append(
            "NOT in this backup: the key that opens letters of the public (BWC_INBOX_KEY, or none was"
            " made yet). Keep it elsewhere: what was sealed for a lost key stays sealed."
        )
    lines.append(
        "NOT in this backup: the key that opens second factors (house.key, or BWC_HOUSE_KEY), so that"
        " the backup alone makes no codes. Keep it elsewhere, or set second factors up anew."
    )
    lines += [f"DAMAGED in the vault, not in the backup: {sha256}" for sha256 in manifest.damaged]
    lines += [f"MISSING in the vault: {sha256}" for sha256 in manifest.missing]
    return "\n".join(lines)
