"""Findings as rows: what is found, that it is found once, and who may say what of it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bwc.canonical import Json
from bwc.catalog.finding import FindingEvent, FindingRow, FindingState
from bwc.catalog.recording import RecordingState, TagSource
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Call, CustodyEntry, Decision, Fact, Incident, Recording, Tag
from bwc.coverage.catalog_findings import UPLOAD_WITHIN
from bwc.coverage.findings import FindingKind
from bwc.coverage.refreshing import Refreshed, refresh
from bwc.coverage.workflow import Reason, excuse, explain, reopen, sustain
from bwc.errors import Conflict, InvalidInput, NotFound, NotPermitted
from bwc.timeline import Span
from tests.roster import Stay, Town, at

MONDAY = Span(at(0), at(24))
NOW = at(60)
HASH = "a" * 64


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """Officer 7 with a camera, on duty from 8 to 18; both good cameras are in somebody's hands."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        built.hand("cam-2", "C1")
        built.shift("7", 8, 18)
        yield built


def look(town: Town, period: Span = MONDAY) -> Refreshed:  # type: ignore[type-arg]
    return refresh(town.session, period, by="auditor", at=NOW)


def rows(town: Town, kind: FindingKind) -> list[FindingRow]:
    query = sa.select(FindingRow).where(FindingRow.kind == kind.value)
    return list(town.session.scalars(query.order_by(FindingRow.key)))


def tag(town: Town, recording: str, number: str | None) -> None:
    call = town.session.scalar(sa.select(Call.id).where(Call.number == number))
    town.session.add(
        Tag(
            recording_id=recording,
            call_id=call,
            confidence=1,
            explanation="by hand",
            source=TagSource.PERSON,
            author="a",
            created_at=NOW,
        )
    )
    town.session.flush()


def incident(town: Town, **more: str) -> str:
    values = {"number": "I-1", "title": "t", "kind": "other", "district": "d"} | more
    row = Incident(occurred_at=at(10), **values)
    town.session.add(row)
    town.session.flush()
    return row.id


def fact(town: Town, incident_id: str, name: str, value: Json, source: str = "desk") -> None:
    town.session.add(
        Fact(
            incident_id=incident_id,
            name=name,
            value={"value": value},
            source=source,
            asserted_by="a",
            asserted_at=NOW,
        )
    )
    town.session.flush()


def decide(town: Town, incident_id: str, outcome: str) -> None:
    town.session.add(
        Decision(
            incident_id=incident_id,
            audience="public",
            outcome=outcome,
            rests_on_draft=False,
            document={},
            sha256=HASH,
            decided_at=NOW,
        )
    )
    town.session.flush()


def test_a_call_without_video_of_an_officer_with_a_camera_is_footage_that_should_exist(
    town: Town,
) -> None:
    town.call("26-1", 9, Stay("7", 10, 11), Stay("8", 10, 11))
    look(town)
    assert len(rows(town, FindingKind.NO_VIDEO)) == 2
    [missing] = rows(town, FindingKind.MISSING_FOOTAGE)
    assert missing.officer_id == town.officers["7"]
    assert missing.why == "camera cam-1 was assigned and no recording is there"


def test_a_second_look_changes_nothing_and_leaves_no_trace(town: Town) -> None:
    town.shift("8", 8, 18)
    town.call("26-1", 9, Stay("7", 10, 11))
    first = look(town)
    entries = town.session.scalar(sa.select(sa.func.count(CustodyEntry.position)))
    second = look(town)
    assert (first.raised, second.raised) == (3, 0)
    assert (second.gone, second.returned, second.standing) == (0, 0, 3)
    assert town.session.scalar(sa.select(sa.func.count(CustodyEntry.position))) == entries
    assert town.session.scalar(sa.select(sa.func.count(FindingEvent.id))) == 3


def test_a_duty_without_camera_is_one_finding_however_the_periods_cut_it(town: Town) -> None:
    town.shift("8", 20, 30)
    look(town)
    look(town, Span(at(24), at(48)))
    look(town, Span(at(0), at(48)))
    [duty] = rows(town, FindingKind.NO_CAMERA)
    assert (duty.starts_at, duty.ends_at, duty.gone_at) == (at(20), at(30), None)


