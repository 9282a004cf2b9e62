"""Reading transcripts: exact times, no word lost, and errors that name the line."""

from fractions import Fraction
from pathlib import Path

import pytest

from bwc.errors import InvalidInput
from bwc.redaction.transcript import Transcript
from bwc.redaction.transcript_files import read_transcript


def read(folder: Path, text: str | bytes) -> Transcript:
    path = folder / "said.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_transcript(path)


def timed(transcript: Transcript) -> list[tuple[str, Fraction, Fraction]]:
    return [(word.text, word.start, word.end) for word in transcript.words]


VTT = """\ufeffWEBVTT - made by hand

NOTE nobody is named here

STYLE
::cue { color: red }

one
00:01.000 --> 00:02.500 align:start
<v Officer Smith>Hello <i>there</i>
Tom &amp; Ann

100:00:03.000 --> 100:00:04.000
"""
SRT = "1\r\n00:00:01,000 --> 00:00:02,500\r\nHello {\\an8}<b>there</b>\r\n\r\n"


def test_words_of_a_cue_have_the_times_of_the_cue(tmp_path: Path) -> None:
    transcript = read(tmp_path, VTT)
    assert [word.text for word in transcript.words] == ["Hello", "there", "Tom", "&", "Ann"]
    assert {(word.start, word.end) for word in transcript.words} == {(1, Fraction(5, 2))}
    assert [[len(line) for line in cue.lines] for cue in transcript.cues] == [[2, 3]]


def test_subrip_is_read_with_any_line_ends(tmp_path: Path) -> None:
    assert timed(read(tmp_path, SRT)) == [
        ("Hello", Fraction(1), Fraction(5, 2)),
        ("there", Fraction(1), Fraction(5, 2)),
    ]


def test_time_stamps_inside_of_a_cue_part_its_words(tmp_path: Path) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\none <00:01.500><c>two</c>\nthree <00:02.900>four\n"
    assert timed(read(tmp_path, text)) == [
        ("one", Fraction(1), Fraction(3, 2)),
        ("two", Fraction(3, 2), Fraction(29, 10)),
        ("three", Fraction(3, 2), Fraction(29, 10)),
        ("four", Fraction(29, 10), Fraction(3)),
    ]


def test_a_line_that_rolls_up_is_the_same_words(tmp_path: Path) -> None:
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nmy number is\n\n"
        "00:02.010 --> 00:03.000\nmy number is\nfive five\n\n"
        "00:03.000 --> 00:04.000\nfive five\nfive\n\n"
        "00:09.000 --> 00:10.000\nfive\n"
    )
    transcript = read(tmp_path, text)
    assert " ".join(word.text for word in transcript.words) == "my number is five five five five"
    assert (transcript.words[0].start, transcript.words[0].end) == (1, 3)
    assert [cue.lines for cue in transcript.cues] == [
        ((0, 1, 2),),
        ((0, 1, 2), (3, 4)),
        ((3, 4), (5,)),
        ((6,),),
    ]
    shown = transcript.readings()[1]
    assert len(shown) == 3 + 5 + 3 + 1


def test_json_words_keep_their_times_to_the_last_digit(tmp_path: Path) -> None:
    text = '[{"start": 0.1, "end": 0.30000000000000004, "text": "hi"},'
    text += '{"start": 1, "end": 1.25, "word": " there, you"}]'
    assert timed(read(tmp_path, text)) == [
        ("hi", Fraction(1, 10), Fraction("0.30000000000000004")),
        ("there,", Fraction(1), Fraction(5, 4)),
        ("you", Fraction(1), Fraction(5, 4)),
    ]


def test_a_word_without_time_lies_between_its_neighbours(tmp_path: Path) -> None:
    text = """{"language": "en", "segments": [
        {"start": 1, "end": 4, "text": " call 555 now", "tokens": [1], "words": [
            {"word": " call", "start": 1.5, "end": 2},
            {"word": " 555"},
            {"word": " now", "start": 3, "end": 3.5}]},
        {"start": 5, "end": 6, "text": "or never"}]}"""
    assert timed(read(tmp_path, text)) == [
        ("call", Fraction(3, 2), Fraction(2)),
        ("555", Fraction(2), Fraction(3)),
        ("now", Fraction(3), Fraction(7, 2)),
        ("or", Fraction(5), Fraction(6)),
        ("never", Fraction(5), Fraction(6)),
    ]


