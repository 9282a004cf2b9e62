"""Durable job rows and what each waits for."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bwc.canonical import Json
from bwc.catalog.base import Base, enum_column, primary_key


class JobState(StrEnum):
    """Where a job stands. DONE, DEAD and CANCELLED are ends."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Queue(StrEnum):
    """Which workers a job goes to."""

    INTAKE = "intake"
    ANALYSIS = "analysis"
    RENDER = "render"
    RELEASE = "release"
    UPKEEP = "upkeep"


class Job(Base):
    """One piece of work, asked for in the transaction that needed it.

    `attempt` is the fence: it grows with each claim, and only the holder of the current number may
    report or finish. `lease_until` is when a silent holder loses the job. `key`, where set, is
    unique among jobs: asking again for the same work finds the same row.
    """

    __tablename__ = "jobs"

    id: Mapped[str] = primary_key()
    kind: Mapped[str] = mapped_column(index=True)
    queue: Mapped[Queue] = enum_column(Queue)
    key: Mapped[str | None] = mapped_column(unique=True)
    subject_id: Mapped[str | None] = mapped_column(sa.String(36), index=True)
    arguments: Mapped[dict[str, Json]]
    state: Mapped[JobState] = enum_column(JobState, index=True)
    attempt: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int]
    run_after: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    worker: Mapped[str | None]
    progress: Mapped[float] = mapped_column(default=0.0)
    stage: Mapped[str] = mapped_column(default="")
    reason: Mapped[str | None]
    result: Mapped[dict[str, Json] | None] = mapped_column(sa.JSON())
    cancel_requested_by: Mapped[str | None]
    requested_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]


class JobNeed(Base):
    """`job_id` may not start before `needs_id` is DONE; a dead or cancelled need ends it too."""

    __tablename__ = "job_needs"

    job_id: Mapped[str] = mapped_column(sa.String(36), sa.ForeignKey("jobs.id"), primary_key=True)
    needs_id: Mapped[str] = mapped_column(
        sa.String(36), sa.ForeignKey("jobs.id"), primary_key=True, index=True
    )
