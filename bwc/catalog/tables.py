"""Every table, imported in one place so that the metadata is whole."""

from bwc.catalog.base import Base
from bwc.catalog.beat import ProcessBeat
from bwc.catalog.camera_clock import ClockMeasurement
from bwc.catalog.coverage_sum import (
    CallGroup,
    CallGroupSum,
    CoveragePeriod,
    CoverageSpanKind,
    CoverageSum,
    RecordedSum,
    UnitCoverageSum,
)
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.disposal import (
    Disposal,
    DisposalItem,
    DisposalItemState,
    DisposalState,
    Tombstone,
)
from bwc.catalog.finding import (
    Audit,
    AuditDraw,
    AuditFrame,
    AuditReview,
    FindingEvent,
    FindingRow,
    FindingState,
    FootageAnswer,
)
from bwc.catalog.incident import Call, CallUnit, Fact, Incident
from bwc.catalog.involved import InvolvedPerson, PersonRole
from bwc.catalog.job import Job, JobNeed, JobState, Queue
from bwc.catalog.link import RecipientLink
from bwc.catalog.listed_recording import ListedRecording
from bwc.catalog.people import Assignment, Camera, Officer, Shift
from bwc.catalog.policy_change import PolicyChange, PolicyChangeState
from bwc.catalog.proof import ProofFile
from bwc.catalog.recording import (
    Recording,
    RecordingState,
    Tag,
    TagSource,
    Upload,
    UploadState,
)
from bwc.catalog.release import (
    Decision,
    Obligation,
    ObligationState,
    Release,
    ReleaseState,
)
from bwc.catalog.rendering import Certificate, PersonCrop, Plan, Rendering, Verdict
from bwc.catalog.request import (
    Complaint,
    Hold,
    HoldKind,
    RecordRequest,
    RequestCorrection,
    RequestState,
)
from bwc.catalog.review import ReviewComment, ReviewPresence, WorkClaim
from bwc.catalog.signature import Signature, SignatureState
from bwc.catalog.user import Role, Session, User

__all__ = [
    "Assignment",
    "Audit",
    "AuditDraw",
    "AuditFrame",
    "AuditReview",
    "Base",
    "Call",
    "CallGroup",
    "CallGroupSum",
    "CallUnit",
    "Camera",
    "Certificate",
    "ClockMeasurement",
    "Complaint",
    "CoveragePeriod",
    "CoverageSpanKind",
    "CoverageSum",
    "CustodyEntry",
    "Decision",
    "Disposal",
    "DisposalItem",
    "DisposalItemState",
    "DisposalState",
    "Fact",
    "FindingEvent",
    "FindingRow",
    "FindingState",
    "FootageAnswer",
    "Hold",
    "HoldKind",
    "Incident",
    "InvolvedPerson",
    "Job",
    "JobNeed",
    "JobState",
    "ListedRecording",
    "Obligation",
    "ObligationState",
    "Officer",
    "PersonCrop",
    "PersonRole",
    "Plan",
    "PolicyChange",
    "PolicyChangeState",
    "ProcessBeat",
    "ProofFile",
    "Queue",
    "RecipientLink",
    "RecordRequest",
    "RecordedSum",
    "Recording",
    "RecordingState",
    "Release",
    "ReleaseState",
    "Rendering",
    "RequestCorrection",
    "RequestState",
    "ReviewComment",
    "ReviewPresence",
    "Role",
    "Session",
    "Shift",
    "Signature",
    "SignatureState",
    "Tag",
    "TagSource",
    "Tombstone",
    "UnitCoverageSum",
    "Upload",
    "UploadState",
    "User",
    "Verdict",
    "WorkClaim",
]
