"""The changes that a reviewer makes to a plan, as forms and the JSON API send them."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError
from starlette.datastructures import FormData

from api.desk.change_words import Change, Ground, Seconds, Share
from api.desk.key_changes import DropKey, Erase, Follow, SetKey
from api.desk.sound_changes import Accept, Decline, Mute, Retime, Unmute
from api.desk.visit import CSRF_FIELD
from bwc.access.roles import Actor, Right, require
from bwc.errors import InvalidInput
from bwc.redaction.by_hand import hide, merge_persons, split_person, unhide
from bwc.redaction.drawn import Box, Drawing, draw, exempt, extend
from bwc.redaction.plan import Plan


class Merge(Change):
    """Two numbers are one person."""

    change: Literal["merge"]
    person: int
    merged: int

    def apply(self, plan: Plan, by: str) -> Plan:
        return merge_persons(plan, self.person, self.merged, by=by)


class Split(Change):
    """Some tracks of a person are another one's."""

    change: Literal["split"]
    person: int
    tracks: list[int] = Field(min_length=1)

    def apply(self, plan: Plan, by: str) -> Plan:
        return split_person(plan, self.person, self.tracks, by=by)


class Show(Change):
    """Leave a person visible, for a reason that is kept."""

    change: Literal["show"]
    person: int
    reason: str = Field(min_length=1)

    def apply(self, plan: Plan, by: str) -> Plan:
        return unhide(plan, self.person, reason=self.reason, by=by)


class Hide(Change):
    """Hide a person again."""

    change: Literal["hide"]
    person: int

    def apply(self, plan: Plan, by: str) -> Plan:
        return hide(plan, self.person, by=by)


class Draw(Change):
    """Hide a region; the four sides are shares of the picture as it is seen."""

    change: Literal["draw"]
    left: Share
    top: Share
    right: Share
    bottom: Share
    first: Seconds
    last: Seconds
    exemption: Ground

    def apply(self, plan: Plan, by: str) -> Plan:
        drawing = Drawing(
            box=Box(self.left, self.top, self.right, self.bottom),
            first=self.first,
            last=self.last,
            exemption=self.exemption,
        )
        return draw(plan, drawing, by=by)


class Extend(Change):
    """Let a track begin earlier and end later."""

    change: Literal["extend"]
    track: int
    before: Seconds = 0.0
    after: Seconds = 0.0

    def apply(self, plan: Plan, by: str) -> Plan:
        return extend(plan, self.track, before=self.before, after=self.after, by=by)


class Exempt(Change):
    """Name the ground on which tracks are hidden."""

    change: Literal["exempt"]
    tracks: list[int] = Field(min_length=1)
    exemption: Ground

    def apply(self, plan: Plan, by: str) -> Plan:
        return exempt(plan, self.tracks, self.exemption, by=by)


PlanChange: TypeAlias = Annotated[
    Merge
    | Split
    | Show
    | Hide
    | Draw
    | Extend
    | Exempt
    | Follow
    | SetKey
    | DropKey
    | Erase
    | Mute
    | Retime
    | Unmute
    | Accept
    | Decline,
    Field(discriminator="change"),
]
CHANGE: TypeAdapter[PlanChange] = TypeAdapter(PlanChange)
LISTS = frozenset({"tracks", "spans"})
WHO_IS_SEEN = (Show, Hide, Erase, Unmute, Retime, Decline)


def read_change(form: FormData) -> PlanChange:
    """The change that a form asks for; fields left empty are not given. Raises InvalidInput."""
    given = {
        name: form.getlist(name) if name in LISTS else form[name]
        for name in form
        if name != CSRF_FIELD and form[name] != ""
    }
    try:
        return CHANGE.validate_python(given)
    except ValidationError as exc:
        first = exc.errors()[0]
        field = str(first["loc"][-1]) if first["loc"] else "change"
        raise InvalidInput("the change cannot be made", where=field, got=first["msg"]) from exc


def require_right(actor: Actor, change: PlanChange) -> None:
    """Who is seen and heard is a right of its own. Raises NotPermitted."""
    if isinstance(change, WHO_IS_SEEN):
        require(actor, Right.UNHIDE_PERSON)
