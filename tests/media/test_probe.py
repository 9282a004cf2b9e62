"""Probing in a guarded child: what plays is described, what does not is named."""

import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil
import pytest

from bwc.errors import Cancelled, MediaError
from bwc.media.containers import ContainerKind, open_media, opening_guards
from bwc.media.decode import side_data_of
from bwc.media.guard import Limits, run_guarded
from bwc.media.probe import probe
from tests.clips import make_clip
from tests.docks import PROBE_LIMITS, small_clip
from tests.media.boxes import find_box, point_media_elsewhere

pytestmark = pytest.mark.media


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("clip.mp4", ContainerKind.MP4),
        ("clip.mov", ContainerKind.MP4),
        ("clip.mkv", ContainerKind.MATROSKA),
        ("clip.avi", ContainerKind.AVI),
        ("clip.ts", ContainerKind.MPEG_TS),
    ],
)
def test_a_playable_video_is_described(tmp_path: Path, name: str, kind: ContainerKind) -> None:
    codec = "mpeg4" if name.endswith("avi") else "libx264"
    clip = make_clip(tmp_path / name, seconds=1, size=(160, 90), faces=(), codec=codec)
    facts = probe(clip.path, PROBE_LIMITS)
    assert (facts.container, facts.width, facts.height) == (kind, 160, 90)
    assert facts.has_audio
    assert abs(facts.duration - 1) < Fraction(1, 10)


def test_the_name_of_a_file_means_nothing(tmp_path: Path) -> None:
    path = small_clip(tmp_path / "clip.mp4").rename(tmp_path / "street-crowd.avi")
    assert probe(path, PROBE_LIMITS).container is ContainerKind.MP4


def test_rotation_is_told(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", seconds=0.2, size=(160, 90), faces=(), rotation=90)
    assert probe(clip.path, PROBE_LIMITS).rotation == 90


def test_a_file_that_declares_no_duration_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "live.mkv"
    make_clip(path, seconds=1, size=(160, 90), faces=(), audio=False, b_frames=0)
    live = tmp_path / "no-duration.mkv"
    with av.open(str(path)) as source, av.open(str(live), "w", options={"live": "1"}) as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    with open_media(live) as opened:
        assert opened.duration is None
    assert probe(live, PROBE_LIMITS).duration == 1


def _without_index(folder: Path) -> Path:
    """An MP4 that was cut off before its index was written."""
    whole = small_clip(folder / "whole.mp4").read_bytes()
    path = folder / "no-index.mp4"
    path.write_bytes(whole[: find_box(whole, b"moov")[0]])
    return path


def _cut_in_media(folder: Path) -> Path:
    """An MP4 with its index first, cut off in the middle of its media."""
    path = folder / "faststart.mp4"
    with av.open(str(small_clip(folder / "whole.mp4"))) as source:
        options = {"movflags": "+faststart"}
        with av.open(str(path), "w", options=options) as out:
            stream = out.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    out.mux(packet)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def _four_gigabytes_declared(folder: Path) -> Path:
    """An MP4 of a few kilobytes whose media claims to be 4 GB."""
    whole = bytearray(small_clip(folder / "whole.mp4").read_bytes())
    start, _ = find_box(bytes(whole), b"mdat")
    whole[start : start + 4] = (0xFFFFFFFF).to_bytes(4)
    path = folder / "four-gigabytes.mp4"
    path.write_bytes(whole)
    return path


def _more_than_any_file_declared(folder: Path) -> Path:
    """An MP4 whose second box claims the whole of 64 bits."""
    path = folder / "endless.mp4"
    endless = (1).to_bytes(4) + b"free" + (2**64 - 1).to_bytes(8)
    path.write_bytes((16).to_bytes(4) + b"ftypisom" + bytes(4) + endless + bytes(100))
    return path


def _sound_alone(folder: Path) -> Path:
    """An MP4 with nothing but sound in it."""
    path = folder / "sound.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=48_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 2048), np.float32), "fltp", "mono")
        frame.sample_rate = 48_000
        for ready in av.AudioResampler("fltp", "stereo", 48_000).resample(frame):
            out.mux(stream.encode(ready))
        out.mux(stream.encode(None))
    return path


def _no_duration(folder: Path) -> Path:
    """An MP4 with an index of no frames at all."""
    path = folder / "zero.mp4"
    with av.open(str(path), "w", options={"movflags": "+empty_moov+frag_keyframe"}) as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        out.start_encoding()
    return path


def _rubbish_inside(folder: Path) -> Path:
    """An MP4 whose index is whole and whose pictures are noise."""
    whole = bytearray(small_clip(folder / "whole.mp4").read_bytes())
    start, size = find_box(bytes(whole), b"mdat")
    noise = np.random.default_rng(1).integers(0, 256, size - 8, np.uint8).tobytes()
    whole[start + 8 : start + size] = noise
    path = folder / "noise.mp4"
    path.write_bytes(whole)
    return path


BAD: dict[str, tuple[Callable[[Path], Path], str]] = {
    "truncated before its index": (_without_index, r"moov box\) is missing"),
    "truncated in its media": (_cut_in_media, "cut off inside its mdat box"),
    "4 GB declared": (_four_gigabytes_declared, "expected 42949.* bytes, got"),
    "more than any file declared": (_more_than_any_file_declared, r"moov box\) is missing"),
    "sound alone": (_sound_alone, "no video .got audio"),
    "zero duration": (_no_duration, "no frame|no duration|no video"),
    "noise for pictures": (_rubbish_inside, "no frame of its h264 video can be decoded"),
}


@pytest.mark.parametrize(("make", "words"), BAD.values(), ids=BAD.keys())
def test_what_does_not_play_is_refused_with_the_reason(
    tmp_path: Path, make: Callable[[Path], Path], words: str
) -> None:
    with pytest.raises(MediaError, match=words):
        probe(make(tmp_path), PROBE_LIMITS)


def test_a_mov_cannot_lead_to_another_file(tmp_path: Path) -> None:
    secret = small_clip(tmp_path / "secret.mov")
    trap = tmp_path / "trap.mov"
    trap.write_bytes(point_media_elsewhere(secret.read_bytes(), secret))
    followed = {"enable_drefs": "1", "use_absolute_path": "1", "protocol_whitelist": "file"}
    with av.open(str(trap), format="mov", options=followed) as opened:
        assert next(opened.decode(video=0)).width == 160, "the trap must work where it is let"
    with pytest.raises(MediaError):
        probe(trap, PROBE_LIMITS)


def test_a_playlist_named_mp4_is_not_followed(tmp_path: Path) -> None:
    secret = small_clip(tmp_path / "secret.mp4")
    trap = tmp_path / "trap.mp4"
    trap.write_text(f"ffconcat version 1.0\nfile {secret.name}\n")
    with av.open(str(trap)) as opened:
        assert next(opened.decode(video=0)).width == 160, "FFmpeg alone follows it"
    with pytest.raises(MediaError, match="concat script that names other files"):
        probe(trap, PROBE_LIMITS)


def test_a_child_that_takes_too_long_is_ended() -> None:
    endless = [sys.executable, "-c", "import signal; signal.pause()"]
    with pytest.raises(MediaError, match="more time than allowed"):
        run_guarded(endless, Limits(cpu_seconds=10, memory_bytes=4 << 30, wall_seconds=0.3))


def test_a_child_that_computes_too_long_is_ended() -> None:
    endless = [sys.executable, "-c", "while True: pass"]
    with pytest.raises(MediaError, match="more processor time than allowed"):
        run_guarded(endless, Limits(cpu_seconds=1, memory_bytes=4 << 30, wall_seconds=30))


def test_a_video_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    path = small_clip(tmp_path / "clip.mp4")
    with pytest.raises(MediaError, match="more memory than allowed"):
        probe(path, Limits(cpu_seconds=30, memory_bytes=64 << 20))


def test_a_child_may_not_write_a_file_larger_than_allowed(tmp_path: Path) -> None:
    target = tmp_path / "large"
    writes = f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL); open({str(target)!r}, 'wb').write(bytes(9000))"
    with pytest.raises(MediaError, match="more file size than allowed"):
        run_guarded(
            [sys.executable, "-c", writes],
            Limits(cpu_seconds=10, memory_bytes=4 << 30, file_bytes=1000),
        )
    assert target.stat().st_size <= 1000


