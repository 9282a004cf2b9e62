"""Running one stage of a stream ahead of the next: a thread and a bounded queue.

FFmpeg and OpenVINO let go of the interpreter while they work, so that decoding, detecting and
encoding overlap. The queue is short: memory does not grow with the length of a recording.
"""

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from bwc.media.heaps import share_heaps

Item = TypeVar("Item")

POLL_SECONDS = 0.1

share_heaps()  # before the first thread, whose heap would stay


@dataclass(frozen=True, slots=True)
class _End:
    """What the producer leaves last: nothing more, or why there is nothing more."""

    error: BaseException | None = None


@contextmanager
def ahead(items: Iterable[Item], *, depth: int = 4) -> Iterator[Iterator[Item]]:
    """The items of `items`, made by a thread that is at most `depth` of them ahead.

    What the producer raises is raised where its items are read. On leaving the `with`, early or not,
    the thread has ended: only then may whatever the items are read from be closed.
    """
    made: queue.Queue[Item | _End] = queue.Queue(depth)
    stopped = threading.Event()
    thread = threading.Thread(target=_produce, args=(items, made, stopped), daemon=True)
    thread.start()
    try:
        yield _taken(made)
    finally:
        stopped.set()
        thread.join()


def _taken(made: "queue.Queue[Item | _End]") -> Iterator[Item]:
    """Items until the producer has no more."""
    while True:
        item = made.get()
        if isinstance(item, _End):
            if item.error is not None:
                raise item.error
            return
        yield item


def _produce(
    items: Iterable[Item], made: "queue.Queue[Item | _End]", stopped: threading.Event
) -> None:
    """Fill the queue until the items end or nobody wants more."""
    iterator = iter(items)
    try:
        for item in iterator:
            if not _put(made, item, stopped):
                break
        end = _End()
    except BaseException as exc:  # noqa: BLE001 - handed over to the caller's thread
        end = _End(exc)
    finally:
        close = getattr(iterator, "close", None)
        if close is not None:
            close()
    _put(made, end, stopped)


def _put(made: "queue.Queue[Item | _End]", item: Item | _End, stopped: threading.Event) -> bool:
    """Put `item` as soon as there is room; false where the caller has stopped."""
    while not stopped.is_set():
        try:
            made.put(item, timeout=POLL_SECONDS)
        except queue.Full:
            continue
        return True
    return False
