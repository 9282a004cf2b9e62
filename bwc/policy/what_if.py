"""What a changed fact changes: the same decision with other facts, compared."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bwc.canonical import Json, JsonObject
from bwc.errors import InvalidInput
from bwc.policy.evaluate import decide
from bwc.policy.facts import Facts
from bwc.policy.moments import parse_moment
from bwc.policy.packs import load_packs
from bwc.policy.yaml_text import read_yaml

_COMPARED: Final = (
    "modality",
    "outcome",
    "until",
    "due",
    "overdue",
    "discretion",
    "question",
    "obligations",
    "needs",
    "fired",
    "defeated",
    "draft",
    "contested",
)


def what_if(
    document: JsonObject, changes: Sequence[str], folder: Path
) -> dict[str, tuple[Json, Json]]:
    """What of the decision in `document` would be otherwise, before and after.

    Args:
        document: a decision.
        changes: `fact=value` each; the fact may be dotted, the value is YAML.
        folder: where the packs lie.

    Raises:
        InvalidInput: a change that is not `fact=value`.
        PolicyPackError: a fact or value the vocabulary does not have.
    """
    listed = document.get("packs")
    ids = [str(p["id"]) for p in listed if isinstance(p, dict)] if isinstance(listed, list) else []
    facts_document = document.get("facts")
    facts = Facts.from_document(facts_document if isinstance(facts_document, dict) else {})
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise InvalidInput("this is not a change", expected="fact=value", got=change)
        facts = facts.with_fact(name, read_yaml(f"value: {value}", change).document["value"])
    again = decide(
        load_packs(ids, folder),
        facts,
        on=parse_moment(str(document.get("on"))),
        audience=str(document.get("audience")),
    ).document()
    return {
        name: (document.get(name), again[name])
        for name in _COMPARED
        if document.get(name) != again[name]
    }
