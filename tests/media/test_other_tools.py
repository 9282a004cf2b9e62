"""`verify-file` on what other tools write: well redacted is clean, whatever their files look like."""

from pathlib import Path

import pytest

from bwc.redaction.verify import Material, verify
from tests.mutations import Case
from tests.mutations_of_files import MUTATIONS
from tests.redactions import BlindFinder, failed

pytestmark = pytest.mark.media

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")
TOOLS: dict[str, tuple[str, ...]] = {
    "bad.mp4": H264,
    "bad.mov": (*H264, "-x264-params", "nal-hrd=vbr:vbv-maxrate=900:vbv-bufsize=900"),
    "fragments.mp4": (*H264, "-movflags", "frag_keyframe+empty_moov"),
    "bad.mkv": H264,
    "bad.ts": H264,
    "bad.avi": ("-c:v", "mpeg4", "-q:v", "2", "-c:a", "mp2"),
    "hevc.mp4": ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"),
}
LATE = {"bad.ts", "fragments.mp4"}  # their first picture comes later than the original's
TELLING = {  # what tells something whoever wrote the file
    "streams": (
        "it has a second sound track",
        "it carries a picture",
        "it has a data stream",
        "it has captions",
    ),
    "metadata": (
        "it says where it was taken",
        "it has a title",
        "it has chapters",
        "a place stands between the slices",
        "a place stands in free space",
    ),
    "container": ("a box with a note hangs on its end", "the file is cut off"),
    "frames": ("pictures are in it that are not shown",),
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("other"))


def written(case: Case, name: str) -> Path:
    """The right rendering, coded again by ffmpeg as it does when nothing is asked of it."""
    case.bad = case.folder / name
    return case.ffmpeg("-i", str(case.good), *TOOLS[name])


@pytest.mark.parametrize("name", TOOLS)
@pytest.mark.parametrize("has_original", [False, True])
def test_a_well_redacted_file_is_clean(case: Case, name: str, *, has_original: bool) -> None:
    original = case.clip.path if has_original and name not in LATE else None
    verified = verify(Material(written(case, name), original, None), BlindFinder())
    assert verified.findings == ()


@pytest.mark.parametrize(
    ("check", "kind"), [(check, kind) for check, kinds in TELLING.items() for kind in kinds]
)
def test_a_file_that_tells_more_is_not(case: Case, check: str, kind: str) -> None:
    mutation = MUTATIONS[kind]
    case.bad = case.folder / "bad.mp4"
    for variant in range(mutation.variants):
        bad = mutation.make(case, variant)
        assert failed(verify(Material(bad, None, None), BlindFinder())) & {check, "metadata"}


def test_a_frame_that_is_missing_is_seen_through_coarser_ticks(case: Case) -> None:
    case.bad = case.folder / "short.mkv"
    short = case.ffmpeg("-i", str(case.good), "-vf", "select='not(eq(n,7))'", *H264)
    assert "frames" in failed(verify(Material(short, case.clip.path, None), BlindFinder()))
