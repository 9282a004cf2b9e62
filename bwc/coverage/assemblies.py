"""Which types of calls are assemblies: a list of words, that a department may replace. Pure.

Types of calls are free text of a dispatch system, so words are held against them whatever case and
punctuation. A word stands for itself alone, for `march` must not find a marching band; where it ends
in `*` any ending goes.
"""

import re
from collections.abc import Iterable
from functools import cache

from bwc.errors import InvalidInput

ASSEMBLY_WORDS = (
    "1st amendment",
    "assemblies",
    "assembly",
    "civil disobedience",
    "civil disorder*",
    "civil disturbance*",
    "civil unrest",
    "counterdemonstrat*",
    "countermarch*",
    "counterprotest*",
    "counterrall*",
    "crowd control",
    "crowd management",
    "demonstration*",
    "demonstrator*",
    "first amendment",
    "march",
    "marcher*",
    "marches",
    "parade*",
    "picketer*",
    "picketing",
    "protest",
    "protested",
    "protester*",
    "protesting",
    "protestor*",
    "protests",
    "rallies",
    "rally",
    "riot*",
    "sit in",
    "sit ins",
    "vigil",
    "vigils",
    "walkout*",
)
WORD = re.compile(r"[^\W_]+")


def is_assembly(call_type: str, words: Iterable[str] = ASSEMBLY_WORDS) -> bool:
    """Whether a type of call is an assembly by one of `words`.

    >>> is_assembly("PROTEST/CROWD"), is_assembly("protestant church alarm")
    (True, False)
    """
    return _pattern(tuple(words)).search(_spaced(call_type)) is not None


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern of all the words, to be held against a spaced text."""
    return re.compile("|".join(_part(word) for word in words) or r"(?!)")


def _part(word: str) -> str:
    """The pattern of one word or phrase.

    Raises:
        InvalidInput: it has no letter, and would find everything.
    """
    spaced = _spaced(word)
    if not spaced.strip():
        raise InvalidInput("a word for assemblies without a letter", got=repr(word))
    return spaced.rstrip() + (r"\w* " if word.rstrip().endswith("*") else " ")


def _spaced(text: str) -> str:
    """The words of a text, each between single spaces."""
    return " ".join(["", *WORD.findall(text.casefold()), ""])
