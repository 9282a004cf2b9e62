"""Letters that only the desk can read: sealed boxes (X25519, XSalsa20-Poly1305) of libsodium.

Whoever seals needs the public key alone and cannot open what it sealed; so a portal that is taken
over gives away no letter that has left it.
"""

import base64
import binascii

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from bwc.errors import IntegrityError, InvalidInput

KEY_BYTES = 32


def new_key() -> str:
    """A private key, in base64."""
    return _text(bytes(PrivateKey.generate()))


def public_of(private_key: str) -> str:
    """The public key that seals for `private_key`, in base64."""
    return _text(bytes(PrivateKey(_key(private_key)).public_key))


def seal(public_key: str, body: bytes) -> bytes:
    """`body`, readable for the holder of the private key alone. Raises InvalidInput."""
    return SealedBox(PublicKey(_key(public_key))).encrypt(body)


def unseal(private_key: str, sealed: bytes) -> bytes:
    """What was sealed.

    Raises:
        IntegrityError: it was sealed for another key, or changed since.
    """
    try:
        return SealedBox(PrivateKey(_key(private_key))).decrypt(sealed)
    except (CryptoError, ValueError, TypeError) as exc:
        raise IntegrityError("this letter cannot be opened with the desk's key") from exc


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise InvalidInput("a key of the inbox is not base64") from exc
    if len(key) != KEY_BYTES:
        raise InvalidInput("not a key of the inbox", expected=f"{KEY_BYTES} bytes in base64")
    return key
