"""What the desk says after a form was done; the address carries the name, never the words."""

from enum import StrEnum


class Note(StrEnum):
    """One sentence per deed."""

    REDACTION_ORDERED = "The redaction is ordered. Its progress is under Jobs."
    PLAN_CHANGED = "The change is kept. It is rendered when you say so."
    WORK_ASSIGNED = "The work is assigned."
    WORK_GIVEN_BACK = "The work is nobody's again."
    REDACTIONS_ORDERED = "The redactions are ordered. Their progress is under Jobs."
    COMMENTED = "The comment is written down."
    SENT_BACK = "It is sent back. Nothing goes out until that is settled."
    SETTLED = "Settled."
    PLAN_TAKEN_BACK = "The last change is taken back."
    TAG_CORRECTED = "The recording is tied anew. The old tag stays in its history."
    FACT_ASSERTED = "The fact is written down. The rules are asked again."
    REQUEST_TAKEN = "The request is taken in and its clock runs."
    REQUEST_TIED = "The request is tied to this incident. The rules are asked again."
    REQUEST_CORRECTED = "The correction is written down. The rules are asked again."
    REQUEST_CLOSED = "The request is closed. It holds nothing any more; the rules are asked again."
    COMPLAINT_TIED = "The complaint is tied to this incident, and the recordings are held."
    COMPLAINT_TAKEN = "The complaint is taken in, and the recordings are held."
    CALENDAR_ENDED = "The calendar's address has ended."
    HOLD_PLACED = "The hold is placed."
    HOLD_LIFTED = "The hold is lifted."
    OBLIGATION_PROVEN = "The proof is written down."
    RELEASE_PROPOSED = "The release is proposed. Another person must approve it."
    RELEASE_APPROVED = "Approved. It is published as soon as the last gate is open."
    RECIPIENT_APPROVED = "Approved. A link can be issued as soon as the last gate is open."
    RELEASE_WITHDRAWN = "Withdrawn. A tombstone takes its place on the portal."
    RECIPIENT_WITHDRAWN = "Withdrawn. Its links open nothing any more."
    RECIPIENT_PROPOSED = (
        "Proposed for who asked. Another person must approve it; then issue the link."
    )
    LINK_REVOKED = "The link is taken back. It opens nothing any more."
    JOB_CANCELLED = "The job is told to stop."
    JOB_RETRIED = "The job waits for a worker again."
    POLICY_PROPOSED = "The change is proposed. Another person must activate it."
    POLICY_ACTIVATED = "The rules are in force. Every open case is being decided again."
    POLICY_REFUSED = "The change is refused. The rules stay as they are."
    USER_CREATED = "The account is open."
    USER_CHANGED = "The account is changed; its open sessions ended."
    CAMERA_CHANGED = "It is written down. The days it changes are summed again within the hour."
    ACCOUNT_RENEWED = "The password is changed. Sign in with the new one."
    FINDINGS_REFRESHED = "The findings are brought up to date."
    FINDING_EXPLAINED = "The explanation is written down. A supervisor decides."
    FINDING_DECIDED = "The decision is written down."
    ANSWER_WRITTEN = "The answer is written, numbered and in custody."
    AUDIT_DRAWN = "The audit is drawn. Its seed and list are in custody."
    DRAW_REVIEWED = "The review is written down."
    SECOND_FACTOR_SET = "The second factor is set up."
    CODE_TAKEN = "The code is taken. Press the button again now; it counts for 15 minutes."
    SIGNED_OUT = "You are signed out."

    @classmethod
    def of(cls, name: str | None) -> "Note | None":
        """The note of that name; None for anything else."""
        return cls.__members__.get((name or "").upper())
