"""The proxy is all key frames at the original's own times, and its outline knows them and more."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from bwc.errors import IntegrityError, MediaError
from bwc.media.derive import Source, make_proxy
from bwc.media.peaks import unpack
from bwc.media.picture_times import PictureTimes, times_of
from bwc.redaction.outline import is_of, make_outline, parse_outline
from bwc.redaction.plan import Original
from tests.clips import make_clip
from tests.numbered import UNEVEN, number_of, numbered_clip, stored_times

pytestmark = pytest.mark.media

MEMORY = 4 << 30


def proxy_of(clip: Path, *, sound: bool = False) -> Path:
    made = clip.with_name("proxy.mp4")
    make_proxy(
        Source(clip, Fraction(4), has_audio=sound),
        made,
        memory_bytes=MEMORY,
        on_progress=lambda _share: None,
    )
    return made


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("uneven.mp4", {}),
        ("late.mp4", {"first_second": Fraction(10)}),
        ("turned.mp4", {"rotation": 180}),
        ("uneven.mkv", {}),
        ("late.ts", {"first_second": Fraction(7)}),
        ("even.avi", {"times": [Fraction(n, 25) for n in range(30)]}),
    ],
)
def test_each_picture_of_a_proxy_is_a_key_frame_at_the_originals_time(
    tmp_path: Path, name: str, how: dict[str, object]
) -> None:
    clip = tmp_path / name
    if clip.suffix == ".avi":
        make_clip(clip, seconds=1.2, faces=(), audio=False, codec="mpeg4", size=(256, 144))
    else:
        numbered_clip(clip, **how)  # type: ignore[arg-type]
    proxy = proxy_of(clip)
    times = make_outline(proxy, clip).times()
    assert times.pts().tolist() == stored_times(clip)
    with av.open(str(proxy)) as made:
        frames = list(made.decode(video=0))
    assert all(frame.key_frame for frame in frames)
    starts = [frame.pts * frame.time_base for frame in frames if frame.pts is not None]
    assert starts == [(pts - times.origin) * times.time_base for pts in times.pts().tolist()]
    if clip.suffix != ".avi":
        numbers = [number_of(frame.to_ndarray(format="gray")) for frame in frames]
        turned = [int(f"{n:08b}"[::-1], 2) for n in numbers]
        assert (turned if "rotation" in how else numbers) == list(range(len(UNEVEN)))


def test_an_outline_knows_the_clicks_of_the_sound_and_its_first_moment(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", seconds=2.2, size=(160, 90), first_second=Fraction(10))
    outline = make_outline(proxy_of(clip.path, sound=True), clip.path)
    lead = (clip.pts[0] - outline.origin) / 90_000  # sound that begins before the first picture
    peaks = outline.loudness()
    assert peaks is not None
    loud = np.flatnonzero(peaks.levels > 150) / 25 - lead
    assert sorted({round(at) for at in loud}) == [0, 1, 2]
    assert peaks.between(0, 2, 4)[0] > 150 > peaks.between(0.5, 0.9, 1)[0] > 20
    assert peaks.between(90, 91, 3) == [0, 0, 0]


def test_a_cut_is_found_where_the_scene_changes_and_nowhere_else(tmp_path: Path) -> None:
    clip = tmp_path / "cut.mp4"
    with av.open(str(clip), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 256, 144, "yuv420p"  # type: ignore[union-attr]
        rng = np.random.default_rng(3)
        walls = [rng.integers(low, low + 60, (18, 32, 3), np.uint8) for low in (10, 170)]
        for number in range(20):
            wall = np.roll(walls[number >= 12], number % 3, axis=1)
            picture = np.kron(wall, np.ones((8, 8, 1), np.uint8))
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))  # type: ignore[union-attr]
        out.mux(stream.encode(None))  # type: ignore[union-attr]
    assert make_outline(proxy_of(clip), clip).cuts == (12,)


def test_times_are_kept_as_runs_and_come_back(tmp_path: Path) -> None:
    even = times_of(range(100, 4000, 3), time_base=Fraction(1, 30), origin=100, last_lasts=3)
    assert (even.steps, even.count, even.last_pts) == ((3, 1299), 1300, 3997)
    one = times_of([7], time_base=Fraction(1, 30), origin=0, last_lasts=0)
    assert (one.pts().tolist(), one.seconds) == ([7], Fraction(1, 30))
    with pytest.raises(MediaError, match="do not rise"):
        times_of([5, 5], time_base=Fraction(1, 30), origin=0, last_lasts=1)


@pytest.mark.parametrize("change", [{"frames": 4}, {"last_pts": 5}, {"time_base": (1, 25)}])
def test_pictures_that_are_not_those_of_the_plan_are_told(change: dict[str, object]) -> None:
    times = PictureTimes(Fraction(1, 30), 0, 0, (3, 2), 3)
    original = Original(
        sha256="a" * 64, width=2, height=2, rotation=0, time_base=(1, 30), frames=3, first_pts=0, last_pts=6
    )  # fmt: skip
    assert is_of(times, original)
    assert not is_of(times, original.model_copy(update=change))


def test_what_is_no_outline_is_an_alarm() -> None:
    with pytest.raises(IntegrityError, match="cannot be read"):
        parse_outline(b"{}", where="a recording")
    assert unpack("").between(0, 1, 2) == [0, 0]
