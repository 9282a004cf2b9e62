"""The jobs of the requests room: opening the inbox, and telling what became of each letter."""

from collections.abc import Sequence

import sqlalchemy as sa
import structlog
from pydantic import ValidationError
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.errors import BwcError, IntegrityError, NotFound, TransientError
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.release.bundle import put_state
from bwc.requests.letter import Letter
from bwc.requests.letters import ACTOR, receipts, receive_letter
from bwc.settings import Settings
from bwc.vault.inbox import KEY, KEY_FORMAT, Inbox, desk_key, receipt_key
from bwc.vault.open import open_inbox
from bwc.vault.protocol import PublicStore
from bwc.vault.sealed import public_of, unseal
from workers.context import StepContext

log = structlog.get_logger(__name__)


def take_inbox(context: StepContext) -> None:
    """Open every letter that waits: written down first, then removed, so that none is lost."""
    inbox = open_inbox(context.settings)
    key = desk_key(context.settings)
    taken: list[str] = []
    for name in list(inbox.waiting()):
        context.report(0.5, "opening letters")
        letter = _open(inbox, name, key)
        if letter is None:
            continue
        if _written_down(context, letter):
            inbox.remove(name)
            taken.append(name)
        else:
            inbox.set_aside(name)
    with context.catalog.read() as session:
        publish_receipts(session, context, taken)
    with context.finish({"letters": len(taken), "unread": inbox.unread()}) as session:
        enqueue(session, JobKind.PUBLISH_LOG, requested_by=ACTOR, at=context.clock.now())


def publish_receipts(
    session: Session, context: StepContext, letters: Sequence[str] | None = None
) -> None:
    """Put what the public may know of `letters`, or of all not long done, under their hashes."""
    publish_key(context.public, context.settings)
    for receipt, told in receipts(session, at=context.clock.now(), only=letters).items():
        put_state(context.public, receipt_key(receipt), told)


def publish_key(public: PublicStore, settings: Settings) -> None:
    """Let the portal seal for this desk."""
    document: JsonObject = {"format": KEY_FORMAT, "public_key": public_of(desk_key(settings))}
    put_state(public, KEY, document)


def _written_down(context: StepContext, letter: Letter) -> bool:
    """Whether the catalog took a letter; one that it can never take must not stop the next."""
    try:
        with context.catalog.write() as session:
            receive_letter(session, letter, at=context.clock.now())
            session.commit()
    except TransientError:
        raise
    except (BwcError, sa.exc.DataError):
        log.exception("letter_not_written", letter=letter.id)
        return False
    return True


def _open(inbox: Inbox, name: str, key: str) -> Letter | None:
    """A letter; one that is not ours is set aside for a person, and the log says so."""
    try:
        letter = Letter.model_validate_json(unseal(key, inbox.read(name)))
    except NotFound:
        return None  # another worker took it
    except (IntegrityError, ValidationError):
        log.exception("letter_not_opened", letter=name)
        inbox.set_aside(name)
        return None
    if letter.id != name:
        log.error("letter_not_opened", letter=name)
        inbox.set_aside(name)
        return None
    return letter
