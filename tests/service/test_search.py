"""The search box finds what people have in hand, and nothing that they may not see."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bwc.canonical import digest
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Role
from tests.desk_ids import BADGE, CASE
from tests.desks import SignIn, csrf_of, furnish, make_house, signing_in


@pytest.fixture
def sign_in(sqlite_catalog: Catalog, tmp_path: Path) -> Iterator[SignIn]:
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    with signing_in(house) as sign_in:
        yield sign_in


def found(client: httpx.Client, text: str) -> set[tuple[str, str]]:
    answer = client.get("/v1/search", params={"q": text})
    assert answer.status_code == 200, answer.text
    return {(one["kind"], one["id"]) for one in answer.json()["items"]}


def test_a_case_a_badge_a_camera_and_a_hash_are_found(sign_in: SignIn) -> None:
    client = sign_in(Role.SUPERVISOR)
    recording = ("recording", CASE.own_recording)
    for text in ("BWC_0417_0007", "cam-0417", BADGE, "r. vega", f"{1:064x}", "A" * 12, "b" * 64):
        assert recording in found(client, text), text
    for text in ("2026-00412", "colfax avenue", "C-104"):
        assert ("incident", CASE.incident) in found(client, text), text
    assert ("officer", BADGE) in found(client, BADGE)
    assert ("request", CASE.request) in found(client, "REQ-2026-0001")
    assert ("release", CASE.release) in found(client, "Arrest on Colfax")
    assert found(client, "100%") == found(client, "_zz") == set(), "no pattern of a database"


def test_nobody_finds_what_he_may_not_see(sign_in: SignIn) -> None:
    assert ("request", CASE.request) in found(sign_in(Role.RECORDS), "whitfield")
    auditor, oversight = sign_in(Role.AUDITOR), sign_in(Role.OVERSIGHT)
    assert found(auditor, "whitfield") == found(oversight, "whitfield") == set()
    assert found(auditor, "lay down") == set(), "a complaint may name who wrote it"
    assert found(oversight, "BWC_0417") == set()
    assert found(sign_in(Role.ADMIN), "BWC_0417") == set()
    own = found(sign_in(Role.OFFICER), "BWC_0")
    assert ("recording", CASE.own_recording) in own
    assert ("recording", CASE.other_recording) not in own


def test_the_page_links_to_what_it_found(sign_in: SignIn) -> None:
    page = sign_in(Role.RECORDS).get("/search", params={"q": "colfax"}).text
    assert f'href="/incidents/{CASE.incident}"' in page
    assert "Two characters at least" in sign_in(Role.OFFICER).get("/search").text


def test_the_queue_is_narrowed_by_step_by_words_and_to_what_is_late(sign_in: SignIn) -> None:
    client = sign_in(Role.SUPERVISOR)
    for question, there, gone in (
        ({"step": "Prove"}, "notify to next of kin", "a second person must approve"),
        ({"words": "Next of Kin"}, "notify to next of kin", "a second person must approve"),
        ({"late": "true"}, "notify to next of kin", "a second person must approve"),
    ):
        rows = client.get("/queue", params=question).text
        assert there in rows, question
        assert gone not in rows, question
    assert "Nothing of this kind waits" in client.get("/queue?words=nothing+like+it").text


def test_the_custody_of_an_incident_is_a_document_whose_entries_hash_again(
    sign_in: SignIn,
) -> None:
    client = sign_in(Role.AUDITOR)
    answer = client.get(f"/v1/incidents/{CASE.incident}/custody")
    assert "custody-" in answer.headers["content-disposition"]
    entries = answer.json()["entries"]
    for entry in entries:
        said = entry.pop("hash")
        assert digest(entry) == said
    assert {entry["subject_kind"] for entry in entries} >= {"incident", "recording", "release"}
    assert sign_in(Role.OVERSIGHT).get(f"/v1/incidents/{CASE.incident}/custody").status_code == 403


def test_work_is_taken_given_back_and_ordered_together(sign_in: SignIn) -> None:
    client = sign_in(Role.RECORDS)
    token = csrf_of(client.get("/account").text)
    pieces = [f"Prove:{CASE.obligation}", f"Tie to an incident:{CASE.untied}"]

    def post(path: str, *marked: str, **more: str) -> int:
        form = {"csrf": token, "piece": list(marked), **more}
        return client.post(path, data=form).status_code

    assert post("/queue/assign", *pieces, username="supervisor") == 303
    assert client.get("/queue").text.count("taken by supervisor") == 2
    mine = sign_in(Role.SUPERVISOR).get("/queue?whose=mine").text
    assert "notify to next of kin" in mine
    assert "a second person must approve" not in mine
    assert post("/queue/give-back", pieces[0]) == 303
    taken = {one["subject_id"]: one["taken_by"] for one in client.get("/v1/queue").json()["items"]}
    assert (taken[CASE.obligation], taken[CASE.untied]) == (None, "supervisor")
    assert post("/queue/assign", *pieces, username="oversight") == 422, "she works on no queue"
    assert post("/queue/assign", username="records") == 422, "nothing is marked"
    assert post("/queue/redact", *pieces) == 422, "nothing of it waits to be redacted"
    assert post("/queue/redact", f"Redact:{CASE.untied}", f"Redact:{CASE.quarantined}") == 409
    assert post("/queue/redact", f"Redact:{CASE.untied}") == 303
    asked = [job["kind"] for job in client.get("/v1/jobs").json()["items"]]
    assert asked.count("analyse") == 1, "all or none"


def test_the_queue_says_what_of_the_clock_was_counted_and_who_may_extend_it(
    sign_in: SignIn,
) -> None:
    client = sign_in(Role.SUPERVISOR)
    items = client.get("/v1/queue").json()["items"]
    clocks = {one["step"]: one["clock"] for one in items}
    clock = clocks["Approve"]
    assert (clock["net_days"], clock["gross_days"], clock["extended"]) == (19, 21, 0)
    (more,) = clock["extensions"]
    assert (more["amount"], more["granted_by"]) == ("14 calendar days", "the agency")
    assert clocks["Prove"] is None, "a notice is due by a clock of its own"
    page = " ".join(client.get("/queue").text.split())
    for said in (
        "19 days counted, 21 gross (it stood still: criminal stay: 2 days)",
        "+14 calendar days by the agency under C.R.S. 24-31-902(2)(a), for unusual",
    ):
        assert said in page, said
