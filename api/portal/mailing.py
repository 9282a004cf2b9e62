"""Handing a letter to the desk: sealed with the key that it published, put where only it reads."""

import re
from dataclasses import dataclass
from http import HTTPStatus

from api.portal.documents import Document, Receipt
from api.portal.limits import HourlyLimit
from api.problems import EdgeProblem
from bwc.canonical import canonical_bytes
from bwc.clock import Clock
from bwc.errors import Conflict
from bwc.requests.letter import ID, Letter, Written, new_receipt
from bwc.vault.inbox import KEY, Inbox, receipt_key
from bwc.vault.protocol import PublicStore
from bwc.vault.sealed import seal

CLOSED = "This department takes no letters here yet. Please write or call."
TOO_MANY = (
    "Many letters came from your address within the hour. Nothing was lost: wait, then send again."
)


class _Key(Document):
    public_key: str


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What the forms need: the desk's key and the receipts, and the inbox that takes letters."""

    public: PublicStore
    inbox: Inbox
    limit: HourlyLimit
    clock: Clock

    @property
    def is_open(self) -> bool:
        """Whether the desk has published a key to seal with."""
        return self.public.has(KEY)

    def send(self, written: Written, *, address: str, receipt: str | None = None) -> str:
        """Seal and hand over; the receipt. One that was handed over before is not taken twice.

        Raises:
            EdgeProblem: too many from this address, or the desk has no key.
        """
        if not self.is_open:
            raise EdgeProblem(HTTPStatus.SERVICE_UNAVAILABLE, code="closed", detail=CLOSED)
        if not self.limit.take(address):
            raise EdgeProblem(HTTPStatus.TOO_MANY_REQUESTS, code="too-many", detail=TOO_MANY)
        number = receipt if receipt and re.fullmatch(ID, receipt) else new_receipt()
        letter = Letter.of(written, receipt=number, at=self.clock.now())
        key = _Key.model_validate_json(b"".join(self.public.read(KEY))).public_key
        body = canonical_bytes(letter.model_dump(mode="json"))
        try:
            self.inbox.add(number, seal(key, body))
        except Conflict:
            return number  # the form was sent twice
        return number

    def state(self, receipt: str) -> Receipt | None:
        """What became of a letter; None where the desk has said nothing of it."""
        number = receipt.strip().lower()
        if not re.fullmatch(ID, number) or not self.public.has(receipt_key(number)):
            return None
        return Receipt.model_validate_json(b"".join(self.public.read(receipt_key(number))))
