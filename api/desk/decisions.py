"""A decision's document as a page explains it: the answer in a sentence, the rules, the gaps."""

from collections.abc import Iterator
from dataclasses import dataclass

from bwc.canonical import Json, JsonObject
from bwc.policy.explain import sentence
from bwc.policy.letters import LetterKind, letters_of
from bwc.policy.reasons import Line, Reader, explanation

WHY = "Why"  # the section of an explanation that shows every test


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule that spoke: what it is called in plain words, and its source."""

    id: str
    title: str
    citation: str
    draft: bool


@dataclass(frozen=True, slots=True)
class DefeatLine:
    """One rule that another was stronger than, and why."""

    id: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One fact that the rules ask for; `due` as the decision writes it."""

    fact: str
    role: str
    due: str


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock of a rule, and what of it was counted and not."""

    text: str
    start: str
    end: str
    net_days: str
    gross_days: str
    could_extend_to: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a decision is what it is."""

    sentence: str
    question: str
    risks: list[str]
    fired: list[RuleLine]
    defeated: list[DefeatLine]
    needs: list[NeedLine]
    clocks: list[ClockLine]
    discretion: str
    until: str
    packs: list[str]
    tests: tuple[Line, ...]
    letters: list[LetterKind]


def explain(document: JsonObject) -> Explanation:
    """What a decision's document says, for a page."""
    return Explanation(
        sentence=sentence(document),
        question=_text(document, "question"),
        risks=[str(risk) for risk in _items(document.get("risks"))],
        fired=[_rule(item) for item in _items(document.get("fired"))],
        defeated=[
            DefeatLine(_text(item, "rule"), _text(item, "by"), _text(item, "why"))
            for item in _items(document.get("defeated"))
        ],
        needs=[
            NeedLine(_text(need, "fact"), _text(need, "role"), _text(need, "due"))
            for need in _items(document.get("needs"))
        ],
        clocks=[_clock(item) for item in _items(document.get("clocks"))],
        discretion=_text(document, "discretion"),
        until=_text(document, "until"),
        packs=[
            f"{_text(pack, 'id')} {_text(pack, 'version')}".strip()
            for pack in _items(document.get("packs"))
        ],
        tests=_tests(document),
        letters=letters_of(document),
    )


def _tests(document: JsonObject) -> tuple[Line, ...]:
    """Every rule that was asked, and what each of its tests found."""
    told = explanation(document, Reader.STAFF)
    return next((part.lines for part in told.sections if part.title == WHY), ())


def _rule(item: Json) -> RuleLine:
    return RuleLine(
        id=_text(item, "rule"),
        title=_text(item, "title"),
        citation=_text(item, "citation"),
        draft=_text(item, "status") == "draft",
    )


def _clock(item: Json) -> ClockLine:
    names = ("text", "start", "end", "net_days", "gross_days", "could_extend_to")
    return ClockLine(*(_text(item, name) for name in names))


def _items(value: Json) -> Iterator[Json]:
    return iter(value if isinstance(value, list) else [])


def _text(item: Json, name: str) -> str:
    found = item.get(name) if isinstance(item, dict) else None
    return "" if found is None or isinstance(found, dict | list) else str(found)
