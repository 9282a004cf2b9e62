"""Certificates: what they state, which file they belong to, and how they read."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bwc.canonical import JsonObject, canonical_bytes
from bwc.cli.main import build
from bwc.ids import Sha256
from bwc.redaction.certificate import Certified, certificate, public_certificate, without_places
from bwc.redaction.check_certificate import check_certificate
from bwc.redaction.findings import Check, count_of
from bwc.redaction.fixity import sha256_of
from bwc.redaction.plain_words import WIDTH, in_plain_words
from bwc.redaction.plan import Kind, write_plan
from bwc.redaction.render import open_source
from bwc.redaction.verify import Material, Verification, verify
from tests.clips import make_clip, needs_models
from tests.mutations import Case
from tests.redactions import BlindFinder, render_clip

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


def test_the_certificate_says_whether_its_plan_was_given(papers: Certified) -> None:
    assert public_certificate(papers)["plan_origin"] == "made by this run"
    given = replace(papers, given_plan=Sha256("7" * 64))
    assert public_certificate(given)["plan_origin"] == "given"
    assert certificate(given)["given_plan_sha256"] == "7" * 64
    assert "handed in" in in_plain_words(public_certificate(given))


def test_the_certificate_states_the_share_of_frames_that_were_looked_at(papers: Certified) -> None:
    look = public_certificate(papers)["independent_look"]
    assert isinstance(look, dict)
    assert look["share_of_frames"] == round(look["frames"] / papers.verification.frames, 4)  # type: ignore[operator]
    assert len(look["always"]) == 4  # type: ignore[arg-type]


def checks_of(document: JsonObject) -> list[JsonObject]:
    checks = document["checks"]
    assert isinstance(checks, list)
    return [check for check in checks if isinstance(check, dict)]


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


def test_a_certificate_promises_no_heads_that_nobody_looked_for_twice(papers: Certified) -> None:
    profile = papers.plan.profile.model_copy(update={"hide": (Kind.FACE, Kind.HEAD)})
    plan = papers.plan.model_copy(update={"profile": profile})
    document = public_certificate(replace(papers, plan=plan))
    assert [c["name"] for c in checks_of(document) if not c["is_proof"]] == ["faces"]
    words = " ".join(in_plain_words(document).split())
    assert "found no face left uncovered" in words
    assert "does not judge heads that show no face" in words


def test_a_certificate_of_plates_says_first_that_it_was_asked_for_plates(papers: Certified) -> None:
    profile = papers.plan.profile.model_copy(update={"hide": (Kind.PLATE,)})
    plan = papers.plan.model_copy(update={"profile": profile})
    verified = replace(papers.verification, looked_at=0, checked=frozenset({Check.FILL}))
    document = public_certificate(replace(papers, plan=plan, verification=verified))
    words = " ".join(in_plain_words(document).split())
    assert "The program was asked to hide plates. All" in words
    assert "What was not checked: only plate was asked to be hidden: faces may be seen" in words
    assert "very likely" not in words


def test_a_count_of_findings_that_was_cut_short_says_so(case: Case, papers: Certified) -> None:
    render_clip(case.clip, case.plan.model_copy(update={"tracks": ()}), case.bad)
    verified = verify(Material(case.bad, case.clip.path, case.plan), BlindFinder())
    counts = {
        check["name"]: (check["findings"], check["findings_are_all"])
        for check in checks_of(public_certificate(certified(case, verified)))
    }
    assert counts["fill"] == (20, False)
    assert counts["faces"] == (0, True)
    assert count_of(Check.FILL, verified.findings).words == "at least 20"


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
