"""Imports at the desk, shared by their page and the JSON API: tried first, then applied."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from api.desk.visit import may
from bwc.access.roles import Actor, Right
from bwc.coverage.staged_imports import Incoming, Trial, apply_import, forget, stage, try_import
from bwc.house import House
from bwc.intake.tagging import match_again

FIELD = "files"
Administrator = Annotated[Actor, may(Right.IMPORT_RECORDS)]


async def _sent(request: Request, _actor: Administrator) -> AsyncIterator[list[UploadFile]]:
    """The files of a form, read only once it is known who sends them: they may be large."""
    async with request.form() as form:
        found = [part for part in form.getlist(FIELD) if isinstance(part, UploadFile)]
        yield [part for part in found if part.filename]


Sent = Annotated[list[UploadFile], Depends(_sent)]


def stage_and_try(house: House, actor: Actor, files: list[UploadFile]) -> Trial:
    """Keep the files aside and say what they would change; raises as `stage` and `try_import` do."""
    spool = house.settings.spool_folder
    number = stage(spool, [Incoming(file.filename or "", file.file) for file in files])
    try:
        return try_again(house, actor, number)
    except Exception:
        forget(spool, number)
        raise


def try_again(house: House, actor: Actor, number: str) -> Trial:
    """What an import that waits would change now; nothing is committed."""
    with house.catalog.write() as session:
        return try_import(
            session,
            house.settings.spool_folder,
            number,
            by=actor.username,
            at=house.clock.now(),
        )


def apply_tried(house: House, actor: Actor, number: str, *, fingerprint: str) -> Trial:
    """Import what was tried; recordings that belong nowhere yet are matched again."""
    spool, now = house.settings.spool_folder, house.clock.now()
    with house.catalog.write() as session:
        done = apply_import(
            session, spool, number, fingerprint=fingerprint, by=actor.username, at=now
        )
        match_again(session, by=actor.username, at=now)
        session.commit()
    forget(spool, number)
    return done


def give_up(house: House, number: str) -> None:
    """Forget an import that nobody applied."""
    forget(house.settings.spool_folder, number)
