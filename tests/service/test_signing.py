"""A second person signs a plan that is not rendered; it counts when exactly that has passed."""

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typing_extensions import override

from bwc.catalog.job import Queue
from bwc.catalog.release import ReleaseState
from bwc.catalog.rendering import Plan, Verdict
from bwc.catalog.signature import Signature, SignatureState
from bwc.catalog.store import Catalog
from bwc.catalog.views.queue import Step, list_work
from bwc.custody.acts import Act
from bwc.errors import BwcError, Conflict, NotPermitted, TransientError
from bwc.jobs import endings
from bwc.jobs.kinds import JobKind
from bwc.jobs.sweep import Message
from bwc.release.effect import take_effect
from bwc.release.gates import RELEASING
from bwc.release.withdraw import withdraw
from bwc.requests.facts import assert_fact
from tests.release_room import ROSA, SAM
from tests.rendered import add_rendering
from tests.service.test_gates import assert_not_public, quarantine
from tests.signing_room import PIA, SigningRoom, seen_in
from workers.context import StepContext
from workers.messages import Messenger
from workers.run import run_job
from workers.sweeper import Sweeper

pytestmark = [pytest.mark.service, pytest.mark.media]
APPROVED, LAPSED = Act.RELEASE_APPROVED.value, Act.SIGNATURE_LAPSED.value


