"""Which law hides what."""

import pytest

from api.portal.documents import HidingRule
from api.portal.laws import laws


def rule(name: str, *elements: str) -> HidingRule:
    return HidingRule(id=name, title=name, citation=name, status="draft", elements=[*elements])


RULES = (rule("faces", "face"), rule("data", "phone", "ssn"), rule("all"), rule("skin", "nudity"))


@pytest.mark.parametrize(
    ("kind", "code", "found"),
    [
        ("face", "personal-privacy", ["faces", "all"]),
        ("head", "personal-privacy", ["faces", "all"]),
        ("text", "personal-privacy", ["data", "all"]),
        ("plate", "personal-privacy", ["all"]),
        ("person", "personal-privacy", ["faces", "all", "skin"]),
        ("region", "personal-privacy", ["faces", "data", "all", "skin"]),
        ("sound", "phone", ["data"]),
        ("sound", "personal-privacy", ["data", "all"]),
        ("face", "skin", ["skin"]),
        ("a kind of later", "personal-privacy", ["faces", "data", "all", "skin"]),
    ],
)
def test_the_code_names_the_rule_or_else_the_kind_says_what_is_meant(
    kind: str, code: str, found: list[str]
) -> None:
    assert [one.id for one in laws(RULES, kind=kind, code=code)] == found


def test_where_no_rule_names_it_none_is_cited() -> None:
    assert laws([rule("faces", "face")], kind="plate", code="personal-privacy") == []
