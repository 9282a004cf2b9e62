"""Whether a camera must run, may be off or must be off, by the pack's own rules."""

from dataclasses import dataclass
from typing import Final

from bwc.canonical import JsonObject
from bwc.policy.conditions import Node, first_unknown
from bwc.policy.facts import Facts, role_for
from bwc.policy.kleene import Truth
from bwc.policy.moments import Moment, day_of
from bwc.policy.resolve import standing
from bwc.policy.rules import Packs, Rule
from bwc.policy.schema import CameraDuty
from bwc.policy.scope import Scope

SCHEMA: Final = "bwc.camera/1"


@dataclass(frozen=True, slots=True)
class CameraDecision:
    """The duty, the rules it comes from, and what would have to be known."""

    duty: CameraDuty | None
    fired: tuple[Rule, ...]
    open: tuple[Node, ...]
    tested: tuple[tuple[Rule, Node], ...]

    def document(self) -> JsonObject:
        """The answer as JSON."""
        return {
            "schema": SCHEMA,
            "camera": None if self.duty is None else self.duty.value,
            "fired": [
                {"rule": rule.id, "title": rule.title, "citation": rule.citation}
                for rule in self.fired
            ],
            "needs": [
                {"fact": name, "role": role_for(name), "due": None}
                for name in first_unknown(self.open)
            ],
            "draft": [rule.id for rule in self.fired if rule.status == "draft"],
            "trace": [
                {"rule": rule.id, "result": node.result.value, "why": node.document()}
                for rule, node in self.tested
            ],
        }


def camera_duty(packs: Packs, facts: Facts, *, on: Moment) -> CameraDecision:
    """Whether the camera must run in this case.

    MUST_RUN stands where nothing is known to excuse; an excuse that is not known does not excuse.
    Activation law is applied as of the recording (conflict rule 10).
    """
    case = Scope.of_case(facts.record, on, packs.packs[-1].terms)
    tested = [
        (rule, rule.when.test(case.under(rule.terms)))
        for rule in packs.rules
        if rule.then.camera is not None and rule.in_force_on(day_of(on, rule.terms.zone))
    ]
    sure = [rule for rule, node in tested if node.result is Truth.TRUE]
    left, _ = standing(sure)
    duties = {rule.then.camera for rule in left}
    order = (CameraDuty.MUST_OFF, CameraDuty.MAY_OFF, CameraDuty.MUST_RUN)
    duty = next((duty for duty in order if duty in duties), None)
    unsure = tuple(node for _, node in tested if node.result is Truth.UNKNOWN)
    return CameraDecision(duty, tuple(left), unsure, tuple(tested))
