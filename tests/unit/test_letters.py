"""Letters say what a decision says: one that it does not bear is refused."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bwc.canonical import Json, JsonObject
from bwc.cli.policy import app
from bwc.errors import Conflict, InvalidInput
from bwc.policy.letters import LetterKind, letter, letters_of

ON = date(2026, 3, 1)
REFUSED: JsonObject = {
    "audience": "press",
    "modality": "MUST_NOT",
    "outcome": "WITHHOLD",
    "due": "2026-03-10",
    "deciding": ["t.a"],
    "draft": ["t.a"],
    "fired": [{"rule": "t.a", "title": "Not <flagged>", "citation": "T.S. § 1"}],
    "facts": {"request": {"id": "REQ-2026-0001", "received_at": "2026-02-20T10:00:00-07:00"}},
}
DELAYED: JsonObject = {**REFUSED, "modality": "MUST", "outcome": "DELAY", "until": "2026-04-15"}


def said(document: JsonObject, kind: LetterKind) -> str:
    return letter(document, kind, sender="Testland Police", on=ON).text()


def test_a_refusal_names_the_request_the_basis_and_what_no_lawyer_has_verified() -> None:
    text = said(REFUSED, LetterKind.REFUSAL)
    assert "your request REQ-2026-0001 on February 20, 2026" in text
    assert "The basis is: Not <flagged> (T.S. § 1)." in text
    assert "NOT TO BE SENT UNREAD: no lawyer has verified t.a" in text
    assert text.endswith("Testland Police, March 1, 2026\n")


def test_a_delay_gives_the_written_basis_and_the_estimated_date() -> None:
    text = said(DELAYED, LetterKind.DELAY)
    assert "T.S. § 1" in text
    assert "released after April 15, 2026" in text


@pytest.mark.parametrize("kind", [LetterKind.DELAY, LetterKind.RENEWAL])
def test_no_letter_promises_a_day_that_has_passed(kind: LetterKind) -> None:
    ends = {**DELAYED, "until": ON.isoformat()}
    assert "after March 1, 2026" in said(ends, kind), "on its last day it still holds"
    with pytest.raises(Conflict, match="ended before the day of the letter"):
        said({**DELAYED, "until": "2026-02-28"}, kind)


def test_a_delay_that_ends_with_an_event_gives_no_date() -> None:
    text = said({**DELAYED, "until": None}, LetterKind.DELAY)
    assert "No date can be estimated" in text


@pytest.mark.parametrize(
    ("more", "promise"),
    [
        ({"renew_every": "30 calendar days"}, "write again by March 31, 2026"),
        ({"renew_every": "14 calendar days"}, "write again by March 15, 2026"),
        (
            {
                "renew_every": "30 calendar days",
                "obligations": [{"kind": "NOTIFY", "to": "requester", "due": "2026-03-20"}],
            },
            "write again by March 20, 2026",
        ),
        ({"renew_every": None}, "No rule sets a day for another letter"),
    ],
)
def test_a_renewal_promises_the_next_letter_when_the_rule_wants_it(
    more: JsonObject, promise: str
) -> None:
    assert promise in said({**DELAYED, **more}, LetterKind.RENEWAL)


CLAIM: JsonObject = {
    "claimed_by_role": "agency",
    "at": "2026-03-10",
    "specific_basis_text": "Two witnesses not yet interviewed",
}


@pytest.mark.parametrize(
    "claims", [CLAIM, [{**CLAIM, "at": "2026-01-01", "specific_basis_text": "old"}, CLAIM]]
)
def test_a_delay_says_the_specific_basis_that_was_stated_last(claims: Json) -> None:
    facts = {**DELAYED["facts"], "interference_claim": claims}  # type: ignore[dict-item]
    text = said({**DELAYED, "facts": facts}, LetterKind.DELAY)
    assert (
        "The specific basis, as the agency stated it on March 10, 2026: "
        "Two witnesses not yet interviewed."
    ) in text


def test_a_letter_whose_basis_nobody_has_written_is_marked_and_not_sent() -> None:
    duty = {"kind": "WRITE_BASIS", "to": "requester", "text": "The privacy interest"}
    text = said({**DELAYED, "obligations": [duty]}, LetterKind.DELAY)
    assert "NOT TO BE SENT YET: The privacy interest must be written here" in text


def test_a_decision_names_the_letters_it_bears() -> None:
    assert letters_of(REFUSED) == [LetterKind.ACKNOWLEDGEMENT, LetterKind.REFUSAL]
    assert letters_of(DELAYED)[1:] == [LetterKind.DELAY, LetterKind.RENEWAL]
    assert letters_of({**DELAYED, "facts": {}}) == []


def test_an_acknowledgement_says_when_an_answer_is_due_and_what_is_missing() -> None:
    text = said({**REFUSED, "missing": ["incident_date"]}, LetterKind.ACKNOWLEDGEMENT)
    assert "due by March 10, 2026" in text
    assert "we need from you: incident date" in text


@pytest.mark.parametrize("kind", [LetterKind.DELAY, LetterKind.RENEWAL])
def test_a_letter_that_the_decision_does_not_bear_is_refused(kind: LetterKind) -> None:
    with pytest.raises(Conflict, match="delays nothing"):
        said(REFUSED, kind)
    with pytest.raises(Conflict, match="refuses nothing"):
        said(DELAYED, LetterKind.REFUSAL)
    with pytest.raises(InvalidInput, match="no request"):
        said({**DELAYED, "facts": {}}, kind)


def test_the_page_holds_the_same_words_and_no_markup_of_the_rules() -> None:
    page = letter(REFUSED, LetterKind.REFUSAL, sender="T", on=ON).html()
    assert "Not &lt;flagged&gt;" in page
    assert "<flagged>" not in page


def test_the_command_writes_the_letter_of_a_real_decision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "facts.yaml").write_text(
        "facts:\n  incident_at: 2026-04-01\n  incident_types: [other]\n  flags: []\n"
        "  request: {received_at: 2026-04-06, requester_role: press}\n"
    )
    asked = ["decide", "--pack", "us-il", "--facts", "facts.yaml", "--on", "2026-04-07", "--json"]
    decided = CliRunner().invoke(app, asked)
    assert json.loads(decided.stdout)["outcome"] == "WITHHOLD"
    (tmp_path / "d.json").write_text(decided.stdout)
    ended = CliRunner().invoke(app, ["letter", "d.json", "--kind", "refusal"])
    assert ended.exit_code == 0, ended.output
    assert "The basis is:" in ended.stdout
    assert CliRunner().invoke(app, ["letter", "d.json", "--kind", "delay"]).exit_code == 2
