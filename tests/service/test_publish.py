"""From a request to the public record, and back: each file, each entry, each kill."""

import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bwc.canonical import JsonObject, digest
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.job import JobState
from bwc.catalog.release import ReleaseState
from bwc.catalog.rendering import Certificate, Rendering
from bwc.catalog.store import Catalog
from bwc.custody.acts import Act
from bwc.errors import Conflict, IntegrityError, InvalidInput
from bwc.ids import new_id
from bwc.jobs.endings import cancel
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.release.captions import attach_captions
from bwc.release.withdraw import withdraw
from bwc.requests.holds import place_hold
from tests.records import CAPTIONS
from tests.release_room import FILE, NOW, OFFICER, ROSA, SAM, SERIAL, Moment, ReleaseRoom
from workers.run import run_job
from workers.steps import STEPS

pytestmark = [pytest.mark.service, pytest.mark.media]


class Killed(BaseException):
    """As if the process had been shot: nothing of ours catches it."""


def die_at_the_manifest(room: ReleaseRoom, when: Moment) -> None:
    """Let the worker work until it is shot right before or after the manifest is written."""

    def shoot(key: str, moment: Moment) -> None:
        if key.endswith("manifest.json") and moment is when:
            raise Killed

    room.watch_store(shoot)
    with pytest.raises(Killed):
        room.run()
    room.watch_store(lambda _key, _moment: None)


def take_over(room: ReleaseRoom) -> None:
    """Another worker takes the job when the dead one's lease is over."""
    room.clock.move(timedelta(minutes=5))
    job = room.jobs(JobKind.PUBLISH)[-1]
    assert job.state is JobState.RUNNING
    run_job(room.house, job.id, steps=STEPS, worker="w2")


