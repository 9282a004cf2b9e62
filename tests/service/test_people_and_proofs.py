"""Who was involved in an incident, and the files that prove its obligations: kept, and kept in."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bwc.catalog.store import Catalog
from bwc.catalog.tables import (
    CustodyEntry,
    Decision,
    Obligation,
    ProofFile,
    Recording,
    Role,
)
from bwc.custody.acts import Act
from bwc.errors import InvalidInput
from bwc.house import House
from bwc.ids import Sha256
from bwc.release.obligations import Duty, write_obligations
from bwc.release.proof_kind import LARGEST, ProofKind, kind_of
from bwc.release.public_text import public_text
from bwc.retention.blast import doomed
from tests.desk_ids import BADGE, CASE, NOW
from tests.desks import SignIn, furnish, make_house, signing_in, with_csrf

PEOPLE = f"/v1/incidents/{CASE.incident}/people"
FILES = f"/v1/obligations/{CASE.obligation}/files"
PDF = b"%PDF-1.7\nletter to the family\n%%EOF"
MAIL = b"From: r@example.org\r\nDate: Thu, 12 Mar 2026 10:00:00 -0600\r\n\r\nGr\xfc\xdfe\r\n"


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    return house


@pytest.fixture
def sign_in(house: House) -> Iterator[SignIn]:
    with signing_in(house) as sign_in:
        yield lambda role: with_csrf(sign_in(role))


def entries(house: House, act: Act) -> list[CustodyEntry]:
    with house.catalog.read() as session:
        return list(session.scalars(sa.select(CustodyEntry).where(CustodyEntry.act == act.value)))


def note(client: httpx.Client, **person: str) -> str:
    answer = client.post(PEOPLE, json={"source": "report, page 3", **person})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_who_was_involved_is_written_down_tied_and_struck(house: House, sign_in: SignIn) -> None:
    client = sign_in(Role.RECORDS)
    subject = note(client, role="subject", name="Ines Marlow")
    note(client, role="next_of_kin", name="Tom Marlow", of_id=subject, request_id=CASE.request)
    told = client.get(PEOPLE).json()
    by_name = {one["name"]: one for one in told["items"]}
    assert told["counts"] == {"subject": 1, "complainant": 1, "officer": 2, "next_of_kin": 1}
    assert (by_name["Tom Marlow"]["kin_of"], by_name["Tom Marlow"]["request"]) == (
        "Ines Marlow",
        "REQ-2026-0001",
    )
    assert "call C-104" in by_name["R. Vega"]["sources"], "the catalog knows officers by itself"
    page = client.get(f"/incidents/{CASE.incident}").text
    assert "Next of kin of Ines Marlow" in page
    found = client.get("/v1/search", params={"q": "marlow"}).json()["items"]
    assert [one["id"] for one in found] == [CASE.incident]
    strike = f"/v1/people/{subject}/strike"
    assert client.post(strike, json={"reason": "another person"}).status_code == 204
    assert client.post(strike, json={"reason": "again"}).status_code == 409
    assert "Ines Marlow" not in client.get(PEOPLE).text
    acts = entries(house, Act.PERSON_NOTED) + entries(house, Act.PERSON_STRUCK)
    assert [one.subject_id for one in acts] == [CASE.incident] * 3
    assert "Marlow" not in str([one.detail for one in acts]), "no name in the ledger"


def test_others_are_told_how_many_and_not_who(sign_in: SignIn) -> None:
    note(sign_in(Role.RECORDS), role="witness", name="Ines Marlow", note="saw it from the bus")
    for role in (Role.AUDITOR, Role.OVERSIGHT):
        client = sign_in(role)
        told = client.get(PEOPLE).json()
        assert (told["counts"]["witness"], told["items"]) == (1, [])
        for place in (f"/incidents/{CASE.incident}", f"/v1/incidents/{CASE.incident}"):
            text = client.get(place).text
            assert "Marlow" not in text
            assert "from the bus" not in text
        assert client.get("/v1/search", params={"q": "marlow"}).json()["items"] == []
        assert client.post(PEOPLE, json={"role": "witness", "source": "x"}).status_code == 403


def test_what_names_nobody_or_points_nowhere_is_refused(sign_in: SignIn) -> None:
    client = sign_in(Role.RECORDS)
    for person, fault in (
        ({"role": "witness"}, 422),
        ({"role": "witness", "name": "A", "source": " "}, 422),
        ({"role": "witness", "name": "A", "badge": BADGE}, 422),
        ({"role": "officer", "badge": "none"}, 404),
        ({"role": "witness", "name": "A", "request_id": CASE.hold}, 404),
        ({"role": "next_of_kin", "name": "A", "of_id": CASE.hold}, 404),
        ({"role": "king", "name": "A"}, 422),
        ({"role": "witness", "name": "A" * 201}, 422),
    ):
        answer = client.post(PEOPLE, json={"source": "report", **person})
        assert answer.status_code == fault, f"{person}: {answer.text}"
    elsewhere = "/v1/incidents/00000000-0000-7000-8000-000000000000/people"
    assert client.get(elsewhere).status_code == 404


def test_no_public_text_names_who_was_involved(house: House, sign_in: SignIn) -> None:
    note(sign_in(Role.RECORDS), role="subject", name="Ines Marlow")
    with house.catalog.read() as session, pytest.raises(InvalidInput, match="was involved"):
        public_text(session, "Arrest of ines marlow", field="title", longest=200)


def test_an_obligation_is_proven_in_words_and_by_a_file(house: House, sign_in: SignIn) -> None:
    client, sha256 = sign_in(Role.RECORDS), hashlib.sha256(PDF).hexdigest()
    form = {"proof": "Letter to Tom Marlow"}
    sent = {"file": ("../to Tom\r\nMarlow.pdf", PDF, "text/html")}
    place = f"/obligations/{CASE.obligation}"
    assert client.post(f"{place}/proof", data=form, files=sent).status_code == 303
    duty = next(
        one
        for one in client.get(f"/v1/incidents/{CASE.incident}").json()["obligations"]
        if one["id"] == CASE.obligation
    )
    (file,) = duty["files"]
    assert (duty["state"], file["sha256"], file["kind"]) == ("proven", sha256, "application/pdf")
    saved = client.get(f"{place}/files/{file['id']}")
    assert saved.content == PDF
    assert saved.headers["content-type"] == "application/pdf", "by its bytes, not its sender"
    assert saved.headers["content-disposition"].startswith("attachment; ")
    assert saved.headers["x-content-type-options"] == "nosniff"
    assert client.get(f"/v1{place}/files/{file['id']}").content == PDF
    again = client.post(FILES, files={"file": ("b.pdf", PDF, "application/pdf")}).json()
    assert again["id"] == file["id"], "the same file is kept once"
    (filed,) = entries(house, Act.PROOF_FILED)
    assert (filed.subject_id, filed.detail["sha256"]) == (CASE.obligation, sha256)
    said = str([one.detail for one in entries(house, Act.OBLIGATION_PROVEN)] + [filed.detail])
    assert "Marlow" not in said, "the ledger names a proof by its hash"
    read = [one for one in entries(house, Act.VIEWING) if one.subject_id == CASE.obligation]
    assert len(read) == 2
    house.vault.check(Sha256(sha256))


def test_a_proof_is_read_by_those_who_work_on_the_case(sign_in: SignIn) -> None:
    client = sign_in(Role.RECORDS)
    file = client.post(FILES, files={"file": ("Marlow.txt", b"dear", "text/plain")}).json()
    client.post(f"/v1/obligations/{CASE.obligation}/proof", json={"proof": "Letter to Marlow"})
    for role in (Role.AUDITOR, Role.OVERSIGHT):
        other = sign_in(role)
        assert other.get(f"{FILES}/{file['id']}").status_code == 403
        assert other.post(FILES, files={"file": ("a.txt", b"a", "text/plain")}).status_code == 403
        for place in (f"/incidents/{CASE.incident}", f"/v1/incidents/{CASE.incident}"):
            assert "Marlow" not in other.get(place).text


def test_what_is_no_proof_leaves_nothing_behind(house: House, sign_in: SignIn) -> None:
    client = sign_in(Role.RECORDS)
    before = set(house.vault.addresses())
    refused = {
        "a program": (FILES, b"\x7fELF\x02\x01", 422),
        "nothing": (FILES, b"", 422),
        "too large": (FILES, b"a" * (LARGEST + 1), 422),
        "beyond the form": (FILES, b"a" * (LARGEST + 2**18), 413),
        "of no obligation": (FILES.replace(CASE.obligation, CASE.hold), PDF, 404),
    }
    for what, (place, body, status) in refused.items():
        answer = client.post(place, files={"file": ("a.pdf", body, "application/pdf")})
        assert answer.status_code == status, f"{what}: {answer.text}"
    elsewhere = client.post(f"/v1/incidents/{CASE.incident}/facts", content=b"a" * 2**21)
    assert elsewhere.status_code == 413, "the room is for proofs alone"
    assert set(house.vault.addresses()) == before
    with house.catalog.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ProofFile)) == 0


def test_a_file_is_not_kept_where_the_sentence_with_it_is_no_proof(
    house: House, sign_in: SignIn
) -> None:
    client, place = sign_in(Role.RECORDS), f"/obligations/{CASE.obligation}/proof"
    before = set(house.vault.addresses())

    def send(proof: str) -> httpx.Response:
        sent = {"file": ("a.pdf", PDF, "application/pdf")}
        return client.post(place, data={"proof": proof}, files=sent)

    for empty in ("", "   "):
        assert send(empty).status_code == 422
        assert set(house.vault.addresses()) == before
    json = {"proof": "Letter of today"}
    assert client.post(f"/v1{place}", json=json).is_success
    again = send("Once more")
    assert (again.status_code, set(house.vault.addresses())) == (409, before)


@pytest.mark.parametrize(
    ("body", "name", "kind"),
    [
        (PDF, "letter.html", ProofKind.PDF),
        (b"\x89PNG\r\n\x1a\n...", "scan", ProofKind.PNG),
        (b"\xff\xd8\xff\xe0...", "scan.png", ProofKind.JPEG),
        ("Grüße an die Familie\n".encode(), "note", ProofKind.TEXT),
        (b"<script>alert(1)</script>", "a.html", ProofKind.TEXT),
        (MAIL, "letter.EML", ProofKind.MAIL),
        (b"MZ\x90\x00", "letter.pdf", None),
        (b"<svg>\x00</svg>", "a.svg", None),
        (MAIL, "letter.txt", None),
        (b"Subject: no sender\n\nx\xff", "a.eml", None),
        (b"PK\x03\x04", "letter.docx", None),
    ],
)
def test_a_file_is_what_its_bytes_say(body: bytes, name: str, kind: ProofKind | None) -> None:
    if kind is not None:
        assert kind_of(body, name=name) is kind
        return
    with pytest.raises(InvalidInput, match="no file that is kept as a proof"):
        kind_of(body, name=name)


def test_a_file_stays_with_what_stays_proven_and_with_what_shares_its_bytes(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(Role.RECORDS)
    poster = house.vault.put(io.BytesIO(b"\x89PNG\r\n\x1a\n poster")).sha256
    sent = {"file": ("scan.png", b"\x89PNG\r\n\x1a\n poster", "image/png")}
    client.post(FILES, files=sent)
    client.post(f"/v1/obligations/{CASE.obligation}/proof", json={"proof": "Letter"})
    with house.catalog.write() as session:
        older = session.get_one(Decision, CASE.decision)
        duty = session.get_one(Obligation, CASE.obligation)
        same = Duty(
            kind=duty.kind, recipient=duty.recipient, element=None, owner="records", due=None,
            lead_seconds=None, blocks_release=True,
        )  # fmt: skip
        (row,) = write_obligations(session, older, [same], older=older, local=NOW)
        carried = session.scalars(sa.select(ProofFile).where(ProofFile.obligation_id == row.id))
        assert [one.sha256 for one in carried] == [poster]
        recording = session.get_one(Recording, CASE.own_recording)
        recording.poster_sha256 = poster
        session.flush()
        assert poster not in {one.sha256 for one in doomed(session, recording)}
