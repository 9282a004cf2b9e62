"""Why a decision is what it is, for one of three readers, as sections of lines.

Staff see all of it, with what was found in each test. The public sees the same rules without what
the facts say, for these name people. Who gets a letter sees what decided his own request. There is
one renderer of plain text, `plain_text`; pages render the same sections (`explain_html`, the desk).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bwc.canonical import Json
from bwc.policy.explain import items, plain, sentence, written_day

TELLING = ("NOTIFY", "OFFER_VIEWING", "WRITE_BASIS", "ESTIMATE_DATE", "PUBLISH_EXPLANATION")


class Reader(StrEnum):
    """Who reads an explanation."""

    STAFF = "staff"
    PUBLIC = "public"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Line:
    """One reason, and those it is made of."""

    text: str
    of: "tuple[Line, ...]" = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Reasons of one kind."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer in a sentence, then the reasons."""

    sentence: str
    sections: tuple[Section, ...]


def explanation(document: Mapping[str, Json], reader: Reader = Reader.STAFF) -> Explanation:
    """A decision's document in words, for one reader."""
    parts = {
        Reader.STAFF: _for_staff,
        Reader.PUBLIC: _for_public,
        Reader.LETTER: _for_letter,
    }[reader](document)
    sections = tuple(Section(title, found) for title, lines in parts if (found := tuple(lines)))
    return Explanation(sentence(document), sections)


def plain_text(told: Explanation) -> list[str]:
    """An explanation as indented lines.

    >>> plain_text(Explanation("Yes.", (Section("Why", (Line("a", (Line("b"),)),)),)))
    ['Yes.', '', 'Why:', '  a', '    b', '']
    """
    lines = [told.sentence, ""]
    for section in told.sections:
        lines += [f"{section.title}:", *_indented(section.lines), ""]
    return lines


def tree(document: Mapping[str, Json]) -> list[str]:
    """The whole of a decision as indented lines, for staff."""
    return plain_text(explanation(document))


def _indented(lines: tuple[Line, ...]) -> Iterator[str]:
    for line in lines:
        yield f"  {line.text}"
        yield from (f"  {inner}" for inner in _indented(line.of))


_Parts = Iterator[tuple[str, Iterator[Line]]]


def _for_staff(document: Mapping[str, Json]) -> _Parts:
    yield "Rules that apply", _fired(document)
    yield "Rules that gave way", _defeated(document)
    yield "What must be done", _obligations(document)
    yield "What must be found out", _needs(document)
    yield "Unsettled law", _contested(document)
    yield "Clocks", _clocks(document)
    yield "Why", _why(document, _with_findings)


def _for_public(document: Mapping[str, Json]) -> _Parts:
    yield "Rules that apply", _fired(document)
    yield "Rules that gave way", _defeated(document)
    yield "Unsettled law", _contested(document)
    yield "Clocks", _clocks(document)
    yield "How the rules that apply were tested", _why(document, _without_findings)


def _for_letter(document: Mapping[str, Json]) -> _Parts:
    yield "The law this rests on", _deciding(document)
    yield "What we need from you", _missing(document)
    yield "What you will be told", _told(document)
    yield "Unsettled law", _contested(document)


def _fired(document: Mapping[str, Json]) -> Iterator[Line]:
    drafts = document.get("draft")
    for item in items(document, "fired"):
        draft = isinstance(drafts, list) and item.get("rule") in drafts
        mark = " [draft: no lawyer has verified it]" if draft else ""
        yield Line(f"{item.get('title')} ({item.get('citation')}; {item.get('rule')}){mark}")


def _deciding(document: Mapping[str, Json]) -> Iterator[Line]:
    deciding = document.get("deciding")
    for item in items(document, "fired"):
        if isinstance(deciding, list) and item.get("rule") in deciding:
            yield Line(f"{item.get('title')} ({item.get('citation')})")


def _missing(document: Mapping[str, Json]) -> Iterator[Line]:
    missing = document.get("missing")
    yield from (Line(plain(name)) for name in (missing if isinstance(missing, list) else ()))


def _told(document: Mapping[str, Json]) -> Iterator[Line]:
    for item in items(document, "obligations"):
        if item.get("kind") in TELLING and item.get("to") == "requester":
            by = written_day(" by {}", item.get("due"))
            yield Line(f"{item.get('text') or plain(item.get('kind') or '').lower()}{by}")


def _defeated(document: Mapping[str, Json]) -> Iterator[Line]:
    for item in items(document, "defeated"):
        yield Line(f"{item.get('rule')}: {item.get('why')} ({item.get('by')})")


def _obligations(document: Mapping[str, Json]) -> Iterator[Line]:
    for item in items(document, "obligations"):
        if item.get("kind") == "NEED_FACT":
            continue
        parts = [plain(item.get("kind") or "").lower()]
        whom = (("to ", "to"), ("", "element"), ("of ", "person"), ("$", "amount"))
        parts += [f"{word}{plain(item[key] or '')}" for word, key in whom if item.get(key)]
        parts += [f"by {item['due']}"] if item.get("due") else []
        parts += [f"({item['text']})"] if item.get("text") else []
        yield Line(" ".join(parts))


def _needs(document: Mapping[str, Json]) -> Iterator[Line]:
    for item in items(document, "needs"):
        by = f" by {item['due']}" if item.get("due") else ""
        yield Line(f"{plain(item.get('fact') or '')}, from {plain(item.get('role') or '')}{by}")


def _contested(document: Mapping[str, Json]) -> Iterator[Line]:
    for item in items(document, "contested"):
        for reading in items(item, "readings"):
            mark = "chosen here" if reading.get("reading") == item.get("chosen") else "not chosen"
            yield Line(f"{reading.get('title')} ({mark}; {reading.get('case')})")


def _clocks(document: Mapping[str, Json]) -> Iterator[Line]:
    seen: set[str] = set()
    for item in items(document, "clocks"):
        text = (
            f"{item.get('text')}: {item.get('end')} "
            f"({item.get('gross_days')} days, {item.get('net_days')} without standstills)"
        )
        if text not in seen:
            seen.add(text)
            yield Line(text)


def _why(document: Mapping[str, Json], found: "_Found") -> Iterator[Line]:
    applies = {item.get("rule") for item in items(document, "fired")}
    for item in items(document, "trace"):
        if not found.every_rule and item.get("rule") not in applies:
            continue
        why = item.get("why")
        of = (_node(why, found),) if isinstance(why, dict) else ()
        yield Line(f"{item.get('rule')}: {item.get('result')}", of)


@dataclass(frozen=True, slots=True)
class _Found:
    """Whether what the facts say is told, and whether rules that do not apply are."""

    values: bool
    every_rule: bool


_with_findings = _Found(values=True, every_rule=True)
_without_findings = _Found(values=False, every_rule=False)


def _node(node: Mapping[str, Json], found: _Found) -> Line:
    value = f" (found: {_stated(node['found'])})" if found.values and "found" in node else ""
    of = tuple(_node(part, found) for part in items(node, "of"))
    return Line(f"{node.get('result')}: {node.get('test')}{value}", of)


def _stated(value: Json) -> str:
    """What a test found, as people say it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not on record" if value is None else str(value)
