"""Every effect and shape is proven on the finished file, and what only looks like it is rejected."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from av.video.frame import VideoFrame

from bwc.media.decode import open_frames
from bwc.media.encode import Plane, fresh_copy, open_writer, planes
from bwc.redaction.certificate import Certified, public_certificate
from bwc.redaction.fixity import sha256_of
from bwc.redaction.keys import Key
from bwc.redaction.plan import Effect, Mask, Plan, Shape
from bwc.redaction.render import open_source
from bwc.redaction.settle import settle
from bwc.redaction.shapes import hidden
from bwc.redaction.verify import Material, verify
from bwc.redaction.workbench import Workbench
from tests.clips import TWO_FACES, Clip, make_clip
from tests.media.test_verify import Quiet
from tests.redactions import (
    BlindFinder,
    ScriptedFinder,
    failed,
    plan_for,
    render_clip,
    times_of,
    verify_clip,
)

pytestmark = pytest.mark.media

LOOKS = [(effect, shape) for effect in Effect for shape in Shape]
NAMES = [f"{effect}, {shape}" for effect, shape in LOOKS]
SHAPES: dict[str, dict[str, object]] = {
    "4:2:0": {"size": (480, 270)},
    "odd sides, 4:4:4": {"size": (321, 181), "pixel_format": "yuv444p"},
    "full range": {"size": (480, 270), "codec": "mjpeg", "pixel_format": "yuvj420p"},
}


def covered_by(plan: Plan, effect: Effect, shape: Shape) -> Plan:
    """`plan` with all its tracks, and those still to come, covered in another way."""
    look = {"effect": effect, "shape": shape}
    tracks = tuple(track.model_copy(update=look) for track in plan.tracks)
    profile = plan.profile.model_copy(update=look)
    return plan.model_copy(update={"tracks": tracks, "profile": profile})


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    folder = tmp_path_factory.mktemp("effects")
    size = (480, 270)
    return make_clip(folder / "in.mp4", size=size, seconds=0.8, audio=False, faces=TWO_FACES[:1])


@pytest.mark.parametrize(("effect", "shape"), LOOKS, ids=NAMES)
@pytest.mark.parametrize("kind", SHAPES, ids=list(SHAPES))
def test_a_right_rendering_passes_with_and_without_the_original(
    kind: str, effect: Effect, shape: Shape, tmp_path: Path
) -> None:
    name = "in.avi" if "codec" in SHAPES[kind] else "in.mkv"
    clip = make_clip(
        tmp_path / name,
        seconds=0.6,
        audio=False,
        faces=TWO_FACES[:1],
        **SHAPES[kind],  # type: ignore[arg-type]
    )
    plan = covered_by(plan_for(clip), effect, shape)
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    assert verify_clip(clip, plan, out).findings == ()
    alone = verify(Material(out, None, plan), BlindFinder())
    assert alone.findings == ()
    assert alone.regions == len(clip.boxes)


@pytest.mark.parametrize(("effect", "shape"), LOOKS, ids=NAMES)
def test_same_plan_and_original_give_the_same_pixels_with(
    effect: Effect, shape: Shape, clip: Clip, tmp_path: Path
) -> None:
    plan = covered_by(plan_for(clip), effect, shape)
    first, second = (render_clip(clip, plan, tmp_path / name) for name in ("1.mp4", "2.mp4"))
    assert sha256_of(first) == sha256_of(second)


def test_no_colour_of_a_face_is_left_at_the_rim_of_an_ellipse(clip: Clip, tmp_path: Path) -> None:
    plan = covered_by(plan_for(clip), Effect.SOLID, Shape.ELLIPSE)
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    with open_frames(out) as source:
        for frame in source.frames():
            layers = planes(frame)
            luma, blue, red = (hidden(layers, plan.masks(frame.pts or 0), on=on) for on in layers)
            assert int(layers[0][luma].max()) < 60
            assert int(np.abs(layers[1][blue].astype(int) - 128).max()) < 24
            assert int(np.abs(layers[2][red].astype(int) - 128).max()) < 24


def _plain_mosaic(picture: Plane) -> Plane:
    """Eight cells across, as most tools draw it."""
    small = cv2.resize(picture, (8, 8), interpolation=cv2.INTER_AREA)
    return np.asarray(
        cv2.resize(small, picture.shape[::-1], interpolation=cv2.INTER_NEAREST), np.uint8
    )


def _plain_blur(picture: Plane) -> Plane:
    """A Gaussian blur a sixth of the face wide."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), picture.shape[1] / 6), np.uint8)


