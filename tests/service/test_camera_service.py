"""A camera that goes out of service does so at an instant; what was before stays as it was."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from api.desk.app import create_app
from bwc.catalog import tables
from bwc.catalog.coverage_sum import CoveragePeriod, CoverageSpanKind
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role
from bwc.cli.coverage import app
from bwc.clock import iso, parse_time
from bwc.coverage.cameras import find_camera, restore, retire
from bwc.coverage.existence import Answer
from bwc.coverage.importing import import_bundle, read_bundle
from bwc.coverage.report import department_coverage
from bwc.coverage.summed_equipment import idle_cameras
from bwc.coverage.sums import Days, refresh_sums
from bwc.errors import InvalidInput
from bwc.timeline import Span
from tests.desk_ids import BADGE
from tests.desks import csrf_of, furnish, make_house, signed_in
from tests.roster import Stay, Town, at
from tests.web import serving

DENVER = ZoneInfo("America/Denver")
NOON = at(36)  # of Tuesday


def patrol(session: Session) -> Town:
    """One officer on duty for three days of eight hours with one camera, and no recording at all."""
    town = Town(session)
    town.hand("cam-1", "7")
    for day in range(3):
        town.shift("7", 24 * day + 8, 24 * day + 16)
        town.call(f"26-{day}", 24 * day + 13, Stay("7", 24 * day + 13.1, 24 * day + 14))
    return town


def put_out(session: Session) -> None:
    retire(session, "cam-1", since=NOON, why="dropped", by="admin", at=at(40))


def stale(session: Session) -> list[str]:
    row = CoveragePeriod
    query = sa.select(row.period).where(row.is_stale, row.kind == CoverageSpanKind.DAY)
    return sorted(session.scalars(query))


def test_the_days_before_a_camera_went_out_of_service_do_not_change(catalog: Catalog) -> None:
    with catalog.write() as session:
        patrol(session)
        before = department_coverage(session, at(0), at(36)).document()
        put_out(session)
        assert department_coverage(session, at(0), at(36)).document() == before
        after = department_coverage(session, at(0), at(72))
        [duty] = after.equipment.duties
        assert [(one.start, one.end) for one in duty.bare] == [(at(36), at(40)), (at(56), at(64))]
        answers = [(one.existence.answer, one.existence.why) for one in after.calls]
        out = "the camera assigned, cam-1, was not in service"
        assert [one[0] for one in answers] == [Answer.LOST, Answer.NO, Answer.NO]
        assert answers[1][1] == out
        sums = idle_cameras(session, Span(at(36), at(72)))
        assert (sums, after.equipment.idle_cameras) == (("cam-2",), ("cam-2",))


def test_only_days_from_then_on_are_summed_again_and_custody_says_what_was(
    catalog: Catalog,
) -> None:
    with catalog.write() as session:
        patrol(session)
        refresh_sums(session, Days(date(2026, 3, 1), date(2026, 3, 4)), zone=DENVER, at=at(100))
        put_out(session)
        assert stale(session) == ["2026-03-02", "2026-03-03", "2026-03-04"]
        query = sa.select(tables.CustodyEntry).order_by(tables.CustodyEntry.position.desc())
        entry = session.scalars(query.limit(1)).one()
        assert entry.act == "camera out of service"
        assert entry.detail["out_of_service_at"] == iso(NOON)
        assert entry.before == {"in_service": True, "out_of_service_at": None}
        restore(session, "cam-1", why="it was another", by="admin", at=at(50))
        assert department_coverage(session, at(0), at(72)).equipment.equipped.part == 1


def test_a_camera_that_went_out_on_an_unknown_day_counts_at_no_time(catalog: Catalog) -> None:
    with catalog.write() as session:
        town = patrol(session)
        camera = session.get_one(tables.Camera, town.cameras["cam-1"])
        camera.in_service = False
        assert department_coverage(session, at(0), at(72)).equipment.equipped.part == 0
        with pytest.raises(InvalidInput, match="a reason is needed"):
            retire(session, "cam-1", since=NOON, why=" ", by="admin", at=at(40))
        with pytest.raises(InvalidInput, match="beyond all records"):
            retire(
                session,
                "cam-1",
                since=datetime.min.replace(tzinfo=UTC),
                why="a slip",
                by="admin",
                at=at(40),
            )
        put_out(session)
        assert department_coverage(session, at(0), at(24)).equipment.equipped.part == 1


def test_a_roster_may_say_when_and_an_empty_cell_says_nothing(
    catalog: Catalog, tmp_path: Path
) -> None:
    heading = "serial,model,pre_event_seconds,out_of_service"
    with catalog.write() as session:
        patrol(session)
        refresh_sums(session, Days(date(2026, 3, 1), date(2026, 3, 4)), zone=DENVER, at=at(100))
        for cell, changed in ((iso(NOON), 1), ("", 0), ("soon", None)):
            (tmp_path / "cameras.csv").write_text(f"{heading}\ncam-1,X1,30,{cell}\n")
            bundle = read_bundle(session, tmp_path)
            if changed is None:
                assert [(one.line, one.column) for one in bundle.errors] == [(2, "out_of_service")]
                continue
            done = import_bundle(session, bundle, actor="test", at=at(50))
            assert done["cameras"].changed == changed
        camera = session.scalars(sa.select(tables.Camera).filter_by(serial="cam-1")).one()
        assert (camera.in_service, camera.out_of_service_at) == (False, NOON)
        assert stale(session) == ["2026-03-02", "2026-03-03", "2026-03-04"]


def test_it_is_written_down_and_taken_back_by_command(
    sqlite_catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BWC_CATALOG__URL", sqlite_catalog.url)
    with sqlite_catalog.write() as session:
        patrol(session)
        session.commit()

    def run(*options: str) -> str:
        done = CliRunner().invoke(app, ["camera", "cam-1", *options])
        assert done.exit_code == 0, done.stderr
        return done.stdout

    told = run("--out-since", iso(NOON), "--note", "dropped", "--json")
    assert json.loads(told)["out_of_service_at"] == iso(NOON)
    assert f"out of service since {iso(NOON)}" in run()
    later = "2150-01-01T00:00:00Z"
    assert f"in service until {later}" in run("--out-since", later, "--note", "its lease ends")
    assert "in service" in run("--in-service", "--note", "it was another")


def test_the_administrator_writes_it_down_at_the_desk(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    house = make_house(sqlite_catalog, tmp_path)
    furnish(house)
    with serving(create_app(house=house)) as desk, signed_in(desk, Role.ADMIN) as client:
        page = client.get("/cameras?serial=0417").text
        assert "1 camera." in page
        assert f"assigned to badge {BADGE}" in page
        token = {"csrf": csrf_of(page), "serial": "CAM-0417"}
        said = {"since": "2026-03-01T12:00", "why": "dropped"}
        refused = client.post("/cameras/retire", data=token | said | {"why": " "})
        assert refused.status_code == 422
        assert client.post("/cameras/retire", data=token | said).status_code == 303
        assert "out of service" in client.get("/cameras").text
        with sqlite_catalog.read() as session:
            assert find_camera(session, "CAM-0417").out_of_service_at == parse_time(
                "2026-03-01T19:00:00Z"
            )
        said["since"] = "2150-01-01T12:00"
        assert client.post("/cameras/retire", data=token | said).status_code == 303
        planned = client.get("/cameras").text
        assert "out of service</" not in planned
        assert 'datetime="2150-01-01T19:00:00Z"' in planned
        assert client.post("/cameras/restore", data=token | {"why": "another"}).status_code == 303
        assert "out of service</" not in client.get("/cameras").text
        assert "No camera has such a serial number" in client.get("/cameras?serial=%25").text
