"""The documents of `bwc policy decide --json` and `bwc policy retention --json`: what others read.

Keys, types and words are those that were promised; a key more is allowed, one less is not.
"""

import json
import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bwc.canonical import Json, JsonObject, canonical_bytes
from bwc.cli.policy import app
from bwc.policy.cases import Case, read_cases
from bwc.policy.evaluate import decide
from bwc.policy.facts import Facts
from bwc.policy.moments import parse_moment
from bwc.policy.packs import pack_ids
from bwc.policy.retention import retain
from bwc.policy.shipped import SHIPPED
from tests.golden_cases import GOLDEN_CASES, loaded

MODALITIES = {"MUST", "MAY", "MUST_NOT", None}
OUTCOMES = {
    "RELEASE",
    "RELEASE_REDACTED",
    "VIEW_ONLY",
    "INSPECT_ON_SITE",
    "DELAY",
    "WITHHOLD_PORTION",
    "WITHHOLD",
    "NOT_A_VALID_REQUEST",
    "REFER_COURT",
    "REFER_HUMAN",
    "NO_RULE",
}
DUTIES = {
    "REDACT",
    "DO_NOT_REDACT",
    "PRESERVE_ORIGINAL",
    "HASH",
    "HOLD",
    "DELETE_AFTER",
    "DELETE_BY",
    "NOTIFY",
    "OFFER_VIEWING",
    "CONSULT",
    "OBTAIN_WRITTEN_CONSENT",
    "WRITE_BASIS",
    "ESTIMATE_DATE",
    "REASSESS_EVERY",
    "PUBLISH_EXPLANATION",
    "REQUEST_AG_RULING",
    "FILE_PETITION",
    "ACKNOWLEDGE_REQUEST",
    "EXEMPTION_LOG",
    "CHARGE_FEE",
    "NO_FEE",
    "CAPTION",
    "AUDIO_DESCRIBE",
    "LOG_ACCESS",
    "FLAG",
    "REPORT",
    "DISCIPLINE_REFERRAL",
    "INFERENCE_NOTE",
    "NEED_FACT",
}
DAY = re.compile(r"\d{4}-\d\d-\d\d")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


def is_moment(value: Json) -> bool:
    """A day, an instant with its offset, or nothing."""
    return value is None or (
        isinstance(value, str) and bool(DAY.fullmatch(value) or INSTANT.fullmatch(value))
    )


def is_text(value: Json) -> bool:
    return value is None or isinstance(value, str)


def records(document: JsonObject, key: str) -> list[JsonObject]:
    listed = document[key]
    assert isinstance(listed, list), key
    found = [item for item in listed if isinstance(item, dict)]
    assert len(found) == len(listed), key
    return found


@pytest.mark.parametrize("case", GOLDEN_CASES)
def test_a_decision_has_the_promised_keys_types_and_words(case: Case) -> None:
    packs, facts = loaded(case.packs), Facts.from_document(case.facts)
    on = parse_moment(case.on)
    document = decide(packs, facts, on=on, audience=case.audience).document()
    assert document["audience"] == case.audience
    assert document["modality"] in MODALITIES
    assert document["outcome"] in OUTCOMES
    assert is_text(document["discretion"])
    assert is_moment(document["until"])
    assert is_moment(document["due"])
    for duty in records(document, "obligations"):
        assert duty["kind"] in DUTIES
        assert is_text(duty["to"])
        assert is_text(duty["element"])
        assert is_moment(duty["due"])
        assert is_moment(duty["earliest"])
    for need in records(document, "needs"):
        assert isinstance(need["fact"], str)
        assert isinstance(need["role"], str)
        assert is_moment(need["due"])
        is_late = document["overdue"] or need["due"] is None or document["due"] is None
        assert is_late or day(need) <= day(document)
    assert all(isinstance(found["rule"], str) for found in records(document, "fired"))
    assert all({"rule", "by"} <= set(found) for found in records(document, "defeated"))
    assert all(isinstance(found["question"], str) for found in records(document, "contested"))
    drafts = document["draft"]
    assert isinstance(drafts, list)
    assert all(isinstance(rule, str) for rule in drafts)
    assert has_packs(document)


@pytest.mark.parametrize("case", GOLDEN_CASES)
def test_a_retention_has_the_promised_keys_and_types(case: Case) -> None:
    packs, facts = loaded(case.packs), Facts.from_document(case.facts)
    document = retain(packs, facts, on=parse_moment(case.on)).document()
    assert all(is_moment(document[key]) for key in ("floor", "ceiling", "delete_by"))
    assert all(isinstance(hold["kind"], str) for hold in records(document, "holds"))
    for reason in records(document, "reasons"):
        assert {"rule", "citation", "floor", "ceiling"} <= set(reason)
    assert has_packs(document)


@pytest.mark.parametrize("pack_id", pack_ids(SHIPPED))
def test_the_commands_print_those_documents_in_their_one_form(pack_id: str, tmp_path: Path) -> None:
    case = read_cases(pack_id, SHIPPED)[0]
    path = tmp_path / "facts.yaml"
    path.write_text(yaml.safe_dump({"facts": dict(case.facts)}, sort_keys=False))
    packs, facts = loaded(case.packs), Facts.from_document(case.facts)
    on = parse_moment("2026-03-01T12:00-07:00")
    decision = decide(packs, facts, on=on, audience=case.audience).document()
    kept = retain(packs, facts, on=on).document()
    ids = [word for name in case.packs for word in ("--pack", name)]
    named = [*ids, "--facts", str(path), "--on", "2026-03-01T12:00-07:00", "--json"]
    for command, document in (
        (["decide", *named, "--audience", case.audience], decision),
        (["retention", *named], kept),
    ):
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, result.stderr
        assert result.stdout.strip() == canonical_bytes(document).decode()
        assert json.loads(result.stdout) == document


def day(document: JsonObject) -> str:
    return str(document["due"])[:10]


def has_packs(document: JsonObject) -> bool:
    """Every pack by its id, version and hash."""
    return all(
        isinstance(pack["id"], str)
        and isinstance(pack["version"], str)
        and re.fullmatch(r"[0-9a-f]{64}", str(pack["sha256"])) is not None
        for pack in records(document, "packs")
    )
