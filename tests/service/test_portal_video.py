"""The page of one video: what is said, what is hidden and by which law, in words and as data."""

from collections.abc import Iterator

import httpx
import pytest

from api.portal.hidden import PublicPlan, by_code
from tests.pages.portals import portal_of, serving
from tests.records import CAPTIONS, PLAN, PublicRecord, make_film

pytestmark = [pytest.mark.service, pytest.mark.media]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> PublicRecord:
    folder = tmp_path_factory.mktemp("video")
    return PublicRecord(folder / "public", make_film(folder))


@pytest.fixture(scope="module")
def portal(record: PublicRecord) -> Iterator[httpx.Client]:
    with serving(portal_of(record.folder)) as url, httpx.Client(base_url=url) as client:
        yield client


def test_the_meter_counts_each_moment_once_and_each_cover_for_itself() -> None:
    phone, privacy = by_code(PublicPlan.model_validate(PLAN), 4_000_000)[::-1]
    assert (privacy.code, privacy.kinds, privacy.places) == (
        "personal-privacy",
        ["face", "head"],
        2,
    )
    assert (privacy.picture_seconds, privacy.picture_time_share) == (3.0, 0.75)
    assert privacy.picture_share == pytest.approx(160 * 180 * 4 / (640 * 360 * 4))
    assert (phone.code, phone.sound_seconds, phone.sound_share) == ("phone-number", 1.0, 0.25)


def test_a_cover_that_grows_is_measured_exactly() -> None:
    keys = [[0, 0, 0, 0, 0], [4000, 0, 0, 640, 360]]
    track = {"kind": "face", "exemption": "x", "keys": keys}
    plan = PublicPlan.model_validate(PLAN | {"tracks": [track], "sound": []})
    assert by_code(plan, 4_000_000)[0].picture_share == pytest.approx(1 / 3)


def test_the_page_says_what_is_hidden_how_much_and_by_which_law(
    portal: httpx.Client, record: PublicRecord
) -> None:
    page = portal.get(f"/releases/{record.publish()}").text
    for part in (
        "How much is hidden, by reason",
        "0:03 (75.0 %)",
        "12.5 %",
        "Phone number",
        "C.R.S. §\N{NO-BREAK SPACE}24-31-902(2)(b)(II)",
        "Every hidden place, in order",
    ):
        assert part in page, part


def test_the_same_is_there_for_machines(portal: httpx.Client, record: PublicRecord) -> None:
    name = record.publish()
    told = portal.get(f"/v1/releases/{name}").json()
    assert [row["code"] for row in told["hidden"]] == ["personal-privacy", "phone-number"]
    assert portal.get(f"/releases/{name}/plan.json").json() == PLAN


def test_a_line_of_the_transcript_is_a_link_to_its_moment(
    portal: httpx.Client, record: PublicRecord
) -> None:
    name = record.publish(captions=CAPTIONS + b"\n00:01:02.500 --> 00:01:04.000\n<v Ann>Why?\n")
    page = portal.get(f"/releases/{name}").text
    assert 'href="?t=62.5#player"' in page
    assert "Ann: Why?" in page
    assert "/video.mp4#t=62.5" in portal.get(f"/releases/{name}?t=62.5").text
    assert "#t=" not in portal.get(f"/releases/{name}?t=1%22onload").text


def test_an_older_release_without_a_plan_is_shown_without_a_meter(
    portal: httpx.Client, record: PublicRecord
) -> None:
    name = record.publish(without=("plan.json",))
    page = portal.get(f"/releases/{name}")
    assert page.status_code == 200
    assert "by reason" not in page.text
    assert portal.get(f"/v1/releases/{name}").json()["hidden"] == []
