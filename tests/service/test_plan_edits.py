"""A plan is edited by hand: what is followed, key boxes, sound, grounds; by form and by JSON."""

from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bwc.catalog.review import ReviewComment
from bwc.catalog.tables import CustodyEntry, Job, JobState, Plan, Recording, Role
from bwc.clock import FixedClock
from bwc.errors import Conflict
from bwc.house import House
from bwc.ids import new_id
from bwc.redaction.carry import TRACKER
from bwc.redaction.carry_order import Carried, keep_carried
from bwc.redaction.drawn import extend, track_of
from bwc.redaction.keep import keep_plan, read_plan_row
from bwc.redaction.keys import Key, Region
from bwc.redaction.plan import Kind, Stop, Stopped
from bwc.redaction.review_list import places
from bwc.redaction.revise import Revision, revise
from bwc.redaction.view_review import IDLE, MOST
from tests.desk_ids import CASE, MINUTE, NOW
from tests.desks import csrf_of, with_csrf
from tests.plans import make_plan, still
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

BOX: dict[str, Any] = {"left": 0.25, "top": 0.25, "right": 0.5, "bottom": 0.5}
PRIVACY: dict[str, Any] = {"exemption": "personal-privacy"}
RULE = "us-co.blur-list"
SAID = "WEBVTT\n\n00:00:00.200 --> 00:00:00.600\ncall 555-867-0142\n"


def carry_jobs(house: House) -> list[Job]:
    with house.catalog.read() as session:
        return list(session.scalars(sa.select(Job).where(Job.kind == "carry").order_by(Job.id)))


def carried(house: House, job: Job) -> Carried:
    """What the tracker may make of the track that `job` is about."""
    with house.catalog.read() as session:
        row = session.get_one(Plan, str(job.arguments["plan_id"]))
    before = track_of(read_plan_row(row, where="p"), int(str(job.arguments["track"])))
    keys = (Key(0, 100, 90, 260, 180), Key(100_000, 300, 90, 460, 180))
    stops = (Stopped(pts=90_000, why=Stop.LOST),)
    new = {"keys": keys, "stops": stops, "carried_by": TRACKER, "sightings": 20}
    return Carried(before, before.model_copy(update=new), job.id)


def keep(house: House, job: Job, by: str = "records") -> None:
    with house.catalog.write() as session:
        revision = Revision(CASE.own_recording, by)
        keep_carried(session, revision, carried(house, job), at=house.clock.now())
        session.commit()


def test_what_is_drawn_is_hidden_at_once_and_then_carried_as_a_version_of_its_own(
    house: House, records: httpx.Client
) -> None:
    answer = post(records, "follow", **BOX, at=0.5, **PRIVACY)
    assert answer.status_code == 201, answer.text
    (job,) = carry_jobs(house)
    assert (answer.json()["carry_job_id"], job.state) == (job.id, JobState.WAITING)
    held = tracks_of(newest(house))[-1]
    assert held["drawn"] == [[45_000, 160, 90, 320, 180]]
    waits = records.post(f"{PLAN}/rendering", json={"plan_version": 3})
    assert (waits.status_code, "tracker" in waits.text) == (409, True)
    anew = records.post(f"/v1{RECORDING}/redactions")
    assert (anew.status_code, "tracker" in anew.text) == (409, True)
    assert "The tracker" in records.get(f"{RECORDING}/review").text
    assert post(records, "exempt", 3, tracks=[3], exemption=RULE).status_code == 201
    keep(house, job)
    row = newest(house)
    track = tracks_of(row)[-1]
    assert (row.version, row.author, row.job_id) == (5, "records", job.id)
    assert (track["carried_by"], track["author"]) == (TRACKER, "person:records")
    assert track["exemption"] == RULE, "what was changed meanwhile stays"
    history: Any = row.document["history"]
    what = history[-1]
    assert what["by"] == "person:records"
    assert f"carried by the tracker {TRACKER}" in what["what"]
    assert "the tracker lost it here at 1.00 s" in what["what"]
    place = next(p for p in records.get(PLAN).json()["places"] if p["risk"] == "lost from sight")
    assert (place["track"], place["second"], place["after"]) == (3, 1.0, 0.5)
    undone = records.post(f"{PLAN}/undo", json={"plan_version": 5})
    assert undone.status_code == 201, undone.text
    assert tracks_of(newest(house))[-1]["keys"] == held["keys"]


