"""Smart render: what no mask touches is the original's own, and nothing else of it comes along."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest
from av.video.frame import VideoFrame
from typer.testing import CliRunner

from bwc.cli.main import build
from bwc.errors import MediaError
from bwc.media.decode import look, open_frames
from bwc.media.encode import planes
from bwc.media.groups import read_groups
from bwc.media.segments import cut
from bwc.media.units import as_sample, units_of
from bwc.redaction.check_copied import CopyCheck
from bwc.redaction.engine import COPIED_WRONG, Engine, redact_file
from bwc.redaction.findings import Check, Finding
from bwc.redaction.parts import Parts, RenderMode, part
from bwc.redaction.plain_words import in_plain_words
from bwc.redaction.plan import write_plan
from bwc.redaction.render import open_source, render
from bwc.redaction.settle import settle
from bwc.redaction.workbench import Workbench, open_workbench
from tests.clips import Clip, Face, make_clip
from tests.media.test_verify import Quiet
from tests.redactions import BlindFinder, failed, plan_for, times_of, verify_clip

pytestmark = pytest.mark.media

EACH_SECOND = "keyint=25:scenecut=0"
SOMEBODY = Face(height=60, start=(100.0, 70.0), shown=(1.2, 1.8))  # in the second group of four
UNEVEN = [Fraction(at, 25) + Fraction(at % 3, 500) for at in range(90)]


def clip_at(path: Path, x264: str = EACH_SECOND, **more: object) -> Clip:
    """Four groups of pictures, somebody in the second."""
    wanted = {"seconds": 3.6, "size": (320, 180), "faces": [SOMEBODY], **more}
    return make_clip(path, options={"x264-params": x264}, **wanted)  # type: ignore[arg-type] - as given


def smart(clip: Clip, into: Path, **more: object) -> Parts:
    with open_workbench(into.with_suffix(".bench")) as workbench:
        source = open_source(clip.path)
        return render(source, into, plan=plan_for(clip), workbench=workbench, **more)  # type: ignore[arg-type] - as given


CLIPS: dict[str, Callable[[Path], Clip]] = {
    "B-frames": lambda folder: clip_at(folder / "a.mp4", EACH_SECOND, b_frames=3),
    "no B-frames": lambda folder: clip_at(folder / "a.mp4", EACH_SECOND + ":bframes=0"),
    "uneven times": lambda folder: clip_at(folder / "a.mp4", times=UNEVEN),
    "a first time that is not zero": lambda folder: clip_at(
        folder / "a.mp4", first_second=Fraction(7, 3)
    ),
    "rotation": lambda folder: clip_at(folder / "a.mov", rotation=90),
    "parameter sets in each group": lambda folder: clip_at(
        folder / "a.mp4", EACH_SECOND + ":repeat-headers=1"
    ),
    "delimiters and timing": lambda folder: clip_at(
        folder / "a.mp4", EACH_SECOND + ":aud=1:nal-hrd=vbr:vbv-maxrate=900:vbv-bufsize=900"
    ),
    "Matroska": lambda folder: clip_at(folder / "a.mkv"),
    "slices, and a size that is cropped": lambda folder: clip_at(
        folder / "a.mp4", EACH_SECOND + ":slices=3", size=(480, 270)
    ),
    "BT.709, full range": lambda folder: clip_at(
        folder / "a.mp4", colour=(1, 2), pixel_format="yuvj420p"
    ),
    "another number": lambda folder: clip_at(folder / "a.mp4", EACH_SECOND + ":sps-id=1"),
    "Baseline": lambda folder: clip_at(
        folder / "a.mp4", EACH_SECOND + ":bframes=0:cabac=0:8x8dct=0:weightp=0"
    ),
}


@pytest.mark.parametrize("shape", CLIPS)
def test_copied_pictures_are_the_originals_own(shape: str, tmp_path: Path) -> None:
    clip, out = CLIPS[shape](tmp_path), tmp_path / "out.mp4"
    parts = smart(clip, out)
    assert parts.why_full is None
    assert [bool(part.copied) for part in parts.parts] == [True, False, True]
    assert same_pixels(clip.path, out) == [at // 25 != 1 for at in range(90)]
    assert failed(verify_clip(clip, plan_for(clip), out)) == set()


def same_pixels(original: Path, redacted: Path) -> list[bool]:
    """For each picture, by its exact time, whether it is the original's to the last bit."""
    same = []
    with open_frames(original) as one, open_frames(redacted) as other:
        for before, after in zip(one.frames(), other.frames(), strict=True):
            assert before.pts * one.time_base == after.pts * other.time_base
            pairs = zip(planes(before), planes(after), strict=True)
            same.append(all(np.array_equal(a, b) for a, b in pairs))
    return same


