"""A release to one person whose recording is redacted again waits in the queue again."""

from pathlib import Path

import pytest

from bwc.catalog.rendering import Verdict
from bwc.catalog.store import Catalog
from bwc.catalog.views.queue import Step, WorkItem, list_work
from bwc.release.gates import RELEASING
from bwc.requests.close import close_request
from bwc.requests.facts import assert_fact
from tests.link_room import LinkRoom, actor
from tests.release_room import ROSA

pytestmark = [pytest.mark.service, pytest.mark.media]

AGAIN = "for subject: redacted again since it was approved: approve again"


@pytest.fixture
def room(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkRoom:
    monkeypatch.chdir(tmp_path)
    return LinkRoom(tmp_path, catalog)


def work(room: LinkRoom) -> list[WorkItem]:
    with room.catalog.read() as session:
        return list_work(session, at=room.clock.now(), releasing=RELEASING)


def waits_for_the_second(room: LinkRoom) -> list[tuple[str | None, str]]:
    return [(one.release_id, one.why) for one in work(room) if one.step is Step.APPROVE]


def test_it_waits_for_approval_again_until_the_request_is_closed(room: LinkRoom) -> None:
    release_id = room.approved()
    assert waits_for_the_second(room) == []
    room.render()
    assert waits_for_the_second(room) == [(release_id, AGAIN)]
    room.approve(release_id)
    assert waits_for_the_second(room) == []
    room.render()
    assert waits_for_the_second(room) == [(release_id, AGAIN)]
    with room.catalog.write() as session:
        close_request(
            session,
            room.request_id,
            outcome="released",
            reason="He has seen it",
            by=actor(),
            at=room.clock.now(),
        )
        session.commit()
    assert waits_for_the_second(room) == []


def test_where_verification_failed_it_is_reviewed_first_and_listed_once(room: LinkRoom) -> None:
    room.approved()
    room.render(verdict=Verdict.FAILED)
    assert waits_for_the_second(room) == []
    assert [one.step for one in work(room) if one.subject_id == room.recording_id] == [Step.REVIEW]


def test_one_to_the_public_waits_for_approval_again_and_not_for_its_last_gate(
    room: LinkRoom,
) -> None:
    release_id = room.ready()
    room.approve(release_id)
    assert steps_of(room) == [(Step.WAIT, "approved; waits for its last gate")]
    room.render()
    assert steps_of(room) == [(Step.APPROVE, "redacted again since it was approved: approve again")]
    room.render(verdict=Verdict.FAILED)
    assert steps_of(room) == [(Step.REVIEW, "verification found people in plain sight")]


def test_decided_anew_it_waits_for_approval_again(room: LinkRoom) -> None:
    release_id = room.ready()
    room.approve(release_id)
    room.write_pack(modality="MAY", version="2")
    with room.catalog.write() as session:
        assert_fact(
            session, room.incident_id, name="injury_level", value="minor", source="letter",
            by=ROSA, at=room.clock.now(),
        )  # fmt: skip
        session.commit()
    room.run()
    assert steps_of(room) == [(Step.APPROVE, "decided anew since it was approved: approve again")]


def steps_of(room: LinkRoom) -> list[tuple[Step, str]]:
    """What the queue says of the recording, without its name."""
    return [
        (one.step, one.why.partition(": ")[2])
        for one in work(room)
        if one.subject_id == room.recording_id or one.release_id
    ]
