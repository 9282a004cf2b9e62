"""The portal over a real public store, asked over HTTP as browsers, players and machines ask."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from xml.etree.ElementTree import fromstring

import httpx
import imageio_ffmpeg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bwc.ids import new_id
from tests.pages.portals import portal_of, refreshed, serving
from tests.records import CAPTIONS, Film, PublicRecord, make_film

pytestmark = [pytest.mark.service, pytest.mark.media]

ROOT = Path(__file__).parents[2]
PAGES = (
    *("/", "/upcoming", "/withheld", "/policy", "/coverage", "/log", "/verify"),
    *("/feed.atom", "/coverage.csv", "/v1/releases", "/v1/coverage"),
)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    return make_film(tmp_path_factory.mktemp("film"))


@pytest.fixture
def record(tmp_path: Path, film: Film) -> PublicRecord:
    return PublicRecord(tmp_path / "public", film)


@pytest.fixture
def portal(record: PublicRecord) -> Iterator[httpx.Client]:
    """A client of a portal that listens on a port."""
    with serving(portal_of(record.folder)) as url, httpx.Client(base_url=url) as client:
        yield client


def test_an_empty_record_is_a_page_that_says_so(portal: httpx.Client) -> None:
    page = portal.get("/")
    assert page.status_code == 200
    assert "No footage has been released yet" in page.text
    for path in PAGES:
        assert portal.get(path).status_code == 200, path


def test_the_list_for_machines_has_the_agreed_shape(
    portal: httpx.Client, record: PublicRecord
) -> None:
    name = record.publish()
    answer = portal.get("/v1/releases").json()
    assert answer["next"] is None
    (item,) = answer["items"]
    assert set(item) == {"id", "title", "published_at", "video", "certificate_url"}
    assert item["id"] == name
    video = portal.get(item["video"]["url"])
    assert hashlib.sha256(video.content).hexdigest() == item["video"]["sha256"]
    assert portal.get(item["certificate_url"]).json()["verdict"] == "passed"


def test_the_list_goes_on_where_the_cursor_says(portal: httpx.Client, record: PublicRecord) -> None:
    names = record.publish_many(7)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = portal.get("/v1/releases", params=query).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == names[::-1]


@pytest.mark.parametrize("query", ["limit=201", "limit=0", "cursor=nonsense", "limit=x"])
def test_a_wrong_question_is_a_problem_with_its_reason(portal: httpx.Client, query: str) -> None:
    answer = portal.get(f"/v1/releases?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:bwc:problem:invalid-input"


def test_the_video_page_shows_rule_certificate_hashes_and_tree(
    portal: httpx.Client, record: PublicRecord
) -> None:
    name = record.publish(captions=CAPTIONS)
    page = portal.get(f"/releases/{name}").text
    for part in (
        "The department must release this recording",
        "C.R.S. §\N{NO-BREAK SPACE}24-31-902(2)(a)",
        "some complaint alleges misconduct",
        "an independent detector finds no face",
        "12,050",
        "2.1 %",
        hashlib.sha256(record.film.video).hexdigest(),
        '<track kind="captions"',
        "draft: not yet verified by a lawyer",
    ):
        assert part in page, part


def test_a_bundle_without_its_manifest_is_not_there(
    portal: httpx.Client, record: PublicRecord
) -> None:
    name = record.publish()
    assert portal.get(f"/releases/{name}").status_code == 200
    record.store.remove(f"releases/{name}/manifest.json")
    record.mark(name)
    refreshed(portal, "/", "No footage has been released yet")
    for path in ("", "/video.mp4", "/poster.jpg", "/decision.json", "/manifest.json"):
        assert portal.get(f"/releases/{name}{path}").status_code == 404


def test_a_withdrawn_release_is_gone_and_says_why(
    portal: httpx.Client, record: PublicRecord
) -> None:
    name = record.publish()
    record.withdraw(name)
    page = portal.get(f"/releases/{name}", headers={"accept": "text/html"})
    assert (page.status_code, "A court order of 4 March" in page.text) == (410, True)
    assert portal.get(f"/releases/{name}/video.mp4").status_code == 410
    answer = portal.get(f"/v1/releases/{name}")
    assert (answer.status_code, answer.json()["reason"]) == (
        410,
        "A court order of 4 March seals this recording.",
    )
    assert portal.get("/v1/releases").json()["items"] == []


def test_the_portal_notices_what_is_published_and_withdrawn(
    portal: httpx.Client, record: PublicRecord
) -> None:
    assert "No footage" in portal.get("/").text
    name = record.publish(title="A new release")
    refreshed(portal, "/", "A new release")
    record.withdraw(name)
    refreshed(portal, "/", "No footage")


def test_ranges_are_answered_as_players_ask(portal: httpx.Client, record: PublicRecord) -> None:
    url = f"/releases/{record.publish()}/video.mp4"
    video = record.film.video
    size = len(video)
    for header, part in {
        "bytes=0-9": video[:10],
        f"bytes={size - 5}-": video[-5:],
        "bytes=-7": video[-7:],
        f"bytes=100-{size + 100}": video[100:],
    }.items():
        answer = portal.get(url, headers={"range": header})
        assert (answer.status_code, answer.content) == (206, part), header
        assert answer.headers["content-length"] == str(len(part))
        assert answer.headers["content-range"].endswith(f"/{size}")
    refused = portal.get(url, headers={"range": f"bytes={size}-"})
    assert (refused.status_code, refused.headers["content-range"]) == (416, f"bytes */{size}")
    whole = portal.get(url, headers={"range": "bytes=0-1,4-5"})
    assert (whole.status_code, whole.content) == (200, video)


def test_head_and_etag_spare_the_bytes(portal: httpx.Client, record: PublicRecord) -> None:
    url = f"/releases/{record.publish()}/video.mp4"
    head = portal.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(record.film.video))
    assert head.headers["accept-ranges"] == "bytes"
    etag = head.headers["etag"]
    assert etag == f'"{hashlib.sha256(record.film.video).hexdigest()}"'
    assert portal.get(url, headers={"if-none-match": etag}).status_code == 304
    stale = portal.get(url, headers={"range": "bytes=0-1", "if-range": '"another"'})
    assert stale.status_code == 200
    for path in PAGES:
        assert portal.head(path).status_code == 200, path
        known = portal.get(path).headers["etag"]
        assert portal.get(path, headers={"if-none-match": known}).status_code == 304, path


def test_a_real_player_plays_and_seeks_over_http(
    portal: httpx.Client, record: PublicRecord
) -> None:
    url = f"{portal.base_url}/releases/{record.publish()}/video.mp4"
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    for seek in ([], ["-ss", "2"]):
        command = [ffmpeg, "-v", "error", *seek, "-i", url, "-f", "null", "-"]
        played = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert (played.returncode, played.stderr) == (0, "")


def test_every_answer_is_protected_and_no_cookie_is_set(
    portal: httpx.Client, record: PublicRecord
) -> None:
    name = record.publish()
    for path in (*PAGES, f"/releases/{name}", f"/releases/{name}/video.mp4", "/none", "/healthz"):
        answer = portal.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers


def test_a_crash_is_answered_under_the_same_protection(record: PublicRecord) -> None:
    app = portal_of(record.folder)
    app.router.add_route("/crash", lambda _request: int("no number"))
    with serving(app) as url:
        answer = httpx.get(f"{url}/crash", headers={"accept": "text/html"}, timeout=60)
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_feed_is_atom_with_each_film_enclosed(
    portal: httpx.Client, record: PublicRecord
) -> None:
    record.publish()
    answer = portal.get("/feed.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    space = {"a": "http://www.w3.org/2005/Atom"}
    entries = fromstring(answer.text).findall("a:entry", space)
    links = [link.get("rel", "alternate") for link in entries[0].findall("a:link", space)]
    assert sorted(links) == ["alternate", "enclosure"]


def test_log_policy_and_upcoming_are_what_the_store_says(
    portal: httpx.Client, record: PublicRecord
) -> None:
    record.furnish()
    assert "Custody chain at entry" in portal.get("/log").text
    assert "21 days after the request was received" in portal.get("/policy").text
    assert "Notice time" in portal.get("/upcoming").text


def test_health_and_readiness(portal: httpx.Client, record: PublicRecord) -> None:
    record.publish()
    assert portal.get("/healthz").json() == {"status": "ok"}
    assert portal.get("/readyz").json()["releases"] == 1


def test_the_contract_is_published(portal: httpx.Client) -> None:
    paths = portal.get("/v1/openapi.json").json()["paths"]
    reading = {"/v1/releases", "/v1/releases/{release_id}"}
    reading |= {
        "/v1/upcoming",
        "/v1/withheld",
        "/v1/coverage",
        "/v1/policy",
        "/v1/log",
        "/v1/facets",
    }
    assert set(paths) == reading | {"/v1/letters", "/v1/receipts"}
    answers = paths["/v1/releases/{release_id}"]["get"]["responses"]
    assert {"200", "404", "410"} <= set(answers)


NASTY = (
    "..",
    "../secret.txt",
    "%2e%2e",
    "..%2fsecret.txt",
    ".incoming",
    "%00",
    "secret.txt",
    "\\..",
)
PIECE = st.one_of(
    st.sampled_from(NASTY),
    st.sampled_from(["releases", "static", "log", "policy"]),
    st.text(max_size=12),
)


@pytest.fixture(scope="module")
def walled(tmp_path_factory: pytest.TempPathFactory, film: Film) -> Iterator[httpx.Client]:
    """A portal whose public folder has a secret beside it and a link that leads out."""
    folder = tmp_path_factory.mktemp("walled")
    record = PublicRecord(folder / "public", film)
    name = record.publish()
    (folder / "secret.txt").write_text("TOP SECRET")
    (folder / "public" / "releases" / name / "captions.vtt").symlink_to(folder / "secret.txt")
    (folder / "public" / "secret.txt").write_text("TOP SECRET")
    with (
        serving(portal_of(folder / "public")) as url,
        httpx.Client(base_url=url, headers={"x-release": name}) as client,
    ):
        yield client


@given(pieces=st.lists(PIECE, max_size=6), start=st.sampled_from(["/", "/releases/{}/"]))
@example(pieces=["", "", "", ".."], start="/")
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_path_reads_anything_outside_the_record(
    walled: httpx.Client, pieces: list[str], start: str
) -> None:
    tail = "/".join(piece if "%" in piece else quote(piece, safe="") for piece in pieces)
    path = start.format(walled.headers["x-release"]) + tail
    answer = walled.get(
        f"{str(walled.base_url).removesuffix('/')}{path}"
    )  # a whole URL: paths may begin with //
    assert answer.status_code in {200, 301, 307, 404, 405, 422}
    assert "TOP SECRET" not in answer.text


@pytest.mark.parametrize("name", ["captions.vtt", "../../secret.txt", "..%2f..%2fsecret.txt"])
def test_a_link_or_path_that_leads_out_is_not_followed(walled: httpx.Client, name: str) -> None:
    answer = walled.get(f"/releases/{walled.headers['x-release']}/{name}")
    assert "TOP SECRET" not in answer.text


def test_the_portal_loads_no_code_of_the_staff_side(tmp_path: Path) -> None:
    code = (
        "import sys, api.portal.app as a; a.create_app();"
        "bad = [m for m in sys.modules if m.startswith(('bwc.catalog', 'bwc.jobs', 'bwc.custody',"
        " 'bwc.access', 'bwc.house', 'bwc.release', 'api.desk', 'workers', 'sqlalchemy'))];"
        "print(bad)"
    )
    environment = {"PATH": os.environ["PATH"], "BWC_PUBLIC__FOLDER": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout.replace("'", '"')) == []


def test_a_release_that_cannot_be_read_is_not_listed(
    portal: httpx.Client, record: PublicRecord
) -> None:
    good = record.publish()
    bad = new_id()
    record.state(f"releases/{bad}/manifest.json", {"format": "bwc-release/1", "id": bad})
    record.mark(bad)
    names = [item["id"] for item in portal.get("/v1/releases").json()["items"]]
    assert names == [good]
    assert portal.get(f"/releases/{bad}").status_code == 404
