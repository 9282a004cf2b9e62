"""Every route of the desk against the one table of rights, and every form against forgery."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route

from api.desk import v1
from api.desk.app import OPENAPI, PAGES, create_app
from api.desk.security import Throttle
from api.desk.visit import SAFE_METHODS, May
from bwc.access.roles import allowed_in_part
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role
from tests.desk_ids import BADGE, CASE, OTHER_BADGE, PASSWORD
from tests.desks import csrf_of, furnish, make_house, signed_in
from tests.web import serving

NOBODY = "00000000-0000-7000-8000-000000000000"
THINGS = {
    "incident_id": CASE.incident,
    "recording_id": CASE.own_recording,
    "rendering_id": CASE.rendering,
    "release_id": CASE.release,
    "job_id": CASE.running_job,
    "badge": BADGE,
    "day": "2026-03-08",
    "person": "1",
    "audience": "public",
    "kind": "acknowledgement",
    "serial": "CAM-0417",
}
# A recipient's link proves itself by its secret and a code: tests/service/test_shared.py.
SHARED = {
    "/shared/{token}",
    "/shared/{token}/video",
    "/shared/{token}/copy",
    "/shared/{token}/captions.vtt",
}
OPEN_TO_ALL = {"/healthz", "/readyz", "/sign-in", "/v1/sessions", "/calendar/{secret}.ics"} | SHARED
NEVER_ENDING = "/jobs/events"
SIGNING_OUT = {"/sign-out", "/v1/sessions/current"}

SignIn = Callable[[Role], httpx.Client]


@pytest.fixture(scope="module")
def desk(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one furnished desk."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "catalog.db").write_bytes(sqlite_template.read_bytes())
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    house = make_house(catalog, folder)
    furnish(house)
    app = create_app(house=house)
    app.state.throttle = Throttle(per_minute=1000)
    with serving(app) as address:
        yield address
    catalog.close()


@pytest.fixture(scope="module")
def sign_in(desk: str) -> Iterator[SignIn]:
    """Clients with a signed-in browser session, one per role."""
    clients: dict[Role, httpx.Client] = {}
    with ExitStack() as stack:

        def client(role: Role) -> httpx.Client:
            if role not in clients:
                clients[role] = stack.enter_context(signed_in(desk, role))
            return clients[role]

        yield client


def all_routes() -> list[tuple[str, str, APIRoute]]:
    """Method, path and route of everything that the desk's routers answer."""
    pages = [(route, "") for page in PAGES for route in page.router.routes]
    api = [(route, "/v1") for router in v1.ROUTERS for route in router.routes]
    return [
        (method, prefix + route.path, route)
        for route, prefix in pages + api
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]


def guard_of(route: APIRoute) -> May | None:
    """The one guard that stands before a route."""
    found = [need.call for need in route.dependant.dependencies if isinstance(need.call, May)]
    assert len(found) <= 1
    return next(iter(found), None)


def guarded() -> list[tuple[str, str, May]]:
    routes = ((method, path, guard_of(route)) for method, path, route in all_routes())
    return [(method, path, guard) for method, path, guard in routes if guard is not None]


def label(value: object) -> str | None:
    return value.right.name if isinstance(value, May) and value.right else None


def address(path: str, *, method: str) -> str:
    """The path with ids of things that are there for readers, and of nothing for writers."""
    values = THINGS if method in SAFE_METHODS else {}
    return re.sub(r"{(\w+)}", lambda found: values.get(found[1], NOBODY), path)


def test_every_route_is_guarded_or_on_the_short_list_of_open_ones() -> None:
    routes = [(path, guard_of(route)) for _, path, route in all_routes()]
    assert {path for path, guard in routes if guard is None} == OPEN_TO_ALL
    assert len(routes) > 50


def test_nothing_is_served_beside_the_guarded_routers(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    app = create_app(house=make_house(sqlite_catalog, tmp_path))
    other = {route.path for route in app.routes if isinstance(route, Route | Mount)}
    assert other == {OPENAPI, "/static"}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("method", "path", "guard"), guarded(), ids=label)
