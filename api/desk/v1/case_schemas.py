"""What the JSON API takes and gives about cases: incidents, releases, facts, requests, holds."""

from datetime import datetime
from decimal import Decimal

from pydantic import AwareDatetime, Field, JsonValue

from api.desk.v1.schemas import Body, Read, RecordingRead
from bwc.catalog.release import ObligationState, ReleaseState
from bwc.catalog.request import HoldKind, RequestState
from bwc.catalog.signature import SignatureState
from bwc.release.fee import FeeStanding
from bwc.requests.words import (
    Channel,
    Complainant,
    IdentityShown,
    Named,
    RequesterRole,
    RequestOutcome,
)


class GateRead(Read):
    """One gate between a proposal and the public."""

    name: str
    open: bool
    why: str
    opens_at: datetime | None


class ReleaseCreate(Body):
    """A recording put forward for the public."""

    recording_id: str
    title: str
    summary: str
    request_id: str | None = None


class SignatureRead(Read):
    """A signature under a plan that was not rendered yet.

    It is an approval as soon as exactly that plan is rendered and verified and the rules still
    decide the same; else it lapses, and `ended_why` says why.
    """

    id: str
    plan_version: int
    plan_sha256: str
    job_id: str
    signed_by: str
    signed_at: datetime
    state: SignatureState
    ended_at: datetime | None
    ended_why: str | None


class ReleaseRead(Read):
    """One release, with every gate between it and the public."""

    id: str
    incident_id: str
    recording_id: str
    audience: str
    title: str
    summary: str
    state: ReleaseState
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    published_at: datetime | None
    manifest_sha256: str | None
    captions_sha256: str | None = Field(description="An approval names them too")
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    plan_id: str | None = Field(description="What hides people; an approval names it")
    plan_sha256: str | None = Field(description="Its hash; an approval names it")
    rendering_id: str | None = Field(
        description="That plan's verified rendering; an approval names it, or null to sign the plan"
    )
    decision_id: str | None = Field(description="What stands decided; an approval names it")
    recipient: str | None = Field(
        description="Whom it is for, where that is one person; an approval names him. Null for the "
        "public, and to who may not know"
    )
    signature: SignatureRead | None = Field(description="The newest, whatever became of it")
    gates: list[GateRead]


class ReleaseLineRead(Read):
    """One release in a list."""

    id: str
    incident_id: str
    recording_id: str
    audience: str
    title: str
    state: ReleaseState
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    published_at: datetime | None


class ReleaseList(Read):
    """Releases, the newest first."""

    items: list[ReleaseLineRead]


class Approval(Body):
    """A second person's yes to what he looked at: that plan and its rendering, under that decision.

    `recipient` is null for the public, else the name of the one person whom it is for. Without a
    rendering, `rendering_id` null, he signs the plan: it is rendered and verified, and his approval
    takes effect by itself. `accept_draft` accepts rules that no lawyer has verified yet.
    """

    plan_id: str = Field(max_length=36)
    plan_sha256: str = Field(max_length=64)
    rendering_id: str | None = Field(max_length=36)
    decision_id: str = Field(max_length=36)
    recipient: str | None
    captions_sha256: str | None = Field(max_length=64)
    accept_draft: bool = False


class CaptionsCreate(Body):
    """Captions of what would leave, as WebVTT; `[muted]` stands where nothing is heard."""

    captions: str = Field(min_length=1)


class CaptionsShown(Read):
    """Captions; `webvtt` is null where there are none or they spell out what is muted by now."""

    sha256: str | None
    webvtt: str | None


class Withdrawal(Body):
    """Why a release is taken back; the public reads it in its place."""

    reason: str = Field(min_length=1)


class FactCreate(Body):
    """One fact of the closed vocabulary; `"unknown"` takes an earlier one back."""

    name: str
    value: JsonValue
    source: str
    evidence_ref: str | None = None


class FactRead(Read):
    """One asserted fact; `stands` where none of that name is newer."""

    name: str
    value: JsonValue
    source: str
    asserted_by: str
    asserted_at: datetime
    evidence_ref: str | None
    stands: bool


class RequestCreate(Body):
    """A record request as it came in."""

    incident_id: str | None = None
    requester_role: RequesterRole
    channel: Channel = Channel.DESK
    description: str
    requester_name: str | None = None
    requester_contact: str | None = None
    received_at: AwareDatetime | None = None
    covers: str | None = None
    covers_from: AwareDatetime | None = None
    covers_to: AwareDatetime | None = None
    recordings: list[str] | None = None
    names: list[Named] | None = None
    statute_invoked: str | None = None
    identity_shown: IdentityShown | None = None
    authorisation_doc: str | None = None


