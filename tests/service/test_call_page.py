"""The page of one call: every officer's part to the second, and only his own to an officer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bwc.catalog.store import Catalog
from bwc.catalog.tables import CallUnit, Recording, RecordingState, Role
from tests.desk_ids import BADGE, CASE, DAY, MINUTE, NOW, OTHER_BADGE
from tests.desks import SignIn, furnish, make_house, signing_in

PAGE = "/coverage/call?number=C-104"


@pytest.fixture
def sign_in(sqlite_catalog: Catalog, tmp_path: Path) -> Iterator[SignIn]:
    """Call C-104 with two officers, of whom the other one recorded nothing of it."""
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    with house.catalog.write() as session:
        session.add(
            CallUnit(
                call_id=CASE.call,
                officer_id=CASE.other_officer,
                dispatched_at=NOW - 4 * DAY + MINUTE,
                arrived_at=NOW - 4 * DAY + 10 * MINUTE,
                cleared_at=NOW - 4 * DAY + 12 * MINUTE,
            )
        )
        session.commit()
    with signing_in(house) as sign_in:
        yield sign_in


def test_a_call_shows_every_officers_part_with_what_is_missing(sign_in: SignIn) -> None:
    text = sign_in(Role.AUDITOR).get(PAGE).text
    assert f"Badge {BADGE}" in text
    assert f"Badge {OTHER_BADGE}" in text
    assert "early stop" in text
    assert "Expected from" in text
    assert f'href="/recordings/{CASE.own_recording}"' in text


def test_the_oversight_board_sees_figures_and_no_recording(sign_in: SignIn) -> None:
    text = sign_in(Role.OVERSIGHT).get(PAGE).text
    assert f"Badge {OTHER_BADGE}" in text
    assert "/recordings/" not in text


def test_an_officer_sees_his_own_part_alone(sign_in: SignIn) -> None:
    text = sign_in(Role.OFFICER).get(PAGE).text
    assert f"Badge {BADGE}" in text
    assert OTHER_BADGE not in text


def test_a_call_that_does_not_exist_is_not_found(sign_in: SignIn) -> None:
    assert sign_in(Role.AUDITOR).get("/coverage/call?number=C%2F999").status_code == 404


def test_the_department_page_says_how_sure_its_figures_are(sign_in: SignIn) -> None:
    text = sign_in(Role.AUDITOR).get("/coverage?first=2026-03-01&last=2026-03-12").text
    assert "1 of 5, too few to say a share" in text
    assert "Were every recording 60 seconds earlier" in text
    assert "camera camera" not in text


def test_lists_and_timelines_lead_to_the_call(sign_in: SignIn) -> None:
    day = (NOW - 4 * DAY).date()
    page = f"/coverage/officers/{BADGE}?first={day}&last={day}&day={day}"
    text = sign_in(Role.AUDITOR).get(page).text
    picture = text[text.index("<svg") : text.index("</svg>")]
    assert "/coverage/call?number=C-104" in picture
    assert text.count("/coverage/call?number=C-104") > picture.count("/coverage/call?number=C-104")


def test_an_officers_table_says_what_became_of_his_footage_and_in_which_shift_it_lay(
    sign_in: SignIn, sqlite_catalog: Catalog
) -> None:
    day = (NOW - 4 * DAY).date()
    table = f"/coverage/officers/{BADGE}?first={day}&last={day}"
    auditor = sign_in(Role.AUDITOR)
    assert "quarantined" not in auditor.get(table).text
    with sqlite_catalog.write() as session:  # what is left is a torn file that may be of that time
        session.get_one(Recording, CASE.own_recording).state = RecordingState.DISPOSED
        session.commit()
    assert ">quarantined</span>" in auditor.get(table).text
    page = auditor.get(PAGE).text
    assert "is in quarantine and cannot be read as yet" in page
    assert ", on shift of" in page
