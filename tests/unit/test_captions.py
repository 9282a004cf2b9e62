"""Captions and transcript: whatever may be heard in a muted span is not written either."""

import json
from fractions import Fraction
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwc.errors import InvalidInput
from bwc.media.captions import MARK, require_bare, unmarked
from bwc.redaction.captions import redacted_json, redacted_webvtt
from bwc.redaction.transcript import SpokenCue, Transcript, Word, assemble
from bwc.redaction.transcript_files import read_transcript
from bwc.timeline import Span, intersect, merge
from tests.strategies import span_lists


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    """Cues of words that are all different, some timed by themselves and some by their cue."""
    cues, count = [], 0
    for _ in range(draw(st.integers(0, 5))):
        start = Fraction(draw(st.integers(0, 45)), 4)
        end = start + Fraction(draw(st.integers(1, 16)), 4)
        lines = []
        for length in draw(st.lists(st.integers(1, 4), max_size=3)):
            line = []
            for _ in range(length):
                first = Fraction(draw(st.integers(int(start * 4), int(end * 4))), 4)
                last = Fraction(draw(st.integers(int(first * 4), int(end * 4))), 4)
                count += 1
                times = (first, last) if draw(st.booleans()) else (start, end)
                line.append(Word(f"word{count}x", *times))
            lines.append(tuple(line))
        cues.append(SpokenCue(start, end, tuple(lines)))
    return assemble(cues)


@given(transcripts(), span_lists)
def test_a_word_of_which_any_part_is_muted_is_gone_and_every_other_is_there(
    transcript: Transcript, spans: list[Span[Fraction]]
) -> None:
    captions = redacted_webvtt(transcript, spans)
    rows = json.loads(redacted_json(transcript, spans))
    assert unmarked(captions, spans) == []
    for word, row in zip(transcript.words, rows, strict=True):
        touched = any(
            max(word.start, span.start) < min(word.end, span.end)
            or (word.start == word.end and span.start <= word.start <= span.end)
            for span in spans
        )
        assert (word.text in captions) is not touched
        assert row["text"] == (MARK if touched else word.text)


SAID = """WEBVTT

NOTE the witness is Ann Lee

STYLE
::cue(.lee) { color: red }

ann-lee
00:01.000 --> 00:02.000 position:10%
<v Ann Lee>a &lt; b <00:01.500>five five five

00:03.000 --> 00:04.000
five five five
and more
"""


def test_nothing_but_words_and_times_is_written(tmp_path: Path) -> None:
    path = tmp_path / "said.vtt"
    path.write_text(SAID)
    captions = redacted_webvtt(read_transcript(path), [Span(Fraction(8, 5), Fraction(9, 5))])
    assert captions == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\na &lt; b [muted]\n\n"
        "00:00:03.000 --> 00:00:04.000\nfive five five\nand more\n"
    )


def test_a_line_that_rolls_up_is_gone_wherever_it_is_shown(tmp_path: Path) -> None:
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nmy name\n\n00:02.000 --> 00:03.000\nmy name\nis Ann\n"
    )
    path = tmp_path / "said.vtt"
    path.write_text(text)
    captions = redacted_webvtt(read_transcript(path), [Span(Fraction(1), Fraction(3, 2))])
    assert "my name" not in captions
    assert captions.count(MARK) == 2
    assert "is Ann" in captions


def test_captions_without_the_mark_where_something_is_muted_are_told() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nhello\n\n00:03.000 --> 00:05.000\n[muted] and so\n"
    assert unmarked(text, [Span(Fraction(1, 2), Fraction(1))]) == []
    assert unmarked(text, [Span(Fraction(1, 2), Fraction(7, 2))]) == [Fraction(1)]
    assert unmarked(text, [Span(Fraction(3), Fraction(4))]) == []
    with pytest.raises(InvalidInput, match="line 1"):
        unmarked("soon --> later\nhello\n", [])


@pytest.mark.parametrize(
    ("said", "is_right"),
    [
        ("[muted]", True),
        ("<i>[muted]</i>\n[muted]", True),
        ("[muted] five five five", False),
        ("five [muted]", False),
        ("five five five", False),
    ],
)
def test_a_cue_in_a_muted_span_says_the_mark_alone(said: str, *, is_right: bool) -> None:
    text = f"WEBVTT\n\n00:01.000 --> 00:02.000\n{said}\n"
    found = [] if is_right else [Fraction(1)]
    assert unmarked(text, [Span(Fraction(1), Fraction(2))]) == found


def test_a_cue_that_lasts_longer_than_what_is_muted_says_more() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\nmy number is [muted]\n"
    assert unmarked(text, [Span(Fraction(2), Fraction(3))]) == []


BARE = """\
WEBVTT

1
00:01.000 --> 00:02.000 position:10% align:start
<v Officer>Step <i>out</i> &amp; <c.yellow>wait</c>, <00:01.500>please

2
00:03.000 --> 00:04.000
more
and more
"""


@given(transcripts(), span_lists)
def test_what_the_review_gives_back_is_bare(
    transcript: Transcript, spans: list[Span[Fraction]]
) -> None:
    captions = redacted_webvtt(transcript, spans)
    assert require_bare(captions) == captions.count("-->")


def test_cues_with_times_and_words_are_taken() -> None:
    assert require_bare(BARE) == 2
    assert require_bare(BARE.replace("\n", "\r\n")) == 2


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("WEBVTT\n", "WEBVTT the witness is Ann Lee\n", "first line"),
        ("WEBVTT\n", "WEBVTT\nKind: Ann Lee\n", "line 2"),
        ("\n1\n", "\nNOTE the witness is Ann Lee\n\n1\n", "line 3"),
        ("\n1\n", "\nSTYLE\n::cue { color: red }\n\n1\n", "line 3"),
        ("\n1\n", "\nAnn Lee\n", "line 3"),
        ("<i>out</i>", "<Ann Lee>out", "line 5"),
        ("<i>out</i>", "<Ann Lee", "line 5"),
        ("<i>out</i>", "<script>out</script>", "line 5"),
        ("position:10%", "Ann Lee", "line 4"),
        ("00:02.000 position", "00:01.000 position", "line 4"),
        ("and more", "Ann --> Lee", "line 10"),
    ],
)
def test_text_that_nobody_is_shown_is_refused_by_its_line(old: str, new: str, line: str) -> None:
    assert old in BARE
    with pytest.raises(InvalidInput, match=line):
        require_bare(BARE.replace(old, new, 1))


def test_a_line_ends_where_a_player_ends_it() -> None:
    hidden = "WEBVTT\n\n00:00.000 --> 00:09.000\u2028 00:20.000 --> 00:21.000\nfive five five\n"
    with pytest.raises(InvalidInput):
        require_bare(hidden)


@given(span_lists, span_lists)
def test_a_cue_that_reaches_into_what_is_muted_is_found_wherever_it_lies(
    shown: list[Span[Fraction]], spans: list[Span[Fraction]]
) -> None:
    times = [(ceil(span.start * 1000), ceil(span.end * 1000)) for span in shown]
    said = [f"{clock(start)} --> {clock(end)}\nfive\n" for start, end in times if start < end]
    cues = [Span(Fraction(a, 1000), Fraction(b, 1000)) for a, b in times if a < b]
    reached = [cue.start for cue in cues if intersect([cue], merge(spans))]
    assert unmarked("\n".join(["WEBVTT\n", *said]), spans) == reached


def clock(thousandths: int) -> str:
    seconds, rest = divmod(thousandths, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
