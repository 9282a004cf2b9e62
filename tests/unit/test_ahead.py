"""A stage that runs ahead: bounded, honest about errors, and gone when nobody wants more."""

import threading
from collections.abc import Iterator

import pytest

from bwc.media.ahead import ahead


def test_items_come_in_order() -> None:
    with ahead(range(100)) as items:
        assert list(items) == list(range(100))


def test_what_the_producer_raises_is_raised_to_the_reader() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("broke")

    with ahead(broken()) as items:
        assert next(items) == 1
        with pytest.raises(ValueError, match="broke"):
            next(items)


def test_leaving_early_ends_the_thread_and_closes_the_producer() -> None:
    closed = threading.Event()
    made = []

    def endless() -> Iterator[int]:
        try:
            while True:
                made.append(1)
                yield 1
        finally:
            closed.set()

    before = threading.active_count()
    with ahead(endless(), depth=3) as items:
        next(items)
    assert closed.is_set()
    assert threading.active_count() == before
    assert len(made) <= 6
