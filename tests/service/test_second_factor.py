"""The second factor stands before approving, withdrawing and administering, and a code counts once."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.desk.app import create_app
from bwc.access.codes import code_at, step_of
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Role
from bwc.house import House
from bwc.settings import Desk
from tests.desk_ids import CASE, NOW, PASSWORD
from tests.desks import SignIn, csrf_of, furnish, make_house, signed_in, signing_in
from tests.web import serving

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238's own examples
WITHDRAW = f"/releases/{CASE.release}/withdraw"


def code(*, later: int = 0) -> str:
    return code_at(SECRET, step_of(NOW) + later)


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    return house


@pytest.fixture
def sign_in(house: House) -> Iterator[SignIn]:
    with signing_in(house) as sign_in:
        yield sign_in


def post(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    token = csrf_of(client.get("/account").text)
    headers = {"accept": "text/html", "referer": f"{client.base_url}/releases/{CASE.release}"}
    return client.post(path, data={"csrf": token, **fields}, headers=headers)


def set_up(client: httpx.Client, **changes: str) -> httpx.Response:
    fields = {"secret": SECRET, "code": code(), "current": PASSWORD, **changes}
    return post(client, "/account/second-factor", **fields)


def test_the_codes_are_those_of_rfc_6238() -> None:
    examples = {59: "287082", 1_111_111_109: "081804", 2_000_000_000: "279037"}
    assert {second: code_at(SECRET, second // 30) for second in examples} == examples


def test_who_has_one_gives_its_code_before_he_withdraws(sign_in: SignIn) -> None:
    client = sign_in(Role.SUPERVISOR)
    assert set_up(client).status_code == 303
    refused = post(client, WITHDRAW, reason="a face is seen")
    assert refused.headers["location"] == f"/code?next=/releases/{CASE.release}"
    issuing = post(client, f"/releases/{CASE.release}/links", days="7")
    assert issuing.headers["location"].startswith("/code?")
    program = client.post(
        f"/v1{WITHDRAW}",
        json={"reason": "a face is seen"},
        headers={"x-csrf-token": csrf_of(client.get("/account").text)},
    )
    assert (program.status_code, program.json()["type"]) == (403, "urn:bwc:problem:second-factor")
    assert post(client, "/code", code=code()).status_code == 403, "that code was used"
    taken = post(client, "/code", code=code(later=1), target=f"/releases/{CASE.release}")
    assert taken.headers["location"] == f"/releases/{CASE.release}?note=code_taken"
    done = post(client, WITHDRAW, reason="a face is seen")
    assert "note=release_withdrawn" in done.headers["location"]


@pytest.mark.parametrize(
    "changes", [{"code": "000000"}, {"current": "wrong"}, {"secret": "SHORT"}], ids=str
)
def test_it_is_set_up_by_its_own_code_and_the_password(
    sign_in: SignIn, changes: dict[str, str]
) -> None:
    client = sign_in(Role.RECORDS)
    assert set_up(client, **changes).status_code == 422
    assert "None yet" in client.get("/account").text


def test_wrong_codes_lock_the_account_and_end_its_sessions(sign_in: SignIn) -> None:
    client = sign_in(Role.SUPERVISOR)
    set_up(client)
    for number in range(5):
        if number == 3:
            sign_in(Role.SUPERVISOR)  # the right password forgets no wrong code
        token = csrf_of(client.get("/account").text)
        client.post("/code", data={"csrf": token, "code": "000000"})
    assert client.get("/v1/jobs").status_code == 401
    page = client.get("/sign-in")
    form = {"username": "supervisor", "password": PASSWORD, "csrf": csrf_of(page.text)}
    assert client.post("/sign-in", data=form).status_code == 403


def test_an_administrator_takes_a_lost_one_away(sign_in: SignIn) -> None:
    client, admin = sign_in(Role.SUPERVISOR), sign_in(Role.ADMIN)
    set_up(client)
    assert set_up(client).status_code == 409, "it is not replaced by whoever sits there"
    assert "second factor" in admin.get("/users").text
    assert post(admin, "/users/supervisor/second-factor").status_code == 303
    assert client.get("/v1/jobs").status_code == 401, "his sessions ended"


def test_where_the_department_demands_it_nobody_acts_without_one(house: House) -> None:
    demanding = house.settings.model_copy(update={"desk": Desk(second_factor=True)})
    strict = House(
        settings=demanding,
        catalog=house.catalog,
        vault=house.vault,
        public=house.public,
        clock=house.clock,
    )
    with serving(create_app(house=strict)) as desk, signed_in(desk, Role.ADMIN) as client:
        refused = post(client, "/users/records/deactivate")
        assert refused.headers["location"].startswith("/code")
        to = client.get("/code", headers={"accept": "text/html"})
        assert to.headers["location"] == "/account/second-factor"
        assert client.get("/account/second-factor").status_code == 200
