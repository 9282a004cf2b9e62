"""Segments: each can be read by itself, what is finished is kept, and a kill costs one of them."""

import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from bwc.ids import Sha256
from bwc.media.decode import open_frames
from bwc.media.segments import SEGMENT_SECONDS, Segment, cut, frames_of
from bwc.redaction.analyse import analyse
from bwc.redaction.closer import Finders
from bwc.redaction.keys import Key
from bwc.redaction.planning import Wish
from bwc.redaction.render import open_source, render
from bwc.redaction.workbench import Workbench, open_workbench
from tests.clips import Clip, make_clip
from tests.killed_redaction import in_seconds, redact
from tests.redactions import BlindFinder, failed, plan_for, verify_clip

pytestmark = pytest.mark.media

WAIT_SECONDS = 60
EACH_SECOND = {"x264-params": "keyint=25:scenecut=0"}
OPEN = {"x264-params": "keyint=25:scenecut=0:open-gop=1:bframes=3"}
UNEVEN = [Fraction(at, 25) + Fraction(at % 3, 500) for at in range(90)]


def clip_at(path: Path, options: dict[str, str] = EACH_SECOND, **more: object) -> Clip:
    """About four seconds with a key frame each second."""
    more.setdefault("seconds", 3.6)
    return make_clip(path, size=(320, 180), options=options, **more)  # type: ignore[arg-type] - as given


def pixels(path: Path) -> list[tuple[int, str]]:
    """The time and the hash of each decoded frame."""
    with open_frames(path) as source:
        return [hashed(frame) for frame in source.frames()]


def hashed(frame: object) -> tuple[int, str]:
    return (frame.pts, hashlib.sha256(frame.to_ndarray().tobytes()).hexdigest())  # type: ignore[attr-defined] - a frame


CLIPS: dict[str, Callable[[Path], Clip]] = {
    "key frames each second": lambda folder: clip_at(folder / "a.mp4"),
    "groups of pictures that reach into the next": lambda folder: clip_at(folder / "a.mp4", OPEN),
    "uneven times": lambda folder: clip_at(folder / "a.mp4", times=UNEVEN),
    "a first time that is not zero": lambda folder: clip_at(
        folder / "a.mp4", first_second=Fraction(7, 3)
    ),
    "times that Matroska rounds": lambda folder: clip_at(folder / "a.mkv"),
}


@pytest.mark.parametrize("shape", CLIPS)
def test_segments_read_one_by_one_are_the_whole(shape: str, tmp_path: Path) -> None:
    clip = CLIPS[shape](tmp_path)
    segments = cut(clip.path, seconds=Fraction(1))
    assert len(segments) >= 3
    read = []
    for segment in reversed(segments):
        with open_frames(clip.path) as source:
            read = [hashed(frame) for frame in frames_of(source, segment)] + read
    assert read == pixels(clip.path)


def test_a_container_without_exact_times_is_one_segment(tmp_path: Path) -> None:
    clip = clip_at(tmp_path / "a.avi", codec="mpeg4", options={})
    assert cut(clip.path, seconds=Fraction(1)) == [Segment(0)]


def test_a_seek_that_lands_too_late_reads_from_the_beginning(tmp_path: Path) -> None:
    clip = clip_at(tmp_path / "a.mp4", {"x264-params": "keyint=1000:scenecut=0"})
    middle = pixels(clip.path)[40]
    with open_frames(clip.path) as source:
        first = next(iter(frames_of(source, Segment(1, start=middle[0]))))
        assert hashed(first) == middle


def test_a_broken_packet_is_counted_once_though_it_is_read_twice(tmp_path: Path) -> None:
    """A segment whose first picture is broken is read from the beginning of the file."""
    path = tmp_path / "broken.mkv"
    broken = (7, 20, 30)  # the last two begin segments
    with av.open(str(path), "w", format="matroska") as out:
        video = out.add_stream("mjpeg", rate=10)
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = 320, 240, "yuvj420p"
        for at in range(40):
            frame = av.VideoFrame.from_ndarray(np.full((240, 320, 3), at * 6, np.uint8), "rgb24")
            frame.pts = at
            for packet in video.encode(frame):
                out.mux(wiped(packet) if at in broken else packet)
        out.mux(video.encode(None))
    with open_frames(path) as source:
        assert len(list(source.frames())) == 40 - len(broken)
    assert source.damaged == len(broken)
    counts = []
    for segment in cut(path, seconds=Fraction(1)):
        with open_frames(path) as source:
            list(frames_of(source, segment))
        counts.append(source.damaged)
    assert counts == [1, 0, 1, 1]


def wiped(packet: "av.Packet[VideoStream]") -> "av.Packet[VideoStream]":
    """The same packet with a picture that no decoder makes out."""
    empty = av.Packet(bytes(packet)[:2] + bytes(packet.size - 2))
    empty.pts, empty.dts, empty.time_base = packet.pts, packet.dts, packet.time_base
    empty.stream, empty.is_keyframe = packet.stream, True
    return empty


@pytest.mark.parametrize("shape", CLIPS)
def test_a_rendering_in_pieces_is_a_right_rendering(shape: str, tmp_path: Path) -> None:
    clip = CLIPS[shape](tmp_path)
    plan, into = plan_for(clip), tmp_path / "out.mp4"
    render(in_seconds(clip.path), into, plan=plan, workbench=Workbench(tmp_path))
    assert failed(verify_clip(clip, plan, into)) == set()


