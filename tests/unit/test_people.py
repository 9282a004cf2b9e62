"""Who is who: tracks of one recording as persons, and that grouping never shows anybody."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.redaction.by_hand import hide, merge_persons, split_person, unhide
from bwc.redaction.keys import Key, Region
from bwc.redaction.left_visible import heads_left_visible
from bwc.redaction.meeting import upright_region
from bwc.redaction.people import ALIKE, Vector, group, has_persons
from bwc.redaction.person_list import Standing, persons_of
from bwc.redaction.plan import Kind, Mask, Plan, PlannedTrack, Shown
from bwc.redaction.plan_check import faults
from tests.plans import LAST, WIDTH, make_plan, moving, still


def likeness(**faces: float) -> dict[int, list[Vector]]:
    """Vectors whose distances are the differences of the numbers: t1=0.0, t2=0.3."""
    return {int(name[1:]): [np.eye(128)[0] * place] for name, place in faces.items()}


def persons(plan: Plan) -> dict[int, int | None]:
    return {track.id: track.person for track in plan.tracks}


def test_a_head_that_lies_where_a_face_is_carried_is_of_the_same_person() -> None:
    face = still(1, Kind.FACE, Region(100, 100, 180, 200), first=0, last=5000, seen=(0, 3000))
    head = still(2, Kind.HEAD, Region(90, 95, 190, 205), first=3500, last=9000, seen=(4000, 9000))
    assert persons(group(make_plan(face, head))) == {1: 1, 2: 1}


def test_a_head_beside_a_face_is_of_another_person() -> None:
    face = still(1, Kind.FACE, Region(100, 100, 180, 200))
    head = still(2, Kind.HEAD, Region(170, 100, 270, 205))
    assert persons(group(make_plan(face, head))) == {1: 1, 2: 2}


def test_a_body_is_of_the_person_whose_head_is_at_its_top() -> None:
    body = still(1, Kind.PERSON, Region(80, 80, 200, 340))
    head = still(2, Kind.FACE, Region(100, 70, 170, 140))
    behind = still(3, Kind.FACE, Region(100, 250, 160, 320))
    assert persons(group(make_plan(body, head, behind))) == {1: 1, 2: 1, 3: 2}


def test_where_a_head_is_in_a_body_is_asked_of_the_upright_picture() -> None:
    body, head = Region(80, 80, 340, 200), Region(270, 100, 345, 170)
    tracks = still(1, Kind.PERSON, body), still(2, Kind.FACE, head)
    lying = make_plan(*tracks)
    turned = lying.model_copy(
        update={"original": lying.original.model_copy(update={"rotation": 90})}
    )
    assert persons(group(lying)) == {1: 1, 2: 2}
    assert persons(group(turned)) == {1: 1, 2: 1}
    back = upright_region(head, turned.original)
    assert back == Region(100, WIDTH - 345, 170, WIDTH - 270)


def test_faces_that_are_alike_are_one_person_however_far_apart_in_time() -> None:
    early = still(1, Kind.FACE, Region(10, 10, 90, 90), first=0, last=1000)
    late = still(2, Kind.FACE, Region(400, 200, 480, 290), first=90_000, last=95_000)
    other = still(3, Kind.FACE, Region(400, 200, 480, 290), first=40_000, last=50_000)
    plan = make_plan(early, late, other)
    assert persons(group(plan, likeness(t1=0.0, t2=ALIKE - 0.1, t3=5.0))) == {1: 1, 2: 1, 3: 2}
    assert persons(group(plan)) == {1: 1, 2: 2, 3: 3}


def test_two_faces_seen_at_one_time_are_never_one_person_however_alike() -> None:
    left = still(1, Kind.FACE, Region(10, 10, 90, 90))
    right = still(2, Kind.FACE, Region(300, 10, 380, 90))
    third = still(3, Kind.FACE, Region(10, 10, 90, 90), first=LAST + 10, last=LAST + 900)
    plan = make_plan(left, right, third)
    found = persons(group(plan, likeness(t1=0.0, t2=0.0, t3=0.0)))
    assert found[1] != found[2]
    assert found[3] in (found[1], found[2])


def test_one_place_is_not_one_person_where_the_faces_differ() -> None:
    first = still(1, Kind.FACE, Region(100, 100, 180, 200), first=0, last=5000, seen=(0, 3000))
    second = still(
        2, Kind.FACE, Region(100, 100, 180, 200), first=4500, last=9000, seen=(6000, 9000)
    )
    plan = make_plan(first, second)
    assert persons(group(plan)) == {1: 1, 2: 1}
    assert persons(group(plan, likeness(t1=0.0, t2=0.9))) == {1: 1, 2: 2}


def test_plates_text_and_regions_are_nobody() -> None:
    plan = make_plan(
        still(1, Kind.PLATE, Region(10, 10, 90, 40)), still(2, Kind.FACE, Region(10, 10, 90, 90))
    )
    assert persons(group(plan)) == {1: None, 2: 1}


def test_a_plan_of_nothing_has_no_persons() -> None:
    plan = group(make_plan())
    assert not has_persons(plan)
    assert persons_of(plan) == []


boxes = st.tuples(
    st.integers(0, 560), st.integers(0, 280), st.integers(20, 80), st.integers(20, 80)
).map(lambda b: Region(b[0], b[1], b[0] + b[2], b[1] + b[3]))
shown = st.one_of(st.none(), st.just(Shown(reason="agreed", author="person:rosa")))


@st.composite
def tracks(draw: st.DrawFn, number: int) -> PlannedTrack:
    first = draw(st.integers(0, LAST - 10))
    last = draw(st.integers(first + 1, LAST))
    kind = draw(st.sampled_from([Kind.FACE, Kind.HEAD, Kind.PERSON, Kind.PLATE]))
    made = moving(number, kind, Key(first, *draw(boxes)), Key(last, *draw(boxes)))
    return made.model_copy(update={"shown": draw(shown)})


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    count = draw(st.integers(1, 6))
    return make_plan(*(draw(tracks(number + 1)) for number in range(count)))


def hidden(plan: Plan) -> list[list[Mask]]:
    """What is covered throughout the plan."""
    return [plan.masks(pts) for pts in range(0, LAST + 1, LAST // 40)]


@given(plans(), st.lists(st.floats(0, 1.5), min_size=6, max_size=6))
def test_grouping_never_changes_what_is_hidden(plan: Plan, places: list[float]) -> None:
    alike = likeness(**{f"t{at + 1}": place for at, place in enumerate(places)})
    grouped = group(plan, {k: v for k, v in alike.items() if k <= len(plan.tracks)})
    assert hidden(grouped) == hidden(plan)
    assert [t.shown for t in grouped.tracks] == [t.shown for t in plan.tracks]


@given(plans(), st.data())
def test_neither_merging_nor_splitting_changes_what_is_hidden(
    plan: Plan, data: st.DataObject
) -> None:
    grouped = group(plan)
    lines = persons_of(grouped)
    for a, b in ((a.person, b.person) for a in lines for b in lines if a.person < b.person):
        try:
            merged = merge_persons(grouped, a, b, by="rosa")
        except Conflict:
            continue
        assert hidden(merged) == hidden(plan)
        parts = [t.id for t in merged.tracks if t.person == a]
        part = data.draw(st.sets(st.sampled_from(parts), min_size=1, max_size=len(parts) - 1))
        assert hidden(split_person(merged, a, part, by="rosa")) == hidden(plan)


@given(plans(), st.permutations(range(6)))
def test_the_numbers_do_not_depend_on_the_order_of_the_vectors(
    plan: Plan, order: list[int]
) -> None:
    alike = {n: [np.eye(128)[0] * 0.2 * n] for n in range(1, len(plan.tracks) + 1)}
    turned = {at + 1: alike[at + 1] for at in order if at < len(plan.tracks)}
    assert group(plan, alike) == group(plan, turned)
    numbers = [t.person for t in group(plan, alike).tracks if t.person is not None]
    assert list(dict.fromkeys(numbers)) == list(range(1, len(set(numbers)) + 1))


@pytest.fixture
def two() -> Plan:
    """Persons 1 (a face, later a head) and 2 (a face at another time)."""
    return group(
        make_plan(
            still(1, Kind.FACE, Region(100, 100, 180, 200), first=0, last=5000, seen=(0, 3000)),
            still(2, Kind.HEAD, Region(90, 95, 190, 205), first=3500, last=9000, seen=(4000, 9000)),
            still(3, Kind.FACE, Region(300, 100, 380, 200), first=20_000, last=25_000),
        )
    )


def test_a_merge_is_a_new_version_with_its_author(two: Plan) -> None:
    merged = merge_persons(two, 1, 2, by="rosa")
    assert persons(merged) == {1: 1, 2: 1, 3: 1}
    assert merged.history[-1].by == "person:rosa"
    assert merged.history[-1].what == "person 2 merged into person 1"
    assert merged.sha256 != two.sha256


def test_two_people_at_one_time_cannot_be_merged_by_hand_either() -> None:
    plan = group(
        make_plan(
            still(1, Kind.FACE, Region(10, 10, 90, 90)),
            still(2, Kind.FACE, Region(300, 10, 380, 90)),
        )
    )
    with pytest.raises(Conflict, match="two places at one time"):
        merge_persons(plan, 1, 2, by="rosa")


def test_a_split_makes_a_new_person_and_leaves_something_behind(two: Plan) -> None:
    assert persons(split_person(two, 1, [2], by="rosa")) == {1: 1, 2: 3, 3: 2}
    with pytest.raises(NotFound, match="person 1 has no such track"):
        split_person(two, 1, [3], by="rosa")
    for everything in ([1, 2], []):
        with pytest.raises(Conflict, match="both sides"):
            split_person(two, 1, everything, by="rosa")


def test_who_is_left_visible_has_a_reason_and_an_author_on_each_track(two: Plan) -> None:
    plan = unhide(two, 1, reason="The officer himself", by="rosa")
    assert [t.shown for t in plan.tracks] == [
        Shown(reason="The officer himself", author="person:rosa"),
        Shown(reason="The officer himself", author="person:rosa"),
        None,
    ]
    assert plan.regions(100) == []
    assert plan.left_visible(100) == two.regions(100)
    assert plan.regions(22_000) == two.regions(22_000)
    assert [line.standing for line in persons_of(plan)] == [Standing.VISIBLE, Standing.HIDDEN]
    again = hide(plan, 1, by="sam")
    assert hidden(again) == hidden(two)
    assert [change.by for change in again.history[-2:]] == ["person:rosa", "person:sam"]


def test_nobody_is_left_visible_without_reason_author_or_being_there(two: Plan) -> None:
    with pytest.raises(InvalidInput, match="without a reason"):
        unhide(two, 1, reason="  ", by="rosa")
    with pytest.raises(InvalidInput, match="has an author"):
        unhide(two, 1, reason="agreed", by=" ")
    with pytest.raises(NotFound, match="no such person"):
        unhide(two, 7, reason="agreed", by="rosa")


def test_a_hidden_person_merged_into_a_visible_one_stays_hidden(two: Plan) -> None:
    merged = merge_persons(unhide(two, 1, reason="agreed", by="rosa"), 1, 2, by="rosa")
    assert merged.regions(22_000) == two.regions(22_000)
    assert persons_of(merged)[0].standing is Standing.PART


def test_a_visible_persons_region_stays_covered_where_anothers_mask_lies() -> None:
    plan = group(
        make_plan(
            still(1, Kind.FACE, Region(100, 100, 180, 200)),
            still(2, Kind.FACE, Region(160, 100, 240, 200)),
        )
    )
    seen = unhide(plan, 1, reason="agreed", by="rosa")
    assert seen.regions(100) == [plan.regions(100)[1]]


def test_of_a_visible_body_the_head_alone_explains_a_hit() -> None:
    body, head = Region(80, 80, 200, 340), Region(100, 70, 170, 140)
    alone = make_plan(still(1, Kind.PERSON, body))
    both = make_plan(still(1, Kind.PERSON, body), still(2, Kind.FACE, head))
    shown_alone = unhide(group(alone), 1, reason="agreed", by="rosa")
    (top,) = heads_left_visible(shown_alone, 100)
    assert top == Region(78, 78, 202, 197)
    assert heads_left_visible(unhide(group(both), 1, reason="agreed", by="rosa"), 100) == [
        Region(98, 68, 172, 142)
    ]


@given(plans())
def test_no_person_is_ever_seen_at_two_places_at_one_time(plan: Plan) -> None:
    alike = {track.id: [np.zeros(128)] for track in plan.tracks}
    assert [fault for fault in faults(group(plan, alike)) if "two places" in fault] == []
