"""Complaint, request and receipt: forms that work without script, account or name."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Route

from api.portal.documents import Manifest, Tombstone
from api.portal.library import Library
from api.portal.mailing import Mailbox
from api.portal.templating import get_pages
from api.problems import EdgeProblem
from bwc.errors import InvalidInput, NotFound
from bwc.requests.letter import LetterKind, Written, new_receipt

MOST_FIELDS = 40
NOT_KEPT = {"cache-control": "no-store"}
FIELDS = ("kind", "role", "description", "when_where", "name", "contact", "release_id", "receipt")
COMPLAINT_KINDS = {
    LetterKind.COMPLAINT: "What an officer did or failed to do",
    LetterKind.OBJECTION: "Something public that should be hidden or taken back",
    LetterKind.APPEAL: "A refusal, a delay or a withdrawal (an appeal)",
    LetterKind.PROBLEM: "A mistake in a video, its captions or a page",
}
COMPLAINANTS = {
    "civilian": "Anyone: a witness, a relative, a third party, or nobody in particular",
    "subject": "The person it happened to",
    "nonprofit": "An organisation",
    "officer": "An officer",
}
REQUESTERS = {
    "public": "Anyone",
    "press": "Press",
    "subject": "A person who is in the recording",
    "subject_attorney": "A lawyer of such a person",
    "parent_guardian": "A parent or guardian of such a person",
    "next_of_kin": "Next of kin",
    "oversight": "An oversight body",
}


def complaint(request: Request) -> Response:
    """The empty form; `?release=` and `?kind=` say what it is about."""
    asked = request.query_params
    typed = {"release_id": asked.get("release", ""), "kind": asked.get("kind", "complaint")}
    return _form(request, "complaint.html", typed)


def record_request(request: Request) -> Response:
    """The empty form for asking for recordings."""
    return _form(request, "request.html", {})


async def send_complaint(request: Request) -> Response:
    """Seal what was written; the page with the receipt, or the form with what is wrong."""
    typed = await _typed(request)
    return await run_in_threadpool(_send, request, "complaint.html", typed)


async def send_request(request: Request) -> Response:
    """The same for a request."""
    typed = await _typed(request) | {"kind": LetterKind.REQUEST.value}
    return await run_in_threadpool(_send, request, "request.html", typed)


def receipt(request: Request) -> Response:
    """Where to ask what became of a letter."""
    return _receipt(request, "", asked=False)


async def ask_receipt(request: Request) -> Response:
    """What became of it; the number travels in the body, so that no log or history keeps it."""
    number = (await _typed(request)).get("receipt", "")
    return await run_in_threadpool(_receipt, request, number, asked=True)


def form_routes() -> list[BaseRoute]:
    """Every form, empty and sent."""
    return [
        Route("/complaint", complaint),
        Route("/complaint", send_complaint, methods=["POST"]),
        Route("/request", record_request),
        Route("/request", send_request, methods=["POST"]),
        Route("/receipt", receipt),
        Route("/receipt", ask_receipt, methods=["POST"]),
    ]


def get_mailbox(request: Request) -> Mailbox:
    """The mailbox of the application that serves `request`."""
    mailbox: Mailbox = request.app.state.mailbox
    return mailbox


def address_of(request: Request) -> str:
    """Whose letters are counted together."""
    return request.client.host if request.client else "unknown"


def _send(request: Request, template: str, typed: Mapping[str, str]) -> Response:
    try:
        written = Written.model_validate(
            {name: typed.get(name, "") for name in FIELDS if name != "receipt"}
            | {"release_id": typed.get("release_id") or None}
        )
    except ValidationError as exc:
        wrong = {str(error["loc"][0]) if error["loc"] else "role" for error in exc.errors()}
        return _form(request, template, typed, wrong=wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        number = get_mailbox(request).send(
            written, address=address_of(request), receipt=typed.get("receipt")
        )
    except EdgeProblem as problem:
        return _form(request, template, typed, refused=problem.detail, status=problem.status)
    return _page(request, "sent.html", receipt=number, kind=written.kind.value)


def _form(
    request: Request,
    template: str,
    typed: Mapping[str, str],
    *,
    wrong: set[str] | None = None,
    refused: str | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    """The form with what was typed so far; `wrong` names the fields at fault."""
    values = {name: typed.get(name, "") for name in FIELDS}
    return _page(
        request,
        template,
        status=status,
        typed=values | {"receipt": values["receipt"] or new_receipt()},
        wrong=wrong or set(),
        refused=refused,
        is_open=get_mailbox(request).is_open,
        release=_release(request, values["release_id"]),
        kinds={kind.value: said for kind, said in COMPLAINT_KINDS.items()},
        roles=REQUESTERS if template == "request.html" else COMPLAINANTS,
    )


def _receipt(request: Request, number: str, *, asked: bool) -> Response:
    state = get_mailbox(request).state(number) if asked else None
    return _page(request, "receipt.html", number=number, asked=asked, receipt=state)


def _page(
    request: Request, template: str, *, status: int = HTTPStatus.OK, **values: object
) -> Response:
    """A page that nobody keeps: what was typed stays with who typed it."""
    response = get_pages(request).render(request, template, status=status, **values)
    response.headers.update(NOT_KEPT)
    return response


def _release(request: Request, name: str) -> Manifest | Tombstone | None:
    """The release that a letter is about, if there is or was one."""
    library: Library = request.app.state.library
    try:
        return library.release(name)
    except NotFound:
        return None


async def _typed(request: Request) -> dict[str, str]:
    """The fields of a form.

    Raises:
        EdgeProblem: another site's page had it sent, or it is no form of ours.
    """
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise EdgeProblem(
            HTTPStatus.FORBIDDEN,
            code="another-site",
            detail="Another site's page sent this. Open the form here and send it again.",
        )
    body = await request.body()
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    except ValueError as exc:
        raise InvalidInput("this is no form of ours", advice="Open the form here again.") from exc
    return {name: fields[name][0] for name in FIELDS if name in fields}
