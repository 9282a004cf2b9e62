"""An approval is for what the approver saw, and for nothing that came later."""

from dataclasses import replace
from pathlib import Path

import pytest

from bwc.catalog.release import ReleaseState
from bwc.catalog.store import Catalog
from bwc.errors import Conflict
from bwc.ids import new_id
from bwc.release.approve import approve
from tests.release_room import SAM, ReleaseRoom
from tests.service.test_gates import assert_not_public
from tests.signing_room import seen_in

pytestmark = [pytest.mark.service, pytest.mark.media]


@pytest.fixture
def room(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseRoom:
    monkeypatch.chdir(tmp_path)
    return ReleaseRoom(tmp_path, sqlite_catalog)


def test_what_nobody_looked_at_cannot_be_approved(room: ReleaseRoom) -> None:
    release_id = room.ready()
    looked_at = replace(seen_in(room, release_id), rendering_id=new_id())
    with room.catalog.write() as session, pytest.raises(Conflict, match="something newer stands"):
        approve(
            session,
            release_id,
            by=SAM,
            at=room.clock.now(),
            accept_draft=True,
            seen=looked_at,
        )
    assert_not_public(room, release_id)


def test_not_when_it_was_redacted_again_after_approval(room: ReleaseRoom) -> None:
    release_id = room.ready()
    room.approve(release_id)
    room.render()
    room.run()
    assert_not_public(room, release_id)
    room.approve(release_id)
    room.run()
    assert room.release(release_id).state is ReleaseState.PUBLISHED
