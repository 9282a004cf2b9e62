"""Pictures of the persons of a plan, which die with their recording."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_crops",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("plan_id", sa.String(length=36), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_person_crops_plan_id_plans")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_person_crops_recording_id_recordings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_crops")),
        sa.UniqueConstraint("plan_id", "person", name=op.f("uq_person_crops_plan_id_person")),
    )
    with op.batch_alter_table("person_crops", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_crops_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_person_crops_recording_id"), ["recording_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("person_crops")
