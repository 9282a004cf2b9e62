"""Sound that is taken out: what is heard instead, to the sample, and how that is proven."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bwc.media.audio import AAC_WINDOW, SoundBlock, SoundLook, muted, sound, whole_windows
from bwc.media.decode import open_frames
from bwc.media.encode import fresh_copy, open_writer
from bwc.media.tone import TONE_PEAK, Tone, toned
from bwc.redaction.engine import open_source
from bwc.redaction.findings import Check
from bwc.redaction.parts import ASKED_FOR
from bwc.redaction.plan import MutedSpan, Plan, SoundEffect
from bwc.redaction.render import render
from bwc.redaction.verify import Material, verify
from bwc.redaction.workbench import open_workbench
from bwc.timeline import Span
from tests.clips import Clip, make_clip
from tests.redactions import BlindFinder, failed, plan_for, render_clip, verify_clip

pytestmark = pytest.mark.media

RATE = 48_000
SECOND = Span(Fraction(1), Fraction(2))
CUT = MutedSpan(start=(1, 1), end=(2, 1), exemption="ssn", author="person:tess")
EFFECTS = {effect: CUT.model_copy(update={"effect": effect}) for effect in SoundEffect}

Change = Callable[[Iterator[SoundBlock]], Iterator[SoundBlock]]


class Case:
    """A clip of noise, a plan that takes its second second out, a right rendering."""

    def __init__(self, folder: Path, cut: MutedSpan) -> None:
        tones = make_clip(folder / "tones.mp4", size=(64, 48), seconds=3.2, faces=())
        self.clip: Clip = replace(tones, path=folder / "in.mp4")
        write_like(tones.path, self.clip.path, [SoundBlock(0, noise(round(3.2 * RATE)))])
        self.plan: Plan = plan_for_nobody(self.clip, cut)
        self.good = render_clip(self.clip, self.plan, folder / "good.mp4")
        self.folder = folder

    def with_sound(self, change: Change) -> Path:
        """The right picture, and the right sound after `change`."""
        look = open_source(self.clip.path).sound
        assert look is not None
        path = self.folder / "bad.mp4"
        return write_like(self.clip.path, path, change(planned(self.clip.path, look, self.plan)))

    def failed(self, path: Path) -> set[str]:
        return failed(verify_clip(self.clip, self.plan, path))


def noise(count: int) -> np.ndarray:
    """Stereo noise as a voice's spectrum falls: (2, count) float32, never alike to itself."""
    white = np.random.default_rng(5).uniform(-0.5, 0.5, count + 63)
    soft = np.convolve(white, np.exp(-np.arange(64) / 20), "valid") / 3
    return np.stack([soft, soft]).astype(np.float32)


def write_like(picture: Path, into: Path, blocks: Iterable[SoundBlock]) -> Path:
    """The picture of one file with another sound."""
    source = open_source(picture)
    with open_frames(picture) as frames, open_writer(into, source.look, source.sound) as writer:
        for frame in frames.frames():
            writer.write(fresh_copy(frame, "yuv420p"))
        for block in blocks:
            writer.write_sound(block)
    return into


def plan_for_nobody(clip: Clip, *cuts: MutedSpan) -> Plan:
    return plan_for(clip).model_copy(update={"sound": cuts})


def planned(path: Path, look: SoundLook, plan: Plan) -> Iterator[SoundBlock]:
    quiet = whole_windows(plan.muted(), look.rate, first=0)
    return toned(muted(sound(path, look), quiet, look.rate), plan.toned(), look.rate)


def wave(path: Path) -> np.ndarray:
    """The left channel from sample 0 on."""
    look = open_source(path).sound
    assert look is not None
    blocks = list(sound(path, look))
    joined = np.zeros(blocks[-1].end, np.float32)
    for block in blocks:
        joined[max(0, block.start) : block.end] = block.samples[0][max(0, -block.start) :]
    return joined


@pytest.fixture(scope="module", params=list(SoundEffect))
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("sound"), EFFECTS[request.param])


