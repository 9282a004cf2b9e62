"""Closing a request: by whom, with what outcome, and what of its hold is left."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import digest
from bwc.catalog import schema
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.incident import Fact, Incident
from bwc.catalog.release import Decision
from bwc.catalog.request import Hold, HoldKind, RecordRequest, RequestState
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role
from bwc.custody.acts import Act
from bwc.errors import Conflict, InvalidInput, NotPermitted
from bwc.ids import new_id
from bwc.policy.packs import load_packs
from bwc.policy.shipped import SHIPPED
from bwc.release.audiences import decide_for_all
from bwc.release.case import case_of
from bwc.requests.close import close_request
from bwc.requests.receive import NewComplaint, NewRequest, receive_complaint, receive_request
from bwc.retention.schedule import Standing
from tests.archive import ROSA, Archive, person

NOW = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)


def an_incident(session: Session) -> Incident:
    incident = Incident(
        id=new_id(),
        number="26-000101",
        title="Traffic stop",
        kind="traffic stop",
        occurred_at=NOW - timedelta(days=10),
        district="North",
    )
    session.add(incident)
    session.flush()
    return incident


def asked(session: Session, incident_id: str, **more: object) -> RecordRequest:
    words: dict[str, object] = {
        "requester_role": "press",
        "channel": "email",
        "description": "All footage",
        "incident_id": incident_id,
    }
    return receive_request(session, NewRequest(**(words | more)), by="rosa", at=NOW)  # type: ignore[arg-type]


def test_a_closed_request_no_longer_holds_and_a_custody_entry_says_who(
    catalog: Catalog, tmp_path: Path
) -> None:
    archive = Archive(tmp_path, catalog)
    archive.assert_fact("evidence_in_prosecution", value=False)
    archive.ask()
    assert archive.schedule().standing is Standing.HELD
    with catalog.write() as session:
        request = session.scalars(sa.select(RecordRequest)).one()
        close_request(
            session, request.id, outcome="withdrawn", reason="Letter of 2 June", by=ROSA,
            at=archive.clock.now(),
        )  # fmt: skip
        session.commit()
        assert (request.state, request.closed_by) == (RequestState.CLOSED, "rosa")
        entry = session.scalars(
            sa.select(CustodyEntry).where(CustodyEntry.act == Act.REQUEST_CLOSED)
        ).one()
        assert entry.detail["outcome"] == "withdrawn"
        assert entry.actor == "rosa"
    assert archive.schedule().standing is Standing.MAY_GO


def test_another_hold_and_another_request_outlive_a_closed_one(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    archive = Archive(tmp_path, sqlite_catalog)
    archive.assert_fact("evidence_in_prosecution", value=False)
    archive.ask()
    archive.ask()
    archive.hold()
    with sqlite_catalog.write() as session:
        first, second = session.scalars(sa.select(RecordRequest).order_by(RecordRequest.number))
        close_request(session, first.id, outcome="released", reason="Copy sent", by=ROSA, at=NOW)
        session.commit()
        number = second.number
    why = "; ".join(archive.schedule().why)
    assert archive.schedule().standing is Standing.HELD
    assert f"request {number} is pending" in why
    assert "litigation" in why


def test_a_request_is_closed_once_with_a_reason_by_those_who_may(sqlite_catalog: Catalog) -> None:
    with sqlite_catalog.write() as session:
        request = asked(session, an_incident(session).id)

        def close(by: Role = Role.RECORDS, reason: str = "Withdrawn by letter") -> None:
            close_request(
                session, request.id, outcome="withdrawn", reason=reason,
                by=person("p", by), at=NOW,
            )  # fmt: skip

        with pytest.raises(NotPermitted):
            close(Role.AUDITOR)
        with pytest.raises(InvalidInput):
            close(reason="  ")
        close()
        with pytest.raises(Conflict):
            close()


def test_what_must_be_released_is_not_refused(catalog: Catalog) -> None:
    with catalog.write() as session:
        incident = an_incident(session)
        request = asked(session, incident.id)
        session.add(
            Decision(
                id=new_id(),
                incident_id=incident.id,
                audience="public",
                modality="MUST",
                outcome="RELEASE_REDACTED",
                rests_on_draft=False,
                document={},
                sha256=digest({}),
                decided_at=NOW,
            )
        )
        session.flush()
        with pytest.raises(Conflict, match="must be released"):
            close_request(session, request.id, outcome="refused", reason="No", by=ROSA, at=NOW)


def test_a_refusal_is_stated_once_as_the_fact_that_appeals_count_from(catalog: Catalog) -> None:
    with catalog.write() as session:
        incident = an_incident(session)
        for _ in range(2):
            request = asked(session, incident.id)
            close_request(
                session, request.id, outcome="refused", reason="Letter 17", by=ROSA, at=NOW
            )
        session.commit()
        fact = session.scalars(sa.select(Fact)).one()
        assert (fact.name, fact.value["value"]) == ("disclosure_denied_at", "2026-03-01T19:00:00Z")
        assert fact.asserted_by == "rosa"


def test_the_rules_read_what_a_request_names_and_whether_its_sender_showed_who_he_is(
    catalog: Catalog,
) -> None:
    with catalog.write() as session:
        incident = an_incident(session)
        asked(
            session, incident.id, names=["date_time", "officer_id"], identity_shown="photo_id",
            statute_invoked="C.R.S. 24-31-902", covers="Officer 1204's camera",
            covers_from=NOW - timedelta(days=10), covers_to=NOW - timedelta(days=9),
        )  # fmt: skip
        session.commit()
        facts = case_of(session, incident.id, audience="public", at=NOW).document["request"]
        assert isinstance(facts, dict)
        assert (facts["has_date_time"], facts["has_specific_location"]) == (True, False)
        assert facts["identity_verified"] is True
        assert facts["statute_invoked"] == "C.R.S. 24-31-902"


def test_what_nobody_has_looked_at_is_not_stated(sqlite_catalog: Catalog) -> None:
    with sqlite_catalog.write() as session:
        incident = an_incident(session)
        asked(session, incident.id)
        facts = case_of(session, incident.id, audience="public", at=NOW).document["request"]
        assert isinstance(facts, dict)
        assert not {"has_date_time", "identity_verified"} & set(facts)


def test_a_closed_request_is_no_fact_unless_it_was_granted(sqlite_catalog: Catalog) -> None:
    with sqlite_catalog.write() as session:
        incident = an_incident(session)
        request = asked(session, incident.id)
        close_request(session, request.id, outcome="withdrawn", reason="Letter", by=ROSA, at=NOW)
        assert "request" not in case_of(session, incident.id, audience="public", at=NOW).document
        granted = asked(session, incident.id)
        close_request(session, granted.id, outcome="released", reason="Sent", by=ROSA, at=NOW)
        assert "request" in case_of(session, incident.id, audience="public", at=NOW).document


def test_a_time_that_ends_before_it_starts_is_refused(sqlite_catalog: Catalog) -> None:
    with sqlite_catalog.write() as session:
        incident = an_incident(session)
        with pytest.raises(InvalidInput):
            asked(session, incident.id, covers_from=NOW, covers_to=NOW - timedelta(days=1))


@pytest.mark.parametrize("filed_by", ["civilian", "nonprofit"])
def test_an_anonymous_and_a_third_partys_complaint_hold_and_flag(
    catalog: Catalog, filed_by: str
) -> None:
    with catalog.write() as session:
        incident = an_incident(session)
        said = NewComplaint(
            filed_by=filed_by, about_misconduct=True, description="He pushed her.",
            incident_id=incident.id,
        )  # fmt: skip
        complaint = receive_complaint(session, said, by="portal", at=NOW)
        session.commit()
        hold = session.scalars(sa.select(Hold)).one()
        assert (hold.kind, hold.blocks_release) == (HoldKind.ADMIN, False)
        assert complaint.number in hold.reason
        document = case_of(session, incident.id, audience="public", at=NOW).document
        assert document["complaints"][0]["about_misconduct"] is True  # type: ignore[index, call-overload]


def test_the_columns_of_closing_go_down_and_up_with_rows_in_the_table(catalog: Catalog) -> None:
    with catalog.write() as session:
        asked(session, an_incident(session).id)
        session.commit()
    schema.downgrade(catalog, "0003")
    schema.upgrade(catalog)
    with catalog.read() as session:
        assert session.scalars(sa.select(RecordRequest)).one().outcome is None


def test_who_asks_in_a_right_of_his_own_has_a_decision_until_his_request_is_closed(
    catalog: Catalog,
) -> None:
    packs = load_packs(["us-co"], SHIPPED)
    with catalog.write() as session:
        incident = an_incident(session)
        asked(session, incident.id)
        subject = asked(session, incident.id, requester_role="subject")
        decided = decide_for_all(session, packs, incident.id, NOW)
        assert [row.audience for row in decided] == ["public", "subject"]
        close_request(session, subject.id, outcome="withdrawn", reason="Call", by=ROSA, at=NOW)
        assert len(decide_for_all(session, packs, incident.id, NOW)) == 1
        session.commit()
        standing = session.scalars(sa.select(Decision).where(Decision.superseded_at.is_(None)))
        assert [row.audience for row in standing] == ["public"]


def test_no_date_that_someone_states_lets_a_recording_go_sooner(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    archive = Archive(tmp_path, sqlite_catalog)
    archive.write_pack(("ninety", "always", "keep: {after: incident_at, amount: 900}"))
    floor = archive.schedule().document["floor"]
    archive.assert_fact("incident_at", value="2019-01-01")
    archive.assert_fact("recording.start", value="2019-01-01")
    assert archive.schedule().document["floor"] == floor
    archive.assert_fact("incident_at", value="2026-02-01")
    assert str(archive.schedule().document["floor"]) > str(floor)
