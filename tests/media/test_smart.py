"""Smart render: what no mask touches is the original's own, and nothing else of it comes along."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bwc.media.decode import open_frames
from bwc.media.encode import planes
from bwc.redaction.parts import Parts
from bwc.redaction.render import open_source, render
from bwc.redaction.workbench import open_workbench
from tests.clips import Clip, Face, make_clip
from tests.redactions import failed, plan_for, verify_clip

pytestmark = pytest.mark.media

EACH_SECOND = "keyint=25:scenecut=0"
SOMEBODY = Face(height=60, start=(100.0, 70.0), shown=(1.2, 1.8))  # in the second group of four
UNEVEN = [Fraction(at, 25) + Fraction(at % 3, 500) for at in range(90)]


def clip_at(path: Path, x264: str = EACH_SECOND, **more: object) -> Clip:
    """Four groups of pictures, somebody in the second."""
    wanted = {"seconds": 3.6, "size": (320, 180), "faces": [SOMEBODY], **more}
    return make_clip(path, options={"x264-params": x264}, **wanted)  # type: ignore[arg-type] - as given


def smart(clip: Clip, into: Path, **more: object) -> Parts:
    with open_workbench(into.with_suffix(".bench")) as workbench:
        source = open_source(clip.path)
        return render(source, into, plan=plan_for(clip), workbench=workbench, **more)  # type: ignore[arg-type] - as given


CLIPS: dict[str, Callable[[Path], Clip]] = {
    "B-frames": lambda folder: clip_at(folder / "a.mp4", EACH_SECOND, b_frames=3),
    "no B-frames": lambda folder: clip_at(folder / "a.mp4", EACH_SECOND + ":bframes=0"),
    "uneven times": lambda folder: clip_at(folder / "a.mp4", times=UNEVEN),
    "a first time that is not zero": lambda folder: clip_at(
        folder / "a.mp4", first_second=Fraction(7, 3)
    ),
    "rotation": lambda folder: clip_at(folder / "a.mov", rotation=90),
    "parameter sets in each group": lambda folder: clip_at(
        folder / "a.mp4", EACH_SECOND + ":repeat-headers=1"
    ),
    "delimiters and timing": lambda folder: clip_at(
        folder / "a.mp4", EACH_SECOND + ":aud=1:nal-hrd=vbr:vbv-maxrate=900:vbv-bufsize=900"
    ),
    "Matroska": lambda folder: clip_at(folder / "a.mkv"),
    "another number": lambda folder: clip_at(folder / "a.mp4", EACH_SECOND + ":sps-id=1"),
    "Baseline": lambda folder: clip_at(
        folder / "a.mp4", EACH_SECOND + ":bframes=0:cabac=0:8x8dct=0:weightp=0"
    ),
}


@pytest.mark.parametrize("shape", CLIPS)
def test_copied_pictures_are_the_originals_own(shape: str, tmp_path: Path) -> None:
    clip, out = CLIPS[shape](tmp_path), tmp_path / "out.mp4"
    parts = smart(clip, out)
    assert parts.why_full is None
    assert [bool(part.copied) for part in parts.parts] == [True, False, True]
    assert same_pixels(clip.path, out) == [at // 25 != 1 for at in range(90)]
    assert failed(verify_clip(clip, plan_for(clip), out)) == set()


def same_pixels(original: Path, redacted: Path) -> list[bool]:
    """For each picture, by its exact time, whether it is the original's to the last bit."""
    same = []
    with open_frames(original) as one, open_frames(redacted) as other:
        for before, after in zip(one.frames(), other.frames(), strict=True):
            assert before.pts * one.time_base == after.pts * other.time_base
            pairs = zip(planes(before), planes(after), strict=True)
            same.append(all(np.array_equal(a, b) for a, b in pairs))
    return same
