"""Spoken words as tokens that patterns can read: "twenty five" is 25, "gmail.com" is three tokens.

English, as it is spoken in the United States. A token knows which words it came from. Nothing is
dropped: what is no number stays as the word it was, in lower case.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_SMALL = "one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"
_TEEN_ORDINALS = (
    "eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)
UNITS = {word: number for number, word in enumerate(_SMALL.split(), 1)} | {"niner": 9}
TEENS = {word: number for number, word in enumerate(_TEENS.split(), 10)}
TENS = {word: 10 * number for number, word in enumerate(_TENS.split(), 2)} | {"fourty": 40}
ORDINALS = {
    word: number
    for number, word in enumerate([*_SMALL_ORDINALS.split(), *_TEEN_ORDINALS.split()], 1)
} | {"twentieth": 20, "thirtieth": 30}
SAID_ZERO = {"oh", "o"}  # zero only beside another number
HEARD_WRONG = {"to": 2, "too": 2, "for": 4, "fore": 4, "won": 1, "ate": 8}  # between two digits
REPEATED = {"double": 2, "triple": 3}
SIGNS = {"@": "at", ".": "dot", "-": "dash", "_": "underscore", "/": "slash", "+": "plus"}
PIECE = re.compile(
    r"\$?\d{1,3}(?:,\d{3})+(?:\.\d+)?"  # a quantity such as 1,500
    r"|\d+(?:st|nd|rd|th)\b|\d+|[^\W\d_]+(?:'[^\W\d_]+)?|@|[._/+-](?=\w)"
)


@dataclass(frozen=True, slots=True)
class Token:
    """`text` in lower case, out of the words [first, stop) of what was read."""

    text: str
    first: int
    stop: int

    @property
    def is_number(self) -> bool:
        """Whether it is written in digits only."""
        return self.text.isascii() and self.text.isdigit()


def tokens(words: Sequence[str]) -> list[Token]:
    """What was said, numbers as digits."""
    pieces = [
        Token(SIGNS.get(text, text), at, at + 1)
        for at, word in enumerate(words)
        for text in _pieces(word)
    ]
    return _joined(_digits(pieces))


def _pieces(word: str) -> list[str]:
    """A word taken apart into letters, digits and signs."""
    plain = unicodedata.normalize("NFKC", word).casefold().replace("\u2019", "'")
    return PIECE.findall(re.sub(r"[\u2010-\u2015\u2212]", "-", plain))


def _digits(pieces: Sequence[Token]) -> list[Token]:
    """Each number word as digits."""
    read: list[Token] = []
    at = 0
    while at < len(pieces):
        token, used = _number(pieces, at, read)
        read.append(token)
        at += used
    return read


def _number(pieces: Sequence[Token], at: int, read: Sequence[Token]) -> tuple[Token, int]:
    """The token that begins at `at`, and of how many pieces it is made."""
    here = pieces[at]
    after = pieces[at + 1].text if at + 1 < len(pieces) else ""
    was_number = bool(read) and read[-1].is_number
    if here.text in REPEATED and (digit := _digit(after)):
        return Token(digit * REPEATED[here.text], here.first, pieces[at + 1].stop), 2
    if here.text in TENS:
        return _tens(pieces, at)
    if here.text in ORDINALS:
        return Token(f"{ORDINALS[here.text]}th", here.first, here.stop), 1
    if here.text in SAID_ZERO and (was_number or _digit(after)):
        return Token("0", here.first, here.stop), 1
    if here.text in HEARD_WRONG and was_number and _digit(after):
        return Token(str(HEARD_WRONG[here.text]), here.first, here.stop), 1
    value = _value(here.text)
    return (here if value is None else Token(value, here.first, here.stop)), 1


def _tens(pieces: Sequence[Token], at: int) -> tuple[Token, int]:
    """Twenty, twenty one, twenty-one or twenty first."""
    here = pieces[at]
    skip = 2 if at + 2 < len(pieces) and pieces[at + 1].text == "dash" else 1
    if at + skip < len(pieces):
        unit = pieces[at + skip]
        if unit.text in UNITS:
            return Token(str(TENS[here.text] + UNITS[unit.text]), here.first, unit.stop), skip + 1
        if ORDINALS.get(unit.text, 10) < 10:  # noqa: PLR2004 - first to ninth
            value = TENS[here.text] + ORDINALS[unit.text]
            return Token(f"{value}th", here.first, unit.stop), skip + 1
    return Token(str(TENS[here.text]), here.first, here.stop), 1


def _value(text: str) -> str | None:
    """One word's number in digits."""
    if text == "zero":
        return "0"
    value = UNITS.get(text) or TEENS.get(text)
    return None if value is None else str(value)


def _digit(text: str) -> str | None:
    """A single digit, written or spoken."""
    if text == "zero" or text in SAID_ZERO:
        return "0"
    if text in UNITS:
        return str(UNITS[text])
    return text if len(text) == 1 and text in "0123456789" else None


def _joined(read: Iterable[Token]) -> list[Token]:
    """Hundreds and thousands taken together with what they count."""
    joined: list[Token] = []
    scale = 0  # what the last token was counted in: a smaller number after it belongs to it
    for token in read:
        last = joined[-1] if joined else None
        times = {"hundred": 100, "thousand": 1000}.get(token.text)
        if last is not None and last.is_number and times is not None and int(last.text) < times:
            joined[-1] = Token(str(int(last.text) * times), last.first, token.stop)
            scale = times
        elif last is not None and scale and token.is_number and _belongs(token.text, scale):
            joined[-1] = Token(str(int(last.text) + int(token.text)), last.first, token.stop)
            scale = 0
        else:
            joined.append(token)
            scale = 0
    return joined


def _belongs(text: str, scale: int) -> bool:
    """Whether a number after hundred or thousand is a part of it, and not a digit read out."""
    least = 10 if scale == 100 else 1  # noqa: PLR2004 - "eight hundred five five five"
    return least <= int(text) < scale and not text.startswith("0")
