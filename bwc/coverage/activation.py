"""The activation rule that a policy pack states, as coverage applies it.

Dispatch records know no first contact: it counts from arrival. Of a pack's exemptions only those
that are a type of call by name are applied; the others (a long break, an undercover assignment)
stand in no dispatch record, so the call stays expected until a person excuses it. Test and
call-back calls are no calls for service, under every pack.
"""

from datetime import timedelta
from pathlib import Path
from typing import Final

from bwc.coverage.expected import NO_SERVICE_TYPES, ActivationRule, Begin, plain_type
from bwc.errors import InvalidInput
from bwc.policy.packs import Packs, load_packs

BEGINS: Final = {
    "dispatch": Begin.DISPATCH,
    "arrival": Begin.ARRIVAL,
    "first_contact": Begin.ARRIVAL,
}


def activation_rule(packs: Packs) -> ActivationRule:
    """When cameras must run by these packs; the pre-event buffer belongs to the expected span.

    Raises:
        InvalidInput: no pack among them says when cameras must run.
    """
    text = packs.activation
    if text is None:
        names = ", ".join(pack.id for pack in packs.packs)
        raise InvalidInput(
            "no activation rule", where=names, expected="an `activation` section in the pack"
        )
    buffer = f", {text.buffer_seconds} s before it included" if text.buffer_seconds else ""
    begins = "first contact, taken as arrival" if text.begin == "first_contact" else text.begin
    return ActivationRule(
        begins=BEGINS[text.begin],
        lead=timedelta(seconds=text.buffer_seconds),
        exempt_types=frozenset(plain_type(name) for name in text.exempt),
        no_service=NO_SERVICE_TYPES,
        reference=f"from {begins} to last clearing{buffer}: {text.citation}",
    )


def load_activation_rule(pack: str, folder: Path) -> ActivationRule:
    """The rule of one pack (and what it is based on) in `folder`."""
    return activation_rule(load_packs([pack], folder))
