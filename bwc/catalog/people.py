"""Officers, their cameras, and when they were on duty."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from bwc.catalog.base import Base, primary_key, reference


class Officer(Base):
    """A member of the department who may wear a camera."""

    __tablename__ = "officers"

    id: Mapped[str] = primary_key()
    badge: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit: Mapped[str]
    sworn: Mapped[bool] = mapped_column(default=True)


class Camera(Base):
    """A body-worn camera. `pre_event_seconds` is the length of its pre-event buffer.

    It works until `out_of_service_at`, and that instant no more. Without a date `in_service` says
    whether it works: one that went out of service on a day nobody wrote down counts at no time.
    """

    __tablename__ = "cameras"

    id: Mapped[str] = primary_key()
    serial: Mapped[str] = mapped_column(unique=True)
    model: Mapped[str]
    pre_event_seconds: Mapped[int] = mapped_column(default=30)
    in_service: Mapped[bool] = mapped_column(default=True)
    out_of_service_at: Mapped[datetime | None]


class Assignment(Base):
    """A camera in an officer's hands over `[starts_at, ends_at)`; open where `ends_at` is null."""

    __tablename__ = "assignments"

    id: Mapped[str] = primary_key()
    camera_id: Mapped[str] = reference("cameras.id")
    officer_id: Mapped[str] = reference("officers.id")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class Shift(Base):
    """An officer on duty over `[starts_at, ends_at)`."""

    __tablename__ = "shifts"

    id: Mapped[str] = primary_key()
    officer_id: Mapped[str] = reference("officers.id")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
