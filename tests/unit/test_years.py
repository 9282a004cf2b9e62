"""A day or moment that no record can have is refused by name, wherever a person writes one."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from api.desk.forms import optional_moment
from api.desk.periods import read_period
from bwc.cli.coverage import app
from bwc.cli.coverage_options import read_days
from bwc.clock import parse_time
from bwc.coverage.years import moment_asked, read_day
from bwc.errors import InvalidInput

DENVER = ZoneInfo("America/Denver")


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_beyond_the_years_is_refused(day: str) -> None:
    for read in (
        lambda: read_day(day),
        lambda: read_days(day, day, DENVER),
        lambda: read_period(day, day, now=datetime(2026, 3, 1, tzinfo=UTC), zone=DENVER),
        lambda: moment_asked(parse_time(f"{day}T12:00:00Z")),
    ):
        with pytest.raises(InvalidInput, match="a year from 1900 to 2199"):
            read()


def test_the_first_and_the_last_day_are_read() -> None:
    for day in ("1900-01-01", "2199-12-31"):
        assert read_days(day, day, DENVER).start < read_days(day, day, DENVER).end


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-05:00"])
def test_a_time_that_utc_has_not_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="beyond the calendar"):
        parse_time(text)
    with pytest.raises(InvalidInput, match="beyond the calendar"):
        optional_moment("9999-12-31T23:59", zone=DENVER)


def test_a_folder_that_is_not_there_is_one_error_and_a_catalog_without_schema_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BWC_CATALOG__URL", f"sqlite:///{tmp_path / 'catalog.db'}")
    missing = CliRunner().invoke(app, ["measure", "--from", str(tmp_path / "no")])
    assert (missing.exit_code, "officers.csv" in missing.stderr) == (2, False)
    for command in (["import", str(tmp_path)], ["report"], ["overview", "--make"]):
        refused = CliRunner().invoke(app, command)
        assert refused.exit_code == 2
        assert "Run `bwc db upgrade`" in refused.stderr
