"""Changes of what a person drew, as forms and the JSON API send them: follow it, and its key boxes."""

from typing import Literal

from pydantic import Field

from api.desk.change_words import Change, Ground, Seconds, Share
from bwc.redaction.drawn import Box, is_followed, track_of
from bwc.redaction.key_boxes import Moment, begin_track, drop_key, erase, set_key
from bwc.redaction.plan import Plan


class _Drawn(Change):
    """A box at one moment: its four sides are shares of the picture as it is seen.

    The moment is `at`, in seconds since the first picture, or exactly `pts`.
    """

    left: Share
    top: Share
    right: Share
    bottom: Share
    at: Seconds | None = None
    pts: int | None = Field(None, description="Ticks of the picture stream, instead of `at`")

    @property
    def _box(self) -> Box:
        return Box(self.left, self.top, self.right, self.bottom)

    @property
    def _moment(self) -> Moment:
        return Moment(self.at if self.pts is None else None, self.pts)


class Follow(_Drawn):
    """Hide what is in a box at one moment, and have the tracker carry it both ways."""

    change: Literal["follow"]
    exemption: Ground

    def apply(self, plan: Plan, by: str) -> Plan:
        return begin_track(plan, self._box, self._moment, exemption=self.exemption, by=by)

    def to_carry(self, plan: Plan) -> int | None:
        return plan.tracks[-1].id


class SetKey(_Drawn):
    """Give a drawn track a key box, or move the one that it has at that moment."""

    change: Literal["key"]
    track: int

    def apply(self, plan: Plan, by: str) -> Plan:
        return set_key(plan, self.track, self._box, self._moment, by=by)

    def to_carry(self, plan: Plan) -> int | None:
        return _if_followed(plan, self.track)


class DropKey(Change):
    """Take a key box of a drawn track away."""

    change: Literal["drop_key"]
    track: int
    pts: int

    def apply(self, plan: Plan, by: str) -> Plan:
        return drop_key(plan, self.track, self.pts, by=by)

    def to_carry(self, plan: Plan) -> int | None:
        return _if_followed(plan, self.track)


class Erase(Change):
    """Take away a track that a person drew; what it hid is seen again, and the reason is kept."""

    change: Literal["erase"]
    track: int
    reason: str = Field(min_length=1)

    def apply(self, plan: Plan, by: str) -> Plan:
        return erase(plan, self.track, reason=self.reason, by=by)


def _if_followed(plan: Plan, track_id: int) -> int | None:
    """The track, where a tracker carried it or is to: it is carried again from all its key boxes."""
    return track_id if is_followed(track_of(plan, track_id)) else None
