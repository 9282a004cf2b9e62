"""What the JSON API takes and gives about releases to one person, and corrections of requests."""

from datetime import datetime

from pydantic import AwareDatetime, Field, JsonValue

from api.desk.v1.schemas import Body, Read
from bwc.catalog.views.links import LinkState
from bwc.release.links import CODE_DIGITS, LONGEST_DAYS, LONGEST_REASON, USUAL_DAYS
from bwc.requests.words import IdentityShown, Named, RequesterRole


class RecipientRelease(Body):
    """A recording put forward for the one person who asked for it."""

    recording_id: str
    title: str
    summary: str


class LinkCreate(Body):
    """How long the link is good for."""

    days: int = Field(USUAL_DAYS, ge=1, le=LONGEST_DAYS)


class LinkIssued(Read):
    """A fresh link. Address and code are shown this once, and go to the person by two ways."""

    id: str
    address: str
    code: str = Field(description=f"{CODE_DIGITS} digits; without them the address opens nothing")
    expires_at: datetime
    view_only: bool


class FailureRead(Read):
    """The job that ended without the marked copy; `/v1/jobs/{job_id}/retry` tries a dead one again."""

    job_id: str
    reason: str
    can_retry: bool = Field(description="One that was cancelled is not; issue another link")


class LinkRead(Read):
    """A link as it stands; the recipient is left out for those who do not answer requests."""

    id: str
    release_id: str
    recipient: str | None
    view_only: bool
    issued_by: str
    issued_at: datetime
    expires_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None
    revoked_reason: str | None
    locked_until: datetime | None
    views: int
    viewed_at: datetime | None
    copy_destroyed_at: datetime | None
    state: LinkState
    failure: FailureRead | None


class LinkList(Read):
    """The links of a release, the newest first."""

    items: list[LinkRead]


class Revocation(Body):
    """Why a link is taken back."""

    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class CorrectionCreate(Body):
    """How a request really stands: every member, for one left out is emptied; and how it is known."""

    reason: str = Field(min_length=1)
    requester_role: RequesterRole
    requester_name: str | None = None
    requester_contact: str | None = None
    identity_shown: IdentityShown | None = None
    authorisation_doc: str | None = None
    statute_invoked: str | None = None
    names: list[Named] | None = None
    covers: str | None = None
    covers_from: AwareDatetime | None = None
    covers_to: AwareDatetime | None = None
    recordings: list[str] | None = Field(None, description="Ids; left out: all of the incident")


class CorrectionRead(Read):
    """One correction: what stood before, what stands since, who says so and why."""

    id: str
    request_id: str
    before: dict[str, JsonValue]
    after: dict[str, JsonValue]
    reason: str
    corrected_by: str
    corrected_at: datetime


class CorrectionList(Read):
    """The corrections of a request, the newest first."""

    items: list[CorrectionRead]
