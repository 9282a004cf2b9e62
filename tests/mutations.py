"""Every way in which a finished file may be wrong, made from a right one.

Shared by `tests/media/test_verify.py`, which wants each kind rejected, and `bench/mutations.py`,
which counts. A kind may be made in several variants: other frames, other directions.
"""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from av.video.frame import VideoFrame

from bwc.media.audio import sound
from bwc.media.decode import open_frames
from bwc.media.encode import Plane, fresh_copy, open_writer, planes
from bwc.media.timing import sample_at
from bwc.redaction.keys import Key
from bwc.redaction.plan import MutedSpan, Plan
from bwc.redaction.render import open_source
from bwc.timeline import Span
from tests.clips import TWO_FACES, Clip, make_clip
from tests.redactions import plan_for, render_clip, render_source, times_of

COPY = ("-c", "copy", "-movflags", "+faststart", "-fflags", "+bitexact", "-map", "0")
FINER = 8  # ticks of a rewritten file in one of the original's: AVI has one a frame
UNEVEN = [Fraction(n, 25) + Fraction(n * n % 7, 300) for n in range(30)]

# What stands in the recordings that are mutated, by name; one of each kind cameras differ in.
RECORDINGS: dict[str, dict[str, object]] = {
    "plain MP4": {"suffix": ".mp4"},
    "turned, uneven times": {"suffix": ".mp4", "rotation": 90, "times": UNEVEN},
    "MOV that begins at 2 s": {"suffix": ".mov", "first_second": Fraction(2)},
    "Matroska, 30 a second": {"suffix": ".mkv", "rate": 30},
    "MPEG-4 in AVI": {"suffix": ".avi", "codec": "mpeg4"},
}


class Case:
    """One clip, its plan, and its right rendering."""

    def __init__(self, folder: Path, recording: str = "plain MP4") -> None:
        options = dict(RECORDINGS[recording])
        suffix = str(options.pop("suffix"))
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.clip: Clip = make_clip(
            folder / f"in{suffix}",
            size=(480, 270),
            seconds=1.2,
            faces=TWO_FACES[:1],
            **options,  # type: ignore[arg-type]
        )
        first = Fraction(str(options.get("first_second", 0)))
        self.mute = self.silence(first + Fraction(1, 4), first + Fraction(3, 4))
        self.plan: Plan = plan_for(self.clip, mute=self.mute)
        self.good: Path = render_clip(self.clip, self.plan, folder / "good.mp4")
        self.bad: Path = folder / "bad.mp4"

    @staticmethod
    def silence(start: Fraction, end: Fraction) -> MutedSpan:
        return MutedSpan(
            start=(start.numerator, start.denominator),
            end=(end.numerator, end.denominator),
            exemption="ssn",
            author="person:tess",
        )

    def drawn(self) -> tuple[Key, ...]:
        return self.plan.tracks[0].keys

    def every_key(self) -> list[Key]:
        """A key for each frame."""
        return [Key(pts, *self.plan.regions(pts)[0]) for pts in times_of(self.clip.path)]

    def render_tracks(self, *tracks: tuple[Key, ...]) -> Path:
        """Render another plan than the one that is verified."""
        first = self.plan.tracks[0]
        changed = tuple(first.model_copy(update={"keys": keys}) for keys in tracks if keys)
        return render_clip(self.clip, self.plan.model_copy(update={"tracks": changed}), self.bad)

    def heard(self, span: Span[Fraction]) -> Path:
        """The right film, but the original's sound is heard within `span`."""
        source, was = open_source(self.good), open_source(self.clip.path)
        assert source.sound is not None
        assert was.sound is not None
        rate = source.sound.rate
        first, last = sample_at(span.start, rate), sample_at(span.end, rate)
        blocks = list(sound(self.good, source.sound))
        for theirs in sound(self.clip.path, was.sound):
            for mine in blocks:
                low = max(first, mine.start, theirs.start)
                high = min(last, mine.end, theirs.end)
                if low < high:
                    said = theirs.samples[:, low - theirs.start : high - theirs.start]
                    mine.samples[:, low - mine.start : high - mine.start] = said
        with (
            open_frames(self.good) as frames,
            open_writer(self.bad, source.look, source.sound) as writer,
        ):
            for frame in frames.frames():
                writer.write(fresh_copy(frame, "yuv420p"))
            for block in blocks:
                writer.write_sound(block)
        return self.bad

    def ffmpeg(self, *arguments: str) -> Path:
        """Remux the good file in some bad way."""
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments]
        subprocess.run([*command, str(self.bad)], check=True)
        return self.bad

    def tagged(self, *words: str) -> Path:
        return self.ffmpeg("-i", str(self.good), *COPY, *words)

    def rewritten(self, change: Callable[[int, VideoFrame], list[VideoFrame]]) -> Path:
        """Write what `change(index, frame)` gives for each frame of the good file, and its sound."""
        source = open_source(self.good)
        look = replace(source.look, time_base=source.look.time_base / FINER)
        with (
            open_frames(self.good) as frames,
            open_writer(self.bad, look, source.sound) as writer,
        ):
            for at, frame in enumerate(frames.frames()):
                for changed in change(at, frame):
                    writer.write(changed)
            if source.sound is not None:
                for block in sound(self.good, source.sound):
                    writer.write_sound(block)
        return self.bad