@pytest.fixture
def room(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseRoom:
    monkeypatch.chdir(tmp_path)
    return ReleaseRoom(tmp_path, catalog)


@pytest.fixture
def small_room(
    sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ReleaseRoom:
    monkeypatch.chdir(tmp_path)
    return ReleaseRoom(tmp_path, sqlite_catalog)


def manifest_of(room: ReleaseRoom, release_id: str) -> dict[str, object]:
    document = json.loads(b"".join(room.house.public.read(f"releases/{release_id}/manifest.json")))
    assert isinstance(document, dict)
    return document


def test_a_request_becomes_a_published_bundle_whose_every_hash_is_right(room: ReleaseRoom) -> None:
    release_id = room.ready()
    room.approve(release_id)
    room.run()

    assert room.release(release_id).state is ReleaseState.PUBLISHED
    manifest = manifest_of(room, release_id)
    files = manifest["files"]
    assert isinstance(files, list)
    names = {"video.mp4", "poster.jpg", "decision.json", "certificate.json", "plan.json"}
    assert {file["name"] for file in files} == names
    plan = json.loads(b"".join(room.house.public.read(f"releases/{release_id}/plan.json")))
    assert [set(track) for track in plan["tracks"]] == [{"kind", "exemption", "keys"}]
    for file in files:
        body = b"".join(room.house.public.read(f"releases/{release_id}/{file['name']}"))
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (file["sha256"], file["size"])
    assert manifest["incident"] == {
        "date": "2026-02-10",
        "district": "North",
        "kind": "traffic stop",
    }


def test_a_certificate_of_another_video_keeps_a_release_in(small_room: ReleaseRoom) -> None:
    release_id = small_room.ready()
    small_room.approve(release_id)
    with small_room.catalog.write() as session:
        rendering = session.scalars(sa.select(Rendering)).one()
        foreign: JsonObject = {"verdict": "passed", "redacted_sha256": "9" * 64}
        session.add(
            Certificate(
                id=new_id(),
                rendering_id=rendering.id,
                sha256=digest(foreign),
                document=foreign,
                public_document=foreign,
                created_at=small_room.clock.now(),
            )
        )
        session.commit()
    small_room.run()
    assert small_room.release(release_id).state is not ReleaseState.PUBLISHED


def test_the_bundle_carries_a_link_of_the_chain_and_the_chain_carries_the_bundle(
    room: ReleaseRoom,
) -> None:
    release_id = room.ready()
    room.approve(release_id)
    room.run()
    custody = manifest_of(room, release_id)["custody"]
    assert isinstance(custody, dict)
    with room.catalog.read() as session:
        link = session.get_one(CustodyEntry, custody["position"])
        published = session.scalars(
            sa.select(CustodyEntry).where(CustodyEntry.act == Act.DISSEMINATION.value)
        ).one()
    assert link.hash == custody["hash"]
    assert published.detail["manifest_sha256"] == room.release(release_id).manifest_sha256


def test_nothing_in_the_public_store_names_anyone(small_room: ReleaseRoom) -> None:
    release_id = small_room.ready()
    small_room.approve(release_id)
    small_room.run()
    private = [OFFICER, "4711", SERIAL, FILE, "Ada Requester", ROSA, SAM, "He pushed me"]
    alone = rf"(?<![0-9a-f-])(?:{'|'.join(map(re.escape, private))})(?![0-9a-f-])"  # in no hash
    for key in small_room.public_keys():
        assert not re.search(alone.encode(), b"".join(small_room.house.public.read(key))), key


def test_the_decision_is_published_in_one_sentence_with_its_citation(
    small_room: ReleaseRoom,
) -> None:
    release_id = small_room.ready()
    small_room.approve(release_id)
    small_room.run()
    body = b"".join(small_room.house.public.read(f"releases/{release_id}/decision.json"))
    decision = json.loads(body)
    assert decision["rules"][0]["citation"] == "T.S. § 1"
    assert decision["sentence"].startswith("The department must release this recording")
    assert decision["tree"][0]["children"], "the steps are there"


def test_publishing_twice_publishes_once(room: ReleaseRoom) -> None:
    release_id = room.ready()
    room.approve(release_id)
    room.run()
    first = manifest_of(room, release_id)
    with room.catalog.write() as session:
        enqueue(session, JobKind.PUBLISH, subject_id=release_id, requested_by="t", at=NOW)
        session.commit()
    room.run()
    assert manifest_of(room, release_id) == first
    assert room.acts().count(Act.DISSEMINATION.value) == 1


@pytest.mark.parametrize("moment", [Moment.BEFORE, Moment.AFTER])
def test_a_kill_in_the_middle_lists_nothing_and_the_next_run_publishes_once(
    room: ReleaseRoom, moment: Moment
) -> None:
    release_id = room.ready()
    room.approve(release_id)
    die_at_the_manifest(room, moment)
    assert room.release(release_id).state is ReleaseState.APPROVED
    assert room.is_listed(release_id) is (moment is Moment.AFTER)
    assert any(key.endswith("video.mp4") for key in room.public_keys())

    take_over(room)
    assert room.release(release_id).state is ReleaseState.PUBLISHED
    assert room.is_listed(release_id)
    assert room.acts().count(Act.DISSEMINATION.value) == 1


@pytest.mark.parametrize("moment", [Moment.BEFORE, Moment.AFTER])
def test_what_a_killed_run_left_goes_when_a_gate_has_closed_since(
    small_room: ReleaseRoom, moment: Moment
) -> None:
    room = small_room
    release_id = room.ready()
    room.approve(release_id)
    die_at_the_manifest(room, moment)
    room.write_pack(outcome="WITHHOLD", modality="MUST_NOT", version="2")
    take_over(room)
    assert not [key for key in room.public_keys() if release_id in key]


@pytest.mark.parametrize("file", ["poster.jpg", "manifest.json"])
def test_what_a_failed_publication_copied_is_taken_away_again(
    small_room: ReleaseRoom, file: str
) -> None:
    """Nothing unreleased lies in the public store, even while nobody lists it."""
    room = small_room
    release_id = room.ready()
    room.approve(release_id)

    def fail(key: str, moment: Moment) -> None:
        if key.endswith(file) and moment is Moment.AFTER:
            raise IntegrityError("the disk lies")

    room.watch_store(fail)
    room.run()
    assert room.jobs(JobKind.PUBLISH)[-1].state is JobState.DEAD
    assert room.release(release_id).state is ReleaseState.APPROVED
    assert not [key for key in room.public_keys() if release_id in key]


def test_what_a_cancelled_publication_copied_is_taken_away_again(small_room: ReleaseRoom) -> None:
    room = small_room
    release_id = room.ready()
    room.approve(release_id)

    def cancel_it(key: str, moment: Moment) -> None:
        if key.endswith("poster.jpg") and moment is Moment.AFTER:
            with room.catalog.write() as session:
                cancel(session, room.jobs(JobKind.PUBLISH)[-1].id, by=SAM, now=NOW)
                session.commit()

    room.watch_store(cancel_it)
    room.run()
    assert room.jobs(JobKind.PUBLISH)[-1].state is JobState.CANCELLED
    assert not [key for key in room.public_keys() if release_id in key]


def test_a_hold_placed_while_files_are_copied_stops_the_publication(
    small_room: ReleaseRoom,
) -> None:
    room = small_room
    release_id = room.ready()
    room.approve(release_id)

    def hold(key: str, moment: Moment) -> None:
        if not key.endswith("poster.jpg") or moment is Moment.AFTER:
            return
        with room.catalog.write() as session:
            place_hold(
                session,
                room.incident_id,
                kind="criminal",
                reason="letter",
                blocks_release=True,
                by=ROSA,
                at=room.clock.now(),
            )
            session.commit()

    room.watch_store(hold)
    room.run()
    assert room.release(release_id).state is ReleaseState.APPROVED
    assert not [key for key in room.public_keys() if release_id in key]
    assert Act.DISSEMINATION.value not in room.acts()


def test_withdrawing_leaves_a_tombstone_with_the_reason_and_nothing_else(
    room: ReleaseRoom,
) -> None:
    release_id = room.ready()
    room.approve(release_id)
    room.run()
    with room.catalog.write() as session:
        withdraw(session, release_id, reason="A court order seals it.", by=SAM, at=NOW)
        session.commit()
    room.run()
    left = [key for key in room.public_keys() if release_id in key]
    assert left == [f"releases/{release_id}/tombstone.json"]
    tombstone = json.loads(b"".join(room.house.public.read(left[0])))
    assert tombstone["reason"] == "A court order seals it."
    log = json.loads(b"".join(room.house.public.read("log/2026-03-02.json")))
    assert [entry["act"] for entry in log["entries"]] == ["published", "withdrawn"]
    with room.catalog.write() as session, pytest.raises(Conflict):
        withdraw(session, release_id, reason="Again", by=SAM, at=NOW)


def test_a_release_withdrawn_before_it_was_public_leaves_nothing(small_room: ReleaseRoom) -> None:
    room = small_room
    release_id = room.ready()
    with room.catalog.write() as session:
        withdraw(session, release_id, reason="Proposed by mistake.", by=SAM, at=NOW)
        session.commit()
    room.run()
    assert not [key for key in room.public_keys() if release_id in key]


def test_a_reason_that_names_someone_is_refused(small_room: ReleaseRoom) -> None:
    """The tombstone is public: it tells no more than the release did."""
    room = small_room
    release_id = room.ready()
    with room.catalog.write() as session, pytest.raises(InvalidInput, match="names an officer"):
        withdraw(session, release_id, reason=f"At the wish of {OFFICER}", by=SAM, at=NOW)


def test_captions_become_part_of_the_bundle_and_are_fixed_by_approval(
    small_room: ReleaseRoom,
) -> None:
    room = small_room
    release_id = room.ready()
    with room.catalog.write() as session:
        with pytest.raises(InvalidInput):
            attach_captions(session, room.house.vault, release_id, body=b"hello", by=ROSA, at=NOW)
        attach_captions(session, room.house.vault, release_id, body=CAPTIONS, by=ROSA, at=NOW)
        session.commit()
    room.approve(release_id)
    with room.catalog.write() as session, pytest.raises(Conflict):
        attach_captions(session, room.house.vault, release_id, body=CAPTIONS, by=ROSA, at=NOW)
    room.run()
    assert room.house.public.has(f"releases/{release_id}/captions.vtt")


MUTED = [{"start": [1, 2], "end": [1, 1], "found": "phone"}]
MARKED = b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nCall me at [muted]\n"


def test_captions_that_spell_out_what_is_muted_are_refused(small_room: ReleaseRoom) -> None:
    room = small_room
    room.open_case()
    room.render(muted=MUTED)
    room.run()
    release_id = room.propose()
    with room.catalog.write() as session:
        with pytest.raises(InvalidInput, match=r"spell out what is muted.*0\.000 s"):
            attach_captions(session, room.house.vault, release_id, body=CAPTIONS, by=ROSA, at=NOW)
        attach_captions(session, room.house.vault, release_id, body=MARKED, by=ROSA, at=NOW)
        session.commit()
    room.approve(release_id)
    room.run()
    assert room.is_listed(release_id)


def test_captions_that_a_later_redaction_outdates_do_not_leave(small_room: ReleaseRoom) -> None:
    room = small_room
    release_id = room.ready()
    with room.catalog.write() as session:
        attach_captions(session, room.house.vault, release_id, body=CAPTIONS, by=ROSA, at=NOW)
        session.commit()
    room.render(muted=MUTED)
    room.approve(release_id)
    room.run()
    assert not room.is_listed(release_id)
    assert not room.house.public.has(f"releases/{release_id}/video.mp4")
    (job,) = room.jobs(JobKind.PUBLISH)
    assert "spell out what is muted" in str(job.reason)


def test_the_public_log_ends_in_the_chain_and_the_policy_is_the_one_that_runs(
    small_room: ReleaseRoom,
) -> None:
    room = small_room
    room.open_case()
    room.run()
    log = json.loads(b"".join(room.house.public.read("log/2026-03-02.json")))
    with room.catalog.read() as session:
        assert (
            session.get_one(CustodyEntry, log["custody"]["position"]).hash == log["custody"]["hash"]
        )
    pack = json.loads(b"".join(room.house.public.read("policy/test.json")))
    assert [rule["id"] for rule in pack["text"]] == ["test.complained-of", "test.family-first"]
    upcoming = json.loads(b"".join(room.house.public.read("upcoming/index.json")))
    assert upcoming["cases"] == [
        {"due": "2026-03-19T05:59:59Z", "reason": "RELEASE_REDACTED", "waiting_for": "redaction"}
    ]


@pytest.mark.parametrize("title", [f"Stop by {OFFICER}", f"Camera {SERIAL.lower()}", FILE, "  "])
def test_a_title_that_names_someone_is_refused(small_room: ReleaseRoom, title: str) -> None:
    small_room.open_case()
    with pytest.raises(InvalidInput):
        small_room.propose(title=title)


def test_a_recording_is_proposed_once_and_only_with_an_incident(small_room: ReleaseRoom) -> None:
    small_room.open_case()
    small_room.propose()
    with pytest.raises(Conflict):
        small_room.propose()
    with small_room.catalog.write() as session:
        small_room.tag(session, None)
        session.commit()
    with pytest.raises(Conflict):
        small_room.propose()
