"""What may be a password, and how one is kept."""

import pytest

from bwc.access.passwords import check_password, hash_password, verify_password
from bwc.errors import InvalidInput

GOOD = "quiet maple lantern orbit"


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "x" * 300,
        "aaaaaaaaaaaaaaaaaaaa",
        "abababababababab",
        "r.ortegar.ortega1",
        "password123456password",
    ],
)
def test_an_easy_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput):
        check_password(password, username="r.ortega")


def test_a_long_phrase_is_taken() -> None:
    check_password(GOOD, username="r.ortega")


def test_the_hash_is_argon2id_and_opens_for_its_password_alone() -> None:
    hashed = hash_password(GOOD)
    assert hashed.startswith("$argon2id$")
    assert verify_password(GOOD, hashed)[0]
    assert not verify_password(GOOD + " ", hashed)[0]


def test_composed_and_decomposed_characters_are_the_same_password() -> None:
    assert verify_password("cafe\u0301 lantern orbit", hash_password("caf\u00e9 lantern orbit"))[0]


def test_no_password_opens_an_account_that_is_not_there() -> None:
    assert verify_password("a password that nobody has", None) == (False, None)
