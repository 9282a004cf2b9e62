"""Unknown is never false; it is asked for where it matters and only there."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwc.canonical import JsonObject
from bwc.policy.facts import Facts
from bwc.policy.kleene import Truth, both, either, negate
from bwc.policy.moments import parse_moment
from bwc.policy.retention import retain
from tests import strategies as profiles
from tests.unit.policy_texts import decided, may, must, must_not, names, packs_of, rule

__all__ = ["profiles"]

TRUTHS = st.sampled_from(list(Truth))
DEATH = {"injury_level": "death"}


@given(TRUTHS, TRUTHS)
def test_de_morgan_holds_in_three_values(a: Truth, b: Truth) -> None:
    assert negate(both([a, b])) is either([negate(a), negate(b)])
    assert negate(either([a, b])) is both([negate(a), negate(b)])


@given(st.lists(TRUTHS), TRUTHS)
def test_learning_a_fact_never_turns_a_settled_answer(values: list[Truth], learned: Truth) -> None:
    for fold in (both, either):
        before = fold([*values, Truth.UNKNOWN])
        after = fold([*values, learned])
        assert before in (Truth.UNKNOWN, after)


@given(TRUTHS)
def test_not_not_is_the_same(a: Truth) -> None:
    assert negate(negate(a)) is a


def test_unknown_that_matters_asks_before_the_deadline_and_never_publishes(tmp_path: Path) -> None:
    packs = packs_of(tmp_path, [rule("r", DEATH, must(due={"after": "incident_at", "amount": 30}))])
    document = decided(packs, {"incident_at": "2026-02-20", "injury_level": "unknown"})
    assert (document["modality"], document["outcome"]) == (None, "REFER_HUMAN")
    assert document["due"] == "2026-03-22"
    assert document["needs"] == [
        {"fact": "injury_level", "role": "investigator", "due": "2026-03-19"}
    ]


def test_unknown_that_cannot_change_the_outcome_is_not_asked(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [rule("r", {"any": [DEATH, {"arrest_made": True}]}, must())],
    )
    document = decided(packs, {"arrest_made": True, "injury_level": "unknown"})
    assert (document["modality"], document["needs"]) == ("MUST", [])


def test_two_rules_that_ask_one_question_are_answered_alike(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [rule("dead", DEATH, must()), rule("alive", {"not": DEATH}, must())],
    )
    document = decided(packs, {"injury_level": "unknown"})
    assert (document["modality"], document["outcome"]) == ("MUST", "RELEASE")


def test_core_question_left_out_stays_open_and_an_event_left_out_has_not_happened(
    tmp_path: Path,
) -> None:
    packs = packs_of(
        tmp_path,
        [
            rule("core", DEATH, must()),
            rule("event", {"charges_filed_at": {"stated": True}}, must_not()),
        ],
    )
    document = decided(packs, {})
    assert document["outcome"] == "REFER_HUMAN"
    assert [n["fact"] for n in document["needs"] if isinstance(n, dict)] == ["injury_level"]  # type: ignore[union-attr]


def test_unknown_entry_of_a_register_may_be_the_one_that_counts(tmp_path: Path) -> None:
    some = {"some": "complaints", "where": {"by": "officer"}}
    packs = packs_of(tmp_path, [rule("r", some, must()), rule("d", "always", may())])
    known = {"complaints": [{"by": "civilian"}, {"by": "officer"}, "unknown"]}
    unsure = {"complaints": [{"by": "civilian"}, "unknown"]}
    assert decided(packs, known)["modality"] == "MUST"
    assert decided(packs, unsure)["outcome"] == "REFER_HUMAN"


@pytest.mark.parametrize(
    ("types", "modality"),
    [(["taser", "unknown"], "MUST"), (["other", "unknown"], None), (["other"], "MAY")],
)
def test_set_that_holds_unknown_may_hold_more(
    tmp_path: Path, types: list[str], modality: str | None
) -> None:
    packs = packs_of(
        tmp_path, [rule("r", {"incident_types": ["taser"]}, must()), rule("d", "always", may())]
    )
    assert decided(packs, {"incident_types": list(types)})["modality"] == modality


def test_no_rule_never_releases(tmp_path: Path) -> None:
    packs = packs_of(tmp_path, [rule("r", {"arrest_made": True}, must())])
    document = decided(packs, {"arrest_made": False})
    assert (document["modality"], document["outcome"]) == (None, "NO_RULE")


def test_lead_that_no_longer_fits_names_both_duties(tmp_path: Path) -> None:
    tell = {
        "kind": "NOTIFY",
        "to": "next_of_kin",
        "lead": {"amount": 72, "unit": "hours"},
        "met_by": {"some": "notices", "where": {"to": "next_of_kin"}},
    }
    packs = packs_of(
        tmp_path,
        [
            rule("publish", "always", must(due={"after": "incident_at", "amount": 10})),
            rule("tell", "always", {"obligations": [tell]}),
        ],
    )
    facts = {"incident_at": "2026-03-01"}
    in_time = decided(packs, facts, on="2026-03-08")
    too_late = decided(packs, facts, on="2026-03-09")
    told = decided(
        packs,
        {**facts, "notices": [{"to": "next_of_kin", "sent_at": "2026-03-05"}]},
        on="2026-03-09",
    )
    assert in_time["outcome"] == "RELEASE"
    assert (too_late["outcome"], too_late["risks"]) == ("REFER_HUMAN", ["t.publish", "t.tell"])
    assert told["outcome"] == "RELEASE"


def test_definition_named_within_an_entry_is_about_the_whole_case(tmp_path: Path) -> None:
    some = {"some": "complaints", "where": {"definition": "somebody_died"}}
    packs = packs_of(
        tmp_path,
        [rule("r", some, must())],
        definitions={"somebody_died": {"injury_level": "death"}},
    )
    case = {"complaints": [{"by": "civilian"}]}
    assert decided(packs, {**case, "injury_level": "death"})["modality"] == "MUST"
    assert decided(packs, {**case, "injury_level": "none"})["outcome"] == "NO_RULE"


KNOWN: JsonObject = {"earliest": ["agency_knew_at", "agency_should_have_known_at"]}
LATE = rule("late", {"past": "clock.known"}, must_not())
OPEN = rule("open", {"not": {"past": "clock.known"}}, must())


@pytest.mark.parametrize(
    ("knew", "should", "outcome"),
    [
        ("2026-02-20", "unknown", "REFER_HUMAN"),  # the other may have been long before
        ("2026-01-01", "unknown", "WITHHOLD"),  # past in any case: the earlier one counts
        ("unknown", None, "REFER_HUMAN"),
        ("2026-02-20", None, "RELEASE"),
    ],
)
def test_a_clock_is_over_only_if_it_is_whatever_the_unknown_is(
    tmp_path: Path, knew: str, should: str | None, outcome: str
) -> None:
    packs = packs_of(tmp_path, [LATE, OPEN], clocks={"known": {"after": KNOWN, "amount": 30}})
    facts: JsonObject = {"agency_knew_at": knew, "agency_should_have_known_at": should}
    document = decided(packs, facts)
    assert document["outcome"] == outcome
    assert bool(names(document, "needs", "fact")) == (outcome == "REFER_HUMAN")


def test_two_tests_of_one_unknown_may_come_out_differently(tmp_path: Path) -> None:
    asked: JsonObject = {"some": "notices", "where": {"type": "objection"}}
    ruled: JsonObject = {"some": "notices", "where": {"type": "ruling"}}
    waits = rule("waits", {"all": [asked, {"not": ruled}]}, must_not(), overrides=["t.open"])
    facts: JsonObject = {"incident_at": "2026-01-01", "agency_knew_at": "unknown"}
    objected = packs_of(tmp_path / "1", [rule("open", "always", must()), waits])
    document = decided(objected, {**facts, "notices": ["unknown"]})
    assert (document["outcome"], names(document, "needs", "fact")) == ("REFER_HUMAN", ["notices"])
    clocks: JsonObject = {
        "month": {"after": "agency_knew_at", "amount": 30},
        "year": {"after": "agency_knew_at", "amount": 1, "unit": "years"},
    }
    between: JsonObject = {"all": [{"past": "clock.month"}, {"not": {"past": "clock.year"}}]}
    late = rule("late", between, must_not(), overrides=["t.open"])
    timed = packs_of(tmp_path / "2", [rule("open", "always", must()), late], clocks=clocks)
    assert decided(timed, facts)["outcome"] == "REFER_HUMAN"


def test_a_fallback_is_not_sure_while_what_comes_first_is_unknown(tmp_path: Path) -> None:
    first: JsonObject = {"first": ["agency_knew_at", "incident_at"]}
    packs = packs_of(tmp_path, [LATE, OPEN], clocks={"known": {"after": first, "amount": 30}})
    document = decided(packs, {"agency_knew_at": "unknown", "incident_at": "2026-01-01"})
    assert document["outcome"] == "REFER_HUMAN"
    assert names(document, "needs", "fact") == ["agency_knew_at"]


def test_an_extension_not_known_to_be_taken_leaves_open_whether_time_is_over(
    tmp_path: Path,
) -> None:
    extension: JsonObject = {
        "amount": 30,
        "unit": "calendar_days",
        "granted_by": "agency",
        "ground": "a letter",
        "when": {"some": "notices"},
    }
    known: JsonObject = {"after": "incident_at", "amount": 30, "extensions": [extension]}
    packs = packs_of(tmp_path, [LATE, OPEN], clocks={"known": known})
    document = decided(packs, {"incident_at": "2026-01-15", "notices": "unknown"})
    assert document["outcome"] == "REFER_HUMAN"
    assert names(document, "needs", "fact") == ["notices"]


def test_a_standstill_whose_end_is_not_known_does_not_lengthen_the_deadline(
    tmp_path: Path,
) -> None:
    toll: JsonObject = {
        "name": "clarification",
        "start": "clarification_asked_at",
        "end": "clarification_answered_at",
    }
    due: JsonObject = {"after": "incident_at", "amount": 30, "tolls": [toll]}
    packs = packs_of(tmp_path, [rule("r", "always", must(due=due))])
    facts: JsonObject = {"incident_at": "2026-02-20", "clarification_asked_at": "2026-02-22"}
    assert decided(packs, facts)["due"] == "2026-03-29"
    document = decided(packs, {**facts, "clarification_answered_at": "unknown"})
    assert document["due"] == "2026-03-22"
    assert names(document, "needs", "fact") == ["clarification_answered_at"]


def test_notices_not_known_are_asked_for_where_a_lead_no_longer_fits(tmp_path: Path) -> None:
    told: JsonObject = {"some": "notices", "where": {"to": "family"}}
    notify: JsonObject = {
        "kind": "NOTIFY",
        "to": "family",
        "lead": {"amount": 5, "unit": "calendar_days"},
        "met_by": told,
    }
    due: JsonObject = {"after": "incident_at", "amount": 30}
    packs = packs_of(tmp_path, [rule("r", "always", must(due=due, obligations=[notify]))])
    facts: JsonObject = {"incident_at": "2026-02-01", "notices": "unknown"}
    document = decided(packs, facts)
    assert document["outcome"] == "REFER_HUMAN"
    assert names(document, "needs", "fact") == ["notices"]
    ahead: JsonObject = {"to": "family", "sent_at": "2026-03-02"}
    assert decided(packs, {**facts, "notices": [ahead]})["outcome"] == "REFER_HUMAN"


def test_a_hold_without_a_kind_and_a_request_not_known_stop_deletion(tmp_path: Path) -> None:
    then: JsonObject = {"delete_by": {"after": "recording.created_at", "amount": 90}}
    packs = packs_of(tmp_path, [rule("r", "always", then)])
    facts: JsonObject = {"recording": {"created_at": "2026-01-01"}}
    for more in ({"holds": [{}]}, {"request": "unknown"}, {"holds": "unknown"}):
        kept = retain(packs, Facts.from_document({**facts, **more}))
        assert kept.delete_by is None
        assert kept.alerts
    assert retain(packs, Facts.from_document(facts)).delete_by is not None


def test_an_order_to_destroy_whose_day_is_not_known_destroys_nothing_yet(tmp_path: Path) -> None:
    then: JsonObject = {
        "destroy": True,
        "delete_by": {"after": {"of": "orders", "field": "until", "where": {"kind": "destroy"}}},
    }
    ordered = {"some": "orders", "where": {"kind": "destroy"}}
    packs = packs_of(tmp_path, [rule("r", ordered, then)])
    day = parse_moment("2026-03-01")
    for until, wanted in (("2026-04-01", parse_moment("2026-04-01")), ("unknown", None)):
        order: JsonObject = {"kind": "destroy", "until": until}
        facts = Facts.from_document({"orders": [order]})
        assert retain(packs, facts, on=day).delete_by == wanted


@pytest.mark.parametrize(
    ("on", "outcome"), [("2026-01-31", "RELEASE"), ("2026-02-01", "REFER_HUMAN")]
)
def test_what_is_not_known_of_when_it_was_known_lies_after_the_incident(
    tmp_path: Path, on: str, outcome: str
) -> None:
    packs = packs_of(tmp_path, [LATE, OPEN], clocks={"known": {"after": KNOWN, "amount": 30}})
    facts: JsonObject = {"incident_at": "2026-01-01", "agency_knew_at": "unknown"}
    assert decided(packs, facts, on=on)["outcome"] == outcome


@pytest.mark.parametrize("elements", ["unknown", ["plate", "unknown"]])
def test_a_segment_that_may_show_anything_is_hidden_whole_and_asked_for(
    tmp_path: Path, elements: str | list[str]
) -> None:
    hide = {"kind": "REDACT", "each": "segments", "elements": ["nudity"]}
    packs = packs_of(
        tmp_path,
        [rule("shown", "always", must()), rule("private", "always", {"obligations": [hide]})],
    )
    segments = [{"t0": 0, "t1": 3, "elements": elements}, {"t0": 3, "t1": 9, "elements": ["face"]}]
    document = decided(packs, {"segments": segments})
    assert [need["fact"] for need in document["needs"]] == ["segments.elements"]
    hidden = [
        (item["of"], item["number"], item["element"])
        for item in document["obligations"]
        if item["kind"] == "REDACT"
    ]
    assert hidden == [("segment", 0, None)]
