"""Random audits on both databases: draws, reviews, agreement, and what custody keeps of them."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bwc.catalog.finding import Audit
from bwc.catalog.store import Catalog
from bwc.catalog.tables import CustodyEntry
from bwc.coverage.audit_results import results
from bwc.coverage.audit_reviews import Mark, Question, review
from bwc.coverage.audits import draw_audit, draw_lines, find_audit
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.timeline import Span
from tests.roster import Stay, Town, at

MONDAY = Span(at(0), at(24))
NOW = at(60)
ALL_YES = dict.fromkeys(Question, Mark.YES)


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """Twelve calls of officer 7, the last two without video, and one that was cancelled."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        for hour in range(12):
            built.call(f"26-{hour:02}", hour, Stay("7", hour, hour + 0.5))
            if hour < 10:
                built.film(hour, hour + 0.5, serial="cam-1")
        built.call("26-90", 13, Stay("7", 13, 14), cancelled=True)
        yield built


def drawn(town: Town, size: int = 6, seed: str | None = "s") -> Audit:
    return draw_audit(town.session, MONDAY, size=size, seed=seed, by="aud", at=NOW)


def test_a_draw_holds_calls_without_video_and_never_a_cancelled_one(town: Town) -> None:
    lines = draw_lines(town.session, drawn(town))
    assert len(lines) == 6
    assert sum(not line.had_video for line in lines) == 2
    assert "26-90" not in {line.call for line in lines}


def test_two_draws_with_one_seed_are_equal_and_both_are_in_custody(town: Town) -> None:
    one, two, other = drawn(town), drawn(town), drawn(town, seed=None)
    assert (one.number, two.number) == ("AUD-2026-0001", "AUD-2026-0002")
    calls = [[line.call for line in draw_lines(town.session, audit)] for audit in (one, two)]
    assert calls[0] == calls[1]
    assert one.frame_sha256 == two.frame_sha256
    assert len(other.seed) == 32
    entries = town.session.scalars(sa.select(CustodyEntry.detail).where(CustodyEntry.act == "audit drawn"))  # fmt: skip
    assert [entry["seed"] for entry in entries] == ["s", "s", other.seed]


def test_reviews_add_up_and_two_reviewers_measure_their_agreement(town: Town) -> None:
    audit = drawn(town)
    lines = draw_lines(town.session, audit)
    for line in lines[:4]:
        marks = ALL_YES | {Question.ACTIVATION: Mark.YES if line.had_video else Mark.NO}
        review(town.session, line.id, marks, note="", by="aud", at=NOW)
    for line in lines[:2]:
        review(town.session, line.id, ALL_YES, note="", by="second", at=NOW)
    found = results(town.session, audit)
    assert (found["drawn"], found["reviewed"], found["reviewed_twice"]) == (6, 4, 2)
    questions = found["questions"]
    assert isinstance(questions, dict)
    activation = questions["activation"]
    assert isinstance(activation, dict)
    assert activation["answers"] == {"yes": 2, "no": 2, "does not apply": 0, "cannot tell": 0}
    assert activation["weighted"] == round(10 / 12, 4)
    assert activation["agreement"] == {"n": 2, "same": 0, "kappa": 0.0}


def test_custody_knows_what_the_reviewer_looked_at(town: Town) -> None:
    audit = drawn(town)
    line = next(line for line in draw_lines(town.session, audit) if line.had_video)
    seen = town.session.scalars(
        sa.text("SELECT id FROM recordings ORDER BY started_at LIMIT 1 OFFSET :n").bindparams(
            n=int(line.call.removeprefix("26-"))
        )
    ).one()
    for recording in (seen, "another"):
        about = About(Subject.RECORDING, recording)
        record(town.session, Act.VIEWING, about=about, actor="aud", at=NOW)
    row = review(town.session, line.id, ALL_YES, note="", by="aud", at=NOW)
    assert row.looked_at == [seen]
    entry = town.session.scalars(
        sa.select(CustodyEntry).where(CustodyEntry.act == "audit reviewed")
    ).one()
    assert (entry.actor, entry.detail["looked_at"]) == ("aud", [seen])


def test_a_form_is_whole_and_filled_once_by_each(town: Town) -> None:
    line = draw_lines(town.session, drawn(town))[0]
    with pytest.raises(InvalidInput):
        review(town.session, line.id, {Question.TAG: Mark.YES}, note="", by="aud", at=NOW)
    review(town.session, line.id, ALL_YES, note="", by="aud", at=NOW)
    with pytest.raises(Conflict):
        review(town.session, line.id, ALL_YES, note="", by="aud", at=NOW)
    with pytest.raises(NotFound):
        review(town.session, "nothing", ALL_YES, note="", by="aud", at=NOW)


def test_a_period_without_calls_cannot_be_drawn_from(town: Town) -> None:
    with pytest.raises(InvalidInput):
        draw_audit(town.session, Span(at(48), at(72)), size=5, by="aud", at=NOW)
    with pytest.raises(NotFound):
        find_audit(town.session, "AUD-2026-0009")
