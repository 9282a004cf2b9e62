"""The facts a decision is made on: what nobody has looked at yet is unknown, never absent."""

from datetime import UTC, datetime

from bwc.catalog.store import Catalog
from bwc.catalog.tables import Incident
from bwc.release.case import case_of
from bwc.requests.facts import assert_fact

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_who_is_in_the_picture_is_unknown_until_a_reviewer_says_so(catalog: Catalog) -> None:
    incident = Incident(number="1", title="T", kind="stop", occurred_at=NOW, district="N")
    with catalog.write() as session:
        session.add(incident)
        session.flush()
        before = case_of(session, incident.id, audience="public", at=NOW).document
        assert (before["persons"], before["segments"]) == ("unknown", "unknown")
        seen = [{"role": "bystander"}]
        assert_fact(
            session, incident.id, name="persons", value=seen, source="review", by="rita", at=NOW
        )
        after = case_of(session, incident.id, audience="public", at=NOW).document
        assert (after["persons"], after["segments"]) == (seen, "unknown")
