"""Player and timeline of a review: what the JSON API and the page without script say of them."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bwc.catalog.store import Catalog
from bwc.catalog.tables import Recording, Role
from bwc.clock import FixedClock
from bwc.house import House
from bwc.redaction.outline import load_outline
from tests.desk_ids import CASE
from tests.desks import SignIn, signing_in, with_csrf
from tests.numbered import UNEVEN
from tests.studios import make_studio

RECORDING = f"/v1/recordings/{CASE.own_recording}"
PAGE = f"/recordings/{CASE.own_recording}/review"
FIRST = 270_000  # the tick of the first picture


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("studio")
    (folder / "catalog.db").write_bytes(sqlite_template.read_bytes())
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    yield make_studio(catalog, folder)
    catalog.close()


@pytest.fixture(scope="module")
def sign_in(house: House) -> Iterator[SignIn]:
    with signing_in(house) as sign_in:
        yield sign_in


@pytest.fixture(scope="module")
def records(sign_in: SignIn) -> httpx.Client:
    return with_csrf(sign_in(Role.RECORDS))


def test_the_times_of_the_pictures_are_the_originals(records: httpx.Client) -> None:
    told = records.get(f"{RECORDING}/pictures").json()
    assert (told["time_base"], told["count"], told["first_pts"]) == ([1, 90_000], 61, FIRST)
    assert told["steps"][:4] == [1800, 1, 6300, 1]
    lead = (told["first_pts"] - told["origin"]) / 90_000
    assert lead == pytest.approx(0.25, abs=0.03), "sound begins before, less one AAC frame"


def test_lanes_tell_seen_from_inferred_and_held_and_how_sure(records: httpx.Client) -> None:
    told = records.get(f"{RECORDING}/timeline").json()
    lanes = {lane["name"]: lane for lane in told["lanes"]}
    assert list(lanes) == ["Person 1", "Track 1", "Track 3", "Track 2"]
    looks = [bar["look"] for bar in lanes["Track 1"]["bars"]]
    assert looks == ["held", "seen", "inferred", "seen", "held"]
    assert [lanes[name]["sureness"] for name in list(lanes)[1:]] == ["sure", "by hand", "unsure"]
    assert [bar["look"] for bar in lanes["Person 1"]["bars"]] == ["hidden"]
    assert told["fits"]
    assert [(one["first"], one["last"]) for one in told["speech"]] == [(0.5, 1.0)]
    assert [one["what"] for one in told["muted"]] == ["mute, personal-privacy"]
    near = records.get(f"{RECORDING}/timeline", params={"from": 2.9, "to": 3.1}).json()
    assert near["last"] - near["first"] == pytest.approx(1), "no window is shorter than a second"
    assert "Track 1" not in {lane["name"] for lane in near["lanes"]}


def test_a_waveform_is_asked_for_in_parts(records: httpx.Client) -> None:
    told = records.get(f"{RECORDING}/peaks", params={"from": 0, "to": 2, "columns": 8}).json()
    assert len(told["levels"]) == 8
    assert min(told["levels"]) > 30, "a tone throughout"
    assert records.get(f"{RECORDING}/peaks", params={"columns": 9999}).status_code == 422


def test_masks_of_a_stretch_carry_the_keys_around_it(records: httpx.Client) -> None:
    told = records.get(f"{RECORDING}/plan/masks", params={"from": 1.0, "to": 1.2}).json()
    assert (told["width"], told["height"], told["plan_version"]) == (256, 144, 2)
    assert [track["id"] for track in told["tracks"]] == [1, 2]
    assert len(told["tracks"][0]["keys"]) == 2
    assert told["muted"] == [[1.0, 1.5]]
    for wrong in ({"from": 3, "to": 2}, {"from": 0, "to": 900}):
        assert records.get(f"{RECORDING}/plan/masks", params=wrong).status_code == 422


def test_an_address_sends_the_player_to_the_middle_of_a_picture(records: httpx.Client) -> None:
    number = 8
    at, after = (float(UNEVEN[n]) for n in (number - 1, number))
    told = records.get(f"{RECORDING}/pictures").json()
    lead = (told["first_pts"] - told["origin"]) / 90_000
    middle = f"#t={(at + after) / 2 + lead:.6f}"
    assert middle in records.get(PAGE, params={"picture": number}).text
    assert middle in records.get(PAGE, params={"t": f"{at:.3f}"}).text
    assert 'preload="none"' in records.get(PAGE).text, "nobody looked yet"


def test_a_window_is_turned_by_links_and_its_lanes_are_in_words(records: httpx.Client) -> None:
    page = records.get(PAGE, params={"from": 0.5, "to": 2}).text
    assert "?from=0.750&amp;to=1.750#timeline" in page, "closer: a second at least"
    assert "0:00.50 to 0:02.00 of" in page
    for words in (
        "seen, inferred, held",
        "40 %",
        "by hand",
        "0:00.50 to 0:01.00",
        "personal-privacy",
    ):
        assert words in page, words


def test_two_people_who_read_one_review_are_told_of_each_other(
    sign_in: SignIn, records: httpx.Client, house: House
) -> None:
    records.get(PAGE)
    other = sign_in(Role.SUPERVISOR)
    assert "Records Person has this review open now" in other.get(PAGE).text
    told = records.post(f"{RECORDING}/review/presence").json()
    assert [(one["username"], one["is_now"]) for one in told["others"]] == [("supervisor", True)]
    assert isinstance(house.clock, FixedClock)
    house.clock.move(timedelta(minutes=5))
    assert "Supervisor Person had this review open at" in records.get(PAGE).text
    house.clock.move(timedelta(minutes=6))
    assert records.post(f"{RECORDING}/review/presence").json()["others"] == []


@contextmanager
def other_outline(house: House, sha256: str | None) -> Iterator[None]:
    """The recording with this outline for a while."""
    kept = outline_of(house)
    write_outline(house, sha256)
    yield
    write_outline(house, kept)


def outline_of(house: House) -> str | None:
    with house.catalog.read() as session:
        return session.get_one(Recording, CASE.own_recording).outline_sha256


def write_outline(house: House, sha256: str | None) -> None:
    with house.catalog.write() as session:
        session.get_one(Recording, CASE.own_recording).outline_sha256 = sha256
        session.commit()


def test_without_an_outline_the_page_says_so_and_the_rest_of_it_works(
    records: httpx.Client, house: House
) -> None:
    with other_outline(house, None):
        assert "not read yet" in records.get(PAGE).text
        assert records.get(f"{RECORDING}/pictures").status_code == 404
    with other_outline(house, "f" * 64):
        page = records.get(PAGE)
    assert page.status_code == 200
    assert "f" * 64 in page.text, "what is lost is told"


def test_a_copy_that_does_not_show_the_plans_pictures_is_told(
    records: httpx.Client, house: House
) -> None:
    warning = "does not show the very pictures"
    assert warning not in records.get(PAGE).text
    outline = load_outline(house.vault, outline_of(house))
    assert outline is not None
    shorter = outline.model_copy(update={"steps": outline.steps[:-2]})
    with other_outline(house, house.vault.put(io.BytesIO(shorter.bytes())).sha256):
        assert warning in records.get(PAGE).text


@pytest.mark.parametrize("path", ["pictures", "peaks", "timeline", "plan/masks"])
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OVERSIGHT, Role.ADMIN])
def test_who_may_not_watch_learns_nothing(sign_in: SignIn, role: Role, path: str) -> None:
    assert sign_in(role).get(f"{RECORDING}/{path}").status_code == 403
