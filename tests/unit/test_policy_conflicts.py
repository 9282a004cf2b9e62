"""The twelve rules by which conflicting rules are settled, each with a test that needs it."""

from pathlib import Path

from bwc.policy.facts import Facts
from bwc.policy.moments import parse_moment
from bwc.policy.retention import retain
from tests.unit.policy_texts import decided, may, must, must_not, names, packs_of, rule

YES = {"arrest_made": True}


def test_1_city_cannot_release_what_state_forbids_and_its_deadline_stays_shown(
    tmp_path: Path,
) -> None:
    packs = packs_of(
        tmp_path,
        [
            rule("state", YES, must_not()),
            rule("city", YES, must(due={"after": "incident_at", "amount": 60}), authority="city"),
        ],
    )
    document = decided(packs, {**YES, "incident_at": "2026-01-10"})
    assert (document["modality"], document["outcome"]) == ("MUST_NOT", "WITHHOLD")
    assert document["due"] == "2026-03-11"
    assert names(document, "defeated") == ["t.city"]


def test_1_city_cannot_withhold_what_state_demands(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path, [rule("state", YES, must()), rule("city", YES, must_not(), authority="city")]
    )
    document = decided(packs, YES)
    assert (document["modality"], document["outcome"]) == ("MUST", "RELEASE")
    assert names(document, "defeated") == ["t.city"]


def test_1_city_may_narrow_what_state_leaves_open(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path, [rule("state", YES, may()), rule("city", YES, must_not(), authority="city")]
    )
    assert decided(packs, YES)["modality"] == "MUST_NOT"


def test_1_city_cannot_declare_away_a_prohibition_of_the_state(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [
            rule("state", YES, must_not()),
            rule("city", YES, must(), authority="city", overrides=["t.state"]),
        ],
    )
    assert decided(packs, YES)["modality"] == "MUST_NOT"


def test_1_court_order_stands_above_statute(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [rule("state", YES, must_not()), rule("court", YES, must(), authority="court_order")],
    )
    assert decided(packs, YES)["modality"] == "MUST"


def test_2_declared_override_beats_the_general_rule(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [
            rule("general", YES, must_not()),
            rule("special", YES, must(), overrides=["t.general"]),
        ],
    )
    document = decided(packs, YES)
    assert document["modality"] == "MUST"
    assert names(document, "defeated") == ["t.general"]


def test_2_an_overridden_rule_overrides_nothing(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [
            rule("a", YES, must()),
            rule("b", YES, must_not(), overrides=["t.a"]),
            rule("c", YES, may(), overrides=["t.b"]),
        ],
    )
    assert decided(packs, YES)["modality"] == "MUST"


def test_2_later_law_on_one_topic_beats_the_earlier(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [
            rule("new", YES, must(), topic="x", effective={"from": "2025-01-01"}),
            rule("old", YES, must_not(), topic="x", effective={"from": "2020-01-01"}),
        ],
    )
    assert decided(packs, YES)["modality"] == "MUST"


def test_2_notwithstanding_beats_other_law_of_its_authority(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [rule("general", YES, must_not()), rule("special", YES, must(), notwithstanding=True)],
    )
    document = decided(packs, YES)
    assert document["modality"] == "MUST"
    assert names(document, "defeated") == ["t.general"]


def test_3_must_against_must_not_goes_to_a_human_with_both_risks(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [
            rule("open", YES, must(due={"after": "incident_at", "amount": 30})),
            rule("shut", YES, must_not()),
        ],
    )
    document = decided(packs, {**YES, "incident_at": "2026-02-20"})
    assert (document["modality"], document["outcome"]) == (None, "REFER_HUMAN")
    assert document["risks"] == ["t.open", "t.shut"]
    assert document["due"] == "2026-03-22"


def test_4_least_withholding_is_preferred(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [rule("all", YES, may("WITHHOLD")), rule("part", YES, may("RELEASE_REDACTED"))],
    )
    assert decided(packs, YES)["outcome"] == "RELEASE_REDACTED"


def test_4_a_portion_is_withheld_and_the_rest_released(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [
            rule("release", YES, must()),
            rule("bedroom", YES, {"modality": "MUST_NOT", "outcome": "WITHHOLD_PORTION"}),
        ],
    )
    document = decided(packs, YES)
    assert (document["modality"], document["outcome"]) == ("MUST", "WITHHOLD_PORTION")


