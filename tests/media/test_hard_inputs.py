"""What is hardly a video any more is redacted rightly, or refused in a sentence."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from bwc.errors import BwcError
from bwc.media.decode import open_frames
from bwc.redaction import models
from bwc.redaction.closer import Finders
from bwc.redaction.detect import Boxes, Picture
from bwc.redaction.engine import Engine, redact_file
from tests.clips import Clip, make_clip
from tests.redactions import BlindFinder

pytestmark = pytest.mark.media

THREE_HOURS = Fraction(3 * 3600)


class WholeFinder:
    """Sees one thing that fills the picture."""

    def __init__(self, name: str) -> None:
        self.name, self.sha256 = name, models.find(name).sha256

    def find(self, picture: Picture) -> Boxes:
        height, width = picture.shape[:2]
        return np.array([[0, 0, width, height, 0.9]], np.float32)


class WholeEngine(Engine):
    """The engine with finders that see the whole picture, and a blind verifier."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"), verifier=BlindFinder())

    @property
    def finders(self) -> Finders:  # type: ignore[override] - no models are loaded
        return Finders(WholeFinder("centerface"), WholeFinder("pedestrian-ssdlite"))


def redacted(clip: Clip, into: Path) -> list[int]:
    """The times of the frames of the redacted clip, verified."""
    outcome = redact_file(clip.path, into, engine=WholeEngine())
    assert outcome.verdict == "passed"
    with open_frames(into) as source:
        seconds = [frame.pts * frame.time_base for frame in source.frames()]
    return [round(at / clip.time_base) for at in seconds]


@pytest.mark.parametrize("side", [2, 4, 8, 14, 16])
def test_a_tiny_picture_is_redacted(side: int, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", size=(side, side), seconds=0.4, faces=(), audio=False)
    assert redacted(clip, tmp_path / "o.mp4") == list(clip.pts)


@pytest.mark.parametrize("side", [1, 3, 15])
def test_a_tiny_odd_picture_is_redacted(side: int, tmp_path: Path) -> None:
    clip = make_clip(
        tmp_path / "a.mkv",
        size=(side, side),
        seconds=0.4,
        faces=(),
        audio=False,
        codec="ffv1",
        pixel_format="yuv444p",
    )
    assert len(redacted(clip, tmp_path / "o.mp4")) == len(clip.pts)


@pytest.mark.parametrize("frames", range(2, 19))
def test_whoever_turn_it_is_the_last_frame_is_seen_by_both_finders(
    frames: int, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "a.mp4", size=(64, 64), seconds=frames / 25, faces=(), audio=False)
    assert redacted(clip, tmp_path / "o.mp4") == list(clip.pts)


@pytest.mark.parametrize("rate", [6, 15, 60, 90])
def test_at_any_rate_no_frame_goes_unseen(rate: int, tmp_path: Path) -> None:
    clip = make_clip(
        tmp_path / "a.mp4", size=(64, 64), seconds=50 / rate, rate=rate, faces=(), audio=False
    )
    assert redacted(clip, tmp_path / "o.mp4") == list(clip.pts)


def test_a_clip_of_one_frame_is_redacted(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", size=(64, 64), seconds=0.04, faces=(), audio=False)
    assert redacted(clip, tmp_path / "o.mp4") == list(clip.pts)


def test_a_clip_whose_times_begin_at_three_hours_keeps_them(tmp_path: Path) -> None:
    clip = make_clip(
        tmp_path / "a.ts", size=(64, 64), seconds=0.4, faces=(), first_second=THREE_HOURS
    )
    with open_frames(clip.path) as source:
        before = [frame.pts * frame.time_base for frame in source.frames()]
    redacted(clip, tmp_path / "o.mp4")
    with open_frames(tmp_path / "o.mp4") as source:
        after = [frame.pts * frame.time_base for frame in source.frames()]
    assert [at - after[0] for at in after] == [at - before[0] for at in before]


def test_a_video_stream_without_a_frame_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        sound = out.add_stream("aac", rate=48_000)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        silence.sample_rate, silence.pts = 48_000, 0
        out.mux(sound.encode(silence))
        out.mux(sound.encode(None))
    with pytest.raises(BwcError) as raised:
        redact_file(path, tmp_path / "o.mp4", engine=WholeEngine())
    assert "a.mkv" in str(raised.value)
    assert not (tmp_path / "o.mp4").exists()
