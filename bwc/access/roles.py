"""Who may do what: one table from role to rights, asked by everything that acts for a person.

A right that ends in `_OWN` reaches only as far as the officer's own recordings and shifts; `OWN`
ties it to the right it is a part of. Footage before release is for those who work on it: neither
the oversight board nor the administrator may watch it, and an auditor only what he drew at random
and has to review (DESIGN section 1; `bwc.coverage.audit_footage`).
"""

from dataclasses import dataclass
from enum import StrEnum

from bwc.catalog.user import Role
from bwc.errors import NotPermitted
from bwc.ids import UserId


class Right(StrEnum):
    """One thing a person may be allowed to do."""

    SEE_QUEUE = "see the queue"
    SEE_CASES = "see incidents and decisions"
    SEE_REQUESTERS = "see who asked and who complained"
    SEE_INVOLVED = "see who was involved in an incident"
    NAME_INVOLVED = "write down who was involved in an incident"
    SEE_RECORDINGS = "see recordings"
    SEE_RECORDINGS_OWN = "see own recordings"
    WATCH_FOOTAGE = "watch unreleased footage"
    WATCH_FOOTAGE_OWN = "watch own footage"
    WATCH_DRAWN = "watch the footage of calls that he drew in an audit"
    WATCH_RENDERINGS = "watch redacted files before release"
    SEE_PERSONS = "see who is in unreleased footage, person by person"
    SEE_CUSTODY = "see the custody ledger"
    UPLOAD = "upload footage"
    CORRECT_TAG = "correct what a recording is tied to"
    TIE_OWN = "tie own recordings to own calls"
    ORDER_REDACTION = "order a redaction"
    UNHIDE_PERSON = "decide that a person stays visible"
    ASSERT_FACT = "assert a fact"
    TAKE_REQUEST = "take in requests and complaints"
    CLOSE_REQUEST = "close a request"
    PLACE_HOLD = "place a hold"
    LIFT_HOLD = "lift a hold"
    PROVE_OBLIGATION = "prove an obligation"
    READ_PROOF = "read how an obligation was met"
    PROPOSE_RELEASE = "propose a release"
    APPROVE_RELEASE = "approve a release"
    WITHDRAW_RELEASE = "withdraw a release"
    ISSUE_LINK = "issue a link to the recipient of a release"
    REVOKE_LINK = "take a link back"
    PROPOSE_DISPOSAL = "propose a disposal"
    APPROVE_DISPOSAL = "approve a disposal"
    SEE_COVERAGE = "see coverage of every officer"
    SEE_COVERAGE_OWN = "see own coverage"
    SEE_DEPARTMENT = "see coverage of units and of the department"
    PUBLISH_COVERAGE = "publish the department's coverage figures"
    SEE_EQUITY = "see how figures differ between districts, kinds of calls and shifts"
    SEE_FINDINGS = "see findings"
    SEE_FINDINGS_OWN = "see own findings"
    EXPLAIN_FINDING = "explain a finding"
    DECIDE_FINDING = "excuse or sustain a finding"
    ANSWER_FOOTAGE = "answer whether footage exists"
    DRAW_AUDIT = "draw a random audit"
    REVIEW_AUDIT = "review what an audit drew"
    SEE_JOBS = "see jobs"
    CANCEL_JOB = "cancel a job"
    MANAGE_USERS = "manage staff accounts"
    MANAGE_CAMERAS = "assign cameras, take them back, put them out of service"
    IMPORT_RECORDS = "import rosters and dispatch records"
    SEE_RETENTION = "see what retention would destroy, and why not"
    SEE_HEALTH = "see how the system is"
    SEE_WITHHELD = "see what is withheld, late, extended and withdrawn, and why"
    SEE_POLICY = "see the rules in force and their changes"
    PROPOSE_POLICY = "propose a change of the rules"
    ACTIVATE_POLICY = "put changed rules into force"


OWN: dict[Right, Right] = {
    Right.SEE_RECORDINGS: Right.SEE_RECORDINGS_OWN,
    Right.WATCH_FOOTAGE: Right.WATCH_FOOTAGE_OWN,
    Right.SEE_COVERAGE: Right.SEE_COVERAGE_OWN,
    Right.SEE_FINDINGS: Right.SEE_FINDINGS_OWN,
}

