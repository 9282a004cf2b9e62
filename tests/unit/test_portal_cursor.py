"""The list's cursor comes back as it was given, and nothing else is taken for one."""

import base64
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


@pytest.mark.parametrize("moment", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"])
def test_a_moment_beyond_the_calendar_is_refused_and_not_a_crash(moment: str) -> None:
    word = base64.urlsafe_b64encode(f"{moment}|x".encode()).decode()
    with pytest.raises(InvalidInput):
        read_cursor(word)


@given(word=st.text(max_size=80))
def test_any_other_word_is_refused_and_not_a_crash(word: str) -> None:
    with pytest.raises(InvalidInput):
        read_cursor(word)
