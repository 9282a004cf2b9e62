"""Everything real cameras write goes through redaction and comes out right: a table of cameras.

Each case is recorded, planned from the known place of its face, rendered, and verified; then the
finished file is looked at once more, past the verifier's own code.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from bwc.media.audio import sound, sound_look
from bwc.media.boxes import top_level_boxes
from bwc.media.decode import look, open_frames
from bwc.media.encode import planes
from bwc.redaction.certificate import Certified, certificate
from bwc.redaction.engine import Engine, redact_file, sha256_of
from bwc.redaction.plan import Plan
from bwc.settings import load_settings
from tests.clips import Clip, needs_models
from tests.media.cameras import SHOT, SINE, Camera, record
from tests.redactions import BlindFinder, failed, plan_for, render_clip, times_of, verify_clip

pytestmark = pytest.mark.media

COPIED = ("-i", SHOT, "-c", "copy")
HEVC = {"codec": "libx265"}
MPEG4 = {"codec": "mpeg4"}
JPEG = {"codec": "mjpeg", "pixel_format": "yuvj420p"}
UNEVEN = [Fraction(n * n + 3 * n, 900) for n in range(15)]

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
    "MPEG-4 in MP4": Camera(shape=MPEG4),
    "MPEG-4 in MOV": Camera(name="a.mov", shape=MPEG4),
    "MPEG-4 in Matroska": Camera(name="a.mkv", shape=MPEG4),
    "MPEG-4 in AVI": Camera(name="a.avi", shape=MPEG4),
    "MPEG-4 with B-frames in MP4": Camera(ffmpeg=("-i", SHOT, "-c:v", "mpeg4", "-bf", "2")),
    "MPEG-4 in a transport stream": Camera(name="a.ts", shape=MPEG4),
    "Motion JPEG in MP4": Camera(shape=JPEG),
    "Motion JPEG in MOV": Camera(name="a.mov", shape=JPEG),
    "Motion JPEG in Matroska": Camera(name="a.mkv", shape=JPEG),
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
# Its own duration is the last decoded picture's, which is not the last one shown.
UNSURE_DURATION = {"uneven times and B-frames", "uneven times"}


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
    "Opus in Matroska": (noisy("-c:a", "libopus", name="a.mkv"), 48_000, 1),
    "sound that begins a little late": (noisy("-c:a", "aac", offset="0.01"), 48_000, 1),
    "sound that begins later": (noisy("-c:a", "aac", offset="0.3"), 48_000, 1),
    "sound that begins earlier": (noisy("-c:a", "aac", offset="-0.3"), 48_000, 1),
    "sound that goes on after the picture": (noisy("-c:a", "aac", seconds="1.5"), 48_000, 1),
}


@dataclass(frozen=True, slots=True)
class Finished:
    """A camera's recording, its plan, and the rendering that verification let pass."""

    clip: Clip
    plan: Plan
    out: Path


def finish(camera: Camera, folder: Path) -> Finished:
    """Record, plan, render, verify."""
    clip = record(camera, folder)
    plan = plan_for(clip)
    out = render_clip(clip, plan, folder / "out.mp4")
    verified = verify_clip(clip, plan, out)
    assert failed(verified) == set(), verified.findings
    assert verified.regions == len(clip.pts) == verified.frames
    return Finished(clip, plan, out)


@pytest.mark.parametrize("which", PICTURES, ids=list(PICTURES))
def test_the_picture_is_redacted_and_otherwise_as_before(which: str, tmp_path: Path) -> None:
    done = finish(PICTURES[which], tmp_path)
    assert streams_of(done.out) == ["h264"]
    assert starts_at_once(done.out)
    assert_looks_alike(done)
    assert_face_is_filled_and_nothing_else(done)
    if which not in UNSURE_DURATION:
        assert duration(done.out) == pytest.approx(duration(done.clip.path), abs=0.001)


