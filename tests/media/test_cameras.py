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

from bwc.media.audio import first_moment, sound, sound_look
from bwc.media.boxes import boxes_between
from bwc.media.decode import look, open_frames
from bwc.media.encode import planes
from bwc.redaction.certificate import Certified, certificate
from bwc.redaction.check_index import PICTURE
from bwc.redaction.check_tables import read_index
from bwc.redaction.engine import Engine, redact_file
from bwc.redaction.fixity import sha256_of
from bwc.redaction.plan import Plan
from bwc.settings import load_settings
from tests.clips import Clip, needs_models
from tests.media.cameras import SHOT, SINE, Camera, record
from tests.media.formats import HEVC, PICTURES, SOUNDS, UNSURE_DURATION, noisy
from tests.redactions import BlindFinder, failed, plan_for, render_clip, times_of, verify_clip

pytestmark = pytest.mark.media


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
        assert shown_for(done.out) == pytest.approx(duration(done.clip.path), abs=0.001)


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
    assert 0 <= first_moment(clip.path) < 0.1, "what is muted is counted on the same clock"
    done = finish(replace(camera, shift=-first), tmp_path)
    assert streams_of(done.out) == ["h264", "aac"]
    assert_looks_alike(done)
    assert_face_is_filled_and_nothing_else(done)
    assert abs(lag(done.clip.path, done.out)) <= 1


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.avi", "a.ts"])
def test_a_second_sound_track_is_left_out_and_the_certificate_says_so(
    name: str, tmp_path: Path
) -> None:
    sounds = (*SINE, "sine=440", *SINE, "sine=990")
    tracks = ("-map", "0:v", "-map", "1", "-map", "2", "-c:v", "copy")
    done = finish(Camera(name=name, ffmpeg=("-i", SHOT, *sounds, *tracks)), tmp_path)
    assert streams_of(done.out) == ["h264", "aac"]
    assert any("left out: audio 2" in note for note in notes(done))


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_the_certificate_says_that_ten_bits_became_eight(codec: str, tmp_path: Path) -> None:
    done = finish(Camera(shape={"codec": codec, "pixel_format": "yuv420p10le"}), tmp_path)
    assert look(done.out).bit_depth == 8
    assert any("10 bits a sample, the rendering 8" in note for note in notes(done))


def cut_short(path: Path) -> None:
    """Leave out the last third."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])


@pytest.mark.parametrize("name", ["a.avi", "a.mkv"])
def test_the_certificate_says_that_a_recording_breaks_off(name: str, tmp_path: Path) -> None:
    long = Camera(name=name, shape={"codec": "mpeg4", "seconds": 3})
    assert not any("breaks off" in note for note in notes(finish(long, tmp_path)))
    done = finish(replace(long, wound=cut_short), tmp_path)
    assert any("lasts 3.00 s, and its pictures can be read for" in note for note in notes(done))


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
        names = [box.name for box in boxes_between(file, 0, path.stat().st_size)]
    return names in (["ftyp", "moov", "mdat"], ["ftyp", "moov", "free", "mdat"])


def shown_for(path: Path) -> float:
    """Seconds for which a finished file shows its pictures, by its edit list."""
    index = read_index(path)
    return index.edits(PICTURE)[1] / index.scale_and_length("moov/mvhd")[0]


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
