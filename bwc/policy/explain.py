"""A decision in words: one sentence for the public, and the tree of reasons below it.

Everything said comes from the decision's document; nothing is decided here.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final

from bwc.canonical import Json, JsonObject

_AUDIENCES: Final[Mapping[str, str]] = {
    "public": "the public",
    "press": "the press",
    "defence": "the defence",
    "other_agency": "another agency",
    "council_chair": "the council's committee chair",
    "next_of_kin": "the next of kin",
    "oversight": "the oversight body",
}

_SAYS: Final[Mapping[tuple[str | None, str], str]] = {
    ("MUST", "RELEASE"): "The recordings must be released to {audience}{by}",
    ("MAY", "RELEASE"): "The recordings may be released to {audience}, as {office} decides",
    ("MUST", "RELEASE_REDACTED"): "The recordings must be released to {audience} with protected "
    "parts hidden{by}",
    ("MAY", "RELEASE_REDACTED"): "The recordings may be released to {audience} with protected "
    "parts hidden, as {office} decides",
    ("MUST", "VIEW_ONLY"): "{audience} must be shown the recordings, without a copy{by}",
    ("MAY", "VIEW_ONLY"): "{audience} may be shown the recordings, without a copy, as {office} "
    "decides",
    ("MUST", "INSPECT_ON_SITE"): "{audience} must be let inspect the recordings on site{by}",
    (
        "MAY",
        "INSPECT_ON_SITE",
    ): "{audience} may inspect the recordings on site, as {office} decides",
    ("MUST", "DELAY"): "Release to {audience} waits{until}",
    ("MUST_NOT", "DELAY"): "The recordings may not be released to {audience}{until}",
    ("MAY", "WITHHOLD"): "The recordings may be withheld from {audience}, as {office} decides",
    ("MUST_NOT", "WITHHOLD"): "The recordings may not be released to {audience}",
    ("MUST_NOT", "WITHHOLD_PORTION"): "A portion of the recordings may not be released to "
    "{audience}",
    ("MUST", "WITHHOLD_PORTION"): "The recordings must be released to {audience} without the "
    "portion that is withheld{by}",
    ("MAY", "WITHHOLD_PORTION"): "The recordings may be released to {audience} without the portion "
    "that is withheld, as {office} decides",
    ("MUST_NOT", "REFER_COURT"): "The agency may not release the recordings to {audience}; a court "
    "may order it",
}

_OTHERWISE: Final[Mapping[str, str]] = {
    "NOT_A_VALID_REQUEST": "The request cannot be answered yet: it lacks {missing}",
    "REFER_HUMAN": "This is for {role} to decide{deadline}: {question}",
    "REFER_COURT": "A court decides about release to {audience}{by}",
    "NO_RULE": "No rule in force speaks of release to {audience}; nothing is released",
}


def sentence(document: Mapping[str, Json]) -> str:
    """The answer in one sentence, for the public.

    >>> sentence({"outcome": "NO_RULE", "audience": "public"})
    'No rule in force speaks of release to the public; nothing is released.'
    """
    outcome, modality = str(document.get("outcome")), document.get("modality")
    key = (modality if isinstance(modality, str) else None, outcome)
    template = _SAYS.get(key) or _OTHERWISE.get(outcome) or "The rules say {outcome}"
    text = template.format(
        audience=_audience(document),
        by=_day(" by {}", document.get("due")),
        until=_day(" until {}", document.get("until")),
        deadline=_day(" before {}", document.get("due")),
        office=_words(document.get("discretion") or "the agency"),
        missing=_list(document.get("missing")) or "what the law requires",
        question=document.get("question") or "the rules leave it open",
        role=_words(document.get("role") or "a person"),
        outcome=outcome,
    )
    late = " (this date has passed)" if document.get("overdue") is True else ""
    text = f"{text[0].upper()}{text[1:]}{late}"
    citation = _citation(document)
    return f"{text} ({citation})." if citation else f"{text}."


def tree(document: Mapping[str, Json]) -> list[str]:
    """The reasons as indented lines: rules that decide, what they demand, what is missing."""
    lines = [sentence(document), ""]
    lines += _section("Rules that apply", _fired(document))
    lines += _section("Rules that gave way", _defeated(document))
    lines += _section("What must be done", _obligations(document))
    lines += _section("What must be found out", _needs(document))
    lines += _section("Unsettled law", _contested(document))
    lines += _section("Clocks", _clocks(document))
    lines += _section("Why", _why(document))
    return lines


def _section(title: str, lines: Iterator[str]) -> list[str]:
    body = [f"  {line}" for line in lines]
    return [f"{title}:", *body, ""] if body else []


def _fired(document: Mapping[str, Json]) -> Iterator[str]:
    drafts = document.get("draft")
    for item in _items(document, "fired"):
        draft = isinstance(drafts, list) and item.get("rule") in drafts
        mark = " [draft: no lawyer has verified it]" if draft else ""
        yield f"{item.get('title')} ({item.get('citation')}; {item.get('rule')}){mark}"


def _defeated(document: Mapping[str, Json]) -> Iterator[str]:
    for item in _items(document, "defeated"):
        yield f"{item.get('rule')}: {item.get('why')} ({item.get('by')})"


def _obligations(document: Mapping[str, Json]) -> Iterator[str]:
    for item in _items(document, "obligations"):
        if item.get("kind") == "NEED_FACT":
            continue
        parts = [_words(item.get("kind") or "").lower()]
        whom = (("to ", "to"), ("", "element"), ("of ", "person"), ("$", "amount"))
        parts += [f"{word}{_words(item[key] or '')}" for word, key in whom if item.get(key)]
        parts += [f"by {item['due']}"] if item.get("due") else []
        parts += [f"({item['text']})"] if item.get("text") else []
        yield " ".join(parts)


def _needs(document: Mapping[str, Json]) -> Iterator[str]:
    for item in _items(document, "needs"):
        by = f" by {item['due']}" if item.get("due") else ""
        yield f"{_words(item.get('fact') or '')}, from {_words(item.get('role') or '')}{by}"


def _contested(document: Mapping[str, Json]) -> Iterator[str]:
    for item in _items(document, "contested"):
        for reading in _items(item, "readings"):
            mark = "chosen here" if reading.get("reading") == item.get("chosen") else "not chosen"
            yield f"{reading.get('title')} ({mark}; {reading.get('case')})"


def _clocks(document: Mapping[str, Json]) -> Iterator[str]:
    for item in _items(document, "clocks"):
        yield (
            f"{item.get('text')}: {item.get('end')} "
            f"({item.get('gross_days')} days, {item.get('net_days')} without standstills)"
        )


def _why(document: Mapping[str, Json]) -> Iterator[str]:
    for item in _items(document, "trace"):
        yield f"{item.get('rule')}: {item.get('result')}"
        why = item.get("why")
        if isinstance(why, dict):
            yield from (f"  {line}" for line in _node(why))


def _node(node: Mapping[str, Json]) -> Iterator[str]:
    found = f" (found: {node['found']})" if "found" in node else ""
    yield f"{node.get('result')}: {node.get('test')}{found}"
    for part in _items(node, "of"):
        yield from (f"  {line}" for line in _node(part))


def _items(document: Mapping[str, Json], key: str) -> Iterator[JsonObject]:
    listed = document.get(key)
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, dict):
            yield item


def _audience(document: Mapping[str, Json]) -> str:
    name = str(document.get("audience", "public"))
    return _AUDIENCES.get(name, f"the {_words(name)}")


def _citation(document: Mapping[str, Json]) -> str:
    """The citation of the rule that gave the outcome."""
    deciding = document.get("deciding")
    names = deciding if isinstance(deciding, list) else []
    for item in _items(document, "fired"):
        if item.get("rule") in names:
            return str(item.get("citation"))
    return ""


def _day(template: str, moment: Json) -> str:
    """A date as people write it, in `template`; nothing when there is none."""
    if not isinstance(moment, str):
        return ""
    try:
        day = datetime.fromisoformat(moment) if "T" in moment else date.fromisoformat(moment)
    except ValueError:
        return template.format(moment)
    return template.format(f"{day:%B} {day.day}, {day.year}")


def _words(name: Json) -> str:
    return str(name).replace("_", " ")


def _list(names: Json) -> str:
    return ", ".join(_words(name) for name in names) if isinstance(names, list) else ""
