"""Reports from the catalog: every officer, every call, and what the records show to be wrong."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from bwc.catalog.recording import RecordingState
from bwc.catalog.store import Catalog
from bwc.coverage.bars_svg import draw_rate
from bwc.coverage.day import Lane, local_day, officer_day
from bwc.coverage.export import write_department_csv, write_officer_csv
from bwc.coverage.findings import FindingKind
from bwc.coverage.groups import Grouping, group_calls
from bwc.coverage.printed import print_department
from bwc.coverage.rates import Rate
from bwc.coverage.report import department_coverage, moved_call_coverage, officer_coverage
from bwc.coverage.timeline_svg import Links, draw_officer_day, tabulate_officer_day
from bwc.coverage.units import unit_report
from bwc.coverage.words import department_words, officer_words
from bwc.errors import InvalidInput, NotFound
from tests.roster import Stay, Town, at

DENVER = ZoneInfo("America/Denver")
MONDAY = date(2026, 3, 2)
HOUR = timedelta(hours=1)


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """Officer 7 with a camera and officer 8 without; both on duty from 8 to 18 on Monday."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        built.hand("broken", "8")
        built.shift("7", 8, 18)
        built.shift("8", 8, 18)
        yield built


def test_the_first_figure_is_the_share_of_sworn_officers_with_a_working_camera(town: Town) -> None:
    report = department_coverage(town.session, at(0), at(24))
    assert (report.equipment.equipped.part, report.equipment.equipped.whole) == (1, 2)
    assert report.equipment.duty_share == 0.5
    assert [f.badge for f in report.found(FindingKind.NO_CAMERA)] == ["8"]
    assert [f.camera for f in report.found(FindingKind.IDLE_CAMERA)] == ["cam-2"]


def test_a_camera_handed_over_in_mid_shift_leaves_the_rest_without(town: Town) -> None:
    town.hand("cam-2", "8", since=0, until=13)
    [without] = department_coverage(town.session, at(0), at(24)).found(FindingKind.NO_CAMERA)
    assert (without.start, without.end) == (at(13), at(18))


def test_an_officers_calls_are_measured_and_the_cancelled_one_is_shown(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    town.call("26-2", 12, Stay("7", 12, 13), cancelled=True)
    town.call("26-3", 14, Stay("7", 14, 15), Stay("8", 14, 15))
    town.film(10.25, 11.5, serial="cam-1")
    report = officer_coverage(town.session, "7", at(0), at(24))
    assert [(c.call.number, c.coverage.status) for c in report.calls] == [
        ("26-1", "partial"),
        ("26-2", "excluded"),
        ("26-3", "none"),
    ]
    figures = report.tally
    assert (figures.calls, figures.excluded, figures.without_video) == (2, 1, 1)
    assert (figures.late_calls, figures.late) == (1, HOUR / 4)
    assert figures.recorded_share == 0.375
    assert [f.call for f in report.findings if f.kind is FindingKind.NO_VIDEO] == ["26-3"]


def test_a_call_belongs_to_the_period_in_which_it_was_received(town: Town) -> None:
    town.call("26-1", 23.5, Stay("7", 23.75, 24.75))
    town.film(23.75, 24.75, serial="cam-1")
    monday = officer_coverage(town.session, "7", at(0), at(24))
    tuesday = officer_coverage(town.session, "7", at(24), at(48))
    assert [part.coverage.status for part in monday.calls] == ["covered"]
    assert tuesday.calls == ()


def test_recordings_that_nothing_accounts_for_are_listed(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11), cancelled=True)
    town.film(9.5, 10.5, serial="cam-1")
    loose = town.film(12, 12.5, serial="cam-1")
    night = town.film(20, 20.5, serial="cam-1")
    town.film(9.5, 9.5, serial="cam-1")  # without length, and his all the same
    nobody = town.film(13, 13.5, serial="cam-2")
    report = department_coverage(town.session, at(0), at(24))
    unexplained = report.found(FindingKind.UNEXPLAINED_RECORDING)
    assert [finding.recording for finding in unexplained] == [loose, night]
    assert [f.recording for f in report.found(FindingKind.OUTSIDE_SHIFT)] == [night]
    assert [f.recording for f in report.found(FindingKind.WEARER_UNKNOWN)] == [nobody]


def test_a_recording_that_names_only_its_officer_covers_him(town: Town) -> None:
    town.call("26-1", 9, Stay("8", 10, 11))
    town.film(10, 11, badge="8")
    [call] = officer_coverage(town.session, "8", at(0), at(24)).calls
    assert call.coverage.status == "covered"


def test_a_named_officer_does_not_count_against_who_had_the_camera(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11), Stay("8", 10, 11))
    town.film(10, 11, serial="cam-1", badge="8")
    by_badge = {
        badge: officer_coverage(town.session, badge, at(0), at(24)).calls[0].coverage.status
        for badge in ("7", "8")
    }
    assert by_badge == {"7": "covered", "8": "none"}


