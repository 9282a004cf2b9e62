"""A decision's document as a page explains it: the answer in a sentence, the rules, the gaps."""

from collections.abc import Iterator
from dataclasses import dataclass

from bwc.canonical import Json, JsonObject

MODALITIES = {
    "MUST": "must",
    "MAY": "may",
    "MUST_NOT": "must not",
}
DEEDS = {
    "RELEASE": "be released",
    "RELEASE_REDACTED": "be released with redactions",
    "WITHHOLD": "be withheld",
    "NO_RULE": "no rule speaks of this: nothing is published",
    "NEED_FACT": "a fact is missing: nothing is published",
    "REFER": "a person must decide: nothing is published",
}


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule that spoke: its name, what it is called in plain words, and its source."""

    id: str
    title: str
    citation: str
    url: str | None
    draft: bool


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One fact that the rules ask for."""

    fact: str
    role: str
    due: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a decision is what it is."""

    sentence: str
    fired: list[RuleLine]
    defeated: list[RuleLine]
    needs: list[NeedLine]
    discretion: str | None
    until: str | None
    packs: list[str]


def explain(document: JsonObject) -> Explanation:
    """What a decision's document says, for a page."""
    drafts = set(_names(document.get("draft")))
    return Explanation(
        sentence=_sentence(document),
        fired=[_rule(item, drafts) for item in _items(document.get("fired"))],
        defeated=[_rule(item, drafts) for item in _items(document.get("defeated"))],
        needs=[
            NeedLine(_text(need, "fact"), _text(need, "role"), _text(need, "due"))
            for need in _items(document.get("needs"))
        ],
        discretion=_optional(document.get("discretion")),
        until=_optional(document.get("until")),
        packs=[
            f"{_text(pack, 'id')} {_text(pack, 'version')}".strip()
            for pack in _items(document.get("packs"))
        ],
    )


def _sentence(document: JsonObject) -> str:
    modality = MODALITIES.get(str(document.get("modality")))
    outcome = str(document.get("outcome"))
    deed = DEEDS.get(outcome, outcome.replace("_", " ").lower())
    audience = str(document.get("audience", "public")).replace("_", " ")
    whom = "to the public" if audience == "public" else f"for: {audience}"
    if modality is None:
        return f"Decided {whom}: {deed}."
    return f"The recordings {modality} {deed}, {whom}."


def _rule(item: Json, drafts: set[str]) -> RuleLine:
    name = _text(item, "id") or _text(item, "rule") or str(item)
    url = _text(item, "url")
    return RuleLine(
        id=name,
        title=_text(item, "title"),
        citation=_text(item, "citation") or _text(item, "reference"),
        url=url if url.startswith("https://") else None,
        draft=name in drafts,
    )


def _items(value: Json) -> Iterator[Json]:
    return iter(value if isinstance(value, list) else [])


def _names(value: Json) -> Iterator[str]:
    return (_text(item, "id") or str(item) for item in _items(value))


def _text(item: Json, name: str) -> str:
    found = item.get(name) if isinstance(item, dict) else None
    return "" if found is None or isinstance(found, dict | list) else str(found)


def _optional(value: Json) -> str | None:
    return None if value in (None, "") else str(value).replace("_", " ")
