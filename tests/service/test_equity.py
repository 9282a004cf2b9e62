"""Equity tables from the catalog: coverage, late release, withholding, redaction."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bwc.catalog.coverage_sum import CallGroup
from bwc.catalog.recording import TagSource
from bwc.catalog.release import ReleaseState
from bwc.catalog.rendering import Verdict
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Certificate, Decision, Incident, Plan, Release, Rendering, Tag
from bwc.coverage.equity import Measure
from bwc.coverage.equity_cases import equity_document, equity_tables
from bwc.timeline import Span
from tests.roster import Stay, Town, at

DENVER = ZoneInfo("America/Denver")
MONDAY = Span(at(0), at(24))
HASH = "a" * 64


def test_each_measure_is_counted_by_each_group(catalog: Catalog) -> None:
    with catalog.write() as session:
        town = Town(session)
        town.hand("cam-1", "7")
        for number in range(12):
            town.call(f"26-{number:02}", 1 + number / 10, Stay("7", number, number + 0.5))
            _incident(town, number)
        town.film(0, 6, serial="cam-1")
        session.flush()
        found = equity_tables(session, MONDAY, now=at(100), zone=DENVER)
        document = equity_document(MONDAY, found, rule="a rule")
    cells = {(table.measure, table.by): table.cells for table in found}
    [night] = cells[Measure.COVERAGE, CallGroup.SHIFT]
    assert (night.group, night.n, night.share) == ("night, 23 to 7", 12, 0.5)
    [late] = cells[Measure.LATE_RELEASE, CallGroup.DISTRICT]
    assert (late.group, late.n, late.share) == ("North", 12, 0.5)
    [withheld] = cells[Measure.WITHHOLDING, CallGroup.CALL_TYPE]
    assert (withheld.group, withheld.n, withheld.share) == ("other", 12, 0.0)
    [hidden] = cells[Measure.REDACTION, CallGroup.DISTRICT]
    assert (hidden.n, hidden.share) == (12, 0.25)
    assert "do not explain" in str(document["statement"])


def _incident(town: Town, number: int) -> None:
    """An incident due after two days; every second one was published in time."""
    session = town.session
    incident = Incident(
        number=f"I-{number}", title="t", kind="other", occurred_at=at(10), district="North"
    )
    film = town.film(number + 50, number + 50.5, serial="cam-2")
    session.add(incident)
    session.flush()
    _redact(town, incident.id, film)
    if number % 2:
        session.add(
            Release(
                incident_id=incident.id,
                recording_id=film,
                audience="public",
                title="t",
                summary="s",
                state=ReleaseState.PUBLISHED,
                proposed_by="a",
                proposed_at=at(20),
                published_at=at(48) - timedelta(hours=1),
            )
        )
    session.flush()


def _redact(town: Town, incident_id: str, film: str) -> None:
    """A decision to release with redactions, and a rendering that hides a quarter."""
    session = town.session
    decision = Decision(
        incident_id=incident_id,
        audience="public",
        modality="MUST",
        outcome="RELEASE_REDACTED",
        due_at=at(48),
        rests_on_draft=False,
        document={},
        sha256=HASH,
        decided_at=at(20),
    )
    plan = Plan(
        recording_id=film, version=1, sha256=HASH, document={}, author="a", created_at=at(20)
    )
    session.add_all([decision, plan])
    session.flush()
    rendering = Rendering(
        recording_id=film,
        plan_id=plan.id,
        original_sha256=HASH,
        sha256=HASH,
        size_bytes=1,
        verdict=Verdict.PASSED,
        created_at=at(21),
    )
    session.add(rendering)
    session.add(
        Tag(
            recording_id=film,
            incident_id=incident_id,
            confidence=1,
            explanation="",
            source=TagSource.PERSON,
            author="a",
            created_at=at(20),
        )
    )
    session.flush()
    session.add(
        Certificate(
            rendering_id=rendering.id,
            sha256=HASH,
            document={},
            public_document={"hidden_share": 0.25},
            created_at=at(21),
        )
    )
