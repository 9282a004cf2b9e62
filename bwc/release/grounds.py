"""The grounds on which something may be hidden: what the rules say, and the house's own code.

A ground is the id of a rule that orders redaction, out of the packs by which the recording's case was
decided for the public. Where nothing is decided yet, there is the house's own code alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bwc.canonical import Json
from bwc.catalog.release import Decision
from bwc.errors import InvalidInput
from bwc.policy.rules import Packs
from bwc.policy.schema import Duty
from bwc.release.rows import PUBLIC, incident_of, standing_decision

NAMED = 12  # codes that an error lists


@dataclass(frozen=True, slots=True)
class Grounds:
    """Codes with their words: `here` are asked for in this case, `others` stand in its packs."""

    here: Mapping[str, str]
    others: Mapping[str, str]

    @property
    def codes(self) -> list[str]:
        """Every code that may be named."""
        return [*self.here, *self.others]

    def require(self, code: str) -> None:
        """Refuse a code that no rule of the case's packs bears. Raises InvalidInput."""
        if code.strip() in self.codes:
            return
        more = len(self.codes) - NAMED
        raise InvalidInput(
            "nothing is hidden on a ground that the rules of this case do not know",
            where="exemption",
            expected=", ".join(self.codes[:NAMED]) + (f" and {more} more" if more > 0 else ""),
            got=code.strip() or "nothing",
            advice="Name one of these codes",
        )


def grounds_of(session: Session, recording_id: str, *, packs: Packs, own: str) -> Grounds:
    """The grounds for what is hidden in a recording.

    Args:
        session: reading.
        recording_id: whose newest tag says which case it belongs to.
        packs: those in force.
        own: the house's own code, which needs no rule.
    """
    here = {own: own.replace("-", " ")}
    incident_id = incident_of(session, recording_id)
    decision = standing_decision(session, incident_id, audience=PUBLIC) if incident_id else None
    if decision is None:
        return Grounds(here, {})
    others = _of_packs(decision, packs)
    demanded = _objects(decision.document.get("obligations"))
    hiding = {str(one.get("rule")) for one in demanded if one.get("kind") == Duty.REDACT.value}
    fired = {str(rule.get("rule")): rule for rule in _objects(decision.document.get("fired"))}
    for code in sorted(hiding):
        rule = fired.get(code, {})
        words = _words(str(rule.get("title") or code), str(rule.get("citation") or ""))
        here[code] = others.pop(code, words)
    return Grounds(here, others)


def _of_packs(decision: Decision, packs: Packs) -> dict[str, str]:
    """The rules that order redaction in the packs that the decision names, as they are in force."""
    named = {str(pack.get("id")) for pack in _objects(decision.document.get("packs"))}
    return {
        rule.id: _words(rule.title, rule.citation)
        for rule in packs.rules
        if rule.pack in named and any(duty.kind is Duty.REDACT for duty in rule.then.obligations)
    }


def _words(title: str, citation: str) -> str:
    return f"{title} ({citation or 'no citation'})"


def _objects(value: Json | None) -> list[dict[str, Json]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
