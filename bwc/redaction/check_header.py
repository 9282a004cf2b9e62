"""How pictures are coded, as another tool's file says it beside them: the parameter sets, and no more.

The records of ISO/IEC 14496-15 (5.3.3.1 avcC, 8.3.3.1 hvcC) count the units that they hold; what
stands behind them, or is no parameter set, players pass over. Where a container has no such record,
the units stand there as they do in pictures.
"""

from collections.abc import Callable, Iterator

# Bytes of avcC before its first list, and what High profiles have behind the lists: depths, and none of more sets.
AVCC_LIST_AT, COUNT_BITS, EXTENSION = 5, 31, 4
HVCC_LISTS_AT = 22


def units_of_avcc(record: bytes) -> list[bytes] | None:
    """The units of an avcC; None where it does not end behind its lists.

    >>> units_of_avcc(bytes.fromhex("01640015ff e1 0002 6764 01 0001 68"))
    [b'gd', b'h']
    >>> units_of_avcc(bytes.fromhex("01640015ff e1 0002 6764 01 0001 68") + b"39.7392,-104.9903") is None
    True
    """
    lists = _Lists(record, AVCC_LIST_AT)
    units = [unit for _ in range(2) for unit in lists.take(lists.number(1) & COUNT_BITS)]
    rest = record[lists.at :]
    is_ended = not rest or (len(rest) == EXTENSION and rest[-1] == 0)
    return units if is_ended and lists.is_whole else None


def units_of_hvcc(record: bytes) -> list[bytes] | None:
    """The same of an hvcC, which says of each list of what kind its units are."""
    lists = _Lists(record, HVCC_LISTS_AT)
    units: list[bytes] = []
    for _ in range(lists.number(1)):
        lists.at += 1  # the kind, which each unit says itself
        units += lists.take(lists.number(2))
    return units if lists.at == len(record) and lists.is_whole else None


def odd_in_header(
    header: bytes,
    units_of: Callable[[bytes], list[bytes] | None],
    is_foreign: Callable[[bytes], bool],
) -> Iterator[str]:
    """What a record carries that is no parameter set, in words."""
    units = units_of(header)
    if units is None:
        yield "there is something behind what says how its pictures are coded"
    elif any(map(is_foreign, units)):
        yield "what says how its pictures are coded carries something else"


class _Lists:
    """Reads a record from byte `at` on; not `is_whole` once it was asked for more than there is."""

    def __init__(self, record: bytes, at: int) -> None:
        self._record, self.at, self.is_whole = record, at, True

    def number(self, size: int) -> int:
        """The next number, of `size` bytes."""
        return int.from_bytes(self._bytes(size))

    def take(self, count: int) -> Iterator[bytes]:
        """The next `count` units, each behind its length."""
        for _ in range(count):
            yield self._bytes(self.number(2))

    def _bytes(self, size: int) -> bytes:
        found = self._record[self.at : self.at + size]
        self.at += size
        self.is_whole &= len(found) == size
        return found