def copy_of(frame: VideoFrame, *, later: int = 0) -> VideoFrame:
    """A writable copy for `rewritten`, some of its finer ticks later."""
    copy = fresh_copy(frame, "yuv420p")
    copy.pts = (frame.pts or 0) * FINER + later
    return copy


@dataclass(frozen=True)
class Mutation:
    """A way to be wrong: `make(case, variant)`, and the check that has to notice."""

    check: str
    make: Callable[[Case, int], Path]
    variants: int = 1


def missing_mask(case: Case, variant: int) -> Path:
    keys = case.every_key()
    at = [10, 0, len(keys) - 1, 17][variant]
    return case.render_tracks(tuple(keys[:at]), tuple(keys[at + 1 :]))


def shifted_mask(case: Case, variant: int) -> Path:
    across, down = [(1, 0), (-1, 0), (0, 1), (0, -1)][variant]
    x = across * (case.drawn()[0].x1 - case.drawn()[0].x0) // 3
    y = down * (case.drawn()[0].y1 - case.drawn()[0].y0) // 3
    return case.render_tracks(
        tuple(Key(k.pts, k.x0 + x, k.y0 + y, k.x1 + x, k.y1 + y) for k in case.drawn())
    )


def late_mask(case: Case, variant: int) -> Path:
    """The mask of a moving face, five frames behind it."""
    keys = case.every_key()
    boxes = [key[1:] for key in keys[:1] * 5 + keys]
    late = zip(keys, boxes, strict=False)
    return case.render_tracks(tuple(Key(key.pts, *box) for key, box in late))


