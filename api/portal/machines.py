"""What programs read beside `/v1`: feeds, the sitemap, the log as a table, and schema.org's words."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from fastapi import Request
from fastapi.responses import Response
from starlette.routing import BaseRoute, Route

from api.portal.answers import answer, origin
from api.portal.documents import LogDay, LogEntry, Manifest
from api.portal.facets import Query
from api.portal.feed import atom, json_feed, sitemap
from api.portal.index import ReleaseIndex
from api.portal.library import Library
from bwc.canonical import JsonObject
from bwc.clock import iso

FEED_ENTRIES = 50
SITEMAP_ENTRIES = 49_000  # a sitemap may have 50,000 (sitemaps.org)
ALL_DAYS = 100_000
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
LOG_COLUMNS = (
    "at",
    "act",
    "release_id",
    "title",
    "reason",
    "manifest_sha256",
    "rule",
    "citation",
    "granted_by",
    "extensions",
    "until",
    "day",
    "chain_position",
    "chain_hash",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute a cell that starts so


def feed(request: Request) -> Response:
    """The newest releases as an Atom feed."""
    body = atom(_newest(request), origin=origin(request), department=_department(request))
    return answer(request, body, media_type="application/atom+xml; charset=utf-8")


def feed_json(request: Request) -> Response:
    """The newest releases as a JSON Feed."""
    told = json_feed(_newest(request), origin=origin(request), department=_department(request))
    return answer(request, json.dumps(told).encode(), media_type="application/feed+json")


def site_map(request: Request) -> Response:
    """Every page, for search engines."""
    index: ReleaseIndex = request.app.state.index
    releases = index.addresses(limit=SITEMAP_ENTRIES)
    body = sitemap(releases, pages=PAGES, origin=origin(request))
    return answer(request, body, media_type="application/xml")


def robots(request: Request) -> Response:
    """Everyone may read everything; the sitemap says what there is."""
    body = f"User-agent: *\nAllow: /\nSitemap: {origin(request)}/sitemap.xml\n"
    return answer(request, body.encode(), media_type="text/plain; charset=utf-8")


def log_csv(request: Request) -> Response:
    """The whole public log as a table, newest day first."""
    library: Library = request.app.state.library
    return table_file(request, log_table(library.log(days=ALL_DAYS)), name="public-log.csv")


def table_file(request: Request, body: str, *, name: str) -> Response:
    """A table to be saved as a file."""
    response = answer(request, body.encode(), media_type="text/csv; charset=utf-8")
    response.headers["content-disposition"] = f'attachment; filename="{name}"'
    return response


def log_table(days: list[LogDay]) -> str:
    """`days` as CSV (RFC 4180): a line for each act, with the chain's end of its day."""
    return csv_table(
        LOG_COLUMNS,
        (
            (
                iso(entry.at),
                entry.act,
                *_cells(entry),
                day.date,
                day.custody.position,
                day.custody.hash,
            )
            for day in days
            for entry in day.entries
        ),
    )


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows below their heading (RFC 4180); nothing is an empty cell, and no text a formula."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(columns)
    for row in rows:
        table.writerow(["" if cell is None else _plain(str(cell)) for cell in row])
    return out.getvalue()


def _cells(entry: LogEntry) -> tuple[object, ...]:
    return (
        *(entry.release_id, entry.title, entry.reason, entry.manifest_sha256),
        *(entry.rule, entry.citation, entry.granted_by, entry.extensions, entry.until),
    )


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
        Route("/robots.txt", robots),
        Route("/log.csv", log_csv),
    ]


def _newest(request: Request) -> list[Manifest]:
    index: ReleaseIndex = request.app.state.index
    return index.after(Query(), None, limit=FEED_ENTRIES)


def _department(request: Request) -> str:
    name: str = request.app.state.settings.department.name
    return name


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
