"""The newest releases as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from feedgen.feed import FeedGenerator

from api.portal.documents import Manifest

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # an empty feed must still say when it changed


def atom(releases: Sequence[Manifest], *, origin: str, department: str) -> bytes:
    """The feed's XML; entries in the order given, newest first."""
    feed = FeedGenerator()
    feed.id(f"{origin}/")
    feed.title(f"{department}: released body-camera footage")
    feed.author({"name": department})
    feed.link(href=f"{origin}/", rel="alternate")
    feed.link(href=f"{origin}/feed.atom", rel="self")
    feed.updated(max((release.published_at for release in releases), default=NEVER))
    for release in releases:
        entry = feed.add_entry(order="append")
        entry.id(f"urn:uuid:{release.id}")
        entry.title(release.title)
        entry.summary(f"{release.summary}\n\n{release.decision.sentence}")
        entry.published(release.published_at)
        entry.updated(release.published_at)
        entry.link(href=f"{origin}/releases/{release.id}", rel="alternate")
        entry.link(
            href=f"{origin}/releases/{release.id}/video.mp4",
            rel="enclosure",
            type=release.film.type,
            length=str(release.film.size),
        )
    body: bytes = feed.atom_str(pretty=True)
    return body
