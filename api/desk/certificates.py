"""A certificate's document as the lines of a page: each figure under its name, none left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from bwc.canonical import Json, JsonObject

LONGEST = 200  # characters of one value; the whole document is in the API
MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """One statement of a certificate."""

    name: str
    value: str


def summarise(document: JsonObject | None) -> list[CertificateLine]:
    """The statements of a certificate, in its own order; none where there is no certificate."""
    return [] if document is None else list(_lines("", document))


def _lines(above: str, document: JsonObject) -> Iterator[CertificateLine]:
    for key, value in document.items():
        name = f"{above} {key}".replace("_", " ").strip()
        if isinstance(value, dict):
            yield from _lines(name, value)
        else:
            yield CertificateLine(name, _words(value))


def _words(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, list):
        if not value:
            return "none"
        plain = [str(item) for item in value if not isinstance(item, dict | list)]
        if len(plain) == len(value) <= MOST_LISTED:
            return ", ".join(plain)
        return f"{len(value)} listed"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
