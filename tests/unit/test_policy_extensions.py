"""Extensions: how often, asked for in time, within the cap, and what the decision says of them."""

from datetime import date
from pathlib import Path

from bwc.canonical import Json, JsonObject
from bwc.policy.clocks import Reading
from bwc.policy.reading import Reader
from bwc.policy.schema import ClockText
from tests.unit.policy_texts import decided, must, packs_of, rule
from tests.unit.test_policy_clocks import scope

CLAIMED: Json = {"some": "interference_claim"}
ONE_MORE: JsonObject = {
    "amount": 30,
    "unit": "calendar_days",
    "granted_by": "the prosecutor",
    "ground": "an investigation",
    "standard": "exceptional circumstances",
    "notice_to": "requester",
    "when": CLAIMED,
    "count": CLAIMED,
    "asked_at": "at",
}


def read(claims: list[Json], cap: Json = None, **more: Json) -> Reading:
    text = {"after": "incident_at", "amount": 60, "cap": cap, "extensions": [{**ONE_MORE, **more}]}
    clock = Reader().clock(ClockText.model_validate(text), ())
    facts: dict[str, Json] = {"incident_at": "2026-01-10", "interference_claim": claims}
    return clock.read(scope(facts))


def test_an_extension_asked_for_after_the_end_extends_nothing() -> None:
    assert read([{"at": "2026-03-11"}]).due == date(2026, 4, 10)
    late = read([{"at": "2026-03-12"}])
    assert (late.due, late.extended) == (date(2026, 3, 11), 0)


def test_a_second_extension_may_be_asked_for_until_the_end_of_the_first() -> None:
    claims: list[Json] = [{"at": "2026-04-10"}, {"at": "2026-03-01"}]
    assert read(claims, max_count=2).due == date(2026, 5, 10)
    assert read(claims).due == date(2026, 4, 10)


def test_an_extension_without_a_limit_is_counted_as_often_as_it_is_taken_up_to_the_cap() -> None:
    claims: list[Json] = [{"at": "2026-03-01"}] * 5
    unlimited = read(claims, max_count=None)
    assert (unlimited.due, unlimited.could_extend_to) == (date(2026, 8, 8), date(2026, 9, 7))
    capped = read(claims, {"after": "incident_at", "amount": 100}, max_count=None)
    assert capped.due == date(2026, 4, 20)


def test_a_cap_that_is_not_known_lets_no_extension_through() -> None:
    unknown_cap: Json = {"after": "charges_filed_at", "amount": 1}
    assert read([{"at": "2026-03-01"}], unknown_cap).due == date(2026, 3, 11)


def test_an_extension_that_may_have_been_taken_is_not_taken() -> None:
    text = {"after": "incident_at", "amount": 60, "extensions": [ONE_MORE]}
    clock = Reader().clock(ClockText.model_validate(text), ())
    facts: dict[str, Json] = {"incident_at": "2026-01-10", "interference_claim": "unknown"}
    assert clock.read(scope(facts)).due == date(2026, 3, 11)


def test_the_decision_says_who_may_extend_why_to_what_standard_and_until_when(
    tmp_path: Path,
) -> None:
    due: Json = {"after": "incident_at", "amount": 60, "extensions": [ONE_MORE]}
    packs = packs_of(tmp_path, [rule("r", "always", must(due=due))])
    document = decided(packs, {"incident_at": "2026-01-10"})
    clocks = document["clocks"]
    assert isinstance(clocks, list)
    assert isinstance(clocks[0], dict)
    assert clocks[0]["extensions"] == [
        {
            "granted_by": "the prosecutor",
            "ground": "an investigation",
            "standard": "exceptional circumstances",
            "written": True,
            "notice_to": "requester",
            "amount": "30 calendar days",
            "taken": 0,
            "at_most": 1,
            "renew_every": None,
            "could_extend_to": "2026-04-10",
        }
    ]


def test_a_delay_says_how_often_it_must_be_renewed(tmp_path: Path) -> None:
    delay: JsonObject = {
        "modality": "MUST",
        "outcome": "DELAY",
        "until": {"after": "incident_at", "amount": 365},
        "renew_every": {"amount": 30, "unit": "calendar_days"},
    }
    packs = packs_of(tmp_path, [rule("r", "always", delay)])
    assert decided(packs, {"incident_at": "2026-01-10"})["renew_every"] == "30 calendar days"
