"""What an auditor may watch, over HTTP on both databases: what he drew, and nothing else."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bwc.catalog.finding import AuditReview
from bwc.catalog.recording import Recording, RecordingState
from bwc.catalog.store import Catalog
from bwc.catalog.tables import CustodyEntry, Role
from bwc.coverage.audits import draw_audit, draw_lines
from bwc.custody.acts import Act
from bwc.house import House
from bwc.timeline import Span
from tests.desk_ids import CASE, DAY, MINUTE, NOW
from tests.desks import SignIn, csrf_of, furnish, make_house, signing_in

VIDEO = bytes(range(256)) * 40
REVIEW = dict.fromkeys(("activation", "notice", "deescalation", "intervention", "tag"), "yes")


@pytest.fixture
def house(catalog: Catalog, tmp_path: Path) -> House:
    """A furnished house; call C-104 of officer 1204 was recorded, his three others were not."""
    built = make_house(catalog, tmp_path / "house")
    furnish(built, video=VIDEO)
    return built


@pytest.fixture
def sign_in(house: House) -> Iterator[SignIn]:
    with signing_in(house) as sign_in:
        yield sign_in


def drawn(
    house: House, *, by: str = "auditor", at: datetime = NOW, calls: int = 4
) -> dict[str, str]:
    """The ids of the draws of an audit of the days, by their calls."""
    with house.catalog.write() as session:
        audit = draw_audit(session, Span(NOW - 11 * DAY, NOW), size=calls, by=by, at=at)
        lines = draw_lines(session, audit)
        session.commit()
    return {line.call: line.id for line in lines}


def proxy(draw: str, recording: str = CASE.own_recording) -> str:
    return f"/audits/draws/{draw}/recordings/{recording}/proxy"


def lists(draw: str) -> list[str]:
    return [f"/audits/draws/{draw}/footage", f"/v1/audits/draws/{draw}/footage"]


def viewings(house: House) -> list[tuple[str, str, object]]:
    with house.catalog.read() as session:
        query = sa.select(CustodyEntry).where(CustodyEntry.act == Act.VIEWING.value)
        return [
            (one.actor, one.subject_id, one.detail.get("audit")) for one in session.scalars(query)
        ]


def review(client: httpx.Client, draw: str) -> None:
    form = {**REVIEW, "csrf": csrf_of(client.get("/account").text)}
    assert client.post(f"/audits/draws/{draw}/reviews", data=form).status_code == 303


def refused(client: httpx.Client, *paths: str) -> None:
    for path in paths:
        assert client.get(path).status_code == 403, path


def test_an_auditor_watches_what_he_drew_and_it_is_written_down(
    house: House, sign_in: SignIn
) -> None:
    draw = drawn(house)["C-104"]
    client = sign_in(Role.AUDITOR)
    page, document = (client.get(path) for path in lists(draw))
    assert proxy(draw) in page.text
    [listed] = document.json()["recordings"]
    assert (listed["id"], listed["can_be_watched"]) == (CASE.own_recording, True)
    assert viewings(house) == []
    part = client.get(proxy(draw), headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, VIDEO[10:20])
    assert client.get(proxy(draw)).content == VIDEO
    assert viewings(house) == [("auditor", CASE.own_recording, "AUD-2026-0001")]


def test_what_he_watched_stands_in_his_review_and_is_closed_by_it(
    house: House, sign_in: SignIn
) -> None:
    draw = drawn(house)["C-104"]
    client = sign_in(Role.AUDITOR)
    client.get(proxy(draw))
    review(client, draw)
    with house.catalog.read() as session:
        assert session.scalars(sa.select(AuditReview.looked_at)).one() == [CASE.own_recording]
    refused(client, proxy(draw), *lists(draw))
    assert len(viewings(house)) == 1


def test_every_other_recording_is_refused(house: House, sign_in: SignIn) -> None:
    draws = drawn(house)
    client = sign_in(Role.AUDITOR)
    for other in (CASE.other_recording, CASE.untied, CASE.quarantined, "nothing"):
        refused(client, proxy(draws["C-104"], other))
    refused(client, proxy(draws["C-103"]))
    for path in ("proxy", "poster"):
        refused(client, f"/recordings/{CASE.own_recording}/{path}")
    refused(client, f"/renderings/{CASE.rendering}/video")
    assert client.get(proxy("nothing")).status_code == 404
    assert viewings(house) == []


def test_a_call_that_was_not_drawn_stays_closed(house: House, sign_in: SignIn) -> None:
    draws = drawn(house, calls=1)
    assert len(draws) == 1
    client = sign_in(Role.AUDITOR)
    [(call, draw)] = draws.items()
    assert client.get(proxy(draw)).status_code == (200 if call == "C-104" else 403)


@pytest.mark.parametrize("state", [RecordingState.QUARANTINED, RecordingState.DISPOSED])
def test_what_is_in_quarantine_or_disposed_of_is_refused(
    house: House, sign_in: SignIn, state: RecordingState
) -> None:
    draw = drawn(house)["C-104"]
    reason = "damaged" if state is RecordingState.QUARANTINED else None
    with house.catalog.write() as session:
        session.execute(
            sa.update(Recording)
            .where(Recording.id == CASE.own_recording)
            .values(state=state, quarantine_reason=reason)
        )
        session.commit()
    client = sign_in(Role.AUDITOR)
    refused(client, proxy(draw))
    page, document = (client.get(path) for path in lists(draw))
    assert "<video" not in page.text
    assert not any(one["can_be_watched"] for one in document.json()["recordings"])
    assert viewings(house) == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_the_way_is_the_auditors_alone(house: House, sign_in: SignIn, role: Role) -> None:
    draw = drawn(house, by=role.value)["C-104"]
    refused(sign_in(role), proxy(draw), *lists(draw))
    assert viewings(house) == []


def test_what_another_drew_is_closed(house: House, sign_in: SignIn) -> None:
    draw = drawn(house, by="another auditor")["C-104"]
    client = sign_in(Role.AUDITOR)
    refused(client, proxy(draw), *lists(draw))
    page = client.get("/audits/AUD-2026-0001").text
    assert "None of these are open to you" in page
    assert "watch it" not in page


@pytest.mark.parametrize(("age", "status"), [(90 * DAY, 403), (90 * DAY - MINUTE, 200)])
def test_an_audit_is_open_for_ninety_days(
    house: House, sign_in: SignIn, age: timedelta, status: int
) -> None:
    draw = drawn(house, at=NOW - age)["C-104"]
    assert sign_in(Role.AUDITOR).get(proxy(draw)).status_code == status


def test_the_audits_page_and_api_say_which_draws_are_open(house: House, sign_in: SignIn) -> None:
    draws = drawn(house)
    client = sign_in(Role.AUDITOR)
    review(client, draws["C-103"])
    page = client.get("/audits/AUD-2026-0001").text
    opened = {line["call"]: line["footage_open"] for line in client.get("/v1/audits/AUD-2026-0001").json()["draws"]}  # fmt: skip
    assert opened == {"C-101": True, "C-102": True, "C-103": False, "C-104": True}
    for call, draw in draws.items():
        assert (f"/audits/draws/{draw}/footage" in page) == opened[call]
    supervisor = sign_in(Role.SUPERVISOR).get("/audits/AUD-2026-0001").text
    assert "watch it" not in supervisor
