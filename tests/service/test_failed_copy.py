"""A marked copy that could not be made: it waits for a person, says why and how to try again."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from api.desk.app import create_app
from bwc.catalog.job import Job, JobState
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role
from bwc.catalog.views.jobs import list_unmended
from bwc.catalog.views.links import LinkState, list_links
from bwc.catalog.views.queue import Step, list_work
from bwc.jobs.kinds import JobKind
from bwc.release.gates import RELEASING
from tests.desks import SignIn, csrf_of, signed_in
from tests.link_room import BROKEN, UNREADABLE, LinkRoom, Prepared, prepare
from tests.web import serving

pytestmark = [pytest.mark.service, pytest.mark.media]


@pytest.fixture(scope="module")
def prepared(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(sqlite_template, tmp_path_factory.mktemp("prepared"), outcome="VIEW_ONLY")


@pytest.fixture
def room(prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LinkRoom]:
    monkeypatch.chdir(tmp_path)
    room = prepared.reopened(tmp_path)
    room.open_accounts(Role.RECORDS, Role.SUPERVISOR)
    yield room
    room.catalog.close()


@pytest.fixture
def sign_in(room: LinkRoom) -> Iterator[SignIn]:
    with ExitStack() as stack:
        desk = stack.enter_context(serving(create_app(house=room.house)))
        yield lambda role: stack.enter_context(signed_in(desk, role))


def unmended(room: LinkRoom) -> list[str]:
    with room.catalog.read() as session:
        return [job.kind for job in list_unmended(session, at=room.clock.now())]


def test_it_waits_in_the_queue_and_is_tried_again_from_its_release(
    room: LinkRoom, prepared: Prepared, sign_in: SignIn
) -> None:
    issued = room.issue(prepared.release_id, steps=BROKEN)
    records, place = sign_in(Role.RECORDS), f"/releases/{prepared.release_id}"
    (work,) = [one for one in records.get("/v1/queue").json()["items"] if one["step"] == "Look at the job"]  # fmt: skip
    assert (work["title"], work["release_id"]) == (
        "The stop that you asked for",
        prepared.release_id,
    )
    assert UNREADABLE in work["why"]
    assert f'href="{place}"' in records.get("/queue").text
    link = records.get(f"/v1{place}/links").json()["items"][0]
    assert (link["id"], link["state"]) == (issued.link_id, "copy failed")
    assert link["failure"] == {
        "job_id": work["subject_id"],
        "reason": UNREADABLE,
        "can_retry": True,
    }
    page = records.get(place).text
    assert UNREADABLE in page
    path = f"/jobs/{work['subject_id']}/retry"
    assert f'action="{path}"' in page
    sent = records.post(path, data={"csrf": csrf_of(page), "back": place})
    assert sent.headers["location"] == f"{place}?note=job_retried"
    room.run()
    link = records.get(f"/v1{place}/links").json()["items"][0]
    assert (link["state"], link["failure"]) == ("open", None)
    assert unmended(room) == []


def test_what_was_cancelled_says_that_another_link_is_needed(
    room: LinkRoom, prepared: Prepared, sign_in: SignIn
) -> None:
    room.issue(prepared.release_id, steps=BROKEN)
    with room.catalog.write() as session:
        session.execute(
            sa.update(Job)
            .where(Job.kind == JobKind.MARK.value, Job.state == JobState.DEAD)
            .values(state=JobState.CANCELLED, reason="cancelled by records")
        )
        session.commit()
    page = sign_in(Role.RECORDS).get(f"/releases/{prepared.release_id}").text
    assert "cancelled by records" in page
    assert "Issue another link" in page
    assert "/retry" not in page


@pytest.mark.parametrize("ends_by", ["being taken back", "time"])
def test_nobody_misses_the_copy_of_a_link_that_is_over(
    room: LinkRoom, prepared: Prepared, ends_by: str
) -> None:
    issued = room.issue(prepared.release_id, steps=BROKEN)
    assert unmended(room) == ["mark"]
    if ends_by == "time":
        room.clock.move(timedelta(days=7))
    else:
        room.revoke(issued.link_id)
    assert unmended(room) == []


def test_the_queue_and_the_list_of_links_say_so_on_both_databases(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    room = LinkRoom(tmp_path, catalog)
    release_id = room.approved()
    room.issue(release_id, steps=BROKEN)
    with catalog.read() as session:
        now = room.clock.now()
        work = list_work(session, at=now, releasing=RELEASING)
        (link,) = list_links(session, release_id, at=now)
    (waits,) = [one for one in work if one.step is Step.MEND]
    assert (waits.release_id, link.state) == (release_id, LinkState.FAILED)
