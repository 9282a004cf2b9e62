"""The sound of a plan in hand: by hand, from a transcript, and never heard again without a reason."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from bwc.errors import BwcError, InvalidInput, NotFound
from bwc.redaction.captions import redacted_webvtt
from bwc.redaction.plan import Plan, SoundEffect
from bwc.redaction.sound_edits import (
    Stretch,
    accept,
    decline,
    mute,
    propose,
    read_on_own_clock,
    retime,
    unmute,
)
from bwc.redaction.transcript_files import parse_transcript
from bwc.timeline import Span
from tests.plans import make_plan

SAID = """WEBVTT

00:00:01.000 --> 00:00:01.400
call 555-867-0142

00:00:06.000 --> 00:00:06.400
my mail is jo@example.org
"""
PRIVACY = "personal-privacy"


def recording() -> Plan:
    """A plan of ten seconds."""
    plan = make_plan()
    return plan.model_copy(
        update={"original": plan.original.model_copy(update={"last_pts": 900_000})}
    )


def stretch(
    first: float, last: float, *, effect: SoundEffect = SoundEffect.MUTE, exemption: str = PRIVACY
) -> Stretch:
    return Stretch(first=first, last=last, effect=effect, exemption=exemption)


def shifted(plan: Plan, *, first_pts: int, begins: Fraction | None = None) -> Plan:
    """The same plan of a recording whose first picture is shown later."""
    named = (begins.numerator, begins.denominator) if begins is not None else None
    moved = {"first_pts": first_pts, "last_pts": 900_000 + first_pts, "begins": named}
    return plan.model_copy(update={"original": plan.original.model_copy(update=moved)})


def proposed() -> Plan:
    said = parse_transcript(SAID, where="said.vtt")
    return propose(recording(), said, effect=SoundEffect.TONE, exemption=PRIVACY, by="rita")


def test_a_stretch_is_taken_out_and_says_who_and_why() -> None:
    plan = mute(recording(), stretch(0.2, 0.5), by="rita")
    (cut,) = plan.sound
    assert (cut.span(), cut.author) == (Span(Fraction(1, 5), Fraction(1, 2)), "person:rita")
    assert plan.history[-1].what == "sound taken out, 0.20 to 0.50 s (mute)"


def test_seconds_count_from_the_first_picture_and_nothing_before_it_is_forgotten() -> None:
    late = shifted(recording(), first_pts=90_000, begins=Fraction(1, 2))
    inside = mute(late, stretch(0.2, 0.5), by="rita").sound[0].span()
    assert inside == Span(Fraction(6, 5), Fraction(3, 2))
    from_the_start = mute(late, stretch(0.0, 0.5), by="rita").sound[0].span()
    assert from_the_start == Span(Fraction(1, 2), Fraction(3, 2))


def test_a_stretch_grows_without_a_reason_and_shrinks_with_one_alone() -> None:
    plan = mute(recording(), stretch(0.2, 0.5), by="rita")
    grown = retime(plan, 1, stretch(0.1, 0.6, effect=SoundEffect.TONE), by="rita")
    assert (grown.sound[0].effect, len(grown.sound)) == (SoundEffect.TONE, 1)
    with pytest.raises(InvalidInput, match="without a reason"):
        retime(plan, 1, stretch(0.3, 0.5), by="rita")
    less = retime(plan, 1, stretch(0.3, 0.5), reason="only the number", by="rita")
    assert less.sound[0].span().start == Fraction(3, 10)
    assert "only the number" in less.history[-1].what


def test_what_is_heard_again_has_a_reason_in_the_history() -> None:
    plan = mute(recording(), stretch(0.2, 0.5), by="rita")
    heard = unmute(plan, 1, reason="He waived it", by="rita")
    assert heard.sound == ()
    assert heard.history[-1].what == "sound heard again, 0.20 to 0.50 s (mute): He waived it"


def test_a_transcript_puts_forward_what_it_gives_away_and_mutes_nothing_by_itself() -> None:
    plan = proposed()
    assert [cut.found for cut in plan.proposed] == ["phone", "email"]
    assert plan.sound == ()
    assert "555" not in plan.model_dump_json()


def test_what_is_put_forward_is_taken_out_or_heard_one_by_one() -> None:
    one = accept(proposed(), [1], by="rita")
    assert [cut.found for cut in one.sound] == ["phone"]
    assert [cut.found for cut in one.proposed] == ["email"]
    assert one.sound[0].author == "pattern:phone"
    none_left = decline(one, [1], by="rita")
    assert (none_left.proposed, len(none_left.sound)) == ((), 1)
    assert none_left.history[-1].by == "person:rita"
    assert len(accept(proposed(), [1, 2], by="rita").sound) == 2, "all at once"


def test_what_is_silent_already_is_not_put_forward_again() -> None:
    plan = mute(recording(), stretch(0.0, 7.2), by="rita")
    said = parse_transcript(SAID, where="said.vtt")
    again = propose(plan, said, effect=SoundEffect.MUTE, exemption=PRIVACY, by="rita")
    assert again.proposed == ()
    twice = propose(proposed(), said, effect=SoundEffect.MUTE, exemption=PRIVACY, by="rita")
    assert len(twice.proposed) == 2


def test_the_same_stretches_cut_the_captions() -> None:
    said = parse_transcript(SAID, where="said.vtt")
    late = shifted(proposed(), first_pts=0, begins=Fraction(0))
    plan = accept(late, [1], by="rita")
    cut = redacted_webvtt(read_on_own_clock(plan, said), plan.muted())
    assert "555" not in cut
    assert "jo@example.org" in cut


REFUSED: dict[str, tuple[type[BwcError], Callable[[], Plan]]] = {
    "too short": (InvalidInput, lambda: mute(recording(), stretch(0.2, 0.25), by="rita")),
    "it ends before it starts": (
        InvalidInput,
        lambda: mute(recording(), stretch(0.5, 0.2), by="rita"),
    ),
    "beyond the end": (InvalidInput, lambda: mute(recording(), stretch(11, 12), by="rita")),
    "no ground": (
        InvalidInput,
        lambda: mute(recording(), stretch(0.2, 0.5, exemption=" "), by="rita"),
    ),
    "no such stretch": (NotFound, lambda: unmute(recording(), 1, reason="why", by="rita")),
    "heard again, nobody says why": (
        InvalidInput,
        lambda: unmute(mute(recording(), stretch(0.2, 0.5), by="rita"), 1, reason=" ", by="rita"),
    ),
    "nothing put forward": (NotFound, lambda: accept(recording(), [1], by="rita")),
    "another number": (NotFound, lambda: decline(proposed(), [3], by="rita")),
    "none named": (NotFound, lambda: accept(proposed(), [], by="rita")),
    "the transcript of a longer recording": (
        InvalidInput,
        lambda: propose(
            recording(),
            parse_transcript(SAID.replace("00:00:06", "00:09:06"), where="x"),
            effect=SoundEffect.MUTE,
            exemption=PRIVACY,
            by="rita",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused(case: tuple[type[BwcError], Callable[[], Plan]]) -> None:
    error, deed = case
    with pytest.raises(error):
        deed()
