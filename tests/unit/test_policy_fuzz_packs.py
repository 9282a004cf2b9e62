"""Every shipped pack under random cases near its own: safe whatever is stated, unknown or left out.

The cases are those of the pack with facts changed, taken away, made unknown or mixed, so that its
rules fire, which facts drawn from the whole vocabulary rarely make them do.
"""

from copy import deepcopy
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bwc.canonical import JsonObject, canonical_bytes
from bwc.policy.decision import Decision
from bwc.policy.evaluate import decide
from bwc.policy.explain import sentence
from bwc.policy.facts import Facts
from bwc.policy.moments import parse_moment
from bwc.policy.packs import Packs, load_packs, pack_ids
from bwc.policy.reasons import tree
from bwc.policy.resolve import DISCLOSES, OPENNESS
from bwc.policy.retention import retain
from bwc.policy.schema import Duty, Modality, Outcome
from bwc.policy.shipped import SHIPPED
from tests.strategies_policy import Asked, asked_near, exemptions, hidden_in

FUZZ = settings(suppress_health_check=[HealthCheck.too_slow])
every_pack = pytest.mark.parametrize("pack_id", pack_ids(SHIPPED))
SHOWN = {outcome.value for outcome in DISCLOSES}


@cache
def loaded(pack_id: str) -> Packs:
    return load_packs([pack_id], SHIPPED)


def decided(pack_id: str, asked: Asked, facts: JsonObject | None = None) -> Decision:
    known = Facts.from_document(asked.facts if facts is None else facts)
    return decide(loaded(pack_id), known, on=parse_moment(asked.on), audience=asked.audience)


def openness(decision: Decision) -> int:
    """How much is shown: its place in the order, nothing where nothing is; redacted or not is one."""
    outcome = decision.verdict.outcome
    if decision.verdict.modality is Modality.MUST_NOT:
        return -len(OPENNESS)
    if outcome is Outcome.RELEASE_REDACTED:
        outcome = Outcome.RELEASE
    return -OPENNESS.index(outcome) if outcome in DISCLOSES else -len(OPENNESS)


@every_pack
@FUZZ
@given(data=st.data())
def test_every_case_is_decided_explained_and_kept(pack_id: str, data: st.DataObject) -> None:
    asked = data.draw(asked_near(pack_id))
    document = decided(pack_id, asked).document()
    assert sentence(document)
    assert tree(document)
    assert retain(loaded(pack_id), Facts.from_document(asked.facts), on=parse_moment(asked.on))


@every_pack
@FUZZ
@given(data=st.data())
def test_nothing_is_shown_but_by_rules_that_fired(pack_id: str, data: st.DataObject) -> None:
    decision = decided(pack_id, data.draw(asked_near(pack_id)))
    fired = {finding.rule.id for finding in decision.fired}
    if decision.verdict.outcome in DISCLOSES:
        assert decision.verdict.winners
        assert {winner.rule.id for winner in decision.verdict.winners} <= fired
        assert decision.verdict.modality is not None


@every_pack
@FUZZ
@given(data=st.data())
def test_an_exemption_more_never_shows_more(pack_id: str, data: st.DataObject) -> None:
    asked = data.draw(asked_near(pack_id))
    without = decided(pack_id, asked)
    exempted = data.draw(exemptions(asked.facts))
    with_it = decided(pack_id, asked, exempted)
    assert openness(with_it) <= openness(without), (without.verdict, with_it.verdict)


@every_pack
@FUZZ
@given(data=st.data())
def test_a_rule_that_is_settled_stays_settled(pack_id: str, data: st.DataObject) -> None:
    asked = data.draw(asked_near(pack_id))
    name, less = data.draw(hidden_in(asked.facts))
    after = {f.rule.id: f.node.result.value for f in decided(pack_id, asked).findings}
    for finding in decided(pack_id, asked, less).findings:
        if finding.node.result.value != "unknown":
            assert after[finding.rule.id] == finding.node.result.value, (finding.rule.id, name)


@every_pack
@FUZZ
@given(data=st.data())
def test_what_is_not_asked_for_changes_nothing(pack_id: str, data: st.DataObject) -> None:
    asked = data.draw(asked_near(pack_id))
    name, less = data.draw(hidden_in(asked.facts))
    before, after = decided(pack_id, asked, less), decided(pack_id, asked)
    needs = [need.fact for need in before.needs]
    if any(_overlap(name, need) for need in needs):
        return
    assert before.verdict.modality == after.verdict.modality, (name, needs)
    if needs:
        assert openness(before) == openness(after), (name, needs)
    else:
        assert before.verdict.outcome == after.verdict.outcome, name


def _overlap(name: str, other: str) -> bool:
    """Whether two dotted names are one fact, or one lies within the other."""
    return f"{name}.".startswith(f"{other}.") or f"{other}.".startswith(f"{name}.")


@every_pack
@FUZZ
@given(data=st.data())
def test_a_stored_decision_stays_true_when_facts_are_added(
    pack_id: str, data: st.DataObject
) -> None:
    asked = data.draw(asked_near(pack_id))
    name, less = data.draw(hidden_in(asked.facts))
    stored = canonical_bytes(decided(pack_id, asked, deepcopy(less)).document())
    decided(pack_id, asked)
    again = decided(pack_id, asked, less).document()
    assert canonical_bytes(again) == stored, name


@every_pack
@FUZZ
@given(data=st.data())
def test_a_day_of_deletion_rests_on_nothing_unknown(pack_id: str, data: st.DataObject) -> None:
    asked = data.draw(asked_near(pack_id))
    name, less = data.draw(hidden_in(asked.facts))
    packs, on = loaded(pack_id), parse_moment(asked.on)
    before = retain(packs, Facts.from_document(less), on=on)
    if before.delete_by is not None:
        after = retain(packs, Facts.from_document(asked.facts), on=on)
        assert before.delete_by == after.delete_by, name


@every_pack
@FUZZ
@given(data=st.data())
def test_what_is_not_asked_for_hides_nothing_more(pack_id: str, data: st.DataObject) -> None:
    asked = data.draw(asked_near(pack_id))
    name, less = data.draw(hidden_in(asked.facts))
    before, after = decided(pack_id, asked, less), decided(pack_id, asked)
    are_shown = min(openness(before), openness(after)) > -len(OPENNESS)
    if are_shown and not any(_overlap(name, need.fact) for need in before.needs):
        assert _hidden(after) <= _hidden(before), name


def _hidden(decision: Decision) -> set[tuple[str | None, int | None, str | None]]:
    """What must be hidden, entry by entry."""
    return {(d.of, d.number, d.element) for d in decision.demands if d.kind is Duty.REDACT}
