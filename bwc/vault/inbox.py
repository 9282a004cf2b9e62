"""The inbox: the one place the portal may add to, and only the desk can read.

Layout: `new/<id>` holds a sealed letter; `unread/<id>` one that could not be opened, kept for a
person to look at. The desk publishes its public key and the state of each receipt in the public
store: `receipts/key.json` and `receipts/<sha256 of the receipt>.json`.
"""

import hashlib
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bwc.errors import InvalidInput
from bwc.settings import Settings
from bwc.vault.protocol import PublicStore
from bwc.vault.sealed import new_key

NEW = "new/"
UNREAD = "unread/"
KEY = "receipts/key.json"
KEY_FORMAT = "bwc-inbox-key/1"
KEY_FILE = "inbox.key"
NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LARGEST_LETTER = 256 * 2**10  # bytes, sealed
SEALED = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Inbox:
    """Sealed letters in an object store."""

    store: PublicStore

    def add(self, name: str, sealed: bytes) -> None:
        """Put a letter in. Raises Conflict where one of that name was put in before."""
        if len(sealed) > LARGEST_LETTER:
            raise InvalidInput("the letter is too long", expected=f"at most {LARGEST_LETTER} bytes")
        self.store.put(f"{NEW}{name}", io.BytesIO(sealed), content_type=SEALED)

    def waiting(self) -> Iterator[str]:
        """The names of the letters that nobody has taken; what has no letter's name is none."""
        for key in self.store.keys(NEW):
            if NAME.fullmatch(name := key.removeprefix(NEW)):
                yield name

    def unread(self) -> int:
        """How many letters could not be opened and wait for a person."""
        return sum(1 for _ in self.store.keys(UNREAD))

    def read(self, name: str) -> bytes:
        """A sealed letter. Raises NotFound."""
        return b"".join(self.store.read(f"{NEW}{name}", length=LARGEST_LETTER))

    def remove(self, name: str) -> None:
        """Forget a letter that the catalog has; removing what is gone is no error."""
        self.store.remove(f"{NEW}{name}")

    def set_aside(self, name: str) -> None:
        """Keep a letter that could not be opened where it is not tried again."""
        self.store.replace(f"{UNREAD}{name}", self.read(name), content_type=SEALED)
        self.remove(name)


def receipt_key(receipt: str) -> str:
    """Where the state of a receipt is published: its number cannot be told from the name."""
    return f"receipts/{hashlib.sha256(receipt.encode()).hexdigest()}.json"


def desk_key(settings: Settings) -> str:
    """The private key of the inbox, as it is set; else a file in home, made when first asked for.

    Raises:
        InvalidInput: the inbox is a bucket, which many machines read, and no key is set.
    """
    if settings.inbox_key is not None:
        return settings.inbox_key.get_secret_value()
    path = key_file(settings)
    if path is None:
        raise InvalidInput("the inbox has no key", advice="Set BWC_INBOX_KEY; see docs/portal.md")
    return keep_key(path, new_key())


def key_file(settings: Settings) -> Path | None:
    """The file that holds the private key, made or not; None where the key is set elsewhere."""
    if settings.inbox_key is not None or settings.inbox.bucket is not None:
        return None
    return settings.home.resolve() / KEY_FILE


def keep_key(path: Path, key: str) -> str:
    """The key in `path`; whoever comes first writes it, whole, and it is never written again."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(key)
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # another process was first; its key counts
        finally:
            draft.unlink()
    return path.read_text().strip()
