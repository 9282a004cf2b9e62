"""The database itself refuses to change or remove what was once written.

Custody entries, facts, tags, plans, renderings, certificates and what auditors left are append-only. A decision may be
superseded, once, and nothing else about it may change. A custody entry must be the chain's next
link. A later migration that rebuilds one of these tables on SQLite drops its triggers with it and
must make them again; tests/service/test_append_only.py notices.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LEDGER = "custody_entries"
SEALED = (
    LEDGER,
    "facts",
    "tags",
    "plans",
    "renderings",
    "certificates",
    "finding_events",
    "footage_answers",
    "audits",
    "audit_draws",
    "audit_reviews",
    "tombstones",
)
SUPERSEDED = "decisions"
UNIQUE = {LEDGER: "position = NEW.position OR hash = NEW.hash"}

POSTGRESQL_FUNCTIONS = """
CREATE FUNCTION bwc_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, lower(TG_OP)
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION bwc_only_superseded() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  allowed record := OLD;
BEGIN
  IF OLD.superseded_at IS NULL THEN
    allowed.superseded_at := NEW.superseded_at;
  END IF;
  IF allowed::text IS DISTINCT FROM NEW::text THEN
    RAISE EXCEPTION '% is append-only: only superseded_at may be set, once', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION bwc_next_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last record;
BEGIN
  SELECT position, hash INTO last FROM custody_entries ORDER BY position DESC LIMIT 1;
  IF NEW.position <> coalesce(last.position, 0) + 1
     OR NEW.previous_hash <> coalesce(last.hash, repeat('0', 64)) THEN
    RAISE EXCEPTION 'custody_entries is a chain: % is not its next link', NEW.position
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
"""


def upgrade() -> None:
    for statement in _statements():
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for name, table in _triggers(dialect):
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if dialect == "postgresql" else ""))
    if dialect == "postgresql":
        for function in ("bwc_append_only", "bwc_only_superseded", "bwc_next_link"):
            op.execute(f"DROP FUNCTION {function}()")


def _statements() -> list[str]:
    if op.get_bind().dialect.name == "postgresql":
        return [POSTGRESQL_FUNCTIONS, *_postgresql()]
    return _sqlite()


def _postgresql() -> list[str]:
    sealed = [
        f"CREATE TRIGGER {table}_sealed BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION bwc_append_only()"
        for table in SEALED
    ]
    return [
        *sealed,
        f"CREATE TRIGGER {LEDGER}_next BEFORE INSERT ON {LEDGER}"
        " FOR EACH ROW EXECUTE FUNCTION bwc_next_link()",
        f"CREATE TRIGGER {SUPERSEDED}_sealed BEFORE DELETE OR TRUNCATE ON {SUPERSEDED}"
        " FOR EACH STATEMENT EXECUTE FUNCTION bwc_append_only()",
        f"CREATE TRIGGER {SUPERSEDED}_superseded BEFORE UPDATE ON {SUPERSEDED}"
        " FOR EACH ROW EXECUTE FUNCTION bwc_only_superseded()",
    ]


def _sqlite() -> list[str]:
    statements = []
    for table in (*SEALED, SUPERSEDED):
        # INSERT OR REPLACE deletes without a delete trigger, so a taken key is refused before it
        statements += [
            _sqlite_trigger(f"{table}_no_delete", f"DELETE ON {table}", None, table),
            _sqlite_trigger(
                f"{table}_no_replace",
                f"INSERT ON {table}",
                f"EXISTS (SELECT 1 FROM {table} WHERE {UNIQUE.get(table, 'id = NEW.id')})",
                table,
            ),
        ]
    for table in SEALED:
        statements.append(_sqlite_trigger(f"{table}_no_update", f"UPDATE ON {table}", None, table))
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(SUPERSEDED)]
    changed = " OR ".join(
        f"NEW.{name} IS NOT OLD.{name}" for name in columns if name != "superseded_at"
    )
    again = "(OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS NOT OLD.superseded_at)"
    last = f"FROM {LEDGER} ORDER BY position DESC LIMIT 1"
    return [
        *statements,
        _sqlite_trigger(
            f"{SUPERSEDED}_superseded", f"UPDATE ON {SUPERSEDED}", f"{changed} OR {again}", SUPERSEDED
        ),
        _sqlite_trigger(
            f"{LEDGER}_next",
            f"INSERT ON {LEDGER}",
            f"NEW.position <> coalesce((SELECT position {last}), 0) + 1"
            f" OR NEW.previous_hash <> coalesce((SELECT hash {last}), '{'0' * 64}')",
            LEDGER,
        ),
    ]


def _sqlite_trigger(name: str, event: str, condition: str | None, table: str) -> str:
    when = f" WHEN {condition}" if condition else ""
    return (
        f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW{when}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _triggers(dialect: str) -> list[tuple[str, str]]:
    if dialect == "postgresql":
        sealed = [(f"{table}_sealed", table) for table in (*SEALED, SUPERSEDED)]
    else:
        sealed = [
            (f"{table}_{suffix}", table)
            for table in (*SEALED, SUPERSEDED)
            for suffix in ("no_delete", "no_replace", "no_update")
            if (table, suffix) != (SUPERSEDED, "no_update")
        ]
    return [*sealed, (f"{LEDGER}_next", LEDGER), (f"{SUPERSEDED}_superseded", SUPERSEDED)]
