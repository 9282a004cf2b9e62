"""The table of formats: what cameras write, each line with the way it is recorded here."""

from fractions import Fraction
from pathlib import Path

from tests.media.cameras import SHOT, Camera

QUIET = ("-x265-params", "log-level=none")
COPIED = ("-i", SHOT, "-c", "copy")
HEVC = {"codec": "libx265"}
MPEG4 = {"codec": "mpeg4"}
JPEG = {"codec": "mjpeg", "pixel_format": "yuvj420p"}
UNEVEN = [Fraction(n * n + 3 * n, 900) for n in range(15)]


def with_matrix(path: Path, *, at: int, number: int) -> None:
    """Put a number into the display matrix of a film's first track (ISO/IEC 14496-12, 8.3.2)."""
    content = bytearray(path.read_bytes())
    place = content.index(b"tkhd") + 44 + at
    content[place : place + 4] = number.to_bytes(4)
    path.write_bytes(content)


PICTURES = {
    "H.264 in MP4, with B-frames": Camera(),
    "H.264 in MOV": Camera(name="a.mov"),
    "H.264 in Matroska": Camera(name="a.mkv"),
    "H.264 in AVI, which knows no time but decoding order": Camera(name="a.avi"),
    "H.264 in a transport stream": Camera(name="a.ts"),
    "H.264 in a transport stream of 192-byte packets": Camera(
        name="a.mts", ffmpeg=(*COPIED, "-f", "mpegts", "-mpegts_m2ts_mode", "1")
    ),
    "a time code track beside the picture": Camera(
        name="a.mov", ffmpeg=(*COPIED, "-timecode", "01:00:00:00")
    ),
    "HEVC in MP4": Camera(shape=HEVC),
    "HEVC in MOV": Camera(name="a.mov", shape=HEVC),
    "HEVC in Matroska": Camera(name="a.mkv", shape=HEVC),
    "HEVC in a transport stream": Camera(name="a.ts", shape=HEVC),
    "HEVC in AVI": Camera(
        name="a.avi", ffmpeg=("-i", SHOT, "-c:v", "libx265", *QUIET, "-tag:v", "HEVC")
    ),
    "HEVC in fragments": Camera(
        shape=HEVC, ffmpeg=(*COPIED, "-movflags", "frag_keyframe+empty_moov")
    ),
    "HEVC with uneven times": Camera(shape=HEVC | {"times": UNEVEN}),
    "HEVC turned by 270 degrees": Camera(shape=HEVC | {"rotation": 270}),
    "HEVC, BT.709, full range": Camera(shape=HEVC | {"colour": (1, 2)}),
    "HEVC, BT.601, limited range": Camera(shape=HEVC | {"colour": (6, 1)}),
    "HEVC, an edit list that cuts into the first seconds": Camera(
        shape=HEVC, ffmpeg=("-ss", "0.2", *COPIED), shift=Fraction(1, 5)
    ),
    "HEVC, an edit list that begins with nothing": Camera(
        shape=HEVC, ffmpeg=("-itsoffset", "0.4", *COPIED), shift=-Fraction(2, 5)
    ),
    "HEVC, 4K, portrait": Camera(shape=HEVC | {"size": (2160, 3840), "seconds": 0.24}),
    "MPEG-4 in MP4": Camera(shape=MPEG4),
    "MPEG-4 in MOV": Camera(name="a.mov", shape=MPEG4),
    "MPEG-4 in Matroska": Camera(name="a.mkv", shape=MPEG4),
    "MPEG-4 in AVI": Camera(name="a.avi", shape=MPEG4),
    "MPEG-4 with B-frames in MP4": Camera(ffmpeg=("-i", SHOT, "-c:v", "mpeg4", "-bf", "2")),
    "MPEG-4 in a transport stream": Camera(name="a.ts", shape=MPEG4),
    "Motion JPEG in MP4": Camera(shape=JPEG),
    "Motion JPEG in MOV": Camera(name="a.mov", shape=JPEG),
    "Motion JPEG in Matroska": Camera(name="a.mkv", shape=JPEG),
    "Motion JPEG with uneven times": Camera(name="a.mov", shape=JPEG | {"times": UNEVEN}),
    "Motion JPEG turned by 90 degrees": Camera(name="a.mov", shape=JPEG | {"rotation": 90}),
    "MPEG-4 turned by 180 degrees": Camera(shape=MPEG4 | {"rotation": 180}),
    "MPEG-4 with uneven times": Camera(
        shape={"times": UNEVEN}, ffmpeg=("-i", SHOT, "-c:v", "mpeg4", "-fps_mode", "vfr")
    ),
    "Motion JPEG in AVI": Camera(name="a.avi", shape=JPEG),
    "an MP4 whose name says AVI": Camera(name="a.avi", shape={"container": "mp4"}),
    "MP4 in fragments": Camera(ffmpeg=(*COPIED, "-movflags", "frag_keyframe+empty_moov")),
    "uneven times": Camera(shape={"times": UNEVEN, "b_frames": 0}),
    "uneven times and B-frames": Camera(shape={"times": UNEVEN}),
    "no B-frames": Camera(shape={"b_frames": 0}),
    "an edit list that cuts into the first seconds": Camera(
        ffmpeg=("-ss", "0.2", *COPIED), shift=Fraction(1, 5)
    ),
    "an edit list that begins with nothing": Camera(
        ffmpeg=("-itsoffset", "0.4", *COPIED), shift=-Fraction(2, 5)
    ),
    "a first time stamp that is not zero, in Matroska": Camera(
        name="a.mkv", shape={"first_second": Fraction(3, 2)}
    ),
    "a first time stamp that is not zero, in a transport stream": Camera(
        name="a.ts", shape={"first_second": Fraction(3, 2)}
    ),
    "packets before zero": Camera(ffmpeg=(*COPIED, "-avoid_negative_ts", "disabled")),
    "no edit list where B-frames want one": Camera(
        name="a.mov", ffmpeg=(*COPIED, "-use_editlist", "0"), shift=-Fraction(2, 25)
    ),
    "turned by 90 degrees": Camera(shape={"rotation": 90}),
    "turned by 180 degrees": Camera(shape={"rotation": 180}),
    "turned by 270 degrees": Camera(shape={"rotation": 270}),
    "turned, with the shift that phones write": Camera(
        shape={"rotation": 90}, wound=lambda path: with_matrix(path, at=24, number=180 << 16)
    ),
    "turned by an angle that no player heeds": Camera(
        shape={"rotation": 180}, wound=lambda path: with_matrix(path, at=4, number=900)
    ),
    "mirrored": Camera(
        shape={"rotation": 180}, wound=lambda path: with_matrix(path, at=16, number=1 << 16)
    ),
    "turned in Matroska": Camera(name="a.mkv", shape={"rotation": 90}),
    "BT.709, limited range": Camera(shape={"colour": (1, 1)}),
    "BT.709, full range": Camera(shape={"colour": (1, 2)}),
    "BT.601, limited range": Camera(shape={"colour": (6, 1)}),
    "BT.601, full range": Camera(shape={"colour": (6, 2)}),
    "H.264 of ten bits": Camera(shape={"pixel_format": "yuv420p10le"}),
    "H.264 of ten bits, full range": Camera(
        shape={"pixel_format": "yuv420p10le", "colour": (1, 2)}
    ),
    "HEVC of ten bits": Camera(shape=HEVC | {"pixel_format": "yuv420p10le"}),
    "HEVC of ten bits, 4:2:2": Camera(shape=HEVC | {"pixel_format": "yuv422p10le"}),
    "4:2:2": Camera(shape={"pixel_format": "yuv422p"}),
    "4:2:2, full range": Camera(shape={"pixel_format": "yuv422p", "colour": (1, 2)}),
    "4:4:4": Camera(shape={"pixel_format": "yuv444p"}),
    "Motion JPEG of 4:2:2": Camera(name="a.avi", shape=JPEG | {"pixel_format": "yuvj422p"}),
    "4K": Camera(shape={"size": (3840, 2160), "seconds": 0.08}),
    "portrait": Camera(shape={"size": (270, 480)}),
    "1080p, which is stored as 1088 lines": Camera(shape={"size": (1920, 1080), "seconds": 0.08}),
    "854x480": Camera(shape={"size": (854, 480), "seconds": 0.2}),
    "480x270": Camera(shape={"size": (480, 270), "seconds": 0.2}),
    "truly odd, 4:4:4": Camera(shape={"size": (427, 241), "pixel_format": "yuv444p"}),
    "truly odd Motion JPEG": Camera(name="a.avi", shape=JPEG | {"size": (427, 241)}),
    "truly odd MPEG-4": Camera(name="a.avi", shape=MPEG4 | {"size": (427, 241)}),
    "pixels that are not square": Camera(ffmpeg=("-i", SHOT, "-vf", "setsar=4/3")),
    "interlaced": Camera(ffmpeg=("-i", SHOT, "-x264-params", "tff=1")),
    "parameter sets before each picture": Camera(
        name="a.ts", ffmpeg=(*COPIED, "-bsf:v", "dump_extra=freq=all")
    ),
    "parameter sets in each second": Camera(
        shape={"options": {"x264-params": "repeat-headers=1:keyint=5"}}
    ),
}
# The original's own duration is that of the picture decoded last, not shown last, or a guess.
UNSURE_DURATION = {"uneven times and B-frames", "HEVC with uneven times", "HEVC in AVI"}


