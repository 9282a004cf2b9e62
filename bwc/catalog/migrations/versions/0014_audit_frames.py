"""The lists that random audits drew from, so that a draw can be made again. Append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = "audit_frames"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("packed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_audit_frames")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {TABLE}_sealed BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}"
            " FOR EACH STATEMENT EXECUTE FUNCTION bwc_append_only()"
        )
        return
    taken = f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE sha256 = NEW.sha256)"
    for name, event, when in (
        ("no_delete", "DELETE", ""),
        ("no_replace", "INSERT", taken),
        ("no_update", "UPDATE", ""),
    ):
        op.execute(
            f"CREATE TRIGGER {TABLE}_{name} BEFORE {event} ON {TABLE} {when}"
            f" BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only: refused'); END"
        )


def downgrade() -> None:
    op.drop_table(TABLE)
