"""The pages that people read. Each is a GET, works without script and sets no cookie."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api.portal.answers import REVALIDATE, answer, origin
from api.portal.documents import Manifest, Tombstone
from api.portal.feed import atom
from api.portal.index import Query, ReleaseIndex
from api.portal.library import Library
from api.portal.templating import get_pages
from api.ranges import serve
from bwc.errors import NotFound

PER_PAGE = 12
FEED_ENTRIES = 50
LOG_DAYS = 90
LONGEST_QUERY = 200


def front(request: Request) -> Response:
    """What has been released, searched and paged."""
    index: ReleaseIndex = request.app.state.index
    asked = {
        name: request.query_params.get(name, "")[:LONGEST_QUERY]
        for name in ("q", "kind", "district")
    }
    query = Query(asked["q"], asked["kind"], asked["district"])
    found = index.count(query)
    pages = max(1, -(-found // PER_PAGE))
    page = _page_number(request.query_params.get("page"), pages)
    return get_pages(request).render(
        request,
        "front.html",
        items=index.page(query, offset=(page - 1) * PER_PAGE, limit=PER_PAGE),
        found=found,
        query=query,
        facets=index.facets(),
        page=page,
        pages=pages,
        earlier=_address(asked, page - 1) if page > 1 else None,
        later=_address(asked, page + 1) if page < pages else None,
    )


def release(request: Request) -> Response:
    """One release: the video, why it is public, what was checked, how to check it."""
    library: Library = request.app.state.library
    found = library.release(request.path_params["release_id"])
    pages = get_pages(request)
    if isinstance(found, Tombstone):
        return pages.render(request, "withdrawn.html", status=HTTPStatus.GONE, tombstone=found)
    return pages.render(
        request,
        "release.html",
        release=found,
        decision=library.decision(found),
        certificate=library.certificate(found),
        whole_certificate=library.whole_certificate(found),
        address=f"{origin(request)}/releases/{found.id}",
    )


def release_file(request: Request) -> Response:
    """A file of a bundle, whole or by range."""
    library: Library = request.app.state.library
    name = request.path_params["name"]
    found = library.release(request.path_params["release_id"])
    if isinstance(found, Tombstone):
        return get_pages(request).render(
            request, "withdrawn.html", status=HTTPStatus.GONE, tombstone=found
        )
    if name == "manifest.json":
        return answer(request, library.manifest_bytes(found), media_type="application/json")
    file = found.file(name)
    if file is None:
        raise NotFound("this release has no such file", where=name)
    headers = dict(REVALIDATE)
    if "download" in request.query_params:
        headers["content-disposition"] = f'attachment; filename="{_saved_name(found, name)}"'
    return serve(request, library.content(found, file), headers=headers)


def policy(request: Request) -> Response:
    """The rules in force; where there is one pack alone, that pack."""
    library: Library = request.app.state.library
    index = library.policies()
    return get_pages(request).render(
        request, "policy.html", packs=[library.policy(pack.id) for pack in index.packs]
    )


def record_log(request: Request) -> Response:
    """What was published and withdrawn, day by day."""
    library: Library = request.app.state.library
    return get_pages(request).render(request, "log.html", days=library.log(days=LOG_DAYS))


def upcoming(request: Request) -> Response:
    """Cases on the clock."""
    library: Library = request.app.state.library
    return get_pages(request).render(request, "upcoming.html", cases=library.upcoming().cases)


def verify(request: Request) -> Response:
    """How anyone can check what the department published."""
    return get_pages(request).render(request, "verify.html")


def feed(request: Request) -> Response:
    """The newest releases as an Atom feed."""
    index: ReleaseIndex = request.app.state.index
    newest = index.page(Query(), offset=0, limit=FEED_ENTRIES)
    body = atom(
        newest, origin=origin(request), department=request.app.state.settings.department.name
    )
    return answer(request, body, media_type="application/atom+xml; charset=utf-8")


def home_icon(_request: Request) -> Response:
    """Browsers ask for this by themselves."""
    return RedirectResponse("/static/seal.svg", HTTPStatus.MOVED_PERMANENTLY)


def page_routes() -> list[BaseRoute]:
    """Every page; each answers HEAD as it answers GET."""
    return [
        Route("/", front),
        Route("/releases/{release_id}", release),
        Route("/releases/{release_id}/{name}", release_file),
        Route("/policy", policy),
        Route("/log", record_log),
        Route("/upcoming", upcoming),
        Route("/verify", verify),
        Route("/feed.atom", feed),
        Route("/favicon.ico", home_icon),
    ]


def _page_number(text: str | None, pages: int) -> int:
    """The page asked for, moved to the nearest that exists."""
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 1  # noqa: PLR2004
    return min(max(number, 1), pages)


def _address(asked: dict[str, str], page: int) -> str:
    """The list's address with the same question and another page."""
    from urllib.parse import urlencode

    return "/?" + urlencode({**{k: v for k, v in asked.items() if v}, "page": page})


def _saved_name(manifest: Manifest, name: str) -> str:
    """A file name that says what it is and nothing of where it came from."""
    return f"release-{manifest.incident.date}-{manifest.id[-12:]}-{name}"
