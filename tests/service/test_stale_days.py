"""A day is summed again whatever changes it: a roster, a tag that goes, a clock that is put right."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bwc.catalog.store import Catalog
from bwc.catalog.tables import Call, Recording, Tag, TagSource
from bwc.clock import iso
from bwc.coverage.importing import import_bundle, read_bundle
from bwc.coverage.stale_days import days_to_refresh
from bwc.coverage.sums import Days, refresh_sums
from bwc.intake.clocks import keep_clock
from bwc.intake.sidecar import Claims
from tests.roster import Stay, Town, at

DENVER = ZoneInfo("America/Denver")
MONDAY, TUESDAY, THURSDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 5)
TODAY = date(2026, 3, 9)
MADE, LATER = at(7 * 24 + 1), at(7 * 24 + 3)


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """A call of Monday attended on Thursday, with its recording; all sums are made."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        built.call("26-1", 9, Stay("7", 82, 83))
        film = built.film(82, 83, serial="cam-1")
        tie(built, film, "26-1", at_hour=84)
        refresh_sums(session, Days(date(2025, 12, 1), date(2026, 3, 8)), zone=DENVER, at=MADE)
        yield built


def tie(town: Town, film: str, call: str | None, *, at_hour: float) -> None:
    call_id = town.session.scalar(sa.select(Call.id).where(Call.number == call))
    town.session.add(
        Tag(recording_id=film, call_id=call_id, incident_id=None, confidence=1, explanation="",
            source=TagSource.PERSON, author="a", created_at=at(at_hour))
    )  # fmt: skip
    town.session.flush()


def stale(town: Town) -> list[date]:
    return days_to_refresh(town.session, TODAY, zone=DENVER)


def bring(town: Town, folder: Path, name: str, *lines: str) -> None:
    (folder / name).write_text("\n".join(lines) + "\n")
    import_bundle(town.session, read_bundle(town.session, folder), actor="test", at=LATER)


def test_an_untied_recording_changes_the_day_of_the_call_it_was_tied_to(town: Town) -> None:
    assert stale(town) == []
    film = town.session.scalars(sa.select(Recording.id)).one()
    tie(town, film, None, at_hour=7 * 24 + 2)
    assert stale(town) == [MONDAY, THURSDAY]


def test_a_recording_moved_by_its_clock_changes_the_day_on_which_it_lay(town: Town) -> None:
    film = town.session.scalars(sa.select(Recording)).one()
    for hours, offset in ((80, 48 * 3600.0), (85, 48 * 3600.0)):
        claims = Claims(clock_offset_seconds=offset, clock_measured_at=at(hours - 48))
        keep_clock(town.session, film, claims, by="dock", at=LATER)
    assert film.started_at == at(82 - 48)
    assert stale(town) == [TUESDAY, THURSDAY]


def test_who_is_sworn_and_what_a_camera_keeps_change_every_day_and_names_none(
    town: Town, tmp_path: Path
) -> None:
    heading = "badge,name,unit,sworn"
    bring(town, tmp_path, "officers.csv", heading, "7,A. Lee,Traffic,true", "8,Bo Cruz,Patrol,true")
    assert stale(town) == []
    bring(town, tmp_path, "officers.csv", heading, "8,Bo Cruz,Patrol,false")
    assert (stale(town)[0], len(stale(town))) == (date(2025, 12, 1), 98)
    refresh_sums(town.session, Days(date(2025, 12, 1), date(2026, 3, 8)), zone=DENVER, at=LATER)
    (tmp_path / "officers.csv").unlink()
    bring(town, tmp_path, "cameras.csv", "serial,model,pre_event_seconds", "cam-1,X1,60")
    assert len(stale(town)) == 98


def test_a_row_that_moves_changes_both_days_and_units_alone_that_of_their_call(
    town: Town, tmp_path: Path
) -> None:
    heading = "number,type,priority,received,cancelled"
    bring(town, tmp_path, "calls.csv", heading, f"26-1,alarm,1,{iso(at(105))},false")
    assert {MONDAY, date(2026, 3, 6)} <= set(stale(town))
    refresh_sums(town.session, Days(date(2025, 12, 1), date(2026, 3, 8)), zone=DENVER, at=LATER)
    (tmp_path / "calls.csv").unlink()
    stays = "call,badge,dispatched,arrived,cleared"
    bring(town, tmp_path, "call_units.csv", stays, f"26-1,8,{iso(at(106))},{iso(at(106))},")
    assert stale(town) == [date(2026, 3, day) for day in (5, 6, 7)]
