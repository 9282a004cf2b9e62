"""A decision that other packs or another day would make otherwise publishes nothing."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bwc.catalog.release import Decision, Obligation, ObligationState, Release, ReleaseState
from bwc.catalog.store import Catalog
from bwc.jobs.kinds import JobKind
from bwc.policy.packs import load_packs
from bwc.policy.rules import Packs
from bwc.release.decide import true_today
from bwc.release.due_work import due_work
from bwc.requests.facts import assert_fact
from tests.release_room import ROSA, ReleaseRoom
from workers.schedule import ask_for_daily_work

pytestmark = [pytest.mark.service, pytest.mark.media]

WEEK = "clocks:\n  week: {after: request.received_at, amount: 7}\n"  # ends two days after NOW
WITHHELD = """
  - id: test.withheld-{number}
    title: Withheld, by the day
    citation: T.S. § 3
    source: [text]
    read_on: 2026-01-01
    basis: found
    status: verified
    verified_by: "A. Lawyer"
    verified_on: 2026-01-02
    overrides: [test.complained-of]
    when: {when}
    then:
      modality: MUST_NOT
      outcome: WITHHOLD
"""
HARMED, HIT = "injury_caused_by_officer", "shot_hit_or_could_hit_person"
BEFORE = f"{{all: [{{not: {{past: clock.week}}}}, {{{HARMED}: true}}]}}"
AFTER = f"{{all: [{{past: clock.week}}, {{{HIT}: true}}]}}"


@pytest.fixture
def room(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseRoom:
    monkeypatch.chdir(tmp_path)
    return ReleaseRoom(tmp_path, sqlite_catalog)


def test_the_gate_is_closed_by_other_packs_that_say_the_same(room: ReleaseRoom) -> None:
    release_id = room.ready()
    room.write_pack(version="2")
    with room.catalog.read() as session:
        release = session.get_one(Release, release_id)
        gate = true_today(session, release, packs=packs_of(room), at=room.clock.now())
    assert (gate.open, gate.why) == (False, "the rules were changed since it was decided")


def test_an_approved_release_stays_in_when_a_clock_has_run_out_since(room: ReleaseRoom) -> None:
    withhold(room, ["{past: clock.week}"])
    release_id = room.ready()
    room.approve(release_id)
    room.clock.move(timedelta(days=3))
    room.run()
    first = room.jobs(JobKind.PUBLISH)[0].result
    assert first is not None
    assert first["closed"] == [
        {
            "gate": "decision still true today",
            "why": "the rules say MUST_NOT WITHHOLD today",
            "opens_at": None,
        }
    ]
    assert standing(room).outcome == "WITHHOLD", "and it was decided again"
    assert "decision releases" in room.closed(release_id)
    assert room.release(release_id).state is ReleaseState.APPROVED
    assert not room.is_listed(release_id)


@pytest.mark.parametrize("days", [1, 3])
def test_an_approved_release_goes_out_while_the_clock_runs(room: ReleaseRoom, days: int) -> None:
    withhold(room, ["{past: clock.week}"])
    release_id = room.ready()
    room.approve(release_id)
    room.clock.move(timedelta(days=days))
    room.run()
    assert room.is_listed(release_id) is (days == 1)


def test_a_day_that_changes_what_is_asked_and_nothing_else_has_it_asked(room: ReleaseRoom) -> None:
    withhold(room, [BEFORE, AFTER])
    room.open_case()
    with room.catalog.write() as session:
        for name in (HARMED, HIT):
            assert_fact(
                session,
                room.incident_id,
                name=name,
                value="unknown",
                source="report",
                by=ROSA,
                at=room.clock.now(),
            )
        session.commit()
    room.run()
    assert (standing(room).outcome, asked(room)) == ("REFER_HUMAN", [HARMED])
    room.clock.move(timedelta(days=3))
    ask_for_daily_work(room.catalog, now=room.clock.now(), zone="America/Denver")
    room.run()
    assert (standing(room).outcome, asked(room)) == ("REFER_HUMAN", [HIT])


def test_a_deadline_is_due_until_what_it_is_for_is_public(room: ReleaseRoom) -> None:
    release_id = room.ready()
    (due,) = deadlines(room)
    assert "release redacted" in due
    room.approve(release_id)
    assert deadlines(room) == [due]
    room.run()
    assert room.is_listed(release_id)
    assert deadlines(room) == []


def withhold(room: ReleaseRoom, conditions: Sequence[str]) -> None:
    """Add to the department's rules one that withholds, for each condition."""
    home = room.folder / "policies" / "test"
    head, rules = home / "pack.yaml", home / "rules" / "release.yaml"
    head.write_text(head.read_text() + WEEK)
    more = "".join(
        WITHHELD.format(number=number, when=when) for number, when in enumerate(conditions)
    )
    rules.write_text(rules.read_text() + more)


def standing(room: ReleaseRoom) -> Decision:
    with room.catalog.read() as session:
        return session.scalars(sa.select(Decision).where(Decision.superseded_at.is_(None))).one()


def asked(room: ReleaseRoom) -> list[str | None]:
    """The facts that someone has to find out, as the queue has them."""
    with room.catalog.read() as session:
        rows = sa.select(Obligation.element).where(
            Obligation.kind == "NEED_FACT", Obligation.state == ObligationState.OPEN
        )
        return list(session.scalars(rows))


def deadlines(room: ReleaseRoom) -> list[str]:
    with room.catalog.read() as session:
        return [due.what for due in due_work(session)]


def packs_of(room: ReleaseRoom) -> Packs:
    return load_packs(["test"], room.folder / "policies")