_RECORDS = frozenset(
    {
        Right.SEE_QUEUE,
        Right.SEE_CASES,
        Right.SEE_REQUESTERS,
        Right.SEE_INVOLVED,
        Right.NAME_INVOLVED,
        Right.SEE_RECORDINGS,
        Right.WATCH_FOOTAGE,
        Right.WATCH_RENDERINGS,
        Right.SEE_PERSONS,
        Right.SEE_CUSTODY,
        Right.UPLOAD,
        Right.CORRECT_TAG,
        Right.ORDER_REDACTION,
        Right.UNHIDE_PERSON,
        Right.ASSERT_FACT,
        Right.TAKE_REQUEST,
        Right.CLOSE_REQUEST,
        Right.PLACE_HOLD,
        Right.PROVE_OBLIGATION,
        Right.READ_PROOF,
        Right.PROPOSE_RELEASE,
        Right.WITHDRAW_RELEASE,
        Right.ISSUE_LINK,
        Right.REVOKE_LINK,
        Right.PROPOSE_DISPOSAL,
        Right.SEE_RETENTION,
        Right.SEE_WITHHELD,
        Right.SEE_JOBS,
        Right.CANCEL_JOB,
        Right.SEE_POLICY,
    }
)

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.RECORDS: _RECORDS,
    Role.SUPERVISOR: _RECORDS
    | {
        Right.APPROVE_RELEASE,
        Right.APPROVE_DISPOSAL,
        Right.LIFT_HOLD,
        Right.SEE_COVERAGE,
        Right.SEE_DEPARTMENT,
        Right.PUBLISH_COVERAGE,
        Right.SEE_FINDINGS,
        Right.DECIDE_FINDING,
        Right.ANSWER_FOOTAGE,
        Right.REVIEW_AUDIT,
        Right.ACTIVATE_POLICY,
    },
    Role.AUDITOR: frozenset(
        {
            Right.SEE_CASES,
            Right.SEE_RECORDINGS,
            Right.SEE_CUSTODY,
            Right.SEE_COVERAGE,
            Right.SEE_DEPARTMENT,
            Right.SEE_EQUITY,
            Right.SEE_FINDINGS,
            Right.ANSWER_FOOTAGE,
            Right.DRAW_AUDIT,
            Right.REVIEW_AUDIT,
            Right.WATCH_DRAWN,
            Right.SEE_WITHHELD,
            Right.SEE_POLICY,
        }
    ),
    Role.OVERSIGHT: frozenset(
        {
            Right.SEE_CASES,
            Right.SEE_COVERAGE,
            Right.SEE_DEPARTMENT,
            Right.SEE_EQUITY,
            Right.SEE_FINDINGS,
            Right.SEE_WITHHELD,
            Right.SEE_POLICY,
        }
    ),
    Role.OFFICER: frozenset(
        {
            Right.SEE_RECORDINGS_OWN,
            Right.WATCH_FOOTAGE_OWN,
            Right.SEE_COVERAGE_OWN,
            Right.SEE_FINDINGS_OWN,
            Right.EXPLAIN_FINDING,
            Right.TIE_OWN,
        }
    ),
    Role.ADMIN: frozenset(
        {
            Right.MANAGE_USERS,
            Right.MANAGE_CAMERAS,
            Right.IMPORT_RECORDS,
            Right.SEE_RETENTION,
            Right.SEE_HEALTH,
            Right.SEE_JOBS,
            Right.CANCEL_JOB,
            Right.SEE_CUSTODY,
            Right.SEE_POLICY,
            Right.PROPOSE_POLICY,
            Right.ACTIVATE_POLICY,
        }
    ),
}


SPEAKS_FOR: dict[Role, frozenset[str]] = {
    Role.RECORDS: frozenset({"records_officer", "reviewer"}),
    Role.SUPERVISOR: frozenset(
        {"supervisor", "records_officer", "reviewer", "legal_counsel", "privacy_counsel", "chief"}
    ),
    Role.AUDITOR: frozenset({"auditor"}),
    Role.OVERSIGHT: frozenset({"oversight"}),
    Role.OFFICER: frozenset(),
    Role.ADMIN: frozenset(),
}
"""For which offices of the rules' vocabulary a role asserts facts; a finding that the law leaves to
an office is a supervisor's to enter."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, as the rooms and the pages know him."""

    id: UserId
    username: str
    name: str
    role: Role
    officer_id: str | None


def allowed(role: Role, right: Right) -> bool:
    """Whether `role` has `right` without limit.

    >>> allowed(Role.OVERSIGHT, Right.WATCH_FOOTAGE)
    False
    """
    return right in RIGHTS[role]


def allowed_in_part(role: Role, right: Right) -> bool:
    """Whether `role` has `right`, or its own-recordings part."""
    return allowed(role, right) or (right in OWN and allowed(role, OWN[right]))


def require(actor: Actor, right: Right) -> None:
    """Let `actor` pass if his role has `right` without limit.

    Raises:
        NotPermitted: it has not.
    """
    if not allowed(actor.role, right):
        raise _refusal(actor, right)


def require_in_part(actor: Actor, right: Right) -> None:
    """Let `actor` pass if some part of `right` is his; what he reads must still be narrowed.

    Raises:
        NotPermitted: not even his own.
    """
    if not allowed_in_part(actor.role, right):
        raise _refusal(actor, right)


def require_for(actor: Actor, right: Right, officer_id: str | None) -> None:
    """Let `actor` pass if he may use `right` on what belongs to `officer_id`.

    Raises:
        NotPermitted: not his own, and he may not see others'.
    """
    if allowed(actor.role, right):
        return
    own = officer_id is not None and officer_id == actor.officer_id
    if not (own and allowed_in_part(actor.role, right)):
        raise _refusal(actor, right)


def narrowed_to(actor: Actor, right: Right) -> str | None:
    """The officer that `actor` is limited to when he uses `right`; None where he is not limited.

    Raises:
        NotPermitted: he has no part of it, or his account is tied to no officer.
    """
    require_in_part(actor, right)
    if allowed(actor.role, right):
        return None
    if actor.officer_id is None:
        raise NotPermitted(
            "this account is tied to no officer", advice="Ask an administrator to add the badge"
        )
    return actor.officer_id


def _refusal(actor: Actor, right: Right) -> NotPermitted:
    return NotPermitted(
        f"the role {actor.role.value} may not {right.value}",
        advice="Ask an administrator if your work needs it",
    )