def test_5_redactions_join_then_what_must_show_is_taken_out_then_protected_come_back(
    tmp_path: Path,
) -> None:
    everyone = {"kind": "REDACT", "each": "persons", "element": "face"}
    employees = {
        "kind": "DO_NOT_REDACT",
        "each": "persons",
        "where": {"role": "officer"},
        "element": "face",
    }
    undercover = {
        "kind": "REDACT",
        "each": "persons",
        "where": {"role": "undercover"},
        "element": "undercover_identity",
        "protected": True,
    }
    packs = packs_of(
        tmp_path,
        [rule("r", "always", must(obligations=[everyone, employees, undercover]))],
    )
    people = [{"role": "bystander"}, {"role": "officer"}, {"role": ["officer", "undercover"]}]
    obligations = decided(packs, {"persons": people})["obligations"]
    assert isinstance(obligations, list)
    found = {
        (item["number"], item["kind"], item["element"])
        for item in obligations
        if isinstance(item, dict)
    }
    assert found == {
        (0, "REDACT", "face"),
        (1, "DO_NOT_REDACT", "face"),
        (2, "REDACT", "undercover_identity"),
    }


def test_6_waiver_of_one_person_shows_nobody_else(tmp_path: Path) -> None:
    hide = {
        "kind": "REDACT",
        "each": "persons",
        "where": {"not": {"waiver_of_privacy": True}},
        "element": "face",
    }
    packs = packs_of(tmp_path, [rule("r", "always", must(obligations=[hide]))])
    people = [{"role": "victim", "waiver_of_privacy": True}, {"role": "victim"}]
    obligations = decided(packs, {"persons": people})["obligations"]
    assert isinstance(obligations, list)
    assert [item["number"] for item in obligations if isinstance(item, dict)] == [1]


def test_7_prohibition_towards_the_public_leaves_the_subjects_right(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [
            rule("public", "always", must_not(), audience=["public"]),
            rule("subject", "always", must(), audience=["subject"]),
        ],
    )
    assert decided(packs, {}, audience="press")["modality"] == "MUST_NOT"
    assert decided(packs, {}, audience="subject")["modality"] == "MUST"


def test_8_earliest_deadline_counts_and_an_extension_moves_its_own_rule_alone(
    tmp_path: Path,
) -> None:
    extension = {
        "amount": 30,
        "unit": "calendar_days",
        "granted_by": "agency",
        "ground": "any",
        "when": {"some": "interference_claim"},
    }
    packs = packs_of(
        tmp_path,
        [
            rule(
                "long",
                YES,
                must(due={"after": "incident_at", "amount": 10, "extensions": [extension]}),
            ),
            rule("short", YES, must(due={"after": "incident_at", "amount": 20})),
        ],
    )
    facts = {**YES, "incident_at": "2026-02-20"}
    assert decided(packs, facts)["due"] == "2026-03-02"
    claimed = {**facts, "interference_claim": {"at": "2026-02-21"}}
    assert decided(packs, claimed)["due"] == "2026-03-12"


def test_9_longest_floor_wins_and_only_a_court_shortens_it(tmp_path: Path) -> None:
    kept = {"after": "incident_at", "amount": 90}
    longer = {"after": "incident_at", "amount": 2, "unit": "years"}
    packs = packs_of(
        tmp_path,
        [
            rule("short", "always", {"keep": kept, "delete_by": kept}),
            rule("long", YES, {"keep": longer}),
            rule(
                "court",
                {"some": "orders", "where": {"kind": "destroy"}},
                {
                    "destroy": True,
                    "delete_by": {"after": {"first": [{"of": "orders", "field": "until"}]}},
                },
            ),
        ],
    )
    facts = {**YES, "incident_at": "2026-01-15"}
    kept_long = retain(packs, Facts.from_document(facts)).document()
    assert kept_long["floor"] == "2028-01-15"
    assert (kept_long["delete_by"], kept_long["outcome"]) == (None, "REFER_HUMAN")
    ordered = {**facts, "orders": [{"kind": "destroy", "until": "2026-05-01"}]}
    assert retain(packs, Facts.from_document(ordered)).document()["delete_by"] == "2026-05-01"


