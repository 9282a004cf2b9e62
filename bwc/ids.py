"""Names of rows and of bytes.

Rows carry UUIDv7 keys, made in the service and never in the database, so that a command that is
repeated is the same command. Bytes are named by their sha256 in lower-case hex.
"""

from typing import NewType

import uuid_utils

RecordingId = NewType("RecordingId", str)
IncidentId = NewType("IncidentId", str)
JobId = NewType("JobId", str)
ReleaseId = NewType("ReleaseId", str)
UserId = NewType("UserId", str)
Sha256 = NewType("Sha256", str)

ID_LENGTH = 36
SHA256_LENGTH = 64


def new_id() -> str:
    """A fresh UUIDv7: 36 characters that sort by the time they were made."""
    return str(uuid_utils.uuid7())
