"""Facts as people read and type them: what a fact is called, and registers without JSON.

A register is written one entry after another, parted by semicolons: `persons` by their roles
(`subject; bystander, minor`), `segments` by where and what (`video: face, plate; audio: voice`).
What is shown so can be typed so. Entries that say more are shown and typed as JSON.
"""

from api.desk.forms import parse_value
from api.desk.wording import plain, words
from bwc.canonical import Json
from bwc.policy.vocabulary import FACTS

EXAMPLES = {
    "persons": "subject; bystander, minor",
    "segments": "video: face, plate; audio: voice",
}


def about(name: str) -> str:
    """What a fact says, in the vocabulary's own words; else its name.

    >>> about("persons"), about("house_rule")
    ('People on the recording', 'house rule')
    """
    return FACTS[name].about if name in FACTS else words(name)


def shown(value: Json, name: str) -> str:
    """A fact's value as people read it.

    >>> shown([{"role": "subject"}, {"role": ["bystander", "minor"]}], "persons")
    'subject; bystander, minor'
    >>> shown([{"track": "video", "elements": ["face"]}], "segments")
    'video: face'
    >>> shown([{"role": "subject", "deceased": True}], "persons")
    '[{"role": "subject", "deceased": true}]'
    """
    if name in EXAMPLES and isinstance(value, list) and value:
        entries = [_entry(one, name) for one in value]
        if all(entries):
            return "; ".join(entries)
    return plain(value)


def typed(text: str, name: str) -> Json:
    """A fact's value as it was typed.

    >>> typed("subject; bystander, minor", "persons")
    [{'role': ['subject']}, {'role': ['bystander', 'minor']}]
    >>> typed("video: face", "segments"), typed("unknown", "segments"), typed("yes", "arrest_made")
    ([{'track': ['video'], 'elements': ['face']}], 'unknown', True)
    """
    value = parse_value(text)
    if name not in EXAMPLES or not isinstance(value, str) or value == "unknown":
        return value
    return [_read(one, name) for one in value.split(";") if one.strip()]


def _entry(one: Json, name: str) -> str:
    """One entry of a register in a line; nothing where it says more than a line holds."""
    if not isinstance(one, dict):
        return ""
    if name == "persons":
        return _list(one["role"]) if set(one) == {"role"} else ""
    if set(one) != {"track", "elements"}:
        return ""
    return f"{_list(one['track'])}: {_list(one['elements'])}"


def _read(one: str, name: str) -> Json:
    if name == "persons":
        return {"role": _names(one)}
    track, _, elements = one.partition(":")
    return {"track": _names(track), "elements": _names(elements)}


def _names(text: str) -> list[Json]:
    """Words of the vocabulary as people type them: spaces for underscores."""
    return ["_".join(part.split()).lower() for part in text.split(",") if part.strip()]


def _list(value: Json) -> str:
    names = value if isinstance(value, list) else [value]
    return ", ".join(words(name) for name in names)
