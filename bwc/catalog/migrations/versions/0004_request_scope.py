"""What a request covers and how its requester is known; how, why and by whom it was closed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXTS = (
    "covers",
    "statute_invoked",
    "identity_shown",
    "authorisation_doc",
    "outcome",
    "closing_reason",
    "closed_by",
)
MOMENTS = ("covers_from", "covers_to", "closed_at")
NAMES = "names"


def upgrade() -> None:
    for name in TEXTS:
        op.add_column("requests", sa.Column(name, sa.Text(), nullable=True))
    for name in MOMENTS:
        op.add_column("requests", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("requests", sa.Column(NAMES, sa.JSON(), nullable=True))


def downgrade() -> None:
    for name in (*TEXTS, *MOMENTS, NAMES):
        op.drop_column("requests", name)
