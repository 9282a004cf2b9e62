"""What a file of proof is, by its bytes: whatever its sender calls it. Pure."""

from email import policy
from email.parser import BytesHeaderParser
from enum import StrEnum

from bwc.errors import InvalidInput

LARGEST = 16 * 2**20  # bytes; a scanned letter of many pages
LONGEST_NAME = 200
HEADERS = 64 * 2**10  # bytes in which a letter's head ends
SIGNATURES = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"))
WRITTEN = frozenset("\t\n\r\f")  # of the control characters, those that a text holds


class ProofKind(StrEnum):
    """The kinds that are taken, by their media type."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TEXT = "text/plain"
    MAIL = "message/rfc822"


def kind_of(body: bytes, *, name: str) -> ProofKind:
    """What `body` is. The name only tells a letter of e-mail from other text.

    Raises:
        InvalidInput: nothing, too large, or none of the kinds.

    >>> kind_of(b"%PDF-1.7 ...", name="letter.exe").value
    'application/pdf'
    """
    if not 0 < len(body) <= LARGEST:
        raise InvalidInput(
            "a proof is a file of some size",
            expected=f"1 byte to {LARGEST >> 20} MiB",
            got=f"{len(body)} bytes" if len(body) <= LARGEST else "more",
        )
    for signature, kind in SIGNATURES:
        if body.startswith(signature):
            return ProofKind(kind)
    if body.startswith(b"\xff\xd8\xff"):
        return ProofKind.JPEG
    if name.lower().endswith(".eml") and _is_mail(body):
        return ProofKind.MAIL
    if _is_text(body):
        return ProofKind.TEXT
    raise InvalidInput(
        "this is no file that is kept as a proof",
        expected="a PDF, a PNG or JPEG picture, plain text in UTF-8, or an e-mail (.eml)",
        got=repr(body[:8]),
        advice="Print it to a PDF and send that",
    )


def plain_name(name: str) -> str:
    r"""A file's name without folders and control characters, at most `LONGEST_NAME` long.

    >>> plain_name("C:\\letters\\to\r\nkin.pdf")
    'tokin.pdf'
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    said = "".join(letter for letter in last if letter.isprintable())
    return said[-LONGEST_NAME:] or "proof"


def _is_mail(body: bytes) -> bool:
    """A head with a sender and a date, and no NUL."""
    head = body[:HEADERS]
    if b"\0" in body or (b"\n\n" not in head and b"\r\n\r\n" not in head):
        return False
    found = BytesHeaderParser(policy=policy.compat32).parsebytes(head)
    return "from" in found and "date" in found


def _is_text(body: bytes) -> bool:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(letter >= " " or letter in WRITTEN for letter in text) and "\x7f" not in text
