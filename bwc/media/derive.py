"""What staff look at instead of the original: a poster, and a proxy that every browser plays.

Every picture of the proxy is a key frame, so that a browser shows any of them at once, and each
stands at the original's own time, counted from its first moment (`bwc.media.picture_times`). Both
are made by the ffmpeg program under limits, for the whole of a recording is decoded here. They show
everything the original shows: they stay in the vault and are never published.
"""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import ffmpeg
import imageio_ffmpeg

from bwc.errors import MediaError, TransientError
from bwc.media.containers import opening_guards, recognise
from bwc.media.guard import Limits, run_guarded

PROXY_SIDE_PX = 1280
PROXY_QUALITY = 28  # x264's CRF: plates and faces stay legible at 720p
PROXY_BITS_PER_SECOND = 6_000_000  # ceiling; also what the file's size limit is reckoned from
PROXY_SOUND_BITS_PER_SECOND = 96_000
KEY_FRAME_EVERY = 1
POSTER_SIDE_PX = 640
POSTER_AT = Fraction(1, 10)  # of the duration: the first seconds often show a car's ceiling
SPARE_BYTES = 64 << 20
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
THREADS = 2
CPU_PER_SECOND = 60  # processor seconds a second of 4K may take, with room for slow machines
SPARE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Source:
    """The original to derive from, with what probing found."""

    path: Path
    seconds: Fraction
    has_audio: bool


def make_poster(
    source: Source, target: Path, *, memory_bytes: int, on_wait: Callable[[], None]
) -> None:
    """Write one early frame of `source` to `target` as JPEG.

    Raises:
        MediaError: no frame could be taken, or that takes more than is allowed.
        TransientError: no room on the disk.
    """
    for at in (source.seconds * POSTER_AT, Fraction(0)):
        picture = _picture(_input(source, ss=f"{float(at):.3f}"), POSTER_SIDE_PX)
        output = ffmpeg.output(picture, str(target), f="mjpeg", vframes=1, **{"q:v": 4})
        _run(output, _limits(source, memory_bytes), target, on_wait)
        if target.exists() and target.stat().st_size:
            return
    raise MediaError("no picture could be taken from this video", where=target.name)


def make_proxy(
    source: Source, target: Path, *, memory_bytes: int, on_progress: Callable[[float], None]
) -> None:
    """Write `source` to `target` as an MP4 that begins to play at once: H.264 and AAC, 8-bit 4:2:0.

    Args:
        source: the original.
        target: the file to write.
        memory_bytes: what ffmpeg may use.
        on_progress: called several times a second with the share done, 0 to 1.

    Raises:
        MediaError: it cannot be made; the message carries ffmpeg's own last words.
        TransientError: no room on the disk.
    """
    journal = target.with_name(target.name + ".progress")
    opened = _input(source)
    streams = [_picture(opened, PROXY_SIDE_PX)]
    sound = {}
    if source.has_audio:
        streams.append(opened["a:0"])
        sound = {"acodec": "aac", "b:a": PROXY_SOUND_BITS_PER_SECOND}
    output = ffmpeg.output(
        *streams,
        str(target),
        f="mp4",
        vcodec="libx264",
        preset="veryfast",
        crf=PROXY_QUALITY,
        maxrate=PROXY_BITS_PER_SECOND,
        bufsize=2 * PROXY_BITS_PER_SECOND,
        g=KEY_FRAME_EVERY,
        pix_fmt="yuv420p",
        fps_mode="vfr",  # no picture is doubled; of two at one time the first stays
        enc_time_base="demux",  # the original's own ticks, not 1 / its nominal rate
        movflags="+faststart",
        map_metadata=-1,
        map_chapters=-1,
        threads=THREADS,
        **sound,
    ).global_args("-progress", str(journal), "-stats_period", "0.5")
    _run(
        output,
        _limits(source, memory_bytes),
        target,
        lambda: on_progress(_share_done(journal, source.seconds)),
    )


def most_bytes(seconds: Fraction) -> int:
    """The room that poster and proxy of so long a video may need, to be had before they are made."""
    bits_per_second = PROXY_BITS_PER_SECOND + PROXY_SOUND_BITS_PER_SECOND
    return SPARE_BYTES + int(seconds + 1) * bits_per_second // 8


def _input(source: Source, **options: str) -> ffmpeg.nodes.FilterableStream:
    """The original, opened with the one demuxer its first bytes call for."""
    kind = recognise(source.path)
    guards = opening_guards(kind)
    return ffmpeg.input(
        str(source.path.absolute()), f=kind.demuxer, threads=THREADS, **guards, **options
    )


def _picture(
    opened: ffmpeg.nodes.FilterableStream, longest_side: int
) -> ffmpeg.nodes.FilterableStream:
    """Its first moving picture, made smaller where it is larger, with even sides for 4:2:0."""
    return opened["V:0"].filter(
        "scale",
        w=f"min({longest_side},iw)",
        h=f"min({longest_side},ih)",
        force_original_aspect_ratio="decrease",
        force_divisible_by=2,
    )


def _limits(source: Source, memory_bytes: int) -> Limits:
    """What ffmpeg may use for a video of this length."""
    seconds = int(source.seconds) + 1
    return Limits(
        cpu_seconds=SPARE_SECONDS + CPU_PER_SECOND * seconds,
        memory_bytes=memory_bytes,
        file_bytes=2 * most_bytes(source.seconds),
        wall_seconds=SPARE_SECONDS + CPU_PER_SECOND * seconds,
    )


def _run(
    output: ffmpeg.nodes.OutputStream, limits: Limits, target: Path, on_wait: Callable[[], None]
) -> None:
    """Run ffmpeg until `target` is written."""
    quiet = output.global_args("-nostdin", "-hide_banner", "-loglevel", "error")
    command = ffmpeg.compile(quiet, cmd=imageio_ffmpeg.get_ffmpeg_exe(), overwrite_output=True)
    outcome = run_guarded(command, limits, on_wait=on_wait)
    if outcome.status == 0:
        return
    if any(os.strerror(code) in outcome.complaint for code in NO_ROOM):
        raise TransientError(
            "no room on the disk", where=target.name, advice="Free space; it is made again then"
        )
    raise MediaError(
        "ffmpeg could not make it from this video",
        where=target.name,
        got=outcome.complaint.strip().rpartition("\n")[2] or f"exit status {outcome.status}",
    )


def _share_done(journal: Path, seconds: Fraction) -> float:
    """The share of the duration that ffmpeg's progress file says is written."""
    if not journal.exists():
        return 0.0
    done = 0
    for line in journal.read_text(errors="replace").splitlines():
        name, _, value = line.partition("=")
        if name == "out_time_us" and value.isdecimal():
            done = int(value)
    return min(1.0, done / 1_000_000 / float(seconds))
