"""Persons on real pictures: who is one, what the sheet shows, and what verification makes of them."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from bwc.canonical import canonical_bytes
from bwc.cli.plan import app
from bwc.errors import NotFound
from bwc.redaction.by_hand import unhide
from bwc.redaction.certificate import Certified, certificate, public_certificate
from bwc.redaction.contact import Persons, contact_sheet, find_persons
from bwc.redaction.engine import Engine
from bwc.redaction.face_vectors import FaceEncoder
from bwc.redaction.fixity import sha256_of
from bwc.redaction.keys import Key, Region
from bwc.redaction.meeting import upright_region
from bwc.redaction.people import group
from bwc.redaction.plan import Kind, Plan, PlannedTrack, read_plan, write_plan
from bwc.redaction.render import open_source
from bwc.redaction.settle import Stage, settle
from bwc.redaction.sightings import SIDE
from bwc.redaction.verify import Material, Verification, verify
from bwc.redaction.workbench import Workbench
from bwc.settings import load_settings
from tests.clips import Clip, Face, make_clip, needs_models
from tests.redactions import (
    BlindFinder,
    ScriptedFinder,
    plan_for,
    render_clip,
    times_of,
    verify_clip,
)

pytestmark = pytest.mark.media

HER = Face("grace-hopper", height=110, start=(120.0, 190.0), velocity=(20.0, 0.0))
HER_AGAIN = Face("grace-hopper", height=90, start=(480.0, 170.0), velocity=(-20.0, 0.0))
HIM = Face("astronaut", height=100, start=(300.0, 160.0), velocity=(20.0, 0.0))


def during(face: Face, start: float, end: float) -> Face:
    return Face(face.portrait, face.height, face.start, face.velocity, (start, end))


class Reel:
    """Her, then him, then her again elsewhere, with nobody between; and the plan by hand."""

    def __init__(self, folder: Path) -> None:
        self.clip: Clip = make_clip(
            folder / "reel.mp4",
            seconds=3.6,
            audio=False,
            faces=[during(HER, 0, 0.8), during(HIM, 1.4, 2.2), during(HER_AGAIN, 2.8, 3.6)],
        )
        self.plan: Plan = plan_for(self.clip)
        self.plan = self.plan.model_copy(update={"tracks": self.tracks()})

    def tracks(self) -> tuple[PlannedTrack, ...]:
        """A track for each appearance; `plan_for` makes one of all that are alone."""
        (whole,) = self.plan.tracks
        pts = times_of(self.clip.path)
        made = []
        for number, (start, end) in enumerate(((0, 0.8), (1.4, 2.2), (2.8, 3.6)), 1):
            boxes = [
                (at, seen[0])
                for at, seen in zip(pts, self.clip.boxes, strict=True)
                if seen and start * 90_000 <= at <= end * 90_000
            ]
            keys = tuple(Key(at, *(round(edge) for edge in box)) for at, box in boxes)
            seen = (keys[0].pts, keys[-1].pts)
            made.append(whole.model_copy(update={"id": number, "keys": keys, "seen": seen}))
        return tuple(made)


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Reel:
    return Reel(tmp_path_factory.mktemp("reel"))


@pytest.fixture(scope="module")
def found(reel: Reel) -> Persons:
    faces = Engine(load_settings().models_folder).finders.faces
    return find_persons(reel.clip.path, reel.plan, faces=faces, encoder=FaceEncoder())


@needs_models
def test_one_face_at_two_times_is_one_person_and_another_face_another(found: Persons) -> None:
    assert [track.person for track in found.plan.tracks] == [1, 2, 1]
    assert found.plan.history[-1].what == "2 persons by place and likeness"
    assert found.plan.history[-1].by.startswith("model:")


@needs_models
def test_with_likeness_off_place_alone_decides_and_nobody_is_alike(reel: Reel) -> None:
    faces = Engine(load_settings().models_folder).finders.faces
    plain = find_persons(reel.clip.path, reel.plan, faces=faces, encoder=None)
    assert [track.person for track in plain.plan.tracks] == [1, 2, 3]
    assert plain.plan.history[-1].by == "bwc"


@needs_models
def test_each_person_has_a_crop_with_his_face_and_no_tags(found: Persons) -> None:
    assert set(found.crops) == {1, 2}
    for crop in found.crops.values():
        assert crop.score > 0.6
        assert b"Exif" not in crop.jpeg
        picture = cv2.imdecode(np.frombuffer(crop.jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert np.asarray(picture).shape == (SIDE, SIDE, 3)
    sheet = cv2.imdecode(np.frombuffer(contact_sheet(found.crops), np.uint8), cv2.IMREAD_COLOR)
    assert np.asarray(sheet).shape[1] >= 2 * SIDE


@needs_models
def test_no_vector_is_in_the_plan_or_in_what_is_printed_of_it(found: Persons) -> None:
    assert canonical_bytes(found.plan.document()) == canonical_bytes(
        Plan.model_validate(found.plan.document()).document()
    )
    assert "jpeg" not in repr(found)
    assert "array" not in repr(found)


@needs_models
def test_a_plan_that_somebody_put_right_keeps_its_persons(reel: Reel) -> None:
    by_hand = group(reel.plan)
    faces = Engine(load_settings().models_folder).finders.faces
    again = find_persons(reel.clip.path, by_hand, faces=faces, encoder=FaceEncoder())
    assert again.plan == by_hand
    assert set(again.crops) == {1, 2, 3}


@needs_models
def test_the_command_writes_sheet_and_plan_and_refuses_another_recording(
    reel: Reel, tmp_path: Path
) -> None:
    write_plan(reel.plan, tmp_path / "plan.json")
    arguments = ["persons", str(tmp_path / "plan.json"), "--original", str(reel.clip.path)]
    arguments += [
        "--sheet",
        str(tmp_path / "sheet.jpg"),
        "-o",
        str(tmp_path / "new.json"),
        "--json",
    ]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.stderr
    assert [line["tracks"] for line in json.loads(result.stdout)["persons"]] == [[1, 3], [2]]
    assert (tmp_path / "sheet.jpg").read_bytes().startswith(b"\xff\xd8")
    grouped = read_plan(tmp_path / "new.json")
    assert [track.person for track in grouped.tracks] == [1, 2, 1]
    other = make_clip(tmp_path / "other.mp4", seconds=0.2)
    arguments[3], arguments[5] = str(other.path), str(tmp_path / "second.jpg")
    arguments[7] = str(tmp_path / "second.json")
    assert CliRunner().invoke(app, arguments).exit_code == 2
    assert not (tmp_path / "second.jpg").exists()


@needs_models
def test_the_setting_switches_likeness_off_for_the_command(
    reel: Reel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BWC_REDACTION__LIKENESS", "false")
    write_plan(reel.plan, tmp_path / "plan.json")
    arguments = ["persons", str(tmp_path / "plan.json"), "--original", str(reel.clip.path)]
    result = CliRunner().invoke(
        app, [*arguments, "--sheet", str(tmp_path / "s.jpg"), "-o", str(tmp_path / "new.json")]
    )
    assert result.exit_code == 0, result.stderr
    assert read_plan(tmp_path / "new.json").history[-1].what == "3 persons by place"


def test_a_library_that_ends_the_process_is_said_to_be_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Quitting:
        """face_recognition calls quit() where its weights are missing."""

        def find_spec(self, name: str, *_: object) -> None:
            if name == "face_recognition":
                raise SystemExit

    for name in [name for name in sys.modules if name.startswith("face_recognition")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Quitting(), *sys.meta_path])
    with pytest.raises(NotFound, match="BWC_REDACTION__LIKENESS=false"):
        FaceEncoder()


class Case:
    """Two faces that stay, the first of them left visible."""

    def __init__(self, folder: Path, *, rotation: int = 0) -> None:
        self.clip = make_clip(
            folder / "in.mp4",
            size=(480, 270),
            rotation=rotation,
            seconds=0.8,
            audio=False,
            faces=[
                Face(height=70, start=(120.0, 130.0), velocity=(0.0, 0.0)),
                Face("grace-hopper", height=80, start=(350.0, 140.0), velocity=(0.0, 0.0)),
            ],
        )
        self.all = group(plan_for(self.clip))
        self.plan = unhide(self.all, 1, reason="agreed", by="rosa")
        self.out = render_clip(self.clip, self.plan, folder / "out.mp4")
        self.box = self.clip.boxes[0][0]

    def verified(self, finder: ScriptedFinder) -> Verification:
        return verify(Material(self.out, self.clip.path, self.plan), finder)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("shown"))


def test_a_face_that_is_left_visible_is_seen_and_everything_else_is_as_planned(case: Case) -> None:
    assert verify_clip(case.clip, case.plan, case.out).findings == ()
    assert verify_clip(case.clip, case.all, case.out).findings != ()


def test_a_hit_on_a_face_that_is_left_visible_is_no_finding(case: Case) -> None:
    assert case.verified(ScriptedFinder(case.box, 0.95)).passed


ELSEWHERE: dict[str, Callable[[tuple[float, float, float, float]], tuple[float, ...]]] = {
    "beside it": lambda b: (b[2] + 4, b[1], 2 * b[2] - b[0] + 4, b[3]),
    "half on it": lambda b: ((b[0] + b[2]) / 2, b[1], (3 * b[2] - b[0]) / 2, b[3]),
    "behind it and larger": lambda b: (b[0] - 30, b[1] - 30, b[2] + 30, b[3] + 30),
}


@pytest.mark.parametrize("place", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_a_hit_is_a_finding(
    case: Case, place: Callable[[tuple[float, float, float, float]], tuple[float, ...]]
) -> None:
    x0, y0, x1, y1 = place(case.box)
    assert not case.verified(ScriptedFinder((x0, y0, x1, y1), 0.95)).passed


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_in_a_turned_recording_the_hit_is_looked_for_where_people_see_it(
    tmp_path: Path, rotation: int
) -> None:
    turned = Case(tmp_path, rotation=rotation)
    x0, y0, x1, y1 = (round(edge) for edge in turned.box)
    seen = upright_region(Region(x0, y0, x1, y1), turned.plan.original)
    assert turned.verified(ScriptedFinder(tuple(seen), 0.95)).passed
    beside = (seen.x0 - 50, seen.y0, seen.x1 - 50, seen.y1)
    assert not turned.verified(ScriptedFinder(beside, 0.95)).passed


def test_what_verification_adds_is_hidden_though_a_person_is_left_visible(
    case: Case, tmp_path: Path
) -> None:
    x0, y0, x1, y1 = case.box
    finder = ScriptedFinder((x1 + 40, y0, x1 + 40 + x1 - x0, y1), 0.95)
    settled = settle(
        open_source(case.clip.path),
        tmp_path / "out.mp4",
        plan=case.plan,
        verifier=finder,
        workbench=Workbench(tmp_path),
        report=Silent(),
    )
    added = settled.plan.tracks[2:]
    assert settled.rendered_again == 1
    assert settled.verification.passed
    assert [(track.shown, track.person) for track in added] == [(None, None)]


def test_a_mask_over_a_face_that_is_left_visible_wins(case: Case, tmp_path: Path) -> None:
    over = case.all.tracks[0].model_copy(update={"id": 9, "kind": Kind.REGION, "person": None})
    both = case.plan.model_copy(update={"tracks": (*case.plan.tracks, over)})
    out = render_clip(case.clip, both, tmp_path / "out.mp4")
    assert verify_clip(case.clip, both, out).findings == ()
    assert verify_clip(case.clip, case.all, out).findings == ()


def test_the_certificate_counts_what_is_left_visible_and_only_the_full_one_says_why(
    case: Case,
) -> None:
    source = open_source(case.clip.path)
    certified = Certified(
        original_sha256=sha256_of(case.clip.path),
        redacted_sha256=sha256_of(case.out),
        look=source.look,
        plan=case.plan,
        verification=verify_clip(case.clip, case.plan, case.out),
        verifier=BlindFinder(),
        rendered_again=0,
    )
    public, full = public_certificate(certified), certificate(certified)
    assert public["tracks_left_visible"] == 1
    for word in ("rosa", "agreed", '"person"', 'left_visible"'):
        assert word not in canonical_bytes(public).decode().replace('tracks_left_visible"', "")
    assert full["left_visible"] == [
        {"track": 1, "person": 1, "reason": "agreed", "author": "person:rosa"}
    ]


class Silent:
    """Hears progress and says nothing."""

    def __call__(self, stage: Stage, count: int) -> None:
        del stage, count

    def stage(self, stage: Stage) -> "Silent":
        del stage
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None
