"""The jobs of links: the recipient's marked copy, and the end of copies whose link is over."""

from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from bwc.catalog.link import RecipientLink
from bwc.catalog.rendering import Rendering
from bwc.errors import Conflict, InvalidInput, NotFound, NotPermitted
from bwc.ids import Sha256
from bwc.media.decode import look
from bwc.redaction.mark import mark_copy
from bwc.release.links import ended_links, note_copy, note_destroyed
from bwc.vault.files import make_folder
from workers.context import StepContext

ACTOR = "links"
MOST_SHARE = 0.97  # what is left is storing


def mark(context: StepContext) -> None:
    """Make the copy that bears the recipient's name, from the rendering his link was issued for."""
    link, rendering = _subject(context)
    if link.copy_sha256 is not None or link.revoked_at is not None:
        with context.finish({"link_id": link.id, "again": True}):
            return
    context.vault.reserve(rendering.size_bytes)
    make_folder(context.settings.spool_folder)
    with TemporaryDirectory(prefix="mark-", dir=context.settings.spool_folder) as folder:
        into = Path(folder) / "copy.mp4"
        with context.vault.path(Sha256(rendering.sha256)) as path:
            frames = look(path).frames_expected
            mark_copy(
                path,
                into,
                lines_of(context, link),
                report=lambda done: context.report(min(done / frames, 1) * MOST_SHARE, "marking"),
            )
        with into.open("rb") as file:
            stored = context.vault.put(file)
    try:
        with context.finish({"link_id": link.id, "sha256": stored.sha256}) as session:
            note_copy(session, link.id, stored.sha256, actor=ACTOR, at=context.clock.now())
    except BaseException:
        if not stored.existed:  # no row names it, so nobody would ever take it away
            context.vault.dispose(stored.sha256)
        raise


def tidy_links(context: StepContext) -> None:
    """Destroy the marked copies of links that are over. One that a lock still holds is tried again."""
    with context.catalog.read() as session:
        ended = ended_links(session, at=context.clock.now())
    held = 0
    for place, (link_id, sha256) in enumerate(ended):
        context.report(place / len(ended), "destroying copies")
        try:
            context.vault.dispose(sha256)
        except (Conflict, NotPermitted):
            held += 1
            continue
        with context.catalog.write() as session:
            note_destroyed(session, link_id, actor=ACTOR, at=context.clock.now())
            session.commit()
    with context.finish({"destroyed": len(ended) - held, "locked": held}):
        return


def lines_of(context: StepContext, link: RecipientLink) -> list[str]:
    """What the mark says: for whom, by whom and when, and the end of the link's number."""
    department = context.settings.department
    local = link.issued_at.astimezone(ZoneInfo(department.timezone))
    return [
        f"For {link.recipient} only",
        f"{department.name} {local:%Y-%m-%d %H:%M %Z} {link.id[-8:]}",
    ]


def _subject(context: StepContext) -> tuple[RecipientLink, Rendering]:
    if context.job.subject_id is None:
        raise InvalidInput("this job is about nothing", where=context.job.id)
    with context.catalog.read() as session:
        link = session.get(RecipientLink, context.job.subject_id)
        rendering = session.get(Rendering, link.rendering_id) if link else None
    if link is None or rendering is None:
        raise NotFound("there is no such link", where=context.job.subject_id)
    return link, rendering