REASONS: dict[str, tuple[str, Callable[[Path], Clip]]] = {
    "open groups": (
        "groups of pictures do not begin with an IDR picture",
        lambda folder: clip_at(folder / "a.mp4", EACH_SECOND + ":open-gop=1:bframes=3"),
    ),
    "HEVC": (
        "is not H.264 in 8-bit 4:2:0",
        lambda folder: make_clip(folder / "a.mp4", seconds=0.4, codec="libx265"),
    ),
    "ten bits": (
        "is not H.264 in 8-bit 4:2:0",
        lambda folder: clip_at(folder / "a.mp4", pixel_format="yuv420p10le"),
    ),
    "interlaced": (
        "is interlaced",
        lambda folder: clip_at(folder / "a.mp4", EACH_SECOND + ":tff=1"),
    ),
    "a transport stream": (
        "a container that states no exact times",
        lambda folder: clip_at(folder / "a.ts"),
    ),
    "one group": (
        "no group of pictures is without a mask",
        lambda folder: clip_at(folder / "a.mp4", "keyint=250:scenecut=0"),
    ),
}


def copied_with(clip: Clip, into: Path, *how: str) -> Clip:
    """The same pictures in another file."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(clip.path), "-c", "copy"]
    subprocess.run([*command, *how, str(into)], check=True)
    return replace(clip, path=into, time_base=look(into).time_base, pts=tuple(times_of(into)))


def cropped(path: Path) -> Clip:
    """A clip of which a third is in the file and not shown."""
    whole, crop = clip_at(path, audio=False, faces=[]), "h264_metadata=crop_right=100"
    return copied_with(whole, path.with_name("part.mp4"), "-bsf:v", crop)


REASONS["full range, of which the pictures say nothing"] = (
    "states the range of its numbers beside its pictures alone",
    lambda folder: copied_with(
        clip_at(folder / "a.mp4", audio=False), folder / "b.mkv", "-color_range", "pc"
    ),
)
REASONS["a part that is cropped off"] = (
    "has pictures of which a part is not shown",
    lambda folder: cropped(folder / "a.mp4"),
)


@pytest.mark.parametrize("why", REASONS)
def test_what_cannot_be_copied_is_drawn_in_full_and_says_why(why: str, tmp_path: Path) -> None:
    reason, make = REASONS[why]
    clip, out = make(tmp_path), tmp_path / "out.mp4"
    parts = smart(clip, out)
    assert reason in (parts.why_full or "")
    assert failed(verify_clip(clip, plan_for(clip), out)) == set()


def remuxed(path: Path, *sources: Path, change: Callable[[int, bytes], bytes]) -> Clip:
    """The picture packets of `sources` one behind the other, each as `change` makes it."""
    with av.open(str(path), "w", format="mp4") as out:
        stream, later, at = None, 0, 0
        for source in sources:
            with av.open(str(source)) as container:
                video = container.streams.video[0]
                stream = stream or out.add_stream_from_template(video)
                packets = [packet for packet in container.demux(video) if packet.size]
                for packet in packets:
                    new = av.Packet(change(at, bytes(packet)))
                    new.pts, new.dts = packet.pts + later, packet.dts + later
                    new.time_base, new.is_keyframe = packet.time_base, packet.is_keyframe
                    new.stream, at = stream, at + 1
                    out.mux(new)
                later += packets[-1].pts + 3600 * 4
    pts = tuple(times_of(path))
    return Clip(path, Fraction(1, 90_000), pts, ((),) * len(pts))


def whole(at: int, sample: bytes) -> bytes:
    return sample


def test_parameter_sets_that_change_are_not_copied(tmp_path: Path) -> None:
    repeated = EACH_SECOND + ":repeat-headers=1:bframes=0"
    one = clip_at(tmp_path / "one.mp4", repeated)
    two = clip_at(tmp_path / "two.mp4", repeated + ":level=40")
    joint = remuxed(tmp_path / "both.mp4", one.path, two.path, change=whole)
    with pytest.raises(MediaError, match="parameter sets that change"):
        read_groups(joint.path, look(joint.path))


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "whose length is wrong": lambda sample: b"\x7f" + sample[1:],
    "that decoders pass over": lambda sample: sample[:4] + bytes([sample[4] | 0x80]) + sample[5:],
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_group_with_a_broken_picture_is_drawn(how: str, tmp_path: Path) -> None:
    clip = clip_at(tmp_path / "a.mp4", EACH_SECOND + ":bframes=0")

    def change(at: int, sample: bytes) -> bytes:
        return BROKEN[how](sample) if at == 60 else sample

    broken = remuxed(tmp_path / "b.mp4", clip.path, change=change)
    groups = read_groups(broken.path, look(broken.path)).groups
    assert [group.is_plain for group in groups] == [True, True, False, True]


def doubled(path: Path) -> Clip:
    """A clip in whose third group a sample holds a second picture, which no player shows."""
    clip = clip_at(path, EACH_SECOND + ":bframes=0", audio=False)
    with av.open(str(clip.path)) as container:
        samples = [bytes(packet) for packet in container.demux(video=0) if packet.size]

    def change(at: int, sample: bytes) -> bytes:
        return samples[59] + sample if at == 60 else sample

    return remuxed(path.with_name("two.mp4"), clip.path, change=change)


def test_a_group_with_a_picture_that_nobody_sees_is_drawn(tmp_path: Path) -> None:
    clip = doubled(tmp_path / "a.mp4")
    assert len(clip.pts) == 90
    groups = read_groups(clip.path, look(clip.path)).groups
    assert [group.is_plain for group in groups] == [True, True, False, True]


def test_a_group_begins_at_an_idr_picture_and_nowhere_else(tmp_path: Path) -> None:
    clip = clip_at(tmp_path / "a.mp4", EACH_SECOND + ":bframes=0")

    def change(at: int, sample: bytes) -> bytes:
        units = list(units_of(sample, 4))
        return sample if at != 50 else as_sample([bytes([u[0] & ~31 | 1]) + u[1:] for u in units])

    other = remuxed(tmp_path / "b.mp4", clip.path, change=change)
    groups = read_groups(other.path, look(other.path))
    assert [group.pictures for group in groups.groups] == [25, 50, 15]


def test_a_key_frame_that_is_no_idr_picture_is_no_cut(tmp_path: Path) -> None:
    once = clip_at(tmp_path / "a.mp4", EACH_SECOND + ":open-gop=1:bframes=3", audio=False)
    twice = remuxed(tmp_path / "b.mp4", once.path, once.path, change=whole)
    clip = Clip(twice.path, twice.time_base, twice.pts, (*once.boxes, *[()] * 90))
    out, source = tmp_path / "out.mp4", open_source(clip.path)
    cuts = replace(source, segments=tuple(cut(clip.path, seconds=Fraction(1))))
    assert len(cuts.segments) == 7
    with open_workbench(tmp_path / "bench") as workbench:
        parts = render(cuts, out, plan=plan_for(clip), workbench=workbench)
    assert [part.copied for part in parts.parts] == [0, 90]
    assert failed(verify_clip(clip, plan_for(clip), out)) == set()


def test_pictures_that_an_edit_list_hides_are_not_copied(tmp_path: Path) -> None:
    clip = clip_at(tmp_path / "a.mp4", EACH_SECOND, audio=False)
    cut = tmp_path / "cut.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-ss", "2.3", "-i", str(clip.path)]
    subprocess.run([*command, "-c", "copy", str(cut)], check=True)
    pts = tuple(times_of(cut))
    shown = Clip(cut, clip.time_base, pts, ((),) * len(pts))
    out = tmp_path / "out.mp4"
    parts = smart(shown, out)
    assert 0 < parts.copied < len(pts)
    assert [bool(part.copied) for part in parts.parts] == [False, True]
    assert failed(verify_clip(shown, plan_for(shown), out)) == set()


def test_a_recording_without_any_mask_is_copied_whole(tmp_path: Path) -> None:
    clip, out = clip_at(tmp_path / "a.mp4", faces=[]), tmp_path / "out.mp4"
    assert smart(clip, out).copied == 90
    assert all(same_pixels(clip.path, out))
    assert failed(verify_clip(clip, plan_for(clip), out)) == set()


def test_what_has_two_parameter_sets_is_copied_too(tmp_path: Path) -> None:
    first, second, out = (tmp_path / f"{name}.mp4" for name in ("a", "b", "c"))
    smart(clip_at(first), second)
    pts = tuple(times_of(second))
    hidden = [((20.0, 20.0, 60.0, 60.0),) if at > 80 else () for at in range(90)]
    again = Clip(second, Fraction(1, 90_000), pts, tuple(hidden))
    parts = smart(again, out)
    assert (parts.number, parts.copied) == (2, 75)
    assert failed(verify_clip(again, plan_for(again), out)) == set()


def test_a_plan_of_other_frames_than_there_are_packets_is_drawn_in_full(tmp_path: Path) -> None:
    clip = clip_at(tmp_path / "a.mp4")
    source, plan = open_source(clip.path), plan_for(clip)
    fewer = plan.original.model_copy(update={"frames": 89})
    parts = part(
        source.path,
        source.look,
        source.segments,
        plan.model_copy(update={"original": fewer}),
        why_full=None,
    )
    assert parts.why_full == "the original has packets that are no pictures"


def test_a_smart_rendering_that_is_not_in_order_is_rendered_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = clip_at(tmp_path / "a.mp4")
    seen = CopyCheck.take

    def noted(self: CopyCheck, before: VideoFrame, after: VideoFrame) -> bool:
        if self.seams:
            self.findings.append(Finding(check=Check.COPIED, what="is odd"))
        return seen(self, before, after)

    monkeypatch.setattr(CopyCheck, "take", noted)
    settled = settle(
        open_source(clip.path),
        tmp_path / "out.mp4",
        plan=plan_for(clip),
        verifier=BlindFinder(),
        workbench=Workbench(tmp_path),
        report=Quiet(),
    )
    assert settled.verification.passed
    assert settled.parts.document == {
        "mode": "full",
        "reason": "a smart rendering was not in order: copied",
        "sound": {
            "mode": "coded anew",
            "reason": "a smart rendering was not in order: copied",
        },
    }


def test_a_copy_that_holds_more_than_pictures_is_found_though_nobody_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan from elsewhere is rendered without verification, by a copier that strips nothing."""
    clip = clip_at(tmp_path / "a.mp4")
    monkeypatch.setattr("bwc.media.groups.pictures_in", lambda *sample: list(units_of(*sample)))
    done = redact_file(
        clip.path,
        tmp_path / "out.mp4",
        engine=Engine(tmp_path),
        plan=plan_for(clip),
        verified=False,
    )
    assert done.parts.document == {
        "mode": "full",
        "reason": COPIED_WRONG,
        "sound": {"mode": "coded anew", "reason": COPIED_WRONG},
    }
    assert failed(verify_clip(clip, plan_for(clip), tmp_path / "out.mp4")) == set()


