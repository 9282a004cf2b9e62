"""The database itself wants two people for a disposal, as it does for a change of the packs.

PostgreSQL gets the CHECK of `bwc.catalog.disposal`. SQLite adds no constraint to a table that stands,
and rebuilding this one would break the references of its items: two triggers refuse the same there.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NAME = "ck_disposals_two_people"
TWO_PEOPLE = (
    "(approved_by IS NULL AND state IN ('proposed', 'refused'))"
    " OR (approved_by IS NOT NULL AND approved_by <> proposed_by)"
)
SAME_ON_SQLITE = (
    "(NEW.approved_by IS NULL AND NEW.state IN ('proposed', 'refused'))"
    " OR (NEW.approved_by IS NOT NULL AND NEW.approved_by <> NEW.proposed_by)"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_check_constraint(op.f(NAME), "disposals", TWO_PEOPLE)
        return
    for event in ("insert", "update"):
        op.execute(
            f"CREATE TRIGGER {NAME}_{event} BEFORE {event.upper()} ON disposals "
            f"WHEN NOT ({SAME_ON_SQLITE}) "
            f"BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: {NAME}'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(NAME), "disposals", type_="check")
        return
    for event in ("insert", "update"):
        op.execute(f"DROP TRIGGER {NAME}_{event}")