@pytest.mark.parametrize("which", SOUNDS, ids=list(SOUNDS))
def test_the_sound_stays_in_time_to_the_sample(which: str, tmp_path: Path) -> None:
    camera, rate, channels = SOUNDS[which]
    done = finish(camera, tmp_path)
    assert streams_of(done.out) == ["h264", "aac"]
    heard = sound_look(done.out)
    assert heard is not None
    assert (heard.rate, heard.channels) == (rate, channels)
    assert abs(lag(done.clip.path, done.out)) <= 1


def test_each_picture_of_an_avi_with_b_frames_has_its_place(tmp_path: Path) -> None:
    coded = ("-i", SHOT, "-c:v", "libx264", "-bf", "2")
    done = finish(Camera(name="a.avi", ffmpeg=coded), tmp_path)
    with open_frames(done.out) as source:
        times = [(frame.pts or 0) * source.time_base for frame in source.frames()]
    assert times == [Fraction(n, 25) for n in range(15)]
    assert_face_is_filled_and_nothing_else(done)


def test_a_transport_stream_whose_clock_starts_again_begins_at_zero(tmp_path: Path) -> None:
    clock = ("-output_ts_offset", "95443.4", "-muxdelay", "0")
    camera = noisy("-c:a", "aac", *clock, name="a.ts")
    clip = record(camera, tmp_path)
    first = look(clip.path).first_pts * clip.time_base
    assert 0 <= first < 0.1
    done = finish(replace(camera, shift=-first), tmp_path)
    assert streams_of(done.out) == ["h264", "aac"]
    assert_looks_alike(done)
    assert_face_is_filled_and_nothing_else(done)
    assert abs(lag(done.clip.path, done.out)) <= 1


def test_a_second_sound_track_is_left_out_and_the_certificate_says_so(tmp_path: Path) -> None:
    tracks = ("-map", "0:v", "-map", "1", "-map", "2", "-c:v", "copy")
    done = finish(
        Camera(ffmpeg=("-i", SHOT, *SINE, "sine=440", *SINE, "sine=990", *tracks)), tmp_path
    )
    assert streams_of(done.out) == ["h264", "aac"]
    assert any("left out: audio 2" in note for note in notes(done))


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_the_certificate_says_that_ten_bits_became_eight(codec: str, tmp_path: Path) -> None:
    done = finish(Camera(shape={"codec": codec, "pixel_format": "yuv420p10le"}), tmp_path)
    assert look(done.out).bit_depth == 8
    assert any("10 bits a sample, the rendering 8" in note for note in notes(done))


DETECTED = {
    "H.264 in AVI with sound": Camera(name="a.avi", shape={"audio": True, "seconds": 0.4}),
    "HEVC of ten bits in a transport stream that begins late": Camera(
        name="a.ts",
        shape=HEVC
        | {"pixel_format": "yuv420p10le", "first_second": Fraction(3, 2), "seconds": 0.4},
    ),
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load_settings().models_folder, verifier=BlindFinder())


@needs_models
@pytest.mark.parametrize("which", DETECTED, ids=list(DETECTED))
def test_detectors_find_and_hide_the_face_in(which: str, engine: Engine, tmp_path: Path) -> None:
    clip = record(DETECTED[which], tmp_path)
    outcome = redact_file(clip.path, tmp_path / "out.mp4", engine=engine)
    assert outcome.verdict == "passed", outcome.certificate
    done = Finished(clip, outcome.plan, tmp_path / "out.mp4")
    assert_looks_alike(done)
    with open_frames(done.out) as source:
        for frame, boxes in zip(source.frames(), clip.boxes, strict=True):
            assert brightest(planes(frame)[0], boxes[0]) < 45


def assert_looks_alike(done: Finished) -> None:
    """Same times, size, rotation, shape of pixels, colour tags; eight bits."""
    before, after = look(done.clip.path), look(done.out)
    assert [pts * after.time_base for pts in times_of(done.out)] == [
        pts * before.time_base for pts in done.clip.pts
    ]
    assert (after.width, after.height) == (before.width, before.height)
    assert (after.matrix, after.rotation) == (before.matrix, before.rotation)
    assert after.sample_aspect == before.sample_aspect or not before.sample_aspect
    tags = [(c.space, c.primaries, c.transfer) for c in (before.colour, after.colour)]
    assert tags[0] == tags[1]
    assert (before.colour.range == 2) == (after.colour.range == 2)
    assert after.bit_depth == 8


