"""A pack that breaks its schema is refused with file, line, rule, what was expected and what is."""

import shutil
import textwrap
from pathlib import Path

import pytest

from bwc.canonical import Json, JsonObject
from bwc.errors import NotFound, PolicyPackError
from bwc.policy.packs import load_packs, pack_ids
from bwc.policy.schema import RulesText
from bwc.policy.shipped import SHIPPED
from bwc.policy.text import rule_lines
from tests.unit.policy_texts import may, must, packs_of, rule, write_pack

WRONG: dict[str, tuple[JsonObject, str]] = {
    "a key that does not exist": (rule("r", "always", must(), wehn="x"), "wehn"),
    "a fact that does not exist": (rule("r", {"injury_levl": "death"}, must()), "injury_levl"),
    "a word the fact does not have": (rule("r", {"injury_level": "dead"}, must()), "dead"),
    "one of no words": (rule("r", {"injury_level": []}, must()), "no values"),
    "all of no words, which would always hold": (
        rule("r", {"incident_types": {"has_all": []}}, must()),
        "no values",
    ),
    "an operator the fact does not take": (
        rule("r", {"arrest_made": {"at_least": 2}}, {"keep": {"after": "nowhere"}}),
        "nowhere",
    ),
    "an anchor that is no fact": (
        rule("r", "always", must(due={"after": "the_start", "amount": 1})),
        "the_start",
    ),
    "a clock nobody defined": (rule("r", "always", must(due="clock.forty")), "clock.forty"),
    "a definition nobody made": (rule("r", {"definition": "serious"}, must()), "serious"),
    "an audience that does not exist": (
        rule("r", "always", must(), audience=["martians"]),
        "martians",
    ),
    "MAY without an office": (
        rule("r", "always", {"modality": "MAY", "outcome": "RELEASE"}),
        "MAY",
    ),
    "an outcome without a modality": (rule("r", "always", {"outcome": "RELEASE"}), "modality"),
    "verified by nobody": (rule("r", "always", must()) | {"status": "verified"}, "verified_by"),
    "a rule of another pack": (rule("r", "always", must()) | {"id": "us-co.r"}, "t.<name>"),
    "a source that is not listed": (rule("r", "always", must()) | {"source": ["S9"]}, "S9"),
    "a citation that is empty": (rule("r", "always", must()) | {"citation": ""}, "citation"),
    "an obligation that does not exist": (
        rule("r", "always", must(obligations=[{"kind": "SING"}])),
        "SING",
    ),
    "a duty that recurs without end on one day": (
        rule(
            "r",
            "always",
            must(
                obligations=[
                    {
                        "kind": "REPORT",
                        "every": {"amount": 0, "unit": "months"},
                        "counted_from": {"after": "2026-01-01"},
                    }
                ]
            ),
        ),
        "recurs after 1",
    ),
    "the merge key, which hides what a rule says": (
        rule("r", "always", must(**{"<<": {"modality": "MAY"}})),
        "then.<<",
    ),
    "an override of nothing": (rule("r", "always", must(), overrides=["t.q"]), "t.q"),
    "an element that does not exist": (
        rule(
            "r",
            "always",
            must(obligations=[{"kind": "REDACT", "each": "segments", "elements": ["hat"]}]),
        ),
        "hat",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_mistake_is_refused_and_named(tmp_path: Path, wrong: str) -> None:
    text, names = WRONG[wrong]
    with pytest.raises(PolicyPackError) as caught:
        packs_of(tmp_path, [text])
    assert names in str(caught.value)


def test_error_says_file_line_rule_expected_and_got(tmp_path: Path) -> None:
    write_pack(tmp_path, [rule("good", "always", must()), rule("bad", {"arrest_made": 3}, must())])
    path = tmp_path / "t" / "rules" / "all.yaml"
    line = 1 + path.read_text().splitlines().index("    arrest_made: 3")
    with pytest.raises(PolicyPackError) as caught:
        load_packs(["t"], tmp_path)
    error = caught.value
    assert error.where == f"t/rules/all.yaml:{line}: rules.1.when.arrest_made"
    assert "t.bad" in error.what
    assert error.expected == "true, false or unknown"
    assert error.got == "3"


def test_twice_the_same_key_or_rule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyPackError, match="two rules"):
        packs_of(tmp_path, [rule("r", "always", must()), rule("r", "always", may())])
    (tmp_path / "t" / "rules" / "all.yaml").write_text("rules: []\nrules: []\n")
    with pytest.raises(PolicyPackError, match="twice"):
        load_packs(["t"], tmp_path)


def test_packs_that_rest_on_each_other_are_refused(tmp_path: Path) -> None:
    write_pack(tmp_path, [], base="t")
    with pytest.raises(PolicyPackError, match="based on one another"):
        load_packs(["t"], tmp_path)


def test_pack_that_is_not_there_is_not_found_and_paths_do_not_escape(tmp_path: Path) -> None:
    for name in ("us-zz", "../t", ""):
        with pytest.raises(NotFound):
            load_packs([name], tmp_path)


def test_overlay_brings_its_base_before_it() -> None:
    packs = load_packs(["us-il-chicago"], SHIPPED)
    assert [pack.id for pack in packs.packs] == ["house", "us-il", "us-il-chicago"]


def test_hash_changes_with_any_rule_and_not_with_a_case(tmp_path: Path) -> None:
    first = packs_of(tmp_path / "1", [rule("r", "always", must())]).packs[-1].sha256
    other = packs_of(tmp_path / "2", [rule("r", "always", may())]).packs[-1].sha256
    (tmp_path / "1" / "t" / "cases").mkdir()
    (tmp_path / "1" / "t" / "cases" / "c.yaml").write_text("cases: []\n")
    again = load_packs(["t"], tmp_path / "1").packs[-1].sha256
    assert first != other
    assert first == again


@pytest.mark.parametrize("pack_id", pack_ids(SHIPPED))
def test_every_rule_reads_as_plain_sentences(pack_id: str) -> None:
    for pack in load_packs([pack_id], SHIPPED).packs:
        for item in pack.rules:
            lines = [str(line) for line in rule_lines(item)]
            assert any(line.startswith("Applies") for line in lines)
            assert all(line.endswith((".", "?")) for line in lines)
            assert "{" not in "".join(lines)


def test_a_duty_that_recurs_says_from_when() -> None:
    rules = {rule.id: rule for rule in load_packs(["us-il"], SHIPPED).rules}
    said = " ".join(str(line) for line in rule_lines(rules["us-il.grant-report"]))
    assert "every 1 year, counted from 2016-05-01" in said


def test_the_head_that_the_guide_shows_is_a_head(tmp_path: Path) -> None:
    guide = (SHIPPED / "README.md").read_text(encoding="utf-8")
    blocks = (block for block in guide.split("```")[1::2] if "id: us-xx\n" in block)
    head = textwrap.dedent(next(blocks).removeprefix("yaml\n"))
    shutil.copytree(SHIPPED / "house", tmp_path / "house")
    (tmp_path / "us-xx").mkdir()
    (tmp_path / "us-xx" / "pack.yaml").write_text(head, encoding="utf-8")
    assert load_packs(["us-xx"], tmp_path).packs[-1].base == "house"


def test_schema_for_editors_lists_every_key_of_a_rule() -> None:
    schema: Json = RulesText.model_json_schema()
    assert isinstance(schema, dict)
    assert "overrides" in str(schema)
