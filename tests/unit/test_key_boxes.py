"""Key boxes of what a person drew: set, moved, taken away, and never of what a model found."""

from collections.abc import Callable

import pytest

from bwc.errors import BwcError, Conflict, InvalidInput, NotFound
from bwc.redaction.by_hand import without_reason
from bwc.redaction.drawn import Box, Drawing, draw, extend
from bwc.redaction.key_boxes import Moment, begin_track, drop_key, erase, hand_keys, set_key
from bwc.redaction.keys import Key, Region
from bwc.redaction.plan import Kind, Plan, Stop, Stopped
from tests.plans import LAST, make_plan, still

BOX = Box(0.25, 0.25, 0.5, 0.5)
FAR = Box(0.5, 0.5, 0.75, 0.75)
HERE, THERE = (160, 90, 320, 180), (320, 180, 480, 270)


def begun(second: float = 0.5) -> Plan:
    """A plan with one track that was drawn at a moment."""
    return begin_track(make_plan(), BOX, Moment(second), exemption="personal-privacy", by="rita")


def test_what_is_to_be_carried_is_held_where_it_was_drawn_for_the_roll_on_both_sides() -> None:
    (track,) = begun(0.5).tracks
    assert track.drawn == (Key(45_000, *HERE),)
    assert track.keys == (Key(0, *HERE), Key(45_000, *HERE), Key(90_000, *HERE))
    assert (track.author, track.kind) == ("person:rita", Kind.REGION)


def test_near_the_ends_it_is_held_inside_of_the_recording() -> None:
    (track,) = begun(1.0).tracks
    assert (track.keys[0].pts, track.keys[-1].pts) == (45_000, LAST)


def test_a_key_box_is_set_moved_and_taken_away_and_the_region_moves_between_them() -> None:
    drawing = Drawing(box=BOX, first=0.0, last=0.25, exemption="personal-privacy")
    plan = draw(make_plan(), drawing, by="rita")
    later = set_key(plan, 1, FAR, Moment(pts=90_000), by="rita")
    (track,) = later.tracks
    assert track.keys[-1] == Key(90_000, *THERE)
    half = track.region(56_250, width=640, height=360)
    assert half == Region(238, 133, 402, 227), "half-way, and the slack of two pixels"
    moved = set_key(later, 1, BOX, Moment(1.0), by="rita").tracks[0]
    assert moved.keys[-1] == Key(90_000, *HERE)
    without = drop_key(later, 1, 90_000, by="rita").tracks[0]
    assert without.keys == plan.tracks[0].keys
    assert [line.by for line in later.history][-1] == "person:rita"


def test_a_drawn_track_is_taken_away_alone_and_the_history_says_why() -> None:
    drawing = Drawing(box=FAR, first=0.0, last=0.25, exemption="personal-privacy")
    plan = erase(draw(begun(), drawing, by="rita"), 1, reason=" Ms Vey's dog ", by="sam")
    assert [track.id for track in plan.tracks] == [2]
    line = plan.history[-1]
    assert (line.what, line.by) == ("track 1 erased: Ms Vey's dog", "person:sam")
    assert without_reason(line.what) == "track 1 erased"


def test_a_picture_hidden_whole_for_being_unclear_is_seen_again_for_a_reason() -> None:
    unclear = still(1, Kind.FRAME, HERE).model_copy(update={"author": "rule:unclear"})
    plan = erase(make_plan(unclear), 1, reason="nobody is there", by="sam")
    assert plan.tracks == ()
    assert plan.history[-1].what == "track 1 erased: nobody is there"


def test_a_picture_hidden_whole_for_damage_stays_hidden() -> None:
    damaged = still(1, Kind.FRAME, HERE).model_copy(update={"author": "rule:damaged"})
    with pytest.raises(InvalidInput):
        erase(make_plan(damaged), 1, reason="nobody is there", by="sam")


def test_before_its_beginning_a_key_box_lets_it_begin_earlier() -> None:
    plan = set_key(begun(1.0), 1, FAR, Moment(0.1), by="rita")
    assert plan.tracks[0].keys[0] == Key(9_000, *THERE)


