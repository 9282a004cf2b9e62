"""The newest releases as feeds (Atom, RFC 4287; JSON Feed 1.1), and the sitemap.

Atom is written here and not by feedgen: its 1.0.0 loses the `rel`, `type` and `length` of every link.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from api.portal.documents import Manifest
from bwc.canonical import Json, JsonObject
from bwc.clock import iso

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2
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
    SubElement(parent, name).text = NO_XML.sub("", words)


def json_feed(releases: Sequence[Manifest], *, origin: str, department: str) -> JsonObject:
    """The same as a JSON Feed (version 1.1); entries in the order given, newest first."""
    items: list[Json] = [
        {
            "id": f"urn:uuid:{release.id}",
            "url": f"{origin}/releases/{release.id}",
            "title": release.title,
            "content_text": f"{release.summary}\n\n{release.decision.sentence}",
            "date_published": iso(release.published_at),
            "tags": [release.incident.kind, release.incident.district],
            "attachments": [
                {
                    "url": f"{origin}/releases/{release.id}/video.mp4",
                    "mime_type": release.film.type,
                    "size_in_bytes": release.film.size,
                }
            ],
        }
        for release in releases
    ]
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{department}: released body-camera footage",
        "home_page_url": f"{origin}/",
        "feed_url": f"{origin}/feed.json",
        "authors": [{"name": department}],
        "items": items,
    }


def sitemap(
    releases: Sequence[tuple[str, datetime]], *, pages: Sequence[str], origin: str
) -> bytes:
    """Every page and release (sitemaps.org 0.9)."""
    whole = Element("urlset", xmlns=SITEMAP)
    for page in pages:
        _text(SubElement(whole, "url"), "loc", f"{origin}{page}")
    for name, published_at in releases:
        place = SubElement(whole, "url")
        _text(place, "loc", f"{origin}/releases/{name}")
        _text(place, "lastmod", iso(published_at))
    body: bytes = tostring(whole, encoding="utf-8", xml_declaration=True)
    return body


def sitemap_index(places: Sequence[str]) -> bytes:
    """Where the parts of a sitemap are (sitemaps.org 0.9)."""
    whole = Element("sitemapindex", xmlns=SITEMAP)
    for place in places:
        _text(SubElement(whole, "sitemap"), "loc", place)
    body: bytes = tostring(whole, encoding="utf-8", xml_declaration=True)
    return body
