"""What the JSON API takes and gives. Unknown fields are refused: a typo must not pass unseen."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SecretStr

from api.desk.pages.audits import MOST
from bwc.catalog.job import JobState, Queue
from bwc.catalog.recording import RecordingState, TagSource, UploadState
from bwc.catalog.rendering import Verdict
from bwc.catalog.user import Role
from bwc.coverage.audit_reviews import Mark, Question
from bwc.coverage.audits import LONGEST_SEED
from bwc.redaction.parts import RenderMode
from bwc.redaction.plan import Effect, Kind, Shape, SoundEffect
from bwc.redaction.planning import DEFAULT_HIDE


class Body(BaseModel):
    """What comes in."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


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


class TagCreate(Body):
    """A correction: the call or the incident the recording belongs to, or neither."""

    call_id: str | None = None
    incident_id: str | None = None
    reason: str = Field(min_length=1)


class AuditCreate(Body):
    """Which days to draw from and how many officer-calls; without a seed one is made."""

    first: str = Field("", max_length=10)
    last: str = Field("", max_length=10)
    size: int = Field(20, ge=1, le=MOST)
    seed: str | None = Field(None, max_length=LONGEST_SEED)


class DrawReviewCreate(Body):
    """One reviewer's form on one draw."""

    activation: Mark = Field(description=Question.ACTIVATION.value)
    notice: Mark = Field(description=Question.NOTICE.value)
    deescalation: Mark = Field(description=Question.DEESCALATION.value)
    intervention: Mark = Field(description=Question.INTERVENTION.value)
    tag: Mark = Field(description=Question.TAG.value)
    note: str = Field("", max_length=2000)

    def answers(self) -> dict[Question, Mark]:
        """The form by its questions."""
        marks = (self.activation, self.notice, self.deescalation, self.intervention, self.tag)
        return dict(zip(Question, marks, strict=True))


class FootageAsked(Body):
    """A call, an incident, or an officer and a time: what a written answer is about."""

    call: str = Field("", max_length=60)
    incident: str = Field("", max_length=60)
    badge: str = Field("", max_length=60)
    moment: str = Field("", max_length=60)


class RedactionCreate(Body):
    """What to hide and how, and what not to hear. Nothing given: faces and heads, filled."""

    hide: list[Kind] = Field(list(DEFAULT_HIDE), min_length=1)
    effect: Effect = Effect.SOLID
    shape: Shape = Shape.BOX
    mute: list[str] = Field(
        [], description="Stretches from the recording's first moment: 12.5-14 or 1:02:03-1:02:04.5"
    )
    transcript: str | None = Field(
        None,
        description="WebVTT, SRT or JSON words: what identifies a person is muted. Not kept",
    )
    sound: SoundEffect = SoundEffect.MUTE
    render: RenderMode = Field(
        RenderMode.SMART,
        description="smart copies pictures and sound that stay as they are, full codes all anew",
    )


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
