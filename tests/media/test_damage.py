"""What comes out of damaged data is hidden whole: bytes are overwritten in the midst of recordings."""

import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from bwc.media.decode import Decoding, open_frames
from bwc.media.encode import planes
from bwc.redaction.analyse import analyse
from bwc.redaction.closer import Finders
from bwc.redaction.fixity import sha256_of
from bwc.redaction.plan import Kind, Plan
from bwc.redaction.planning import Wish
from bwc.redaction.render import open_source
from bwc.redaction.workbench import open_workbench
from tests.clips import Clip, make_clip
from tests.media.cameras import FACE, run_ffmpeg
from tests.redactions import BlindFinder, failed, render_clip, times_of, verify_clip

pytestmark = pytest.mark.media

SIZE = (320, 180)
TS_PACKET = 188
VISIBLE = 8  # levels; less is not damage anybody could see

H264 = {"options": {"preset": "fast", "g": "10"}}
HEVC = {"codec": "libx265", "options": {"x265-params": "log-level=none:keyint=10:bframes=2"}}
MPEG4 = {"codec": "mpeg4", "options": {"g": "10"}}
LARGE = {"size": (1280, 720)}  # of few blocks a broken slice may reach the last by chance
JPEG = {"codec": "mjpeg", "pixel_format": "yuvj420p", "options": {"huffman": "default"}}


def zeros(count: int) -> bytes:
    return bytes(count)


def rubbish(count: int) -> bytes:
    return random.Random(count).randbytes(count)


# name of the file, its shape, what is written over the middle of which packet
WOUNDS: dict[str, tuple[str, dict[str, object], Callable[[int], bytes], int]] = {
    "H.264, a lost sector": ("a.mp4", H264, zeros, 13),
    "H.264, a lost sector in a key frame": ("a.mkv", H264, zeros, 10),
    "H.264, random bytes": ("a.mp4", H264, rubbish, 13),
    "H.264 in AVI, random bytes": ("a.avi", H264, rubbish, 13),
    "H.264 in AVI, a lost sector": ("a.avi", H264, zeros, 13),
    "HEVC, a lost sector": ("a.mp4", HEVC, zeros, 12),
    "HEVC, random bytes": ("a.mp4", HEVC | LARGE, rubbish, 13),
    "HEVC, random bytes in a key frame": ("a.mkv", HEVC | LARGE, rubbish, 10),
    "HEVC in a transport stream, random bytes": ("a.ts", HEVC | LARGE, rubbish, 14),
    "MPEG-4, a lost sector": ("a.avi", MPEG4, zeros, 13),
    "MPEG-4, random bytes": ("a.mp4", MPEG4, rubbish, 13),
    "Motion JPEG, a lost sector": ("a.avi", JPEG, zeros, 13),
    "Motion JPEG, random bytes": ("a.mov", JPEG, rubbish, 13),
}


def recording(folder: Path, name: str, shape: dict[str, object]) -> Clip:
    wanted = {"size": SIZE, "seconds": 1.0, "audio": False, "faces": (FACE,), **shape}
    return make_clip(folder / name, **wanted)  # type: ignore[arg-type]


def wounded(clip: Clip, overwritten: Callable[[int], bytes], which: int) -> Clip:
    """`clip` with the middle third of its packet number `which` overwritten."""
    with av.open(str(clip.path)) as container:
        packets = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    start, size = packets[which]
    assert start is not None
    content = bytearray(clip.path.read_bytes())
    third = size // 3
    content[start + third : start + 2 * third] = overwritten(third)
    return written(clip, bytes(content))


def written(clip: Clip, content: bytes) -> Clip:
    path = clip.path.with_name(f"wounded{clip.path.suffix}")
    path.write_bytes(content)
    return replace(clip, path=path)


def pictures(path: Path) -> dict[int, np.ndarray]:
    """The luma of each frame by its time."""
    with open_frames(path) as source:
        return {frame.pts or 0: planes(frame)[0].copy() for frame in source.frames()}


def doubtful(path: Path) -> frozenset[int]:
    """The times at which nothing is certain."""
    with open_frames(path, Decoding.WATCHFUL) as source:
        for _ in source.frames():
            pass
        return source.damage.doubtful()


def changed(sound: Path, sick: Path) -> set[int]:
    """When the pictures of a wounded recording are not those of the whole one."""
    before, after = pictures(sound), pictures(sick)
    apart = {at: np.abs(after[at].astype(int) - before[at]).max() for at in after}
    return {at for at, levels in apart.items() if levels > VISIBLE}


@pytest.mark.parametrize("which", WOUNDS, ids=list(WOUNDS))
def test_no_picture_that_damage_changed_is_certain(which: str, tmp_path: Path) -> None:
    name, shape, overwritten, packet = WOUNDS[which]
    clip = recording(tmp_path, name, shape)
    sick = wounded(clip, overwritten, packet)
    with open_frames(sick.path, Decoding.WATCHFUL) as source:
        shown = {frame.pts for frame in source.frames()}
        uncertain, refused = source.damage.doubtful(), source.damaged
    assert uncertain or refused, "nobody was told"
    assert changed(clip.path, sick.path) <= uncertain
    assert len(shown & uncertain) <= 13, "doubt ends with the next key frame"


