"""Nobody is told that there is no footage while there is: tags, excluded calls, quarantine, disposal."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bwc.catalog.disposal import Disposal, DisposalState, Tombstone
from bwc.catalog.finding import FootageAnswer
from bwc.catalog.recording import RecordingState, TagSource
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Call, Incident, Recording, Tag
from bwc.coverage.existence import Answer
from bwc.coverage.findings import FindingKind
from bwc.coverage.report import department_coverage, officer_coverage
from bwc.coverage.should_exist import (
    Reply,
    answer_none,
    call_footage,
    footage_at,
    footage_of_call,
    footage_of_incident,
)
from bwc.errors import Conflict, NotFound
from tests.roster import Stay, Town, at

NOW = at(60)
QUARANTINED = RecordingState.QUARANTINED
DISPOSED = RecordingState.DISPOSED


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """Officer 7 with a camera, on duty from 8 to 18; officer 8 has none."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        built.shift("7", 8, 18)
        yield built


def tag(
    town: Town, film: str, *, call: str | None = None, incident: str | None = None, hour: float = 60
) -> None:
    """A person ties a recording to a call by number or an incident by id."""
    call_id = town.session.scalar(sa.select(Call.id).where(Call.number == call))
    town.session.add(
        Tag(
            recording_id=film,
            call_id=call_id,
            incident_id=incident,
            confidence=1,
            explanation="",
            source=TagSource.PERSON,
            author="a",
            created_at=at(hour),
        )
    )
    town.session.flush()


def incident_of(town: Town, *calls: str) -> str:
    """Incident I-1, to which these calls belong."""
    incident = Incident(number="I-1", title="t", kind="other", occurred_at=at(10), district="d")
    town.session.add(incident)
    town.session.flush()
    town.session.execute(
        sa.update(Call).where(Call.number.in_(calls)).values(incident_id=incident.id)
    )
    return incident.id


def dispose(town: Town, film: str) -> None:
    """Destroyed by disposal D-1, at hour 50."""
    row = town.session.get_one(Recording, film)
    row.state = DISPOSED
    disposal = Disposal(
        number="D-1",
        state=DisposalState.PROPOSED,
        document={},
        sha256=row.sha256,
        rests_on_draft=False,
        proposed_by="a",
        proposed_at=at(40),
    )
    town.session.add(disposal)
    town.session.flush()
    town.session.add(
        Tombstone(
            recording_id=film,
            disposal_id=disposal.id,
            sha256=row.sha256,
            document={"why": "us-xx r1: 90 days are over"},
            disposed_at=at(50),
        )
    )
    town.session.flush()


def said(reply: Reply) -> list[tuple[str | None, Answer, tuple[str, ...]]]:
    return [(line.badge, line.existence.answer, line.recordings) for line in reply.lines]


def refuse(town: Town, reply: Reply) -> None:
    """No letter may be written, and none is kept."""
    assert not reply.may_be_written
    with pytest.raises(Conflict):
        answer_none(town.session, reply, by="aud", at=NOW)
    assert town.session.scalars(sa.select(FootageAnswer)).all() == []


@pytest.mark.parametrize(
    ("stay", "why"),
    [
        pytest.param(Stay("7", 10, 11), "call cancelled", id="cancelled"),
        pytest.param(Stay("7", None, 11), "no arrival known", id="no arrival"),
        pytest.param(Stay("7", 10, None), "no clearing known", id="no clearing"),
    ],
)
def test_an_excluded_call_and_the_second_it_was_filmed_get_the_same_answer(
    town: Town, stay: Stay, why: str
) -> None:
    town.call("26-1", 9, stay, cancelled=why == "call cancelled")
    film = town.film(9.5, 10.5, serial="cam-1")
    by_call, by_second = (
        footage_of_call(town.session, "26-1"),
        footage_at(town.session, "7", at(10)),
    )
    assert said(by_call) == said(by_second) == [("7", Answer.YES, (film,))]
    assert by_call.lines[0].existence.why == f"{why}; recorded all the same"
    refuse(town, by_call)


def test_an_excluded_call_that_nobody_filmed_has_none(town: Town) -> None:
    town.call("26-1", 9, Stay("7", None, 11), cancelled=True)
    town.film(12, 13, serial="cam-1")
    reply = footage_of_call(town.session, "26-1")
    assert said(reply) == [("7", Answer.NO, ())]
    assert answer_none(town.session, reply, by="aud", at=NOW).number == "NF-2026-0001"