def test_a_role_reaches_what_its_rights_say_and_nothing_else(
    desk: str, sign_in: SignIn, role: Role, method: str, path: str, guard: May
) -> None:
    may = guard.right is None or allowed_in_part(role, guard.right)
    if path == NEVER_ENDING and may:
        return  # its answer does not end; a test of its own reads it
    with ExitStack() as stack:
        client = sign_in(role)
        if path in SIGNING_OUT:
            client = stack.enter_context(signed_in(desk, role))
        answer = client.request(method, address(path, method=method), headers=csrf_header(client))
    assert (answer.status_code == 403) == (not may), answer.text[:300]


@pytest.mark.parametrize(("method", "path", "guard"), guarded(), ids=label)
def test_nobody_gets_anywhere_without_signing_in(
    desk: str, method: str, path: str, guard: May
) -> None:
    answer = httpx.request(method, desk + address(path, method=method))
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "guard"),
    [route for route in guarded() if route[0] not in SAFE_METHODS],
    ids=label,
)
@pytest.mark.parametrize("token", [None, "", "forged"])
def test_a_form_without_its_token_is_refused(
    sign_in: SignIn, method: str, path: str, guard: May, token: str | None
) -> None:
    role = next(role for role in Role if guard.right is None or allowed_in_part(role, guard.right))
    form = {} if token is None else {"csrf": token}
    answer = sign_in(role).request(method, address(path, method=method), data=form)
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:bwc:problem:forged-form"


@pytest.mark.parametrize("token", [None, "", "forged"])
def test_the_sign_in_form_needs_its_token_too(desk: str, token: str | None) -> None:
    form = {"username": "records", "password": PASSWORD}
    form |= {} if token is None else {"csrf": token}
    with httpx.Client(base_url=desk) as stranger:
        stranger.get("/sign-in")
        answer = stranger.post("/sign-in", data=form)
    assert answer.status_code == 403


@pytest.mark.parametrize("path", [
    f"/recordings/{CASE.other_recording}",
    f"/recordings/{CASE.other_recording}/proxy",
    f"/recordings/{CASE.other_recording}/poster",
    f"/v1/recordings/{CASE.other_recording}",
    f"/coverage/officers/{OTHER_BADGE}",
    f"/v1/coverage/officers/{OTHER_BADGE}",
])  # fmt: skip
def test_an_officer_does_not_see_what_is_anothers(sign_in: SignIn, path: str) -> None:
    assert sign_in(Role.OFFICER).get(path).status_code == 403
    assert sign_in(Role.OFFICER).get(path.replace(CASE.other_recording, CASE.own_recording).replace(OTHER_BADGE, BADGE)).status_code == 200  # fmt: skip


def test_an_officers_list_holds_his_own_recordings_alone(sign_in: SignIn) -> None:
    items = sign_in(Role.OFFICER).get("/v1/recordings").json()["items"]
    assert {item["badge"] for item in items} == {BADGE}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OVERSIGHT, Role.ADMIN])
def test_no_page_of_those_who_may_not_watch_names_a_player(sign_in: SignIn, role: Role) -> None:
    pages = [f"/incidents/{CASE.incident}", f"/recordings/{CASE.own_recording}", f"/releases/{CASE.release}"]  # fmt: skip
    for page in pages:
        text = sign_in(role).get(page).text
        assert not re.search(r"<video|/proxy|/poster", text)


@pytest.mark.parametrize("role", list(Role))
def test_every_link_that_a_page_shows_is_open_to_its_reader(sign_in: SignIn, role: Role) -> None:
    client = sign_in(role)
    seen, ahead = {"/sign-out"}, {"/": "/"}
    while ahead:
        kind, page = ahead.popitem()
        seen.add(kind)
        answer = client.get(page, headers={"accept": "text/html"}, follow_redirects=True)
        assert answer.status_code == 200, f"{page} answers {answer.status_code} to {role}"
        links = re.findall(r'(?:href|poster|src)="(/[^"#]*)', answer.text)
        found = {kind_of(link): link for link in (one.replace("&amp;", "&") for one in links)}
        ahead |= {kind: found[kind] for kind in sorted(found) if kind not in seen}


def kind_of(link: str) -> str:
    """A link without its days, calendar and filters: pages that differ in these alone link alike."""
    link = re.sub(r"by=(day|week|month|quarter)", "by=", link)
    return re.sub(r"(first|last|day|kind|state)=[^&]*", r"\1=", link)


def csrf_header(client: httpx.Client) -> dict[str, str]:
    return {"x-csrf-token": csrf_of(client.get("/account").text)}
