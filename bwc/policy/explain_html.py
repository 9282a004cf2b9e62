"""An explanation as one page: nothing in it is fetched or run, and it reads by keyboard alone."""

from collections.abc import Mapping
from html import escape
from typing import Final

from bwc.canonical import Json
from bwc.policy.reasons import Line, Reader, Section, explanation

FOLDED: Final = frozenset({"Why", "How the rules that apply were tested"})
TITLES: Final = {
    Reader.STAFF: "Why the decision is what it is",
    Reader.PUBLIC: "Why this was decided",
    Reader.LETTER: "What was decided about your request",
}
STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.55 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding:1.5rem 1rem;"
    "overflow-wrap:anywhere}"
    "h1{font-size:1.1rem;margin:0 0 .5rem}h2{font-size:1.05rem;margin:1.6rem 0 .3rem}"
    ".answer{font-size:1.3rem;line-height:1.4;font-weight:600;margin:0}"
    "ul{margin:.2rem 0;padding-left:1.2rem}li{margin:.25rem 0}"
    "summary{cursor:pointer;min-height:1.6rem}"
    "@media print{body{max-width:none;padding:0;font:11pt/1.45 serif}}"
)


def explain_html(document: Mapping[str, Json], reader: Reader = Reader.STAFF) -> str:
    """A decision's document explained to `reader`, as a whole HTML page."""
    told = explanation(document, reader)
    title = TITLES[reader]
    body = "\n".join(_section(section) for section in told.sections)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{escape(title)}</h1>\n<p class="answer">{escape(told.sentence)}</p>\n{body}\n'
        "</main>\n</body>\n</html>\n"
    )


def _section(section: Section) -> str:
    lines = _list(section.lines)
    if section.title in FOLDED:
        return (
            f"<h2>{escape(section.title)}</h2>\n<details><summary>Show each test</summary>\n"
            f"{lines}\n</details>"
        )
    return f"<h2>{escape(section.title)}</h2>\n{lines}"


def _list(lines: tuple[Line, ...]) -> str:
    return "<ul>" + "".join(f"<li>{_line(line)}</li>\n" for line in lines) + "</ul>"


def _line(line: Line) -> str:
    if not line.of:
        return escape(line.text)
    return f"{escape(line.text)}{_list(line.of)}"
