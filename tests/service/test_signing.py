"""A second person signs a plan that is not rendered; it counts when exactly that has passed."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bwc.catalog.release import ReleaseState
from bwc.catalog.signature import Signature, SignatureState
from bwc.catalog.store import Catalog
from bwc.catalog.views.queue import Step
from bwc.custody.acts import Act
from bwc.errors import BwcError, Conflict, NotPermitted, TransientError
from bwc.jobs.kinds import JobKind
from bwc.release.effect import take_effect
from bwc.requests.facts import assert_fact
from tests.release_room import ROSA, SAM
from tests.service.test_gates import assert_not_public
from tests.signing_room import PIA, SigningRoom, seen_in, take_away, work
from workers.context import StepContext

pytestmark = [pytest.mark.service, pytest.mark.media]
APPROVED, LAPSED = Act.RELEASE_APPROVED.value, Act.SIGNATURE_LAPSED.value


@pytest.fixture
def room(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SigningRoom:
    monkeypatch.chdir(tmp_path)
    return SigningRoom(tmp_path, catalog)


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


def at_one_instant(*acts: Callable[[], object]) -> list[object]:
    """What came of each, or the error it met."""
    said: list[object] = []

    def act(one: Callable[[], object]) -> None:
        try:
            said.append(one())
        except BwcError as error:
            said.append(type(error))

    people = [threading.Thread(target=act, args=(one,)) for one in acts]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert len(said) == len(acts), "nobody met an error of the database's"
    return said


def test_two_who_press_at_one_instant_sign_once(room: SigningRoom) -> None:
    release_id = room.drawn()
    seen = seen_in(room, release_id)
    presses = [partial(room.sign, release_id, by=who, seen=seen) for who in (SAM, SAM, "otto")]
    said = at_one_instant(*presses)
    with room.catalog.read() as session:
        (signature,) = session.scalars(sa.select(Signature)).all()
    assert set(said) <= {signature.id, Conflict}
    assert len(room.jobs(JobKind.RENDER)) == 1


def test_signed_and_withdrawn_at_one_instant_nothing_waits(room: SigningRoom) -> None:
    release_id = room.drawn()
    seen = seen_in(room, release_id)
    at_one_instant(partial(room.sign, release_id, seen=seen), partial(take_away, room, release_id))
    assert room.release(release_id).state is ReleaseState.WITHDRAWN
    with room.catalog.read() as session:
        states = set(session.scalars(sa.select(Signature.state)))
    assert states <= {SignatureState.LAPSED}


def test_taken_back_as_it_takes_effect_it_is_one_or_the_other(room: SigningRoom) -> None:
    release_id = room.drawn()
    signature_id = room.sign(release_id)
    at_one_instant(room.work, partial(room.take_back, release_id))
    state, approved = room.ended(signature_id)[0], room.release(release_id).approved_by
    assert (state, approved) in {
        (SignatureState.IN_FORCE, SAM),
        (SignatureState.TAKEN_BACK, None),
    }


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
