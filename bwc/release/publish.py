"""Publishing: files first, then, in one transaction, the gates once more, the ledger, the manifest.

A release is public when its manifest lies in the public store, and its manifest is written while
every other writer of the ledger waits. Killed before that, nothing is listed; killed after it but
before the commit, the next run takes the manifest down and starts again.
"""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject, canonical_bytes, digest
from bwc.catalog.job import Job, JobState
from bwc.catalog.release import Release, ReleaseState
from bwc.catalog.request import RecordRequest, RequestState
from bwc.clock import iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, head, record
from bwc.errors import Conflict, TransientError
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.policy.rules import Packs
from bwc.release.bundle import (
    CHANGED,
    JSON,
    MANIFEST,
    Bundle,
    BundleFile,
    assemble,
    folder_of,
    manifest_of,
    put_state,
)
from bwc.release.decide import true_today
from bwc.release.gates import Gate, come_back, gates, to_the_public
from bwc.release.rows import locked_release, release_row
from bwc.vault.protocol import PublicStore

CLAIMED = "publishing"  # the stage of the one job that is at work on a bundle


class GateClosed(Conflict):
    """A gate closed while the files were being copied."""

    code = "gate-closed"


@dataclass(frozen=True, slots=True)
class Author:
    """Under whose name and in whose time zone it is published."""

    department: str
    zone: tzinfo


def closed_gates(session: Session, release: Release, *, packs: Packs, at: datetime) -> list[Gate]:
    """What still keeps a release from the public, the rules asked anew; empty: it may go."""
    asked = [to_the_public(release), *gates(session, release, at)]
    if release.state is ReleaseState.APPROVED:
        asked.append(true_today(session, release, packs=packs, at=at))
    return [gate for gate in asked if not gate.open]


def claim_publication(session: Session, release_id: str, *, job_id: str, at: datetime) -> bool:
    """Become the one job that may touch the bundle; False while another one is alive at it.

    The claim is the running job's stage, taken while the release's row is held, so that two jobs
    cannot both have it; it ends with the job or its lease.
    """
    locked_release(session, release_id)
    others = sa.select(Job.id).where(
        Job.kind == JobKind.PUBLISH.value,
        Job.subject_id == release_id,
        Job.state == JobState.RUNNING,
        Job.stage == CLAIMED,
        Job.lease_until > at,
        Job.id != job_id,
    )
    if session.scalars(others.limit(1)).first() is not None:
        return False
    session.get_one(Job, job_id).stage = CLAIMED
    return True


def bundle_for(session: Session, release_id: str, *, packs: Packs, author: Author) -> Bundle:
    """What would be published now."""
    return assemble(session, release_row(session, release_id), packs=packs, zone=author.zone)


def seal(
    session: Session,
    public: PublicStore,
    bundle: Bundle,
    files: list[BundleFile],
    *,
    packs: Packs,
    author: Author,
    at: datetime,
) -> JsonObject:
    """Write the ledger, ask every gate again, then put the manifest: the act of publication.

    The custody entry comes first because it holds back every other act until the commit: a hold
    placed meanwhile is either seen here or waits until the release is public.

    Raises:
        GateClosed: a gate closed, or the bundle is no longer what was copied.
    """
    release = locked_release(session, bundle.release_id)
    manifest = manifest_of(bundle, files, head=head(session), department=author.department, at=at)
    record(
        session,
        Act.DISSEMINATION,
        about=About(Subject.RELEASE, release.id),
        actor="release",
        at=at,
        detail={
            "audience": release.audience,
            "manifest_sha256": digest(manifest),
            "files": {file.name: file.sha256 for file in files},
            "approved_by": release.approved_by,
        },
        before={"state": release.state.value},
    )
    session.expire_all()
    _require_open(session, bundle, packs=packs, author=author, at=at)
    release.state = ReleaseState.PUBLISHED
    release.published_at = at
    release.manifest_sha256 = digest(manifest)
    _answer_request(session, release)
    enqueue(session, JobKind.PUBLISH_LOG, requested_by="release", at=at)
    session.flush()
    _put_manifest(public, bundle.release_id, files, manifest)
    return manifest


def _require_open(
    session: Session, bundle: Bundle, *, packs: Packs, author: Author, at: datetime
) -> None:
    """Every gate is open and the bundle is what was copied, seen from inside the transaction."""
    release = release_row(session, bundle.release_id)
    if release.state is not ReleaseState.APPROVED:
        raise GateClosed("the release is not approved", got=release.state.value)
    closed = closed_gates(session, release, packs=packs, at=at)
    if closed:
        raise GateClosed("a gate closed meanwhile", got=f"{closed[0].name.value}: {closed[0].why}")
    if assemble(session, release, packs=packs, zone=author.zone) != bundle:
        raise GateClosed("the bundle changed while it was being copied", where=release.id)


def _answer_request(session: Session, release: Release) -> None:
    """The request that asked for it is answered."""
    if release.request_id is None:
        return
    request = session.get(RecordRequest, release.request_id)
    if request is not None and request.state is RequestState.OPEN:
        request.state = RequestState.ANSWERED


def _put_manifest(
    public: PublicStore, release_id: str, files: list[BundleFile], manifest: JsonObject
) -> None:
    """The last file. What it lists must lie there whole."""
    folder = folder_of(release_id)
    for file in files:
        size = public.size(f"{folder}/{file.name}")
        if size != file.size_bytes:
            raise TransientError(
                "a published file has another size than was written",
                where=f"{folder}/{file.name}",
                expected=str(file.size_bytes),
                got=str(size),
            )
    public.put(f"{folder}/{MANIFEST}", io.BytesIO(canonical_bytes(manifest)), content_type=JSON)
    put_state(public, CHANGED, {"release": release_id, "at": manifest["published_at"]})


def later(moment: datetime, seconds: float) -> datetime:
    """So many seconds after."""
    return moment + timedelta(seconds=seconds)


def wait_for_time(
    session: Session, release: Release, closed: list[Gate], *, at: datetime
) -> Job | None:
    """Where time alone opens what is closed, come back then."""
    if release.state is not ReleaseState.APPROVED:
        return None
    return come_back(session, release.id, closed, at=at)


def outcome_of(closed: list[Gate]) -> JsonObject:
    """Why nothing was published, for the job's result."""
    return {
        "published": False,
        "closed": [
            {
                "gate": gate.name.value,
                "why": gate.why,
                "opens_at": iso(gate.opens_at) if gate.opens_at else None,
            }
            for gate in closed
        ],
    }
