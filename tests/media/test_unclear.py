"""A stretch that is out of focus, in which nobody is found, is hidden whole, proven, and given back."""

from fractions import Fraction
from pathlib import Path

import pytest

from bwc.media.decode import open_frames
from bwc.media.encode import planes
from bwc.redaction.analyse import analyse
from bwc.redaction.closer import Finders
from bwc.redaction.fixity import sha256_of
from bwc.redaction.key_boxes import erase
from bwc.redaction.plan import UNCLEAR, Kind, Plan
from bwc.redaction.planning import DEFAULT_HIDE, Wish
from bwc.redaction.render import open_source
from bwc.redaction.workbench import open_workbench
from tests.clips import Clip
from tests.media.cameras import run_ffmpeg
from tests.redactions import BlindFinder, failed, render_clip, verify_clip

pytestmark = pytest.mark.media

FIRST, LAST = Fraction(1), Fraction(2)  # seconds between which it is out of focus


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    path = tmp_path_factory.mktemp("unclear") / "a.mp4"
    blur = f"boxblur=9:enable='between(t,{FIRST},{LAST})'"
    run_ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=3", "-vf", blur, str(path)
    )
    return Clip(path, Fraction(1, 12800), (), ())


def plan_of(clip: Clip, *hide: Kind) -> Plan:
    with open_workbench(clip.path.with_suffix(".bench")) as workbench:
        return analyse(
            open_source(clip.path),
            sha256=sha256_of(clip.path),
            finders=Finders(BlindFinder(), BlindFinder()),
            wish=Wish(hide=hide),
            workbench=workbench,
        )


def test_it_is_hidden_whole_and_the_rest_is_not(clip: Clip, tmp_path: Path) -> None:
    plan = plan_of(clip, *DEFAULT_HIDE)
    (track,) = plan.tracks
    assert (track.kind, track.author) == (Kind.FRAME, UNCLEAR)
    assert (track.keys[0].pts * plan.time_base, track.keys[-1].pts * plan.time_base) == (
        FIRST,
        LAST,
    )
    assert any("too blurred or too faint" in change.what for change in plan.history)
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    assert failed(verify_clip(clip, plan, out)) == set()
    with open_frames(out) as source:
        for frame in source.frames():
            is_dark = planes(frame)[0].max() < 40
            assert is_dark == (FIRST <= (frame.pts or 0) * source.time_base <= LAST)


def test_it_is_seen_again_once_a_person_took_the_track_away(clip: Clip, tmp_path: Path) -> None:
    plan = erase(plan_of(clip, *DEFAULT_HIDE), 1, reason="a wall", by="rita")
    out = render_clip(clip, plan, tmp_path / "out.mp4")
    assert failed(verify_clip(clip, plan, out)) == set()
    with open_frames(out) as source:
        assert all(planes(frame)[0].max() > 100 for frame in source.frames())


def test_where_no_people_are_to_be_hidden_it_stays(clip: Clip) -> None:
    assert plan_of(clip, Kind.REGION).tracks == ()
