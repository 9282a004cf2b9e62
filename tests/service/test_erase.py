"""A drawn track is taken away by itself, with a reason; what a model found is not."""

import httpx
import pytest
import sqlalchemy as sa

from bwc.catalog.tables import CustodyEntry, JobState, Role
from bwc.house import House
from bwc.redaction.drawn import extend
from bwc.redaction.plan import UNCLEAR, Kind
from bwc.redaction.revise import Revision, revise
from tests.desk_ids import CASE
from tests.desks import SignIn, csrf_of, with_csrf
from tests.service.test_plan_edits import BOX, PRIVACY, carry_jobs, keep
from tests.service.test_review import (
    PLAN,
    RECORDING,
    house,
    newest,
    post,
    records,
    sign_in,
    tracks_of,
)

__all__ = ["house", "records", "sign_in"]

WHY = "Drawn on Ms Vey by mistake"


def numbers(house: House) -> list[int]:
    return [track["id"] for track in tracks_of(newest(house))]


def test_it_goes_with_the_job_that_carries_it_and_the_ledger_names_no_reason(
    house: House, records: httpx.Client
) -> None:
    before = numbers(house)
    post(records, "follow", **BOX, at=0.5, **PRIVACY)
    (mine,) = set(numbers(house)) - set(before)
    assert post(records, "erase", 3, track=mine, reason="").status_code == 422
    assert post(records, "erase", 3, track=before[0], reason=WHY).status_code == 422
    gone = post(records, "erase", 3, track=mine, reason=WHY)
    assert (gone.status_code, numbers(house)) == (201, before)
    assert [job.state for job in carry_jobs(house)] == [JobState.CANCELLED]
    assert newest(house).document["history"][-1]["what"] == f"track {mine} erased: {WHY}"  # type: ignore[index,call-overload]
    with house.catalog.read() as session:
        ledger = session.scalars(sa.select(CustodyEntry)).all()
    assert f"track {mine} erased" in str([entry.detail for entry in ledger])
    assert "Vey" not in str([entry.detail for entry in ledger])
    assert records.post(f"{PLAN}/undo", json={"plan_version": 4}).status_code == 201
    assert numbers(house) == [*before, mine], "it can be taken back"


def test_by_form_what_was_carried_goes_too(house: House, records: httpx.Client) -> None:
    before = numbers(house)
    post(records, "follow", **BOX, at=0.5, **PRIVACY)
    keep(house, carry_jobs(house)[0])
    (mine,) = set(numbers(house)) - set(before)
    page = records.get(f"{RECORDING}/review").text
    assert 'value="erase"' in page
    form = {"change": "erase", "plan_version": "4", "track": str(mine), "reason": WHY}
    sent = records.post(f"{RECORDING}/plan", data=form | {"csrf": csrf_of(page)})
    assert (sent.status_code, numbers(house)) == (303, before)


def test_a_picture_hidden_whole_for_being_unclear_is_given_back_by_form(
    house: House, records: httpx.Client
) -> None:
    before = numbers(house)
    with house.catalog.write() as session:
        revise(
            session,
            Revision(CASE.own_recording, "sam"),
            lambda plan: plan.model_copy(
                update={
                    "tracks": (
                        *plan.tracks,
                        plan.tracks[0].model_copy(
                            update={"id": 99, "author": UNCLEAR, "kind": Kind.FRAME}
                        ),
                    )
                }
            ),
            at=house.clock.now(),
        )
        session.commit()
    page = records.get(f"{RECORDING}/review").text
    assert 'id="unclear-99"' in page
    form = {"change": "erase", "plan_version": "3", "track": "99", "reason": WHY}
    sent = records.post(f"{RECORDING}/plan", data=form | {"csrf": csrf_of(page)})
    assert (sent.status_code, numbers(house)) == (303, before)


def test_another_change_meanwhile_refuses_it(house: House, records: httpx.Client) -> None:
    post(records, "follow", **BOX, at=0.5, **PRIVACY)
    mine = numbers(house)[-1]
    with house.catalog.write() as session:
        revise(
            session,
            Revision(CASE.own_recording, "sam"),
            lambda plan: extend(plan, 1, before=0.1, after=0.0, by="sam"),
            at=house.clock.now(),
        )
        session.commit()
    late = post(records, "erase", 3, track=mine, reason=WHY)
    assert (late.status_code, "sam" in late.text, mine in numbers(house)) == (409, True, True)
    assert [job.state for job in carry_jobs(house)] == [JobState.WAITING]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OVERSIGHT, Role.OFFICER])
def test_who_is_seen_is_not_for_others_to_say(
    house: House, records: httpx.Client, sign_in: SignIn, role: Role
) -> None:
    post(records, "follow", **BOX, at=0.5, **PRIVACY)
    mine = numbers(house)[-1]
    assert post(with_csrf(sign_in(role)), "erase", 3, track=mine, reason=WHY).status_code == 403
    assert mine in numbers(house)
