"""Recordings that another evidence system lists, and of which no file is here."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "listed_recordings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("device_started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_offset_seconds", sa.Double(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name=op.f("fk_listed_recordings_camera_id_cameras")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listed_recordings")),
        sa.UniqueConstraint("source", "number", name=op.f("uq_listed_recordings_source_number")),
    )
    with op.batch_alter_table("listed_recordings", schema=None) as batch_op:
        for column in ("camera_id", "duration_us", "started_at"):
            name = batch_op.f(f"ix_listed_recordings_{column}")
            batch_op.create_index(name, [column], unique=False)


def downgrade() -> None:
    op.drop_table("listed_recordings")
