"""The list's cursor comes back as it was given, and nothing else is taken for one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.portal.cursor import Cursor, read_cursor
from bwc.errors import InvalidInput


@given(
    moment=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    name=st.uuids().map(str),
)
def test_a_cursor_round_trips(moment: datetime, name: str) -> None:
    cursor = Cursor(moment, name)
    assert read_cursor(str(cursor)) == cursor


@given(word=st.text(max_size=80))
def test_any_other_word_is_refused_and_not_a_crash(word: str) -> None:
    with pytest.raises(InvalidInput):
        read_cursor(word)
