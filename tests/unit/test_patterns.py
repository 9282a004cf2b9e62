"""What identifies a person in spoken words is found, and everyday speech is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwc.redaction.patterns import Found, Match, find

# What stands in brackets must be found, all of it; nothing else may be.
POSITIVES = {
    Found.SSN: [
        "my social is [123-45-6789]",
        "it's [123 45 6788] I think",
        "social security number [one two three forty five sixty seven eighty nine]",
        "[five five five one two nine eight seven six]",
        "[five five five] [uh one two] [and] [nine eight seven six]",
        "the last four of your social please [six seven eight nine]",
        "SSN [078-05-1120].",
        "his social ends in [1120]",
        "my soc is [1 2 3 4 5 6 7 8 9]",
        "and the last four [six seven eight nine]",
    ],
    Found.PHONE: [
        "call me at [555-0142] tonight",
        "[(303) 555-0142] is my cell",
        "reach him at [+1 303 555 0142]",
        "[three oh three five five five oh one four two]",
        "[three zero three] [okay] [five five five] [zero one four two]",
        "it's [five five five] [dash zero one four two]",
        "[eight hundred five five five oh one four two]",
        "number [303.555.0142] yes",
        "[five double five oh one four two]",
        "[triple five oh one four two]",
        "card number [4111 1111 1111 1111]",
        "[five five five one to three four]",
        "[three oh three] [go ahead] [five five five] [copy] [oh one four two]",
    ],
    Found.BIRTH: [
        "date of birth [January 15th 1985]",
        "born [january fifteenth nineteen eighty five]",
        "DOB [01/15/1985]",
        "d.o.b. [1-15-85]",
        "my birthday is [March 3rd]",
        "date of birth [one fifteen eighty five]",
        "my date of birth is [ten twenty one ninety]",
        "born on [June the fifth eighty nine]",
        "date of birth is [oh one fifteen nineteen eighty five]",
        "she was born in [1985] in Ohio",
        "he was born the [15th of January 2003]",
        "[march third two thousand five] he said",
        "[1985-01-15]",
        "birthdate [011585]",
        "he was born in [seventy six] I think",
        "[June of 1987] is when I was born",
        "when were you born [may ninth oh four]",
    ],
    Found.EMAIL: [
        "write to [john.smith@gmail.com] please",
        "my email is [john dot smith at gmail dot com]",
        "it's [j smith forty two at yahoo dot com]",
        "email [j o h n underscore s at hotmail]",
        "her email is [mary ann at city dash college dot edu]",
        "email me [john smith at outlook.com]",
    ],
    Found.PLATE: [
        "plate [ABC1234]",
        "run [7ABC123] for me",
        "license plate [adam boy charles one two three four]",
        "run a plate for me [8 lincoln mary paul 3 3 2]",
        "tag is [a b c one two three]",
        "[A as in apple B as in boy 1 2 3 4]",
        "Colorado plates [ABC-123]",
        "plate reads [b r x 4 9]",
        "[kilo lima nora five five zero]",
        "the plate is [1234567]",
        "run Texas [KJH 4521] for me",
        "plate is [Charlie X-ray Zulu four one seven]",
    ],
    Found.ADDRESS: [
        "I live at [1234 Main Street]",
        "[twelve thirty four main street] is mine",
        "[one two three north elm avenue apartment 4]",
        "address is [400 East Colfax Avenue]",
        "[1600 Martin Luther King Boulevard]",
        "[55 5th street unit b]",
        "she lives at [twelve hundred oak lane]",
        "I live over at [412 Elm]",
        "my address is [twelve thirty four north Elm]",
        "I stay at [900 Lincoln, apartment 3]",
        "at [8811 County Road 12] now",
        "that's [3400 South Federal] sir",
        "[312 Broadway] please",
        "[1221 Avenue of the Americas]",
        "[12 Oak Ridge Lane] in Aurora",
        "[45 Cherry Hill Crescent]",
        "she is in [apartment 304] upstairs",
        "send it to [P.O. Box 1234]",
        "[2200 Market Street, unit five oh one]",
        "on [Maple Street number 12] there",
    ],
}
NEGATIVES = [
    "step out of the car please",
    "ten four show me en route",
    "we have two males and three females here",
    "he was doing 55 in a 35",
    "one two three four five six seven eight nine turn around",
    "ten nine eight seven six five four three two one stop",
    "it is about two blocks down the street",
    "he ran across the road at 10 15",
    "the 1200 block of Main Street",
    "a code 3 response from unit 12",
    "give me one second",
    "I have two kids and a dog",
    "thirty five dollars and fifty cents",
    "that costs $1,500,000 or so",
    "we will be there in 20 minutes",
    "look at me",
    "meet me at the store dot dot dot",
    "hands where I can see them for the third time",
    "it was May or June",
    "in 2019 we had four of those",
    "march down the street",
    "this is social media 24 7",
    "I a m not going to",
    "the first place on the left",
    "a 10 minute drive",
    "it was two people in court",
    "at 9:30 this morning",
    "sam and tom said so",
    "case 20 24 is open",
    "clocked at 120MPH by 10PM",
    "I live 5 minutes away",
    "stay where you are for 2 minutes",
    "in the last four days we had 1500 calls",
    "interstate 25 and highway 36 is backed up",
    "unit 12 please run him for warrants",
    "he went east on Colfax past 3 cars",
    "you know I had 2 beers and 5 minutes to go",
    "he ran to the 3400 south side of the lot",
]


def _words(sentence: str) -> tuple[list[str], set[int]]:
    """The words, and the numbers of those in brackets."""
    words, marked, inside = [], set(), False
    for word in sentence.split():
        inside = inside or word.startswith("[")
        if inside:
            marked.add(len(words))
        inside = inside and "]" not in word
        words.append(word.replace("[", "").replace("]", ""))
    return words, marked


def _cases() -> list[tuple[Found, str]]:
    return [(found, sentence) for found, rows in POSITIVES.items() for sentence in rows]


@pytest.mark.parametrize(("found", "sentence"), _cases())
def test_it_is_found_and_nothing_beside_it(found: Found, sentence: str) -> None:
    words, marked = _words(sentence)
    matches = find(words)
    assert found in {match.found for match in matches}
    assert {n for match in matches for n in range(match.first, match.stop)} == marked


@pytest.mark.parametrize("sentence", NEGATIVES)
def test_everyday_speech_is_left_alone(sentence: str) -> None:
    assert find(sentence.split()) == []


DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
HESITATIONS = ((), ("uh",), ("um", "okay"), ("dash",), ("and", "then"))
CARRIERS = ((), ("my", "number", "is"), ("well", "sir", "it's"), ("I", "think"))


@st.composite
def spoken_numbers(draw: st.DrawFn) -> tuple[list[str], int, int]:
    """A phone number or SSN, said in one of the ways people say them; and where it stands."""
    # Not one that rises or falls by one throughout: that is somebody counting.
    digits = draw(st.text("0123456789", min_size=7, max_size=11).filter(lambda d: len(set(d)) < 7))
    said: list[str] = []
    at = 0
    while at < len(digits):
        step = draw(st.integers(1, 4))
        group = digits[at : at + step]
        if said:
            said += draw(st.sampled_from(HESITATIONS))
        if draw(st.booleans()):
            said += [DIGITS[int(digit)] for digit in group]
        else:
            said.append(group)
        at += step
    before, after = draw(st.sampled_from(CARRIERS)), draw(st.sampled_from(CARRIERS))
    return [*before, *said, *after], len(before), len(before) + len(said)


@given(spoken_numbers())
def test_a_number_is_found_however_it_is_said(case: tuple[list[str], int, int]) -> None:
    words, first, stop = case
    found = {number for match in find(words) for number in range(match.first, match.stop)}
    assert set(range(first, stop)) <= found


WORDS = st.one_of(
    st.sampled_from(["at", "dot", "gmail.com", "five", "hundred", "double", "twenty", "plate"]),
    st.sampled_from(["social", "born", "main", "street", "1234", "may", "a", "o", "-", "."]),
    st.text(max_size=6),
)


@given(st.lists(WORDS, max_size=30))
def test_whatever_is_said_matches_lie_inside_of_it(words: list[str]) -> None:
    for match in find(words):
        assert isinstance(match, Match)
        assert 0 <= match.first < match.stop <= len(words)