WHY = (None, "the original is interlaced")


@pytest.mark.parametrize("mode", RenderMode)
def test_the_command_says_how_it_rendered(mode: RenderMode, tmp_path: Path) -> None:
    clip = clip_at(tmp_path / "a.mp4")
    write_plan(plan_for(clip), tmp_path / "plan.json")
    words = ["redact-file", str(clip.path), str(tmp_path / "o.mp4"), "--render", mode.value]
    words += ["--plan", str(tmp_path / "plan.json"), "--no-verify", "--json"]
    done = CliRunner().invoke(build(words), words)
    sound = {"mode": "copied", "packets_copied": 170, "packets_silent": 0}
    copied = {"mode": "smart", "frames_copied": 65, "sound": sound}
    anew = {"mode": "coded anew", "reason": "it was asked for"}
    full = {"mode": "full", "reason": "it was asked for", "sound": anew}
    assert json.loads(done.stdout)["render"] == (copied if mode is RenderMode.SMART else full)
    assert failed(verify_clip(clip, plan_for(clip), tmp_path / "o.mp4")) == set()


def test_a_certificate_says_what_was_copied_or_why_nothing_was() -> None:
    one, other = (in_plain_words({"render": Parts((), why_full=why).document}) for why in WHY)
    assert "0 pictures on which nothing is covered were copied" in " ".join(one.split())
    assert "coded anew, since the original is interlaced" in " ".join(other.split())


def test_what_is_drawn_lies_on_the_workbench_and_gives_the_same_film_again(tmp_path: Path) -> None:
    clip, workbench = clip_at(tmp_path / "a.mp4"), Workbench(tmp_path / "bench")
    workbench.folder.mkdir()
    source, plan = open_source(clip.path), plan_for(clip)
    render(source, tmp_path / "one.mp4", plan=plan, workbench=workbench)
    (piece,) = workbench.folder.glob("drawn-*.mp4")
    made = piece.stat().st_mtime_ns
    render(source, tmp_path / "again.mp4", plan=plan, workbench=workbench)
    assert piece.stat().st_mtime_ns == made
    smart(clip, tmp_path / "anew.mp4")
    films = {(tmp_path / name).read_bytes() for name in ("one.mp4", "again.mp4", "anew.mp4")}
    assert len(films) == 1
