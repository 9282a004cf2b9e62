"""Proving an obligation by what was done and by files, and reading those files."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import Response, StreamingResponse

from api.desk.notes import Note
from api.desk.proofs import store_proof
from api.desk.templating import back_to
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.house import House
from bwc.ids import Sha256
from bwc.release.obligations import prove, require_unproven
from bwc.release.proof_files import add_file, read_file, require_provable

router = APIRouter()
Prover = Annotated[Actor, may(Right.PROVE_OBLIGATION)]


@router.post("/obligations/{obligation_id}/proof")
def prove_obligation(
    obligation_id: str,
    house: HouseDep,
    actor: Prover,
    proof: Annotated[str, Form()],
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Say how an obligation was met, with the file that shows it if there is one."""
    now = house.clock.now()
    with house.catalog.read() as session:
        require_unproven(session, obligation_id, proof=proof)
    stored = store_proof(house, obligation_id, file) if file and file.filename else None
    with house.catalog.write() as session:
        row = prove(session, obligation_id, proof=proof, by=actor.username, at=now)
        if stored is not None:
            add_file(session, obligation_id, stored, by=actor.username, at=now)
        incident_id = row.incident_id
        session.commit()
    return back_to(f"/incidents/{incident_id}", Note.OBLIGATION_PROVEN)


@router.post("/obligations/{obligation_id}/files")
def add_proof_file(
    obligation_id: str, house: HouseDep, actor: Prover, file: Annotated[UploadFile, File()]
) -> Response:
    """Add a file to what proves an obligation."""
    stored = store_proof(house, obligation_id, file)
    with house.catalog.write() as session:
        incident_id = require_provable(session, obligation_id).incident_id
        add_file(session, obligation_id, stored, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to(f"/incidents/{incident_id}", Note.PROOF_FILED)


@router.get("/obligations/{obligation_id}/files/{file_id}")
def proof_file(
    obligation_id: str,
    file_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.READ_PROOF)],
) -> Response:
    """A file of proof, to be saved; that it was read is written down first."""
    return proof_of(house, obligation_id, file_id, actor)


def proof_of(house: House, obligation_id: str, file_id: str, actor: Actor) -> Response:
    """The bytes as an attachment: no browser shows here what somebody sent in."""
    with house.catalog.write() as session:
        file = read_file(session, obligation_id, file_id, by=actor.username, at=house.clock.now())
        sha256, size, kind, name = Sha256(file.sha256), file.size_bytes, file.kind, file.name
        session.commit()
    headers = {
        "content-disposition": f"attachment; filename=\"proof\"; filename*=UTF-8''{quote(name)}",
        "content-length": str(size),
        "etag": f'"{sha256}"',
    }
    return StreamingResponse(house.vault.read(sha256), media_type=kind, headers=headers)
