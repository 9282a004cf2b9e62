"""Every way in which a smart rendering may be wrong is found."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from bwc.media import groups
from bwc.media.decode import look
from bwc.media.parameter_sets import ParameterSets
from bwc.media.units import as_sample, units_of
from bwc.redaction.asked import Asked
from bwc.redaction.check_copied import CopyCheck
from bwc.redaction.closer import Finders
from bwc.redaction.detect import Boxes, Picture
from bwc.redaction.engine import redact_file
from bwc.redaction.parts import RenderMode
from bwc.redaction.render import open_source
from bwc.redaction.settle import settle
from bwc.redaction.workbench import Workbench
from tests.clips import Clip
from tests.media.test_hard_inputs import WholeEngine, WholeFinder
from tests.media.test_smart import EACH_SECOND, clip_at, cropped, doubled, remuxed, smart
from tests.media.test_verify import Quiet
from tests.mutations_of_smart import WRONG, Film, make_film
from tests.redactions import failed, plan_for, times_of, verify_clip

pytestmark = pytest.mark.media


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    return make_film(tmp_path_factory.mktemp("smart"))


def test_the_right_one_passes_rewritten_too(film: Film) -> None:
    assert failed(verify_clip(film.clip, film.plan, film.good)) == set()
    assert failed(verify_clip(film.clip, film.plan, film.written(lambda s: s))) == set()


@pytest.mark.parametrize("how", WRONG)
def test_a_smart_rendering_is_rejected_where(how: str, film: Film) -> None:
    check, make = WRONG[how]
    assert check in failed(verify_clip(film.clip, film.plan, make(film)))


UNSEEN: dict[str, tuple[object, str, Callable[[Path], Clip]]] = {
    "a part of them is cropped off": (groups, "_require_alike", cropped),
    "a sample holds a second one": (ParameterSets, "are_one_picture", doubled),
}


@pytest.mark.parametrize("how", UNSEEN)
def test_pictures_that_nobody_saw_are_not_passed_as_copied_where(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, name, make = UNSEEN[how]
    clip, out = make(tmp_path / "a.mp4"), tmp_path / "out.mp4"
    with monkeypatch.context() as patch:
        patch.setattr(place, name, lambda *_: True)
        assert smart(clip, out).copied == 90
    assert failed(verify_clip(clip, plan_for(clip), out)) == {"copied"}


def test_a_group_that_comes_out_of_damage_is_not_passed_as_copied(tmp_path: Path) -> None:
    clip = clip_at(tmp_path / "a.mp4", EACH_SECOND + ":bframes=0", audio=False)

    def broken(at: int, sample: bytes) -> bytes:
        unit = next(units_of(sample, 4))
        return as_sample([unit[: len(unit) // 2].rstrip(b"\0")]) if at == 60 else sample

    path = remuxed(tmp_path / "b.mp4", clip.path, change=broken).path
    damaged, out = replace(clip, path=path), tmp_path / "out.mp4"
    assert smart(damaged, out).copied == 65
    assert failed(verify_clip(damaged, plan_for(damaged), out)) == {"copied"}


class FlashFinder(WholeFinder):
    """Sees one thing on pictures that are bright."""

    def find(self, picture: Picture) -> Boxes:
        return super().find(picture)[: int(picture.mean() > 160)]


class FlashEngine(WholeEngine):
    """The engine with such finders."""

    @property
    def finders(self) -> Finders:  # type: ignore[override] - no models are loaded
        return Finders(FlashFinder("centerface"), FlashFinder("pedestrian-ssdlite"))


def flash(path: Path) -> Clip:
    """Eight groups of ten pictures; two pictures of the fourth are bright."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=25, options={"x264-params": "keyint=10:scenecut=0"})
        video.width, video.height, video.pix_fmt = 160, 96, "yuv420p"
        for at in range(80):
            picture = np.full((96, 160, 3), 230 if at in {32, 33} else 100, np.uint8)
            out.mux(video.encode(av.VideoFrame.from_ndarray(picture)))
        out.mux(video.encode(None))
    return Clip(path, look(path).time_base, tuple(times_of(path)), ((),) * 80)


def test_what_the_second_look_sees_in_a_copied_group_is_drawn(tmp_path: Path) -> None:
    clip, bench = flash(tmp_path / "in.mp4"), tmp_path / "bench"
    bench.mkdir()
    source, verifier = open_source(clip.path), FlashFinder("centerface")
    done = settle(
        source,
        tmp_path / "out.mp4",
        plan=plan_for(clip),
        verifier=verifier,
        workbench=Workbench(bench),
        report=Quiet(),
    )
    assert done.verification.passed
    assert done.rendered_again == 1
    assert 0 < done.parts.copied < 80
    assert done.plan.masks(clip.pts[32])


def test_plan_and_ledger_are_the_same_however_it_is_rendered(tmp_path: Path) -> None:
    path = flash(tmp_path / "in.mp4").path
    done = {
        mode: redact_file(
            path, tmp_path / f"{mode}.mp4", engine=FlashEngine(), asked=Asked(render=mode)
        )
        for mode in RenderMode
    }
    assert {mode: outcome.parts.mode for mode, outcome in done.items()} == {
        m: m for m in RenderMode
    }
    assert done[RenderMode.SMART].plan == done[RenderMode.FULL].plan
    assert done[RenderMode.SMART].plan.tracks


def test_both_sides_of_each_seam_are_looked_at(film: Film) -> None:
    times = times_of(film.good)
    assert CopyCheck(film.good, film.clip.path).seams == {times[at] for at in (24, 25, 49, 50)}


def test_messages_of_the_camera_are_left_behind(film: Film) -> None:
    with av.open(str(film.clip.path)) as before, av.open(str(film.good)) as after:
        kinds = [
            {unit[0] & 31 for packet in one.demux(video=0) for unit in units_of(bytes(packet), 4)}
            for one in (before, after)
        ]
    assert 6 in kinds[0]
    assert kinds[1] == {1, 5}