def _heard(case: Case, first: Fraction, last: Fraction, gain: float) -> Change:
    """Some of the original under what was planned."""
    spans = [Span(first, last)]

    def change(blocks: Iterator[SoundBlock]) -> Iterator[SoundBlock]:
        look = open_source(case.clip.path).sound
        assert look is not None
        for now, then in zip(blocks, sound(case.clip.path, look), strict=True):
            (gone,) = muted([then], spans, RATE)
            yield SoundBlock(now.start, now.samples + gain * (then.samples - gone.samples))

    return change


def _late_from(second: float, by: float) -> Change:
    """All that comes after `second` is late."""

    def change(blocks: Iterator[SoundBlock]) -> Iterator[SoundBlock]:
        whole = np.concatenate([block.samples for block in blocks], axis=1)
        at, shift = round(second * RATE), round(by * RATE)
        quiet = np.zeros((2, shift), np.float32)
        late = np.concatenate([whole[:, :at], quiet, whole[:, at : whole.shape[1] - shift]], axis=1)
        yield SoundBlock(0, late)

    return change


def test_a_right_rendering_passes(case: Case) -> None:
    assert case.failed(case.good) == set()
    assert case.failed(case.with_sound(lambda blocks: blocks)) == set()


MUTATIONS: dict[str, tuple[Callable[[Case], Change], str]] = {
    "50 ms of it are heard": (
        lambda case: _heard(case, Fraction(14, 10), Fraction(145, 100), 1.0),
        "silence",
    ),
    "all of it is heard softly": (
        lambda case: _heard(case, Fraction(1), Fraction(2), 10 ** (-30 / 20)),
        "silence",
    ),
    "the sound is 200 ms late": (lambda _: _late_from(0, 0.2), "sound"),
    "the sound is 200 ms late from a moment on": (lambda _: _late_from(2.3, 0.2), "sound"),
    "the sound is 1 ms late": (lambda _: _late_from(0, 0.001), "sound"),
}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=list(MUTATIONS))
def test_verification_rejects_a_file_where(mutation: str, case: Case) -> None:
    change, check = MUTATIONS[mutation]
    assert check in case.failed(case.with_sound(change(case)))


def _with_something_at(first: float, last: float, *, sides: tuple[float, float]) -> np.ndarray:
    """A second that is heard, a second of silence, and between two moments another sound."""
    whole = np.zeros((2, round(3.2 * RATE)), np.float32)
    whole[:, :RATE] = noise(RATE)
    if last > first:
        other = noise(round((last - first) * RATE)) * 0.1
        whole[:, round(first * RATE) : round(last * RATE)] = other * np.array(sides)[:, None]
    return whole


@pytest.mark.parametrize("has_plan", [True, False])
@pytest.mark.parametrize("sides", [(1.0, 1.0), (1.0, -1.0)])
def test_a_sound_where_the_original_is_silent_is_refused(
    sides: tuple[float, float], tmp_path: Path, *, has_plan: bool
) -> None:
    tones = make_clip(tmp_path / "tones.mp4", size=(64, 48), seconds=3.2, faces=())
    silent = _with_something_at(2, 2, sides=sides)
    clip = replace(tones, path=tmp_path / "in.mp4")
    write_like(tones.path, clip.path, [SoundBlock(0, silent)])
    plan = plan_for_nobody(clip)
    good = render_clip(clip, plan, tmp_path / "good.mp4")
    bad = write_like(
        clip.path,
        tmp_path / "bad.mp4",
        [SoundBlock(0, _with_something_at(2, 2.4, sides=sides))],
    )
    for path, expected in ((good, set()), (bad, {"sound"})):
        material = Material(path, clip.path, plan if has_plan else None)
        assert failed(verify(material, BlindFinder())) == expected


