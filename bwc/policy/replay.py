"""The same decision again: from its document, by the same packs, to the same bytes."""

from dataclasses import replace
from pathlib import Path

from bwc.canonical import Json, JsonObject
from bwc.errors import IntegrityError, InvalidInput
from bwc.policy.decision import SCHEMA
from bwc.policy.evaluate import decide
from bwc.policy.facts import Facts
from bwc.policy.moments import parse_moment
from bwc.policy.packs import load_packs


def replay(document: JsonObject, folder: Path) -> JsonObject:
    """Decide again what `document` decided.

    Raises:
        InvalidInput: not a decision.
        IntegrityError: the packs in `folder` are not the ones it was decided by.
    """
    if document.get("schema") != SCHEMA:
        got = str(document.get("schema"))
        raise InvalidInput("this is not a decision", expected=SCHEMA, got=got)
    wanted = _packs(document.get("packs"))
    packs = load_packs(list(wanted), folder)
    for pack in packs.packs:
        if wanted.get(pack.id) != pack.sha256:
            raise IntegrityError(
                "the pack is not the one the decision was made by",
                where=pack.id,
                expected=wanted.get(pack.id, "no such pack"),
                got=pack.sha256,
                advice="Name the folder of the packs of that day with --packs",
            )
    facts = document.get("facts")
    if not isinstance(facts, dict):
        raise InvalidInput("the decision carries no facts")
    on = parse_moment(str(document.get("on")))
    audience = str(document.get("audience"))
    provenance = document.get("provenance")
    known = Facts.from_document(facts)
    known = replace(known, provenance=provenance if isinstance(provenance, dict) else {})
    return decide(packs, known, on=on, audience=audience).document()


def _packs(listed: Json) -> dict[str, str]:
    """Pack ids and their hashes."""
    if not isinstance(listed, list):
        raise InvalidInput("the decision names no packs")
    return {
        str(item["id"]): str(item["sha256"])
        for item in listed
        if isinstance(item, dict) and "id" in item and "sha256" in item
    }
