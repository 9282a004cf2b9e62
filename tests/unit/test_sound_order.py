"""From words and stretches of time to muted spans of a plan."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwc.errors import InvalidInput
from bwc.redaction.keys import Key
from bwc.redaction.plan import MutedSpan, Plan, SoundEffect, Speech
from bwc.redaction.sound_order import (
    MARGIN_SECONDS,
    SoundOrder,
    found_in_silence,
    later,
    merged,
    named_span,
    with_sound,
)
from bwc.redaction.transcript import SpokenCue, Transcript, Word, assemble
from bwc.timeline import Span, merge, total_media_seconds
from tests.unit.test_plan import plan_with

TESS = "person:tess"


def long_plan() -> Plan:
    """A plan for a minute."""
    plan = plan_with(Key(0, 0, 0, 10, 10))
    original = plan.original.model_copy(update={"last_pts": 60 * 90_000})
    return plan.model_copy(update={"original": original})


def said(*words: tuple[str, float, float]) -> Transcript:
    """A cue of timed words."""
    line = tuple(Word(text, Fraction(start), Fraction(end)) for text, start, end in words)
    return assemble([SpokenCue(line[0].start, line[-1].end, (line,))])


def order(transcript: Transcript | None = None, *named: Span[Fraction]) -> SoundOrder:
    return SoundOrder(named=named, transcript=transcript, exemption="privacy", by=TESS)


def extended(wanted: SoundOrder, plan: Plan | None = None) -> Plan:
    """`plan`, by default one for a minute, with what is wanted."""
    read_for = wanted.by if wanted.transcript else None
    return with_sound(plan or long_plan(), wanted.cuts(), read_for=read_for)


NUMBER = said(
    ("call", 9.0, 9.5),
    ("five", 10.0, 10.25),
    ("five", 10.25, 10.5),
    ("five", 10.5, 10.75),
    ("oh", 11.0, 11.25),
    ("one", 11.25, 11.5),
    ("four", 11.5, 11.75),
    ("two", 11.75, 12.0),
    ("please", 12.5, 13.0),
)


def test_what_a_pattern_finds_is_muted_with_a_margin_and_says_what_it_was() -> None:
    plan = extended(order(NUMBER))
    (cut,) = plan.sound
    assert cut.span() == Span(10 - MARGIN_SECONDS, 12 + MARGIN_SECONDS)
    assert (cut.found, cut.author, cut.exemption) == ("phone", "pattern:phone", "privacy")
    assert plan.history[-1].by == TESS
    assert plan.history[-1].what == "1 stretch of sound taken out, found in the transcript: phone"
    assert "five" not in str(plan.document())


def test_of_a_cue_without_times_of_words_everything_is_muted() -> None:
    texts = ("it", "is", "555", "0142", "yes")
    words = tuple(Word(text, Fraction(20), Fraction(27)) for text in texts)
    plan = extended(order(assemble([SpokenCue(Fraction(20), Fraction(27), (words,))])))
    assert plan.muted() == [Span(20 - MARGIN_SECONDS, 27 + MARGIN_SECONDS)]


def test_a_number_across_cues_is_found() -> None:
    halves = [
        SpokenCue(Fraction(at), Fraction(at + 1), ((Word(text, Fraction(at), Fraction(at + 1)),),))
        for at, text in ((3, "555"), (4, "0142"))
    ]
    assert merge(extended(order(assemble(halves))).muted()) == [
        Span(3 - MARGIN_SECONDS, 5 + MARGIN_SECONDS)
    ]


def test_a_named_stretch_is_muted_as_it_is_named() -> None:
    tone = SoundOrder(
        named=(named_span("12.5-14"),), effect=SoundEffect.TONE, exemption="privacy", by=TESS
    )
    plan = extended(tone)
    (cut,) = plan.sound
    assert (cut.start, cut.end, cut.effect) == ((25, 2), (14, 1), SoundEffect.TONE)
    assert (cut.author, cut.found) == (TESS, None)
    assert plan.toned() == plan.muted()


def test_a_plan_is_extended_and_keeps_what_it_has() -> None:
    first = extended(order(None, Span(Fraction(1), Fraction(2))))
    second = extended(order(NUMBER, Span(Fraction(3, 2), Fraction(3))), first)
    assert second.muted()[0] == Span(Fraction(1), Fraction(3))
    assert len(second.sound) == 2
    assert len(second.history) == len(long_plan().history) + 3
    assert second.sha256 != first.sha256


def test_silence_wins_where_it_meets_a_tone() -> None:
    cuts = [
        MutedSpan(start=(1, 1), end=(4, 1), effect=SoundEffect.TONE, exemption="a", author=TESS),
        MutedSpan(start=(2, 1), end=(3, 1), exemption="a", author=TESS),
    ]
    plan = long_plan().model_copy(update={"sound": tuple(cuts)})
    assert plan.toned() == [Span(Fraction(1), Fraction(2)), Span(Fraction(3), Fraction(4))]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("12.5-14.0", Fraction(25, 2), Fraction(14)),
        ("0.1-0.3", Fraction(1, 10), Fraction(3, 10)),
        ("1:02:03.25 - 1:02:04", Fraction(372325, 100), Fraction(3724)),
        ("2:05-2:06", Fraction(125), Fraction(126)),
    ],
)
def test_a_stretch_is_named_in_exact_seconds(text: str, start: Fraction, end: Fraction) -> None:
    assert named_span(text) == Span(start, end)


@pytest.mark.parametrize("text", ["", "5", "5-", "14-12.5", "a-b", "1-1.05", "-1-2", "1e3-2e3"])
def test_what_names_no_stretch_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        named_span(text)


def test_what_lies_beyond_the_recording_is_refused() -> None:
    named = order(None, Span(Fraction(61), Fraction(62)))
    for refused in (named.require_inside, lambda end: end and extended(named)):
        with pytest.raises(InvalidInput, match="beyond the recording"):
            refused(Fraction(60))
    with pytest.raises(InvalidInput, match="goes on after"):
        order(said(("hi", 200.0, 201.0))).require_inside(Fraction(60))


def test_on_a_later_clock_nothing_begins_before_the_recording() -> None:
    early = MutedSpan(start=(-1, 4), end=(1, 2), exemption="a", author=TESS)
    (cut,) = later([early], Fraction(10))
    assert cut.span() == Span(Fraction(10), Fraction(21, 2))


def test_what_is_found_where_nobody_speaks_is_told() -> None:
    plan = extended(order(NUMBER))
    assert found_in_silence(plan) == []
    for spans, silent in (((((9, 1), (10, 1)),), 0), ((((1, 1), (9, 1)),), 1)):
        heard = Speech(detector="told", spans=spans)
        assert len(found_in_silence(plan.model_copy(update={"speech": heard}))) == silent
    deaf = Speech(detector="told", not_judged="it cannot be loaded")
    assert found_in_silence(plan.model_copy(update={"speech": deaf})) == []


CUTS = st.builds(
    lambda start, length, found: MutedSpan(
        start=(start, 4),
        end=(start + length, 4),
        found=found,
        exemption="a",
        author=f"pattern:{found}" if found else TESS,
    ),
    st.integers(0, 40),
    st.integers(1, 8),
    st.sampled_from([None, "phone", "ssn"]),
)


@given(st.lists(CUTS, max_size=8))
def test_merging_neither_loses_nor_adds_a_moment(cuts: list[MutedSpan]) -> None:
    joined = merged(cuts)
    assert merge(cut.span() for cut in joined) == merge(cut.span() for cut in cuts)
    names = {name for cut in joined for name in (cut.found or "none").split("+")}
    assert names == {cut.found or "none" for cut in cuts}
    for pattern in (True, False):
        own = [cut.span() for cut in joined if (cut.found is not None) is pattern]
        assert total_media_seconds(own) == sum((s.end - s.start for s in own), Fraction(0))