def test_a_tail_of_sound_after_the_originals_end_is_refused(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", size=(64, 48), seconds=2.0, faces=())
    look = open_source(clip.path).sound
    assert look is not None
    whole = np.concatenate([block.samples for block in sound(clip.path, look)], axis=1)
    whole = whole[:, : round(1.2 * RATE)]
    cut = replace(clip, path=tmp_path / "short.mp4")
    write_like(clip.path, cut.path, [SoundBlock(0, whole)])
    plan = plan_for_nobody(cut)
    bad = tmp_path / "bad.mp4"
    tail = np.concatenate([whole, noise(RATE // 2)], axis=1)
    write_like(cut.path, bad, [SoundBlock(0, tail)])
    for given in (plan, None):
        verified = verify(Material(bad, cut.path, given), BlindFinder())
        assert any("where the original is silent" in f.what for f in verified.findings)


def test_another_effect_than_the_planned_one_is_refused(case: Case) -> None:
    (cut,) = case.plan.sound
    (other,) = set(SoundEffect) - {cut.effect}
    plan = case.plan.model_copy(update={"sound": (EFFECTS[other],)})
    bad = render_clip(case.clip, plan, case.folder / "other.mp4")
    assert "silence" in case.failed(bad)


def test_the_shortest_stretch_is_proven_silent_to_the_sample(case: Case) -> None:
    brief = CUT.model_copy(update={"end": (1002, 1000)})
    plan = case.plan.model_copy(update={"sound": (brief,)})
    out = render_clip(case.clip, plan, case.folder / "brief.mp4")
    assert failed(verify_clip(case.clip, plan, out)) == set()
    assert not wave(out)[RATE : RATE + 96].any()


@pytest.mark.parametrize("start", [Fraction(0), Fraction(1001, 30_000)], ids=["at 0", "late"])
def test_a_tone_stands_inside_of_its_span_at_its_level(tmp_path: Path, start: Fraction) -> None:
    shape = {"size": (64, 48), "seconds": 2.6, "faces": (), "first_second": start}
    clip = make_clip(tmp_path / "in.mkv", **shape)  # type: ignore[arg-type]
    plan = plan_for_nobody(clip, EFFECTS[SoundEffect.TONE])
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    assert failed(verify_clip(clip, plan, out)) == set()
    heard = wave(out)[round(1.2 * RATE) : round(1.8 * RATE)]
    at = np.arange(round(1.2 * RATE), round(1.8 * RATE))
    assert np.abs(heard - 0.1 * np.sin(2 * np.pi * 1000 * at / RATE)).max() < 0.001


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100, 48_000])
def test_nothing_of_the_recording_and_no_tone_cross_the_edges_of_a_span(rate: int) -> None:
    loud = np.random.default_rng(5).uniform(0.1, 1, (2, 3 * rate)).astype(np.float32)
    blocks = [SoundBlock(at, loud[:, at : at + 999]) for at in range(0, 3 * rate, 999)]
    cut = list(toned(muted(blocks, [SECOND], rate), [SECOND], rate))
    assert [(block.start, block.end) for block in cut] == [(b.start, b.end) for b in blocks]
    after = np.concatenate([block.samples for block in cut], axis=1)
    ramp = round(rate / 200)
    assert np.array_equal(after[:, : rate - ramp], loud[:, : rate - ramp])
    assert np.array_equal(after[:, 2 * rate + ramp :], loud[:, 2 * rate + ramp :])
    inside = after[:, rate : 2 * rate]
    alone = Tone([SECOND], rate).at(rate, 2 * rate)
    assert alone is not None
    assert np.array_equal(inside[0], alone)
    assert np.abs(inside).max() == pytest.approx(TONE_PEAK, rel=0.02)
    assert not inside[:, : rate * 60 // 1000].any()


def test_sound_that_begins_late_keeps_its_place_to_the_sample(tmp_path: Path) -> None:
    tones = make_clip(tmp_path / "tones.mp4", size=(64, 48), seconds=3.2, faces=())
    source = open_source(tones.path)
    look = replace(source.look, time_base=Fraction(1, 12_800))  # coarser than the samples
    path, late = tmp_path / "in.mp4", 12_347
    loud = noise(120_000)
    with open_frames(tones.path) as frames, open_writer(path, look, source.sound) as writer:
        for number, frame in enumerate(frames.frames()):
            copy = fresh_copy(frame, "yuv420p")
            copy.pts = number * 512
            writer.write(copy)
        writer.write_sound(SoundBlock(late, loud))
    clip = replace(tones, path=path)
    plan = plan_for_nobody(clip, EFFECTS[SoundEffect.TONE])
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    assert failed(verify_clip(clip, plan, out)) == set()
    for written in (path, out):
        heard, part = wave(written)[late:], loud[0][8_000:28_000]
        likeness = [float(np.dot(part, heard[8_000 + by : 28_000 + by])) for by in range(-3, 4)]
        assert int(np.argmax(likeness)) == 3


def loud_clip(folder: Path, rate: int, layout: str = "mono") -> Clip:
    """A clip of loud noise, different on each side."""
    tones = make_clip(folder / "tones.mp4", size=(64, 48), seconds=3.2, faces=())
    source = open_source(tones.path)
    look = SoundLook(rate=rate, layout=layout, codec="aac")
    shape = (look.channels, 3 * rate)
    loud = np.random.default_rng(5).normal(0, 0.3, shape).clip(-1, 1).astype(np.float32)
    path = folder / "in.mp4"
    with open_frames(tones.path) as frames, open_writer(path, source.look, look) as writer:
        for frame in frames.frames():
            writer.write(fresh_copy(frame, "yuv420p"))
        writer.write_sound(SoundBlock(0, loud))
    return replace(tones, path=path)


@pytest.mark.parametrize("layout", ["mono", "stereo"])
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_a_muted_stretch_is_silent_from_its_first_sample_to_its_last(
    rate: int, layout: str, tmp_path: Path
) -> None:
    clip = loud_clip(tmp_path, rate, layout)
    plan = plan_for_nobody(clip, CUT.model_copy(update={"start": (1003, 1000)}))
    out = tmp_path / "out.mp4"
    with open_workbench(tmp_path / "bench") as bench:
        full = render(open_source(clip.path), out, plan=plan, workbench=bench, why_full=ASKED_FOR)
    assert full.copied == 0
    assert failed(verify_clip(clip, plan, out)) == set()
    before, after = wave(clip.path), wave(out)
    assert not after[round(1.003 * rate) : 2 * rate].any()
    beside = AAC_WINDOW + rate // 200
    for heard in (
        slice(rate // 2, round(1.003 * rate) - beside),
        slice(2 * rate + beside, -rate // 4),
    ):
        assert np.corrcoef(before[: after.size][heard], after[heard])[0, 1] > 0.5


@pytest.mark.parametrize("rate", [8_000, 16_000, 32_000, 44_100])
def test_a_tone_is_proven_at_every_rate_beside_loud_noise(rate: int, tmp_path: Path) -> None:
    clip = loud_clip(tmp_path, rate)
    plan = plan_for_nobody(clip, EFFECTS[SoundEffect.TONE])
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    assert failed(verify_clip(clip, plan, out)) == set()
    unplanned = plan.model_copy(update={"sound": (CUT,)})
    assert "silence" in failed(verify_clip(clip, unplanned, out))


def test_a_span_without_room_for_a_tone_is_silent() -> None:
    brief = Span(Fraction(1), Fraction(11, 10))
    assert Tone([brief], RATE).at(0, 2 * RATE) is None


def test_a_muted_stretch_that_lies_before_the_recording_is_a_finding(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", size=(64, 48), seconds=0.6, faces=())
    cut = MutedSpan(start=(-10, 1), end=(-9, 1), exemption="a", author="person:tess")
    plan = plan_for_nobody(clip, cut)
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    assert Check.SILENCE in failed(verify_clip(clip, plan, out))


def test_a_muted_stretch_after_the_end_is_refused(case: Case) -> None:
    beyond = CUT.model_copy(update={"start": (9, 1), "end": (10, 1)})
    plan = case.plan.model_copy(update={"sound": (*case.plan.sound, beyond)})
    verified = verify_clip(case.clip, plan, case.good)
    assert failed(verified) == {"silence"}
    assert "lies after the end of the sound" in verified.findings[0].what