def test_doubt_is_the_same_each_time(tmp_path: Path) -> None:
    sick = wounded(recording(tmp_path, "a.mp4", H264), rubbish, 13)
    assert len({doubtful(sick.path) for _ in range(8)}) == 1


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_a_hole_in_a_transport_stream_makes_the_pictures_after_it_uncertain(
    codec: str, tmp_path: Path
) -> None:
    clip = recording(tmp_path, "a.ts", H264 if codec == "libx264" else HEVC)
    content = clip.path.read_bytes()
    with av.open(str(clip.path)) as container:
        starts = [p.pos for p in container.demux(video=0) if p.size]
    start = starts[13] or 0
    sick = written(clip, content[: start + TS_PACKET] + content[start + 2 * TS_PACKET :])
    assert changed(clip.path, sick.path) <= doubtful(sick.path)
    assert doubtful(sick.path)


@pytest.mark.parametrize("codec", ["libx264", "libx265", "mpeg4"])
def test_pictures_whose_beginning_is_missing_are_uncertain(codec: str, tmp_path: Path) -> None:
    shape = {"libx264": H264, "libx265": HEVC, "mpeg4": MPEG4}[codec]
    clip = recording(tmp_path, "a.ts", shape)
    content = clip.path.read_bytes()
    with av.open(str(clip.path)) as container:
        starts = [p.pos for p in container.demux(video=0) if p.size]
    tables = content[: 3 * TS_PACKET]
    late = written(clip, tables + content[starts[4] :])
    assert changed(clip.path, late.path) <= doubtful(late.path)
    assert len(times_of(late.path)) >= 15


@pytest.mark.parametrize("codec", ["libx264", "libx265", "mpeg4"])
def test_a_whole_recording_has_no_uncertain_picture(codec: str, tmp_path: Path) -> None:
    shape = {"libx264": H264, "libx265": HEVC, "mpeg4": MPEG4}[codec]
    clip = recording(tmp_path, "a.mkv", shape)
    assert doubtful(clip.path) == frozenset()


@pytest.mark.parametrize("name", ["a.mp4", "a.ts"])
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv420p10le", "yuv422p10le"])
@pytest.mark.parametrize(
    "groups", ["open-gop=0", "open-gop=1:ref=5:b-pyramid=1", "intra-refresh=1"]
)
def test_a_whole_recording_of_hevc_has_none_whatever_its_encoder_does(
    name: str, pixel_format: str, groups: str, tmp_path: Path
) -> None:
    options = {"x265-params": f"log-level=none:keyint=10:bframes=3:{groups}"}
    shape = {"codec": "libx265", "pixel_format": pixel_format, "options": options}
    clip = recording(tmp_path, name, {**shape, "seconds": 2.0})
    assert doubtful(clip.path) == frozenset()


def test_an_edit_list_that_cuts_into_a_group_of_pictures_is_no_damage(tmp_path: Path) -> None:
    clip = recording(tmp_path, "a.mp4", HEVC)
    run_ffmpeg("-ss", "0.5", "-i", str(clip.path), "-c", "copy", str(tmp_path / "b.mp4"))
    assert doubtful(tmp_path / "b.mp4") == frozenset()


def plan_of(clip: Clip) -> Plan:
    """What analysis plans where no detector ever sees anything."""
    with open_workbench(clip.path.with_suffix(".bench")) as workbench:
        return analyse(
            open_source(clip.path),
            sha256=sha256_of(clip.path),
            finders=Finders(BlindFinder(), BlindFinder()),
            wish=Wish(hide=(Kind.PERSON,)),
            workbench=workbench,
        )


@pytest.mark.parametrize("which", WOUNDS, ids=list(WOUNDS))
def test_damage_in_the_middle_is_hidden_and_the_rest_is_proven(which: str, tmp_path: Path) -> None:
    """Whatever was asked for: the plan hides whole pictures, and verification passes the rest."""
    name, shape, overwritten, packet = WOUNDS[which]
    clip = recording(tmp_path, name, shape)
    sick = wounded(clip, overwritten, packet)
    plan = plan_of(sick)
    out = render_clip(sick, plan, tmp_path / "out.mp4")
    verified = verify_clip(sick, plan, out)
    assert failed(verified) == set()
    hurt, size = changed(clip.path, sick.path), (plan.original.width, plan.original.height)
    lost = len(clip.pts) - len(times_of(sick.path))
    assert hurt or lost
    assert verified.undecoded == lost, "the certificate says how many pictures are missing"
    tick = Fraction(plan.original.time_base[0], plan.original.time_base[1])
    with open_frames(out) as source:
        for frame in source.frames():
            at = round((frame.pts or 0) * source.time_base / tick)
            is_hidden = (0, 0, *size) in plan.regions(at)
            assert (planes(frame)[0].max() < 40) == is_hidden
            assert at not in hurt or is_hidden
    assert len(times_of(out)) == len(times_of(sick.path))


def test_the_plan_says_that_damage_hides(tmp_path: Path) -> None:
    plan = plan_of(wounded(recording(tmp_path, "a.mp4", H264), rubbish, 13))
    (track,) = plan.tracks
    assert (track.kind, track.author) == (Kind.FRAME, "rule:damaged")
    assert any("come out of damaged data" in change.what for change in plan.history)


def test_a_whole_recording_is_not_hidden(tmp_path: Path) -> None:
    plan = plan_of(recording(tmp_path, "a.mp4", H264))
    assert plan.tracks == ()
    assert len(plan.history) == 1
