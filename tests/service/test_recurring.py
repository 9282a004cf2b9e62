"""A duty that comes again and again: each turn is proven for itself, and a missed one stays due."""

from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bwc.catalog.release import Decision, Obligation, ObligationState
from bwc.catalog.store import Catalog
from bwc.release.due_work import due_work
from bwc.release.obligations import prove
from tests.release_room import ROSA, ReleaseRoom
from workers.schedule import ask_for_daily_work

pytestmark = [pytest.mark.service, pytest.mark.media]

DENVER = "America/Denver"
RENEWED = """
  - id: test.renewed
    title: A delayed requester hears again every 30 days
    citation: T.S. § 3
    source: [text]
    read_on: 2026-01-01
    basis: found
    status: verified
    verified_by: "A. Lawyer"
    verified_on: 2026-01-02
    overrides: [test.complained-of]
    when: {request: {stated: true}}
    then:
      modality: MUST
      outcome: DELAY
      renew_every: {amount: 30, unit: calendar_days}
      obligations:
        - kind: NOTIFY
          to: requester
          every: {amount: 30, unit: calendar_days}
          counted_from: {after: request.received_at, amount: 0}
          blocks_release: false
"""
FIRST, SECOND, THIRD = date(2026, 3, 27), date(2026, 4, 26), date(2026, 5, 26)


@pytest.fixture
def room(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseRoom:
    """A case whose release is delayed, and whose requester must hear again by FIRST."""
    monkeypatch.chdir(tmp_path)
    room = ReleaseRoom(tmp_path, sqlite_catalog)
    rules = tmp_path / "policies" / "test" / "rules" / "release.yaml"
    rules.write_text(rules.read_text() + RENEWED)
    room.open_case()
    room.run()
    assert turns(room) == [FIRST]
    return room


def test_a_letter_that_was_sent_is_due_again_at_the_next_turn(room: ReleaseRoom) -> None:
    send(room)
    assert turns(room) == []
    days_later(room, 26)
    assert turns(room) == [SECOND]


def test_a_letter_that_was_not_sent_stays_due_beside_the_next(room: ReleaseRoom) -> None:
    days_later(room, 26)
    assert turns(room) == [FIRST, SECOND]
    send(room)
    assert turns(room) == [SECOND]
    days_later(room, 30)
    assert turns(room) == [SECOND, THIRD]
    send(room)
    send(room)
    days_later(room, 1)
    assert turns(room) == []


def turns(room: ReleaseRoom) -> list[date]:
    """The days on which the requester must have heard, as the calendar of due work has them."""
    with room.catalog.read() as session:
        found = [due.by for due in due_work(session) if due.what.startswith("notify")]
    return sorted(by.astimezone(ZoneInfo(DENVER)).date() for by in found)


def send(room: ReleaseRoom) -> None:
    """Prove the letter that was due first."""
    with room.catalog.write() as session:
        rows = (
            sa.select(Obligation)
            .join(Decision, Decision.id == Obligation.decision_id)
            .where(Obligation.state == ObligationState.OPEN, Decision.superseded_at.is_(None))
        )
        row = session.scalars(rows.order_by(Obligation.due_at).limit(1)).one()
        prove(session, row.id, proof="Letter of today", by=ROSA, at=room.clock.now())
        session.commit()
    room.run()


def days_later(room: ReleaseRoom, days: int) -> None:
    room.clock.move(timedelta(days=days))
    ask_for_daily_work(room.catalog, now=room.clock.now(), zone=DENVER)
    room.run()
