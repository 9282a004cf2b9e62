"""Where the independent look falls, what it reports, and what a certificate says of it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bwc.ids import Sha256
from bwc.media.decode import open_frames
from bwc.redaction.detect import Boxes, Picture
from bwc.redaction.findings import Check
from bwc.redaction.keys import Key
from bwc.redaction.plan import (
    FrameState,
    Kind,
    LedgerRun,
    ModelLedger,
    Plan,
    Shown,
)
from bwc.redaction.render import open_source
from bwc.redaction.second_look import SecondLook, inferred_middles
from bwc.redaction.verify import Material, verify
from tests.clips import Clip, Face, make_clip
from tests.mutations import Case, copy_of, mild_mask
from tests.redactions import BlindFinder, ScriptedFinder, failed, plan_for, render_clip, times_of

pytestmark = pytest.mark.media

LEAVES = Face(height=60, start=(100, 110), velocity=(0, 0), shown=(0.2, 0.6))
PLACE = (320.0, 60.0, 380.0, 130.0)


class NotingFinder(BlindFinder):
    """Keeps the brightness of the masked place in each picture it is given."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    def find(self, picture: Picture) -> Boxes:
        self.seen.append(float(picture[100:120, 95:105].mean()))
        return super().find(picture)


class SeesOnce:
    """Sees a certain head in the `at`th picture it is given, and never else."""

    name = "once"
    sha256 = Sha256("1" * 64)

    def __init__(self, *, at: Sequence[int]) -> None:
        self._at, self._count = at, 0

    def find(self, picture: Picture) -> Boxes:
        del picture
        self._count += 1
        seen = [[*PLACE, 0.95]] if self._count - 1 in self._at else []
        return np.array(seen, np.float32).reshape(-1, 5)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    folder = tmp_path_factory.mktemp("look")
    return make_clip(
        folder / "in.mkv", size=(480, 270), seconds=1.2, rate=30, faces=(LEAVES,), audio=False
    )


def plan_of(clip: Clip) -> Plan:
    """The one face, from its first to its last frame."""
    first = next(at for at, seen in enumerate(clip.boxes) if seen)
    pts = times_of(clip.path)
    plan = plan_for(
        replace(clip, boxes=tuple(seen or ((80, 80, 120, 130),) for seen in clip.boxes))
    )
    last = max(at for at, seen in enumerate(clip.boxes) if seen)
    keys = tuple(Key(pts[at], 70, 75, 130, 145) for at in (first, last))
    return plan.model_copy(update={"tracks": (plan.tracks[0].model_copy(update={"keys": keys}),)})


def test_the_frames_beside_a_tracks_ends_are_looked_at(clip: Clip, tmp_path: Path) -> None:
    """The first and the last filled picture, and the unfilled one on the other side of each."""
    plan, finder = plan_of(clip), NotingFinder()
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    verify(Material(out, clip.path, plan), finder)
    filled = [brightness < 20 for brightness in finder.seen]
    changes = [at for at in range(1, len(filled)) if filled[at] != filled[at - 1]]
    assert len(changes) == 2


def test_a_frame_that_is_shown_for_long_is_looked_at_itself(tmp_path: Path) -> None:
    """The third and the fifth frame: neither's turn has come by the clock."""
    times = [Fraction(at, 100) for at in (0, 3, 6, 206, 209)]
    clip = make_clip(tmp_path / "in.mp4", size=(480, 270), times=times, faces=(), audio=False)
    looked = []
    with ThreadPoolExecutor(1) as beside, open_frames(clip.path) as source:
        shown = open_source(clip.path).look
        look = SecondLook(BlindFinder(), shown, None, beside=beside)
        for frame in source.frames():
            look.take(frame, np.zeros((270, 480), bool), original=None)
            looked.append(look.count)
        look.tracks()
    assert [*looked, look.count] == [1, 1, 1, 3, 3, 4]


def test_what_is_seen_just_outside_a_track_is_reported(clip: Clip, tmp_path: Path) -> None:
    plan = plan_of(clip)
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    hits = [
        verify(Material(out, clip.path, plan), SeesOnce(at=[which])).findings[0].pts
        for which in range(6)
    ]
    ends = [plan.tracks[0].keys[0].pts, plan.tracks[0].keys[-1].pts]
    times = times_of(clip.path)
    beside = [times[times.index(ends[0]) - 1], ends[0]]
    assert set(beside) <= set(hits)


