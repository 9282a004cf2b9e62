"""A letter from the public, as the portal seals it and the desk opens it. Pure.

Everything in it was typed by somebody unknown: closed lists and lengths hold before it counts.
"""

import re
import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from bwc.requests.words import Complainant, RequesterRole

ID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")  # nobody types them, and databases refuse NUL
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)  # no portal took a letter before


def new_receipt() -> str:
    """A number that nobody can guess, also not from the one before: 122 random bits."""
    return str(uuid.uuid4())


def readable(text: object) -> object:
    """`text` without control characters, line breaks and tabs kept."""
    return CONTROL.sub("", text.replace("\r\n", "\n")) if isinstance(text, str) else text


Words = Annotated[str, BeforeValidator(readable)]


class LetterKind(StrEnum):
    """What somebody writes about."""

    COMPLAINT = "complaint"  # of an officer's conduct; holds the recordings
    OBJECTION = "objection"  # something that is public should not be
    PROBLEM = "problem"  # a video, caption or page is wrong
    APPEAL = "appeal"  # of a refusal, a delay or a withdrawal
    REQUEST = "request"  # for recordings


class Written(BaseModel):
    """What somebody typed into the form."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    kind: LetterKind
    role: str = Field(max_length=40, description="Who writes, of the closed list of its kind")
    description: Words = Field(min_length=1, max_length=15_000)
    when_where: Words = Field("", max_length=500)
    name: Words = Field("", max_length=200, description="Never needed, never published")
    contact: Words = Field("", max_length=300, description="Never needed, never published")
    release_id: str | None = Field(None, pattern=ID, description="The release it is about")

    @model_validator(mode="after")
    def _role_is_known(self) -> Self:
        """A role that no rule knows would silently not count."""
        roles = RequesterRole if self.kind is LetterKind.REQUEST else Complainant
        if self.role not in {role.value for role in roles}:
            raise ValueError(f"role: expected one of {', '.join(role.value for role in roles)}")
        return self


class Letter(Written):
    """A letter with its receipt number, which is its id, and when the portal took it."""

    format: Literal["bwc-letter/1"] = "bwc-letter/1"
    id: str = Field(pattern=ID)
    received_at: AwareDatetime = Field(ge=EARLIEST)

    @classmethod
    def of(cls, written: Written, *, receipt: str, at: datetime) -> "Letter":
        """What was written, as it is sealed."""
        return cls(id=receipt, received_at=at, **written.model_dump())
