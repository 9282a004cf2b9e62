"""Certificates: what they state, which file they belong to, and how they read."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bwc.canonical import canonical_bytes
from bwc.cli.main import build
from bwc.redaction.certificate import Certified, certificate, public_certificate, without_places
from bwc.redaction.check_certificate import check_certificate
from bwc.redaction.engine import sha256_of
from bwc.redaction.plain_words import WIDTH, in_plain_words
from bwc.redaction.plan import write_plan
from bwc.redaction.render import open_source
from bwc.redaction.verify import Material, Verification, verify
from tests.clips import make_clip, needs_models
from tests.mutations import Case
from tests.redactions import BlindFinder

pytestmark = pytest.mark.media


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("papers"))


def certified(case: Case, verification: Verification) -> Certified:
    return Certified(
        original_sha256=sha256_of(case.clip.path),
        redacted_sha256=sha256_of(case.good),
        look=open_source(case.clip.path).look,
        plan=case.plan,
        verification=verification,
        verifier=BlindFinder(),
        rendered_again=0,
    )


@pytest.fixture(scope="module")
def papers(case: Case) -> Certified:
    return certified(case, verify(Material(case.good, case.clip.path, case.plan), BlindFinder()))


def test_a_public_certificate_is_the_full_one_without_places_and_findings(
    papers: Certified,
) -> None:
    full = certificate(papers)
    assert without_places(full) == public_certificate(papers)
    assert {"findings", "plan_sha256", "notes"} <= set(full) - set(public_certificate(papers))


def test_the_certificate_states_the_share_of_frames_that_were_looked_at(papers: Certified) -> None:
    look = public_certificate(papers)["independent_look"]
    assert isinstance(look, dict)
    assert look["share_of_frames"] == round(look["frames"] / papers.verification.frames, 4)  # type: ignore[operator]
    assert len(look["always"]) == 2  # type: ignore[arg-type]


WRONG = {
    "another file": ({"redacted_sha256": "9" * 64}, "another file"),
    "another original": ({"original_sha256": "9" * 64}, "another original"),
    "another plan": ({"plan_sha256": "9" * 64}, "another plan"),
    "a failed one": ({"verdict": "failed"}, "says failed"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_certificate_is_refused_that_is_one_of(kind: str, case: Case, papers: Certified) -> None:
    change, words = WRONG[kind]
    hashes = {
        "redacted": sha256_of(case.good),
        "original": sha256_of(case.clip.path),
        "plan": case.plan.sha256,
    }
    assert not list(check_certificate(certificate(papers), **hashes))
    (finding,) = check_certificate({**certificate(papers), **change}, **hashes)
    assert words in finding.what


def bwc(*words: str | Path) -> Result:
    arguments = [str(word) for word in words]
    return CliRunner().invoke(build(arguments), arguments)


def test_a_newspaper_reader_understands_a_certificate(papers: Certified, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(canonical_bytes(certificate(papers)))
    shown = bwc("certificate", "show", path)
    assert shown.exit_code == 0
    assert "it passed" in shown.stdout
    assert papers.redacted_sha256 in shown.stdout
    assert "strong evidence and not proof" in " ".join(shown.stdout.split())
    for word in ("SSIM", "PTS", "ledger", "codec", "SEI", "_"):
        assert word not in shown.stdout
    assert max(len(line) for line in shown.stdout.splitlines()) <= WIDTH


def test_a_failed_certificate_says_first_that_the_video_must_not_be_released(
    case: Case, papers: Certified
) -> None:
    case.render_tracks(case.drawn()[1:])
    verified = verify(Material(case.bad, case.clip.path, case.plan), BlindFinder())
    text = in_plain_words(certificate(certified(case, verified)))
    assert "FAILED" in text.split("\n\n")[1]
    assert "[NO]" in text


@needs_models
def test_verify_file_refuses_the_certificate_of_another_video(
    case: Case, papers: Certified, tmp_path: Path
) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(canonical_bytes(public_certificate(papers)))
    own = bwc("verify-file", case.good, "--certificate", path, "--json")
    assert own.exit_code == 0, own.stdout
    assert "certificate" in json.loads(own.stdout)["checked"]
    other = case.render_tracks(case.drawn(), case.drawn())
    other.write_bytes(other.read_bytes()[:-1] + b"!")
    refused = bwc("verify-file", other, "--certificate", path)
    assert (refused.exit_code, "certificate" in refused.stdout) == (1, True)


def test_a_certificate_that_is_none_is_misuse(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text('{"format": "bwc.plan/1"}')
    refused = bwc("certificate", "show", path)
    assert (refused.exit_code, "not a certificate" in refused.stderr) == (2, True)


def test_a_plan_of_another_recording_is_misuse(case: Case, tmp_path: Path) -> None:
    other = make_clip(tmp_path / "other.mp4", size=(160, 90), seconds=0.4, faces=())
    write_plan(case.plan, tmp_path / "plan.json")
    plan = tmp_path / "plan.json"
    refused = bwc("verify-file", case.good, "--original", other.path, "--plan", plan)
    assert (refused.exit_code, "not the one its plan" in refused.stderr) == (2, True)
