"""Requests, complaints, facts and holds: numbered, written down, and each makes the rules look."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.custody import CustodyEntry
from bwc.catalog.incident import Fact, Incident
from bwc.catalog.job import Job
from bwc.catalog.store import Catalog
from bwc.custody.acts import Act
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.ids import new_id
from bwc.jobs.kinds import JobKind
from bwc.requests.facts import assert_fact
from bwc.requests.holds import lift_hold, place_hold
from bwc.requests.receive import (
    NewComplaint,
    NewRequest,
    receive_complaint,
    receive_request,
    tie_request,
)

NOW = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)


def an_incident(session: Session, number: str = "26-000101") -> Incident:
    incident = Incident(
        id=new_id(),
        number=number,
        title="Traffic stop",
        kind="traffic stop",
        occurred_at=NOW - timedelta(days=10),
        district="North",
    )
    session.add(incident)
    session.flush()
    return incident


def a_request(incident_id: str | None = None, **changes: Any) -> NewRequest:
    words: dict[str, Any] = {
        "requester_role": "press",
        "channel": "email",
        "description": "All body-camera video of the stop.",
        "incident_id": incident_id,
        "requester_name": "Ada Example",
    }
    return NewRequest(**{**words, **changes})


def decisions_asked(session: Session) -> list[str | None]:
    jobs = session.scalars(sa.select(Job).where(Job.kind == JobKind.DECIDE.value))
    return [job.subject_id for job in jobs]


def acts(session: Session) -> list[str]:
    return list(session.scalars(sa.select(CustodyEntry.act).order_by(CustodyEntry.position)).all())


def test_requests_are_numbered_by_year_and_each_asks_for_a_decision(catalog: Catalog) -> None:
    with catalog.write() as session:
        incident = an_incident(session)
        first = receive_request(session, a_request(incident.id), by="rosa", at=NOW)
        second = receive_request(session, a_request(incident.id), by="rosa", at=NOW)
        next_year = receive_request(session, a_request(), by="rosa", at=NOW + timedelta(days=365))
        session.commit()
        assert [first.number, second.number] == ["REQ-2026-0001", "REQ-2026-0002"]
        assert next_year.number == "REQ-2027-0001"
        assert decisions_asked(session) == [incident.id, incident.id]


def test_two_requests_at_once_get_two_numbers(catalog: Catalog) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def one(_: int) -> str:
        with catalog.write() as session:
            number = receive_request(session, a_request(), by="rosa", at=NOW).number
            session.commit()
            return number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(one, range(8)))
    assert sorted(numbers) == [f"REQ-2026-{n:04d}" for n in range(1, 9)]


def test_who_asks_stays_out_of_the_ledger(catalog: Catalog) -> None:
    with catalog.write() as session:
        receive_request(session, a_request(), by="rosa", at=NOW)
        entry = session.scalars(sa.select(CustodyEntry)).one()
    assert entry.act == Act.REQUEST_RECEIVED
    assert "Example" not in str(entry.detail)


@pytest.mark.parametrize(
    "changes",
    [
        {"requester_role": "journalist"},
        {"channel": "carrier pigeon"},
        {"description": "   "},
        {"received_at": NOW + timedelta(hours=1)},
    ],
)
def test_a_request_that_no_rule_could_read_is_refused(
    sqlite_catalog: Catalog, changes: dict[str, Any]
) -> None:
    with sqlite_catalog.write() as session, pytest.raises(InvalidInput):
        receive_request(session, a_request(**changes), by="rosa", at=NOW)


def test_a_request_for_an_incident_that_does_not_exist_is_refused(sqlite_catalog: Catalog) -> None:
    with sqlite_catalog.write() as session, pytest.raises(NotFound):
        receive_request(session, a_request(new_id()), by="rosa", at=NOW)


def test_a_request_tied_to_another_incident_has_both_decided_again(
    sqlite_catalog: Catalog,
) -> None:
    with sqlite_catalog.write() as session:
        wrong, right = an_incident(session), an_incident(session, "26-000102")
        request = receive_request(session, a_request(wrong.id), by="rosa", at=NOW)
        tie_request(session, request.id, incident_id=right.id, by="rosa", at=NOW)
        assert sorted(decisions_asked(session)[1:], key=str) == sorted([wrong.id, right.id])
        assert acts(session)[-1] == Act.REQUEST_TIED


def test_an_anonymous_complaint_counts(catalog: Catalog) -> None:
    with catalog.write() as session:
        incident = an_incident(session)
        complaint = receive_complaint(
            session,
            NewComplaint(
                filed_by="civilian",
                about_misconduct=True,
                description="The officer pushed a bystander.",
                incident_id=incident.id,
            ),
            by="portal",
            at=NOW,
        )
        session.commit()
        assert complaint.number == "CMP-2026-0001"
        assert decisions_asked(session) == [incident.id]


def test_facts_are_appended_and_carry_source_and_author(catalog: Catalog) -> None:
    with catalog.write() as session:
        incident = an_incident(session)
        for value in ("substantial_bodily_harm", "unknown"):
            assert_fact(
                session,
                incident.id,
                name="injury_level",
                value=value,
                source="hospital report",
                by="rosa",
                at=NOW,
            )
        session.commit()
        facts = session.scalars(sa.select(Fact).order_by(Fact.id)).all()
        assert [fact.value["value"] for fact in facts] == ["substantial_bodily_harm", "unknown"]
        assert acts(session) == [Act.FACT_ASSERTION] * 2


@pytest.mark.parametrize(
    ("name", "source"), [("Injury Level", "report"), ("injury_level", " "), ("../facts", "report")]
)
def test_a_fact_without_a_proper_name_or_source_is_refused(
    sqlite_catalog: Catalog, name: str, source: str
) -> None:
    with sqlite_catalog.write() as session:
        incident = an_incident(session)
        with pytest.raises(InvalidInput):
            assert_fact(
                session, incident.id, name=name, value=True, source=source, by="rosa", at=NOW
            )


def test_a_hold_is_placed_and_lifted_once(catalog: Catalog) -> None:
    with catalog.write() as session:
        incident = an_incident(session)
        hold = place_hold(
            session,
            incident.id,
            kind="criminal",
            reason="Prosecutor's letter of 1 March",
            blocks_release=True,
            by="rosa",
            at=NOW,
        )
        lift_hold(session, hold.id, by="sam", at=NOW + timedelta(days=1))
        with pytest.raises(Conflict):
            lift_hold(session, hold.id, by="sam", at=NOW + timedelta(days=2))
        session.commit()
        assert acts(session) == [Act.HOLD_PLACED, Act.HOLD_LIFTED]
        assert decisions_asked(session) == [incident.id] * 2


def test_a_hold_that_ends_before_it_starts_is_refused(sqlite_catalog: Catalog) -> None:
    with sqlite_catalog.write() as session:
        incident = an_incident(session)
        with pytest.raises(InvalidInput):
            place_hold(
                session,
                incident.id,
                kind="appeal",
                reason="Appeal filed",
                blocks_release=False,
                by="rosa",
                at=NOW,
                expires_at=NOW,
            )
