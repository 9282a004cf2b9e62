"""Byte ranges as RFC 9110 section 14 reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.problems import EdgeProblem
from api.ranges import ByteRange, matches, parse_range

CASES = {
    "the first bytes": ("bytes=0-99", ByteRange(0, 100)),
    "one byte": ("bytes=5-5", ByteRange(5, 1)),
    "from a byte to the end": ("bytes=900-", ByteRange(900, 100)),
    "an end behind the end": ("bytes=900-5000", ByteRange(900, 100)),
    "the last bytes": ("bytes=-10", ByteRange(990, 10)),
    "more last bytes than there are": ("bytes=-5000", ByteRange(0, 1000)),
    "another case of the unit": ("Bytes=0-0", ByteRange(0, 1)),
    "backwards is no range": ("bytes=9-5", None),
    "several ranges get the whole": ("bytes=0-1,5-6", None),
    "another unit": ("lines=0-5", None),
    "nonsense": ("bytes=a-b", None),
    "no numbers": ("bytes=-", None),
    "no header": (None, None),
}


@pytest.mark.parametrize(("header", "expected"), CASES.values(), ids=CASES.keys())
def test_a_range_header_means(header: str | None, expected: ByteRange | None) -> None:
    assert parse_range(header, 1000) == expected


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_behind_the_end_is_refused_with_the_size(header: str) -> None:
    with pytest.raises(EdgeProblem) as refused:
        parse_range(header, 1000)
    assert refused.value.status == 416
    assert refused.value.headers == {"content-range": "bytes */1000"}


@given(header=st.text(max_size=60), size=st.integers(0, 10_000))
def test_no_header_leads_outside_the_file(header: str, size: int) -> None:
    try:
        found = parse_range(header, size)
    except EdgeProblem:
        return
    assert found is None or (found.start >= 0 and 0 < found.length <= size - found.start)


@pytest.mark.parametrize(
    ("header", "is_known"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ("*", True),
        ('"b"', False),
        (None, False),
    ],
)
def test_if_none_match_names_what_is_known(header: str | None, *, is_known: bool) -> None:
    assert matches(header, '"a"') is is_known
