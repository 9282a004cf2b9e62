"""A decision explained to three readers: staff see all, the public no facts, a letter its own part."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner
from typing_extensions import override

from bwc.canonical import JsonObject
from bwc.cli.policy import app
from bwc.policy.cases import read_cases
from bwc.policy.evaluate import decide
from bwc.policy.explain_html import explain_html
from bwc.policy.facts import Facts
from bwc.policy.moments import parse_moment
from bwc.policy.packs import load_packs
from bwc.policy.reasons import Reader, explanation, plain_text
from bwc.policy.shipped import SHIPPED

SECRET = "Two witnesses not yet interviewed"


@pytest.fixture(scope="module")
def document() -> JsonObject:
    """Case CA-2: a delay that an active investigation gives ground for."""
    case = next(case for case in read_cases("us-ca", SHIPPED) if case.number == "CA-2")
    packs, facts = load_packs(case.packs, SHIPPED), Facts.from_document(dict(case.facts))
    made = decide(packs, facts, on=parse_moment(case.on), audience=case.audience)
    return json.loads(json.dumps(made.document()))


def said(document: JsonObject, reader: Reader) -> str:
    return "\n".join(plain_text(explanation(document, reader)))


@pytest.mark.parametrize("reader", list(Reader))
def test_every_reader_gets_the_answer_first_with_its_citation(
    document: JsonObject, reader: Reader
) -> None:
    first = said(document, reader).splitlines()[0]
    assert first == "Release to the public waits until April 16, 2026 (Gov. Code 7923.625(a)(1))."


def test_staff_see_what_was_found_and_the_public_does_not(document: JsonObject) -> None:
    assert "(found: " in said(document, Reader.STAFF)
    assert "(found: " not in said(document, Reader.PUBLIC)
    assert "What must be found out" not in said(document, Reader.PUBLIC)


def test_the_public_sees_how_the_rules_that_apply_were_tested(document: JsonObject) -> None:
    text = said(document, Reader.PUBLIC)
    assert "us-ca.delay-45-days: true" in text
    assert "house.court-seals: false" not in text
    assert "house.court-seals: false" in said(document, Reader.STAFF)


def test_a_letter_says_the_law_it_rests_on_and_nothing_of_other_rules(
    document: JsonObject,
) -> None:
    text = said(document, Reader.LETTER)
    assert "The law this rests on:" in text
    assert "us-ca.access-log" not in text


class Elements(HTMLParser):
    """Every element and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str | None] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.links += [value for name, value in attrs if name in {"src", "href"}]


@pytest.mark.parametrize("reader", list(Reader))
def test_the_page_fetches_and_runs_nothing_and_says_the_same(
    document: JsonObject, reader: Reader
) -> None:
    page = explain_html(document, reader)
    found = Elements()
    found.feed(page)
    assert found.links == []
    assert "script" not in found.names
    assert found.names.count("h1") == found.names.count("main") == 1
    assert explanation(document, reader).sentence in page


def test_a_rule_that_holds_markup_is_shown_as_words(document: JsonObject) -> None:
    fired = [{"rule": "t.a", "title": "<b>bold</b>", "citation": "§ 1"}]
    page = explain_html({**document, "fired": fired})
    assert "&lt;b&gt;bold" in page
    assert "<b>" not in page


def test_the_command_prints_text_or_a_page_for_a_reader(
    document: JsonObject, tmp_path: Path
) -> None:
    path = tmp_path / "d.json"
    path.write_text(json.dumps(document))
    text = CliRunner().invoke(app, ["explain", str(path), "--for", "public"]).stdout
    assert "(found: " not in text
    page = CliRunner().invoke(app, ["explain", str(path), "--for", "letter", "--html"]).stdout
    assert page.startswith("<!doctype html>")


def test_the_command_says_when_the_camera_must_run_and_by_which_rule(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text("facts:\n  is_law_enforcement_activity: true\n  incident_at: 2026-03-01\n")
    asked = ["duty", "--pack", "us-il", "--facts", str(path), "--on", "2026-03-01"]
    said = CliRunner().invoke(app, asked)
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith("The camera must run.")
    assert "50 ILCS 706" in said.stdout
