"""Changes of the sound of a plan, as forms and the JSON API send them.

Seconds count from the first picture. A stretch is named by its number in the version looked at.
"""

from typing import Literal

from pydantic import Field

from api.desk.change_words import Change, Ground, Seconds
from bwc.redaction.plan import Plan, SoundEffect
from bwc.redaction.sound_edits import Stretch, accept, decline, mute, retime, unmute


class _Stretch(Change):
    """From when to when, what is heard instead, and the ground."""

    first: Seconds
    last: Seconds
    effect: SoundEffect = SoundEffect.MUTE
    exemption: Ground

    @property
    def _stretch(self) -> Stretch:
        return Stretch(
            first=self.first, last=self.last, effect=self.effect, exemption=self.exemption
        )


class Mute(_Stretch):
    """Take a stretch of the sound out."""

    change: Literal["mute"]

    def apply(self, plan: Plan, by: str) -> Plan:
        return mute(plan, self._stretch, by=by)


class Retime(_Stretch):
    """Let a stretch begin and end elsewhere; where something is heard again, `reason` says why."""

    change: Literal["retime"]
    span: int
    reason: str | None = None

    def apply(self, plan: Plan, by: str) -> Plan:
        return retime(plan, self.span, self._stretch, reason=self.reason, by=by)


class Unmute(Change):
    """Let a stretch be heard again, for a reason that is kept."""

    change: Literal["unmute"]
    span: int
    reason: str = Field(min_length=1)

    def apply(self, plan: Plan, by: str) -> Plan:
        return unmute(plan, self.span, reason=self.reason, by=by)


class Accept(Change):
    """Take out what a transcript put forward."""

    change: Literal["accept"]
    spans: list[int] = Field(min_length=1)

    def apply(self, plan: Plan, by: str) -> Plan:
        return accept(plan, self.spans, by=by)


class Decline(Change):
    """Let be heard what a transcript put forward."""

    change: Literal["decline"]
    spans: list[int] = Field(min_length=1)

    def apply(self, plan: Plan, by: str) -> Plan:
        return decline(plan, self.spans, by=by)