def assert_face_is_filled_and_nothing_else(done: Finished) -> None:
    """The face is black on each frame; the wall beside it is as bright as it was."""
    with open_frames(done.clip.path) as source, open_frames(done.out) as result:
        pairs = zip(source.frames(), result.frames(), done.clip.boxes, strict=True)
        for before, after, (box,) in pairs:
            shown = planes(after)[0]
            assert brightest(shown, box) < 45, f"at {after.pts}"
            wall = np.ones(shown.shape, bool)
            wall[:, max(0, int(box[0]) - 50) : int(box[2]) + 50] = False
            was, now = brightness(before)[wall], shown[wall]
            assert now.mean() == pytest.approx(was.mean(), abs=1.5), f"at {after.pts}"
            assert now.std() == pytest.approx(was.std(), abs=4)


def brightest(luma: npt.NDArray[np.uint8], box: tuple[float, float, float, float]) -> int:
    """The brightest sample within `box`, but for the rim that the coder mixes."""
    x0, y0, x1, y1 = (int(edge) for edge in box)
    return int(luma[y0 + 3 : y1 - 3, x0 + 3 : x1 - 3].max())


def brightness(frame: av.VideoFrame) -> npt.NDArray[np.float64]:
    """The luma plane as stored, in eight-bit levels, without any library's conversion."""
    plane, bits = frame.planes[0], frame.format.components[0].bits
    sample = np.uint8 if bits == 8 else np.uint16
    rows = np.frombuffer(memoryview(plane), sample).reshape(plane.height, -1)
    return rows[:, : frame.width] / 2.0 ** (bits - 8)


def streams_of(path: Path) -> list[str]:
    """The codecs of a file."""
    with av.open(str(path)) as container:
        return [stream.codec_context.name for stream in container.streams]


def starts_at_once(path: Path) -> bool:
    """Whether it is an MP4 without fragments whose index comes first."""
    with path.open("rb") as file:
        names = [box.name for box in top_level_boxes(file, path.stat().st_size)]
    return names in (["ftyp", "moov", "mdat"], ["ftyp", "moov", "free", "mdat"])


def duration(path: Path) -> float:
    """Seconds of picture as declared; in Matroska, which declares none, as its frames say."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        if stream.duration:
            return float(stream.duration * (stream.time_base or 0))
        times = [
            frame.time + frame.duration * frame.time_base for frame in container.decode(stream)
        ]
        return float(times[-1]) - float((stream.start_time or 0) * (stream.time_base or 0))


def notes(done: Finished) -> list[str]:
    """What the full certificate says of the original."""
    case = Certified(
        original_sha256=sha256_of(done.clip.path),
        redacted_sha256=sha256_of(done.out),
        look=look(done.clip.path),
        plan=done.plan,
        verification=verify_clip(done.clip, done.plan, done.out),
        verifier=BlindFinder(),
        rendered_again=0,
    )
    said = certificate(case)["notes"]
    assert isinstance(said, list)
    return [str(note) for note in said]


def lag(before: Path, after: Path) -> int:
    """By how many samples the sound of `after` is late: where both are most alike."""
    waves = [wave(path) for path in (before, after)]
    size = 1 << (max(len(w) for w in waves) - 1).bit_length() + 1
    first, second = (np.fft.rfft(w, size) for w in waves)
    alike = np.fft.irfft(second * np.conj(first), size)
    at = int(np.argmax(alike))
    return at - size if at > size // 2 else at


def wave(path: Path) -> npt.NDArray[np.float32]:
    """The first channel from second -1 on."""
    heard = sound_look(path)
    assert heard is not None
    blocks = list(sound(path, heard))
    mono = np.zeros(blocks[-1].end + heard.rate, np.float32)
    for block in blocks:
        mono[block.start + heard.rate : block.end + heard.rate] = block.samples[0]
    return mono