def small_mask(case: Case, variant: int) -> Path:
    return case.render_tracks(
        tuple(Key(k.pts, k.x0, k.y0, k.x1, (k.y0 + k.y1) // 2) for k in case.drawn())
    )


def extra_mask(case: Case, variant: int) -> Path:
    return case.render_tracks(
        case.drawn(), tuple(Key(k.pts, 330, 200, 400, 260) for k in case.drawn())
    )


def mild_mask(case: Case, variant: int) -> Path:
    """A blur or a mosaic of the face where the plan wants it gone."""

    def change(at: int, frame: VideoFrame) -> list[VideoFrame]:
        copy = copy_of(frame)
        keys = case.every_key()[at]
        luma = planes(copy)[0]
        with open_frames(case.clip.path) as source:
            original = next(f for i, f in enumerate(source.frames()) if i == at)
            before = planes(fresh_copy(original, "yuv420p"))[0]
        region = (slice(keys.y0, keys.y1), slice(keys.x0, keys.x1))
        luma[region] = softened(before[region], variant)
        return [copy]

    return case.rewritten(change)


def softened(patch: Plane, variant: int) -> Plane:
    """Variant 0: means of 8x8 pixels, 1: of 3x3."""
    side = (8, 3)[variant]
    rows, columns = (np.arange(size) // side for size in patch.shape)
    means = np.add.reduceat(
        np.add.reduceat(patch.astype(float), np.arange(0, patch.shape[0], side), axis=0),
        np.arange(0, patch.shape[1], side),
        axis=1,
    )
    counts = np.outer(np.bincount(rows), np.bincount(columns))
    return np.asarray((means / counts)[rows][:, columns], np.uint8)


def turned_tag(case: Case, variant: int) -> Path:
    source = open_source(case.clip.path)
    quarter = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    other = (0, -65536, 0, 65536, 0, 0, 0, 0, 1 << 30)
    matrix = other if source.look.matrix == quarter else quarter
    look = replace(source.look, matrix=matrix)
    render_source(replace(source, look=look), case.plan, case.bad)
    return case.bad


def turned_pixels(case: Case, variant: int) -> Path:
    return case.ffmpeg(
        *("-i", str(case.good), "-vf", "transpose=1", "-c:a", "copy", "-movflags", "+faststart"),
        *("-fflags", "+bitexact", "-flags:v", "+bitexact"),
    )


def recoloured(case: Case, variant: int) -> Path:
    source = open_source(case.clip.path)
    look = replace(source.look, colour=replace(source.look.colour, space=1))
    render_source(replace(source, look=look), case.plan, case.bad)
    return case.bad


def other_colours(case: Case, variant: int) -> Path:
    """The colours are swapped, or gone, or hold another picture beside the masks."""

    def change(at: int, frame: VideoFrame) -> list[VideoFrame]:
        copy = copy_of(frame)
        luma, *colours = planes(copy)
        if variant == 0:
            colours[0][:], colours[1][:] = colours[1].copy(), colours[0].copy()
        elif variant == 1:
            colours[0][:] = colours[1][:] = 128
        else:
            colours[0][100:130, 190:220] = luma[100:160:2, 300:360:2]
        return [copy]

    return case.rewritten(change)


def other_spot(case: Case, variant: int) -> Path:
    """A spot of 16 pixels, beside the masks, shows something else."""

    def change(at: int, frame: VideoFrame) -> list[VideoFrame]:
        copy = copy_of(frame)
        luma = planes(copy)[0]
        luma[216:232, 400:416] ^= 64
        return [copy]

    return case.rewritten(change)


def other_clip(case: Case, variant: int) -> Path:
    """The right masks over another recording of the same length."""
    other = make_clip(
        case.folder / "other.mkv", size=(480, 270), seconds=1.2, faces=TWO_FACES[1:], rate=25
    )
    source = open_source(case.good)
    with (
        open_frames(other.path) as frames,
        open_frames(case.good) as times,
        open_writer(case.bad, source.look, source.sound) as writer,
    ):
        for frame, timed in zip(frames.frames(), times.frames(), strict=False):
            copy = fresh_copy(frame, "yuv420p")
            copy.pts = timed.pts
            for layer, value in zip(planes(copy), (16, 128, 128), strict=True):
                for key in case.plan.regions(case_ticks(case, timed)):
                    down = planes(copy)[0].shape[0] // layer.shape[0]
                    layer[key.y0 // down : key.y1 // down, key.x0 // down : key.x1 // down] = value
            writer.write(copy)
        if source.sound is not None:
            for block in sound(case.good, source.sound):
                writer.write_sound(block)
    return case.bad


def case_ticks(case: Case, frame: VideoFrame) -> int:
    """The time of a finished frame in the plan's ticks."""
    assert frame.pts is not None
    assert frame.time_base is not None
    return round(frame.pts * Fraction(frame.time_base) / case.plan.time_base)


def dropped_frame(case: Case, variant: int) -> Path:
    gone = (7, 0, -1)[variant] % len(case.clip.pts)
    return case.rewritten(lambda at, frame: [] if at == gone else [copy_of(frame)])


def repeated_frame(case: Case, variant: int) -> Path:
    twice = (7, 0, -1)[variant] % len(case.clip.pts)
    return case.rewritten(
        lambda at, frame: [copy_of(frame), *([copy_of(frame, later=1)] * (at == twice))]
    )


def retimed_frame(case: Case, variant: int) -> Path:
    return case.rewritten(lambda at, frame: [copy_of(frame, later=int(at == 7))])


def frozen_frame(case: Case, variant: int) -> Path:
    """A picture is shown once more at the time of the next."""
    held: list[VideoFrame] = []

    def change(at: int, frame: VideoFrame) -> list[VideoFrame]:
        held.append(copy_of(held[-1] if at == 10 else frame))
        held[-1].pts = (frame.pts or 0) * FINER
        now = held.pop()
        held[:] = [frame]
        return [now]

    return case.rewritten(change)


def half_as_long(case: Case, variant: int) -> Path:
    """Whole as a file, but half of the pictures are gone."""
    half = len(case.clip.pts) // 2
    return case.rewritten(lambda at, frame: [copy_of(frame)] if at < half else [])


def unmuted(case: Case, variant: int) -> Path:
    """50 ms are heard: in the middle, at the start, at the end; then 20, 10 and 2 ms at both ends."""
    span, long = case.mute.span(), Fraction((50, 50, 50, 20, 20, 10, 10, 2, 2)[variant], 1000)
    middle = span.start + Fraction(1, 5)
    start = (middle, *(span.start, span.end - long) * 4)[variant]
    return case.heard(Span(start, start + long))


def shifted_sound(case: Case, variant: int) -> Path:
    """200 ms late, 200 ms early, 60 ms late."""
    late = ("0.2", "-0.2", "0.06")[variant]
    return case.ffmpeg(
        *("-i", str(case.good), "-itsoffset", late, "-i", str(case.good)),
        *("-map", "0:v", "-map", "1:a", "-c", "copy", "-movflags", "+faststart"),
        *("-fflags", "+bitexact"),
    )


def silent(case: Case, variant: int) -> Path:
    return case.ffmpeg(
        *("-i", str(case.good), "-map", "0:v", "-c", "copy", "-movflags", "+faststart"),
        *("-fflags", "+bitexact"),
    )
