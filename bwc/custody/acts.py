"""The closed list of acts that the ledger knows, in PREMIS event words where one fits."""

from enum import StrEnum


class Act(StrEnum):
    """What was done. Each is written in the transaction that did it."""

    # intake
    INGESTION = "ingestion"
    DUPLICATE_RECEIVED = "duplicate received"
    QUARANTINE = "quarantine"
    REFUSAL = "refusal"
    FIXITY_CHECK = "fixity check"
    DERIVATION = "derivation"
    MATCHING = "matching"
    TAG_CORRECTION = "tag correction"
    CLOCK_CORRECTED = "clock corrected"
    # cases
    IMPORT = "import"
    FACT_ASSERTION = "fact assertion"
    REQUEST_RECEIVED = "request received"
    REQUEST_TIED = "request tied to incident"
    REQUEST_CLOSED = "request closed"
    COMPLAINT_RECEIVED = "complaint received"
    COMPLAINT_TIED = "complaint tied to incident"
    HOLD_PLACED = "hold placed"
    HOLD_LIFTED = "hold lifted"
    # redaction
    REDACTION_REQUESTED = "redaction requested"
    PLAN_MADE = "plan made"
    RENDERING_MADE = "rendering made"
    RENDERING_REJECTED = "rendering rejected"
    # release
    DECISION_MADE = "decision made"
    OBLIGATION_PROVEN = "obligation proven"
    RELEASE_PROPOSED = "release proposed"
    CAPTIONS_ATTACHED = "captions attached"
    RELEASE_APPROVED = "release approved"
    DISSEMINATION = "dissemination"
    WITHDRAWAL = "withdrawal"
    # rules
    POLICY_PROPOSED = "policy proposed"
    POLICY_ACTIVATED = "policy activated"
    POLICY_REFUSED = "policy refused"
    # retention
    DISPOSAL_PROPOSED = "disposal proposed"
    DISPOSAL_APPROVED = "disposal approved"
    DISPOSAL_REFUSED = "disposal refused"
    DISPOSAL_BEGUN = "disposal begun"
    DISPOSAL_STOPPED = "disposal stopped"
    DELETION = "deletion"
    # audit
    FINDINGS_REFRESHED = "findings refreshed"
    FINDING_EXPLAINED = "finding explained"
    FINDING_EXCUSED = "finding excused"
    FINDING_SUSTAINED = "finding sustained"
    FINDING_REOPENED = "finding reopened"
    FOOTAGE_ANSWERED = "footage answered"
    AUDIT_DRAWN = "audit drawn"
    AUDIT_REVIEWED = "audit reviewed"
    # staff
    USER_CREATED = "user created"
    USER_CHANGED = "user changed"
    SIGN_IN = "sign-in"
    SIGN_IN_REFUSED = "sign-in refused"
    SIGN_OUT = "sign-out"
    VIEWING = "viewing"
    # work and upkeep
    JOB_CANCELLED = "job cancelled"
    JOB_DEAD = "job dead"
    JOB_RETRIED = "job retried"
    BACKUP_MADE = "backup made"
    RESTORED = "restored"


class Subject(StrEnum):
    """What kind of thing an act was done to."""

    RECORDING = "recording"
    UPLOAD = "upload"
    INCIDENT = "incident"
    REQUEST = "request"
    COMPLAINT = "complaint"
    HOLD = "hold"
    PLAN = "plan"
    RENDERING = "rendering"
    DECISION = "decision"
    OBLIGATION = "obligation"
    RELEASE = "release"
    DISPOSAL = "disposal"
    FINDING = "finding"
    ANSWER = "answer"
    AUDIT = "audit"
    USER = "user"
    JOB = "job"
    POLICY = "policy"
    CATALOG = "catalog"
