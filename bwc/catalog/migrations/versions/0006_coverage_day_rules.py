"""By which activation rule each day's sums were made; those made before went from arrival to clearing."""

import sqlalchemy as sa
from alembic import op

from bwc.ids import new_id

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ON_SCENE = "from first arrival to last clearing"
ON_SCENE_SHA256 = "fc57114656e6da03b50ab85666b288d5897e4a488f936b4ddaa1b5d85c6d2af1"


def upgrade() -> None:
    rules = op.create_table(
        "coverage_day_rules",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_day_rules")),
        sa.UniqueConstraint("day", name=op.f("uq_coverage_day_rules_day")),
    )
    sums = sa.table(
        "coverage_sums",
        sa.column("kind", sa.String),
        sa.column("period", sa.String),
        sa.column("made_at", sa.DateTime(timezone=True)),
    )
    made = sa.select(sums.c.period, sa.func.min(sums.c.made_at)).group_by(sums.c.period)
    rows = [
        {
            "id": new_id(),
            "day": day,
            "rule": ON_SCENE,
            "rule_sha256": ON_SCENE_SHA256,
            "made_at": at,
        }
        for day, at in op.get_bind().execute(made.where(sums.c.kind == "day"))
    ]
    op.bulk_insert(rules, rows)


def downgrade() -> None:
    op.drop_table("coverage_day_rules")
