"""Where a reviewer looks: what the tracker lost, gaps, and what begins or ends in the midst of all."""

import pytest

from bwc.redaction.drawn import Box, Drawing, draw, extend
from bwc.redaction.key_boxes import Moment, begin_track
from bwc.redaction.keys import Key, Region
from bwc.redaction.plan import Kind, MutedSpan, Plan, PlannedTrack, Shown, Stop, Stopped
from bwc.redaction.review_list import Place, Risk, places
from tests.plans import LAST, make_plan, moving, still

MIDST = Region(200, 100, 260, 160)
ROLL = 45_000  # half a second


def listed(plan: Plan, *risks: Risk) -> list[Place]:
    return [place for place in places(plan, []) if place.risk in risks]


def found(box: Region, *, first: int, last: int, rolled: int = ROLL) -> PlannedTrack:
    """A face that was seen from a roll after its first to a roll before its last moment."""
    track = still(1, Kind.FACE, box, first=first, last=last, seen=(first + rolled, last - rolled))
    return track.model_copy(update={"sightings": 9})


def test_what_the_tracker_lost_is_a_place_with_its_box_to_extend_or_to_hide() -> None:
    plan = begin_track(
        make_plan(), Box(0.2, 0.2, 0.4, 0.4), Moment(0.2), exemption="personal-privacy", by="rita"
    )
    stops = (
        Stopped(pts=9_000, why=Stop.LOST, back=True),
        Stopped(pts=36_000, why=Stop.LOST),
        Stopped(pts=36_000, why=Stop.CUT),
    )
    carried = plan.tracks[0].model_copy(update={"stops": stops, "carried_by": "t/1"})
    lost = listed(plan.model_copy(update={"tracks": (carried,)}), Risk.LOST)
    assert [(one.second, one.until) for one in lost] == [(0.0, 0.1), (0.4, 0.7), (0.4, 0.7)]
    assert [(one.before, one.after) for one in lost] == [(0.5, 0.0), (0.0, 0.5), (0.0, 0.5)]
    assert lost[1].why == "the tracker lost it here: nothing follows it on from here"
    assert lost[2].why.startswith("the scene changes here")
    assert all(one.can_be_hidden for one in lost)


def test_what_was_to_be_followed_and_was_not_is_a_place_and_what_stands_still_is_none() -> None:
    """A job that failed or was cancelled leaves half a second hidden on both sides, and no more."""
    box = Box(0.2, 0.2, 0.4, 0.4)
    plan = begin_track(make_plan(), box, Moment(0.5), exemption="personal-privacy", by="rita")
    drawing = Drawing(box=box, first=0.1, last=0.4, exemption="personal-privacy")
    plan = draw(plan, drawing, by="rita")
    (place,) = listed(plan, Risk.LOST)
    assert (place.track, place.second, place.until) == (1, 0.0, 1.0)
    assert place.why.startswith("drawn to be followed, and not followed yet")
    assert (place.before, place.after) == (0, 0), "a longer track would refuse the tracker's result"
    longer = extend(plan, 1, before=0, after=0.1, by="rita")
    assert [one.track for one in listed(longer, Risk.LOST)] == [1]


def test_a_long_gap_is_a_place_and_hiding_it_covers_both_of_its_ends() -> None:
    track = moving(1, Kind.FACE, Key(0, 0, 0, 64, 36), Key(LAST, 320, 180, 384, 216))
    (gap,) = listed(make_plan(track.model_copy(update={"gaps": ((20_000, 80_000),)})), Risk.GAP)
    assert (gap.second, gap.until, gap.why) == (
        0.222, 0.889, "face not seen for 0.7 s: its place is inferred",
    )  # fmt: skip
    assert gap.box is not None
    assert gap.box.left < 0.12
    assert gap.box.right > 0.45
    assert gap.can_be_hidden


EDGES = {
    "both in the midst": (found(MIDST, first=1_000, last=99_000, rolled=ROLL), [0.011, 1.1]),
    "it comes in at the edge": (found(Region(0, 100, 60, 160), first=1_000, last=99_000), []),
    "a cut ends its roll": (found(MIDST, first=1_000, last=99_000, rolled=5_000), []),
    "the recording begins and ends with it": (found(MIDST, first=0, last=LAST), []),
    "somebody leaves it visible": (
        found(MIDST, first=1_000, last=99_000).model_copy(
            update={"shown": Shown(reason="r", author="person:x")}
        ),
        [],
    ),
}


@pytest.mark.parametrize(("track", "seconds"), EDGES.values(), ids=EDGES.keys())
def test_what_begins_or_ends_in_the_midst_is_a_place(
    track: PlannedTrack, seconds: list[float]
) -> None:
    assert [one.second for one in listed(make_plan(track), Risk.EDGE)] == seconds


def test_where_another_track_goes_on_nothing_ends() -> None:
    head = still(2, Kind.HEAD, Region(190, 90, 270, 170), first=0, last=LAST)
    plan = make_plan(found(MIDST, first=1_000, last=99_000), head)
    assert listed(plan, Risk.EDGE) == []


def test_what_was_said_and_is_not_decided_comes_before_what_is_merely_unsure() -> None:
    cut = MutedSpan(
        start=(1, 5),
        end=(1, 2),
        found="phone",
        exemption="personal-privacy",
        author="pattern:phone",
    )
    weak = still(1, Kind.FACE, MIDST).model_copy(update={"best_score": 0.4})
    order = places(make_plan(weak).model_copy(update={"proposed": (cut,)}), [])
    assert [one.risk for one in order] == [Risk.SAID, Risk.WEAK]
    assert order[0].proposal == 1