def test_a_plan_that_changes_in_one_segment_renders_that_one_again(tmp_path: Path) -> None:
    clip = clip_at(tmp_path / "a.mp4")
    plan, workbench = plan_for(clip), Workbench(tmp_path)
    render(in_seconds(clip.path), tmp_path / "one.mp4", plan=plan, workbench=workbench)
    before = {piece: piece.stat().st_mtime_ns for piece in tmp_path.glob("drawn-*")}
    last = clip.pts[-1]
    keys = (Key(last - 9000, 10, 10, 60, 60), Key(last, 10, 10, 60, 60))
    track = plan.tracks[0].model_copy(update={"id": 9, "keys": keys})
    changed = plan.model_copy(update={"tracks": (*plan.tracks, track)})
    render(in_seconds(clip.path), tmp_path / "two.mp4", plan=changed, workbench=workbench)
    after = {piece: piece.stat().st_mtime_ns for piece in tmp_path.glob("drawn-*")}
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1
    assert pixels(tmp_path / "one.mp4")[:75] == pixels(tmp_path / "two.mp4")[:75]


def test_pieces_that_were_coded_by_another_number_of_threads_are_not_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = clip_at(tmp_path / "a.mp4")
    plan, workbench = plan_for(clip), Workbench(tmp_path)
    monkeypatch.setattr("bwc.redaction.render.CODING_THREADS", 3)
    render(in_seconds(clip.path), tmp_path / "one.mp4", plan=plan, workbench=workbench)
    before = set(tmp_path.glob("drawn-*.mp4"))
    monkeypatch.undo()
    render(in_seconds(clip.path), tmp_path / "two.mp4", plan=plan, workbench=workbench)
    assert len(set(tmp_path.glob("drawn-*.mp4")) - before) == len(before)


@pytest.mark.parametrize(("kind", "wanted"), [("seen", 2), ("drawn", 2)])
def test_a_killed_redaction_goes_on_from_its_last_finished_segment(
    kind: str, wanted: int, tmp_path: Path
) -> None:
    clip, folder = clip_at(tmp_path / "a.mp4"), tmp_path / "bench"
    module = "tests.killed_redaction"
    child = subprocess.Popen(
        [sys.executable, "-m", module, str(clip.path), str(tmp_path / "killed.mp4"), str(folder)]
    )
    try:
        _wait_for(lambda: len(list(folder.glob(f"{kind}-*"))) >= wanted, child)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    finished = {path: path.stat().st_mtime_ns for path in folder.glob("[sd]*-*")}
    redact(clip.path, tmp_path / "resumed.mp4", folder, pause_seconds=0)
    assert {path: path.stat().st_mtime_ns for path in finished} == finished
    redact(clip.path, tmp_path / "whole.mp4", tmp_path / "other", pause_seconds=0)
    assert pixels(tmp_path / "resumed.mp4") == pixels(tmp_path / "whole.mp4")


def _zeroed(content: bytes) -> bytes:
    """The right length and no more, as a power cut may leave it."""
    return content[: len(content) // 2] + bytes(len(content) - len(content) // 2)


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut off": lambda content: content[:-100],
    "without its second half": _zeroed,
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("kind", ["seen", "drawn"])
def test_what_a_power_cut_left_broken_is_made_again(how: str, kind: str, tmp_path: Path) -> None:
    clip, folder = clip_at(tmp_path / "a.mp4"), tmp_path / "bench"
    redact(clip.path, tmp_path / "whole.mp4", folder, pause_seconds=0)
    lying = sorted(folder.glob(f"{kind}-*"))[1]
    whole = lying.read_bytes()
    lying.write_bytes(BROKEN[how](whole))
    redact(clip.path, tmp_path / "again.mp4", folder, pause_seconds=0)
    assert pixels(tmp_path / "again.mp4") == pixels(tmp_path / "whole.mp4")
    assert len(lying.read_bytes()) == len(whole)


def test_a_piece_that_nobody_finished_here_is_not_taken(tmp_path: Path) -> None:
    clip, workbench = clip_at(tmp_path / "a.mp4"), Workbench(tmp_path)
    place = workbench.place("drawn", {"by": "somebody else"}, ".mp4")
    place.write_bytes(clip.path.read_bytes())
    assert not workbench.has(place)


def _wait_for(reached: Callable[[], bool], child: "subprocess.Popen[bytes]") -> None:
    """Wait until `child` has got as far, or fail if it ends before."""
    until = time.monotonic() + WAIT_SECONDS
    while not reached():
        assert child.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < until, "it never got that far"
        time.sleep(0.01)


def test_a_segment_of_which_nothing_decodes_is_left_out(tmp_path: Path) -> None:
    path, last = tmp_path / "in.mkv", int(5 * SEGMENT_SECONDS)
    noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3), np.uint8)
    with av.open(str(path), "w", format="matroska") as container:
        stream = container.add_stream("mjpeg", rate=5)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuvj420p"
        for index in range(last + 1):
            frame = av.VideoFrame.from_ndarray(np.roll(noise, index, 1), "rgb24")
            frame.pts = index
            for packet in stream.encode(frame):
                if index == last:
                    broken = av.Packet(bytes(packet)[:2] + bytes(packet.size - 2))
                    broken.pts, broken.dts = packet.pts, packet.dts
                    broken.time_base, broken.stream = packet.time_base, stream
                    broken.is_keyframe = True
                container.mux(broken if index == last else packet)
    source = open_source(path)
    assert len(source.segments) == 2
    finders = Finders(BlindFinder(), BlindFinder())
    with open_workbench(tmp_path / "bench") as bench:
        plan = analyse(
            source, sha256=Sha256("0" * 64), finders=finders, wish=Wish(), workbench=bench
        )
        render(source, tmp_path / "out.mp4", plan=plan, workbench=bench)
    assert plan.original.frames == last
