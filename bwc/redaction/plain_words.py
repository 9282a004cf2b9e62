"""A certificate in words that need no knowledge of video or of programs.

It says what was done, what is proven, and what is only likely, in that order. It is made from the
document alone, so that anyone who holds the JSON gets the same text.
"""

import textwrap
from collections.abc import Iterator

from bwc.canonical import Json, JsonObject

WIDTH = 88
SAID = {
    "container": "The file is complete, and nothing is tucked away between its parts.",
    "streams": "It holds one moving picture, at most one sound track, and nothing else.",
    "metadata": "It carries no place, date, serial number, caption or other hidden note.",
    "look": "Its size, orientation and colours are those of the recording.",
    "frames": "Every picture of the recording is there once, at its own moment: none left out, "
    "none added.",
    "fill": "Everything that was to be covered is covered, on every single picture.",
    "outside": "Beside what is covered, the picture is the one that was recorded.",
    "copied": "What was taken over from the recording untouched is its own to the last bit, and "
    "nothing is hidden between the pictures or the sound.",
    "sound": "The sound is the one that was recorded, in time with the picture.",
    "silence": "Wherever words were to be removed, nothing of them can be heard.",
    "ledger": "No picture went by without being searched for people, or lies so closely between "
    "two that were searched that nobody could have come and gone.",
    "faces": "A second program, which had no part in the work, found no face left uncovered.",
}
ASKED = {
    "head": "heads that show no face",
    "text": "text",
    "nudity": "exposed bodies",
    "frame": "the whole picture",
}  # others by name, with an s
RESULTS = {"passed": "yes", "failed": "NO", "not checked": "not checked"}


def in_plain_words(document: JsonObject) -> str:
    """The certificate `document`, full or public, as a text of lines of at most `WIDTH`."""
    parts = [_head(document), _proven(document), _likely(document), _findings(document)]
    parts.append(_identity(document))
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(document: JsonObject) -> str:
    """The verdict and the size of the work."""
    passed = document.get("verdict") == "passed"
    verdict = (
        "This video was checked after it was redacted, and it passed."
        if passed
        else "This video was checked after it was redacted, and it FAILED. It must not be released."
    )
    share = _number(document, "hidden_share")
    what = (
        f"All {_whole(document, 'frames')} pictures of the finished file were opened again and "
        f"compared with the recording and with the list of what was to be hidden. On average "
        f"{share:.1%} of a picture is covered; {_whole(document, 'regions_checked')} covered spots "
        f"were checked one by one."
    )
    lost = _number(document, "packets_not_decoded")
    if lost:
        what += f" In {lost:.0f} places the recording itself is damaged and shows no picture."
    if document.get("plan_origin") == "given":
        what += " The list was not made in the same run: it was handed in."
    what += _rendered(document.get("render"))
    asked = ", ".join(ASKED.get(str(kind), f"{kind}s") for kind in _list(document, "asked_to_hide"))
    if asked:
        what = f"The program was asked to hide {asked}. {what}"
    return _wrapped("CERTIFICATE OF REDACTION") + "\n\n" + _wrapped(f"{verdict} {what}")


def _rendered(render: Json) -> str:
    """How much was taken over untouched, or why nothing was."""
    if not isinstance(render, dict):
        return ""
    said = (
        f" The whole picture was coded anew, since {render['reason']}."
        if "reason" in render
        else f" {_whole(render, 'frames_copied')} pictures on which nothing is covered were copied as they are."
    )
    return said + _sounding(render.get("sound"))


def _sounding(sound: Json) -> str:
    """How much of the sound was taken over untouched, or why nothing was."""
    if not isinstance(sound, dict):
        return ""
    if "reason" in sound:
        return f" The sound was coded anew, since {sound['reason']}."
    silent = _whole(sound, "packets_silent")
    return (
        f" The sound was copied as it is, in {_whole(sound, 'packets_copied')} packets, and {silent} "
        "packets were put in as silence."
    )


def _proven(document: JsonObject) -> str:
    """The exact checks."""
    lines = ["What was proven, on every picture and every moment of sound:"]
    lines += list(_checks(document, is_proof=True))
    return "\n".join(lines)


def _likely(document: JsonObject) -> str:
    """The independent look, and what it is worth."""
    look = document.get("independent_look")
    if not isinstance(look, dict):
        return ""
    said = look.get("limits")
    if not _number(look, "frames"):
        return _wrapped(f"What was not checked: {said}.") if isinstance(said, str) else ""
    share = _number(look, "share_of_frames")
    every = _number(look, "every_seconds")
    text = (
        f"This second look is strong evidence and not proof. It took {_whole(look, 'frames')} "
        f"pictures ({share:.0%}): one every {every:g} seconds, and always those on which somebody "
        f"begins or ceases to be covered. A face that no program recognises could still be there."
    )
    if isinstance(said, str) and said:
        text += f" {said[0].upper()}{said[1:]}."
    lines = ["What is very likely:", *_checks(document, is_proof=False)]
    return "\n".join(lines) + "\n" + _wrapped(text, indent="  ")


def _checks(document: JsonObject, *, is_proof: bool) -> Iterator[str]:
    """A line for each check of that sort."""
    checks = document.get("checks")
    for check in checks if isinstance(checks, list) else []:
        if isinstance(check, dict) and check.get("is_proof") is is_proof:
            name, result = str(check.get("name")), str(check.get("result"))
            words = SAID.get(name, str(check.get("meaning")))
            answer = RESULTS.get(result, result)
            yield _wrapped(f"{words} [{answer}]", first="  - ", indent="    ")


def _findings(document: JsonObject) -> str:
    """What a full certificate lists, and its notes."""
    lines = [_sentence(entry) for entry in _list(document, "findings")]
    notes = [str(note) for note in _list(document, "notes")]
    parts = []
    if lines:
        parts.append("\n".join(["What was found:", *(_item(line) for line in lines)]))
    if notes:
        parts.append("\n".join(["To know of the recording:", *(_item(note) for note in notes)]))
    return "\n\n".join(parts)


def _sentence(entry: Json) -> str:
    """One finding."""
    if not isinstance(entry, dict):
        return str(entry)
    at = f" (at {entry['pts']})" if "pts" in entry else ""
    return f"{entry.get('check')}: {entry.get('what')}{at}"


def _identity(document: JsonObject) -> str:
    """How to tell that the file at hand is the one that is meant."""
    text = (
        "This certificate speaks of one file only, whose fingerprint (SHA-256) is below. Any "
        "change to the file, however small, gives another fingerprint."
    )
    lines = [
        _wrapped(text),
        f"  released file   {document.get('redacted_sha256')}",
        f"  the recording   {document.get('original_sha256')}",
        f"  checked by      {document.get('made_by')}",
    ]
    return "\n".join(lines)


def _item(text: str) -> str:
    """A line of a list."""
    return _wrapped(text, first="  - ", indent="    ")


def _wrapped(text: str, *, first: str | None = None, indent: str = "") -> str:
    """`text` in lines of at most `WIDTH`."""
    start = indent if first is None else first
    return textwrap.fill(text, WIDTH, initial_indent=start, subsequent_indent=indent)


def _list(document: JsonObject, name: str) -> list[Json]:
    """A list of the document, or none."""
    value = document.get(name)
    return value if isinstance(value, list) else []


def _number(document: JsonObject, name: str) -> float:
    """A number of the document, 0 where it has none."""
    value = document.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _whole(document: JsonObject, name: str) -> str:
    """A count with thousands apart."""
    return f"{_number(document, name):,.0f}"
