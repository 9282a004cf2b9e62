"""File names as they arrive: labels to be kept and shown, never paths to be followed."""

import re
import unicodedata

MAX_NAME = 200
NAMELESS = "unnamed"
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def base_name(sent: str) -> str:
    r"""The last part of a name that was sent, without anything that leads elsewhere or deceives.

    Folders of either system go, and so do control characters and those that turn the direction of
    writing (`exe.4pm` shown as `mp4.exe`).

    >>> base_name("../../etc/passwd")
    'passwd'
    >>> base_name("C:\\video\\..")
    'unnamed'
    """
    plain = sent.encode("utf-8", "replace").decode()  # a name that was no UTF-8 carries surrogates
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", plain))[-1]
    kept = _UNSHOWN.sub("", last).strip()
    if not kept.strip("."):
        return NAMELESS
    return kept if len(kept) <= MAX_NAME else _shortened(kept)


def _shortened(name: str) -> str:
    """`name` cut in its stem, so that its ending stays."""
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > MAX_NAME // 10:
        return name[:MAX_NAME]
    return stem[: MAX_NAME - len(ending) - 1] + dot + ending
