"""A second factor for what releases, withdraws, destroys and administers.

`second_factor_used` is the newest step whose code was taken: a code counts once.
Wrong codes are counted apart: a right password must not forget them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("second_factor", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("second_factor_used", sa.BigInteger(), nullable=True))
    op.add_column("users", sa.Column("second_factor_failed", sa.Integer(), nullable=True))
    op.add_column("sessions", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("sessions", "confirmed_at")
    op.drop_column("users", "second_factor_failed")
    op.drop_column("users", "second_factor_used")
    op.drop_column("users", "second_factor")
