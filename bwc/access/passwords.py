"""Passwords: what may be one, and how one is kept (argon2id) and checked.

The policy follows NIST SP 800-63B-4, section 3.1.1.2: length instead of composition rules, a block
list, no expiry. Fifteen characters is its minimum where a password is the only factor.
"""

import unicodedata
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from bwc.errors import InvalidInput

MIN_LENGTH = 15
MAX_LENGTH = 256  # bounds the work that a sign-in can cause
MIN_DISTINCT = 6
_COMMON = ("password", "bodycamera", "letmein", "iloveyou", "qwerty", "123456", "welcome")


def check_password(password: str, *, username: str) -> None:
    """Refuse a password that is easy to guess.

    Raises:
        InvalidInput: too short, too long, too plain, or made of the user name.
    """
    text = _normal(password)
    if not MIN_LENGTH <= len(text) <= MAX_LENGTH:
        raise InvalidInput(
            "this password cannot be used",
            expected=f"{MIN_LENGTH} to {MAX_LENGTH} characters",
            got=f"{len(text)} characters",
            advice="Several unrelated words are easy to remember and hard to guess",
        )
    if len(set(text)) < MIN_DISTINCT or _is_guessable(text.lower(), username.lower()):
        raise InvalidInput(
            "this password is too easy to guess",
            advice="Use words that have nothing to do with your name or with common passwords",
        )


def hash_password(password: str) -> str:
    """The argon2id hash that is stored."""
    return _hasher().hash(_normal(password))


def verify_password(password: str, hashed: str | None) -> tuple[bool, str | None]:
    """Whether `password` is the one behind `hashed`, and a newer hash where that one is outdated.

    Without a stored hash (no such user) the same work is done, so that time tells nothing.
    """
    text = _normal(password)[:MAX_LENGTH]
    nobody = _nobody()
    known, newer = _hasher().verify_and_update(text, hashed or nobody)
    return (known, newer) if hashed is not None else (False, None)


def _is_guessable(text: str, username: str) -> bool:
    rest = text
    for known in (username, *_COMMON):
        rest = rest.replace(known, "")
    return len(rest) < MIN_LENGTH // 2


def _normal(password: str) -> str:
    """The same characters however the keyboard composed them."""
    return unicodedata.normalize("NFC", password)


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobody() -> str:
    """A hash that no password opens, with today's parameters."""
    return _hasher().hash("a password that nobody has")