def test_a_look_at_another_period_leaves_findings_alone(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    look(town)
    done = look(town, Span(at(24), at(48)))
    assert (done.gone, done.raised) == (0, 0)
    assert all(row.gone_at is None for row in rows(town, FindingKind.NO_VIDEO))


def test_a_finding_goes_when_the_file_arrives_and_returns_with_the_gap(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    look(town)
    film = town.film(10, 11, serial="cam-1")
    tag(town, film, "26-1")
    assert look(town).gone == 2
    [row] = rows(town, FindingKind.NO_VIDEO)
    assert row.gone_at == NOW
    town.session.get_one(Recording, film).state = RecordingState.QUARANTINED
    town.session.flush()
    again = look(town)  # the call is without video once more; what is missing is that file now
    assert (again.returned, again.raised) == (1, 1)
    assert row.gone_at is None


def test_muted_late_untagged_and_wrongly_tagged_recordings_are_found(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    town.call("26-2", 12, Stay("8", 12, 13))
    town.call("26-3", 15, Stay("7", 16, 17))
    day = UPLOAD_WITHIN / timedelta(hours=1)
    muted = town.film(10, 11, serial="cam-1", sound=False, received=11 + day)
    late = town.film(16, 16.5, serial="cam-1", received=16.6 + day)
    elsewhere = town.film(16.5, 17, serial="cam-1")
    untagged = town.film(17, 17.5, serial="cam-1")
    tag(town, muted, "26-1")
    tag(town, late, "26-2")
    tag(town, elsewhere, "26-1")
    look(town)
    assert [row.call_id is not None for row in rows(town, FindingKind.MUTED)] == [True]
    assert [row.recording_id for row in rows(town, FindingKind.LATE_UPLOAD)] == [late]
    assert [row.recording_id for row in rows(town, FindingKind.TAG_MISSING)] == [untagged]
    wrong = {row.recording_id: row.why for row in rows(town, FindingKind.TAG_WRONG)}
    assert wrong == {
        late: "tied to call 26-2, on which its officer was not",
        elsewhere: "tied to call 26-1, which its officer was on at another time",
    }


def test_a_file_that_cannot_be_read_is_footage_that_should_exist(town: Town) -> None:
    film = town.film(10, 11, serial="cam-1", state=RecordingState.QUARANTINED)
    look(town)
    [row] = rows(town, FindingKind.MISSING_FOOTAGE)
    assert row.recording_id == film


def test_force_that_no_release_rule_heard_of_is_a_missing_trigger(town: Town) -> None:
    by_fact = incident(town)
    fact(town, by_fact, "incident_types", ["uof_serious"])
    by_report = incident(town, number="I-2")
    fact(town, by_report, "injury_level", "minor", source="Use of Force Report 12")
    by_kind = incident(town, number="I-3", kind="use of force")
    decide(town, by_kind, "NO_RULE")
    decided = incident(town, number="I-4", kind="use of force")
    decide(town, decided, "RELEASE_REDACTED")
    incident(town, number="I-5")
    look(town)
    found = {row.incident_id for row in rows(town, FindingKind.MISSING_TRIGGER)}
    assert found == {by_fact, by_report, by_kind}


def a_finding(town: Town) -> str:
    town.call("26-1", 9, Stay("7", 10, 11))
    look(town)
    return rows(town, FindingKind.NO_VIDEO)[0].id


def explained(town: Town) -> str:
    finding = a_finding(town)
    explain(
        town.session,
        finding,
        reason=Reason.BATTERY,
        note="empty at 9:50",
        by="lee",
        officer_id=town.officers["7"],
        at=NOW,
    )
    return finding


def test_an_explained_finding_is_excused_by_another_person_and_all_of_it_is_kept(
    town: Town,
) -> None:
    finding = explained(town)
    excuse(town.session, finding, note="battery replaced", by="boss", at=NOW)
    row = town.session.get_one(FindingRow, finding)
    assert row.state is FindingState.EXCUSED
    history = town.session.scalars(
        sa.select(FindingEvent).where(FindingEvent.finding_id == finding).order_by(FindingEvent.id)
    ).all()
    assert [(one.state.value, one.reason, one.author) for one in history] == [
        ("open", None, "auditor"),
        ("explained", "battery empty", "lee"),
        ("excused", None, "boss"),
    ]
    acts = town.session.scalars(
        sa.select(CustodyEntry.act)
        .where(CustodyEntry.subject_id == finding)
        .order_by(CustodyEntry.position)
    )
    assert list(acts) == ["finding explained", "finding excused"]


def test_nobody_decides_what_he_explained_and_nobody_explains_for_another(town: Town) -> None:
    finding = explained(town)
    for decide_it in (excuse, sustain):
        with pytest.raises(NotPermitted):
            decide_it(town.session, finding, note="fine", by="lee", at=NOW)
    with pytest.raises(NotPermitted):
        explain(
            town.session,
            finding,
            reason=Reason.BATTERY,
            note="",
            by="cruz",
            officer_id=town.officers["8"],
            at=NOW,
        )


def test_what_is_not_explained_cannot_be_excused_but_can_be_sustained(town: Town) -> None:
    finding = a_finding(town)
    with pytest.raises(Conflict):
        excuse(town.session, finding, note="", by="boss", at=NOW)
    with pytest.raises(InvalidInput):
        sustain(town.session, finding, note=" ", by="boss", at=NOW)
    sustain(town.session, finding, note="no answer in 14 days", by="boss", at=NOW)
    with pytest.raises(Conflict):
        excuse(town.session, finding, note="", by="boss", at=NOW)
    reopen(town.session, finding, note="he was on leave", by="boss", at=NOW)
    assert town.session.get_one(FindingRow, finding).state is FindingState.OPEN


def test_a_decided_finding_keeps_its_decision_when_the_file_arrives(town: Town) -> None:
    finding = a_finding(town)
    sustain(town.session, finding, note="no answer", by="boss", at=NOW)
    tag(town, town.film(10, 11, serial="cam-1"), "26-1")
    look(town)
    row = town.session.get_one(FindingRow, finding)
    assert (row.state, row.gone_at) == (FindingState.SUSTAINED, None)


def test_an_unknown_finding_and_an_unworded_other_reason_are_refused(town: Town) -> None:
    with pytest.raises(NotFound):
        excuse(town.session, "nothing", note="", by="boss", at=NOW)
    finding = a_finding(town)
    with pytest.raises(InvalidInput):
        explain(
            town.session,
            finding,
            reason=Reason.OTHER,
            note=" ",
            by="lee",
            officer_id=town.officers["7"],
            at=NOW,
        )
