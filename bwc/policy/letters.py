"""Letters to a requester, made from a decision's document and the facts it rests on.

A letter says what the decision says and nothing more: one that the decision does not bear is
refused, and a rule that no lawyer has verified is marked, so that nobody signs it unread.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from html import escape

from bwc.canonical import Json, JsonObject
from bwc.errors import Conflict, InvalidInput
from bwc.policy.explain import sentence

CALENDAR_DAYS = re.compile(r"(\d+) calendar days?")
REFUSING = frozenset({"WITHHOLD", "WITHHOLD_PORTION", "NOT_A_VALID_REQUEST", "REFER_COURT"})


class LetterKind(StrEnum):
    """What a letter is for."""

    ACKNOWLEDGEMENT = "acknowledgement"
    REFUSAL = "refusal"
    DELAY = "delay"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as paragraphs, ready to print."""

    subject: str
    paragraphs: tuple[str, ...]

    def text(self) -> str:
        """As plain text."""
        return "\n\n".join((self.subject, *self.paragraphs)) + "\n"

    def html(self) -> str:
        """As one page that prints as it is; nothing in it is fetched or run."""
        body = "\n".join(f"<p>{escape(text)}</p>" for text in self.paragraphs)
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f"<title>{escape(self.subject)}</title>"
            "<style>body{font:12pt/1.5 serif;max-width:36em;margin:2cm auto}</style></head>\n"
            f"<body>\n<h1>{escape(self.subject)}</h1>\n{body}\n</body></html>\n"
        )


def letters_of(document: JsonObject) -> list[LetterKind]:
    """The letters that a decision bears; none where there is no request to answer."""
    facts = document.get("facts")
    request = facts.get("request") if isinstance(facts, dict) else None
    if not isinstance(request, dict) or not isinstance(request.get("received_at"), str):
        return []
    kinds = [LetterKind.ACKNOWLEDGEMENT]
    if document.get("outcome") in REFUSING:
        kinds.append(LetterKind.REFUSAL)
    if document.get("outcome") == "DELAY":
        kinds += [LetterKind.DELAY, LetterKind.RENEWAL]
    return kinds


def letter(document: JsonObject, kind: LetterKind, *, sender: str, on: date) -> Letter:
    """The letter of `kind` that a decision bears.

    Args:
        document: a decision as `bwc policy decide --json` prints it.
        kind: which letter.
        sender: the agency.
        on: the day of the letter.

    Raises:
        InvalidInput: not a decision, or one without a request to answer.
        Conflict: the decision says otherwise than this letter would, or its delay is over.
    """
    facts = document.get("facts")
    request = facts.get("request") if isinstance(facts, dict) else None
    if not isinstance(request, dict) or not isinstance(request.get("received_at"), str):
        raise InvalidInput("there is no request to answer", expected="request.received_at")
    subject, said = _PARTS[kind](document, on)
    number = f" {request['id']}" if request.get("id") else ""
    received = f"We received your request{number} on {_day(request['received_at'])}."
    closing = f"{sender}, {_day(on.isoformat())}"
    return Letter(subject, (received, *said, *_drafts(document), closing))


def _acknowledgement(document: JsonObject, _on: date) -> tuple[str, list[str]]:
    due = document.get("due")
    answer = f"An answer is due by {_day(due)}." if isinstance(due, str) else ""
    missing = document.get("missing")
    names = missing if isinstance(missing, list) else []
    lacks = ", ".join(str(name).replace("_", " ") for name in names)
    asked = f"To go on we need from you: {lacks}." if lacks else ""
    return "Your request has been received", [text for text in (answer, asked) if text]


def _refusal(document: JsonObject, _on: date) -> tuple[str, list[str]]:
    if document.get("outcome") not in REFUSING:
        raise Conflict("this decision refuses nothing", got=str(document.get("outcome")))
    return "Your request cannot be granted", [
        sentence(document),
        *_basis(document),
        *_specific(document),
    ]


def _delay(document: JsonObject, on: date) -> tuple[str, list[str]]:
    return "Release is delayed", [*_delayed(document, on), _estimate(document)]


