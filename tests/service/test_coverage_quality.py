"""What a recorded call lacks: the seconds before the camera was switched on, and sound."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from bwc.catalog.store import Catalog
from bwc.coverage.expected import ActivationRule
from bwc.coverage.export import write_department_csv, write_officer_csv
from bwc.coverage.quality import Buffer, Quality, Sound
from bwc.coverage.report import department_coverage, officer_coverage
from bwc.coverage.rule_book import always
from bwc.coverage.sum_figures import quality_of
from bwc.coverage.sums import Days, measure_days
from tests.roster import Stay, Town, at

SECOND = 1 / 3600


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """Officer 7 wears a camera with a buffer of 30 seconds, and is on a call from 10 to 11."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        built.call("26-1", 9, Stay("7", 10, 11))
        yield built


def quality(town: Town, rule: ActivationRule | None = None) -> Quality:
    more = {} if rule is None else {"rules": always(rule)}
    [call] = officer_coverage(town.session, "7", at(0), at(24), **more).calls
    return call.quality


@pytest.mark.parametrize(
    ("before", "found", "held"),
    [
        (30, Buffer.COMPLETE, 30),
        (300, Buffer.COMPLETE, 30),
        (29, Buffer.PARTIAL, 29),
        (0, Buffer.ABSENT, 0),
        (-60, Buffer.ABSENT, 0),
    ],
)
def test_a_buffer_is_complete_when_all_of_it_lies_before_the_arrival(
    town: Town, before: int, found: Buffer, held: int
) -> None:
    town.film(10 - before * SECOND, 11, serial="cam-1")
    seen = quality(town)
    assert (seen.buffer, seen.buffer_asked) == (found, timedelta(seconds=30))
    assert seen.buffer_held == timedelta(seconds=held)


@pytest.mark.parametrize(
    ("first", "second", "found", "held"),
    [
        ((-360, 0), (0, 3600), Buffer.COMPLETE, 30),
        ((-360, -10), (-10, 3600), Buffer.COMPLETE, 30),
        ((-360, -10), (600, 3600), Buffer.PARTIAL, 20),
        ((-25, -20), (-10, 3600), Buffer.PARTIAL, 15),
        ((-360, -30), (0, 3600), Buffer.ABSENT, 0),
    ],
)
def test_a_buffer_may_lie_in_several_files(
    town: Town, first: tuple[int, int], second: tuple[int, int], found: Buffer, held: int
) -> None:
    for begins, ends in (first, second):
        town.film(10 + begins * SECOND, 10 + ends * SECOND, serial="cam-1")
    seen = quality(town)
    assert (seen.buffer, seen.buffer_held) == (found, timedelta(seconds=held))
    assert_sums_agree(town)


def test_what_a_camera_recorded_before_it_was_his_is_nobodys_buffer(town: Town) -> None:
    town.hand("cam-2", "8", until=9.5)
    town.hand("cam-2", "7", since=10 - 10 * SECOND)
    town.film(9, 11, serial="cam-2")
    seen = quality(town)
    assert (seen.buffer, seen.buffer_held) == (Buffer.PARTIAL, timedelta(seconds=10))
    assert_sums_agree(town)


def assert_sums_agree(town: Town) -> None:
    day = date(2026, 3, 2)
    figures = measure_days(town.session, Days(day, day), zone=ZoneInfo("America/Denver")).figures
    report = department_coverage(town.session, at(0), at(24))
    assert quality_of(figures[0].sum(axis=0).tolist()) == report.quality


def test_a_lead_in_the_rule_is_the_buffer_and_not_asked_for_twice(town: Town) -> None:
    town.film(10 - 30 * SECOND, 11, serial="cam-1")
    assert quality(town, ActivationRule(lead=timedelta(seconds=30))).buffer is Buffer.COMPLETE


def test_without_video_or_camera_nothing_is_said_of_a_buffer(town: Town) -> None:
    assert quality(town).buffer is Buffer.NO_VIDEO
    town.film(10, 11, badge="7")
    assert quality(town).buffer is Buffer.NOT_KNOWN


def test_a_recording_without_sound_is_muted_unless_another_one_hears(town: Town) -> None:
    town.film(10, 10.5, serial="cam-1", sound=False)
    assert (quality(town).sound, quality(town).muted) == (Sound.MUTED, timedelta(minutes=30))
    town.film(10.25, 11, serial="cam-1", sound=True)
    assert quality(town).sound is Sound.PARTLY_MUTED
    assert quality(town).muted == timedelta(minutes=15)


def test_sound_that_nobody_knows_of_is_not_called_present(town: Town) -> None:
    town.film(10, 11, serial="cam-1", sound=None)
    assert quality(town).sound is Sound.NOT_KNOWN
    assert quality(town).sound_unknown == timedelta(hours=1)
    assert department_coverage(town.session, at(0), at(24)).quality.with_sound.whole == 0


def test_buffer_and_sound_stand_in_report_and_csv(town: Town) -> None:
    town.film(10, 11, serial="cam-1", sound=False)
    report = department_coverage(town.session, at(0), at(24))
    figures = report.document()["quality"]
    assert isinstance(figures, dict)
    assert (figures["buffer_absent"], figures["muted"], figures["muted_seconds"]) == (1, 1, 3600)
    stream = io.StringIO()
    write_department_csv(report, stream)
    rows = {row["badge"]: row for row in csv.DictReader(io.StringIO(stream.getvalue()))}
    assert (rows["7"]["buffer_absent"], rows["7"]["muted"]) == ("1", "1")
    stream = io.StringIO()
    write_officer_csv(officer_coverage(town.session, "7", at(0), at(24)), stream)
    [row] = csv.DictReader(io.StringIO(stream.getvalue()))
    assert (row["buffer"], row["audio"], row["muted_seconds"]) == ("absent", "muted", "3600")
