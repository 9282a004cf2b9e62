"""`bwc redact-file` with a transcript and with stretches that are named: sound, captions, plan."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from bwc.cli.main import build
from bwc.redaction.plan import read_plan, write_plan
from bwc.timeline import Span
from tests.clips import Clip, make_clip, needs_models
from tests.media.test_sound import RATE, wave
from tests.redactions import plan_for

pytestmark = pytest.mark.media

VTT = """WEBVTT

00:00.200 --> 00:00.900
Good evening sir

00:01.000 --> 00:01.600
it's 555-0142

00:02.400 --> 00:03.000
drive safely
"""
WORDS = [
    {"start": 0.2, "end": 0.9, "text": "evening"},
    {"start": 1.3, "end": 1.6, "text": "555-0142"},
    {"start": 2.4, "end": 3, "text": "safely"},
]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    path = tmp_path_factory.mktemp("said") / "in.mp4"
    return make_clip(path, size=(64, 48), seconds=3.2, faces=())


@pytest.fixture(scope="module")
def plan(clip: Clip) -> Path:
    path = clip.path.with_name("plan.json")
    write_plan(plan_for(clip), path)
    return path


def bwc(*words: str | Path) -> Result:
    arguments = [str(word) for word in words]
    return CliRunner().invoke(build(arguments), arguments)


def loudness(path: Path, first: float, last: float) -> float:
    return float(np.abs(wave(path)[round(first * RATE) : round(last * RATE)]).max())


def test_one_transcript_cuts_sound_and_captions(clip: Clip, plan: Path, tmp_path: Path) -> None:
    said, out, captions = (tmp_path / name for name in ("said.vtt", "o.mp4", "o.vtt"))
    said.write_text(VTT)
    done = bwc(
        *("redact-file", clip.path, out, "--plan", plan, "--no-verify", "--transcript", said),
        *("--captions", captions, "--save-plan", tmp_path / "p.json", "--json"),
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["muted"] == 1
    saved = read_plan(tmp_path / "p.json")
    assert saved.muted() == [Span(Fraction(3, 4), Fraction(185, 100))]
    assert saved.history[:-1] == read_plan(plan).history
    assert "phone" in saved.history[-1].what
    assert loudness(out, 0.8, 1.8) < 10 ** (-90 / 20)
    assert loudness(out, 0.1, 0.7) > 0.1
    assert loudness(out, 1.9, 2.9) > 0.1
    assert captions.read_text() == (
        "WEBVTT\n\n00:00:00.200 --> 00:00:00.900\n[muted]\n\n"
        "00:00:01.000 --> 00:00:01.600\n[muted]\n\n"
        "00:00:02.400 --> 00:00:03.000\ndrive safely\n"
    )


def test_words_as_json_come_back_as_captions_and_as_json(
    clip: Clip, plan: Path, tmp_path: Path
) -> None:
    said, captions = tmp_path / "said.json", tmp_path / "o.vtt"
    said.write_text(json.dumps(WORDS))
    done = bwc(
        *("redact-file", clip.path, tmp_path / "o.mp4", "--plan", plan, "--no-verify"),
        *("--transcript", said, "--captions", captions, "--mute", "2.5-2.7"),
    )
    assert done.exit_code == 0, done.output
    assert "sound taken out: 2" in done.stdout
    rows = json.loads((tmp_path / "o.json").read_text())
    assert [row["text"] for row in rows] == ["evening", "[muted]", "[muted]"]
    assert "0142" not in captions.read_text()
    assert "safely" not in captions.read_text()


@needs_models
@pytest.mark.parametrize("sound", ["mute", "tone"])
def test_what_is_named_by_hand_is_taken_out_and_proven(
    sound: str, clip: Clip, plan: Path, tmp_path: Path
) -> None:
    out, saved = tmp_path / "o.mp4", tmp_path / "p.json"
    done = bwc(
        *("redact-file", clip.path, out, "--plan", plan, "--sound", sound, "--save-plan", saved),
        *("--mute", "0.5-1.25", "--mute", "0:01.25-0:02"),
    )
    assert done.exit_code == 0, done.output
    assert read_plan(saved).muted() == [Span(Fraction(1, 2), Fraction(2))]
    assert loudness(out, 0.7, 1.8) == pytest.approx(0.1 if sound == "tone" else 0, abs=0.002)
    judged = bwc("verify-file", out, "--original", clip.path, "--plan", saved)
    assert judged.exit_code == 0, judged.output
    silent = bwc("verify-file", out, "--original", clip.path, "--plan", plan)
    assert silent.exit_code == 1


def test_times_count_from_the_first_moment_of_the_recording(tmp_path: Path) -> None:
    path = tmp_path / "in.ts"
    late = make_clip(path, size=(64, 48), seconds=2, faces=(), first_second=Fraction(5))
    write_plan(plan_for(late), tmp_path / "plan.json")
    done = bwc(
        *("redact-file", path, tmp_path / "o.mp4", "--plan", tmp_path / "plan.json"),
        *("--no-verify", "--mute", "0.5-1", "--save-plan", tmp_path / "p.json"),
    )
    assert done.exit_code == 0, done.output
    (span,) = read_plan(tmp_path / "p.json").muted()
    assert float(span.end - span.start) == pytest.approx(0.5, abs=0.002)
    assert loudness(tmp_path / "o.mp4", float(span.start) + 0.06, float(span.end) - 0.06) == 0
    shown = bwc(
        *("redact-file", path, tmp_path / "2.mp4", "--plan", tmp_path / "plan.json"),
        *("--no-verify", "--mute", "4.5-5"),
    )
    assert shown.exit_code == 2
    assert "beyond the recording's end" in shown.stderr


def test_nothing_is_muted_where_nothing_is_heard(tmp_path: Path) -> None:
    """It passed, and the certificate counted a stretch that was taken out."""
    clip = make_clip(tmp_path / "in.mp4", size=(96, 64), seconds=0.2, faces=(), audio=False)
    done = bwc("redact-file", clip.path, tmp_path / "o.mp4", "--mute", "0-0.1")
    assert done.exit_code == 2
    assert "has no sound" in done.stderr


REFUSED = {
    "captions without a transcript": (["--captions", "o.vtt"], "without --transcript"),
    "captions that are no WebVTT": (
        ["--transcript", "said.vtt", "--captions", "o.srt"],
        "ends in .vtt",
    ),
    "captions over the transcript": (
        ["--transcript", "said.vtt", "--captions", "said.vtt"],
        "never overwritten",
    ),
    "a transcript that is not there": (["--transcript", "none.vtt"], "no such file"),
    "a stretch that is none": (["--mute", "soon"], "no stretch of time"),
    "another effect": (["--mute", "1-2", "--sound", "song"], "song"),
}


@pytest.mark.parametrize("kind", REFUSED, ids=list(REFUSED))
def test_misuse_is_told_before_the_work_begins(
    kind: str, clip: Clip, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("said.vtt").write_text(VTT)
    words, message = REFUSED[kind]
    done = bwc("redact-file", clip.path, "o.mp4", "--plan", plan, "--no-verify", *words)
    assert done.exit_code == 2
    assert message in done.stderr
    assert not Path("o.mp4").exists()
    assert Path("said.vtt").read_text() == VTT
