"""What all tables share: naming, aware times, enums as text, JSON documents.

Relationships are not mapped: a room asks for the rows it needs in a query one can read, so no
hidden query ever runs.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from typing_extensions import override

from bwc.canonical import Json
from bwc.clock import as_utc
from bwc.ids import ID_LENGTH, SHA256_LENGTH, new_id

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware time. Naive ones are refused; what comes back is UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC; SQLite, which knows no zones, stores it without one."""
        if value is None:
            return None
        moment = as_utc(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: always aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The declarative base: its metadata is the whole schema."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        str: sa.Text(),
        dict[str, Json]: sa.JSON(),
        list[Json]: sa.JSON(),
    }


def primary_key() -> Mapped[str]:
    """A UUIDv7 key, made here and not in the database."""
    return mapped_column(sa.String(ID_LENGTH), primary_key=True, default=new_id)


def reference(target: str, *, index: bool = True) -> Mapped[Any]:
    """A foreign key to `target` ("table.id"); the annotation says whether it may be empty."""
    return mapped_column(sa.String(ID_LENGTH), sa.ForeignKey(target), index=index)


def sha256_column(*, unique: bool = False) -> Mapped[Any]:
    """Sixty-four hex digits that name bytes."""
    return mapped_column(sa.String(SHA256_LENGTH), unique=unique)


def enum_column(kind: type[StrEnum], *, index: bool = False) -> Mapped[Any]:
    """An enum stored as its text value and checked by the database."""
    stored = sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )
    return mapped_column(stored, index=index)
