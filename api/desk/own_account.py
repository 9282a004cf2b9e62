"""One's own account, shared by its pages and the JSON API: password, second factor, calendar."""

from dataclasses import dataclass

from markupsafe import Markup

from api.desk.qr import qr_svg
from api.desk.signing_in import limits_of
from bwc.access.calendars import close_calendar, open_calendar
from bwc.access.codes import address_of, new_secret
from bwc.access.roles import Actor
from bwc.access.sealed_secrets import house_key
from bwc.access.second_factor import Attempt, confirm, set_up
from bwc.access.sessions import require_password
from bwc.access.users import change_password, get_user
from bwc.house import House

GROUP = 4  # letters of a secret that are read at once


@dataclass(frozen=True, slots=True)
class Own:
    """What one may know of one's own account."""

    has_second_factor: bool
    subscribed: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A fresh secret, kept nowhere yet: to read aloud, to open in an app, to photograph."""

    secret: str
    spoken: str
    address: str
    picture: Markup


def own_account(house: House, actor: Actor) -> Own:
    """Whether there is a second factor, and a calendar address."""
    with house.catalog.read() as session:
        user = get_user(session, actor.username)
        return Own(user.second_factor is not None, user.calendar_sha256 is not None)


def offer_second_factor(house: House, actor: Actor) -> Offer:
    """A fresh secret; it counts once a code of it was given."""
    secret = new_secret()
    department = house.settings.department.name
    address = address_of(secret, username=actor.username, department=department)
    return Offer(
        secret=secret,
        spoken=" ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP)),
        address=address,
        picture=qr_svg(address, label="QR code of the secret, for an authenticator app"),
    )


def take_second_factor(house: House, actor: Actor, *, secret: str, code: str, current: str) -> None:
    """Set it up; the password proves that nobody else sits here.

    Raises:
        InvalidInput: a wrong password, or the code is not of this secret; this house has no key.
        Conflict: there is one already.
    """
    key, now = house_key(house.settings), house.clock.now()
    require_password(house.catalog, actor.username, current, limits=limits_of(house), at=now)
    with house.catalog.write() as session:
        set_up(session, secret, Attempt(actor.username, code, now), key=key)
        session.commit()


def confirm_session(house: House, actor: Actor, *, code: str, session_id: str) -> None:
    """Take a code, once, and confirm this session by it; raises as `confirm` does."""
    confirm(
        house.catalog,
        Attempt(actor.username, code, house.clock.now()),
        key=house_key(house.settings),
        session_id=session_id,
        limits=limits_of(house),
    )


def renew_password(house: House, actor: Actor, *, current: str, password: str) -> None:
    """Change one's own password; every session of the account ends. Raises InvalidInput."""
    now = house.clock.now()
    require_password(house.catalog, actor.username, current, limits=limits_of(house), at=now)
    with house.catalog.write() as session:
        change_password(session, actor.username, password=password, by=actor.username, at=now)
        session.commit()


def make_calendar(house: House, actor: Actor, *, base_url: str) -> str:
    """A calendar address of one's own, shown this once; an older one ends."""
    with house.catalog.write() as session:
        secret = open_calendar(session, actor.username, at=house.clock.now())
        session.commit()
    return f"{base_url.rstrip('/')}/calendar/{secret}.ics"


def drop_calendar(house: House, actor: Actor) -> None:
    """End one's own calendar address; where there is none, nothing happens."""
    with house.catalog.write() as session:
        close_calendar(session, actor.username, by=actor.username, at=house.clock.now())
        session.commit()
