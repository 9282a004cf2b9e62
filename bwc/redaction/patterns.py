"""Finding in spoken words what identifies a person, by what such things look like.

Each pattern is a regular expression over the tokens of `bwc.redaction.spoken`, joined by spaces,
and mostly a check of what it found. In doubt a pattern finds: a stretch too much is an annoyance,
one too few a disclosure. English, United States.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise

from bwc.redaction.spoken import Token, tokens
from bwc.redaction.vocabulary import (
    CODE_WORDS,
    CONNECTORS,
    DIRECTIONS,
    FILLERS,
    HOSTS,
    LOCAL_STOPS,
    MONTHS,
    NO_STREET,
    NUMBERED_ROADS,
    STREETS,
    STREETS_FIRST,
    TOP_DOMAINS,
    WRITTEN_UNITS,
)

AFTER = r"(?: \S+){0,12}? "  # how far after "social security number" its digits are looked for
FEWEST_SPOKEN = 7  # digits: as many as a phone number without its area code; any more are hidden
COUNTED = 5  # numbers in a row that rise or fall by one are counted, as in a sobriety test


class Found(StrEnum):
    """What a pattern finds."""

    SSN = "ssn"
    PHONE = "phone"
    BIRTH = "date-of-birth"
    EMAIL = "email"
    PLATE = "plate"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """The words [first, stop) of what was read."""

    first: int
    stop: int
    found: Found


def find(words: Sequence[str]) -> list[Match]:
    """Everything in `words`, in the order of the words; matches may overlap."""
    said = _Said(words)
    found = {match for search in SEARCHES for match in search(said)}
    return sorted(found)


class _Said:
    """The words, their tokens, and the tokens as one line."""

    def __init__(self, words: Sequence[str]) -> None:
        """Read `words`."""
        self.words = words
        self.tokens: list[Token] = tokens(words)
        self.line = " ".join(token.text for token in self.tokens)
        lengths = (len(token.text) + 1 for token in self.tokens)
        self.starts = [0, *accumulate(lengths)]

    def token_at(self, place: int) -> int:
        """The number of the token that stands at `place` of the line."""
        return min(bisect_right(self.starts, place) - 1, len(self.tokens) - 1)

    def match(self, first: int, last: int, found: Found) -> Match:
        """A match of the tokens [first, last]."""
        return Match(self.tokens[first].first, self.tokens[last].stop, found)

    def matched(self, place: tuple[int, int], found: Found) -> Match:
        """A match of the places [start, end) of the line."""
        return self.match(self.token_at(place[0]), self.token_at(place[1] - 1), found)


def _any(words: str) -> str:
    """An expression for one of `words`, which spaces part."""
    return "(?:" + "|".join(re.escape(word) for word in words.split()) + ")"


RUN = rf"\d+(?:(?: {_any(FILLERS)}){{0,3}} \d+)*"
NUMBER_RUN = re.compile(rf"\b(?<!\S){RUN}(?!\S)")
LAST_FOUR = r"last 4(?! (?:minutes|hours|days|weeks|months|years|times))(?: \S+){0,4}?"
SSN_NAMED = re.compile(
    rf"\b(?:(?:social|soc|ssn|s s n|s dot s dot n){AFTER}|{LAST_FOUR} )({RUN})(?!\S)"
)
YEAR = r"(?:(?:19|20)\d\d|(?:19|20) (?:\d\d|0 \d))"
SEP = r"(?: (?:dash|slash|dot|of|the))*"
DAY = r"(?:0 )?\d{1,2}(?:th|st|nd|rd)?"
MONTH_DAY = rf"{_any(MONTHS)}{SEP} {DAY}"
DAY_MONTH = rf"{DAY}{SEP} {_any(MONTHS)}"
SHORT_YEAR = r"(?:\d\d|0 \d)"
MONTH_YEAR = rf"{_any(MONTHS)}{SEP} {YEAR}"
NUMERIC = rf"(?:0 )?\d{{1,2}}{SEP} (?:0 )?\d{{1,2}}{SEP} {YEAR}|{YEAR}{SEP} \d\d?{SEP} \d\d?"
FULL_DATE = re.compile(
    rf"(?<!\S)(?:(?:{MONTH_DAY}|{DAY_MONTH}){SEP} (?:{YEAR}|{SHORT_YEAR})|{NUMERIC})(?!\S)"
)
BORN = re.compile(r"\b(?:birth|birthday|birthdate|dob|d dot o dot b|d o b|born)\b")
DATEISH = re.compile(
    rf"(?<!\S)(?:(?:{MONTH_DAY}|{DAY_MONTH})(?:{SEP} (?:{YEAR}|{SHORT_YEAR}))?|{NUMERIC}|{MONTH_YEAR}"
    rf"|(?:0 )?\d{{1,2}}{SEP} (?:0 )?\d{{1,2}}(?:th|st|nd|rd)?{SEP} (?:0 )?\d{{1,2}}"
    rf"|{YEAR}|\d{{6}}|\d{{8}})(?!\S)"
)
BORN_IN = re.compile(rf"\bborn in ({SHORT_YEAR})(?!\S)")
# Before a word of birth: "June of 1987 is when I was born". A bare day or number may be anything.
DATE_BEFORE = re.compile(rf"(?<!\S)(?:{MONTH_DAY}|{DAY_MONTH}|{MONTH_YEAR}|{YEAR})(?!\S)")
BIRTH_NEAR = (8, 12)  # tokens before and after a word of birth
DOMAIN = re.compile(
    rf"(?<!\S)at (?:(?:[a-z0-9]+ (?:(?:dot|dash|hyphen) )?){{1,6}}?(?:dot|period|point) "
    rf"{_any(TOP_DOMAINS)}|{_any(HOSTS)}(?: dot [a-z]+)?)(?!\S)"
)
LOCAL_WORDS = 3  # words of a name before the sign: "john paul smith at"
CODE_WORD = _any(CODE_WORDS)
LETTER = rf"(?:[a-z] (?:as in|like|is for) [a-z]+|x (?:dash )?ray|{CODE_WORD}|[a-z])"
SPELT = rf"(?:{LETTER}|\d+)(?: (?:dash )?(?:{LETTER}|\d+))+"
CODE = re.compile(rf"(?<!\S){SPELT}(?!\S)")
NAMED_CODE = re.compile(
    rf"(?<!\S)(?:{SPELT}|[a-z]{{2,3}} (?:dash )?\d{{2,4}}"
    r"|\d{1,4} (?:dash )?[a-z]{2,3}(?: (?:dash )?\d{1,4})?|\d{4,8})(?!\S)"
)
PLATE_NAMED = re.compile(r"\b(?:plates?|tags?|registration|licen[cs]e number)\b")
PLATE_WRITTEN = re.compile(r"(?=[A-Z0-9-]*[A-Z][A-Z0-9-]*[A-Z])[A-Z0-9]{1,4}-?[A-Z0-9]{2,5}")
PLATE_PARTS = re.compile(r"[A-Z]{3}"), re.compile(r"\d{3,4}")  # "KJH 4521", as it is written
PLATE_NEAR = (8, 12)  # tokens before and after the word "plate"
PLATE_LENGTH = range(5, 9)  # signs on a plate of a state
NAMED_LENGTH = 3  # signs where letters and digits are said near the word; else one more
SSN_LAST = 4  # digits that are said where nobody says them all
SSN_LENGTH = 9
DOOR = r"(?:\d{1,4}(?: \d{1,3}){0,3}(?: [a-z](?!\S))?|[a-z](?: \d{1,4})?)"
UNIT = rf"(?: (?:apartment|apt|unit|suite|room|lot|trailer|space)(?: number)? {DOOR}(?!\S))?"
STREET = rf"(?:(?!{_any(NO_STREET)}(?!\S))(?:[a-z']+|\d+th|\d+st|\d+nd|\d+rd))"
HOUSE = r"\d{1,6}(?: \d{1,4}){0,5}"
DIRECTION = rf"(?: {_any(DIRECTIONS)})?"
ARTICLES = "of the de del la las los el"
ADDRESSES = (
    # 742 North Evergreen Terrace; 8811 County Road 12
    rf"{HOUSE}{DIRECTION}(?: {STREET}){{1,4}}?(?: {_any(STREETS)})+{DIRECTION}{UNIT}",
    rf"{HOUSE}{DIRECTION}(?: {STREET}){{0,2}}? {_any(NUMBERED_ROADS)} \d{{1,4}}{UNIT}",
    # 1221 Avenue of the Americas; 312 Broadway
    rf"{HOUSE}{DIRECTION} {_any(STREETS_FIRST)}(?: {_any(ARTICLES)}){{0,3}} {STREET}{UNIT}",
    rf"{HOUSE}{DIRECTION} broadway{UNIT}",
    # 3400 South Federal: here a short number may be anything
    rf"(?:\d{{3,5}}|\d\d \d\d) (?:north|south|east|west) {STREET}{UNIT}",
    rf"{STREET} {_any(STREETS)} (?:number|no) {HOUSE}",
    rf"(?:apartment|apt)(?: number)? {DOOR}",
    rf"(?:p dot o dot|p dot o|p o|po|post office) box(?: number)? {HOUSE}",
)
ADDRESS = tuple(re.compile(rf"(?<!\S){form}(?!\S)") for form in ADDRESSES)
# Where somebody says that they live there, the kind of street may be missing.
ADDRESS_NAMED = re.compile(
    rf"\b(?:live|lives|living|stay|stays|staying|resides?|address)(?: \S+){{0,4}}? "
    rf"({HOUSE}{DIRECTION}(?: {STREET}){{1,2}}{UNIT})(?!\S)"
)


def _numbers(said: _Said) -> Iterator[Match]:
    """Runs of digits as long as a phone number or longer."""
    for run in NUMBER_RUN.finditer(said.line):
        numbers = re.findall(r"\d+", run.group())
        count = sum(len(number) for number in numbers)
        if count >= FEWEST_SPOKEN and not _is_counting(numbers):
            found = Found.SSN if count == SSN_LENGTH else Found.PHONE
            yield said.matched(run.span(), found)


def _ssn(said: _Said) -> Iterator[Match]:
    """Digits said to be of a social security number, be it the last four."""
    for named in SSN_NAMED.finditer(said.line):
        if sum(char.isdigit() for char in named.group(1)) >= SSN_LAST:
            yield said.matched(named.span(1), Found.SSN)


def _birth(said: _Said) -> Iterator[Match]:
    """Any full date, and after a word of birth any part of one."""
    for date in FULL_DATE.finditer(said.line):
        yield said.matched(date.span(), Found.BIRTH)
    for named in BORN.finditer(said.line):
        start = said.starts[max(0, said.token_at(named.start()) - BIRTH_NEAR[0])]
        end = _within(said, named.end(), BIRTH_NEAR[1])
        for date in (
            *DATE_BEFORE.finditer(said.line, start, named.start()),
            *DATEISH.finditer(said.line, named.end(), end),
        ):
            yield said.matched(date.span(), Found.BIRTH)
    for year in BORN_IN.finditer(said.line):
        yield said.matched(year.span(1), Found.BIRTH)


def _email(said: _Said) -> Iterator[Match]:
    """A domain after "at", and what stands before it."""
    for domain in DOMAIN.finditer(said.line):
        at = said.token_at(domain.start())
        yield said.match(_local(said.tokens, at), said.token_at(domain.end() - 1), Found.EMAIL)


def _local(said: Sequence[Token], at: int) -> int:
    """The first token of what stands before the sign at `at`."""
    first, words = at, 0
    for number in range(at - 1, -1, -1):
        text = said[number].text
        is_part = text in CONNECTORS.split() or len(text) == 1 or said[number].is_number
        joined = said[number + 1].text in CONNECTORS.split()
        if not is_part and not joined:
            words += 1
            if text in LOCAL_STOPS.split() or words > LOCAL_WORDS:
                break
        first = number
    return first


def _plates(said: _Said) -> Iterator[Match]:
    """Codes of letters and digits; near the word "plate" shorter and plainer ones too."""
    for code in CODE.finditer(said.line):
        letters, digits = _signs(code.group())
        if letters > 1 and digits > 1 and letters + digits in PLATE_LENGTH:
            yield said.matched(code.span(), Found.PLATE)
    bares = [word.strip(".,;:!?\"'()") for word in said.words]
    for number, parts in enumerate(pairwise(bares)):
        if all(form.fullmatch(part) for form, part in zip(PLATE_PARTS, parts, strict=True)):
            yield Match(number, number + 2, Found.PLATE)
    for number, bare in enumerate(bares):
        digits = sum(char.isdigit() for char in bare)
        length = len(bare.replace("-", ""))
        is_code = PLATE_WRITTEN.fullmatch(bare) and not bare.endswith(tuple(WRITTEN_UNITS.split()))
        if is_code and digits > 1 and length in PLATE_LENGTH:
            yield Match(number, number + 1, Found.PLATE)
    for named in PLATE_NAMED.finditer(said.line):
        start = said.starts[max(0, said.token_at(named.start()) - PLATE_NEAR[0])]
        for code in NAMED_CODE.finditer(
            said.line, start, _within(said, named.end(), PLATE_NEAR[1])
        ):
            letters, digits = _signs(code.group())
            mixed = letters > 0 and digits > 0 and letters + digits >= NAMED_LENGTH
            if mixed or max(letters, digits) > NAMED_LENGTH:
                yield said.matched(code.span(), Found.PLATE)


def _signs(code: str) -> tuple[int, int]:
    """Letters and digits that a code spells out."""
    plain = re.sub(r"([a-z]) (?:as in|like|is for) [a-z]+", r"\1", code)
    plain = re.sub(r"\bx (?:dash )?ray\b", "x", plain)
    parts = [part for part in plain.split() if part != "dash"]
    digits = sum(len(part) for part in parts if part.isdigit())
    spelt = [part for part in parts if not part.isdigit()]
    letters = sum(
        1 if len(part) == 1 or part in CODE_WORDS.split() else len(part) for part in spelt
    )
    return letters, digits


def _address(said: _Said) -> Iterator[Match]:
    """A house number, a name and a kind of street."""
    for form in ADDRESS:
        for place in form.finditer(said.line):
            yield said.matched(place.span(), Found.ADDRESS)
    for named in ADDRESS_NAMED.finditer(said.line):
        yield said.matched(named.span(1), Found.ADDRESS)


def _within(said: _Said, place: int, count: int) -> int:
    """The end of the line, or the place `count` tokens after `place`."""
    last = min(said.token_at(place) + count, len(said.tokens) - 1)
    return said.starts[last] + len(said.tokens[last].text)


def _is_counting(numbers: Sequence[str]) -> bool:
    """Whether somebody counts."""
    steps = {int(right) - int(left) for left, right in pairwise(numbers)}
    return len(numbers) >= COUNTED and steps in ({1}, {-1})


SEARCHES: tuple[Callable[[_Said], Iterator[Match]], ...] = (
    _numbers,
    _ssn,
    _birth,
    _email,
    _plates,
    _address,
)
