"""Who may assert a fact, and what is written of it: source, who, when, and where the evidence lies.

A fact is asserted by the office it belongs to, or filed by those who keep the case for it. A
person's judgement (conflict rule 12) is that of few offices, and never a program's. A requester
asserts nothing: what he says is filed by whoever receives it.
"""

from collections.abc import Collection, Mapping
from typing import Final, TypeGuard

from bwc.canonical import Json, JsonObject
from bwc.errors import InvalidInput, NotPermitted, PolicyPackError
from bwc.policy import words
from bwc.policy.kinds import Locate
from bwc.policy.moments import parse_moment
from bwc.policy.vocabulary import ALIASES, FACTS

KEEPERS: Final = frozenset({"records_officer", "supervisor", "investigator", "legal_counsel"})
"""Those who keep the file of a case: what another office states in writing, they may enter."""

PROGRAM: Final = "software"
"""What a program measured; `asserted_by` says so in this word."""

_PRIVACY: Final = frozenset({"privacy_counsel", "reviewer", "legal_counsel", "supervisor"})
_AGENCY: Final = frozenset({"chief", "oversight"})

JUDGEMENTS: Final[Mapping[str, frozenset[str]]] = {
    "reasonable_expectation_of_privacy": _PRIVACY,
    "privacy_outweighs_disclosure": _PRIVACY,
    "highly_offensive": _PRIVACY,
    "clearly_offensive": _PRIVACY,
    "legit_public_concern": _PRIVACY,
    "redaction_adequate": _PRIVACY | {"records_officer"},
    "comprehension_preserved": _PRIVACY | {"records_officer"},
    "substantially_interferes": frozenset({"prosecutor", "chief", "investigator", "legal_counsel"}),
    "furthers_law_enforcement_purpose": _AGENCY,
    "public_interest_found": _AGENCY,
}
"""The facts that are a person's judgement, and whose it may be."""

OFFICES: Final = KEEPERS.union(*JUDGEMENTS.values(), {fact.role for fact in FACTS.values()})
"""Every office that asserts facts."""

_PROVENANCE: Final = frozenset({"value", "source", "asserted_by", "asserted_at", "evidence_ref"})
_OUTSIDE: Final = frozenset({*words.REQUESTER.words, PROGRAM}) - OFFICES


def asserters(name: str) -> frozenset[str]:
    """The offices that may assert the fact `name`; a field belongs to its record.

    >>> sorted(asserters("public_interest_found"))
    ['chief', 'oversight']
    """
    head = ALIASES.get(name, name).split(".", maxsplit=1)[0].removesuffix("[]")
    if head in JUDGEMENTS:
        return JUDGEMENTS[head]
    fact = FACTS.get(head)
    return KEEPERS if fact is None else KEEPERS | {fact.role}


def require_asserter(name: str, offices: Collection[str]) -> None:
    """Let whoever speaks for one of `offices` assert the fact `name`.

    Raises:
        NotPermitted: it is another office's.
    """
    may = asserters(name)
    if may.isdisjoint(offices):
        raise NotPermitted(
            "this fact is for another office to assert",
            where=name,
            expected=_listed(may),
            got=_listed(offices),
        )


def is_attributed(value: Json) -> TypeGuard[JsonObject]:
    """Whether a fact is written with where it comes from."""
    return isinstance(value, dict) and "value" in value and set(value) <= _PROVENANCE


def attributed(name: str, written: JsonObject, locate: Locate) -> JsonObject:
    """Where the fact comes from, as written.

    Raises:
        PolicyPackError: an office that may not assert it, or a moment that is none.
    """
    at, by = written.get("asserted_at"), written.get("asserted_by")
    where = locate((name,))
    if at is not None:
        try:
            parse_moment(str(at))
        except InvalidInput as exc:
            raise PolicyPackError(
                "this is no moment at which a fact was asserted",
                where=where,
                expected=exc.expected,
                got=exc.got,
            ) from exc
    office = _office(by)
    may = asserters(name)
    is_refused = office in _OUTSIDE if office != PROGRAM else name in JUDGEMENTS
    if (office in OFFICES and office not in may) or is_refused:
        raise PolicyPackError(
            f"{name} is not for {office} to assert", where=where, expected=_listed(may), got=str(by)
        )
    return {key: item for key, item in written.items() if key != "value" and item is not None}


def _office(by: Json) -> str:
    """Who asserted it, as an office where it is one; a person's name stays that."""
    word = str(by or "").strip().lower().replace(" ", "_").replace("-", "_")
    return words.CLAIMANT.aliases.get(word, word)


def _listed(offices: Collection[str]) -> str:
    return ", ".join(sorted(offices))
