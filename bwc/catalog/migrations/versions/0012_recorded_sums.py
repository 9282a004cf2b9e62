"""Recordings by day and category, so that a year's report need not count them one by one.

Beside it an index by which equity reads what stands without the documents of decisions.

Days that are summed already lack them: they are made again, and counted from the records till then.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recorded_sums",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("recordings", sa.Integer(), nullable=False),
        sa.Column("duration_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "category", name=op.f("pk_recorded_sums")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tags_created_at", "tags", ["created_at"])
    op.drop_index("ix_decisions_incident_id", table_name="decisions")
    op.create_index(
        "ix_decisions_standing",
        "decisions",
        ["incident_id", "audience", "superseded_at", "outcome", "modality", "due_at"],
    )
    op.execute("UPDATE coverage_periods SET is_stale = true")


def downgrade() -> None:
    op.drop_index("ix_decisions_standing", table_name="decisions")
    op.create_index("ix_decisions_incident_id", "decisions", ["incident_id"])
    op.drop_index("ix_tags_created_at", table_name="tags")
    op.drop_table("recorded_sums")
