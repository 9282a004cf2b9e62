"""A decision in one sentence, for the public; the reasons below it are those of `reasons.py`.

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
        by=written_day(" by {}", document.get("due")),
        until=written_day(" until {}", document.get("until")),
        deadline=written_day(" before {}", document.get("due")),
        office=plain(document.get("discretion") or "the agency"),
        missing=_list(document.get("missing")) or "what the law requires",
        question=document.get("question") or "the rules leave it open",
        role=plain(document.get("role") or "a person"),
        outcome=outcome,
    )
    late = " (this date has passed)" if document.get("overdue") is True else ""
    text = f"{text[0].upper()}{text[1:]}{late}"
    citation = _citation(document)
    return f"{text} ({citation})." if citation else f"{text}."


def _audience(document: Mapping[str, Json]) -> str:
    name = str(document.get("audience", "public"))
    return _AUDIENCES.get(name, f"the {plain(name)}")


def _citation(document: Mapping[str, Json]) -> str:
    """The citation of the rule that gave the outcome."""
    deciding = document.get("deciding")
    names = deciding if isinstance(deciding, list) else []
    for item in items(document, "fired"):
        if item.get("rule") in names:
            return str(item.get("citation"))
    return ""


def written_day(template: str, moment: Json) -> str:
    """A date as people write it, in `template`; nothing when there is none."""
    if not isinstance(moment, str):
        return ""
    try:
        day = datetime.fromisoformat(moment) if "T" in moment else date.fromisoformat(moment)
    except ValueError:
        return template.format(moment)
    return template.format(f"{day:%B} {day.day}, {day.year}")


def items(document: Mapping[str, Json], key: str) -> Iterator[JsonObject]:
    """The mappings in a list of a document."""
    listed = document.get(key)
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, dict):
            yield item


def plain(name: Json) -> str:
    """A name of the vocabulary as words."""
    return str(name).replace("_", " ")


def _list(names: Json) -> str:
    return ", ".join(plain(name) for name in names) if isinstance(names, list) else ""