def test_a_child_dies_with_its_parent(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    sleeps = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    starts = (
        "import sys; from bwc.media.guard import Limits, run_guarded;"
        "limits = Limits(cpu_seconds=9, memory_bytes=4 << 30, file_bytes=99);"
        f"run_guarded([sys.executable, '-c', {sleeps!r}], limits)"
    )
    parent = subprocess.Popen([sys.executable, "-c", starts])
    while not (told.exists() and told.read_text()):
        assert parent.poll() is None
    child = psutil.Process(int(told.read_text()))
    parent.kill()
    parent.wait()
    _, alive = psutil.wait_procs([child], timeout=10)
    assert alive == []


@pytest.mark.parametrize("kind", list(ContainerKind))
def test_no_container_may_name_another_place(kind: ContainerKind) -> None:
    assert opening_guards(kind)["protocol_whitelist"] == "file"


def test_a_child_that_never_stops_printing_does_not_fill_our_memory() -> None:
    prints = (
        "import sys\n"
        "for stream in (sys.stdout, sys.stderr):\n"
        "    for _ in range(64): stream.write('x' * (1 << 20))\n"
        "    stream.write('the end')\n"
    )
    tracemalloc.start()
    outcome = run_guarded([sys.executable, "-c", prints], PROBE_LIMITS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert outcome.stdout.endswith(b"the end")
    assert outcome.complaint.endswith("the end")
    assert peak < 16 << 20


def test_what_a_child_started_ends_with_it() -> None:
    forks = "import os, time; os.fork() or time.sleep(60)"
    began = time.monotonic()
    assert run_guarded([sys.executable, "-c", forks], PROBE_LIMITS).status == 0
    assert time.monotonic() - began < 30


def test_a_child_sees_none_of_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BWC_VAULT__SECRET_KEY", "s3cret")
    shows = [sys.executable, "-c", "import os; print(sorted(os.environ))"]
    outcome = run_guarded(shows, PROBE_LIMITS)
    assert outcome.status == 0
    assert b"BWC" not in outcome.stdout


def test_waiting_can_be_given_up_and_ends_the_child() -> None:
    def give_up() -> None:
        raise Cancelled("enough")

    endless = [sys.executable, "-c", "import signal; signal.pause()"]
    with pytest.raises(Cancelled):
        run_guarded(endless, PROBE_LIMITS, on_wait=give_up)


def test_asking_for_side_data_leaves_no_ring_that_keeps_the_picture(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", size=(64, 48), seconds=0.2)
    with av.open(str(clip.path)) as container:
        frame = next(container.decode(video=0))
        before = sys.getrefcount(frame)
        assert side_data_of(frame)  # x264's note about itself
        assert sys.getrefcount(frame) == before
