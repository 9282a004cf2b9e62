"""Signs of life: which workers and sweepers there are, and when each last said so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.beat import ProcessBeat, Program
from bwc.catalog.job import Queue

BEAT_SECONDS = 20.0
SILENT_AFTER = timedelta(seconds=90)  # a process that missed four beats does not live
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Process:
    """A process, by the name that jobs show it under."""

    name: str
    program: Program
    queues: tuple[Queue, ...] = ()


@dataclass(frozen=True, slots=True)
class Beat:
    """When a process began and last said that it lives."""

    process: Process
    started_at: datetime
    beat_at: datetime
    is_alive: bool


def note_beat(session: Session, process: Process, *, started_at: datetime, at: datetime) -> None:
    """Write down that a process lives; those that were silent for a day are forgotten."""
    row = session.get(ProcessBeat, process.name)
    if row is None:
        row = ProcessBeat(name=process.name, program=process.program)
        session.add(row)
    row.queues = ",".join(queue.value for queue in process.queues)
    row.started_at, row.beat_at = started_at, at
    old = ProcessBeat.beat_at < at - FORGOTTEN_AFTER
    session.execute(sa.delete(ProcessBeat).where(old, ProcessBeat.name != process.name))


def list_beats(session: Session, *, at: datetime) -> Sequence[Beat]:
    """Every process that was heard of in the last day, by name."""
    rows = session.scalars(sa.select(ProcessBeat).order_by(ProcessBeat.name))
    return [
        Beat(
            Process(row.name, row.program, tuple(map(Queue, filter(None, row.queues.split(","))))),
            row.started_at,
            row.beat_at,
            is_alive=row.beat_at > at - SILENT_AFTER,
        )
        for row in rows
    ]
