"""The newest releases as an Atom feed (RFC 4287).

Written here and not by feedgen: its 1.0.0 loses the `rel`, `type` and `length` of every link.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from api.portal.documents import Manifest
from bwc.clock import iso

ATOM = "http://www.w3.org/2005/Atom"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # an empty feed must still say when it changed


def atom(releases: Sequence[Manifest], *, origin: str, department: str) -> bytes:
    """The feed's XML; entries in the order given, newest first."""
    feed = Element("feed", xmlns=ATOM)
    _text(feed, "id", f"{origin}/")
    _text(feed, "title", f"{department}: released body-camera footage")
    _text(feed, "updated", iso(max((r.published_at for r in releases), default=NEVER)))
    _text(SubElement(feed, "author"), "name", department)
    SubElement(feed, "link", rel="alternate", type="text/html", href=f"{origin}/")
    SubElement(feed, "link", rel="self", type="application/atom+xml", href=f"{origin}/feed.atom")
    for release in releases:
        _entry(feed, release, origin=origin)
    body: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _entry(feed: Element, release: Manifest, *, origin: str) -> None:
    """One release, its film enclosed."""
    place = f"{origin}/releases/{release.id}"
    entry = SubElement(feed, "entry")
    _text(entry, "id", f"urn:uuid:{release.id}")
    _text(entry, "title", release.title)
    _text(entry, "published", iso(release.published_at))
    _text(entry, "updated", iso(release.published_at))
    _text(entry, "summary", f"{release.summary}\n\n{release.decision.sentence}")
    SubElement(entry, "link", rel="alternate", type="text/html", href=place)
    SubElement(
        entry,
        "link",
        rel="enclosure",
        type=release.film.type,
        length=str(release.film.size),
        href=f"{place}/video.mp4",
    )


def _text(parent: Element, name: str, words: str) -> None:
    """An element of words; characters that XML cannot carry are left out."""
    said = "".join(c for c in words if c in "\n\t" or ord(c) >= ord(" "))
    SubElement(parent, name).text = said
