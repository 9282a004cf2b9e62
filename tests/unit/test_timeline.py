"""Span algebra: the laws that redaction and coverage both stand on."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import portion
import pytest
from hypothesis import given

from bwc.errors import InvalidInput
from bwc.timeline import (
    MediaTime,
    Span,
    intersect,
    merge,
    subtract,
    total_media_seconds,
    total_seconds,
)
from tests.strategies import span_lists

Spans = list[Span[Fraction]]


def as_portion(spans: Spans) -> portion.Interval:
    """The same set by another library: the oracle."""
    whole = portion.empty()
    for span in spans:
        whole |= portion.closedopen(span.start, span.end)
    return whole


def same(spans: Spans, expected: portion.Interval) -> bool:
    return [(s.start, s.end) for s in spans] == [
        (a.lower, a.upper) for a in expected if not a.empty
    ]


@given(span_lists, span_lists)
def test_union_intersection_and_difference_agree_with_another_library(a: Spans, b: Spans) -> None:
    assert same(merge([*a, *b]), as_portion(a) | as_portion(b))
    assert same(intersect(a, b), as_portion(a) & as_portion(b))
    assert same(subtract(a, b), as_portion(a) - as_portion(b))


@given(span_lists, span_lists)
def test_what_is_taken_and_what_is_left_make_the_whole(a: Spans, b: Spans) -> None:
    taken, left = intersect(a, b), subtract(a, b)
    assert total_media_seconds(taken) + total_media_seconds(left) == total_media_seconds(a)
    assert intersect(taken, left) == []


def test_spans_that_touch_are_one() -> None:
    spans = [Span(Fraction(1), Fraction(2)), Span(Fraction(0), Fraction(1))]
    assert merge(spans) == [Span(Fraction(0), Fraction(2))]


def test_an_empty_or_backward_span_is_refused() -> None:
    with pytest.raises(InvalidInput, match="must end after it starts"):
        Span(Fraction(1), Fraction(1))


def test_seconds_across_a_clock_change_are_real_seconds() -> None:
    before = datetime(2026, 3, 8, 8, 30, tzinfo=UTC)  # Denver goes to summer time at 09:00 UTC
    assert total_seconds([Span(before, before + timedelta(hours=1))]) == 3600


def test_media_time_is_exact() -> None:
    assert MediaTime(1001, Fraction(1, 30000)).seconds * 30000 == 1001