def ledger(*runs: tuple[FrameState, int, int]) -> ModelLedger:
    return ModelLedger(
        model="2" * 64,
        runs=tuple(
            LedgerRun(state=state, first_pts=first, last_pts=last, frames=last - first + 1)
            for state, first, last in runs
        ),
    )


def test_the_middle_of_a_long_inferred_stretch_is_looked_at(clip: Clip) -> None:
    plan = plan_of(clip).model_copy(
        update={
            "ledger": (
                ledger(
                    (FrameState.FOUND, 0, 300),
                    (FrameState.INFERRED, 301, 501),
                    (FrameState.NOTHING, 502, 900),
                    (FrameState.INFERRED, 901, 950),
                ),
            )
        }
    )
    assert inferred_middles(plan) == [402]


def test_the_middle_of_a_stretch_is_looked_at_where_a_track_lives_on_nothing(clip: Clip) -> None:
    plan = plan_of(clip)
    track = plan.tracks[0].model_copy(
        update={
            "author": "model:" + "2" * 64,
            "keys": (Key(100, 0, 0, 9, 9), Key(900, 0, 0, 9, 9)),
        }
    )
    states = ledger((FrameState.FOUND, 0, 299), (FrameState.NOTHING, 300, 1200))
    plan = plan.model_copy(update={"tracks": (track,), "ledger": (states,)})
    assert inferred_middles(plan) == [600]


def test_who_stays_visible_by_a_persons_word_is_no_finding(clip: Clip, tmp_path: Path) -> None:
    plan = plan_of(clip)
    shown = plan.tracks[0].model_copy(
        update={
            "id": 2,
            "shown": Shown(reason="consent", author="person:tess"),
            "keys": tuple(
                Key(pts, *(int(edge) for edge in PLACE))
                for pts in (plan.original.first_pts, plan.original.last_pts)
            ),
        }
    )
    kept = plan.model_copy(update={"tracks": (*plan.tracks, shown)})
    out = render_clip(clip, kept, tmp_path / "out.mp4")
    always = SeesOnce(at=range(100))
    assert not verify(Material(out, clip.path, kept), always).findings
    assert failed(verify(Material(out, clip.path, plan), SeesOnce(at=range(100)))) == {"faces"}


def test_without_the_original_the_plan_still_knows_how_many_frames_there_are(
    tmp_path: Path,
) -> None:
    case = Case(tmp_path)
    short = case.rewritten(lambda at, frame: [] if at == 7 else [copy_of(frame)])
    assert failed(verify(Material(short, None, case.plan), BlindFinder())) == {"frames"}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("papers"))


@pytest.mark.parametrize("has_original", [False, True])
def test_without_a_plan_a_hit_counts_where_detail_survives(
    case: Case, *, has_original: bool
) -> None:
    """Solid fill is no finding whatever a detector says of it; a mild mosaic is one."""
    keys = case.every_key()
    always = (max(k.x0 for k in keys), keys[0].y0 + 4, min(k.x1 for k in keys), keys[0].y1 - 4)
    finder = ScriptedFinder(always, 0.9)
    original = case.clip.path if has_original else None
    assert verify(Material(case.good, original, None), finder).passed
    mild = mild_mask(case, 0)
    assert failed(verify(Material(mild, original, None), finder)) == {"faces"}


@pytest.mark.parametrize(
    ("hide", "looks_for_faces"),
    [
        ((Kind.FACE,), True),
        ((Kind.PERSON,), True),
        ((Kind.PLATE, Kind.FRAME), True),
        ((Kind.PLATE,), False),
        ((Kind.HEAD, Kind.TEXT), False),
    ],
)
def test_a_face_fails_a_file_only_where_faces_were_to_be_hidden(
    hide: tuple[Kind, ...], *, looks_for_faces: bool, clip: Clip, tmp_path: Path
) -> None:
    plan = plan_of(clip)
    plan = plan.model_copy(update={"profile": plan.profile.model_copy(update={"hide": hide})})
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    verified = verify(Material(out, clip.path, plan), ScriptedFinder(PLACE, 0.9))
    assert verified.passed is not looks_for_faces
    assert (Check.FACES in verified.checked) is looks_for_faces
    assert bool(verified.looked_at) is looks_for_faces
