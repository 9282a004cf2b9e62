"""Captions are approved by a second person, who is shown them, and never where they tell a mute."""

from collections.abc import Sequence
from http import HTTPStatus

import pytest

from bwc.canonical import Json
from bwc.catalog.release import ReleaseState
from bwc.catalog.user import Role
from bwc.errors import NotPermitted
from bwc.release.captions import attach_captions
from tests.desks import SignIn, csrf_of, looked_at, seen_on
from tests.link_room import LinkRoom
from tests.release_room import ROSA, SAM
from tests.rendered import add_plan
from tests.service.test_captions_shown import MUTED, OTHER, SAID, desk, hand_in, room, sign_in
from tests.signing_room import order

__all__ = ["desk", "room", "sign_in"]

pytestmark = [pytest.mark.service, pytest.mark.media]


def draw(room: LinkRoom, *, muted: Sequence[Json] = ()) -> None:
    """A newer version of the plan, which nobody has rendered."""
    with room.catalog.write() as session:
        add_plan(session, room.recording_id, muted=muted, at=room.clock.now())
        session.commit()


def approve(room: LinkRoom, sign_in: SignIn, release_id: str) -> tuple[int, str]:
    """Press the button of the release's page as a second person, by form."""
    second = sign_in(Role.SUPERVISOR)
    page = second.get(f"/releases/{release_id}").text
    form = seen_on(page) | {"csrf": csrf_of(page)}
    answer = second.post(f"/releases/{release_id}/approve", data=form)
    return answer.status_code, answer.text


def test_whoever_handed_in_the_captions_does_not_approve_them(
    room: LinkRoom, sign_in: SignIn
) -> None:
    release_id, second = room.propose_to_him(), sign_in(Role.SUPERVISOR)
    hand_in(second, release_id, SAID)
    page = second.get(f"/releases/{release_id}").text
    assert "You handed in its captions. Another person must approve it." in page
    token = csrf_of(second.get("/account").text)
    form = looked_at(second, f"/v1/releases/{release_id}")
    refused = second.post(
        f"/releases/{release_id}/approve",
        data={name: value for name, value in form.items() if value} | {"csrf": token},
    )
    assert (refused.status_code, "handed in its captions" in refused.text) == (403, True)
    hand_in(sign_in(Role.RECORDS), release_id, OTHER)
    assert approve(room, sign_in, release_id)[0] == HTTPStatus.SEE_OTHER


def test_handing_in_the_same_again_by_another_does_not_free_the_first(room: LinkRoom) -> None:
    release_id = room.propose_to_him()
    with room.catalog.write() as session:
        for by in (SAM, ROSA):
            attach_captions(
                session, room.house.vault, release_id, body=SAID, by=by, at=room.clock.now()
            )
        session.commit()
    with pytest.raises(NotPermitted, match="handed in its captions"):
        room.approve(release_id)


def test_who_signs_is_shown_the_captions_that_he_signs(room: LinkRoom, sign_in: SignIn) -> None:
    release_id = room.propose_to_him()
    draw(room)
    hand_in(sign_in(Role.RECORDS), release_id, SAID)
    second = sign_in(Role.SUPERVISOR)
    page = second.get(f"/releases/{release_id}").text
    assert "Officer: Step out &amp; wait." in page
    assert "Sign, render and verify" in page
    told = second.get(f"/v1/releases/{release_id}/captions").json()
    assert told["webvtt"] == SAID.decode()


def test_captions_are_held_against_the_newest_plan_though_it_is_not_rendered(
    room: LinkRoom, sign_in: SignIn
) -> None:
    release_id, records = room.propose_to_him(), sign_in(Role.RECORDS)
    hand_in(records, release_id, SAID)
    draw(room, muted=MUTED)
    late = hand_in(records, release_id, OTHER)
    assert late.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "spell out what is muted" in late.text
    page = sign_in(Role.SUPERVISOR).get(f"/releases/{release_id}").text
    assert "Others must be handed in first." in page
    assert "Step out" not in page


@pytest.mark.parametrize("is_rendered", [True, False])
def test_captions_that_tell_what_is_muted_are_neither_approved_nor_signed(
    room: LinkRoom, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, *, is_rendered: bool
) -> None:
    monkeypatch.setattr("api.desk.approving.render_exactly", order)  # these plans are no real ones
    release_id, second = room.propose_to_him(), sign_in(Role.SUPERVISOR)
    hand_in(sign_in(Role.RECORDS), release_id, SAID)
    if is_rendered:
        room.render(muted=MUTED)
    else:
        draw(room, muted=MUTED)
    seen = looked_at(second, f"/v1/releases/{release_id}")
    form = {name: value for name, value in seen.items() if value}
    form["csrf"] = csrf_of(second.get("/account").text)
    refused = second.post(f"/releases/{release_id}/approve", data=form)
    assert (refused.status_code, "spell out what is muted" in refused.text) == (409, True)
    told = second.get(f"/v1/releases/{release_id}").json()
    assert (told["state"], told["signature"]) == ("proposed", None)


def test_where_an_approval_stands_no_more_other_captions_are_taken_and_it_is_taken_out(
    room: LinkRoom, sign_in: SignIn
) -> None:
    release_id, records = room.propose_to_him(), sign_in(Role.RECORDS)
    hand_in(records, release_id, SAID)
    room.approve(release_id)
    assert hand_in(records, release_id, OTHER).status_code == HTTPStatus.CONFLICT
    assert "Exchange the captions" not in records.get(f"/releases/{release_id}").text
    room.render(muted=MUTED)
    assert "Hand in others." in records.get(f"/releases/{release_id}").text
    marked = b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n[muted]\n"
    assert hand_in(records, release_id, marked).status_code == HTTPStatus.SEE_OTHER
    release = room.release(release_id)
    assert (release.state, release.approved_by, release.rendering_id) == (
        ReleaseState.PROPOSED,
        None,
        None,
    )
    assert approve(room, sign_in, release_id)[0] == HTTPStatus.SEE_OTHER


def test_captions_whose_times_cannot_be_read_never_come_in(room: LinkRoom, sign_in: SignIn) -> None:
    release_id, records = room.propose_to_him(), sign_in(Role.RECORDS)
    odd = SAID + b"\n00:00:02.000 --> later\nhello\n"
    refused = hand_in(records, release_id, odd)
    assert (refused.status_code, "line 6" in refused.text) == (422, True)
    assert records.get(f"/releases/{release_id}").status_code == HTTPStatus.OK