def test_a_quarantined_recording_covers_nothing(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    town.film(10, 11, serial="cam-1", state=RecordingState.QUARANTINED)
    [call] = officer_coverage(town.session, "7", at(0), at(24)).calls
    assert call.coverage.status == "none"


def test_department_and_officer_reports_agree(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11), Stay("8", 10, 12))
    town.film(10.5, 12, serial="cam-1")
    report = department_coverage(town.session, at(0), at(24))
    for line in report.officers:
        alone = officer_coverage(town.session, line.officer.badge, at(0), at(24))
        assert alone.tally == line.tally
    assert report.tally.calls == sum(line.tally.calls for line in report.officers)


def test_shares_of_few_calls_are_left_out_of_the_departments_table(town: Town) -> None:
    for hour in range(12):
        town.call(f"26-{hour}", hour, Stay("7", hour, hour + 0.5))
    town.call("26-90", 9, Stay("8", 10, 11))
    lines = {
        x.officer.badge: x.document()
        for x in department_coverage(town.session, at(0), at(24)).officers
    }
    assert lines["7"]["figures"]["with_video"]["share"] == 0.0  # type: ignore[index,call-overload]
    assert lines["8"]["figures"]["with_video"]["share"] is None  # type: ignore[index,call-overload]


def test_an_unknown_badge_and_an_empty_period_are_refused(town: Town) -> None:
    with pytest.raises(NotFound):
        officer_coverage(town.session, "99", at(0), at(24))
    with pytest.raises(InvalidInput):
        department_coverage(town.session, at(24), at(24))


def test_a_cell_that_a_spreadsheet_would_run_is_escaped(town: Town) -> None:
    town.call("=cmd()", 9, Stay("7", 10, 11))
    stream = io.StringIO()
    write_officer_csv(officer_coverage(town.session, "7", at(0), at(24)), stream)
    heading, row = csv.reader(io.StringIO(stream.getvalue()))
    assert row[heading.index("call")] == "'=cmd()"
    assert row[heading.index("expected_seconds")] == "3600"
    stream = io.StringIO()
    write_department_csv(department_coverage(town.session, at(0), at(24)), stream)
    assert [row[0] for row in csv.reader(io.StringIO(stream.getvalue()))] == [
        "badge", "7", "8", "C1",
    ]  # fmt: skip


def test_an_officers_day_shows_what_is_missing_and_cuts_what_reaches_over_midnight(
    town: Town,
) -> None:
    town.shift("7", 22, 32)
    town.call("26-1", 9, Stay("7", 10, 12))
    town.call("26-2", 23, Stay("7", 23.5, 24.5))
    film = town.film(10.5, 11, serial="cam-1")
    day = officer_day(town.session, "7", MONDAY, DENVER)
    assert [(b.note, b.span.start, b.span.end) for b in day.lane(Lane.MISSING)] == [
        ("late start", at(10), at(10.5)),
        ("early stop", at(11), at(12)),
        ("no video", at(23.5), at(24)),
    ]
    assert [bar.ends_after for bar in day.lane(Lane.SHIFT)] == [False, True]
    assert [bar.name for bar in day.lane(Lane.RECORDING)] == [film]


def test_the_picture_of_a_day_links_each_bar_and_has_no_style_or_script(town: Town) -> None:
    town.call("26-<1>", 9, Stay("7", 10, 12))
    film = town.film(10.5, 11, serial="cam-1")
    links = Links(calls={"26-<1>": "/calls/1?a=1&b=2"}, recordings={film: "/recordings/1"})
    day = officer_day(town.session, "7", MONDAY, DENVER)
    picture = ET.fromstring(draw_officer_day(day, links))
    space = "{http://www.w3.org/2000/svg}"
    assert {a.get("href") for a in picture.iter(f"{space}a")} == {
        "/calls/1?a=1&b=2",
        "/recordings/1",
    }
    assert all("style" not in node.attrib for node in picture.iter())
    assert picture.get("aria-label") == "Ann Lee, badge 7, on 2026-03-02"
    table = ET.fromstring(tabulate_officer_day(day, links))
    assert len(table.findall("./tbody/tr")) == len(day.bars)


def test_the_bar_shows_share_and_interval_and_hides_small_shares() -> None:
    whole, few = (ET.fromstring(draw_rate(Rate(9, whole))) for whole in (12, 9))
    marks = {node.get("class"): node for node in whole.iter()}
    low, high = Rate(9, 12).interval or (0, 0)
    assert float(marks["share-mark"].get("x1", "")) == 75
    assert float(marks["share-band"].get("x", "")) == pytest.approx(100 * low, abs=0.01)
    assert float(marks["share-band"].get("width", "")) == pytest.approx(
        100 * (high - low), abs=0.01
    )
    assert {node.get("class") for node in few.iter()} == {"share", "share-scale", "share-half"}
    assert all("style" not in node.attrib for node in whole.iter())


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (MONDAY, 24)]
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, hours: int) -> None:
    span = local_day(day, DENVER)
    assert span.end - span.start == hours * HOUR