def test_what_was_recorded_on_the_way_is_footage_though_the_call_itself_is_lost(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    film = town.film(9.25, 9.5, serial="cam-1")
    reply = footage_of_call(town.session, "26-1")
    assert said(reply) == [("7", Answer.LOST, ()), ("7", Answer.YES, (film,))]
    assert reply.is_incomplete
    refuse(town, reply)


def test_a_recording_tied_to_a_call_is_footage_of_it_whoever_made_it(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    town.call("26-2", 9)
    backup, found = town.film(10, 11, badge="8"), town.film(20, 21)
    tag(town, backup, call="26-1")
    tag(town, found, call="26-2")
    lost = footage_of_call(town.session, "26-1")
    assert said(lost) == [("7", Answer.LOST, ()), ("8", Answer.YES, (backup,))]
    nobody = footage_of_call(town.session, "26-2")
    assert said(nobody) == [(None, Answer.YES, (found,))]
    for reply in (lost, nobody):
        refuse(town, reply)


def test_of_one_officer_only_what_he_made_or_may_have_made_is_tied_to_the_call(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    film = town.film(10, 11, badge="8")
    tag(town, film, call="26-1")
    assert said(footage_of_call(town.session, "26-1", badge="8")) == [("8", Answer.YES, (film,))]
    assert said(footage_of_call(town.session, "26-1", badge="7")) == [("7", Answer.LOST, ())]
    with pytest.raises(NotFound):
        footage_of_call(town.session, "26-1", badge="C1")


def test_only_the_newest_tag_ties_a_recording(town: Town) -> None:
    town.call("26-1", 9)
    town.call("26-2", 9)
    film = town.film(10, 11, badge="8")
    tag(town, film, call="26-1", hour=60)
    tag(town, film, call="26-2", hour=61)
    assert footage_of_call(town.session, "26-1").answer is Answer.NO
    assert footage_of_call(town.session, "26-2").answer is Answer.YES


def test_an_incident_has_what_is_tied_to_its_calls_alone(town: Town) -> None:
    town.call("26-1", 9)
    incident_of(town, "26-1")
    film = town.film(10, 11, badge="8")
    tag(town, film, call="26-1")
    reply = footage_of_incident(town.session, "I-1")
    assert said(reply) == [("8", Answer.YES, (film,))]
    assert reply.lines[0].call == "26-1"
    refuse(town, reply)


def test_a_recording_tied_to_call_and_incident_stands_once(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    incident = incident_of(town, "26-1")
    film = town.film(10, 11, serial="cam-1")
    tag(town, film, call="26-1", incident=incident)
    assert said(footage_of_incident(town.session, "I-1")) == [("7", Answer.YES, (film,))]
    assert said(footage_of_call(town.session, "26-1")) == [("7", Answer.YES, (film,))]


def test_a_file_in_quarantine_is_a_file(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    film = town.film(10, 13, serial="cam-1", state=QUARANTINED)
    town.session.get_one(Recording, film).quarantine_reason = "the index is torn"
    for reply in (footage_at(town.session, "7", at(12.5)), footage_of_call(town.session, "26-1")):
        assert said(reply) == [("7", Answer.QUARANTINED, (film,))]
        assert "cannot be read as yet: the index is torn" in reply.lines[0].existence.why
        assert reply.document()["meaning"] == (
            "A file exists in quarantine and cannot be read as yet."
        )
        refuse(town, reply)


def test_a_file_in_quarantine_is_named_beside_what_can_be_read(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    good = town.film(10, 10.5, serial="cam-1")
    torn = town.film(10.5, 11, serial="cam-1", state=QUARANTINED)
    reply = footage_of_call(town.session, "26-1")
    assert said(reply) == [("7", Answer.YES, (good,)), ("7", Answer.QUARANTINED, (torn,))]


@pytest.mark.parametrize(
    ("missing", "hours"),
    [
        pytest.param({"duration_us": None}, {9.5: False, 10.5: True, 15.5: False}, id="length"),
        pytest.param(
            {"started_at": None, "duration_us": None},
            {-9.5: False, -8.5: True, 10.5: True, 15.5: False},
            id="time",
        ),
        pytest.param({"officer_id": None}, {9.5: False, 10.5: True, 11.5: False}, id="maker"),
        pytest.param({"officer_id": None, "duration_us": None}, {10.5: False}, id="any of both"),
    ],
)
def test_what_is_not_known_of_a_file_in_quarantine_is_taken_wide(
    town: Town, missing: dict[str, None], hours: dict[float, bool]
) -> None:
    """It began at 10, is an hour long and came at 15."""
    film = town.film(10, 11, badge="7", state=QUARANTINED, received=15)
    town.session.execute(sa.update(Recording).where(Recording.id == film).values(missing))
    found = {
        hour: footage_at(town.session, "7", at(hour)).answer is Answer.QUARANTINED for hour in hours
    }
    assert found == hours


def test_what_was_disposed_of_neither_exists_nor_never_did(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    film = town.film(10, 11, serial="cam-1")
    tag(town, film, call="26-1")
    dispose(town, film)
    why = (
        "a recording of that time was disposed of on 2026-03-04T09:00:00Z by disposal D-1"
        " (us-xx r1: 90 days are over)"
    )
    for reply in (footage_of_call(town.session, "26-1"), footage_at(town.session, "7", at(10.5))):
        assert said(reply) == [("7", Answer.DISPOSED, (film,))]
        assert reply.lines[0].existence.why == why
    text = str(answer_none(town.session, reply, by="aud", at=NOW).document["text"])
    assert "Footage existed and was disposed of." in text
    assert why in text
    assert "No footage exists." not in text


def test_of_what_was_disposed_of_in_part_the_rest_is_there(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    left, gone = town.film(10, 10.5, serial="cam-1"), town.film(10.5, 11, serial="cam-1")
    dispose(town, gone)
    reply = footage_of_call(town.session, "26-1")
    assert said(reply) == [("7", Answer.YES, (left,)), ("7", Answer.DISPOSED, (gone,))]
    assert reply.lines[0].existence.why == "what is left of it; the rest was disposed of"
    refuse(town, reply)


def test_a_disposed_recording_tied_to_an_incident_is_gone(town: Town) -> None:
    incident = incident_of(town)
    film = town.film(10, 11, badge="8", state=DISPOSED)
    tag(town, film, incident=incident)
    reply = footage_of_incident(town.session, "I-1")
    assert said(reply) == [("8", Answer.DISPOSED, (film,))]
    assert "no tombstone says when" in reply.lines[0].existence.why


def test_a_recording_that_names_an_officer_counts_where_nobody_had_its_camera(town: Town) -> None:
    film = town.film(10, 11, serial="cam-2", badge="8")
    assert said(footage_at(town.session, "8", at(10.5)))[-1] == ("8", Answer.YES, (film,))
    town.hand("cam-2", "7")
    town.session.flush()
    assert footage_at(town.session, "8", at(10.5)).answer is Answer.NO


def test_the_page_of_a_call_says_what_the_ledger_says(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11), Stay("8", 10, 11))
    town.film(10, 11, serial="cam-1", state=DISPOSED)
    town.film(10, 11, badge="8", state=QUARANTINED)
    parts = call_footage(town.session, "26-1")
    assert [part.document()["footage"] for part in parts] == ["disposed", "quarantined"]


def test_a_file_is_not_looked_for_where_nobody_was(town: Town) -> None:
    town.film(10, 11, serial="cam-1", state=QUARANTINED)
    assert footage_at(town.session, "7", at(11) + timedelta(seconds=1)).answer is Answer.NO
    assert footage_at(town.session, "8", at(10.5)).answer is Answer.NO


def many_fates(town: Town) -> None:
    """Calls of every kind of answer, by officer 7 who had the camera and 8 who names himself."""
    town.hand("cam-2", "8")
    for number in range(8):
        town.call(
            f"26-{number}",
            24 * number + 9,
            *(Stay(one, 24 * number + 10, 24 * number + 11) for one in "78"),
        )
    gone, half, torn = town.film(10, 11, serial="cam-1"), town.film(34, 34.5, serial="cam-1"), 58
    dispose(town, gone)
    town.session.get_one(Recording, half).state = DISPOSED
    town.film(34.5, 35, serial="cam-1")
    town.film(torn, torn + 1, serial="cam-1", state=QUARANTINED)
    town.film(81.2, 81.4, serial="cam-1")  # on the way to 26-3
    tag(town, town.film(300, 301, badge="7"), call="26-4")
    town.film(130, 131, serial="cam-1")
    town.film(153.5, 155, serial="cam-1", state=DISPOSED)
    town.session.execute(sa.update(Call).where(Call.number == "26-6").values(cancelled=True))


def test_reports_and_findings_say_what_the_ledger_says(town: Town) -> None:
    many_fates(town)
    period = (at(0), at(24 * 8))
    for badge in "78":
        own = officer_coverage(town.session, badge, *period)
        for part in own.calls:
            reply = footage_of_call(town.session, part.call.number)
            his = [one for one in reply.lines if one.badge == badge]
            answers = [one.existence.answer for one in his]
            assert part.existence.answer is min(answers, key=list(Answer).index), part
            assert set(part.recordings) == {film for one in his for film in one.recordings}
            assert part.document()["recordings"] == list(part.recordings)
            kinds = [one.kind for one in own.findings if one.call == part.call.number]
            assert (FindingKind.MISSING_FOOTAGE in kinds) == (Answer.LOST in answers)
    report = department_coverage(town.session, *period)
    shifts = [one.document()["shift"] for one in report.calls if one.coverage.badge == "7"]
    assert shifts == ["on shift", *["outside any shift"] * 5, None, "outside any shift"]
    said_of_7 = [one.existence.answer.value for one in report.calls if one.coverage.badge == "7"]
    assert said_of_7 == ["disposed", "yes", "quarantined", "yes", "yes", "yes", "disposed", "lost"]
