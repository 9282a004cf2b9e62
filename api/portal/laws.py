"""Which law hides what: from an exemption code and a kind of cover to the rules of the decision. Pure.

A rule that orders redaction names what it hides in the words of the facts (`face`, `phone`). A code
that is such a word, or a rule's id, is that rule's; otherwise the kind of cover says which words may
be meant. A rule that names nothing means everything.
"""

from collections.abc import Iterable, Sequence

from api.portal.documents import HidingRule
from api.portal.hidden import PublicPlan

PEOPLE = frozenset(
    {"face", "uninvolved_person", "informant_identity", "undercover_identity", "victim_interview"}
)
SPEAKERS = PEOPLE - {"face"}
PERSONAL_DATA = frozenset(
    {
        "address",
        "dob",
        "ssn",
        "gov_id",
        "financial",
        "phone",
        "name",
        "dv_location",
        "phi",
        "medical",
    }
)
BODY = frozenset(
    {"nudity", "intimate_image", "sexual_assault_content", "medical", "body_of_deceased"}
    | {"gruesome_injury"}
)
MEANT = {
    "face": PEOPLE,
    "head": PEOPLE,
    "person": PEOPLE | BODY,
    "plate": frozenset({"plate"}),
    "text": PERSONAL_DATA | {"mdt_screen", "plate"},
    "nudity": BODY,
    "sound": PERSONAL_DATA | SPEAKERS | {"voice"},
}


def laws(hiding: Iterable[HidingRule], *, kind: str, code: str) -> list[HidingRule]:
    """The rules that order what is hidden under `code` as a `kind`; none where none names it."""
    rules = list(hiding)
    word = code.replace("-", "_")
    exact = [rule for rule in rules if rule.id == code or word in rule.elements]
    meant = MEANT.get(kind)  # what somebody drew by hand may be anything
    return exact or [
        rule for rule in rules if meant is None or not rule.elements or meant & set(rule.elements)
    ]


def laws_of(
    plan: PublicPlan, hiding: Sequence[HidingRule]
) -> dict[str, dict[str, list[HidingRule]]]:
    """The rules by code and kind, for everything that a plan hides."""
    found: dict[str, dict[str, list[HidingRule]]] = {}
    pairs = {(track.exemption, track.kind) for track in plan.tracks}
    for code, kind in sorted(pairs | {(cut.exemption, "sound") for cut in plan.sound}):
        found.setdefault(code, {})[kind] = laws(hiding, kind=kind, code=code)
    return found