def test_a_key_box_set_while_the_tracker_works_has_it_begin_again_from_both(
    house: House, records: httpx.Client
) -> None:
    """Its first result fits no more: without a second order nothing would follow what was drawn."""
    post(records, "follow", **BOX, at=0.5, **PRIVACY)
    answer = post(records, "key", 3, track=3, **BOX, at=1.0)
    first, second = carry_jobs(house)
    assert answer.json()["carry_job_id"] == second.id
    assert (first.state, second.state) == (JobState.CANCELLED, JobState.WAITING)
    assert post(records, "drop_key", 4, track=3, pts=90_000).status_code == 201
    assert [job.state for job in carry_jobs(house)][1:] == [JobState.CANCELLED, JobState.WAITING]


def test_undoing_what_the_tracker_does_not_look_at_lets_it_go_on(
    house: House, records: httpx.Client
) -> None:
    post(records, "follow", **BOX, at=0.5, **PRIVACY)
    post(records, "exempt", 3, tracks=[3], exemption=RULE)
    assert records.post(f"{PLAN}/undo", json={"plan_version": 4}).status_code == 201
    (job,) = carry_jobs(house)
    assert (job.state, job.cancel_requested_by) == (JobState.WAITING, None)
    keep(house, job)
    assert tracks_of(newest(house))[-1]["carried_by"] == TRACKER


def test_as_many_as_a_list_holds_accepted_are_not_the_end_of_what_is_to_be_looked_at(
    house: House, records: httpx.Client
) -> None:
    with house.catalog.write() as session:
        brief = [
            still(number, Kind.FACE, Region(10, 10, 90, 90), first=1_000 * number)
            for number in range(1, MOST + 2)
        ]
        plan = make_plan(*brief)
        keep_plan(session, plan, recording_id=CASE.own_recording, author="b", job_id=None, at=NOW)
        for place in places(plan, [])[:MOST]:
            comment = ReviewComment(
                id=new_id(), recording_id=CASE.own_recording, second=place.second,
                text=place.accepting, sends_back=False, author="records", created_at=NOW,
                settled_at=NOW, settled_by="records",
            )  # fmt: skip
            session.add(comment)
        session.commit()
    left = [place["track"] for place in records.get(PLAN).json()["places"]]
    assert MOST + 1 in left


def test_sound_can_be_taken_out_to_its_end_and_not_only_to_the_last_picture(
    records: httpx.Client,
) -> None:
    assert records.get(PLAN).json()["edits"]["seconds"] == 754.0


def test_a_track_that_somebody_changed_meanwhile_is_not_written_over_and_he_is_named(
    house: House, records: httpx.Client
) -> None:
    post(records, "follow", **BOX, at=0.5, **PRIVACY)
    first = carry_jobs(house)[0]
    supervisor = Revision(CASE.own_recording, "supervisor")
    with house.catalog.write() as session:
        revise(
            session,
            supervisor,
            lambda plan: extend(plan, 3, before=0, after=0.1, by="supervisor"),
            at=NOW,
        )
        session.commit()
    with pytest.raises(Conflict, match="supervisor changed this track while it was being carried"):
        keep(house, first)
    assert newest(house).version == 4


