"""What is asked for when a redaction is ordered."""

from fractions import Fraction

import pytest

from bwc.errors import InvalidInput
from bwc.redaction.asked import Asked, ask
from bwc.redaction.plan import Kind
from bwc.redaction.transcript_files import parse_transcript
from bwc.timeline import Span

LATE = "WEBVTT\n\n00:05:00.000 --> 00:05:02.000\nhello there\n"


def test_nothing_asked_for_is_faces_and_heads_and_an_empty_order() -> None:
    assert ask(by="rita").model_dump(mode="json", exclude_defaults=True) == {}
    assert Asked().wish.hide == (Kind.FACE, Kind.HEAD)


def test_an_order_survives_the_way_through_a_job() -> None:
    asked = ask(hide=(Kind.PERSON, Kind.PLATE), mute=["12.5-14", "1:02-1:04"], by="rita")
    again = Asked.model_validate(asked.model_dump(mode="json", exclude_defaults=True))
    assert again == asked
    assert [cut.span() for cut in again.sound] == [
        Span(Fraction(25, 2), Fraction(14)),
        Span(Fraction(62), Fraction(64)),
    ]


@pytest.mark.parametrize(
    ("hide", "hidden"),
    [
        ((Kind.HEAD,), (Kind.FACE, Kind.HEAD)),
        ((Kind.PLATE, Kind.PERSON), (Kind.FACE, Kind.HEAD, Kind.PERSON, Kind.PLATE)),
        ((Kind.FACE,), (Kind.FACE,)),
        ((Kind.TEXT, Kind.FRAME), (Kind.TEXT, Kind.FRAME)),
    ],
)
def test_who_hides_the_whole_hides_its_parts(
    hide: tuple[Kind, ...], hidden: tuple[Kind, ...]
) -> None:
    """Heads alone left 32 of 38 faces to be seen, and a person without a body his face."""
    assert ask(hide=hide, by="rita").hide == hidden


@pytest.mark.parametrize("hide", [(), (Kind.REGION,), (Kind.FACE, Kind.REGION)])
def test_nothing_and_a_region_cannot_be_asked_for(hide: tuple[Kind, ...]) -> None:
    with pytest.raises(InvalidInput, match="can be hidden"):
        ask(hide=hide, by="rita")


def test_a_transcript_in_which_nothing_is_found_is_still_told_of() -> None:
    asked = ask(transcript=parse_transcript(LATE, where="said.vtt"), by="rita")
    assert (asked.sound, asked.transcript_by) == ((), "person:rita")
    with pytest.raises(InvalidInput, match="goes on after"):
        ask(transcript=parse_transcript(LATE, where="said.vtt"), by="rita", seconds=Fraction(60))


def test_a_stretch_beyond_the_end_is_refused_where_the_end_is_known() -> None:
    with pytest.raises(InvalidInput, match="beyond the recording's end"):
        ask(mute=["70-80"], by="rita", seconds=Fraction(60))
