"""Officer-calls of each unit by district, type and shift, so that comparisons need no records.

Days that are summed already lack them: they are made again, and the months of them are thrown away.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SUMS = ("coverage_sums", "unit_coverage_sums", "coverage_periods")


def upgrade() -> None:
    op.create_table(
        "call_group_sums",
        sa.Column("kind", _words("coveragespankind", "day", "month"), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column(
            "grouping", _words("callgroup", "district", "call type", "shift"), nullable=False
        ),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("with_video", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "kind", "period", "grouping", "unit", "name", name=op.f("pk_call_group_sums")
        ),
        sqlite_with_rowid=False,
    )
    for table in SUMS:
        op.execute(f"DELETE FROM {table} WHERE kind = 'month'")  # noqa: S608  our names
    op.execute("UPDATE coverage_periods SET is_stale = true")


def downgrade() -> None:
    op.drop_table("call_group_sums")


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