def noisy(
    *codec: str, rate: int = 48_000, name: str = "a.mp4", offset: str = "0", seconds: str = "0.6"
) -> Camera:
    """A camera whose microphone hears noise, which is like itself at no other time."""
    hiss = f"anoisesrc=r={rate}:seed=7:amplitude=0.3"
    source = ("-itsoffset", offset, "-f", "lavfi", "-t", seconds, "-i", hiss)
    kept = ("-map", "0:v", "-map", "1:a", "-c:v", "copy", *codec)
    return Camera(name=name, ffmpeg=("-i", SHOT, *source, *kept))


SOUNDS = {
    "mono PCM at 8 kHz in MOV": (noisy("-c:a", "pcm_s16le", rate=8000, name="a.mov"), 8000, 1),
    "mono PCM at 8 kHz in AVI": (noisy("-c:a", "pcm_s16le", rate=8000, name="a.avi"), 8000, 1),
    "u-law at 8 kHz in AVI": (noisy("-c:a", "pcm_mulaw", rate=8000, name="a.avi"), 8000, 1),
    "mono AAC at 16 kHz": (noisy("-c:a", "aac", rate=16_000), 16_000, 1),
    "stereo AAC at 32 kHz": (noisy("-c:a", "aac", "-ac", "2", rate=32_000), 32_000, 2),
    "stereo AAC at 44.1 kHz": (noisy("-c:a", "aac", "-ac", "2", rate=44_100), 44_100, 2),
    "5.1 AAC": (noisy("-c:a", "aac", "-ac", "6"), 48_000, 2),
    "5.1 AC-3 in a transport stream": (noisy("-c:a", "ac3", "-ac", "6", name="a.ts"), 48_000, 2),
    "MP3 at 16 kHz": (noisy("-c:a", "libmp3lame", rate=16_000), 16_000, 1),
    "MP3 in AVI": (noisy("-c:a", "libmp3lame", rate=44_100, name="a.avi"), 44_100, 1),
    "AAC in Matroska": (noisy("-c:a", "aac", name="a.mkv"), 48_000, 1),
    "AAC in a transport stream": (noisy("-c:a", "aac", name="a.ts"), 48_000, 1),
    "big-endian PCM in MOV": (noisy("-c:a", "pcm_s16be", name="a.mov"), 48_000, 1),
    "24-bit PCM in Matroska": (noisy("-c:a", "pcm_s24le", name="a.mkv"), 48_000, 1),
    "A-law at 8 kHz in AVI": (noisy("-c:a", "pcm_alaw", rate=8000, name="a.avi"), 8000, 1),
    "ADPCM in AVI": (noisy("-c:a", "adpcm_ima_wav", rate=16_000, name="a.avi"), 16_000, 1),
    "ADPCM in MOV": (noisy("-c:a", "adpcm_ima_qt", rate=16_000, name="a.mov"), 16_000, 1),
    "MP2 in a transport stream": (noisy("-c:a", "mp2", name="a.ts"), 48_000, 1),
    "AC-3 in MP4": (noisy("-c:a", "ac3", rate=44_100), 44_100, 1),
    "PCM at 96 kHz in MOV": (noisy("-c:a", "pcm_s16le", rate=96_000, name="a.mov"), 96_000, 1),
    "Opus in Matroska": (noisy("-c:a", "libopus", name="a.mkv"), 48_000, 1),
    "sound that begins a little late": (noisy("-c:a", "aac", offset="0.01"), 48_000, 1),
    "sound that begins later": (noisy("-c:a", "aac", offset="0.3"), 48_000, 1),
    "sound that begins earlier": (noisy("-c:a", "aac", offset="-0.3"), 48_000, 1),
    "sound that goes on after the picture": (noisy("-c:a", "aac", seconds="1.5"), 48_000, 1),
}
