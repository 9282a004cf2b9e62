"""The inbox as a bucket: the portal's account adds letters and can neither read nor list them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bwc.errors import Conflict, InvalidInput, NotPermitted
from bwc.requests.letter import new_receipt
from bwc.settings import Settings
from bwc.vault.inbox import Inbox, desk_key
from bwc.vault.open import open_inbox
from bwc.vault.sealed import new_key, public_of, seal, unseal
from tests.servers import SeaweedServer

pytestmark = pytest.mark.service
WORDS = b"He pushed her."


@pytest.fixture
def inboxes(seaweed: SeaweedServer, tmp_path: Path) -> tuple[Inbox, Inbox]:
    """The same bucket as the desk opens it, and as the portal does."""
    desk = seaweed.store("inbox")
    portal = desk.model_copy(
        update={"access_key": SecretStr("portal-key"), "secret_key": SecretStr("portal-secret")}
    )
    return (
        open_inbox(Settings(home=tmp_path, inbox=desk)),
        open_inbox(Settings(home=tmp_path, inbox=portal)),
    )


def test_what_the_portal_seals_the_desk_alone_reads(inboxes: tuple[Inbox, Inbox]) -> None:
    desk, portal = inboxes
    key, receipt = new_key(), new_receipt()
    portal.add(receipt, seal(public_of(key), WORDS))
    assert list(desk.waiting()) == [receipt]
    assert unseal(key, desk.read(receipt)) == WORDS
    with pytest.raises(Conflict):
        portal.add(receipt, seal(public_of(key), WORDS))
    looks: tuple[Callable[[], object], ...] = (
        lambda: portal.read(receipt),
        lambda: list(portal.waiting()),
    )
    for look in looks:
        with pytest.raises(NotPermitted):
            look()
    desk.set_aside(receipt)
    assert (list(desk.waiting()), desk.unread()) == ([], 1)


def test_a_bucket_that_many_machines_read_needs_a_key_that_is_set(
    seaweed: SeaweedServer, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, inbox=seaweed.store("inbox"))
    with pytest.raises(InvalidInput, match="no key"):
        desk_key(settings)
    key = new_key()
    assert desk_key(settings.model_copy(update={"inbox_key": SecretStr(key)})) == key