def test_sensitivity_tells_what_a_minute_of_clock_error_would_change(town: Town) -> None:
    minute = 1 / 60
    town.call("26-1", 9, Stay("7", 10, 10 + 4 * minute))
    town.film(10, 10 + 4 * minute, serial="cam-1")
    report = officer_coverage(town.session, "7", at(0), at(24))
    assert report.tally.recorded_share == 1
    assert report.sensitivity.earlier.recorded_share == 0.75
    assert report.sensitivity.later.recorded_share == 0.75
    assert report.sensitivity.later.late == timedelta(minutes=1)
    assert report.sensitivity.earlier.early == timedelta(minutes=1)


GROUPS = {
    Grouping.UNIT: ["Patrol"],
    Grouping.TYPE: ["alarm"],
    Grouping.PRIORITY: ["1"],
    Grouping.HOUR: ["09:00", "23:00"],
    Grouping.DAY: ["2026-03-02", "2026-03-03"],
    Grouping.WEEK: ["2026-W10"],
    Grouping.MONTH: ["2026-03"],
    Grouping.QUARTER: ["2026-Q1"],
}


@pytest.mark.parametrize("by", GROUPS)
def test_calls_are_grouped_on_the_departments_calendar(town: Town, by: Grouping) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    town.call("26-2", 23.9, Stay("7", 24, 25))
    town.call("26-3", 33, Stay("8", 34, 35))
    report = department_coverage(town.session, at(0), at(48))
    units = {line.officer.badge: line.officer.unit for line in report.officers}
    groups = group_calls(report.calls, by, zone=DENVER, units=units)
    assert [one.name for one in groups] == GROUPS[by]
    assert sum(one.tally.calls for one in groups) == report.tally.calls == 3


def test_the_printed_page_stands_alone_and_escapes_names(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    report = department_coverage(town.session, at(0), at(24))
    page = print_department(report, department="Town & <County>", zone=DENVER)
    assert "Town &amp; &lt;County&gt;" in page
    assert "From 2026-03-02 to before 2026-03-03" in page
    assert "call without video" in page
    assert "<script" not in page
    assert "<link" not in page


def shares_in(document: object) -> list[object]:
    """Every share that a document says, wherever it stands."""
    if isinstance(document, list):
        return [share for one in document for share in shares_in(one)]
    if not isinstance(document, dict):
        return []
    own = [
        document[name] for name in ("share", "low", "high", "recorded_share") if name in document
    ]
    return own + [share for one in document.values() for share in shares_in(one)]


def test_one_call_gives_counts_and_no_share_of_officer_unit_or_department(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    town.film(10, 11, serial="cam-1")
    officer = officer_coverage(town.session, "7", at(0), at(24))
    whole = department_coverage(town.session, at(0), at(24))
    for document in (officer.document(), whole.document(), unit_report(whole, "Patrol").document()):
        assert set(shares_in(document)) == {None}
        rate = document["figures"]["with_video"]  # type: ignore[index,call-overload]
        assert (rate["part"], rate["n"], rate["small"]) == (1, 1, True)  # type: ignore[index,call-overload]
    words = [*officer_words(officer), *department_words(whole)]
    assert "calls with any video: 1 of 1, too few to say a share" in words
    assert not any("100.0 %" in line for line in words)
    assert "100.0 %" not in print_department(whole, department="Town", zone=DENVER)


def test_every_report_tells_what_a_minute_of_clock_error_would_change(town: Town) -> None:
    minute = 1 / 60
    for call in range(10):
        town.call(f"26-{call}", 9, Stay("7", 10 + call, 10 + call + 4 * minute))
    town.call("26-90", 9, Stay("8", 10, 11))
    town.film(10, 10 + 4 * minute, serial="cam-1")
    officer = officer_coverage(town.session, "7", at(0), at(24))
    whole = department_coverage(town.session, at(0), at(24))
    unit = unit_report(whole, "Patrol")
    assert unit.sensitivity == whole.sensitivity
    assert officer.document()["sensitivity"] == {
        "moved_seconds": 60,
        "earlier": {
            "with_video": 0.1,
            "complete": 0.0,
            "recorded_share": 0.075,
            "with_video_calls": 1,
            "complete_calls": 0,
        },
        "later": {
            "with_video": 0.1,
            "complete": 0.0,
            "recorded_share": 0.075,
            "with_video_calls": 1,
            "complete_calls": 0,
        },
    }
    assert "sensitivity" in unit.document()
    [call, *_] = moved_call_coverage(town.session, "26-0")
    assert call.document()["sensitivity"] == {
        "moved_seconds": 60,
        "earlier": {
            "status": "partial",
            "covered_seconds": 180,
            "late_start_seconds": 0,
            "early_stop_seconds": 60,
        },
        "later": {
            "status": "partial",
            "covered_seconds": 180,
            "late_start_seconds": 60,
            "early_stop_seconds": 0,
        },
    }
    assert any("a minute earlier or later" in line for line in officer_words(officer))
