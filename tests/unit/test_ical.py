"""The feed of due work is a calendar that any program reads, whatever is written into it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bwc.policy.ical import Due, ical

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def due(what: str = "notify", *, name: str = "1", by: datetime = AT) -> Due:
    return Due(name, "records", what, "I-1", by)


def test_a_duty_is_an_event_at_the_moment_it_is_due_in_utc() -> None:
    local = datetime(2026, 7, 1, 23, 59, 59, tzinfo=ZoneInfo("America/Denver"))
    lines = ical([due(by=local)], name="Due", at=AT, zone="America/Denver").split("\r\n")
    assert "DTSTART:20260702T055959Z" in lines
    assert "X-WR-TIMEZONE:America/Denver" in lines
    assert "SUMMARY:I-1: notify" in lines
    assert "CATEGORIES:records" in lines


def test_what_is_due_first_stands_first() -> None:
    later = datetime(2026, 4, 1, tzinfo=UTC)
    text = ical([due(name="b", by=later), due(name="a")], name="Due", at=AT, zone="America/Denver")
    assert text.index("UID:a@bwc") < text.index("UID:b@bwc")


@given(st.text(max_size=200))
def test_no_text_breaks_out_of_its_line(what: str) -> None:
    text = ical([due(what)], name=what, at=AT, zone="America/Denver")
    lines = text.removesuffix("\r\n").split("\r\n")
    assert all(len(line.encode(errors="surrogatepass")) <= 75 for line in lines)
    unfolded = text.replace("\r\n ", "").split("\r\n")
    assert [line.partition(":")[0] for line in unfolded if line] == [
        *("BEGIN", "VERSION", "PRODID", "X-WR-CALNAME", "X-WR-TIMEZONE"),
        *("BEGIN", "UID", "DTSTAMP", "DTSTART"),
        *("SUMMARY", "CATEGORIES", "TRANSP", "END", "END"),
    ]
