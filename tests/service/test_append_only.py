"""The database itself refuses what would rewrite history, on SQLite and on PostgreSQL."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bwc.catalog.store import Catalog
from bwc.catalog.tables import (
    Audit,
    AuditDraw,
    AuditFrame,
    AuditReview,
    Base,
    Call,
    Certificate,
    CustodyEntry,
    Decision,
    Disposal,
    DisposalState,
    Fact,
    FindingEvent,
    FindingRow,
    FindingState,
    FootageAnswer,
    Incident,
    Obligation,
    ObligationState,
    Officer,
    Plan,
    ProofFile,
    Recording,
    RecordingState,
    RecordRequest,
    Rendering,
    RequestCorrection,
    RequestState,
    Tag,
    TagSource,
    Tombstone,
    Verdict,
)
from bwc.cli.db import app
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from tests.servers import PostgresServer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HASH = "a" * 64
APPEND_ONLY: list[type[Base]] = [
    CustodyEntry,
    Fact,
    Tag,
    Plan,
    Rendering,
    Certificate,
    FindingEvent,
    FootageAnswer,
    Audit,
    AuditDraw,
    AuditFrame,
    AuditReview,
    Tombstone,
    ProofFile,
    RequestCorrection,
]


@pytest.fixture
def full(catalog: Catalog) -> Catalog:
    """A catalog with one row of everything that must never change."""
    return filled(catalog)


def filled(catalog: Catalog) -> Catalog:
    """`catalog` with one row of everything that must never change."""
    with catalog.write() as session:
        session.add(
            Incident(id="i", number="1", title="t", kind="k", occurred_at=NOW, district="d")
        )
        session.add(
            Recording(
                id="r",
                sha256=HASH,
                size_bytes=1,
                original_name="a.mp4",
                state=RecordingState.READY,
                received_at=NOW,
            )
        )
        session.flush()
        session.add(_plan())
        session.add(_decision("d"))
        session.flush()
        session.add(_rendering())
        session.flush()
        session.add_all([_fact(), _tag(), _certificate(), _obligation(), _request()])
        session.flush()
        session.add_all([_proof(), _correction()])
        for row in _audited():
            session.add(row)
            session.flush()
        record(session, Act.INGESTION, about=About(Subject.RECORDING, "r"), actor="a", at=NOW)
        session.commit()
    return catalog


@pytest.mark.parametrize("kind", APPEND_ONLY, ids=lambda kind: kind.__tablename__)
def test_a_row_of_an_append_only_table_cannot_be_changed(full: Catalog, kind: type[Base]) -> None:
    table = kind.__table__
    for column in table.columns:
        with full.write() as session, pytest.raises(sa.exc.IntegrityError, match="append-only"):
            session.execute(sa.update(table).values({column: sa.literal_column("NULL")}))


@pytest.mark.parametrize("kind", [*APPEND_ONLY, Decision], ids=lambda kind: kind.__tablename__)
def test_a_row_of_an_append_only_table_cannot_be_deleted(full: Catalog, kind: type[Base]) -> None:
    with full.write() as session, pytest.raises(sa.exc.IntegrityError, match="append-only"):
        session.execute(sa.delete(kind))
    with full.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(kind)) == 1


@pytest.mark.parametrize("kind", [*APPEND_ONLY, Decision], ids=lambda kind: kind.__tablename__)
def test_an_append_only_table_cannot_be_emptied_or_replaced(
    full: Catalog, kind: type[Base]
) -> None:
    table = kind.__tablename__
    statement = (
        f"TRUNCATE {table} CASCADE"
        if full.engine.dialect.name == "postgresql"
        else f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    )
    with full.write() as session, pytest.raises(sa.exc.IntegrityError, match="append-only"):
        session.execute(sa.text(statement))


def test_a_decision_may_be_superseded_once_and_never_again(full: Catalog) -> None:
    with full.write() as session:
        session.execute(sa.update(Decision).values(superseded_at=NOW))
        session.commit()
    for later in (None, datetime(2026, 4, 1, tzinfo=UTC)):
        with full.write() as session, pytest.raises(sa.exc.IntegrityError, match="append-only"):
            session.execute(sa.update(Decision).values(superseded_at=later))


@pytest.mark.parametrize(
    "column", sorted({column.name for column in Decision.__table__.columns} - {"superseded_at"})
)
def test_nothing_else_of_a_decision_can_change(full: Catalog, column: str) -> None:
    other = {
        "document": {"outcome": "release"},
        "decided_at": datetime(2020, 1, 1, tzinfo=UTC),
        "due_at": NOW,
        "rests_on_draft": True,
    }
    values = {"superseded_at": NOW, column: other.get(column, "another")}
    with full.write() as session, pytest.raises(sa.exc.IntegrityError, match="append-only"):
        session.execute(sa.update(Decision).values(values))


def test_a_custody_entry_that_is_not_the_next_link_is_refused(full: Catalog) -> None:
    with full.read() as session:
        last = session.scalars(sa.select(CustodyEntry)).one()
    for position, previous in ((1, last.hash), (3, last.hash), (2, HASH), (0, HASH)):
        with full.write() as session:
            session.add(_entry(position, previous))
            with pytest.raises(sa.exc.IntegrityError):
                session.flush()
    with full.write() as session:
        session.add(_entry(2, last.hash))
        session.commit()


def test_the_postgresql_account_of_bwc_can_only_read_and_add_to_the_ledger(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = filled(Catalog(postgres.copy("bwc_template")))
    with full.engine.begin() as owner:
        owner.exec_driver_sql("DROP ROLE IF EXISTS bwc_app")
        owner.exec_driver_sql("CREATE ROLE bwc_app LOGIN")
    monkeypatch.setenv("BWC_CATALOG__URL", full.url)
    refused = CliRunner().invoke(app, ["upgrade", "--grant-to", "nobody_here"])
    assert refused.exit_code == 2
    assert 'nobody_here: this account cannot be given its rights (got role "n' in refused.stderr
    assert CliRunner().invoke(app, ["upgrade", "--grant-to", "bwc_app"]).exit_code == 0
    account = Catalog(
        sa.make_url(full.url).set(username="bwc_app").render_as_string(hide_password=False)
    )
    try:
        with account.write() as session:
            record(session, Act.SIGN_IN, about=About(Subject.USER, "u"), actor="u", at=NOW)
            session.execute(sa.update(Decision).values(superseded_at=NOW))
            session.commit()
        for statement in (
            "UPDATE custody_entries SET actor = 'nobody'",
            "DELETE FROM custody_entries",
            "TRUNCATE custody_entries",
            "DROP TRIGGER custody_entries_sealed ON custody_entries",
            "ALTER TABLE custody_entries DISABLE TRIGGER ALL",
            "UPDATE decisions SET outcome = 'release'",
            "UPDATE alembic_version SET version_num = '0001'",
        ):
            with account.write() as session, pytest.raises(sa.exc.ProgrammingError):
                session.execute(sa.text(statement))
    finally:
        account.close()
        with full.engine.begin() as owner:
            owner.exec_driver_sql("DROP OWNED BY bwc_app")
            owner.exec_driver_sql("DROP ROLE bwc_app")
        full.close()


def _audited() -> list[Base]:
    return [
        FindingRow(id="f", key="k", kind="k", why="w", state=FindingState.OPEN, found_at=NOW),
        FindingEvent(
            id="e", finding_id="f", state=FindingState.OPEN, note="", author="a", created_at=NOW
        ),
        FootageAnswer(
            id="n",
            number="1",
            question="q",
            answer="no",
            document={},
            sha256=HASH,
            answered_by="a",
            answered_at=NOW,
        ),
        Call(id="l", number="1", type="t", priority=1, received_at=NOW),
        Officer(id="o", badge="1", name="n", unit="u"),
        Audit(
            id="a",
            number="1",
            seed="1",
            size=1,
            starts_at=NOW,
            ends_at=NOW,
            strata={},
            frame_sha256=HASH,
            drawn_by="a",
            drawn_at=NOW,
        ),
        AuditDraw(
            id="w", audit_id="a", place=1, stratum="s", call_id="l", officer_id="o", had_video=True
        ),
        AuditFrame(sha256=HASH, packed=""),
        AuditReview(
            id="v", draw_id="w", reviewer="a", answers={}, looked_at=[], note="", reviewed_at=NOW
        ),
        Disposal(
            id="x",
            number="1",
            state=DisposalState.PROPOSED,
            document={},
            sha256=HASH,
            rests_on_draft=False,
            proposed_by="a",
            proposed_at=NOW,
        ),
        Tombstone(
            id="t", recording_id="r", disposal_id="x", sha256=HASH, document={}, disposed_at=NOW
        ),
    ]


def _plan() -> Plan:
    return Plan(
        id="p", recording_id="r", version=1, sha256=HASH, document={}, author="a", created_at=NOW
    )


def _rendering() -> Rendering:
    return Rendering(
        id="x",
        recording_id="r",
        plan_id="p",
        original_sha256=HASH,
        sha256=HASH,
        size_bytes=1,
        verdict=Verdict.PASSED,
        created_at=NOW,
    )


def _certificate() -> Certificate:
    return Certificate(
        id="c", rendering_id="x", sha256=HASH, document={}, public_document={}, created_at=NOW
    )


def _decision(id_: str) -> Decision:
    return Decision(
        id=id_,
        incident_id="i",
        audience="public",
        modality="MUST",
        outcome="withhold",
        rests_on_draft=False,
        document={"outcome": "withhold"},
        sha256=HASH,
        decided_at=NOW,
    )


def _request() -> RecordRequest:
    return RecordRequest(
        id="q",
        number="REQ-1",
        received_at=NOW,
        channel="desk",
        requester_role="subject",
        description="d",
        state=RequestState.OPEN,
    )


def _correction() -> RequestCorrection:
    return RequestCorrection(
        id="c",
        request_id="q",
        before={"covers": None},
        after={"covers": "all"},
        reason="letter",
        corrected_by="a",
        corrected_at=NOW,
    )


def _fact() -> Fact:
    return Fact(
        id="f",
        incident_id="i",
        name="n",
        value={"value": "unknown"},
        source="s",
        asserted_by="a",
        asserted_at=NOW,
    )


def _tag() -> Tag:
    return Tag(
        id="t",
        recording_id="r",
        confidence=1.0,
        explanation="e",
        source=TagSource.MATCHER,
        author="a",
        created_at=NOW,
    )


def _entry(position: int, previous_hash: str) -> CustodyEntry:
    return CustodyEntry(
        position=position,
        occurred_at=NOW,
        actor="a",
        act="ingestion",
        subject_kind="recording",
        subject_id="r",
        detail={},
        previous_hash=previous_hash,
        hash="b" * 64,
    )


def test_rights_are_given_on_postgresql_only_and_to_a_plain_name(
    sqlite_catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BWC_CATALOG__URL", sqlite_catalog.url)
    assert CliRunner().invoke(app, ["upgrade", "--grant-to", "bwc_app"]).exit_code == 2
    assert CliRunner().invoke(app, ["grants", "--role", "x; DROP TABLE users"]).exit_code == 2
    printed = CliRunner().invoke(app, ["grants", "--role", "bwc_app"])
    assert "ON alembic_version FROM bwc_app;" in printed.stdout


def _obligation() -> Obligation:
    return Obligation(
        id="o",
        incident_id="i",
        decision_id="d",
        kind="NOTIFY",
        owner_role="records",
        blocks_release=True,
        state=ObligationState.OPEN,
    )


def _proof() -> ProofFile:
    return ProofFile(
        obligation_id="o",
        sha256=HASH,
        size_bytes=1,
        kind="text/plain",
        name="a.txt",
        added_by="a",
        added_at=NOW,
    )
