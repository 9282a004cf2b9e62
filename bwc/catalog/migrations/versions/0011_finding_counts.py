"""Findings are counted by kind from an index alone, however many there are."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_findings_kind", table_name="findings")
    op.drop_index("ix_findings_officer_id", table_name="findings")
    op.create_index("ix_findings_of_kind", "findings", ["kind", "gone_at", "starts_at"])
    op.create_index(
        "ix_findings_of_officer", "findings", ["officer_id", "gone_at", "starts_at", "kind"]
    )


def downgrade() -> None:
    op.drop_index("ix_findings_of_officer", table_name="findings")
    op.drop_index("ix_findings_of_kind", table_name="findings")
    op.create_index("ix_findings_officer_id", "findings", ["officer_id"])
    op.create_index("ix_findings_kind", "findings", ["kind"])
