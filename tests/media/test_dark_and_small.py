"""Planned regions in which the fill is hard to tell from the picture: dark ones and small ones."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame

from bwc.redaction.check_picture import PictureCheck
from bwc.redaction.findings import Check
from bwc.redaction.keys import Key, Region
from bwc.redaction.plan import Effect, Mask, Shape
from bwc.redaction.render import black, open_source
from tests.clips import make_clip
from tests.redactions import plan_for, render_clip, verify_clip

pytestmark = pytest.mark.media

SMALL, LARGE = Region(60, 60, 72, 72), Region(40, 40, 104, 104)


@pytest.fixture(scope="module")
def clip_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(
        tmp_path_factory.mktemp("dark") / "in.mp4", size=(160, 144), seconds=0.4, faces=()
    ).path


def frame_of(luma: np.ndarray, colour: tuple[int, int]) -> VideoFrame:
    height, width = luma.shape
    chroma = [np.full((height // 4, width), value, np.uint8) for value in colour]
    frame = VideoFrame.from_ndarray(np.concatenate([luma, *chroma]), format="yuv420p")
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    return frame


def night(mean: float, contrast: float) -> np.ndarray:
    """Shapes of a few pixels, a little brighter than black."""
    cells = np.random.default_rng(3).uniform(0, contrast, (36, 40))
    return (mean + np.kron(cells, np.ones((4, 4)))).round().astype(np.uint8)


def found(path: Path, before: np.ndarray, after: np.ndarray, region: Region) -> set[Check]:
    look = open_source(path).look
    check = PictureCheck(look)
    _, blue, red = black(look)
    mask = Mask(region, Effect.SOLID, Shape.BOX)
    original = frame_of(before, (blue, red))
    check.take(frame_of(after, (blue, red)), [mask], original=original)
    return {finding.check for finding in check.findings}


@pytest.mark.parametrize("region", [SMALL, LARGE])
def test_a_dark_region_that_is_not_filled_is_refused(clip_path: Path, region: Region) -> None:
    fill = black(open_source(clip_path).look)[0]
    picture = night(fill, 4.0)
    filled = picture.copy()
    filled[region.y0 : region.y1, region.x0 : region.x1] = fill
    assert found(clip_path, picture, filled, region) == set()
    assert found(clip_path, picture, picture, region) == {Check.FILL}


def test_a_small_region_that_is_only_darkened_is_refused(clip_path: Path) -> None:
    fill = black(open_source(clip_path).look)[0]
    picture = np.full((144, 160), fill + 120, np.uint8)
    darkened = picture.copy()
    darkened[SMALL.y0 : SMALL.y1, SMALL.x0 : SMALL.x1] = fill + 30
    assert found(clip_path, picture, darkened, SMALL) == {Check.FILL}


@pytest.mark.parametrize("side", [2, 4, 6, 8, 10, 12, 14, 16, 18, 22])
def test_a_right_rendering_of_small_regions_passes(side: int, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", size=(320, 180), seconds=0.6, audio=False)
    plan = plan_for(clip)
    first = plan.tracks[0]
    tracks = []
    for number in range(12):
        x, y = 11 + 23 * number, 7 + 12 * number
        keys = tuple(
            Key(pts, x, y, x + side, y + side)
            for pts in (plan.original.first_pts, plan.original.last_pts)
        )
        tracks.append(first.model_copy(update={"id": number + 1, "keys": keys}))
    plan = plan.model_copy(update={"tracks": tuple(tracks)})
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    assert verify_clip(clip, plan, out).findings == ()
