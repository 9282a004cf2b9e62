"""Secrets of accounts as the catalog keeps them: sealed with the key of the house.

XChaCha20-Poly1305, bound to the account: a sealed secret that is copied to another account's row,
or changed, does not open. The key lies outside of the catalog and of its backups, so that whoever
can read those makes no codes. Migration 0023 seals what older versions wrote as it was.
"""

import base64
import binascii
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.secret import Aead

from bwc.errors import IntegrityError, InvalidInput
from bwc.settings import Settings
from bwc.vault.inbox import keep_key
from bwc.vault.sealed import new_key

KEY_FILE = "house.key"
FORM = "v1:"  # what a sealed secret begins with; base64 of nonce and ciphertext follows


def house_key(settings: Settings) -> str:
    """The key of the house in base64, as it is set; else a file in home, made when first asked for.

    Raises:
        InvalidInput: the catalog is elsewhere, where many machines read it, and no key is set.
    """
    if settings.house_key is not None:
        return settings.house_key.get_secret_value()
    path = house_key_file(settings)
    if path is None:
        raise InvalidInput(
            "this house has no key to seal secrets with",
            advice="Set BWC_HOUSE_KEY to the same 32 bytes in base64 on every machine;"
            " see docs/access.md",
        )
    return keep_key(path, new_key())


def house_key_file(settings: Settings) -> Path | None:
    """The file that holds the key, made or not; None where it has to be set."""
    if settings.house_key is not None or settings.catalog.url is not None:
        return None
    return settings.home.resolve() / KEY_FILE


def seal_secret(key: str, secret: str, *, owner: str) -> str:
    """`secret`, readable with `key` alone and in the row of `owner` alone. Raises InvalidInput."""
    sealed = Aead(_key_bytes(key)).encrypt(secret.encode(), owner.encode())
    return FORM + base64.b64encode(bytes(sealed)).decode()


def open_secret(key: str, sealed: str, *, owner: str) -> str:
    """What was sealed for `owner`.

    Raises:
        IntegrityError: another key sealed it, or it was changed or moved since.
        InvalidInput: `key` is none.
    """
    box = Aead(_key_bytes(key))
    try:
        body = base64.b64decode(sealed.removeprefix(FORM), validate=True)
        return box.decrypt(body, owner.encode()).decode()
    except (CryptoError, ValueError, TypeError) as exc:
        raise IntegrityError(
            "this second factor cannot be read with the key of the house",
            advice="Bring the key back (BWC_HOUSE_KEY, or house.key in the home folder);"
            " where it is lost, `bwc user lose-second-factor NAME` takes the factor away and a"
            " new one is set up",
        ) from exc


def _key_bytes(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise InvalidInput("the key of the house is not base64", where="BWC_HOUSE_KEY") from exc
    if len(key) != Aead.KEY_SIZE:
        raise InvalidInput(
            "not a key of the house",
            where="BWC_HOUSE_KEY",
            expected=f"{Aead.KEY_SIZE} bytes in base64",
            got=f"{len(key)} bytes",
        )
    return key
