"""The lists that audits drew from, on both databases: kept, exported, and drawn from again."""

import base64
import csv
import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from api.desk.app import create_app
from bwc.canonical import canonical_bytes, digest
from bwc.catalog.finding import Audit, AuditFrame
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Role
from bwc.cli.coverage import app
from bwc.coverage.audit_frames import keep_frame, read_frame, redraw
from bwc.coverage.audits import draw_audit, draw_lines
from bwc.coverage.sample import Candidate
from bwc.errors import IntegrityError, InvalidInput, NotFound
from bwc.timeline import Span
from tests.desk_ids import NOW as DESK_NOW
from tests.desks import furnish, make_house, signed_in
from tests.roster import Stay, Town, at
from tests.web import serving

MONDAY = Span(at(0), at(24))
NOW = at(60)
FRAME = [Candidate(f"26-{n:02}", "7", "with video") for n in range(20)]


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """Thirty calls of officer 7, of the first ten of which there is video."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        for n in range(30):
            built.call(f"26-{n:02}", n / 2, Stay("7", n / 2, n / 2 + 0.25))
        film(built, 0, 10)
        yield built


def film(town: Town, first: int, last: int) -> None:
    for n in range(first, last):
        town.film(n / 2, n / 2 + 0.25, serial="cam-1")


def drawn(session: Session, seed: str = "s") -> Audit:
    return draw_audit(session, MONDAY, size=6, seed=seed, by="aud", at=NOW)


def tampered(session: Session, packed: str) -> Audit:
    """An audit whose kept list was never what was drawn from."""
    session.add(AuditFrame(sha256="f" * 64, packed=packed))
    row = Audit(number="AUD-2026-0009", seed="s", size=1, starts_at=at(0), ends_at=at(24),
                strata={}, frame_sha256="f" * 64, drawn_by="aud", drawn_at=NOW)  # fmt: skip
    session.add(row)
    session.flush()
    return row


def test_an_audit_is_drawn_again_as_it_was_after_late_uploads(town: Town) -> None:
    audit = drawn(town.session)
    film(town, 10, 14)
    later = drawn(town.session)
    assert later.frame_sha256 != audit.frame_sha256
    for one in (audit, later):
        found = redraw(town.session, one)
        assert found.is_same
        calls = [line.call for line in draw_lines(town.session, one)]
        assert [candidate.call for candidate in found.again] == calls
        assert found.held == 30


def test_the_kept_list_is_the_one_whose_hash_is_in_custody(town: Town) -> None:
    audit = drawn(town.session)
    frame = read_frame(town.session, audit)
    assert len(frame) == 30
    listed = [[one.call, one.badge, one.stratum] for one in frame]
    assert digest(listed) == audit.frame_sha256
    row = town.session.get_one(AuditFrame, audit.frame_sha256)
    assert gzip.decompress(base64.b64decode(row.packed)) == canonical_bytes(listed)


def test_the_same_list_is_kept_once(catalog: Catalog) -> None:
    with catalog.write() as session:
        assert keep_frame(session, FRAME) == keep_frame(session, list(reversed(FRAME)))
        session.commit()
    with catalog.write() as session:
        keep_frame(session, FRAME)
        session.commit()
        assert session.scalar(sa.select(sa.func.count()).select_from(AuditFrame)) == 1


def test_a_draw_that_was_exchanged_is_found(town: Town) -> None:
    audit = drawn(town.session)
    frame = read_frame(town.session, audit)
    sha256 = keep_frame(town.session, frame)
    other = Audit(number="AUD-2026-0099", seed="another", size=6, starts_at=at(0), ends_at=at(24),
                  strata={}, frame_sha256=sha256, drawn_by="aud", drawn_at=NOW)  # fmt: skip
    town.session.add(other)
    town.session.flush()
    found = redraw(town.session, other)
    assert not found.is_same
    assert (found.kept, len(found.again)) == ((), 6)


@pytest.mark.parametrize(
    "packed",
    [
        base64.b64encode(gzip.compress(b"[]", mtime=0)).decode(),
        base64.b64encode(b"no gzip").decode(),
        base64.b64encode(gzip.compress(b"[]", mtime=0)[:-9]).decode(),
        "not base64!",
    ],
    ids=["another list", "no gzip", "cut short", "no base64"],
)
def test_a_list_that_was_tampered_with_is_an_alarm_and_never_drawn_from(
    town: Town, packed: str
) -> None:
    with pytest.raises(IntegrityError):
        redraw(town.session, tampered(town.session, packed))


def test_an_audit_from_before_lists_were_kept_says_so(town: Town) -> None:
    old = Audit(number="AUD-2025-0001", seed="s", size=1, starts_at=at(0), ends_at=at(24),
                strata={}, frame_sha256="e" * 64, drawn_by="aud", drawn_at=NOW)  # fmt: skip
    town.session.add(old)
    town.session.flush()
    with pytest.raises(NotFound, match="was not kept"):
        redraw(town.session, old)


@pytest.mark.parametrize("seed", ["", "   ", "\t", "a\x00b", "a\nb", "x" * 65])
def test_a_seed_that_nobody_could_give_again_is_refused(town: Town, seed: str) -> None:
    with pytest.raises(InvalidInput, match="this seed could not be given again"):
        drawn(town.session, seed=seed)
    assert town.session.scalar(sa.select(sa.func.count()).select_from(Audit)) == 0


def test_spaces_around_a_seed_are_no_part_of_it(town: Town) -> None:
    assert drawn(town.session, seed=" s ").seed == "s"


@pytest.fixture
def run(town: Town, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `bwc coverage` over the town."""
    town.session.commit()
    monkeypatch.setenv("BWC_HOME", str(tmp_path))
    monkeypatch.setenv("BWC_CATALOG__URL", catalog.url)

    def command(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return command


def test_commands_draw_again_and_export_the_list(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    days = ("--since", "2026-03-02", "--until", "2026-03-02")
    made = json.loads(run("audit", *days, "--size", "6", "--seed", "s", "--json").stdout)
    number = made["number"]
    again = run("audit", "redraw", number)
    assert (again.exit_code, again.stdout.endswith(": the same draw\n")) == (0, True)
    document = json.loads(run("audit", "redraw", number, "--json").stdout)
    assert document["same"] is True
    assert [one["call"] for one in document["drawn_again"]] == [
        one["call"] for one in made["draws"]
    ]
    listed = json.loads(
        run("audit", "frame", number, "--json", "--csv", str(tmp_path / "l")).stdout
    )
    assert digest(listed["frame"]) == made["frame_sha256"]
    assert made["frame_kept"] is True
    heading, *rows = csv.reader((tmp_path / "l").read_text().splitlines())
    assert heading == listed["columns"] == ["call", "badge", "stratum"]
    assert rows == listed["frame"]
    assert len(run("audit", "frame", number).stdout.splitlines()) == 30


def test_a_command_refuses_an_empty_seed_and_an_unknown_audit(run: Callable[..., Result]) -> None:
    refused = run("audit", "--since", "2026-03-02", "--until", "2026-03-02", "--seed", "")
    assert refused.exit_code == 2
    assert "Leave the seed out to have one made" in refused.stderr
    assert run("audit", "redraw", "AUD-2026-0099").exit_code == 2
    assert run("audit", "frame", "AUD-2026-0099").exit_code == 2


def test_the_rank_of_a_draw_is_checked_with_any_tool(town: Town) -> None:
    audit = drawn(town.session)
    frame = read_frame(town.session, audit)
    first = min(
        (one for one in frame if one.stratum == "no video"),
        key=lambda one: hashlib.sha256(f"s|{one.stratum}|{one.call}|{one.badge}".encode()).hexdigest(),
    )  # fmt: skip
    lines = [line.call for line in draw_lines(town.session, audit) if line.stratum == "no video"]
    assert lines[0] == first.call


def test_the_desk_shows_the_list_and_the_draw_made_again(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    with house.catalog.write() as session:
        period = Span(at(0), DESK_NOW)
        number = draw_audit(session, period, size=3, seed="s", by="auditor", at=DESK_NOW).number
        session.commit()
    with serving(create_app(house=house)) as desk, signed_in(desk, Role.AUDITOR) as client:
        page = client.get(f"/audits/{number}").text
        assert f"/audits/{number}/redraw" in page
        assert "It is the same draw." in client.get(f"/audits/{number}/redraw").text
        document = client.get(f"/v1/audits/{number}/redraw").json()
        assert (document["same"], len(document["kept"])) == (True, 3)
        listed = client.get(f"/v1/audits/{number}/frame").json()
        assert digest(listed["frame"]) == listed["frame_sha256"] == document["frame_sha256"]
        table = client.get(f"/audits/{number}/frame.csv")
        assert list(csv.reader(table.text.splitlines())) == [listed["columns"], *listed["frame"]]
        assert client.get("/audits/AUD-2026-0099/redraw").status_code == 404
    with serving(create_app(house=house)) as desk, signed_in(desk, Role.OVERSIGHT) as client:
        for path in (f"/audits/{number}/frame.csv", f"/v1/audits/{number}/frame"):
            assert client.get(path).status_code == 403