class RequestClose(Body):
    """How a request ended, and why in words: the letter, the copy handed over, the ground."""

    outcome: RequestOutcome
    reason: str = Field(min_length=1)


class RequestRead(Read):
    """A record request. Name and contact are left out for those who do not answer it."""

    id: str
    number: str
    incident_id: str | None
    received_at: datetime
    channel: str
    requester_role: str
    requester_name: str | None
    requester_contact: str | None
    description: str
    state: RequestState
    covers: str | None
    covers_from: datetime | None
    covers_to: datetime | None
    recordings: list[str] | None
    names: list[str] | None
    statute_invoked: str | None
    identity_shown: str | None
    authorisation_doc: str | None
    outcome: str | None
    closing_reason: str | None
    closed_by: str | None
    closed_at: datetime | None


class ComplaintCreate(Body):
    """A complaint as it came in; no name is asked for."""

    incident_id: str | None = None
    filed_by: Complainant
    about_misconduct: bool
    description: str
    formal: bool = False
    log_number: str | None = None
    filed_at: AwareDatetime | None = None


class ComplaintRead(Read):
    """A complaint."""

    id: str
    number: str
    filed_at: datetime
    filed_by: str
    about_misconduct: bool
    log_number: str | None
    description: str


class Placing(Body):
    """The incident that a request or a complaint is about."""

    incident_id: str


class Unplaced(Read):
    """What names no incident yet, and how many letters of the public could not be opened."""

    requests: list[RequestRead]
    complaints: list[ComplaintRead]
    unread: int


class HoldCreate(Body):
    """A hold on an incident."""

    kind: HoldKind
    reason: str
    blocks_release: bool
    expires_at: AwareDatetime | None = None


class HoldRead(Read):
    """A hold."""

    id: str
    kind: HoldKind
    blocks_release: bool
    reason: str
    ordered_by: str
    placed_at: datetime
    expires_at: datetime | None
    lifted_at: datetime | None


class ProofCreate(Body):
    """How an obligation was met: the letter, the call, the file that shows it."""

    proof: str = Field(min_length=1)


class ProofFileRead(Read):
    """One file that proves that an obligation was met."""

    id: str
    sha256: str
    size_bytes: int
    kind: str = Field(description="Its media type, by its bytes")
    name: str | None = Field(description="Left out for those who may not read it")
    added_by: str
    added_at: datetime


class ObligationRead(Read):
    """One obligation; how it was met is left out for those who may not read that."""

    id: str
    incident_id: str
    kind: str
    recipient: str | None
    element: str | None
    owner_role: str
    due_at: datetime | None
    blocks_release: bool
    state: ObligationState
    proof: str | None
    proven_by: str | None
    proven_at: datetime | None
    files: list[ProofFileRead] = Field(default_factory=list)


class DecisionRead(Read):
    """What the rules say for one audience; `document` replays byte for byte."""

    id: str
    audience: str
    modality: str | None
    outcome: str
    due_at: datetime | None
    rests_on_draft: bool
    decided_at: datetime
    sha256: str
    document: JsonValue


class IncidentRead(Read):
    """One incident in the list."""

    id: str
    number: str
    title: str
    kind: str
    occurred_at: datetime
    district: str
    recordings: int
    outcome: str | None
    due_at: datetime | None


class IncidentPage(Read):
    """Incidents, the newest first; `next` is the cursor of the rest."""

    items: list[IncidentRead]
    next: str | None


class FeeRead(Read):
    """What a copy may cost under one decision; `amount` is in dollars, null where it is not known."""

    audience: str
    standing: FeeStanding
    objects: int = Field(description="Followed by the newest plans")
    minutes: float = Field(description="How long all of them together are seen")
    unplanned: int = Field(description="Recordings without a plan; with any, nothing is quoted")
    amount: Decimal | None
    conditions: str


class RequestClockRead(Read):
    """By when a request must be answered and what it lacks; `due_at` is null where no rule has one."""

    request_id: str
    due_at: datetime | None
    missing: list[str]


class IncidentDetail(Read):
    """One incident with everything that hangs on it."""

    id: str
    number: str
    title: str
    kind: str
    occurred_at: datetime
    district: str
    calls: list[str]
    recordings: list[RecordingRead]
    facts: list[FactRead]
    decisions: list[DecisionRead]
    obligations: list[ObligationRead]
    requests: list[RequestRead]
    complaints: list[ComplaintRead]
    holds: list[HoldRead]
    releases: list[ReleaseLineRead]
    fees: list[FeeRead] = Field(default_factory=list)
    request_clocks: list[RequestClockRead] = Field(default_factory=list)
