"""Captions over the web: what may be shown of them, and taking them for a release."""

from bwc.access.roles import Actor
from bwc.catalog.rendering import Rendering
from bwc.house import House
from bwc.release.captions import attach_captions, captions_of


def read_captions(house: House, release_id: str, *, plan_id: str | None) -> str:
    """A release's captions beside what a plan hides, as WebVTT; empty: none that may be shown."""
    if plan_id is None:
        return ""
    with house.catalog.read() as session:
        return captions_of(session, house.vault, release_id, plan_id=plan_id)


def read_captions_beside(house: House, release_id: str, *, rendering_id: str) -> str:
    """A release's captions beside one rendering, as `read_captions` gives them."""
    with house.catalog.read() as session:
        plan_id = session.get_one(Rendering, rendering_id).plan_id
    return read_captions(house, release_id, plan_id=plan_id)


def take_captions(house: House, release_id: str, body: bytes, *, by: Actor) -> None:
    """Add or exchange the captions of a release that nobody has approved; raises as the room does."""
    with house.catalog.write() as session:
        attach_captions(
            session, house.vault, release_id, body=body, by=by.username, at=house.clock.now()
        )
        session.commit()
