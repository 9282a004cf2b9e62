"""Findings are counted by kind and reason from an index alone, however many there are."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_findings_kind", table_name="findings")
    op.drop_index("ix_findings_officer_id", table_name="findings")
    op.drop_index("ix_findings_state", table_name="findings")
    op.add_column("findings", sa.Column("reason", sa.Text(), nullable=True))
    op.execute(
        "UPDATE findings SET reason = (SELECT reason FROM finding_events"
        " WHERE finding_events.finding_id = findings.id AND finding_events.reason IS NOT NULL"
        " ORDER BY finding_events.created_at DESC, finding_events.id DESC LIMIT 1)"
    )
    op.create_index("ix_findings_of_kind", "findings", ["kind", "gone_at", "starts_at", "reason"])
    op.create_index("ix_findings_in_state", "findings", ["state", "kind", "starts_at"])
    op.create_index(
        "ix_findings_of_officer", "findings", ["officer_id", "gone_at", "starts_at", "kind"]
    )


def downgrade() -> None:
    op.drop_index("ix_findings_of_officer", table_name="findings")
    op.drop_index("ix_findings_in_state", table_name="findings")
    op.drop_index("ix_findings_of_kind", table_name="findings")
    op.drop_column("findings", "reason")
    op.create_index("ix_findings_state", "findings", ["state"])
    op.create_index("ix_findings_officer_id", "findings", ["officer_id"])
    op.create_index("ix_findings_kind", "findings", ["kind"])
