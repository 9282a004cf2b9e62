"""Which frames are looked at, by whom: whatever their times, the ledger has no unseen one."""

from concurrent.futures import Future
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwc.ids import Sha256
from bwc.redaction.closer import Care, Seen
from bwc.redaction.flow import COLUMNS, ROWS, SMALL_HEIGHT, SMALL_WIDTH, Step
from bwc.redaction.frame_ledger import ledger_of
from bwc.redaction.observe import STILL_STRIDES, _Looks, _Watch
from bwc.redaction.plan import FrameState, ModelLedger
from bwc.redaction.sights import NOBODY, Sight, joined

MILLISECONDS = Fraction(1, 1000)
BLACK = np.zeros((SMALL_HEIGHT, SMALL_WIDTH), np.uint8)


class Told:
    """Flow that is told what happens on each frame: . nothing, ! much, | a cut."""

    def __init__(self, marks: str) -> None:
        self._marks = iter(marks)

    def step(self, picture: object) -> Step:
        del picture
        mark, still = next(self._marks), np.zeros((ROWS, COLUMNS, 2), np.float16)
        return Step(still, is_cut=mark == "|", change=99.0 if mark == "!" else 0.0, surprise=0.0)


class AtOnce:
    """A pool that answers at once; nobody is ever in the picture."""

    def submit(self, look: object, frame: object, care: Care) -> Future[Seen]:
        del look, frame
        answer: Future[Seen] = Future()
        answer.set_result(Seen(NOBODY, None if care is Care.GLANCE else NOBODY))
        return answer


class Coming(Future[Seen]):
    """An answer that comes when it is waited for, and not before."""

    def __init__(self, in_hand: list[object], frame: object, seen: Seen) -> None:
        super().__init__()
        self.in_hand, self._frame, self._seen = in_hand, frame, seen

    def result(self, timeout: float | None = None) -> Seen:
        del timeout
        self.in_hand.remove(self._frame)
        return self._seen


class Later:
    """A pool that answers late, and in which no frame is in two hands at once."""

    def __init__(self) -> None:
        self.in_hand: list[object] = []

    def submit(self, look: object, frame: object, care: Care) -> Future[Seen]:
        del look
        assert frame not in self.in_hand, "two threads convert one frame"
        self.in_hand.append(frame)
        return Coming(self.in_hand, frame, Seen(NOBODY, None if care is Care.GLANCE else NOBODY))


def watched(times: list[int], marks: str, pool: AtOnce | Later | None = None) -> Sight:
    """What is seen of a segment with frames at `times`, milliseconds."""
    eyes = SimpleNamespace(look=None)
    parts = cast("Any", {"eyes": eyes, "pool": pool or AtOnce(), "flow": Told(marks)})
    watch = _Watch(**parts, looks=_Looks(MILLISECONDS), most_waiting=4)
    for pts in times:
        watch.take(cast("Any", SimpleNamespace(pts=pts)), BLACK)
    damage = SimpleNamespace(doubtful=set)
    return watch.finish(cast("Any", SimpleNamespace(damage=damage, damaged=0, repeated=0)))


def unseen_in(ledger: ModelLedger) -> int:
    return sum(run.frames for run in ledger.runs if run.state is FrameState.UNSEEN)


def unseen(times: list[int], marks: str) -> tuple[int, int]:
    """How many frames the faces' and the people's ledger call unseen."""
    with joined([watched(times, marks)], size=(64, 64), time_base=MILLISECONDS) as seen:
        model = Sha256("a" * 64)
        faces = ledger_of(model, seen.faces, seen.faces_looked, seen)
        people = ledger_of(model, seen.people, seen.people_looked, seen, strides=STILL_STRIDES)
    return unseen_in(faces), unseen_in(people)


@pytest.mark.parametrize("frames", range(1, 24))
@pytest.mark.parametrize("end", [".", "|.", "!"])
def test_no_frame_is_in_two_hands_at_once(frames: int, end: str) -> None:
    marks = "." * frames + end
    pool = Later()  # refuses a frame that it still has in hand
    sight = watched([40 * at for at in range(len(marks))], marks, pool)
    assert pool.in_hand == []
    assert sight.faces_looked[[0, -1]].all()


def test_frames_that_come_fast_before_one_that_comes_late_are_seen() -> None:
    times = [0, 60, 120, 150, 165, 345, 385]
    assert unseen(times, "." * len(times)) == (0, 0)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 400) | st.sampled_from([40, 60, 91, 180]), st.sampled_from("...!|")
        ),
        max_size=40,
    )
)
def test_whatever_their_times_and_whatever_happens_no_frame_is_unseen(
    frames: list[tuple[int, str]],
) -> None:
    times = [-50]
    for gap, _ in frames:
        times.append(times[-1] + gap)
    assert unseen(times, "." + "".join(mark for _, mark in frames)) == (0, 0)


@pytest.mark.parametrize("before", range(1, 13))
def test_whoever_turn_it_is_both_finders_see_both_sides_of_a_cut(before: int) -> None:
    marks = "." * before + "|" + "." * 12
    sight = watched([40 * at for at in range(len(marks))], marks)
    assert sight.cuts.tolist() == [before]
    ends = [0, before - 1, before, len(marks) - 1]
    assert sight.people_looked[ends].all()
    assert sight.faces_looked[ends].all()


@pytest.mark.parametrize("before", range(1, 13))
def test_a_frame_that_is_shown_for_long_is_seen_by_both_finders(before: int) -> None:
    times = [40 * at for at in range(before)]
    times += [times[-1] + 500 + 40 * at for at in range(6)]
    sight = watched(times, "." * len(times))
    assert sight.people_looked[[before - 1, before]].all()
