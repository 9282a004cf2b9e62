"""A release room in which plans are drawn and signed before anybody renders them."""

from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from typing_extensions import override

from bwc.catalog.custody import CustodyEntry
from bwc.catalog.job import Job, Queue
from bwc.catalog.rendering import Plan, Verdict
from bwc.catalog.signature import Signature, SignatureState
from bwc.catalog.views.queue import Step, list_work
from bwc.errors import NotFound
from bwc.jobs import endings
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.jobs.sweep import Message
from bwc.release.gates import RELEASING
from bwc.release.rows import release_row
from bwc.release.sign import sign, take_back
from bwc.release.standing import Seen, what_stands
from bwc.release.withdraw import withdraw
from tests.release_room import ROSA, SAM, ReleaseRoom
from tests.rendered import add_plan, add_rendering
from workers.context import StepContext
from workers.messages import Messenger
from workers.steps import STEPS, Steps
from workers.sweeper import Sweeper

PIA = "pia"  # she draws


def order(session: Session, plan_id: str, *, by: str, at: object) -> Job:
    """A rendering of that plan, as the redaction room would order it."""
    plan = session.get_one(Plan, plan_id)
    return enqueue(
        session,
        JobKind.RENDER,
        subject_id=plan.recording_id,
        arguments={"plan_id": plan_id},
        requested_by=by,
        at=plan.created_at,
    )


def seen_in(room: ReleaseRoom, release_id: str) -> Seen:
    """What the page of a release shows now."""
    with room.catalog.read() as session:
        stands = what_stands(session, release_row(session, release_id))
        verified = stands.verified
        return Seen(
            plan_id=stands.plan.id,
            plan_sha256=stands.plan.sha256,
            decision_id=stands.decision.id,
            recipient=stands.recipient,
            rendering_id=verified.id if verified else None,
            captions_sha256=stands.captions_sha256,
        )


@dataclass
class SigningRoom(ReleaseRoom):
    """`verdict` is what verification will say; `grows` where it hides more on the way."""

    verdict: Verdict = field(default=Verdict.PASSED, init=False)
    grows: bool = field(default=False, init=False)

    def drawn(self) -> str:
        """A proposed release whose newest plan nobody has rendered; its id."""
        self.open_case()
        self.draw()
        self.run()
        return self.propose()

    def draw(self, *, author: str = PIA) -> str:
        """A newer version of the plan; its id."""
        with self.catalog.write() as session:
            plan = add_plan(session, self.recording_id, author=author, at=self.clock.now())
            session.commit()
            return plan.id

    def sign(
        self,
        release_id: str,
        *,
        by: str = SAM,
        seen: Seen | None = None,
        accept_draft: bool = False,
    ) -> str:
        """Sign what stands, or what was `seen`; the signature's id."""
        looked_at = seen or seen_in(self, release_id)
        with self.catalog.write() as session:
            signature = sign(
                session,
                release_id,
                seen=looked_at,
                order=order,
                by=by,
                at=self.clock.now(),
                accept_draft=accept_draft,
            )
            session.commit()
            return signature.id

    def take_back(self, release_id: str, *, by: str = SAM) -> None:
        with self.catalog.write() as session:
            take_back(session, release_id, by=by, at=self.clock.now())
            session.commit()

    def steps(self) -> Steps:
        """All steps as they are, but for the rendering, which takes no time."""
        return {**STEPS, JobKind.RENDER: self._render}

    def work(self) -> None:
        """Work until nothing is left."""
        self.run(steps=self.steps())

    def signature(self, signature_id: str) -> Signature:
        with self.catalog.read() as session:
            return session.get_one(Signature, signature_id)

    def ended(self, signature_id: str) -> tuple[SignatureState, str | None]:
        row = self.signature(signature_id)
        return row.state, row.ended_why

    def entries(self, act: str) -> list[CustodyEntry]:
        with self.catalog.read() as session:
            rows = sa.select(CustodyEntry).where(CustodyEntry.act == act)
            return list(session.scalars(rows.order_by(CustodyEntry.position)))

    def _render(self, context: StepContext) -> None:
        """Render the plan of the job, as the redaction room would."""
        with context.finish({}) as session:
            plan = session.get(Plan, str(context.job.arguments["plan_id"]))
            if plan is None:
                raise NotFound("the plan is gone")
            if self.grows:
                plan = add_plan(
                    session,
                    plan.recording_id,
                    author=plan.author,
                    job_id=context.job.id,
                    at=self.clock.now(),
                )
            add_rendering(session, plan, self.files(), verdict=self.verdict, at=self.clock.now())


def work(room: SigningRoom, release_id: str) -> tuple[Step, str]:
    """What the queue says of a release."""
    with room.catalog.read() as session:
        listed = list_work(session, at=room.clock.now(), releasing=RELEASING)
    (item,) = [item for item in listed if item.release_id == release_id]
    return item.step, item.why


def cancel_rendering(room: SigningRoom) -> None:
    (job,) = room.jobs(JobKind.RENDER)
    with room.catalog.write() as session:
        endings.cancel(session, job.id, by=PIA, now=room.clock.now())
        session.commit()


def take_away(room: SigningRoom, release_id: str) -> None:
    with room.catalog.write() as session:
        withdraw(session, release_id, reason="Not yet", by=ROSA, at=room.clock.now())
        session.commit()


class Deaf(Messenger):
    """Tells nobody of any job."""

    @override
    def __init__(self) -> None:
        return

    @override
    def depths(self) -> dict[Queue, int]:
        return {}

    @override
    def send(self, message: Message) -> None:
        return


def sweep(room: SigningRoom) -> None:
    """One round of the sweeper, as each second."""
    Sweeper(room.catalog, Deaf(), clock=room.clock, zone="America/Denver").sweep()
