"""Those who speak for one person and disagree (conflict rule 6).

Next of kin may differ among themselves, or from what is recorded as the consent of somebody dead or
not of age; who lives and is of age speaks for himself. Whether a disagreement matters is tried: the case as if all consented, and as if all refused. Where both come to the same, nobody's
word decides here; where a pack has its own rule for a disagreement (a court decides), its answer is
neither of the two; else the disagreement itself would be decided by the accident of how a condition
is written, and a human is asked.
"""

from collections.abc import Mapping
from dataclasses import replace

from bwc.policy.kinds import Many, Record, Unknown, Value, WordSet

_YES, _NO = "consents", "refuses"
_SPOKEN: Mapping[str, str] = {"granted": _YES, "refused": _NO}
_CONSENT: Mapping[str, str] = {_YES: "granted", _NO: "refused"}


def disagree(case: Record) -> bool:
    """Whether some who speak for one person consent and others refuse."""
    return any({_YES, _NO} <= _said(person) for person in _persons(case))


def as_one(case: Record) -> tuple[Record, Record]:
    """The case as if all who speak for such a person consented, and as if all refused."""
    return _as_if(case, _YES), _as_if(case, _NO)


def _as_if(case: Record, decision: str) -> Record:
    persons = tuple(
        _agreed(person, decision)
        if isinstance(person, Record) and {_YES, _NO} <= _said(person)
        else person
        for person in _persons(case)
    )
    return replace(case, values={**case.values, "persons": Many(persons)})


def _agreed(person: Record, decision: str) -> Record:
    """The person for whom everybody who said anything says `decision`."""
    values: dict[str, Value] = dict(person.values)
    kin = values.get("nok")
    if isinstance(kin, Many):
        values["nok"] = Many(
            tuple(
                replace(one, values={**one.values, "decision": decision})
                if isinstance(one, Record) and one.values.get("decision") in (_YES, _NO)
                else one
                for one in kin.records
            )
        )
    consent = values.get("consent")
    if (
        _is_spoken_for(person)
        and isinstance(consent, Record)
        and consent.values.get("public_release") in _SPOKEN
    ):
        values["consent"] = Record({"public_release": _CONSENT[decision]})
    return replace(person, values=values)


def _said(person: Record | Unknown) -> set[str]:
    """What is said for the person."""
    if isinstance(person, Unknown):
        return set()
    kin = person.values.get("nok")
    records = kin.records if isinstance(kin, Many) else ()
    spoken = [one.values.get("decision") for one in records if isinstance(one, Record)]
    consent = person.values.get("consent")
    if _is_spoken_for(person) and isinstance(consent, Record):
        spoken.append(_SPOKEN.get(str(consent.values.get("public_release"))))
    return {word for word in spoken if isinstance(word, str)}


def _is_spoken_for(person: Record) -> bool:
    """Whether others must say what this person consents to."""
    roles = person.values.get("role")
    is_named = isinstance(roles, WordSet) and bool(roles.words & {"decedent", "minor"})
    return is_named or person.values.get("deceased") is True


def _persons(case: Record) -> tuple[Record | Unknown, ...]:
    persons = case.values.get("persons")
    return persons.records if isinstance(persons, Many) else ()
