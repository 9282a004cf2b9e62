"""A plan over time as lanes and masks: what each says, and that it stays small."""

from fractions import Fraction

import pytest

from bwc.redaction.keys import Key, Region, region_at
from bwc.redaction.lanes import COLUMNS, MOST_LANES, Look, Window, lanes, spread
from bwc.redaction.meeting import upright_region
from bwc.redaction.plan import FrameState, Kind, LedgerRun, ModelLedger, Plan, Shown
from bwc.redaction.preview import preview
from bwc.redaction.view_timeline import view_timeline, window_of
from tests.plans import HEIGHT, LAST, MODEL, WIDTH, make_plan, moving, still

BOX = Region(10, 20, 60, 90)
WHOLE = Window(Fraction(0), Fraction(LAST, 90_000))


def test_an_hour_of_many_tracks_is_drawn_with_a_bounded_number_of_pieces() -> None:
    second, hour = 90_000, 3600
    tracks = [
        still(n + 1, Kind.FACE, BOX, first=n * second, last=(n + 60) * second) for n in range(hour)
    ]
    runs = tuple(
        LedgerRun(
            state=FrameState.FOUND if n % 3 else FrameState.INFERRED,
            first_pts=n * second,
            last_pts=n * second + second // 2,
            frames=15,
        )
        for n in range(hour)
    )
    plan = make_plan(*tracks)
    plan = plan.model_copy(
        update={
            "original": plan.original.model_copy(
                update={"last_pts": hour * second, "frames": hour * 30}
            ),
            "ledger": (ModelLedger(model=MODEL, runs=runs),),
        }
    )
    found = view_timeline(plan, None, window_of(plan, None, None), skip=MOST_LANES)
    assert (len(found.lanes), found.lane_count) == (MOST_LANES, hour)
    assert sum(len(lane.bars) for lane in found.lanes) <= MOST_LANES * COLUMNS
    near = view_timeline(plan, None, window_of(plan, 1800, 1801))
    assert near.lane_count == 61, "a minute's tracks live at a time"


def test_a_person_left_visible_for_a_time_is_told_from_hidden() -> None:
    seen = still(1, Kind.FACE, BOX, last=LAST // 2)
    shown = seen.model_copy(
        update={
            "id": 2,
            "keys": (Key(LAST // 4, *BOX), Key(LAST, *BOX)),
            "shown": Shown(reason="asked", author="person:rita"),
        }
    )
    plan = make_plan(*(track.model_copy(update={"person": 4}) for track in (seen, shown)))
    made, count = lanes(plan, WHOLE)
    assert [lane.name for lane in made] == ["Person 4", "Track 1", "Track 2"]
    assert count == 3
    assert [bar.look for bar in made[0].bars] == [Look.HIDDEN, Look.VISIBLE]
    assert made[0].bars[-1].end == COLUMNS


def test_where_no_detector_found_anything_a_track_is_inferred() -> None:
    plan = make_plan(still(1, Kind.FACE, BOX)).model_copy(update={"ledger": ()})
    (lane,), _ = lanes(plan, WHOLE)
    assert lane.looks == ("inferred",)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, (0, 10)),
        (9.9, 50.0, (9, 10)),
        (4.0, 4.1, (4, 5)),
        (7.0, 3.0, (7, 8)),
        (99.0, None, (9, 10)),
    ],
)
def test_a_window_lies_inside_of_the_recording_and_has_a_second(
    first: float | None, last: float | None, expected: tuple[int, int]
) -> None:
    plan = make_plan()
    size = plan.original.model_copy(update={"last_pts": 9 * 90_000, "frames": 10})
    window = window_of(plan.model_copy(update={"original": size}), first, last)
    assert (round(window.first), round(window.last)) == expected
    assert window.last - window.first >= 1


def test_stretches_in_one_part_are_one() -> None:
    window = Window(Fraction(0), Fraction(COLUMNS))
    spans = [
        (Fraction(1), Fraction(3, 2)),
        (Fraction(7, 4), Fraction(2)),
        (Fraction(9), Fraction(9)),
    ]
    assert spread([*spans, (Fraction(500), Fraction(501))], window) == [(1, 2), (9, 10)]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_masks_turned_upright_are_the_very_regions_of_the_rendering(rotation: int) -> None:
    track = moving(
        1, Kind.FACE, Key(0, 11, 20, 63, 91), Key(70, 400, 7, 437, 300), Key(99, 5, 6, 7, 8)
    )
    plan = make_plan(track)
    plan = turned(plan, rotation)
    shown = preview(plan, Window(Fraction(40, 90_000), Fraction(60, 90_000)))
    (mask,) = shown.tracks
    assert len(mask.keys) == 2, "what lies elsewhere is not sent"
    for pts in range(40, 61):
        stored = track.region(pts, width=WIDTH, height=HEIGHT)
        assert stored is not None
        drawn = region_at(mask.keys, pts, width=shown.width, height=shown.height)
        assert drawn == upright_region(stored, plan.original), pts


def test_a_mask_of_somebody_left_visible_is_not_drawn() -> None:
    track = still(1, Kind.FACE, BOX).model_copy(
        update={"shown": Shown(reason="asked", author="person:rita")}
    )
    assert preview(make_plan(track), WHOLE).tracks == ()


def turned(plan: Plan, rotation: int) -> Plan:
    size = plan.original.model_copy(update={"rotation": rotation})
    return plan.model_copy(update={"original": size})