@pytest.fixture
def room(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SigningRoom:
    monkeypatch.chdir(tmp_path)
    return SigningRoom(tmp_path, catalog)


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


def test_it_counts_by_itself_once_exactly_that_plan_has_passed(room: SigningRoom) -> None:
    release_id = room.drawn()
    assert work(room, release_id)[0] is not Step.WAIT
    seen = seen_in(room, release_id)
    signature_id = room.sign(release_id)
    assert room.release(release_id).state is ReleaseState.PROPOSED
    gate = room.gates(release_id)["approved by a second person"]
    assert (gate.open, "signed by sam" in gate.why) == (False, True)
    step, why = work(room, release_id)
    assert step is Step.WAIT
    assert "signed by sam" in why
    assert_not_public(room, release_id)
    signed_at = room.clock.now()
    room.clock.move(timedelta(hours=1))
    room.work()
    row = room.release(release_id)
    assert (row.state, row.approved_by, row.approved_at) == (
        ReleaseState.PUBLISHED,
        SAM,
        signed_at,
    )
    assert room.signature(signature_id).state is SignatureState.IN_FORCE
    (signed,) = room.entries(Act.RELEASE_SIGNED.value)
    assert (signed.actor, signed.detail["plan_sha256"]) == (SAM, seen.plan_sha256)
    assert (signed.detail["plan_id"], signed.detail["decision_id"]) == (
        seen.plan_id,
        seen.decision_id,
    )
    (approved,) = room.entries(APPROVED)
    assert (approved.actor, approved.detail["signed_by"]) == ("release", SAM)
    assert approved.detail["signature_id"] == signature_id


@pytest.mark.parametrize("newer", ["plan_id", "plan_sha256", "decision_id", "rendering_id"])
def test_what_was_not_looked_at_is_not_signed(room: SigningRoom, newer: str) -> None:
    release_id = room.drawn()
    seen = replace(seen_in(room, release_id), **{newer: "0" * 36})
    with pytest.raises(Conflict, match="something newer stands"):
        room.sign(release_id, seen=seen)
    assert room.jobs(JobKind.RENDER) == []


def test_a_conflict_tells_who_changed_what(room: SigningRoom) -> None:
    release_id = room.drawn()
    seen = seen_in(room, release_id)
    with room.catalog.write() as session:
        assert_fact(
            session, room.incident_id, name="injury_level", value="death", source="report",
            by=ROSA, at=room.clock.now(),
        )  # fmt: skip
        session.commit()
    room.work()
    with pytest.raises(Conflict, match=r"decided anew: .* after injury_level by rosa"):
        room.sign(release_id, seen=seen)
    seen = seen_in(room, release_id)
    room.draw(author="otto")
    with pytest.raises(Conflict, match="version 2 of the plan, by otto"):
        room.sign(release_id, seen=seen)
    with pytest.raises(Conflict, match="version 2 of the plan has not been rendered"):
        room.sign(release_id, seen=replace(seen_in(room, release_id), rendering_id="x" * 36))


def test_a_verified_rendering_of_that_plan_is_approved_and_not_signed(room: SigningRoom) -> None:
    release_id = room.drawn()
    seen = seen_in(room, release_id)
    room.render()
    with pytest.raises(Conflict, match="something newer"):
        room.sign(release_id, seen=seen)
    room.approve(release_id)
    room.work()
    assert room.release(release_id).state is ReleaseState.PUBLISHED


@pytest.mark.parametrize("author", [ROSA, PIA], ids=["its proposer", "the plan's author"])
def test_no_author_signs(room: SigningRoom, author: str) -> None:
    release_id = room.drawn()
    with pytest.raises(NotPermitted):
        room.sign(release_id, by=author)
    assert room.jobs(JobKind.RENDER) == []


def test_pressed_twice_it_is_one_signature(room: SigningRoom) -> None:
    release_id = room.drawn()
    first = room.sign(release_id)
    assert room.sign(release_id) == first
    assert len(room.jobs(JobKind.RENDER)) == len(room.jobs(JobKind.TAKE_EFFECT)) == 1
    assert len(room.entries(Act.RELEASE_SIGNED.value)) == 1
    with pytest.raises(Conflict, match="sam has signed it"):
        room.sign(release_id, by="otto")
    room.work()
    assert len(room.entries(APPROVED)) == 1


def test_two_who_press_at_one_instant_sign_once(room: SigningRoom) -> None:
    release_id = room.drawn()
    seen, said = seen_in(room, release_id), []

    def press(who: str) -> None:
        try:
            said.append(room.sign(release_id, by=who, seen=seen))
        except BwcError as error:
            said.append(type(error).__name__)

    people = [threading.Thread(target=press, args=(who,)) for who in (SAM, SAM, "otto")]
    for one in people:
        one.start()
    for one in people:
        one.join()
    with room.catalog.read() as session:
        (signature,) = session.scalars(sa.select(Signature)).all()
    assert set(said) <= {signature.id, "Conflict", "TransientError"}
    assert len(room.jobs(JobKind.RENDER)) == 1


def test_what_verification_refused_lapses_and_is_not_signed_again(room: SigningRoom) -> None:
    release_id = room.drawn()
    room.verdict = Verdict.FAILED
    signature_id = room.sign(release_id)
    room.work()
    assert room.ended(signature_id) == (SignatureState.LAPSED, "verification did not pass")
    (lapsed,) = room.entries(LAPSED)
    assert (lapsed.actor, lapsed.detail["why"]) == ("release", "verification did not pass")
    assert lapsed.detail["signed_by"] == SAM
    step, why = work(room, release_id)
    assert step is Step.REVIEW
    assert why.endswith(
        "what sam signed lapsed: verification did not pass; "
        "verification found people in plain sight"
    )
    assert "lapsed" in room.gates(release_id)["approved by a second person"].why
    assert_not_public(room, release_id)
    with pytest.raises(Conflict, match="did not let this plan pass"):
        room.sign(release_id)
    room.draw()
    assert work(room, release_id)[0] is Step.APPROVE, "mended, it may be signed again"
    room.verdict = Verdict.PASSED
    room.sign(release_id)
    room.work()
    assert room.release(release_id).state is ReleaseState.PUBLISHED


def test_a_plan_that_was_changed_after_the_signature_lets_it_lapse(room: SigningRoom) -> None:
    release_id = room.drawn()
    signature_id = room.sign(release_id)
    room.draw(author="otto")
    room.work()
    why = "otto changed the plan after it was signed"
    assert room.ended(signature_id) == (SignatureState.LAPSED, why)
    step, said = work(room, release_id)
    assert (step, why in said) == (Step.APPROVE, True)
    assert_not_public(room, release_id)


def test_a_plan_that_verification_grew_lets_it_lapse(room: SigningRoom) -> None:
    release_id = room.drawn()
    room.grows = True
    signature_id = room.sign(release_id)
    room.work()
    state, why = room.ended(signature_id)
    assert state is SignatureState.LAPSED
    assert why is not None
    assert "verification found more to hide than was signed" in why
    assert_not_public(room, release_id)
    room.approve(release_id)
    room.work()
    assert room.release(release_id).state is ReleaseState.PUBLISHED


def test_decided_anew_it_lapses(room: SigningRoom) -> None:
    release_id = room.drawn()
    signature_id = room.sign(release_id)
    room.write_pack(modality="MAY", version="2")
    before = {job.id for job in room.jobs(JobKind.DECIDE)}
    with room.catalog.write() as session:
        assert_fact(
            session, room.incident_id, name="injury_level", value="minor", source="letter",
            by=ROSA, at=room.clock.now(),
        )  # fmt: skip
        session.commit()
    (decide,) = [job.id for job in room.jobs(JobKind.DECIDE) if job.id not in before]
    run_job(room.house, decide, steps=room.steps(), worker="w")  # while it is being rendered
    room.work()
    state, why = room.ended(signature_id)
    assert state is SignatureState.LAPSED
    assert why == "the rules decided anew after it was signed: MAY RELEASE_REDACTED"
    assert_not_public(room, release_id)


def test_quarantined_meanwhile_it_lapses(room: SigningRoom) -> None:
    release_id = room.drawn()
    signature_id = room.sign(release_id)
    quarantine(room)
    room.work()
    assert room.ended(signature_id) == (
        SignatureState.LAPSED,
        "the recording is in quarantine",
    )
    assert_not_public(room, release_id)


def test_withdrawn_it_lapses_at_once(room: SigningRoom) -> None:
    release_id = room.drawn()
    signature_id = room.sign(release_id)
    with room.catalog.write() as session:
        withdraw(session, release_id, reason="Not yet", by=ROSA, at=room.clock.now())
        session.commit()
    assert room.ended(signature_id) == (SignatureState.LAPSED, "the release was withdrawn")
    room.work()
    assert room.release(release_id).state is ReleaseState.WITHDRAWN
    assert room.entries(APPROVED) == []
    assert_not_public(room, release_id)


def test_taken_back_it_never_counts(room: SigningRoom) -> None:
    release_id = room.drawn()
    signature_id = room.sign(release_id)
    room.take_back(release_id)
    with pytest.raises(Conflict, match="no signature waits"):
        room.take_back(release_id)
    room.work()
    assert room.signature(signature_id).state is SignatureState.TAKEN_BACK
    assert [entry.actor for entry in room.entries(Act.SIGNATURE_TAKEN_BACK.value)] == [SAM]
    assert room.release(release_id).state is ReleaseState.PROPOSED
    assert_not_public(room, release_id)
    room.approve(release_id, by="otto")
    room.work()
    assert room.release(release_id).approved_by == "otto", "the rendering is there to approve"
    with pytest.raises(Conflict, match="no signature waits"):
        room.take_back(release_id)


def test_a_rendering_that_was_cancelled_lets_it_lapse_and_it_is_signed_anew(
    room: SigningRoom,
) -> None:
    release_id = room.drawn()
    signature_id = room.sign(release_id)
    cancel_rendering(room)
    sweep(room)
    sweep(room)
    assert room.ended(signature_id) == (
        SignatureState.LAPSED,
        "the work it waited for was cancelled",
    )
    assert len(room.entries(LAPSED)) == 1
    room.sign(release_id)
    room.work()
    assert room.release(release_id).state is ReleaseState.PUBLISHED


def test_signing_does_not_wait_for_the_sweeper(room: SigningRoom) -> None:
    release_id = room.drawn()
    first = room.sign(release_id)
    cancel_rendering(room)
    assert room.sign(release_id) != first
    assert room.signature(first).state is SignatureState.LAPSED


def test_a_rendering_that_failed_lets_it_lapse_and_retrying_it_gives_nothing_away(
    room: SigningRoom,
) -> None:
    def broken(_context: StepContext) -> None:
        raise Conflict("the disk is on fire")

    release_id = room.drawn()
    signature_id = room.sign(release_id)
    room.run(steps={**room.steps(), JobKind.RENDER: broken})
    sweep(room)
    assert room.ended(signature_id) == (SignatureState.LAPSED, "the work it waited for failed")
    (job,) = room.jobs(JobKind.RENDER)
    with room.catalog.write() as session:
        endings.retry_dead(session, job.id, by=PIA, now=room.clock.now())
        session.commit()
    room.work()
    assert room.release(release_id).state is ReleaseState.PROPOSED
    assert_not_public(room, release_id)


def test_killed_in_the_midst_it_takes_effect_once(room: SigningRoom) -> None:
    tries: list[int] = []

    def killed(context: StepContext) -> None:
        if not tries:
            tries.append(1)
            signature_id = str(context.job.arguments["signature_id"])
            with context.finish({}) as session:
                take_effect(session, signature_id, at=room.clock.now())
                raise TransientError("the power went")
        room.steps()[JobKind.TAKE_EFFECT](context)

    release_id = room.drawn()
    signature_id = room.sign(release_id)
    room.run(steps={**room.steps(), JobKind.TAKE_EFFECT: killed})
    assert room.signature(signature_id).state is SignatureState.WAITING
    assert room.entries(APPROVED) == []
    room.clock.move(timedelta(minutes=10))
    room.run(steps={**room.steps(), JobKind.TAKE_EFFECT: killed})
    assert tries == [1]
    assert len(room.entries(APPROVED)) == 1
    assert room.release(release_id).state is ReleaseState.PUBLISHED


def test_approved_by_another_meanwhile_the_signature_makes_room(room: SigningRoom) -> None:
    release_id = room.drawn()
    signature_id = room.sign(release_id)
    plan_id = seen_in(room, release_id).plan_id
    with room.catalog.write() as session:
        add_rendering(session, session.get_one(Plan, plan_id), room.files())
        session.commit()
    room.approve(release_id, by="otto")
    room.work()
    assert room.ended(signature_id) == (
        SignatureState.LAPSED,
        "otto approved it, rendered and verified",
    )
    assert room.release(release_id).approved_by == "otto"


def test_draft_rules_are_accepted_with_the_signature_or_not_at_all(room: SigningRoom) -> None:
    room.write_pack(status="draft")
    release_id = room.drawn()
    room.sign(release_id)
    room.work()
    assert room.closed(release_id) == ["draft rules accepted"]
    assert_not_public(room, release_id)
    room.draw()
    room.sign(release_id, accept_draft=True)
    room.work()
    row = room.release(release_id)
    assert (row.state, row.draft_accepted_by) == (ReleaseState.PUBLISHED, SAM)
