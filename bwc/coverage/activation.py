"""The activation rule that a policy pack states, as coverage applies it.

Dispatch records know no first contact: it counts from arrival. Of a pack's exemptions only those
that are a type of call by name are applied; the others (a long break, an undercover assignment)
stand in no dispatch record, so the call stays expected until a person excuses it. Test and
call-back calls are no calls for service, under every pack and without one.
"""

from datetime import timedelta
from pathlib import Path
from typing import Final

from bwc.canonical import JsonObject
from bwc.coverage.expected import NO_SERVICE_TYPES, ActivationRule, Begin, plain_type
from bwc.errors import InvalidInput
from bwc.policy.packs import load_packs
from bwc.policy.schema import ActivationText

BEGINS: Final = {
    "dispatch": Begin.DISPATCH,
    "arrival": Begin.ARRIVAL,
    "first_contact": Begin.ARRIVAL,
}
NO_PACK: Final = ActivationRule(
    no_service=NO_SERVICE_TYPES,
    reference="from first arrival to last clearing: no pack in force has an activation rule",
)


def activation_rule(stated: JsonObject | None) -> ActivationRule:
    """When cameras must run, by what packs state (`Packs.activation`) or, without that, `NO_PACK`.

    The pre-event buffer belongs to the expected span.
    """
    if stated is None:
        return NO_PACK
    text = ActivationText.model_validate(stated["text"])
    buffer = f", {text.buffer_seconds} s before it included" if text.buffer_seconds else ""
    begins = "first contact, taken as arrival" if text.begin == "first_contact" else text.begin
    pack = f"activation rule of {stated['pack']} {stated['version']}"
    return ActivationRule(
        begins=BEGINS[text.begin],
        lead=timedelta(seconds=text.buffer_seconds),
        exempt_types=frozenset(plain_type(name) for name in text.exempt),
        no_service=NO_SERVICE_TYPES,
        reference=f"from {begins} to last clearing{buffer}: {pack}, {text.citation}",
    )


def load_activation_rule(pack: str, folder: Path) -> ActivationRule:
    """The rule of one pack (and what it is based on) in `folder`.

    Raises:
        InvalidInput: no pack among them says when cameras must run.
    """
    packs = load_packs([pack], folder)
    if packs.activation is None:
        names = ", ".join(one.id for one in packs.packs)
        raise InvalidInput(
            "no activation rule", where=names, expected="an `activation` section in the pack"
        )
    return activation_rule(packs.activation)
