"""Letters over JSON: the same as the forms, and under the same limit."""

from typing import Annotated

from fastapi import APIRouter, Body, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from api.portal.documents import Receipt
from api.portal.forms import NOT_KEPT, address_of, get_mailbox
from api.problems import problem_responses
from bwc.errors import NotFound
from bwc.requests.letter import ID, Written

router = APIRouter(prefix="/v1", tags=["letters"])


class LetterCreate(Written):
    """A letter. One that is sent twice under the same receipt number is one letter."""

    receipt: str | None = Field(
        None, pattern=ID, description="Made by who sends it, at random; left out: made here"
    )


class Sent(BaseModel):
    """The receipt number: the only way to follow the letter."""

    receipt: str


class ReceiptAsked(BaseModel):
    """A receipt number, in the body so that no log keeps it."""

    receipt: str = Field(max_length=60)


@router.post(
    "/letters", status_code=201, response_model=Sent, responses=problem_responses(422, 429, 503)
)
def send_letter(request: Request, letter: Annotated[LetterCreate, Body()]) -> Response:
    """Complain, object, appeal, report a problem or ask for recordings. No account, no name."""
    written = Written.model_validate(letter.model_dump(exclude={"receipt"}))
    number = get_mailbox(request).send(written, address=address_of(request), receipt=letter.receipt)
    return JSONResponse({"receipt": number}, 201, headers=NOT_KEPT)


@router.post("/receipts", response_model=Receipt, responses=problem_responses(404, 422, 503))
def ask_receipt(request: Request, asked: Annotated[ReceiptAsked, Body()]) -> Response:
    """What became of a letter; 404 until the desk has opened it."""
    state = get_mailbox(request).state(asked.receipt)
    if state is None:
        raise NotFound("nothing is known under this receipt yet")
    return JSONResponse(state.model_dump(mode="json"), headers=NOT_KEPT)