def test_where_a_key_box_goes_on_the_place_where_it_was_lost_is_open_no_more() -> None:
    plan = begun(0.2)
    stops = (Stopped(pts=40_000, why=Stop.LOST), Stopped(pts=9_000, why=Stop.CUT, back=True))
    carried = plan.tracks[0].model_copy(update={"stops": stops, "carried_by": "t/1"})
    plan = plan.model_copy(update={"tracks": (carried,)})
    assert set_key(plan, 1, FAR, Moment(0.9), by="rita").tracks[0].stops == stops[1:]


def test_a_track_that_was_drawn_and_extended_keeps_its_ends_as_key_boxes() -> None:
    drawing = Drawing(box=BOX, first=0.25, last=0.5, exemption="personal-privacy")
    plan = extend(draw(make_plan(), drawing, by="rita"), 1, before=0.125, after=0.125, by="rita")
    assert [key.pts for key in hand_keys(plan.tracks[0])] == [11_250, 22_500, 45_000, 56_250]


def test_how_far_a_person_lets_a_followed_track_reach_is_kept_apart_from_its_key_boxes() -> None:
    plan = extend(begun(0.6), 1, before=0.0625, after=0.0, by="rita")
    plan = extend(plan, 1, before=0.0, after=0.0078125, by="rita")
    (track,) = plan.tracks
    assert (track.drawn, track.reach) == ((Key(54_000, *HERE),), (3_375, 99_704))
    drawing = Drawing(box=BOX, first=0.25, last=0.5, exemption="personal-privacy")
    standing = extend(draw(make_plan(), drawing, by="rita"), 1, before=0.1, after=0, by="rita")
    assert standing.tracks[0].reach is None


def test_a_time_that_no_clock_can_name_is_refused_in_words() -> None:
    with pytest.raises(InvalidInput, match="outside of the recording"):
        set_key(begun(), 1, BOX, Moment(pts=10**400), by="rita")


found = make_plan(still(1, Kind.FACE, Region(10, 10, 90, 90)))
REFUSED: dict[str, tuple[type[BwcError], Callable[[], Plan]]] = {
    "a track that nobody drew": (
        InvalidInput,
        lambda: set_key(found, 1, BOX, Moment(0.5), by="rita"),
    ),
    "a track that is not there": (
        NotFound,
        lambda: set_key(found, 7, BOX, Moment(0.5), by="rita"),
    ),
    "a box that is none": (
        InvalidInput,
        lambda: set_key(begun(), 1, Box(0.5, 0.5, 0.5, 0.9), Moment(0.5), by="rita"),
    ),
    "a time beyond the end": (
        InvalidInput,
        lambda: set_key(begun(), 1, BOX, Moment(2.0), by="rita"),
    ),
    "no time": (InvalidInput, lambda: set_key(begun(), 1, BOX, Moment(), by="rita")),
    "two times": (InvalidInput, lambda: set_key(begun(), 1, BOX, Moment(0.5, 5), by="rita")),
    "taking the last one away": (Conflict, lambda: drop_key(begun(), 1, 45_000, by="rita")),
    "taking away what is not there": (NotFound, lambda: drop_key(begun(), 1, 44_999, by="rita")),
    "erasing what a model found": (
        InvalidInput,
        lambda: erase(found, 1, reason="nobody", by="rita"),
    ),
    "erasing without a reason": (InvalidInput, lambda: erase(begun(), 1, reason=" ", by="rita")),
    "erasing what is not there": (NotFound, lambda: erase(begun(), 7, reason="x", by="rita")),
    "no ground": (
        InvalidInput,
        lambda: begin_track(make_plan(), BOX, Moment(0.5), exemption=" ", by="rita"),
    ),
    "nobody": (
        InvalidInput,
        lambda: begin_track(make_plan(), BOX, Moment(0.5), exemption="x", by=" "),
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused(case: tuple[type[BwcError], Callable[[], Plan]]) -> None:
    error, deed = case
    with pytest.raises(error):
        deed()
