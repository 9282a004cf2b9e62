"""Taking a file of proof over the web: its size, what it is, and its place in the vault."""

import io

from fastapi import UploadFile

from bwc.house import House
from bwc.release.proof_files import StoredProof, require_provable
from bwc.release.proof_kind import LARGEST, kind_of

PROOF_FOLDERS = ("/obligations/", "/v1/obligations/")
LARGEST_SENT = LARGEST + 2**16  # the file, and the form around it
ACCEPTED = ".pdf,.png,.jpg,.jpeg,.txt,.eml"


def store_proof(house: House, obligation_id: str, file: UploadFile) -> StoredProof:
    """Put a file into the vault, once it is one that may be kept for this obligation.

    Raises:
        NotFound, Conflict: no file may be added to the obligation.
        InvalidInput: nothing, too large, or none of the kinds that are kept.
    """
    body = file.file.read(LARGEST + 1)
    name = file.filename or ""
    kind = kind_of(body, name=name)
    with house.catalog.read() as session:
        require_provable(session, obligation_id)
    stored = house.vault.put(io.BytesIO(body))
    return StoredProof(stored.sha256, stored.size_bytes, kind, name)
