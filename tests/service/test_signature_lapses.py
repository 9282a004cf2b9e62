"""What was signed lapses where it is not exactly that which passed, and the ledger and queue say why."""

import pytest

from bwc.catalog.release import ReleaseState
from bwc.catalog.rendering import Plan, Verdict
from bwc.catalog.signature import SignatureState
from bwc.catalog.views.queue import Step
from bwc.custody.acts import Act
from bwc.errors import Conflict
from bwc.jobs import endings
from bwc.jobs.kinds import JobKind
from bwc.release.captions import attach_captions
from bwc.requests.facts import assert_fact
from tests.release_room import ROSA, SAM
from tests.rendered import add_rendering
from tests.service.test_gates import assert_not_public, quarantine
from tests.service.test_signing import room
from tests.signing_room import PIA, SigningRoom, cancel_rendering, seen_in, sweep, take_away, work
from workers.context import StepContext
from workers.run import run_job

__all__ = ["room"]

pytestmark = [pytest.mark.service, pytest.mark.media]
APPROVED, LAPSED = Act.RELEASE_APPROVED.value, Act.SIGNATURE_LAPSED.value


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


def test_other_captions_than_those_that_were_signed_let_it_lapse(room: SigningRoom) -> None:
    release_id = room.drawn()
    signature_id = room.sign(release_id)
    with room.catalog.write() as session:
        body = b"WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n"
        now = room.clock.now()
        attach_captions(session, room.house.vault, release_id, body=body, by=ROSA, at=now)
        session.commit()
    room.work()
    why = "its captions were exchanged after it was signed"
    assert room.ended(signature_id) == (SignatureState.LAPSED, why)
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
    take_away(room, release_id)
    assert room.ended(signature_id) == (SignatureState.LAPSED, "the release was withdrawn")
    room.work()
    assert room.release(release_id).state is ReleaseState.WITHDRAWN
    assert room.entries(APPROVED) == []
    assert_not_public(room, release_id)


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
