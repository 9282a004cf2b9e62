"""Golden cases: facts and what must follow, by number, beside the pack they prove."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pydantic import Field, JsonValue

from bwc.canonical import Json, JsonObject
from bwc.errors import PolicyPackError
from bwc.policy.activation import camera_duty
from bwc.policy.evaluate import decide
from bwc.policy.facts import Facts
from bwc.policy.moments import parse_moment
from bwc.policy.packs import Packs, read_file, validated
from bwc.policy.retention import retain
from bwc.policy.schema import Strict
from bwc.policy.yaml_text import YamlText

_LISTS: Final = {"fired": "rule", "defeated": "rule", "needs": "fact", "contested": "question"}


class CaseText(Strict):
    """One case as written."""

    number: str
    title: str
    packs: list[str] | None = None
    like: str | None = None
    on: str = "2026-03-01"
    audience: str = "public"
    readings: dict[str, str] = Field(default_factory=dict)
    facts: dict[str, JsonValue] = Field(default_factory=dict)
    expect: dict[str, JsonValue] | None = None
    retention: dict[str, JsonValue] | None = None
    camera: dict[str, JsonValue] | None = None


class CasesText(Strict):
    """A file of cases."""

    cases: list[CaseText]


@dataclass(frozen=True, slots=True)
class Case:
    """One case, with the facts of the case it is like already taken over."""

    number: str
    title: str
    packs: tuple[str, ...]
    on: str
    audience: str
    facts: Mapping[str, Json]
    text: CaseText
    where: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case went: the differences, none when it passed."""

    case: Case
    differences: tuple[str, ...]
    results: Mapping[str, str]
    """What every rule came to in it: true, false or unknown."""


def read_cases(pack_id: str, folder: Path) -> list[Case]:
    """All cases of a pack, in the order of their files.

    Raises:
        PolicyPackError: a case that breaks its schema, or is like one that does not exist.
    """
    paths = sorted((folder / pack_id / "cases").glob("*.yaml"))
    texts = (read_file(path, name=f"{pack_id}/cases/{path.name}") for path in paths)
    return cases_in(texts, pack_id)


def cases_in(texts: Iterable[YamlText], *packs: str) -> list[Case]:
    """All cases of some files; one that names no packs is decided by `packs`, or as the one it is like.

    Raises:
        PolicyPackError: a case that breaks its schema, or is like one that does not exist.
    """
    cases: dict[str, Case] = {}
    for text in texts:
        for index, item in enumerate(validated(CasesText, text).cases):
            where = text.locate(("cases", index))
            if item.number in cases:
                raise PolicyPackError("two cases have one number", where=where, got=item.number)
            base = cases.get(item.like) if item.like else None
            if item.like and base is None:
                known = ", ".join(cases)
                raise PolicyPackError("no such case", where=where, expected=known, got=item.like)
            facts = {**(base.facts if base else {}), **item.facts}
            named = tuple(item.packs or packs or (base.packs if base else ()))
            cases[item.number] = Case(
                item.number, item.title, named, item.on, item.audience, facts, item, where
            )
    return list(cases.values())


def run_with(case: Case, packs: Packs) -> Outcome:
    """Decide the case by these packs and compare."""
    packs = _read_as(packs, case.text.readings, case.where)
    facts = Facts.from_document(case.facts)
    on = parse_moment(case.on)
    differences: list[str] = []
    results: dict[str, str] = {}
    if case.text.expect is not None:
        found = decide(packs, facts, on=on, audience=case.audience).document()
        differences += _differences(case.text.expect, found)
        results |= _results(found, "trace")
    if case.text.retention is not None:
        kept = retain(packs, facts, on=on).document()
        differences += [f"retention: {line}" for line in _differences(case.text.retention, kept)]
        results |= _results(kept, "trace")
    if case.text.camera is not None:
        duty = camera_duty(packs, facts, on=on).document()
        differences += [f"camera: {line}" for line in _differences(case.text.camera, duty)]
        results |= _results(duty, "trace")
    return Outcome(case, tuple(differences), results)


def _read_as(packs: Packs, chosen: Mapping[str, str], where: str) -> Packs:
    """The packs with other readings of contested questions than they choose themselves."""
    known = {
        (rule.contested.question, rule.contested.reading) for rule in packs.rules if rule.contested
    }
    for question, reading in chosen.items():
        if (question, reading) not in known:
            expected = ", ".join(sorted(f"{name}: {word}" for name, word in known)) or "none"
            got = f"{question}: {reading}"
            raise PolicyPackError("no such reading", where=where, expected=expected, got=got)
    if not chosen:
        return packs
    *bases, last = packs.packs
    head = last.head.model_copy(update={"readings": {**last.head.readings, **chosen}})
    return Packs((*bases, replace(last, head=head)))


def _differences(expected: Mapping[str, Json], found: JsonObject) -> Iterator[str]:
    """What was expected and is not so."""
    for name, wanted in expected.items():
        if name in ("obligations", "no_obligations"):
            yield from _obligations(name, wanted, found)
        elif name == "rules" and isinstance(wanted, dict):
            results = _results(found, "trace")
            for rule, result in wanted.items():
                if results.get(rule) != result:
                    yield f"{rule}: expected {result}, got {results.get(rule)}"
        elif name in _LISTS and isinstance(wanted, list):
            yield from _listed(name, wanted, found)
        elif found.get(name) != wanted:
            yield f"{name}: expected {wanted}, got {found.get(name)}"


def _listed(name: str, wanted: list[Json], found: JsonObject) -> Iterator[str]:
    """Names that must be in a list; an empty expectation means an empty list."""
    listed = found.get(name)
    items = listed if isinstance(listed, list) else []
    names = [item.get(_LISTS[name]) for item in items if isinstance(item, dict)]
    if not wanted and names:
        yield f"{name}: expected none, got {names}"
    for item in wanted:
        if item not in names:
            yield f"{name}: expected {item} among {names}"


def _obligations(name: str, wanted: Json, found: JsonObject) -> Iterator[str]:
    """Obligations that must be there, or must not."""
    listed = found.get("obligations")
    actual = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    for item in wanted if isinstance(wanted, list) else []:
        pattern = item if isinstance(item, dict) else {}
        is_there = any(_fits(pattern, obligation) for obligation in actual)
        if is_there != (name == "obligations"):
            says = "is missing" if name == "obligations" else "should not be there"
            yield f"obligation {pattern} {says}"


def _fits(pattern: Mapping[str, Json], obligation: Mapping[str, Json]) -> bool:
    return all(obligation.get(key) == value for key, value in pattern.items())


def _results(found: JsonObject, key: str) -> dict[str, str]:
    listed = found.get(key)
    return {
        str(item["rule"]): str(item["result"])
        for item in (listed if isinstance(listed, list) else [])
        if isinstance(item, dict) and "rule" in item and "result" in item
    }
