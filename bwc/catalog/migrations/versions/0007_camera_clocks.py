"""Measured clocks of cameras, and when a recording was last moved by them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_measurements",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offset_seconds", sa.Double(), nullable=False),
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name=op.f("fk_clock_measurements_camera_id_cameras")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name=op.f("fk_clock_measurements_recording_id_recordings"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_measurements")),
    )
    with op.batch_alter_table("clock_measurements", schema=None) as batch_op:
        for column in ("camera_id", "recording_id"):
            name = batch_op.f(f"ix_clock_measurements_{column}")
            batch_op.create_index(name, [column], unique=False)
    op.add_column(
        "recordings", sa.Column("clock_corrected_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        op.f("ix_recordings_clock_corrected_at"), "recordings", ["clock_corrected_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_recordings_clock_corrected_at"), table_name="recordings")
    op.drop_column("recordings", "clock_corrected_at")
    op.drop_table("clock_measurements")
