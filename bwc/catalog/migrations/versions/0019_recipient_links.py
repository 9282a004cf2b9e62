"""Links for one recipient; corrections of requests (append-only); recordings chosen by a request."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

LINKS = "recipient_links"
CORRECTIONS = "request_corrections"
REFERENCES = (
    ("release_id", "releases"),
    ("recording_id", "recordings"),
    ("rendering_id", "renderings"),
)


def upgrade() -> None:
    op.add_column("requests", sa.Column("recordings", sa.JSON(), nullable=True))
    _links()
    op.create_table(
        CORRECTIONS,
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_by", sa.Text(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
            name=op.f("fk_request_corrections_request_id_requests"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_corrections")),
    )
    op.create_index(op.f("ix_request_corrections_request_id"), CORRECTIONS, ["request_id"])
    _seal()


def downgrade() -> None:
    op.drop_table(CORRECTIONS)
    op.drop_table(LINKS)
    op.drop_column("requests", "recordings")


def _links() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        LINKS,
        sa.Column("id", sa.String(length=36), nullable=False),
        *(sa.Column(name, sa.String(length=36), nullable=False) for name, _ in REFERENCES),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("view_only", sa.Boolean(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.Column("revoked_at", moment, nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("locked_until", moment, nullable=True),
        sa.Column("visit_sha256", sa.String(length=64), nullable=True),
        sa.Column("visit_ends_at", moment, nullable=True),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("viewed_at", moment, nullable=True),
        sa.Column("streamed_at", moment, nullable=True),
        sa.Column("copy_sha256", sa.String(length=64), nullable=True),
        sa.Column("copy_destroyed_at", moment, nullable=True),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_{LINKS}_{name}_{table}"))
            for name, table in REFERENCES
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LINKS}")),
        sa.UniqueConstraint("token_sha256", name=op.f(f"uq_{LINKS}_token_sha256")),
    )
    for name, _ in REFERENCES:
        op.create_index(op.f(f"ix_{LINKS}_{name}"), LINKS, [name])


def _seal() -> None:
    """The database refuses to change or remove a correction."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {CORRECTIONS}_sealed BEFORE UPDATE OR DELETE OR TRUNCATE"
            f" ON {CORRECTIONS} FOR EACH STATEMENT EXECUTE FUNCTION bwc_append_only()"
        )
        return
    taken = f"WHEN EXISTS (SELECT 1 FROM {CORRECTIONS} WHERE id = NEW.id)"
    for name, event, when in (
        ("no_delete", "DELETE", ""),
        ("no_replace", "INSERT", taken),
        ("no_update", "UPDATE", ""),
    ):
        op.execute(
            f"CREATE TRIGGER {CORRECTIONS}_{name} BEFORE {event} ON {CORRECTIONS} {when}"
            f" BEGIN SELECT RAISE(ABORT, '{CORRECTIONS} is append-only: refused'); END"
        )
