"""The demo as a stranger meets it: it stands, the video plays, hashes hold, and it ends cleanly."""

import hashlib
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import httpx
import imageio_ffmpeg
import pytest

from tests.e2e.demo_process import STARTUP_SECONDS, is_free, running_demo, stop

pytestmark = [
    pytest.mark.slow,
    pytest.mark.service,
    pytest.mark.xdist_group("demo"),
    pytest.mark.timeout(2 * STARTUP_SECONDS),
]


def plays_by_range(url: str) -> bool:
    """Seek into the video over HTTP with a real player and decode a second of it."""
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    command = [ffmpeg, "-v", "error", "-ss", "5", "-i", url, "-t", "1", "-f", "null", "-"]
    played = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return played.returncode == 0 and not played.stderr


def test_the_demo_publishes_plays_proves_its_hashes_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    with running_demo(tmp_path / "home") as demo:
        demo.wait_until_it_stands()
        with closing(sqlite3.connect(demo.home / "catalog.db")) as catalog:
            assert catalog.execute("SELECT count(*) FROM findings").fetchone()[0] > 0
        items = demo.releases()
        assert len(items) == 2
        for item in items:
            video = item["video"]
            assert isinstance(video, dict)
            url = str(httpx.URL(demo.portal).join(str(video["url"])))
            assert plays_by_range(url)
            assert hashlib.sha256(httpx.get(url).content).hexdigest() == video["sha256"]
            part = httpx.get(url, headers={"Range": "bytes=100-199"})
            assert (part.status_code, len(part.content)) == (206, 100)
            certificate = httpx.get(httpx.URL(demo.portal).join(str(item["certificate_url"])))
            assert certificate.json()["verdict"] == "passed"
            _every_file_matches_the_manifest(demo.home / "public" / "releases" / str(item["id"]))
        assert httpx.get(f"{demo.desk}/readyz").status_code == 200
        status, alive = stop(demo)
        assert alive == []
        assert status == 0
        assert is_free(demo.portal)
        assert is_free(demo.desk)


def _every_file_matches_the_manifest(bundle: Path) -> None:
    """Hash each file of a bundle as anyone who downloaded it could."""
    import json

    manifest = json.loads((bundle / "manifest.json").read_text())
    assert manifest["files"]
    for file in manifest["files"]:
        stored = bundle / file["name"]
        assert hashlib.sha256(stored.read_bytes()).hexdigest() == file["sha256"]
