"""Is there footage of X? Yes, no and why, or lost; and the written answer that there is none."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bwc.catalog.finding import FindingRow, FootageAnswer
from bwc.catalog.recording import RecordingState, TagSource
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Call, CustodyEntry, Incident, Tag
from bwc.coverage.existence import Answer
from bwc.coverage.refreshing import refresh
from bwc.coverage.should_exist import (
    Reply,
    answer_none,
    footage_at,
    footage_of_call,
    footage_of_incident,
)
from bwc.coverage.workflow import Reason, excuse, explain
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.timeline import Span
from tests.roster import Stay, Town, at

NOW = at(60)


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """Officer 7 with a camera, on duty from 8 to 18; officer 8 has none that works."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        built.hand("broken", "8")
        built.shift("7", 8, 18)
        yield built


def said(reply: Reply) -> list[tuple[str | None, Answer, str]]:
    return [(line.badge, line.existence.answer, line.existence.why) for line in reply.lines]


def test_each_officer_on_a_call_gets_an_answer_with_its_reason(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11), Stay("8", 10, 11), Stay("C1", 10, 11))
    reply = footage_of_call(town.session, "26-1")
    assert said(reply) == [
        ("7", Answer.LOST, "camera cam-1 was assigned and no recording is there"),
        ("8", Answer.NO, "the camera assigned, broken, was not in service"),
        ("C1", Answer.NO, "not sworn: no duty to record"),
    ]
    assert reply.answer is Answer.LOST
    film = town.film(10, 10.5, serial="cam-1")
    reply = footage_of_call(town.session, "26-1")
    assert (reply.answer, reply.lines[0].recordings) == (Answer.YES, (film,))
    assert footage_of_call(town.session, "26-1", badge="8").answer is Answer.NO


def test_a_cancelled_call_has_none_because_it_was_cancelled(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11), cancelled=True)
    assert said(footage_of_call(town.session, "26-1")) == [("7", Answer.NO, "call cancelled")]


def test_a_call_nobody_was_sent_to_has_none(town: Town) -> None:
    town.call("26-1", 9)
    assert said(footage_of_call(town.session, "26-1")) == [
        (None, Answer.NO, "no officer was sent to it")
    ]


def test_an_officer_at_a_moment_is_answered_from_recordings_calls_and_shifts(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    film = town.film(10, 10.5, serial="cam-1")
    answers = {
        hour: footage_at(town.session, "7", at(hour)).lines[0]
        for hour in (10.25, 10.75, 12, 20, 10.5)
    }
    assert answers[10.25].recordings == (film,)
    assert {hour: line.existence.answer for hour, line in answers.items()} == {
        10.25: Answer.YES,
        10.75: Answer.LOST,
        12: Answer.NO,
        20: Answer.NO,
        10.5: Answer.LOST,
    }
    assert answers[12].existence.why == "on duty and on no call then"
    assert answers[20].existence.why == "not on duty then"


def test_an_incident_gathers_its_calls_and_what_is_tied_to_it(town: Town) -> None:
    incident = Incident(number="I-1", title="t", kind="other", occurred_at=at(10), district="d")
    town.session.add(incident)
    town.call("26-1", 9, Stay("7", 10, 11))
    town.session.flush()
    town.session.execute(sa.update(Call).values(incident_id=incident.id))
    assert footage_of_incident(town.session, "I-1").answer is Answer.LOST
    broken = town.film(10, 11, badge="8", state=RecordingState.QUARANTINED)
    good = town.film(13, 14, badge="8")
    for recording in (broken, good):
        town.session.add(
            Tag(
                recording_id=recording,
                incident_id=incident.id,
                confidence=1,
                explanation="",
                source=TagSource.PERSON,
                author="a",
                created_at=NOW,
            )
        )
    town.session.flush()
    reply = footage_of_incident(town.session, "I-1")
    assert reply.answer is Answer.YES
    assert reply.is_incomplete
    assert [(badge, answer) for badge, answer, _ in said(reply)] == [
        ("7", Answer.LOST),
        ("8", Answer.QUARANTINED),
        ("8", Answer.YES),
    ]


def test_the_answer_that_there_is_none_is_numbered_and_in_custody(town: Town) -> None:
    town.call("26-1", 9, Stay("8", 10, 11))
    reply = footage_of_call(town.session, "26-1")
    numbers = [answer_none(town.session, reply, by="aud", at=NOW).number for _ in range(2)]
    assert numbers == ["NF-2026-0001", "NF-2026-0002"]
    row = town.session.scalars(sa.select(FootageAnswer).order_by(FootageAnswer.number)).first()
    assert row is not None
    assert "No footage exists." in str(row.document["text"])
    assert "badge 8, call 26-1: the camera assigned, broken, was not in service" in str(
        row.document["text"]
    )
    entry = town.session.scalars(
        sa.select(CustodyEntry).where(CustodyEntry.subject_id == row.id)
    ).one()
    assert (entry.act, entry.detail["sha256"]) == ("footage answered", row.sha256)


def test_where_there_is_footage_nobody_can_write_that_there_is_none(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    town.film(10, 10.5, serial="cam-1")
    with pytest.raises(Conflict):
        answer_none(town.session, footage_of_call(town.session, "26-1"), by="a", at=NOW)


def test_the_answer_says_that_its_finding_was_excused(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    refresh(town.session, Span(at(0), at(24)), by="aud", at=NOW)
    finding = town.session.scalars(
        sa.select(FindingRow.id).where(FindingRow.kind == "call without video")
    ).one()
    explain(
        town.session,
        finding,
        reason=Reason.BATTERY,
        note="",
        by="lee",
        officer_id=town.officers["7"],
        at=NOW,
    )
    excuse(town.session, finding, note="", by="boss", at=NOW)
    [line] = footage_of_call(town.session, "26-1").lines
    assert line.excused == "finding excused"


def test_what_nobody_knows_is_not_answered(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    with pytest.raises(NotFound):
        footage_of_call(town.session, "26-9")
    with pytest.raises(NotFound):
        footage_of_call(town.session, "26-1", badge="8")
    with pytest.raises(NotFound):
        footage_at(town.session, "99", at(0))
    with pytest.raises(InvalidInput, match="beyond all records"):
        footage_at(town.session, "7", datetime.max.replace(tzinfo=UTC))
    with pytest.raises(NotFound):
        footage_of_incident(town.session, "I-9")
