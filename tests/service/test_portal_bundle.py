"""One file with everything: a ZIP that readers open, the same for all, of which any part is sent."""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.portal import zipped
from api.portal.zipped import Entry, known
from tests.pages.portals import portal_of, serving
from tests.records import CAPTIONS, START, PublicRecord, make_film

pytestmark = [pytest.mark.service, pytest.mark.media]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> PublicRecord:
    folder = tmp_path_factory.mktemp("bundles")
    return PublicRecord(folder / "public", make_film(folder))


@pytest.fixture(scope="module")
def portal(record: PublicRecord) -> Iterator[httpx.Client]:
    with serving(portal_of(record.folder)) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def test_the_bundle_holds_every_file_as_published_and_how_to_check_it(
    portal: httpx.Client, record: PublicRecord
) -> None:
    name = record.publish(captions=CAPTIONS)
    answer = portal.get(f"/releases/{name}/bundle.zip?download")
    assert answer.headers["content-type"] == "application/zip"
    assert ".zip" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        assert bundle.testzip() is None
        files = {Path(info.filename).name: bundle.read(info) for info in bundle.infolist()}
        assert all(info.compress_type == zipfile.ZIP_STORED for info in bundle.infolist())
    assert files["video.mp4"] == record.film.video
    assert files["manifest.json"] == portal.get(f"/releases/{name}/manifest.json").content
    sums = dict(line.split("  ")[::-1] for line in files["SHA256SUMS"].decode().splitlines())
    assert {"video.mp4", "captions.vtt", "certificate.json", "plan.json"} <= set(sums)
    assert all(hashlib.sha256(files[file]).hexdigest() == said for file, said in sums.items())
    assert hashlib.sha256(files["manifest.json"]).hexdigest().encode() in files["HOW-TO-CHECK.txt"]


def test_the_bundle_is_the_same_each_time_and_any_part_of_it_is_sent(
    portal: httpx.Client, record: PublicRecord
) -> None:
    url = f"/releases/{record.publish()}/bundle.zip"
    whole = portal.get(url)
    assert portal.get(url, headers={"host": "another.example"}).content == whole.content
    assert portal.head(url).headers["content-length"] == str(len(whole.content))
    assert portal.get(url, headers={"if-none-match": whole.headers["etag"]}).status_code == 304
    size = len(whole.content)
    for start, end in ((0, 9), (20, 100), (size // 2, size - 1), (size - 30, size - 1), (0, size)):
        part = portal.get(url, headers={"range": f"bytes={start}-{end}"})
        assert (part.status_code, part.content) == (206, whole.content[start : end + 1])


def test_no_bundle_is_left_of_a_withdrawn_release_nor_of_one_from_before(
    portal: httpx.Client, record: PublicRecord
) -> None:
    name = record.publish()
    record.withdraw(name)
    assert portal.get(f"/releases/{name}/bundle.zip").status_code == 410
    old = record.publish(with_crc32=False)
    assert portal.get(f"/releases/{old}/bundle.zip").status_code == 404
    assert "Download everything" not in portal.get(f"/releases/{old}").text


def test_what_is_larger_than_four_gibibytes_is_written_as_zip64(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same fields are used from another limit on, so that nobody needs such a file here."""
    monkeypatch.setattr(zipped, "LIMIT", 50)
    bodies = {"small": b"s" * 10, "large": b"l" * 80, "later": b"x"}
    made = zipped.zipped(
        [Entry(n, len(b), zlib.crc32(b), "", known(b)) for n, b in bodies.items()], at=START
    )
    whole = b"".join(made.read(0, made.size_bytes))
    assert len(whole) == made.size_bytes
    # A reader takes only the true limit for a sign of ZIP64; write it where ours stands.
    mine, true = struct.pack("<I", 50), struct.pack("<I", 0xFFFFFFFF)
    with zipfile.ZipFile(io.BytesIO(whole.replace(mine, true))) as bundle:
        assert {info.filename: bundle.read(info) for info in bundle.infolist()} == bodies