def test_words_of_a_bare_list_are_shown_together_up_to_a_pause(tmp_path: Path) -> None:
    rows = ",".join(
        f'{{"start": {start}, "end": {start + 0.5}, "text": "{text}"}}'
        for start, text in ((0, "one"), (1, "two."), (2, "three"), (9, "four"))
    )
    cues = read(tmp_path, f"[{rows}]").cues
    assert [cue.lines for cue in cues] == [((0, 1),), ((2,),), ((3,),)]


BAD = {
    "no transcript": ("hello", "said.txt", "expected WebVTT, SRT, or JSON"),
    "not UTF-8": (b"WEBVTT\n\n\xff", "said.txt", "UTF-8"),
    "times that are none": (
        "WEBVTT\n\n00:01 --> 00:02\nhello\n",
        "said.txt, line 3",
        "got 00:01 --> 00:02",
    ),
    "a cue that ends before it starts": (
        "1\n00:00:02,000 --> 00:00:01,000\nhello\n",
        "said.txt, line 2",
        "ends before it starts",
    ),
    "two cues without a blank line": (
        "WEBVTT\n\n00:01.000 --> 00:02.000\none\n00:02.000 --> 00:03.000\ntwo\n",
        "said.txt, line 5",
        "blank line between two cues",
    ),
    "a blank line inside of a cue": (
        "1\n00:00:01,000 --> 00:00:02,000\none\n\nmy number is 555\n",
        "said.txt, line 5",
        "got my number is 555",
    ),
    "a cue of SubRip without its number": (
        "1\n00:00:01,000 --> 00:00:02,000\none\n\n00:00:02,000 --> 00:00:03,000\ntwo\n",
        "said.txt",
        "got 1 that are whole",
    ),
    "a time stamp outside of its cue": (
        "WEBVTT\n\n00:01.000 --> 00:02.000\none <00:05.000>two\n",
        "said.txt, line 3",
        "got 5.000",
    ),
    "JSON that is cut off": ('[{"start": 1', "said.txt", "not JSON"),
    "JSON of another kind": ('{"text": "hello"}', "said.txt", "expected a list"),
    "an entry that is none": ('[{"start": 0, "end": 1, "text": "a"}, 7]', "entry 2", "got int"),
    "an entry without an end": ('[{"start": 0, "text": "a"}]', "entry 1", '"end" is no time'),
    "an entry without text": ('[{"start": 0, "end": 1}]', "entry 1", 'expected "text"'),
    "a time that is text": ('[{"start": "0", "end": 1, "text": "a"}]', "entry 1", "got 0"),
    "a time that is true": ('[{"start": true, "end": 1, "text": "a"}]', "entry 1", "got True"),
    "a time without end": ('[{"start": 0, "end": 1e999999999, "text": "a"}]', "entry 1", "no time"),
    "a time that is NaN": ('[{"start": NaN, "end": 1, "text": "a"}]', "said.txt", "NaN"),
    "a word that ends before it starts": (
        '[{"start": 2, "end": 1, "text": "a"}]',
        "entry 1",
        "ends before it starts",
    ),
    "a segment that says more than its words": (
        '[{"start": 0, "end": 1, "text": "a b", "words": [{"word": "a", "start": 0, "end": 1}]}]',
        "entry 1",
        "does not say what",
    ),
}


@pytest.mark.parametrize("kind", BAD, ids=list(BAD))
def test_bad_input_is_named(kind: str, tmp_path: Path) -> None:
    text, where, words = BAD[kind]
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path, text)
    message = str(caught.value)
    assert message.startswith("said.txt")
    assert where in message
    assert words in message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="No such file"):
        read_transcript(tmp_path / "none.vtt")
