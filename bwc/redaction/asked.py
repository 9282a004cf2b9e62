"""What is asked for when a redaction is ordered, as a job carries it from the desk to the worker."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from bwc.errors import InvalidInput
from bwc.media.audio import first_moment
from bwc.redaction.parts import RenderMode
from bwc.redaction.plan import Effect, Kind, MutedSpan, Plan, Shape, SoundEffect
from bwc.redaction.planning import DEFAULT_EXEMPTION, DEFAULT_HIDE, Wish
from bwc.redaction.sound_order import SoundOrder, later, named_span, with_sound
from bwc.redaction.transcript import Transcript

# Who asks for the whole does not mean to show its part: a head that shows its face is a head, and a
# person whose body no finder sees still has a face.
PARTS = {Kind.HEAD: {Kind.FACE}, Kind.PERSON: {Kind.FACE, Kind.HEAD}}


class Asked(BaseModel):
    """What shall be hidden, how, what shall not be heard, and whether all is coded anew.

    `sound` counts from the recording's first moment. Of a transcript only the spans are kept that
    it gave away, never a word.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    hide: tuple[Kind, ...] = Field(DEFAULT_HIDE, min_length=1)
    effect: Effect = Effect.SOLID
    shape: Shape = Shape.BOX
    sound: tuple[MutedSpan, ...] = ()
    transcript_by: str | None = None
    render: RenderMode = RenderMode.SMART

    @property
    def wish(self) -> Wish:
        """What the analysis hides."""
        return Wish(hide=self.hide, effect=self.effect, shape=self.shape)

    def extend(self, plan: Plan, original: Path) -> Plan:
        """`plan`, made of the recording at `original`, with the sound taken out that was asked for.

        Raises:
            InvalidInput: what was named lies beyond the recording's end.
        """
        if not self.sound and self.transcript_by is None:
            return plan
        cuts = later(self.sound, first_moment(original))
        return with_sound(plan, cuts, read_for=self.transcript_by)


def ask(
    *,
    hide: Sequence[Kind] = DEFAULT_HIDE,
    effect: Effect = Effect.SOLID,
    shape: Shape = Shape.BOX,
    mute: Sequence[str] = (),
    transcript: Transcript | None = None,
    sound: SoundEffect = SoundEffect.MUTE,
    by: str,
    seconds: Fraction | None = None,
) -> Asked:
    """What the person `by` (a username) asks for.

    Args:
        hide: the kinds to hide; heads bring faces with them, persons both.
        effect: how they are hidden.
        shape: as boxes or ellipses.
        mute: stretches such as `12.5-14`, from the recording's first moment.
        transcript: what was said; patterns find in it what identifies a person.
        sound: what is heard instead.
        by: the username of who asks.
        seconds: how long the recording is, where that is known.

    Raises:
        InvalidInput: nothing is hidden, a region is to be guessed, a stretch cannot be read or
            lies beyond the end.
    """
    if not hide or Kind.REGION in hide:
        raise InvalidInput(
            "nothing is asked for that can be hidden",
            expected=f"one or more of {', '.join(kind for kind in Kind if kind is not Kind.REGION)}",
            got=", ".join(hide) or "nothing",
            advice="A region is drawn in a plan, it cannot be guessed",
        )
    person = f"person:{by}"
    order = SoundOrder(
        named=tuple(named_span(text) for text in mute),
        transcript=transcript,
        effect=sound,
        exemption=DEFAULT_EXEMPTION,
        by=person,
    )
    if seconds is not None:
        order.require_inside(seconds)
    return Asked(
        hide=_with_parts(hide),
        effect=effect,
        shape=shape,
        sound=tuple(order.cuts()),
        transcript_by=person if transcript is not None else None,
    )


def _with_parts(hide: Sequence[Kind]) -> tuple[Kind, ...]:
    """`hide` and what belongs to it, each once, in the order of the kinds."""
    wanted = set(hide).union(*(PARTS.get(kind, ()) for kind in hide))
    return tuple(kind for kind in Kind if kind in wanted)
