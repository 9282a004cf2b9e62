"""Mosaic and blur on real clips: no detail and no coarse look of any face is left.

Runs where TEST_FOOTAGE names the folder of the clips, with the scorer in a folder beside it.
"""

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from bwc.redaction.engine import Clocked, Engine, make_plan
from bwc.redaction.fixity import sha256_of
from bwc.redaction.plan import Effect, Plan, Shape
from bwc.redaction.planning import Wish
from bwc.redaction.render import Source, open_source
from bwc.redaction.verify import Material, verify
from bwc.redaction.workbench import Workbench
from bwc.settings import load_settings
from tests.clips import needs_models
from tests.redactions import BlindFinder, render_source

FOOTAGE = Path(os.environ.get("TEST_FOOTAGE", ""))
SCORER = FOOTAGE.parent / "score" / "exposure.py"
CLIPS = ("bodycam-interview.mp4", "bodycam-restaurant.mp4", "corridor-two.mp4", "classroom.mp4")

pytestmark = [
    pytest.mark.media,
    pytest.mark.slow,
    pytest.mark.footage,
    needs_models,
    pytest.mark.skipif(
        not os.environ.get("TEST_FOOTAGE") or not SCORER.is_file(),
        reason="TEST_FOOTAGE does not name a folder of real footage with its scorer beside it",
    ),
]

Score: TypeAlias = Callable[[Path, Path, Path], dict[str, float]]


@pytest.fixture(scope="module")
def score() -> Score:
    """The scorer's own function: what it counts is not ours to decide."""
    spec = importlib.util.spec_from_file_location("exposure", SCORER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Score = module.score
    return found


@pytest.fixture(scope="module", params=CLIPS)
def planned(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Source, Plan]:
    """A clip, and the plan that is made for it."""
    source = open_source(FOOTAGE / request.param)
    plan = make_plan(
        source,
        sha256=sha256_of(source.path),
        engine=Engine(load_settings().models_folder),
        wish=Wish(),
        workbench=Workbench(tmp_path_factory.mktemp("bench")),
        clocked=Clocked(source.look.frames_expected, lambda _stage, _share: None),
    )
    return source, plan


@pytest.mark.parametrize("effect", [Effect.MOSAIC, Effect.BLUR])
@pytest.mark.parametrize("shape", list(Shape))
def test_nothing_of_any_face_is_left_under(
    effect: Effect, shape: Shape, planned: tuple[Source, Plan], score: Score, tmp_path: Path
) -> None:
    source, plan = planned
    look = {"effect": effect, "shape": shape}
    tracks = tuple(track.model_copy(update=look) for track in plan.tracks)
    plan = plan.model_copy(update={"tracks": tracks})
    out = tmp_path / "out.mp4"
    render_source(source, plan, out)
    truth = FOOTAGE / "truth" / f"{source.path.stem}.json"
    scored = score(source.path, out, truth)
    assert scored["faces"] > 0
    assert (scored["exposed"], scored["weak"]) == (0, 0)
    assert (scored["missing"], scored["extra"]) == (0, 0)
    assert verify(Material(out, source.path, plan), BlindFinder()).passed
    assert verify(Material(out, None, plan), BlindFinder()).passed
