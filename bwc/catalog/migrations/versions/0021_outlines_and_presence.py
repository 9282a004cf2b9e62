"""The outline of a recording beside its proxy, and who has a review open now."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recordings", sa.Column("outline_sha256", sa.String(length=64), nullable=True))
    op.create_table(
        "review_presences",
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name=op.f("fk_review_presences_recording_id_recordings"),
        ),
        sa.PrimaryKeyConstraint("recording_id", "username", name=op.f("pk_review_presences")),
    )


def downgrade() -> None:
    op.drop_table("review_presences")
    op.drop_column("recordings", "outline_sha256")
