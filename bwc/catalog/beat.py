"""Signs of life of the processes that work without being asked: workers and sweepers."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from bwc.catalog.base import Base, enum_column


class Program(StrEnum):
    """What kind of process it is."""

    WORKER = "worker"
    SWEEPER = "sweeper"


class ProcessBeat(Base):
    """When a process last said that it lives. `queues` are those it takes, comma-separated."""

    __tablename__ = "process_beats"

    name: Mapped[str] = mapped_column(primary_key=True)
    program: Mapped[Program] = enum_column(Program)
    queues: Mapped[str]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
