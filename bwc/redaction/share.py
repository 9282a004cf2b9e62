"""Segments of one recording, made by as many processes as come to its workbench.

Each takes in turn what nobody has made and nobody is at. A segment does not depend on the others and
a place is named by all that its content depends on, so that whoever makes it puts the same there, and
the whole is the same by however many it was made. Whoever answers for the whole stays until all is
there, and makes what a killed process, or one that stands still, left undone.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bwc.redaction.workbench import Claim, Workbench

POLL_SECONDS = 0.2
SILENT_SECONDS = 60.0  # compiling the finders, the longest that nothing is reported, takes 10
BEAT_SECONDS = 1.0

Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """One segment to be made.

    `make` writes it to the path it is given and reports its frames made so far; `frames_in` says how
    many frames lie finished at a path, None where they cannot be read.
    """

    place: Path
    make: Callable[[Path, Report], None]
    frames_in: Callable[[Path], int | None]


def make_all(workbench: Workbench, tasks: Sequence[Task], *, report: Report) -> None:
    """Have each of `tasks` lie finished on `workbench`, by whomever it is made.

    `report` is told the number of frames that are done, and ends the work where it raises.
    """
    work = _Work(workbench, report)
    left = work.undone(tasks)
    if workbench.call is not None:
        workbench.call(len(left))
    held = _Held(workbench)
    while left := work.take_free(left):
        report(work.frames)
        silent = next((task for task in left if held.is_silent(task.place)), None)
        if silent is None:
            time.sleep(POLL_SECONDS)
        else:
            work.make(silent, None)
            left.remove(silent)


def make_some(workbench: Workbench, tasks: Sequence[Task], *, report: Report) -> int:
    """Make those of `tasks` that nobody has made and nobody is at; how many frames lie finished now."""
    work = _Work(workbench, report)
    work.take_free(work.undone(tasks))
    return work.frames


@dataclass(slots=True)
class _Work:
    """What this process does, and how many frames are done in all."""

    workbench: Workbench
    report: Report
    frames: int = 0

    def undone(self, tasks: Sequence[Task]) -> list[Task]:
        """Those that do not lie finished; the frames of the others are counted."""
        return [task for task in tasks if not self._has(task)]

    def take_free(self, tasks: Sequence[Task]) -> list[Task]:
        """Make what nobody is at; what others are at."""
        held = []
        for task in tasks:
            with self.workbench.claim(task.place) as claim:
                if self._has(task):
                    continue
                if claim is None:
                    held.append(task)
                else:
                    self.make(task, claim)
        return held

    def make(self, task: Task, claim: Claim | None) -> None:
        """Make one, giving signs of life meanwhile."""
        before, beaten = self.frames, 0.0

        def told(count: int) -> None:
            nonlocal beaten
            if claim is not None and time.monotonic() - beaten > BEAT_SECONDS:
                claim.beat()
                beaten = time.monotonic()
            self.report(before + count)

        told(0)
        with self.workbench.making(task.place) as part:
            task.make(part, told)
        self.frames = before + (task.frames_in(task.place) or 0)
        self.report(self.frames)

    def _has(self, task: Task) -> bool:
        """Whether it lies finished; then its frames are counted."""
        count = task.frames_in(task.place) if self.workbench.has(task.place) else None
        self.frames += count or 0
        return count is not None


class _Held:
    """When those who are at something last gave a sign of life, by this process's clock."""

    def __init__(self, workbench: Workbench) -> None:
        """Nothing heard yet."""
        self._workbench = workbench
        self._last: dict[Path, tuple[int, float]] = {}

    def is_silent(self, place: Path) -> bool:
        """Whether nothing was heard of who makes `place` for `SILENT_SECONDS`."""
        beat, now = self._workbench.beat_of(place), time.monotonic()
        known, since = self._last.get(place, (None, now))
        if beat != known:
            since = now
        self._last[place] = beat, since
        return now - since > SILENT_SECONDS
