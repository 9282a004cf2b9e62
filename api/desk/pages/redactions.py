"""The form that orders a redaction: what is hidden, how, and what is not heard."""

from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import Response

from api.desk.notes import Note
from api.desk.templating import back_to
from api.desk.transcripts import read_upload
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.redaction.asked import ask
from bwc.redaction.order import order_redaction
from bwc.redaction.parts import RenderMode
from bwc.redaction.plan import Effect, Kind, Shape, SoundEffect
from bwc.redaction.planning import DEFAULT_HIDE

router = APIRouter()

HIDEABLE = {
    Kind.FACE: "Faces",
    Kind.HEAD: "Heads, also from behind",
    Kind.PERSON: "Whole persons",
    Kind.PLATE: "Plates",
    Kind.TEXT: "Text: screens and paper",
    Kind.NUDITY: "Exposed bodies",
    Kind.FRAME: "The whole picture",
}
EFFECTS = {
    Effect.SOLID: "Solid",
    Effect.OUTLINE: "Solid with an outline",
    Effect.MOSAIC: "Mosaic",
    Effect.BLUR: "Blur",
}


@router.post("/recordings/{recording_id}/redactions")
def redact(
    recording_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.ORDER_REDACTION)],
    hide: Annotated[list[Kind], Form()] = list(DEFAULT_HIDE),  # noqa: B006 - never changed
    effect: Annotated[Effect, Form()] = Effect.SOLID,
    shape: Annotated[Shape, Form()] = Shape.BOX,
    mute: Annotated[str, Form()] = "",
    sound: Annotated[SoundEffect, Form()] = SoundEffect.MUTE,
    render: Annotated[RenderMode, Form()] = RenderMode.SMART,
    transcript: UploadFile | None = None,
) -> Response:
    """Have a recording analysed, redacted and verified."""
    asked = ask(
        hide=hide,
        effect=effect,
        shape=shape,
        mute=mute.replace(",", " ").split(),
        transcript=read_upload(transcript),
        sound=sound,
        by=actor.username,
    ).model_copy(update={"render": render})
    with house.catalog.write() as session:
        order_redaction(session, recording_id, asked=asked, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to(f"/recordings/{recording_id}", Note.REDACTION_ORDERED)