def _faint(picture: Plane) -> Plane:
    """One tone, with a fifth of the face showing through."""
    tone = picture.mean()
    return np.asarray(tone + (picture - tone) * 0.2, np.uint8)


def _nothing(picture: Plane) -> Plane:
    """The face itself."""
    return picture


LEAKS = {
    "a plain mosaic of the face": _plain_mosaic,
    "a plain blur of the face": _plain_blur,
    "the face showing through": _faint,
    "the face": _nothing,
}


def _leaking(clip: Clip, plan: Plan, into: Path, draw_leak: Callable[[Plane], Plane]) -> Path:
    """The right picture, but each region drawn of the face itself."""
    source = open_source(clip.path)
    with open_frames(clip.path) as frames, open_writer(into, source.look, None) as writer:
        for frame in _copies(frames.frames()):
            for layer in planes(frame):
                step = 480 // layer.shape[1]
                for region in plan.regions(frame.pts or 0):
                    x0, y0, x1, y1 = (edge // step for edge in region)
                    layer[y0:y1, x0:x1] = draw_leak(layer[y0:y1, x0:x1].copy())
            writer.write(frame)
    return into


def _copies(frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    return (fresh_copy(frame, "yuv420p") for frame in frames)


@pytest.mark.parametrize("effect", [Effect.MOSAIC, Effect.BLUR])
@pytest.mark.parametrize("leak", LEAKS, ids=list(LEAKS))
def test_a_file_is_rejected_that_shows_instead(
    leak: str, effect: Effect, clip: Clip, tmp_path: Path
) -> None:
    plan = covered_by(plan_for(clip), effect, Shape.BOX)
    bad = _leaking(clip, plan, tmp_path / "bad.mp4", LEAKS[leak])
    assert failed(verify_clip(clip, plan, bad)) == {"fill"}
    assert failed(verify(Material(bad, None, plan), BlindFinder())) == {"fill"}


@pytest.mark.parametrize(("effect", "shape"), LOOKS, ids=NAMES)
def test_a_file_is_rejected_that_leaves_out_one_frame_of_a_region(
    effect: Effect, shape: Shape, clip: Clip, tmp_path: Path
) -> None:
    plan = covered_by(plan_for(clip), effect, shape)
    (track,) = plan.tracks
    keys = tuple(Key(pts, *plan.regions(pts)[0]) for pts in times_of(clip.path))
    parts = tuple(track.model_copy(update={"keys": some}) for some in (keys[:9], keys[10:]))
    bad = render_clip(clip, plan.model_copy(update={"tracks": parts}), tmp_path / "bad.mp4")
    assert "fill" in failed(verify_clip(clip, plan, bad))
    assert "fill" in failed(verify(Material(bad, None, plan), BlindFinder()))


def test_a_file_is_rejected_that_has_a_box_where_an_ellipse_is_planned(
    clip: Clip, tmp_path: Path
) -> None:
    plan = covered_by(plan_for(clip), Effect.SOLID, Shape.ELLIPSE)
    box = covered_by(plan, Effect.SOLID, Shape.BOX)
    bad = render_clip(clip, box, tmp_path / "bad.mp4")
    assert "fill" in failed(verify_clip(clip, plan, bad))


def test_what_is_added_is_covered_as_the_profile_says_and_the_certificate_counts_it(
    clip: Clip, tmp_path: Path
) -> None:
    source, out = open_source(clip.path), tmp_path / "out.mp4"
    plan = covered_by(plan_for(clip), Effect.BLUR, Shape.ELLIPSE)
    finder = ScriptedFinder((320, 60, 380, 130), 0.9)
    settled = settle(
        source, out, plan=plan, verifier=finder, workbench=Workbench(tmp_path), report=Quiet()
    )
    added = settled.plan.tracks[-1]
    assert (len(settled.plan.tracks), added.effect, added.shape) == (2, Effect.BLUR, Shape.ELLIPSE)
    case = Certified(
        original_sha256=sha256_of(clip.path),
        redacted_sha256=sha256_of(out),
        look=source.look,
        plan=settled.plan,
        verification=settled.verification,
        verifier=finder,
        rendered_again=settled.rendered_again,
    )
    assert settled.verification.passed
    assert public_certificate(case)["effects"] == {"blur": 2}


def test_a_mask_says_how_it_is_covered(clip: Clip) -> None:
    plan = covered_by(plan_for(clip), Effect.MOSAIC, Shape.ELLIPSE)
    (mask,) = plan.masks(plan.original.first_pts)
    assert mask == Mask(mask.region, Effect.MOSAIC, Shape.ELLIPSE)
