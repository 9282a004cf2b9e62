"""What programs read beside `/v1`: feeds, the sitemap, the log as a table, and schema.org's words."""

import json
import re
from datetime import datetime

from fastapi import Request
from fastapi.responses import Response
from starlette.routing import BaseRoute, Route

from api.portal.answers import REVALIDATE, answer, origin
from api.portal.daybook import Daybook
from api.portal.documents import Manifest
from api.portal.facets import Query
from api.portal.feed import atom, json_feed, sitemap, sitemap_index
from api.portal.index import ReleaseIndex
from api.ranges import serve
from bwc.canonical import JsonObject
from bwc.clock import iso
from bwc.errors import NotFound

FEED_ENTRIES = 50
SITEMAP_ENTRIES = 10_000  # of one file, which may have 50,000 (sitemaps.org)
PART = re.compile(r"\d{1,5}", re.ASCII)
PAGES = (
    "/",
    "/upcoming",
    "/withheld",
    "/policy",
    "/coverage",
    "/log",
    "/verify",
    "/request",
    "/complaint",
)


def feed(request: Request) -> Response:
    """The newest releases as an Atom feed."""
    body = atom(_newest(request), origin=origin(request), department=_department(request))
    return answer(request, body, media_type="application/atom+xml; charset=utf-8")


def feed_json(request: Request) -> Response:
    """The newest releases as a JSON Feed."""
    told = json_feed(_newest(request), origin=origin(request), department=_department(request))
    return answer(request, json.dumps(told).encode(), media_type="application/feed+json")


def site_map(request: Request) -> Response:
    """Every page, for search engines; of a large record where the parts of that list are."""
    index: ReleaseIndex = request.app.state.index
    place = origin(request)
    if index.count() <= SITEMAP_ENTRIES:
        releases = index.addresses(limit=SITEMAP_ENTRIES)
        return _xml(request, sitemap(releases, pages=PAGES, origin=place))
    parts = -(-index.count() // SITEMAP_ENTRIES)
    return _xml(request, sitemap_index([f"{place}/sitemaps/{part}.xml" for part in range(parts)]))


def site_map_part(request: Request) -> Response:
    """One part of the list, the oldest releases in the first; the pages are in the first too."""
    index: ReleaseIndex = request.app.state.index
    asked = request.path_params["part"]
    part = int(asked) if PART.fullmatch(asked) else None
    releases = (
        index.addresses(first=part * SITEMAP_ENTRIES, limit=SITEMAP_ENTRIES)
        if part is not None
        else []
    )
    if not releases:
        raise NotFound("the sitemap has no such part")
    pages = PAGES if part == 0 else ()
    return _xml(request, sitemap(releases, pages=pages, origin=origin(request)))


def robots(request: Request) -> Response:
    """Everyone may read everything; the sitemap says what there is."""
    body = f"User-agent: *\nAllow: /\nSitemap: {origin(request)}/sitemap.xml\n"
    return answer(request, body.encode(), media_type="text/plain; charset=utf-8")


def log_csv(request: Request) -> Response:
    """The whole public log as a table, newest day first."""
    daybook: Daybook = request.app.state.daybook
    headers = REVALIDATE | _saved_as("public-log.csv")
    return serve(request, daybook.read().table(), headers=headers)


def table_file(request: Request, body: str, *, name: str) -> Response:
    """A table to be saved as a file."""
    response = answer(request, body.encode(), media_type="text/csv; charset=utf-8")
    response.headers.update(_saved_as(name))
    return response


def video_object(release: Manifest, *, address: str, department: str) -> JsonObject:
    """A release in schema.org's words, for search engines (schema.org/VideoObject)."""
    told: JsonObject = {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": release.title,
        "description": release.summary,
        "uploadDate": iso(release.published_at),
        "contentUrl": f"{address}/video.mp4",
        "encodingFormat": release.film.type,
        "contentSize": str(release.film.size),
        "sha256": release.film.sha256,
        "url": address,
        "isAccessibleForFree": True,
        "publisher": {"@type": "GovernmentOrganization", "name": department},
        "contentLocation": {"@type": "Place", "name": release.incident.district},
    }
    if release.video.duration_us is not None:
        told["duration"] = f"PT{release.video.duration_us / 1_000_000:.3f}S"
    if release.file("poster.jpg"):
        told["thumbnailUrl"] = f"{address}/poster.jpg"
    if release.video.width and release.video.height:
        told |= {"width": release.video.width, "height": release.video.height}
    return told


def is_unchanged(request: Request, since: datetime) -> bool:
    """Whether the reader has what was last changed then (RFC 9110, 13.1.3)."""
    from email.utils import parsedate_to_datetime

    asked = request.headers.get("if-modified-since")
    if asked is None or "if-none-match" in request.headers:
        return False
    try:
        known = parsedate_to_datetime(asked)
        return since.replace(microsecond=0) <= known
    except (ValueError, TypeError):  # no date, or one without a zone
        return False


def machine_routes() -> list[BaseRoute]:
    """Every page that programs read."""
    return [
        Route("/feed.atom", feed),
        Route("/feed.json", feed_json),
        Route("/sitemap.xml", site_map),
        Route("/sitemaps/{part}.xml", site_map_part),
        Route("/robots.txt", robots),
        Route("/log.csv", log_csv),
    ]


def _newest(request: Request) -> list[Manifest]:
    index: ReleaseIndex = request.app.state.index
    return index.after(Query(), None, limit=FEED_ENTRIES)


def _department(request: Request) -> str:
    name: str = request.app.state.settings.department.name
    return name


def _xml(request: Request, body: bytes) -> Response:
    return answer(request, body, media_type="application/xml")


def _saved_as(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}
