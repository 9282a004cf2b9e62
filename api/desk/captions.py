"""Captions over the web: what may be shown of them, and taking them for a release."""

from bwc.access.roles import Actor
from bwc.catalog.rendering import Rendering
from bwc.house import House
from bwc.release.captions import attach_captions, captions_of


def read_captions(house: House, release_id: str, *, rendering_id: str | None) -> str:
    """The captions of a release beside one rendering, as WebVTT; empty: none that may be shown."""
    if rendering_id is None:
        return ""
    with house.catalog.read() as session:
        rendering = session.get_one(Rendering, rendering_id)
        return captions_of(session, house.vault, release_id, rendering=rendering)


def take_captions(house: House, release_id: str, body: bytes, *, by: Actor) -> None:
    """Add or exchange the captions of a release that nobody has approved; raises as the room does."""
    with house.catalog.write() as session:
        attach_captions(
            session, house.vault, release_id, body=body, by=by.username, at=house.clock.now()
        )
        session.commit()
