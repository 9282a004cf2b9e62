"""What `bwc policy` reads: a file of facts, a decision on disk, the moment of deciding."""

import json
from datetime import date
from pathlib import Path

from bwc.canonical import JsonObject
from bwc.clock import SystemClock
from bwc.errors import InvalidInput, NotFound, PolicyPackError
from bwc.policy.facts import Facts
from bwc.policy.moments import Moment, parse_moment
from bwc.policy.packs import read_file


def facts_in(path: Path) -> Facts:
    """The facts of a case; errors name file, line and fact."""
    text = read_file(path)
    if set(text.document) != {"facts"} or not isinstance(text.document["facts"], dict):
        raise PolicyPackError(
            "a fact file has one key",
            where=text.locate(()),
            expected="facts: with a mapping below it",
            got=", ".join(text.document),
        )
    document = text.document["facts"]
    return Facts.from_document(document, text.under(("facts",), document).locate)


def decided_on(on: str | None, facts: Facts) -> Moment:
    """The moment of decision: the option, the fact `now`, or the clock."""
    if on is not None:
        return parse_moment(on)
    now = facts.record.values.get("now")
    if isinstance(now, date):
        return now
    return SystemClock().now()


def document_in(path: Path) -> JsonObject:
    """A decision from disk. Raises NotFound, InvalidInput."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise NotFound("there is no such file", where=path.name) from exc
    except (ValueError, OSError, RecursionError) as exc:
        raise InvalidInput("this is not a JSON document", where=path.name) from exc
    if not isinstance(document, dict):
        raise InvalidInput("this is not a decision", where=path.name, expected="a JSON object")
    return document