def test_9_hold_wins_over_a_ceiling_and_alarms(tmp_path: Path) -> None:
    kept = {"after": "incident_at", "amount": 90}
    packs = packs_of(tmp_path, [rule("short", "always", {"keep": kept, "delete_by": kept})])
    facts = {"incident_at": "2026-01-15", "holds": [{"kind": "litigation"}]}
    document = retain(packs, Facts.from_document(facts), on=parse_moment("2026-05-01")).document()
    assert document["delete_by"] is None
    assert document["alerts"]


def test_9_hold_that_has_ended_stops_nothing(tmp_path: Path) -> None:
    kept = {"after": "incident_at", "amount": 90}
    packs = packs_of(tmp_path, [rule("short", "always", {"keep": kept, "delete_by": kept})])
    facts = {"incident_at": "2026-01-15", "holds": [{"kind": "criminal", "until": "2026-03-01"}]}
    document = retain(packs, Facts.from_document(facts), on=parse_moment("2026-04-01")).document()
    assert document["delete_by"] == "2026-04-15"


def test_10_release_law_of_the_day_of_decision_and_both_versions_printed(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [
            rule("old", YES, must_not(), topic="x", effective={"to": "2026-01-01"}),
            rule("new", YES, must(), topic="x", effective={"from": "2026-01-01"}),
        ],
    )
    facts = {**YES, "incident_at": "2025-12-20"}
    after = decided(packs, facts, on="2026-01-01")
    assert after["modality"] == "MUST"
    assert after["defeated"] == [
        {
            "rule": "t.old",
            "by": "t.new",
            "why": "was law at the incident; release law is applied as of the decision",
        }
    ]
    assert decided(packs, facts, on="2025-12-31")["modality"] == "MUST_NOT"


def test_10_retention_law_of_the_day_of_recording(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [
            rule(
                "old",
                "always",
                {"keep": {"after": "recording.created_at", "amount": 30}},
                effective={"to": "2026-01-01"},
            ),
            rule(
                "new",
                "always",
                {"keep": {"after": "recording.created_at", "amount": 90}},
                effective={"from": "2026-01-01"},
            ),
        ],
    )
    before = Facts.from_document({"recording": {"created_at": "2025-12-31"}})
    since = Facts.from_document({"recording": {"created_at": "2026-01-01"}})
    on = parse_moment("2026-06-01")
    assert retain(packs, before, on=on).document()["floor"] == "2026-01-30"
    assert retain(packs, since, on=on).document()["floor"] == "2026-04-01"


def test_10_a_draft_rule_decides_and_is_listed(tmp_path: Path) -> None:
    verified = {"status": "verified", "verified_by": "A. Lawyer", "verified_on": "2026-11-01"}
    packs = packs_of(
        tmp_path,
        [rule("draft", YES, must()), rule("read", YES, must()) | verified],
    )
    document = decided(packs, YES)
    assert document["modality"] == "MUST"
    assert document["draft"] == ["t.draft"]


def test_11_both_readings_are_printed_and_a_setting_chooses(tmp_path: Path) -> None:
    rules = [
        rule(
            "strict",
            YES,
            must_not(),
            contested={"question": "q", "reading": "strict", "case": "A v. B"},
        ),
        rule(
            "broad",
            YES,
            must(),
            contested={"question": "q", "reading": "broad", "case": "C v. D"},
        ),
    ]
    broad = decided(packs_of(tmp_path / "1", rules, readings={"q": "broad"}), YES)
    strict = decided(packs_of(tmp_path / "2", rules, readings={"q": "strict"}), YES)
    assert (broad["modality"], strict["modality"]) == ("MUST", "MUST_NOT")
    (contested,) = broad["contested"] if isinstance(broad["contested"], list) else []
    assert isinstance(contested, dict)
    assert isinstance(contested["readings"], list)
    assert len(contested["readings"]) == 2


def test_12_a_judgement_nobody_made_is_asked_of_a_named_role_and_never_guessed(
    tmp_path: Path,
) -> None:
    packs = packs_of(
        tmp_path,
        [
            rule(
                "private",
                {"ask": {"reasonable_expectation_of_privacy": True}},
                must_not(),
                overrides=["t.open"],
            ),
            rule("open", "always", must(due={"after": "incident_at", "amount": 30})),
        ],
    )
    document = decided(packs, {"incident_at": "2026-02-20"})
    assert document["outcome"] == "REFER_HUMAN"
    assert document["needs"] == [
        {
            "fact": "reasonable_expectation_of_privacy",
            "role": "privacy_counsel",
            "due": "2026-03-19",
        }
    ]
