"""Proving obligations: in words, by files, and the files again."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from fastapi.responses import Response

from api.desk.pages.proofs import proof_of
from api.desk.proofs import store_proof
from api.desk.v1.case_schemas import ObligationRead, ProofCreate, ProofFileRead
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.catalog.views.cases import list_proofs
from bwc.release.obligations import prove
from bwc.release.proof_files import add_file

router = APIRouter(tags=["cases"], responses=problem_responses(401, 403, 404, 422))
Prover = Annotated[Actor, may(Right.PROVE_OBLIGATION)]
WRITES = problem_responses(409)


@router.post("/obligations/{obligation_id}/proof", responses=WRITES)
def prove_obligation(
    obligation_id: str, body: ProofCreate, house: HouseDep, actor: Prover
) -> ObligationRead:
    """Say how an obligation was met; a release that waited for it may go out."""
    with house.catalog.write() as session:
        row = prove(
            session, obligation_id, proof=body.proof, by=actor.username, at=house.clock.now()
        )
        session.flush()
        read = ObligationRead.model_validate(row)
        files = list_proofs(session, [row.id]).get(row.id, ())
        session.commit()
    read.files = [ProofFileRead.model_validate(file) for file in files]
    return read


@router.post(
    "/obligations/{obligation_id}/files",
    status_code=HTTPStatus.CREATED,
    responses=problem_responses(409, 413),
)
def add_proof_file(
    obligation_id: str, house: HouseDep, actor: Prover, file: Annotated[UploadFile, File()]
) -> ProofFileRead:
    """Keep a file (PDF, PNG, JPEG, text or e-mail, at most 16 MiB) as proof; prove it in words too."""
    stored = store_proof(house, obligation_id, file)
    with house.catalog.write() as session:
        row = add_file(session, obligation_id, stored, by=actor.username, at=house.clock.now())
        read = ProofFileRead.model_validate(row)
        session.commit()
    return read


@router.get(
    "/obligations/{obligation_id}/files/{file_id}",
    response_class=Response,
    responses={
        HTTPStatus.OK.value: {
            "description": "The file",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    },
)
def get_proof_file(
    obligation_id: str,
    file_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.READ_PROOF)],
) -> Response:
    """The file, as an attachment; that it was read is a custody entry."""
    return proof_of(house, obligation_id, file_id, actor)
