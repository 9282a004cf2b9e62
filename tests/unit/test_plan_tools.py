"""`bwc plan` from outside, and what stands behind it: diff, check, schema, the public plan."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bwc.canonical import canonical_bytes
from bwc.cli.plan import app, schema_text
from bwc.redaction.by_hand import unhide
from bwc.redaction.keys import Key, Region
from bwc.redaction.people import group
from bwc.redaction.plan import (
    Change,
    Effect,
    FrameState,
    Kind,
    LedgerRun,
    ModelLedger,
    MutedSpan,
    Part,
    Plan,
    Shape,
    Shown,
    read_plan,
    write_plan,
)
from bwc.redaction.plan_check import faults
from bwc.redaction.plan_diff import differences
from bwc.release.public_plan import public_plan
from tests.plans import LAST, MODEL, make_plan, moving, still

SCHEMA = Path(__file__).parents[2] / "docs" / "plan.schema.json"
BOX = Region(100, 100, 180, 200)
PHONE = MutedSpan(start=(1, 4), end=(3, 4), found="phone", exemption="phone", author="person:tess")
SECRET = Shown(reason="She is the chief", author="person:rosa")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def with_track(plan: Plan, at: int, **changes: object) -> Plan:
    tracks = list(plan.tracks)
    tracks[at] = tracks[at].model_copy(update=changes)
    return plan.model_copy(update={"tracks": tuple(tracks)})


@pytest.fixture
def plan() -> Plan:
    return group(
        make_plan(
            still(1, Kind.FACE, BOX, first=9000, last=18_000),
            still(2, Kind.FACE, Region(300, 100, 380, 200), first=45_000, last=90_000),
        )
    )


@pytest.fixture
def path(plan: Plan, tmp_path: Path) -> Path:
    write_plan(plan, tmp_path / "plan.json")
    return tmp_path / "plan.json"


CHANGES: dict[str, tuple[Callable[[Plan], Plan], str]] = {
    "a track more": (
        lambda p: p.model_copy(update={"tracks": (*p.tracks, still(3, Kind.REGION, BOX))}),
        "+ track 3: region, 0.00 to 1.11 s, about 80x100 pixels, solid box",
    ),
    "a track less": (
        lambda p: p.model_copy(update={"tracks": p.tracks[1:]}),
        "- track 1: face, person 1, 0.10 to 0.20 s",
    ),
    "a track of another number elsewhere": (
        lambda p: with_track(
            p, 0, keys=(Key(9000, 500, 20, 560, 80), Key(18_000, 500, 20, 560, 80))
        ),
        "+ track 1: face, person 1, 0.10 to 0.20 s, about 60x60 pixels",
    ),
    "another number": (lambda p: with_track(p, 0, id=9), "~ track 1, now 9 (face"),
    "another effect": (
        lambda p: with_track(p, 0, effect=Effect.BLUR, shape=Shape.ELLIPSE),
        "~ track 1 (face, 0.10 to 0.20 s): solid box -> blur ellipse",
    ),
    "another time and size": (
        lambda p: with_track(p, 0, keys=(Key(9000, *BOX), Key(27_000, 100, 100, 200, 200))),
        "covers 0.10 to 0.20 s -> 0.10 to 0.30 s, about 80x100 -> 90x100 pixels",
    ),
    "another exemption": (
        lambda p: with_track(p, 0, exemption="minor"),
        "exemption personal-privacy -> minor",
    ),
    "somebody shown": (
        lambda p: with_track(p, 0, shown=SECRET),
        "solid box -> LEFT VISIBLE by person:rosa: She is the chief",
    ),
    "another person": (lambda p: with_track(p, 0, person=2), "person 1 -> 2"),
    "silence": (
        lambda p: p.model_copy(update={"sound": (PHONE,)}),
        "+ sound: mute, phone, 0.250 to 0.750 s, phone, by person:tess",
    ),
    "another profile": (
        lambda p: p.model_copy(
            update={"profile": p.profile.model_copy(update={"hide": (Kind.FACE,)})}
        ),
        "~ profile: hide ['face', 'head'] -> ['face']",
    ),
    "a model less": (lambda p: p.model_copy(update={"models": ()}), "- model eyes: faces"),
    "an emptier ledger": (
        lambda p: p.model_copy(update={"ledger": ()}),
        "{'detected-found': 30} -> none",
    ),
    "a line of history": (
        lambda p: p.model_copy(
            update={"history": (*p.history, Change(by="person:t", what="looked"))}
        ),
        "+ history: person:t: looked",
    ),
}


@pytest.mark.parametrize(("change", "words"), CHANGES.values(), ids=CHANGES.keys())
def test_diff_says_what_changed(
    plan: Plan, path: Path, change: Callable[[Plan], Plan], words: str
) -> None:
    write_plan(change(plan), path.with_name("other.json"))
    result = run("diff", path, path.with_name("other.json"))
    assert result.exit_code == 1
    assert words in result.stdout
    document = json.loads(run("diff", path, path.with_name("other.json"), "--json").stdout)
    assert document["same"] is False
    assert differences(plan, change(plan)).document() == document


def test_a_plan_does_not_differ_from_itself(path: Path) -> None:
    result = run("diff", path, path)
    assert (result.exit_code, result.stdout) == (0, "the plans are the same\n")


def test_diff_of_what_is_no_plan_is_misuse(path: Path, tmp_path: Path) -> None:
    assert run("diff", path, tmp_path / "nothing.json").exit_code == 2


def test_the_golden_schema_in_the_docs_is_the_one_that_is_printed() -> None:
    if os.environ.get("TEST_GOLDEN") == "write":
        SCHEMA.write_text(schema_text())
    assert run("schema").stdout == schema_text()
    assert SCHEMA.read_text() == schema_text(), "run `make golden` and read the difference"


FAULTS: dict[str, tuple[Callable[[Plan], Plan], str]] = {
    "one number twice": (
        lambda p: p.model_copy(update={"tracks": (p.tracks[0], p.tracks[0])}),
        "track numbers that stand for several tracks: 1",
    ),
    "a track beside the picture": (
        lambda p: with_track(p, 0, keys=(Key(0, 900, 10, 950, 60),)),
        "outside of the picture: 1",
    ),
    "a track after the end": (
        lambda p: with_track(p, 1, keys=(Key(LAST + 1, *BOX),)),
        "outside of the recording's time: 2",
    ),
    "an unseen frame": (
        lambda p: p.model_copy(
            update={
                "ledger": (
                    ModelLedger(
                        model=MODEL,
                        runs=(
                            LedgerRun(state=FrameState.FOUND, first_pts=0, last_pts=9, frames=29),
                            LedgerRun(state=FrameState.UNSEEN, first_pts=10, last_pts=10, frames=1),
                        ),
                    ),
                )
            }
        ),
        "saw 29 of 30 frames",
    ),
    "no ledger": (lambda p: p.model_copy(update={"ledger": ()}), "every frame is unseen"),
    "an unknown model": (lambda p: p.model_copy(update={"models": ()}), "not among the models"),
    "a model that nobody pinned": (
        lambda p: p.model_copy(
            update={
                "models": (p.models[0].model_copy(update={"sha256": "d" * 64}),),
                "ledger": (p.ledger[0].model_copy(update={"model": "d" * 64}),),
            }
        ),
        "is none that models.toml pins",
    ),
    "a person at two places": (
        lambda p: with_track(
            with_track(p, 1, person=1),
            0,
            keys=(*p.tracks[0].keys[:1], Key(90_000, *BOX)),
            seen=(9000, 90_000),
        ),
        "person 1 is seen at two places at one time: tracks 1 and 2",
    ),
}


@pytest.mark.parametrize(("breaks", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_check_finds(plan: Plan, path: Path, breaks: Callable[[Plan], Plan], words: str) -> None:
    write_plan(breaks(plan), path)
    result = run("check", path)
    assert result.exit_code == 1
    assert words in result.stdout


def test_a_sound_plan_passes_its_check_and_what_is_no_plan_is_misuse(
    plan: Plan, path: Path, tmp_path: Path
) -> None:
    assert faults(plan) == []
    assert run("check", path).exit_code == 0
    (tmp_path / "other.json").write_text("{}")
    assert run("check", tmp_path / "other.json").exit_code == 2


def test_by_hand_each_change_is_a_new_file_and_none_is_overwritten(path: Path) -> None:
    folder = path.parent
    by = ("--by", "rosa")
    steps = [
        ("merge-persons", path, "1", "2", *by, "-o", folder / "2.json"),
        ("split-person", folder / "2.json", "1", "2", *by, "-o", folder / "3.json"),
        ("unhide", folder / "3.json", "1", "--reason", "agreed", *by, "-o", folder / "4.json"),
        ("hide", folder / "4.json", "1", *by, "-o", folder / "5.json"),
    ]
    before = path.read_bytes()
    for step in steps:
        result = run(*step, "--json")
        assert result.exit_code == 0, result.stderr
        assert json.loads(result.stdout)["history"]["by"] == "person:rosa"
        assert run(*step).exit_code == 2, "a version is never overwritten"
    assert path.read_bytes() == before
    assert [t.shown for t in read_plan(folder / "4.json").tracks][1:] == [None]
    last = read_plan(folder / "5.json")
    assert len(last.history) == len(read_plan(path).history) + 4
    assert last.regions(9000) == read_plan(path).regions(9000)


def test_unhiding_says_aloud_who_will_be_seen(path: Path) -> None:
    out = path.with_name("seen.json")
    result = run("unhide", path, "2", "--reason", "agreed", "--by", "rosa", "-o", out)
    assert "person 2 will be SEEN: tracks 2 are no longer hidden" in result.stderr
    assert "person 2: LEFT VISIBLE (agreed, by person:rosa)" in result.stdout
    shown = run("show", out)
    assert "1 of them left visible" in shown.stdout
    assert json.loads(run("show", out, "--json").stdout)["tracks_left_visible"] == 1
    refused = run("unhide", path, "2", "--by", "rosa", "-o", path.with_name("x.json"))
    assert refused.exit_code == 2, "without a reason nobody is shown"


def names_in(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(names_in(each) for each in value.values()))
    if isinstance(value, list):
        return set[str]().union(*(names_in(each) for each in value))
    return set()


def test_the_public_plan_has_boxes_times_and_codes_and_nobody(plan: Plan) -> None:
    secret = unhide(plan, 2, reason=SECRET.reason, by="rosa").model_copy(update={"sound": (PHONE,)})
    document = public_plan(secret.document())
    text = canonical_bytes(document).decode()
    for word in ("rosa", "chief", MODEL, "person", "author", "sightings", "score", "found"):
        assert word not in text.replace("personal-privacy", "")
    assert document["tracks"] == [
        {
            "kind": "face",
            "effect": "solid",
            "shape": "box",
            "exemption": "personal-privacy",
            "keys": [[9000, 100, 100, 180, 200], [18_000, 100, 100, 180, 200]],
        }
    ]
    assert document["sound"] == [
        {"start": [1, 4], "end": [3, 4], "effect": "mute", "exemption": "phone"}
    ]


def test_what_a_plan_learns_later_stays_out_of_the_public_one(plan: Plan) -> None:
    class Later(Part):
        home_address: str = "1 Main Street"

    grown = moving(3, Kind.FACE, Key(0, *BOX)).model_copy(update={"shown": None})
    object.__setattr__(grown, "later", Later())
    document = public_plan(plan.model_copy(update={"tracks": (grown,)}).document())
    assert names_in(document["tracks"]) == {"kind", "effect", "shape", "exemption", "keys"}
