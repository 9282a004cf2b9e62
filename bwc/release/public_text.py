"""What staff write for the public: it must say something, and name nobody the catalog knows."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.involved import InvolvedPerson
from bwc.catalog.people import Camera, Officer
from bwc.catalog.recording import Recording
from bwc.catalog.request import Complaint, RecordRequest
from bwc.errors import InvalidInput


def public_text(session: Session, text: str, *, field: str, longest: int) -> str:
    """`text` as the public will read it, with nobody named by the catalog in it.

    Raises:
        InvalidInput: empty, longer than `longest` characters, or it names someone or something.
    """
    said = " ".join(text.split()) if field == "title" else text.strip()
    if not said or len(said) > longest:
        raise InvalidInput(
            "the public must be told what this is",
            where=field,
            expected=f"1 to {longest} characters",
            got=f"{len(said)} characters",
        )
    for kind, name in _names(session):
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said, re.IGNORECASE):
            raise InvalidInput(
                f"the public text names {kind}",
                where=field,
                advice="Describe what happened without names, serial numbers or file names.",
            )
    return said


def _names(session: Session) -> list[tuple[str, str]]:
    """What the catalog knows that would identify someone: never printed, only searched for."""
    columns = (
        ("an officer", Officer.name),
        ("a camera", Camera.serial),
        ("a file of the camera", Recording.original_name),
        ("a requester", RecordRequest.requester_name),
        ("a complaint's number", Complaint.log_number),
        ("a person who was involved", InvolvedPerson.name),
    )
    return [
        (kind, name.strip())
        for kind, column in columns
        for name in session.scalars(sa.select(column).where(column.is_not(None)))
        if name and name.strip()
    ]
