"""The pages that people read. Each is a GET, works without script and sets no cookie."""

import re
from email.utils import format_datetime
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api.portal.answers import REVALIDATE, answer, origin
from api.portal.bundles import BUNDLE, bundle, can_be_bundled, folder_name
from api.portal.documents import Manifest, Tombstone
from api.portal.facets import Query
from api.portal.hidden import MOST_PLACES, PublicPlan, by_code, places
from api.portal.index import ReleaseIndex
from api.portal.laws import laws_of
from api.portal.library import Library
from api.portal.machines import is_unchanged, video_object
from api.portal.shelf import Shelf
from api.portal.templating import get_pages
from api.ranges import serve
from api.transcript import transcript
from bwc.errors import NotFound

PER_PAGE = 12
HALF_TURN = 180
LOG_DAYS = 90
LONGEST_QUERY = 200
MOMENT = re.compile(r"\d{1,6}(\.\d{1,3})?", re.ASCII)


def front(request: Request) -> Response:
    """What has been released, searched and paged."""
    index: ReleaseIndex = request.app.state.index
    asked = {
        name: request.query_params.get(name, "")[:LONGEST_QUERY]
        for name in ("q", "kind", "district", "date")
    }
    query = Query(asked["q"], asked["kind"], asked["district"], asked["date"])
    found = index.find(query)
    pages = max(1, -(-len(found.rows) // PER_PAGE))
    page = _page_number(request.query_params.get("page"), pages)
    made = get_pages(request).render(
        request,
        "front.html",
        items=index.read(found.rows[(page - 1) * PER_PAGE : page * PER_PAGE]),
        found=len(found.rows),
        query=query,
        facets=found.facets,
        page=page,
        pages=pages,
        earlier=_address(asked, page - 1) if page > 1 else None,
        later=_address(asked, page + 1) if page < pages else None,
    )
    shelf: Shelf = request.app.state.shelf
    shelf.keep(request, made, version=found.version)
    return made


def release(request: Request) -> Response:
    """One release: the video, why it is public, what was checked, how to check it."""
    library: Library = request.app.state.library
    found = library.release(request.path_params["release_id"])
    pages = get_pages(request)
    if isinstance(found, Tombstone):
        return pages.render(request, "withdrawn.html", status=HTTPStatus.GONE, tombstone=found)
    plan = library.plan(found)
    decision = library.decision(found)
    address = f"{origin(request)}/releases/{found.id}"
    department: str = request.app.state.settings.department.name
    return pages.render(
        request,
        "release.html",
        release=found,
        size=_shown_size(found, plan),
        start=_second(request.query_params.get("t")),
        lines=transcript(library.captions(found)),
        hidden=by_code(plan, found.video.duration_us) if plan else [],
        places=places(plan) if plan else [],
        most_places=MOST_PLACES,
        decision=decision,
        laws=laws_of(plan, decision.hiding) if plan else {},
        certificate=library.certificate(found),
        whole_certificate=library.whole_certificate(found),
        address=address,
        has_bundle=can_be_bundled(found),
        described=video_object(found, address=address, department=department),
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
    if name == BUNDLE:
        # The settings' address alone: the file is the same under whatever name the site is reached.
        base_url = (request.app.state.settings.portal.base_url or "").rstrip("/")
        content = bundle(library, found, address=f"{base_url}/releases/{found.id}")
    elif file is not None:
        content = library.content(found, file)
    else:
        raise NotFound("this release has no such file", where=name)
    headers = REVALIDATE | {"last-modified": format_datetime(found.published_at, usegmt=True)}
    if is_unchanged(request, found.published_at):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if "download" in request.query_params:
        saved = f"{folder_name(found)}{'.zip' if name == BUNDLE else f'-{name}'}"
        headers["content-disposition"] = f'attachment; filename="{saved}"'
    return serve(request, content, headers=headers)


def policy(request: Request) -> Response:
    """The rules in force; where there is one pack alone, that pack."""
    library: Library = request.app.state.library
    return get_pages(request).render(request, "policy.html", packs=library.packs())


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
        Route("/favicon.ico", home_icon),
    ]


def _page_number(text: str | None, pages: int) -> int:
    """The page asked for, moved to the nearest that exists."""
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 1  # noqa: PLR2004
    return min(max(number, 1), pages)


def _second(text: str | None) -> str | None:
    """Where in the video to begin, as the reader's link says; anything else is the start."""
    return text if text and MOMENT.fullmatch(text) else None


def _shown_size(release: Manifest, plan: PublicPlan | None) -> tuple[int, int] | None:
    """Width and height of the picture as players show it, where they are known."""
    if not release.video.width or not release.video.height:
        return None
    lies = plan is not None and plan.original.rotation % HALF_TURN != 0
    size = release.video.width, release.video.height
    return size[::-1] if lies else size


def _address(asked: dict[str, str], page: int) -> str:
    """The list's address with the same question and another page."""
    from urllib.parse import urlencode

    return "/?" + urlencode({**{k: v for k, v in asked.items() if v}, "page": page})
