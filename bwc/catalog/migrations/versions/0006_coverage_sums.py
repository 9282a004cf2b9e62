"""Coverage sums that hold every figure of a page, by officer and by unit; what is summed, by which rule.

The sums of before are thrown away: they hold less, and the nightly job makes new ones.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COUNTED = (
    "calls", "excluded", "covered_fully", "partial", "without_video", "late_calls", "early_calls",
    "gap_calls", "gaps",
)  # fmt: skip
MEASURED = ("expected_us", "covered_us", "late_us", "early_us")
NEW_COUNTED = (
    "buffer_complete", "buffer_partial", "buffer_absent", "with_sound", "muted",
    "earlier_with_video", "earlier_complete", "later_with_video", "later_complete",
)  # fmt: skip
NEW_MEASURED = ("muted_us", "earlier_us", "later_us", "duty_us", "bare_us")


def upgrade() -> None:
    op.drop_table("coverage_sums")
    op.create_table(
        "coverage_periods",
        *_named_period(),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("rule_sha256", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("kind", "period", name=op.f("pk_coverage_periods")),
    )
    op.create_table(
        "coverage_sums",
        *_named_period(),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        *_figures(COUNTED + NEW_COUNTED, MEASURED + NEW_MEASURED),
        _of_an_officer(),
        sa.PrimaryKeyConstraint("kind", "period", "officer_id", name=op.f("pk_coverage_sums")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_coverage_sums_bare",
        "coverage_sums",
        ["kind", "period", "officer_id", "bare_us"],
        unique=False,
        sqlite_where=sa.text("bare_us > 0"),
        postgresql_where=sa.text("bare_us > 0"),
    )
    op.create_table(
        "unit_coverage_sums",
        *_named_period(),
        sa.Column("unit", sa.Text(), nullable=False),
        *_figures(COUNTED + NEW_COUNTED, MEASURED + NEW_MEASURED),
        sa.PrimaryKeyConstraint("kind", "period", "unit", name=op.f("pk_unit_coverage_sums")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recordings_duration_us"), ["duration_us"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recordings_duration_us"))
    for table in ("unit_coverage_sums", "coverage_sums", "coverage_periods"):
        op.drop_table(table)
    op.create_table(
        "coverage_sums",
        sa.Column("id", sa.String(length=36), nullable=False),
        *_named_period(),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        *_figures(COUNTED, MEASURED),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _of_an_officer(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_sums")),
        sa.UniqueConstraint(
            "kind", "period", "officer_id", name=op.f("uq_coverage_sums_kind_period_officer_id")
        ),
    )


def _named_period() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column(
            "kind",
            sa.Enum(
                "day",
                "month",
                name="coveragespankind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("period", sa.String(length=10), nullable=False),
    )


def _figures(counted: tuple[str, ...], measured: tuple[str, ...]) -> tuple[sa.Column[int], ...]:
    return (
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counted),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in measured),
    )


def _of_an_officer() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["officer_id"], ["officers.id"], name=op.f("fk_coverage_sums_officer_id_officers")
    )
