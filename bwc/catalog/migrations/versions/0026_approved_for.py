"""Whom a release to one person was approved for: by name, not by what was corrected since.

An approval that stands keeps the name that asks, unless it was corrected after the approval: then
nobody knows whom it was for, and it is approved again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

FILL = """
UPDATE releases SET approved_for = (
    SELECT requester_name FROM requests WHERE requests.id = releases.request_id
)
WHERE audience <> 'public' AND approved_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM request_corrections
    WHERE request_corrections.request_id = releases.request_id
      AND request_corrections.corrected_at >= releases.approved_at
      AND CAST(request_corrections.after AS TEXT) LIKE '%"requester_name"%'
)
"""


def upgrade() -> None:
    op.add_column("releases", sa.Column("approved_for", sa.Text(), nullable=True))
    op.execute(FILL)


def downgrade() -> None:
    op.drop_column("releases", "approved_for")
