"""What rendering keeps and what it takes away, on every shape of video a camera may write."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from bwc.errors import IntegrityError
from bwc.media.audio import sound, sound_look
from bwc.media.decode import look, open_frames
from bwc.media.encode import planes
from bwc.redaction.plan import MutedSpan
from tests.clips import TWO_FACES, Clip, make_clip
from tests.redactions import failed, plan_for, render_clip, times_of, verify_clip

pytestmark = pytest.mark.media

UNEVEN = [Fraction(n * n + 3 * n, 900) for n in range(20)]

SHAPES = {
    "even frames with B-frames": ("a.mp4", {}),
    "uneven frame times that begin late": (
        "a.mp4",
        {"times": UNEVEN, "first_second": Fraction(1, 3)},
    ),
    "turned by 90 degrees": ("a.mp4", {"rotation": 90}),
    "turned by 180 degrees": ("a.mov", {"rotation": 180}),
    "turned by 270 degrees": ("a.mp4", {"rotation": 270}),
    "a width that is not a multiple of 4": ("a.mp4", {"size": (854, 480)}),
    "a height that is not a multiple of 4": ("a.mp4", {"size": (480, 270)}),
    "truly odd sides": ("a.mkv", {"size": (321, 181), "pixel_format": "yuv444p"}),
    "without sound": ("a.mp4", {"audio": False}),
    "Matroska": ("a.mkv", {}),
    "AVI with MPEG-4": ("a.avi", {"codec": "mpeg4"}),
    "AVI with Motion JPEG, full range": ("a.avi", {"codec": "mjpeg", "pixel_format": "yuvj420p"}),
    "a transport stream": ("a.ts", {}),
    "HEVC in MOV": ("a.mov", {"codec": "libx265"}),
    "ten bits": ("a.mp4", {"pixel_format": "yuv420p10le"}),
    "BT.709, full range": ("a.mp4", {"colour": (1, 2)}),
    "BT.601, limited range": ("a.mp4", {"colour": (6, 1)}),
}


def _clip(path: Path, **shape: object) -> Clip:
    wanted = {"size": (480, 270), "seconds": 0.8, "faces": TWO_FACES[:1], **shape}
    return make_clip(path, **wanted)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", SHAPES, ids=list(SHAPES))
def test_rendering_keeps_times_size_rotation_and_colour_of(shape: str, tmp_path: Path) -> None:
    name, wanted = SHAPES[shape]
    clip = _clip(tmp_path / name, **wanted)
    plan = plan_for(clip)
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    before, after = look(clip.path), look(out)
    assert [pts * after.time_base for pts in times_of(out)] == [
        pts * before.time_base for pts in times_of(clip.path)
    ]
    assert (after.width, after.height, after.matrix) == (before.width, before.height, before.matrix)
    assert after.bit_depth == 8
    verified = verify_clip(clip, plan, out)
    assert failed(verified) == set()
    assert verified.regions == len(clip.boxes)


def test_a_region_is_filled_up_to_its_edge_and_in_colour_too(tmp_path: Path) -> None:
    clip = _clip(tmp_path / "a.mp4")
    plan = plan_for(clip)
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    with open_frames(out) as source:
        for frame in source.frames():
            (region,) = plan.regions(frame.pts or 0)
            luma, blue, red = planes(frame)
            assert int(luma[region.y0 : region.y1, region.x0 : region.x1].max()) < 60
            for plane in (blue, red):
                part = plane[region.y0 // 2 : region.y1 // 2, region.x0 // 2 : region.x1 // 2]
                assert int(np.abs(part.astype(int) - 128).max()) < 24


def test_tags_chapters_and_further_streams_are_left_behind(tmp_path: Path) -> None:
    secret = {"title": "Officer Doe", "location": "+39.7-104.9/", "comment": "serial 77"}
    clip = _clip(tmp_path / "a.mp4", metadata=secret)
    out = render_clip(clip, plan_for(clip), tmp_path / "out.mp4")
    with av.open(str(out)) as container:
        assert set(container.metadata) == {"major_brand", "minor_version", "compatible_brands"}
        assert [stream.type for stream in container.streams] == ["video", "audio"]
    body = out.read_bytes()
    assert not any(value.encode() in body for value in secret.values())
    assert body.index(b"moov") < body.index(b"mdat"), "it starts before it has arrived"


@pytest.mark.parametrize("start", [Fraction(0), Fraction(1, 3)], ids=["from zero", "late"])
def test_sound_stays_where_it_was_to_the_sample(tmp_path: Path, start: Fraction) -> None:
    clip = _clip(tmp_path / "a.mp4", seconds=2.5, first_second=start)
    out = render_clip(clip, plan_for(clip), tmp_path / "out.mp4")
    assert _clicks(out) == pytest.approx(_clicks(clip.path), abs=0.001)


def test_a_muted_stretch_is_silent_and_the_rest_is_not(tmp_path: Path) -> None:
    clip = _clip(tmp_path / "a.mp4", seconds=2.0)
    mute = MutedSpan(start=(1, 2), end=(3, 2), exemption="ssn", author="person:tess")
    plan = plan_for(clip, mute=mute)
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    assert failed(verify_clip(clip, plan, out)) == set()
    wave = _wave(out)
    assert np.abs(wave[30_000:66_000]).max() < 10 ** (-90 / 20)
    assert np.abs(wave[5_000:20_000]).max() > 0.1
    assert np.abs(wave[76_000:90_000]).max() > 0.1


def test_same_plan_and_original_give_the_same_pixels(tmp_path: Path) -> None:
    clip = _clip(tmp_path / "a.mp4")
    plan = plan_for(clip)
    first = render_clip(clip, plan, tmp_path / "1.mp4")
    second = render_clip(clip, plan, tmp_path / "2.mp4")
    with open_frames(first) as one, open_frames(second) as two:
        for a, b in zip(one.frames(), two.frames(), strict=True):
            assert all(np.array_equal(x, y) for x, y in zip(planes(a), planes(b), strict=True))


def test_a_recording_with_other_frames_than_its_plan_is_refused(tmp_path: Path) -> None:
    clip = _clip(tmp_path / "a.mp4")
    shorter = _clip(tmp_path / "b.mp4", seconds=0.4)
    with pytest.raises(IntegrityError, match="does not have the frames"):
        render_clip(shorter, plan_for(clip), tmp_path / "out.mp4")


def _wave(path: Path) -> np.ndarray:
    """The left channel from second 0 on."""
    shown = sound_look(path)
    assert shown is not None
    blocks = list(sound(path, shown))
    wave = np.zeros(blocks[-1].end, np.float32)
    for block in blocks:
        wave[max(0, block.start) : block.end] = block.samples[0][max(0, -block.start) :]
    return wave


def _clicks(path: Path) -> list[float]:
    """When the loud clicks begin, in seconds."""
    loud = np.flatnonzero(np.abs(_wave(path)) > 0.5)
    starts = loud[np.diff(loud, prepend=-48_000) > 24_000]
    return [float(at) / 48_000 for at in starts]