def test_key_boxes_are_set_and_taken_away_and_a_carried_track_is_carried_again(
    house: House, records: httpx.Client
) -> None:
    post(records, "follow", **BOX, at=0.5, **PRIVACY)
    keep(house, carry_jobs(house)[0])
    page = records.get(f"{RECORDING}/review").text
    assert "Set key box" in page
    form = {"change": "key", "plan_version": "4", "csrf": csrf_of(page), "track": "3", "pts": ""}
    form |= {name: str(value) for name, value in BOX.items()} | {"left": "0.3", "at": "1.0"}
    assert records.post(f"{RECORDING}/plan", data=form).status_code == 303
    drawn = records.get(PLAN).json()["edits"]["drawn"][-1]
    assert [key["second"] for key in drawn["keys"]] == [0.5, 1.0]
    assert drawn["keys"][1]["box"]["left"] == 0.3
    _, second = carry_jobs(house)
    assert second.arguments["track"] == 3
    assert post(records, "drop_key", 5, track=3, pts=90_000).status_code == 201
    states = [job.state for job in carry_jobs(house)]
    assert states[1:] == [JobState.CANCELLED, JobState.WAITING], "the older order is cancelled"
    refused = post(records, "key", 6, track=1, **BOX, at=0.5)
    assert (refused.status_code, "only what a person drew" in refused.text) == (422, True)
    both = post(records, "key", 6, track=3, **BOX, at=0.5, pts=9)
    assert both.status_code == 201, "the exact time counts"
    again = records.post(f"{PLAN}/carrying", json={"plan_version": 7, "track": 3})
    assert (again.status_code, again.json()["kind"]) == (202, "carry")
    assert records.post(f"{PLAN}/carrying", json={"plan_version": 6, "track": 3}).status_code == 409
    assert records.post(f"{PLAN}/carrying", json={"plan_version": 7, "track": 1}).status_code == 422
    assert carry_jobs(house)[-1].state is JobState.WAITING
    assert records.post(f"{PLAN}/undo", json={"plan_version": 7}).status_code == 201
    assert carry_jobs(house)[-1].state is JobState.CANCELLED, "what it carried is drawn otherwise"


def test_sound_is_taken_out_changed_and_heard_again_for_a_reason(
    house: House, records: httpx.Client
) -> None:
    assert post(records, "mute", 2, first=0.2, last=0.6, **PRIVACY).status_code == 201
    line = records.get(PLAN).json()["edits"]["sound"][0]
    assert (line["first"], line["last"], line["effect"]) == (0.2, 0.6, "mute")
    page = records.get(f"{RECORDING}/review").text
    form = {"change": "retime", "plan_version": "3", "csrf": csrf_of(page), "span": "1"}
    form |= {"first": "0.1", "last": "0.6", "effect": "tone", "reason": "", **PRIVACY}
    assert records.post(f"{RECORDING}/plan", data=form).status_code == 303
    kept: Any = newest(house).document["sound"]
    assert kept[0]["effect"] == "tone"
    less = post(records, "retime", 4, span=1, first=0.3, last=0.6, **PRIVACY)
    assert (less.status_code, "without a reason" in less.text) == (422, True)
    assert post(records, "unmute", 4, span=1, reason="").status_code == 422
    assert post(records, "unmute", 4, span=1, reason="He waived it").status_code == 201
    assert newest(house).document["sound"] == []
    with house.catalog.read() as session:
        ledger = str([entry.detail for entry in session.scalars(sa.select(CustodyEntry))])
    assert ("sound heard again" in ledger, "He waived it" in ledger) == (True, False)
    assert post(records, "unmute", 5, span=1, reason="again").status_code == 404


def test_a_transcript_is_decided_before_anything_is_rendered_and_cuts_the_captions(
    house: House, records: httpx.Client
) -> None:
    page = records.get(f"{RECORDING}/review").text
    form = {"plan_version": "2", "csrf": csrf_of(page), "effect": "mute", **PRIVACY}
    file = {"transcript": ("said.vtt", SAID, "text/vtt")}
    sent = records.post(f"{RECORDING}/plan/transcript", data=form, files=file)
    assert sent.status_code == 303, sent.text
    assert "867" not in str(newest(house).document), "no word is kept"
    place = next(p for p in records.get(PLAN).json()["places"] if p["risk"] == "said")
    assert (place["proposal"], "phone" in place["why"]) == (1, True)
    waits = records.post(f"{PLAN}/rendering", json={"plan_version": 3})
    assert (waits.status_code, "not decided yet" in waits.text) == (409, True)
    assert post(records, "accept", 3, spans=[1]).status_code == 201
    cut = records.post(f"{PLAN}/captions", json={"transcript": SAID}).json()
    assert "867" not in cut["webvtt"] + cut["words"]
    given = records.post(
        f"{RECORDING}/plan/captions",
        data={"csrf": csrf_of(page)},
        files={"transcript": ("said.vtt", SAID, "text/vtt")},
    )
    assert (given.text, given.headers["content-type"]) == (
        cut["webvtt"],
        "text/vtt; charset=utf-8",
    )
    assert records.post(f"{PLAN}/rendering", json={"plan_version": 4}).status_code == 202
    again = {"plan_version": 4, "transcript": "no transcript", **PRIVACY}
    assert records.post(f"{PLAN}/transcript", json=again).status_code == 422