def _renewal(document: JsonObject, on: date) -> tuple[str, list[str]]:
    by = _next_letter(document, on)
    again = (
        f"We will write again by {_day(by.isoformat())} if it is still delayed."
        if by
        else "No rule sets a day for another letter; we will write when this changes."
    )
    return "Release is still delayed", [*_delayed(document, on), _estimate(document), again]


_PARTS = {
    LetterKind.ACKNOWLEDGEMENT: _acknowledgement,
    LetterKind.REFUSAL: _refusal,
    LetterKind.DELAY: _delay,
    LetterKind.RENEWAL: _renewal,
}


def _delayed(document: JsonObject, on: date) -> list[str]:
    if document.get("outcome") != "DELAY":
        raise Conflict("this decision delays nothing", got=str(document.get("outcome")))
    until = document.get("until")
    if isinstance(until, str) and date.fromisoformat(until[:10]) < on:
        raise Conflict(
            "this delay ended before the day of the letter",
            got=until,
            advice="Decide the case again; a delay that goes on has another end.",
        )
    return [sentence(document), *_basis(document), *_specific(document)]


def _estimate(document: JsonObject) -> str:
    until = document.get("until")
    if isinstance(until, str):
        return f"We estimate that the recordings can be released after {_day(until)}."
    return "No date can be estimated yet: the law ties the delay to an event and not to a day."


def _basis(document: JsonObject) -> Iterator[str]:
    """The rules that gave the outcome, each with its citation."""
    deciding = document.get("deciding")
    for rule in _listed(document, "fired"):
        if isinstance(deciding, list) and rule.get("rule") in deciding:
            yield f"The basis is: {rule.get('title')} ({rule.get('citation')})."


def _specific(document: JsonObject) -> Iterator[str]:
    """The basis as the office stated it in writing; a mark where a rule wants one and has none."""
    facts = document.get("facts")
    claim = facts.get("interference_claim") if isinstance(facts, dict) else None
    claims = [one for one in (claim if isinstance(claim, list) else [claim]) if _is_written(one)]
    stated = max(claims, key=lambda one: str(one.get("at", "")), default=None)  # type: ignore[union-attr]
    if isinstance(stated, dict):
        office = str(stated.get("claimed_by_role") or "the agency").replace("_", " ")
        when = f" on {_day(stated['at'])}" if isinstance(stated.get("at"), str) else ""
        basis = str(stated["specific_basis_text"]).rstrip(".")
        yield f"The specific basis, as the {office} stated it{when}: {basis}."
        return
    for duty in _listed(document, "obligations"):
        if duty.get("kind") == "WRITE_BASIS" and duty.get("to") == "requester":
            what = duty.get("text") or "the basis in writing"
            yield f"[NOT TO BE SENT YET: {what} must be written here.]"
            return


def _is_written(claim: Json) -> bool:
    return isinstance(claim, dict) and bool(claim.get("specific_basis_text"))


def _next_letter(document: JsonObject, on: date) -> date | None:
    """The first day on which the rules want the requester to hear again; None where none does."""
    every = CALENDAR_DAYS.fullmatch(str(document.get("renew_every") or ""))
    days = [on + timedelta(days=int(every[1]))] if every else []
    for duty in _listed(document, "obligations"):
        due = duty.get("due")
        if duty.get("kind") == "NOTIFY" and duty.get("to") == "requester" and isinstance(due, str):
            days.append(date.fromisoformat(due[:10]))
    return min((day for day in days if day > on), default=None)


def _drafts(document: JsonObject) -> Iterator[str]:
    drafts = document.get("draft")
    if isinstance(drafts, list) and drafts:
        names = ", ".join(str(name) for name in drafts)
        yield f"[NOT TO BE SENT UNREAD: no lawyer has verified {names}.]"


def _listed(document: JsonObject, name: str) -> Iterator[JsonObject]:
    found = document.get(name)
    for item in found if isinstance(found, list) else ():
        if isinstance(item, dict):
            yield item


def _day(moment: Json) -> str:
    """Such as March 1, 2026."""
    day = date.fromisoformat(str(moment)[:10])
    return f"{day:%B} {day.day}, {day.year}"
