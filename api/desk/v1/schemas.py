"""What the JSON API takes and gives. Unknown fields are refused: a typo must not pass unseen."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, SecretStr

from bwc.catalog.job import JobState, Queue
from bwc.catalog.recording import RecordingState, TagSource, UploadState
from bwc.catalog.release import ObligationState, ReleaseState
from bwc.catalog.rendering import Verdict
from bwc.catalog.request import HoldKind, RequestState
from bwc.catalog.user import Role
from bwc.requests.words import Channel, Complainant, RequesterRole


class Body(BaseModel):
    """What comes in."""

    model_config = ConfigDict(extra="forbid")


class Read(BaseModel):
    """What goes out, read from a view of the catalog."""

    model_config = ConfigDict(from_attributes=True)


class SessionCreate(Body):
    """Who signs in."""

    username: str
    password: SecretStr


class SessionRead(Read):
    """A fresh session. Send `Authorization: Bearer <token>` from now on."""

    token: str = Field(description="Shown this once; the catalog keeps only its sha256")
    username: str
    role: Role
    idle_lock_minutes: int


class RecordingRead(Read):
    """One recording."""

    id: str
    sha256: str
    size_bytes: int
    original_name: str
    badge: str | None
    camera: str | None
    started_at: datetime | None
    duration_us: int | None
    received_at: datetime
    state: RecordingState
    quarantine_reason: str | None
    incident_id: str | None
    incident_number: str | None
    confidence: float | None


class RecordingPage(Read):
    """Recordings, the newest first; `next` is the cursor of the rest."""

    items: list[RecordingRead]
    next: str | None


class TagRead(Read):
    """One tie of a recording, the newest first."""

    incident_id: str | None
    incident_number: str | None
    call_number: str | None
    confidence: float
    explanation: str
    source: TagSource
    author: str
    created_at: datetime


class PlanRead(Read):
    """One version of the redaction plan."""

    id: str
    version: int
    sha256: str
    author: str
    created_at: datetime


class RenderingRead(Read):
    """One finished file and its certificate."""

    id: str
    plan_id: str
    sha256: str
    size_bytes: int
    verdict: Verdict
    created_at: datetime
    certificate: JsonValue


class RecordingDetail(RecordingRead):
    """One recording with everything that was made of it."""

    tags: list[TagRead]
    plans: list[PlanRead]
    renderings: list[RenderingRead]


class TagCreate(Body):
    """A correction: the call or the incident the recording belongs to, or neither."""

    call_id: str | None = None
    incident_id: str | None = None
    reason: str = Field(min_length=1)


class JobRead(Read):
    """One job. `waits_for` says why it does not run yet."""

    id: str
    kind: str
    queue: Queue
    subject_id: str | None
    state: JobState
    attempt: int
    progress: float = Field(description="0 to 1")
    stage: str
    reason: str | None
    waits_for: str
    requested_by: str
    created_at: datetime
    finished_at: datetime | None
    result: JsonValue


class JobList(Read):
    """Jobs at work and waiting first."""

    items: list[JobRead]


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
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    gates: list[GateRead]


class ReleaseLineRead(Read):
    """One release in a list."""

    id: str
    incident_id: str
    recording_id: str
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
    """A second person's yes. `accept_draft` accepts rules that no lawyer has verified yet."""

    accept_draft: bool = False


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


class ObligationRead(Read):
    """One obligation."""

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


class UploadCreate(Body):
    """A file that will be sent in pieces, and what is known of it."""

    file_name: str
    size_bytes: int = Field(ge=0)
    sha256: str | None = Field(None, description="Checked against what arrives")
    sidecar: dict[str, JsonValue] = Field(default_factory=dict)


class UploadRead(Read):
    """Where an upload stands: send on from `received_bytes`."""

    id: str
    file_name: str
    size_bytes: int
    received_bytes: int
    state: UploadState
    reason: str | None
    recording_id: str | None


class ReceivedRead(Read):
    """What became of a finished upload."""

    recording_id: str
    sha256: str
    state: RecordingState
    reason: str | None
    duplicate: bool