def test_only_the_codes_of_the_cases_rules_are_offered_and_taken(
    house: House, records: httpx.Client
) -> None:
    offered = records.get(f"/v1{RECORDING}/grounds").json()["items"]
    assert [(one["code"], one["is_asked_for"]) for one in offered] == [
        ("personal-privacy", True),
        ("us-co.blur-list", False),
        ("us-co.personal-data", False),
        ("us-co.gruesome-injury", False),
    ]
    page = records.get(f"{RECORDING}/review").text
    assert 'value="us-co.blur-list"' in page
    assert "us-il" not in page
    wrong: dict[str, Any] = {"exemption": "because"}
    changes: list[tuple[str, dict[str, Any]]] = [
        ("exempt", {"tracks": [1]}),
        ("draw", {**BOX, "first": 0.2, "last": 0.6}),
        ("follow", {**BOX, "at": 0.2}),
        ("mute", {"first": 0.2, "last": 0.6}),
    ]
    for change, more in changes:
        answer = post(records, change, **more, **wrong)
        assert answer.status_code == 422, change
        assert "personal-privacy, us-co.blur-list" in answer.json()["detail"]
    said = {"plan_version": 2, "transcript": SAID, **wrong}
    assert records.post(f"{PLAN}/transcript", json=said).status_code == 422
    assert newest(house).version == 2
    assert post(records, "exempt", tracks=[1], exemption=RULE).status_code == 201


def test_where_nothing_is_decided_there_is_the_houses_own_code_alone(
    house: House, records: httpx.Client
) -> None:
    place = f"/v1/recordings/{CASE.untied}"
    codes = [one["code"] for one in records.get(f"{place}/grounds").json()["items"]]
    assert codes == ["personal-privacy"]
    with house.catalog.write() as session:
        plan = make_plan(still(1, Kind.FACE, Region(10, 10, 90, 90)))
        keep_plan(session, plan, recording_id=CASE.untied, author="bwc", job_id=None, at=NOW)
        session.commit()
    body = {"change": "exempt", "plan_version": 1, "tracks": [1], "exemption": RULE}
    assert records.post(f"{place}/plan/changes", json=body).status_code == 422


def test_reviewer_minutes_are_what_the_clock_says_of_people_and_of_nobody_else(
    house: House, records: httpx.Client
) -> None:
    """Three deeds, two minutes apart, a long pause, one deed, and a job that ends while nobody works."""
    clock = house.clock
    assert isinstance(clock, FixedClock)
    with house.catalog.write() as session:
        session.get_one(Recording, CASE.own_recording).duration_us = 120_000_000
        session.commit()
    for version, pause in ((2, 2 * MINUTE), (3, 2 * MINUTE), (4, IDLE + MINUTE)):
        post(records, "mute", version, first=0.1 * version, last=0.9, **PRIVACY)
        clock.move(pause)
    post(records, "follow", 5, **BOX, at=0.5, **PRIVACY)
    clock.move(MINUTE)
    keep(house, carry_jobs(house)[0])
    effort = records.get(PLAN).json()["effort"]
    assert effort["reviewer_minutes"] == 4.0
    assert effort["source_minutes"] == 2.0
    assert effort["per_source_minute"] == 2.0
    page = records.get(f"{RECORDING}/review").text
    assert "at least 4.0 reviewer minutes for 2.0 minutes of footage (2.00 a minute)" in page


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR, Role.OVERSIGHT, Role.ADMIN])
def test_nobody_else_edits(sign_in: Any, role: Role) -> None:
    client: httpx.Client = sign_in(role)
    with_csrf(client)
    assert post(client, "mute", first=0.2, last=0.6, **PRIVACY).status_code == 403
    assert client.post(f"{PLAN}/captions", json={"transcript": SAID}).status_code == 403
    assert client.get(f"/v1{RECORDING}/grounds").status_code == 403
