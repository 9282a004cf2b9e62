"""Cameras go out of service on a day.

No command retired a camera before, so no custody entry says when one did: those that are out of
service already keep no date and count at no time, which understates who had a camera.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cameras", sa.Column("out_of_service_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("cameras", "out_of_service_at")
