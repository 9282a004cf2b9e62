"""Who was involved in an incident, and the files that prove that an obligation was met."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ROLES = ("subject", "victim", "witness", "complainant", "officer", "next_of_kin")
PROOFS = "proof_files"


def upgrade() -> None:
    _people()
    _proofs()


def downgrade() -> None:
    op.drop_table(PROOFS)
    op.drop_table("involved_persons")


def _people() -> None:
    table = "involved_persons"
    ties = {
        "incident_id": "incidents",
        "officer_id": "officers",
        "request_id": "requests",
        "of_id": table,
    }
    op.create_table(
        table,
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=False),
        sa.Column(
            "role",
            sa.Enum(*ROLES, name="personrole", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=True),
        sa.Column("request_id", sa.String(length=36), nullable=True),
        sa.Column("of_id", sa.String(length=36), nullable=True),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("struck_by", sa.Text(), nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_reason", sa.Text(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
            )
            for column, target in ties.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for column in ties:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _proofs() -> None:
    op.create_table(
        PROOFS,
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("obligation_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligations.id"], name=op.f(f"fk_{PROOFS}_obligation_id_obligations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{PROOFS}")),
    )
    op.create_index(op.f(f"ix_{PROOFS}_obligation_id"), PROOFS, ["obligation_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {PROOFS}_sealed BEFORE UPDATE OR DELETE OR TRUNCATE ON {PROOFS}"
            " FOR EACH STATEMENT EXECUTE FUNCTION bwc_append_only()"
        )
        return
    taken = f"WHEN EXISTS (SELECT 1 FROM {PROOFS} WHERE id = NEW.id)"
    for name, event, when in (
        ("no_delete", "DELETE", ""),
        ("no_replace", "INSERT", taken),
        ("no_update", "UPDATE", ""),
    ):
        op.execute(
            f"CREATE TRIGGER {PROOFS}_{name} BEFORE {event} ON {PROOFS} {when}"
            f" BEGIN SELECT RAISE(ABORT, '{PROOFS} is append-only: refused'); END"
        )
