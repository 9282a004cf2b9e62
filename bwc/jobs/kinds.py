"""The kinds of work there are, and the queue each goes to."""

from enum import StrEnum

from bwc.catalog.job import Queue


class JobKind(StrEnum):
    """One kind per step; its code stands in `workers/steps/<room>.py`."""

    DERIVE = "derive"  # subject: recording. Poster, proxy, outline
    CHECK_FIXITY = "check_fixity"  # subject: recording
    MATCH = "match"  # subject: recording. To call and incident
    ANALYSE = "analyse"  # subject: recording. Detect and track into a plan
    CARRY = "carry"  # subject: recording; arguments: plan_id, track. A drawn box, both ways
    RENDER = "render"  # subject: recording; arguments: plan_id (exact: as it is) or analyse_job_id
    ANALYSE_PART = "analyse_part"  # subject: recording; arguments: of, the job that is shared
    RENDER_PART = "render_part"  # the same
    DECIDE = "decide"  # subject: incident
    TAKE_EFFECT = "take_effect"  # subject: release; arguments: signature_id. Needs its rendering
    PUBLISH = "publish"  # subject: release
    WITHDRAW = "withdraw"  # subject: release
    MARK = "mark"  # subject: link. The recipient's copy, with his name burnt in
    TIDY_LINKS = "tidy_links"  # no subject. Every hour: copies of links that are over
    DISPOSE = "dispose"  # subject: disposal. Destroys what two people agreed on
    TAKE_INBOX = "take_inbox"  # no subject. Complaints and requests that the public wrote
    REFRESH_COVERAGE = "refresh_coverage"  # no subject. Sums by day, and findings
    SUM_COVERAGE = "sum_coverage"  # no subject. Every hour: today, and days that changed
    TIDY_SPOOL = "tidy_spool"  # no subject. Uploads nobody goes on with, folders of killed jobs
    VERIFY_CUSTODY = "verify_custody"  # no subject. Every day, or when a person asks
    PUBLISH_LOG = "publish_log"  # no subject. Public log, upcoming, policy text


QUEUE_OF: dict[JobKind, Queue] = {
    JobKind.DERIVE: Queue.INTAKE,
    JobKind.CHECK_FIXITY: Queue.INTAKE,
    JobKind.MATCH: Queue.INTAKE,
    JobKind.ANALYSE: Queue.ANALYSIS,
    JobKind.CARRY: Queue.ANALYSIS,
    JobKind.RENDER: Queue.RENDER,
    JobKind.ANALYSE_PART: Queue.ANALYSIS,
    JobKind.RENDER_PART: Queue.RENDER,
    JobKind.DECIDE: Queue.RELEASE,
    JobKind.TAKE_EFFECT: Queue.RELEASE,
    JobKind.PUBLISH: Queue.RELEASE,
    JobKind.WITHDRAW: Queue.RELEASE,
    JobKind.MARK: Queue.RENDER,
    JobKind.TIDY_LINKS: Queue.UPKEEP,
    JobKind.DISPOSE: Queue.UPKEEP,
    JobKind.TAKE_INBOX: Queue.RELEASE,
    JobKind.REFRESH_COVERAGE: Queue.UPKEEP,
    JobKind.SUM_COVERAGE: Queue.UPKEEP,
    JobKind.TIDY_SPOOL: Queue.UPKEEP,
    JobKind.VERIFY_CUSTODY: Queue.UPKEEP,
    JobKind.PUBLISH_LOG: Queue.UPKEEP,
}
