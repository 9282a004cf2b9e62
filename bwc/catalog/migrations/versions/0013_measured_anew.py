"""Calls that reach far, buffers, clock errors and people who are not sworn are measured another way.

Days that are summed already are made again, and shown as they are till then.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE coverage_periods SET is_stale = true")


def downgrade() -> None:
    op.execute("UPDATE coverage_periods SET is_stale = true")
