"""Codes that change every thirty seconds (TOTP, RFC 6238): SHA-1, six digits, as every app shows.

Pure but for the making of a secret. A secret is base32 text, a step the count of half minutes
since 1970.
"""

import base64
import binascii
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

from bwc.errors import InvalidInput

SECRET_BYTES = 20  # RFC 4226 asks for 160 bits
STEP_SECONDS = 30
DIGITS = 6
SLACK_STEPS = 1  # a clock may be half a minute off, either way


def new_secret() -> str:
    """A fresh secret, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def code_at(secret: str, step: int) -> str:
    """The code of one step.

    Raises:
        InvalidInput: not a secret.

    >>> code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1)
    '287082'
    """
    try:
        key = base64.b32decode(secret.strip().upper())
    except (binascii.Error, ValueError) as exc:
        raise InvalidInput("is no secret of a second factor") from exc
    if len(key) < SECRET_BYTES:
        raise InvalidInput("is no secret of a second factor")
    mac = hmac.digest(key, step.to_bytes(8), "sha1")
    at = mac[-1] & 0x0F
    number = int.from_bytes(mac[at : at + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(moment: datetime) -> int:
    """The step that `moment`, aware, lies in."""
    return int(moment.timestamp()) // STEP_SECONDS


def matching_step(secret: str, code: str, *, at: datetime, after: int | None) -> int | None:
    """The step whose code this is, among those near `at` and later than `after`; None for none."""
    typed, now = "".join(code.split()), step_of(at)
    found = None
    for step in range(now - SLACK_STEPS, now + SLACK_STEPS + 1):
        is_it = hmac.compare_digest(code_at(secret, step).encode(), typed.encode())
        if is_it and (after is None or step > after):
            found = step
    return found


def address_of(secret: str, *, username: str, department: str) -> str:
    """What an authenticator app reads."""
    label = quote(f"{department}:{username}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(department)}"
