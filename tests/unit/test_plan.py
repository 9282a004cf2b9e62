"""The plan: one document, exact times, regions that cover every box they were made from."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwc.canonical import canonical_bytes
from bwc.errors import InvalidInput
from bwc.redaction.keys import Key, Region, keys_for
from bwc.redaction.plan import (
    Change,
    Effect,
    FrameState,
    Kind,
    LedgerRun,
    ModelLedger,
    Original,
    Plan,
    PlannedTrack,
    Profile,
    parse_plan,
    read_plan,
    write_plan,
)

SEEN = LedgerRun(state=FrameState.FOUND, first_pts=0, last_pts=3600, frames=2)


def plan_with(*keys: Key) -> Plan:
    return Plan(
        original=Original(
            sha256="a" * 64,
            width=640,
            height=360,
            rotation=0,
            time_base=(1, 90_000),
            frames=3,
            first_pts=0,
            last_pts=7200,
        ),
        profile=Profile(hide=(Kind.FACE,), gap_seconds=0.7, roll_seconds=0.5),
        models=(),
        tracks=(track(keys),),
        ledger=(ModelLedger(model="b" * 64, runs=(SEEN,)),),
        history=(Change(by="person:tess", what="drawn"),),
    )


def track(keys: tuple[Key, ...]) -> PlannedTrack:
    return PlannedTrack(
        id=1,
        kind=Kind.FACE,
        effect=Effect.SOLID,
        exemption="personal-privacy",
        author="person:tess",
        best_score=1.0,
        sightings=1,
        keys=keys,
    )


boxes = st.tuples(
    st.integers(0, 600), st.integers(0, 320), st.integers(1, 200), st.integers(1, 200)
).map(lambda b: Region(b[0], b[1], min(640, b[0] + b[2]), min(360, b[1] + b[3])))


@given(st.lists(st.tuples(st.integers(1, 9000), boxes), min_size=1, max_size=40))
def test_every_box_is_inside_the_region_that_its_keys_give(
    steps: list[tuple[int, Region]],
) -> None:
    placed, pts = [], 0
    for gap, box in steps:
        pts += gap
        placed.append((pts, box))
    made = track(keys_for(placed))
    for at, box in placed:
        region = made.region(at, width=640, height=360)
        assert region is not None
        assert region.x0 <= box.x0
        assert region.y0 <= box.y0
        assert region.x1 >= box.x1
        assert region.y1 >= box.y1


def test_a_straight_line_needs_two_keys_only() -> None:
    line = [(100 * i, Region(10 + 3 * i, 20, 60 + 3 * i, 80)) for i in range(50)]
    assert len(keys_for(line)) == 2


def test_a_track_lives_from_its_first_key_to_its_last() -> None:
    plan = plan_with(Key(3600, 10, 10, 50, 50), Key(7200, 20, 10, 60, 50))
    assert plan.regions(3599) == []
    assert plan.regions(3600) == [Region(8, 8, 52, 52)]
    assert plan.regions(7201) == []


def test_a_frame_that_no_run_lists_is_unseen() -> None:
    plan = plan_with(Key(0, 1, 1, 9, 9))
    assert not plan.is_unseen(3600)
    assert plan.is_unseen(7200)
    assert plan.model_copy(update={"ledger": ()}).is_unseen(0)


def test_a_plan_comes_back_from_its_file_the_same(tmp_path: Path) -> None:
    plan = plan_with(Key(0, 1, 1, 9, 9))
    write_plan(plan, tmp_path / "p.json")
    again = read_plan(tmp_path / "p.json")
    assert again == plan
    assert again.sha256 == plan.sha256
    assert (tmp_path / "p.json").read_bytes().strip() == canonical_bytes(plan.document())


BROKEN = {
    "a field that nobody knows": (lambda d: d.update(colour="red"), "colour"),
    "a track without keys": (lambda d: d["tracks"][0].update(keys=[]), "tracks.0.keys"),
    "an effect that does not exist": (lambda d: d["tracks"][0].update(effect="blur2"), "effect"),
    "keys whose times fall": (
        lambda d: d["tracks"][0].update(keys=[[9, 1, 1, 9, 9], [0, 1, 1, 9, 9]]),
        "times of the keys",
    ),
    "an empty box": (lambda d: d["tracks"][0].update(keys=[[0, 9, 1, 1, 9]]), "box is empty"),
    "a silence that ends before it starts": (
        lambda d: d.update(
            sound=[{"start": [2, 1], "end": [1, 1], "exemption": "name", "author": "person:tess"}]
        ),
        "sound.0",
    ),
    "a track last seen before it is first seen": (
        lambda d: d["tracks"][0].update(seen=[9, 0]),
        "last seen before",
    ),
    "a tick of no time": (lambda d: d["original"].update(time_base=[1, 0]), "time_base"),
    "nothing to hide, so that nobody looks whether anything was left": (
        lambda d: d["profile"].update(hide=[]),
        "profile.hide",
    ),
    "another format": (lambda d: d.update(format="bwc.plan/9"), "format"),
}


@pytest.mark.parametrize("defect", BROKEN, ids=list(BROKEN))
def test_a_plan_is_refused_that_has(defect: str) -> None:
    breaks, names = BROKEN[defect]
    document = json.loads(canonical_bytes(plan_with(Key(0, 1, 1, 9, 9)).document()))
    breaks(document)
    with pytest.raises(InvalidInput, match=names):
        parse_plan(document, where="p.json")


def test_what_is_not_json_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text("hello")
    with pytest.raises(InvalidInput, match=r"p\.json: the plan is not JSON"):
        read_plan(tmp_path / "p.json")
