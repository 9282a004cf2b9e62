"""Secrets of second factors are sealed with the key of the house; processes say that they live.

The key lies outside of the catalog; whoever runs the migration hands it over, and is asked for it
only where an account has a second factor. A secret is bound to its account, in the form of
`bwc.access.sealed_secrets`.
"""

import base64
from collections.abc import Callable

import sqlalchemy as sa
from alembic import context, op
from nacl.secret import Aead

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

FORM = "v1:"


def upgrade() -> None:
    _rewrite(_seal)
    op.create_table(
        "process_beats",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "program",
            sa.Enum(
                "worker",
                "sweeper",
                name="program",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("queues", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_process_beats")),
    )


def downgrade() -> None:
    op.drop_table("process_beats")
    _rewrite(_unseal)


def _rewrite(change: Callable[[Aead, str, str], str]) -> None:
    """Change every secret, where there is any."""
    users = sa.table("users", sa.column("id", sa.String), sa.column("second_factor", sa.Text))
    connection = op.get_bind()
    found = connection.execute(
        sa.select(users.c.id, users.c.second_factor).where(users.c.second_factor.is_not(None))
    ).all()
    if not found:
        return
    box = Aead(base64.b64decode(_key()))
    for owner, secret in found:
        connection.execute(
            sa.update(users).where(users.c.id == owner).values(second_factor=change(box, secret, owner))
        )


def _key() -> str:
    ask: Callable[[], str] | None = context.config.attributes.get("house_key")
    if ask is None:
        raise RuntimeError("accounts have a second factor: this migration needs the house's key")
    return ask()


def _seal(box: Aead, secret: str, owner: str) -> str:
    return FORM + base64.b64encode(bytes(box.encrypt(secret.encode(), owner.encode()))).decode()


def _unseal(box: Aead, sealed: str, owner: str) -> str:
    return box.decrypt(base64.b64decode(sealed.removeprefix(FORM)), owner.encode()).decode()
