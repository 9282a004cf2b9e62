"""Signatures under plans that are not rendered yet."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLE = "signatures"
TIES = {
    "release_id": "releases",
    "plan_id": "plans",
    "decision_id": "decisions",
    "job_id": "jobs",
}
STATES = ("waiting", "in force", "lapsed", "taken back")
WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(length=36), nullable=False),
        *(sa.Column(column, sa.String(length=36), nullable=False) for column in TIES),
        sa.Column("plan_sha256", sa.String(length=64), nullable=False),
        sa.Column("captions_sha256", sa.String(length=64), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_for", sa.Text(), nullable=True),
        sa.Column("accepts_draft", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *STATES,
                name="signaturestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_{TABLE}_{column}_{target}")
            )
            for column, target in TIES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    for column in TIES:
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])
    op.create_index(
        "uq_signatures_waiting",
        TABLE,
        ["release_id"],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )


def downgrade() -> None:
    op.drop_table(TABLE)
