"""No secret of a second factor lies in the clear: sealed by the house's key, drawn once as a QR code."""

import html
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from pydantic import SecretStr

from api.desk.app import create_app
from api.desk.qr import qr_svg
from bwc.access.codes import code_at, step_of
from bwc.access.sealed_secrets import KEY_FILE, house_key, open_secret, seal_secret
from bwc.catalog import schema
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Role, User
from bwc.errors import IntegrityError, InvalidInput
from bwc.house import House
from bwc.settings import Catalog as CatalogSettings
from bwc.settings import Settings
from bwc.vault.sealed import new_key
from tests.desk_ids import NOW, PASSWORD
from tests.desks import csrf_of, furnish, make_house, signed_in
from tests.web import serving

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PIXELS = 4  # of a module, in a picture that is read


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    return house


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with serving(create_app(house=house)) as desk, signed_in(desk, Role.SUPERVISOR) as client:
        yield client


def code(*, later: int = 0) -> str:
    return code_at(SECRET, step_of(NOW) + later)


def post(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    token = csrf_of(client.get("/account").text)
    return client.post(path, data={"csrf": token, **fields})


def set_up(client: httpx.Client) -> httpx.Response:
    return post(client, "/account/second-factor", secret=SECRET, code=code(), current=PASSWORD)


def kept(house: House) -> tuple[str, str | None]:
    """The supervisor's id, and the factor as his row holds it."""
    with house.catalog.read() as session:
        row = session.execute(
            sa.select(User.id, User.second_factor).where(User.username == "supervisor")
        ).one()
        return row.id, row.second_factor


def test_the_row_holds_no_secret_and_the_key_lies_beside_the_catalog(
    house: House, client: httpx.Client
) -> None:
    assert set_up(client).status_code == HTTPStatus.SEE_OTHER
    owner, sealed = kept(house)
    assert sealed is not None
    assert SECRET not in sealed
    key = house.settings.home / KEY_FILE
    assert key.stat().st_mode & 0o777 == 0o600
    assert open_secret(house_key(house.settings), sealed, owner=owner) == SECRET
    with pytest.raises(IntegrityError, match="cannot be read with the key"):
        open_secret(house_key(house.settings), sealed, owner="another account")


def test_a_lost_key_is_said_counts_no_code_and_an_administrator_helps(
    house: House, client: httpx.Client
) -> None:
    set_up(client)
    (house.settings.home / KEY_FILE).write_text(new_key())
    answer = post(client, "/code", code=code(later=1))
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert answer.json()["type"] == "urn:bwc:problem:integrity"
    assert "bwc user lose-second-factor" in answer.json()["detail"]
    with house.catalog.read() as session:
        row = session.scalars(sa.select(User).where(User.username == "supervisor")).one()
        assert row.second_factor_failed in (None, 0)
    desk = str(client.base_url)
    with signed_in(desk, Role.ADMIN) as admin:
        assert post(admin, "/users/supervisor/second-factor").status_code == HTTPStatus.SEE_OTHER
    with signed_in(desk, Role.SUPERVISOR) as again:
        assert set_up(again).status_code == HTTPStatus.SEE_OTHER
        assert post(again, "/code", code=code(later=1)).status_code == HTTPStatus.SEE_OTHER


def test_a_catalog_that_many_machines_read_needs_a_key_that_is_set(tmp_path: Path) -> None:
    elsewhere = CatalogSettings(url=SecretStr("postgresql+psycopg://catalog/bwc"))
    settings = Settings(home=tmp_path, catalog=elsewhere, _env_file=None)
    with pytest.raises(InvalidInput, match="BWC_HOUSE_KEY"):
        house_key(settings)
    key = new_key()
    assert house_key(settings.model_copy(update={"house_key": SecretStr(key)})) == key


@pytest.mark.parametrize("key", ["no base64!", "c2hvcnQ="])
def test_what_is_no_key_is_refused_by_name(key: str) -> None:
    with pytest.raises(InvalidInput, match="BWC_HOUSE_KEY"):
        seal_secret(key, SECRET, owner="u")


def test_older_rows_are_sealed_by_the_migration_and_come_back_on_the_way_down(
    catalog: Catalog,
) -> None:
    key = new_key()
    script = ScriptDirectory(str(schema.MIGRATIONS)).get_revision("0023")
    before = str(script.down_revision)
    schema.downgrade(catalog, before)
    _write_plain(catalog)
    with pytest.raises(RuntimeError, match="house's key"):
        schema.upgrade(catalog)
    schema.upgrade(catalog, house_key=lambda: key)
    sealed = _factor(catalog)
    assert SECRET not in sealed
    assert open_secret(key, sealed, owner="u") == SECRET
    schema.downgrade(catalog, before, house_key=lambda: key)
    assert _factor(catalog) == SECRET


def _write_plain(catalog: Catalog) -> None:
    row: dict[str, object] = {"id": "u", "username": "u", "name": "U", "role": "records"}
    row |= {"password_hash": "h", "active": True, "failed_logins": 0, "created_at": NOW}
    row["second_factor"] = SECRET
    users = sa.table("users", *(sa.column(name) for name in row))
    with catalog.write() as session:
        session.execute(sa.insert(users).values(**row))
        session.commit()


def _factor(catalog: Catalog) -> str:
    with catalog.read() as session:
        return str(session.scalar(sa.text("SELECT second_factor FROM users")))


def test_the_page_shows_the_secret_as_a_code_that_a_telephone_reads(client: httpx.Client) -> None:
    answer = client.get("/account/second-factor")
    secret = re.search(r'name="secret" value="(\w+)"', answer.text)
    link = re.search(r'href="(otpauth:[^"]+)"', answer.text)
    assert secret is not None
    assert link is not None
    read = read_qr(answer.text)
    assert read == html.unescape(link[1])
    assert f"secret={secret[1]}" in read
    assert "img-src 'self'" in answer.headers["content-security-policy"]
    assert "style=" not in answer.text


@pytest.mark.parametrize("length", [1, 90, 300])
def test_a_text_of_any_length_can_be_read(length: int) -> None:
    assert read_qr(str(qr_svg("x" * length, label="a text"))) == "x" * length


def read_qr(page: str) -> str:
    """What a camera reads of the QR code on a page."""
    side = re.search(r'class="qr" viewBox="0 0 (\d+) ', page)
    path = re.search(r'<path fill="#000" d="([^"]+)"', page)
    assert side is not None
    assert path is not None
    picture = np.full((int(side[1]), int(side[1])), 255, dtype=np.uint8)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)", path[1]):
        picture[int(y), int(x) : int(x) + int(length)] = 0
    large = picture.repeat(PIXELS, axis=0).repeat(PIXELS, axis=1)
    return str(cv2.QRCodeDetector().detectAndDecode(large)[0])
