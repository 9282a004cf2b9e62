"""Canonical JSON and times: one form each, nothing guessed."""

import json

import pytest
from hypothesis import given

from bwc.canonical import Json, canonical_bytes, digest
from bwc.clock import iso, parse_time
from bwc.errors import InvalidInput
from tests.strategies import json_values


@given(json_values)
def test_canonical_json_is_read_back_as_it_was_and_has_one_form(value: Json) -> None:
    text = canonical_bytes(value)
    assert json.loads(text) == value
    assert canonical_bytes(json.loads(text)) == text


def test_the_order_of_keys_changes_nothing() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


@pytest.mark.parametrize("value", [float("nan"), 2**60])
def test_a_number_that_json_cannot_carry_exactly_is_refused(value: float) -> None:
    with pytest.raises(InvalidInput, match="no canonical JSON form"):
        canonical_bytes(value)


def test_a_time_without_an_offset_is_refused_and_says_what_is_missing() -> None:
    with pytest.raises(InvalidInput, match="offset"):
        parse_time("2026-03-01T12:00:00")


def test_a_time_is_written_in_utc() -> None:
    assert iso(parse_time("2026-03-01T12:00:00-07:00")) == "2026-03-01T19:00:00Z"
