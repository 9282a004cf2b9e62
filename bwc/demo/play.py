"""Runs the main job on the demo department, as its staff would: from the dock to the portal.

Workers do the work; this only plays the people: the dock that receives, the public that asks, the
records officer who redacts and proposes, the supervisor who approves.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from api.desk.periods import read_period
from api.desk.publication import preview, publish
from bwc.catalog.job import Job, JobNeed, JobState
from bwc.catalog.recording import RecordingState
from bwc.catalog.release import Obligation, ObligationState, Release, ReleaseState
from bwc.demo.cases import Ending, StagedCase
from bwc.demo.department import PlannedRecording
from bwc.demo.roster import ACTOR
from bwc.errors import Conflict
from bwc.house import House
from bwc.intake.dock import Dock, make_dock
from bwc.intake.receive import receive_file
from bwc.intake.sidecar import Claims
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.redaction.order import order_redaction
from bwc.release.approve import approve
from bwc.release.gates import gates
from bwc.release.obligations import prove
from bwc.release.propose import propose
from bwc.requests.facts import assert_fact
from bwc.requests.receive import NewComplaint, NewRequest, receive_complaint, receive_request

RECORDS, SUPERVISOR, DOCK = "rita", "sam", "dock"
POLL_SECONDS = 0.5
PATIENCE_SECONDS = 1800

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Player:
    """The house the play happens in, and where its progress is told."""

    house: House
    say: Say

    @property
    def dock(self) -> Dock:
        """Where the play's recordings are received."""
        house = self.house
        return make_dock(house.catalog, house.vault, house.clock, house.settings.intake)

    def receive(self, file: Path, planned: PlannedRecording) -> str:
        """Dock one file; return its recording id."""
        offset = timedelta(seconds=planned.clock_offset_seconds)
        claims = Claims(
            officer=planned.badge,
            camera=planned.camera,
            device_started_at=planned.starts_at + offset,
            timezone=self.house.settings.department.timezone,
            clock_offset_seconds=planned.clock_offset_seconds,
        )
        received = receive_file(self.dock, file, actor=DOCK, claims=claims)
        if received.state is RecordingState.QUARANTINED:
            raise Conflict(
                "the demo's footage was not accepted", where=file.name, got=received.reason
            )
        return received.recording_id

    def ask(self, staged: StagedCase, incident_id: str) -> None:
        """The public complains and asks; staff write down the facts of the case."""
        case, since = staged.case, staged.call.units[0].cleared_at
        with self.house.catalog.write() as session:
            now = self.house.clock.now()
            for name, value in case.facts.items():
                assert_fact(
                    session,
                    incident_id,
                    name=name,
                    value=value,
                    source=f"report {case.number}",
                    by=RECORDS,
                    at=now,
                )
            if case.complaint:
                complaint = NewComplaint(
                    filed_by="civilian",
                    about_misconduct=True,
                    description=case.complaint,
                    incident_id=incident_id,
                    filed_at=_before(now, since + timedelta(hours=5)),
                )
                receive_complaint(session, complaint, by=RECORDS, at=now)
            if case.request:
                request = NewRequest(
                    requester_role="press",
                    channel="email",
                    description=case.request,
                    incident_id=incident_id,
                    received_at=_before(now, since + timedelta(hours=9)),
                )
                receive_request(session, request, by=RECORDS, at=now)
            session.commit()

    def redact(self, recording_id: str) -> list[str]:
        """The records officer presses "redact"; return the ids of both jobs, analysis first."""
        with self.house.catalog.write() as session:
            job = order_redaction(session, recording_id, by=RECORDS, at=self.house.clock.now())
            needs = session.scalars(sa.select(JobNeed.needs_id).where(JobNeed.job_id == job.id))
            job_ids = [*needs, job.id]
            session.commit()
        return job_ids

    def propose_and_approve(self, staged: StagedCase, recording_id: str) -> str:
        """One person proposes, another approves; return the release id."""
        with self.house.catalog.write() as session:
            now = self.house.clock.now()
            case = staged.case
            release = propose(
                session,
                recording_id=recording_id,
                title=case.title,
                summary=case.summary,
                by=RECORDS,
                at=now,
            )
            session.flush()
            approve(session, release.id, by=SUPERVISOR, at=now, accept_draft=True)
            release_id = release.id
            session.commit()
        if case.ending is Ending.PUBLISHED:
            self._prove_all(release_id)
        return release_id

    def publish_coverage(self, first: date) -> None:
        """The supervisor puts the figures of the days that are over on the public record."""
        house, zone = self.house, ZoneInfo(self.house.settings.department.timezone)
        now = house.clock.now()
        last = now.astimezone(zone).date() - timedelta(days=1)
        period = read_period(str(first), str(last), now=now, zone=zone)
        publish(house, period, seen=preview(house, period).sha256, by=SUPERVISOR)

    def follow_custody(self) -> list[str]:
        """Ask for the chain of all that happened to be followed; return its job."""
        with self.house.catalog.write() as session:
            now = self.house.clock.now()
            job = enqueue(session, JobKind.VERIFY_CUSTODY, requested_by=ACTOR, at=now)
            session.commit()
            return [job.id]

    def measure_coverage(self) -> list[str]:
        """Ask for what the night does, now that there is something to find; return its job."""
        with self.house.catalog.write() as session:
            now = self.house.clock.now()
            job = enqueue(session, JobKind.REFRESH_COVERAGE, requested_by=ACTOR, at=now)
            session.commit()
            return [job.id]

    def wait_for_jobs(self, job_ids: Iterable[str], what: str) -> None:
        """Until these jobs are done; a dead one ends the play with its reason."""
        wanted, told = set(job_ids), ""
        for _ in self._ticks(what):
            with self.house.catalog.read() as session:
                jobs = list(session.scalars(sa.select(Job).where(Job.id.in_(wanted))))
            done = sum(job.state is JobState.DONE for job in jobs)
            for job in jobs:
                if job.state in (JobState.DEAD, JobState.CANCELLED):
                    raise Conflict(f"{what} did not end well", where=job.kind, got=job.reason)
            running = [
                f"{j.stage} {int(j.progress * 10) * 10} %"
                for j in jobs
                if j.state is JobState.RUNNING
            ]
            line = f"{what}: {done} of {len(wanted)} done {'; '.join(running)}".rstrip()
            if line != told:
                self.say(line)
                told = line
            if done == len(wanted):
                return

    def wait_until_quiet(self, kinds: Iterable[str], what: str) -> None:
        """Until no job of these kinds runs or waits; one whose time has not come is not waited for."""
        open_jobs = sa.select(sa.func.count(Job.id)).where(
            Job.kind.in_(list(kinds)), Job.state.in_([JobState.WAITING, JobState.RUNNING])
        )
        for _ in self._ticks(what):
            is_due = (Job.run_after <= self.house.clock.now()) | (Job.failures > 0)
            with self.house.catalog.read() as session:
                if session.scalar(open_jobs.where(is_due)) == 0:
                    return

    def wait_until_published(self, release_ids: list[str]) -> None:
        """Until all of these are on the public record."""
        for _ in self._ticks("publication"):
            with self.house.catalog.read() as session:
                releases = session.scalars(sa.select(Release).where(Release.id.in_(release_ids)))
                if all(release.state is ReleaseState.PUBLISHED for release in releases):
                    return

    def closed_gates(self, release_ids: list[str]) -> str:
        """What still stands between these releases and the portal."""
        house = self.house
        with house.catalog.read() as session:
            lines = []
            for release_id in release_ids:
                release = session.get_one(Release, release_id)
                lines += [
                    f"{release.title}: {gate.name}: {gate.why}"
                    for gate in gates(session, release, house.clock.now())
                    if not gate.open
                ]
        return "; ".join(lines)

    def _prove_all(self, release_id: str) -> None:
        """Staff do what the decision demands before release, and write down the proof."""
        with self.house.catalog.write() as session:
            release = session.get_one(Release, release_id)
            wanted = sa.select(Obligation).where(
                Obligation.incident_id == release.incident_id,
                Obligation.state == ObligationState.OPEN,
                Obligation.blocks_release,
            )
            for obligation in list(session.scalars(wanted)):
                prove(
                    session,
                    obligation.id,
                    proof=f"{obligation.kind}: done, see the case file",
                    by=RECORDS,
                    at=self.house.clock.now(),
                )
            session.commit()

    def _ticks(self, what: str) -> Iterable[int]:
        """A tick each half second, until patience ends."""
        end = time.monotonic() + PATIENCE_SECONDS
        count = 0
        while time.monotonic() < end:
            yield count
            count += 1
            time.sleep(POLL_SECONDS)
        raise Conflict(f"{what} took longer than {PATIENCE_SECONDS} seconds")


def _before(now: datetime, moment: datetime) -> datetime:
    """`moment`, or `now` where that has not come yet."""
    return min(now, moment)
