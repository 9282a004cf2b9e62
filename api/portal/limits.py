"""How much anyone may write: letters per hour by sender and by all together, and bytes of one."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

HOUR_SECONDS = 3600.0
ALL_TOGETHER = 50  # times what one sender may; the inbox must not fill the disk
MOST_SENDERS = 10_000  # remembered; the oldest is forgotten first
# The longest letter in a form, each character of it outside the basic plane: 12 bytes as sent.
LARGEST_BODY = 256 * 2**10  # bytes
TOO_LARGE = "This is more than a letter may hold. Shorten it and send it again."
IPV6_SITE_BITS = 64  # what is handed to one household or machine as a whole


class HourlyLimit:
    """Counts what was let through within the last hour; nothing of it is written down."""

    def __init__(self, per_hour: int, *, now: Callable[[], float] = time.monotonic) -> None:
        """Let `per_hour` through for each sender."""
        self._per_hour = per_hour
        self._now = now
        self._lock = threading.Lock()
        self._taken: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque()

    def take(self, address: str) -> bool:
        """Whether one more may pass; if so it is counted for the sender at `address`."""
        sender = sender_of(address)
        with self._lock:
            now = self._now()
            own = self._taken.get(sender, deque())
            for counted in (own, self._all):
                while counted and counted[0] <= now - HOUR_SECONDS:
                    counted.popleft()
            if len(own) >= self._per_hour or len(self._all) >= self._per_hour * ALL_TOGETHER:
                return False
            own.append(now)
            self._all.append(now)
            self._taken[sender] = own
            self._taken.move_to_end(sender)
            if len(self._taken) > MOST_SENDERS:
                self._taken.popitem(last=False)
            return True


def sender_of(address: str) -> str:
    """Whose letters are counted together: an IPv4 address, or the network of an IPv6 address.

    >>> sender_of("2001:db8:1:2:3:4:5:6") == sender_of("2001:db8:1:2::1")
    True
    >>> sender_of("::ffff:192.0.2.1"), sender_of("a name")
    ('192.0.2.1', 'a name')
    """
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        shift = 128 - IPV6_SITE_BITS
        return str(known.ipv4_mapped or IPv6Address(int(known) >> shift << shift))
    return str(known)
