"""One revocable calendar address per account, of which the catalog holds the sha256 alone."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMN = "calendar_sha256"
INDEX = "ix_users_calendar_sha256"


def upgrade() -> None:
    op.add_column("users", sa.Column(COLUMN, sa.String(length=64), nullable=True))
    op.create_index(op.f(INDEX), "users", [COLUMN], unique=True)


def downgrade() -> None:
    op.drop_index(op.f(INDEX), table_name="users")
    op.drop_column("users", COLUMN)
