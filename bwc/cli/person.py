"""What commands that act for a person share: who it is by password, and the time."""

import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import typer

from bwc.access.roles import Actor
from bwc.access.sealed_secrets import house_key
from bwc.access.second_factor import Attempt, confirm
from bwc.access.sessions import SignInLimits, sign_in, sign_out
from bwc.access.users import get_user
from bwc.catalog.store import Catalog
from bwc.clock import SystemClock
from bwc.errors import NotPermitted
from bwc.settings import Settings


def signed_in_person(catalog: Catalog, settings: Settings, username: str) -> Actor:
    """The person of this name, by password and second factor: two people are two of each.

    Raises:
        NotPermitted: refused.
    """
    limits = SignInLimits(
        settings.desk.login_attempts, timedelta(minutes=settings.desk.login_lock_minutes)
    )
    at = SystemClock().now()
    password = _ask("Password")
    signed_in = sign_in(catalog, username=username, password=password, limits=limits, at=at)
    with catalog.write() as session:
        sign_out(session, signed_in.session_id, at=at)
        has_second_factor = get_user(session, username).second_factor is not None
        session.commit()
    if has_second_factor:
        attempt = Attempt(username, _ask("Code of the second factor"), SystemClock().now())
        confirm(catalog, attempt, key=house_key(settings), session_id=None, limits=limits)
    elif settings.desk.second_factor:
        raise NotPermitted(
            "this needs a second factor", advice="Set one up on the desk, in your account"
        )
    return signed_in.actor


def local_now(settings: Settings) -> datetime:
    """Now, in the agency's own zone: the rules count its days."""
    return SystemClock().now().astimezone(ZoneInfo(settings.department.timezone))


def _ask(what: str) -> str:
    """From the terminal, unseen; or one line of standard input, for scripts."""
    if sys.stdin.isatty():
        typed: str = typer.prompt(what, hide_input=True, err=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")
