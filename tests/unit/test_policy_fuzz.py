"""Random cases for every pack: nothing crashes, nothing leaves without a rule, learning is safe."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bwc.canonical import JsonObject, canonical_bytes
from bwc.policy.evaluate import decide
from bwc.policy.explain import sentence
from bwc.policy.facts import Facts
from bwc.policy.moments import parse_moment
from bwc.policy.packs import Packs, load_packs, pack_ids
from bwc.policy.reasons import tree
from bwc.policy.replay import replay
from bwc.policy.retention import retain
from bwc.policy.shipped import SHIPPED
from bwc.policy.vocabulary import AUDIENCES
from tests.strategies_policy import facts
from tests.unit.policy_texts import must_not, packs_of, rule

PACKS = st.sampled_from(pack_ids(SHIPPED))
ON = parse_moment("2026-03-01")
SHOWN = {"RELEASE", "RELEASE_REDACTED", "WITHHOLD_PORTION", "VIEW_ONLY", "INSPECT_ON_SITE"}
SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


@cache
def loaded(pack_id: str) -> Packs:
    return load_packs([pack_id], SHIPPED)


@SLOW
@given(PACKS, facts(), st.sampled_from(AUDIENCES))
def test_every_case_is_decided_explained_and_replayed(
    pack_id: str, case: JsonObject, audience: str
) -> None:
    known = Facts.from_document(case)
    document = decide(loaded(pack_id), known, on=ON, audience=audience).document()
    assert canonical_bytes(replay(document, SHIPPED)) == canonical_bytes(document)
    assert sentence(document)
    assert tree(document)


@SLOW
@given(PACKS, facts(), st.sampled_from(AUDIENCES))
def test_nothing_is_shown_without_a_rule_that_fired(
    pack_id: str, case: JsonObject, audience: str
) -> None:
    decision = decide(loaded(pack_id), Facts.from_document(case), on=ON, audience=audience)
    document = decision.document()
    if document["outcome"] in SHOWN and document["outcome"] != "WITHHOLD_PORTION":
        assert document["deciding"]
        assert document["modality"] in {"MUST", "MAY"}
    if document["modality"] is None:
        assert document["outcome"] not in SHOWN


@SLOW
@given(PACKS, facts())
def test_nothing_is_deleted_against_a_hold_or_an_open_question(
    pack_id: str, case: JsonObject
) -> None:
    document = retain(loaded(pack_id), Facts.from_document(case), on=ON).document()
    if document["delete_by"] is not None and not case.get("orders"):
        assert document["holds"] == []
        assert document["needs"] == []
        floor, delete_by = document["floor"], document["delete_by"]
        assert floor is None or str(floor)[:10] <= str(delete_by)[:10]


@SLOW
@given(PACKS, facts(), st.sampled_from(sorted(["injury_level", "arrest_made", "flags"])))
def test_learning_a_fact_leaves_settled_answers_of_rules_as_they_were(
    pack_id: str, case: JsonObject, name: str
) -> None:
    learned = {"injury_level": "death", "arrest_made": True, "flags": [{"reason": "arrest"}]}[name]
    before = Facts.from_document({**case, name: "unknown"})
    after = Facts.from_document({**case, name: learned})
    packs = loaded(pack_id)
    answers = {
        f.rule.id: f.node.result.value
        for f in decide(packs, after, on=ON, audience="public").findings
    }
    for finding in decide(packs, before, on=ON, audience="public").findings:
        if finding.node.result.value != "unknown":
            assert answers[finding.rule.id] == finding.node.result.value


@SLOW
@given(facts())
def test_a_prohibition_more_never_releases_more(tmp_path: Path, case: JsonObject) -> None:
    open_rule = rule("open", {"arrest_made": True}, {"modality": "MUST", "outcome": "RELEASE"})
    shut = rule("shut", {"some": "complaints"}, must_not())
    known = Facts.from_document(case)
    without = decide(packs_of(tmp_path / "1", [open_rule]), known, on=ON, audience="public")
    with_it = decide(packs_of(tmp_path / "2", [open_rule, shut]), known, on=ON, audience="public")
    if with_it.document()["outcome"] in SHOWN:
        assert without.document()["outcome"] in SHOWN


@pytest.mark.parametrize("pack_id", pack_ids(SHIPPED))
def test_injury_that_is_not_known_is_never_taken_for_harmless(pack_id: str) -> None:
    force: JsonObject = {
        "incident_at": "2026-02-20",
        "incident_types": ["uof_other"],
        "injury_caused_by_officer": True,
        "complaints": [{"filed_at": "2026-02-21", "by": "civilian", "about_misconduct": True}],
        "request": {"received_at": "2026-02-22"},
    }
    packs = loaded(pack_id)
    results = {
        level: decide(
            packs, Facts.from_document({**force, "injury_level": level}), on=ON, audience="public"
        ).document()
        for level in ("unknown", "none", "minor", "great_or_serious_bodily_injury", "death")
    }
    keys = {
        (d["modality"], d["outcome"], d["until"], d["due"])
        for level, d in results.items()
        if level != "unknown"
    }
    needs = results["unknown"]["needs"]
    assert isinstance(needs, list)
    asked = "injury_level" in [need["fact"] for need in needs if isinstance(need, dict)]
    assert asked or len(keys) == 1
