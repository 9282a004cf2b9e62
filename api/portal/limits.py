"""How many letters one address, and all together, may put in: a sliding hour, in memory."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

HOUR_SECONDS = 3600.0
ALL_TOGETHER = 50  # times what one address may; the inbox must not fill the disk
MOST_ADDRESSES = 10_000  # remembered; the oldest is forgotten first


class HourlyLimit:
    """Counts what was let through within the last hour; nothing of it is written down."""

    def __init__(self, per_hour: int, *, now: Callable[[], float] = time.monotonic) -> None:
        """Let `per_hour` through for each address."""
        self._per_hour = per_hour
        self._now = now
        self._lock = threading.Lock()
        self._taken: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque()

    def take(self, address: str) -> bool:
        """Whether one more may pass; if so it is counted."""
        with self._lock:
            since = self._now() - HOUR_SECONDS
            own = self._taken.setdefault(address, deque())
            for counted in (own, self._all):
                while counted and counted[0] <= since:
                    counted.popleft()
            if len(own) >= self._per_hour or len(self._all) >= self._per_hour * ALL_TOGETHER:
                return False
            own.append(self._now())
            self._all.append(self._now())
            self._taken.move_to_end(address)
            while len(self._taken) > MOST_ADDRESSES:
                self._taken.popitem(last=False)
            return True
