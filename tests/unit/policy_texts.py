"""Small packs written in tests: a rule in one call, decided in another."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from bwc.canonical import Json, JsonObject
from bwc.policy.evaluate import decide
from bwc.policy.facts import Facts
from bwc.policy.moments import parse_moment
from bwc.policy.packs import Packs, load_packs

HEAD: JsonObject = {
    "title": "A pack of a test",
    "version": "1",
    "jurisdiction": "nowhere",
    "authority": "state_statute",
    "timezone": "America/Denver",
    "sources": {"T": "the test"},
}


def rule(name: str, when: Json, then: JsonObject, **more: Json) -> JsonObject:
    return {
        "id": f"t.{name}",
        "title": f"The rule {name}",
        "citation": f"s. {name}",
        "source": ["T"],
        "read_on": "2026-11-22",
        "basis": "design",
        "status": "draft",
        "when": when,
        "then": then,
        **more,
    }


def must(**more: Json) -> JsonObject:
    return {"modality": "MUST", "outcome": "RELEASE", **more}


def must_not(**more: Json) -> JsonObject:
    return {"modality": "MUST_NOT", "outcome": "WITHHOLD", **more}


def may(outcome: str = "RELEASE", **more: Json) -> JsonObject:
    return {"modality": "MAY", "outcome": outcome, "discretion": "chief", **more}


def write_pack(folder: Path, rules: list[JsonObject], **head: Json) -> Path:
    home = folder / "t"
    (home / "rules").mkdir(parents=True, exist_ok=True)
    (home / "pack.yaml").write_text(yaml.safe_dump({"id": "t", **HEAD, **head}, sort_keys=False))
    (home / "rules" / "all.yaml").write_text(yaml.safe_dump({"rules": rules}, sort_keys=False))
    return folder


def packs_of(folder: Path, rules: list[JsonObject], **head: Json) -> Packs:
    return load_packs(["t"], write_pack(folder, rules, **head))


def decided(
    packs: Packs, facts: Mapping[str, Json], on: str = "2026-03-01", audience: str = "public"
) -> JsonObject:
    known = Facts.from_document(facts)
    return decide(packs, known, on=parse_moment(on), audience=audience).document()


def names(document: JsonObject, key: str, field: str = "rule") -> list[str]:
    listed = document[key]
    assert isinstance(listed, list)
    return [str(item[field]) for item in listed if isinstance(item, dict)]
