"""What commands that act for a person share: who it is by password, and the time."""

import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import typer

from bwc.access.roles import Actor
from bwc.access.sessions import SignInLimits, sign_in, sign_out
from bwc.catalog.store import Catalog
from bwc.clock import SystemClock
from bwc.settings import Settings


def signed_in_person(catalog: Catalog, settings: Settings, username: str) -> Actor:
    """The person of this name, by password: two people are two passwords."""
    limits = SignInLimits(
        settings.desk.login_attempts, timedelta(minutes=settings.desk.login_lock_minutes)
    )
    at = SystemClock().now()
    signed_in = sign_in(catalog, username=username, password=_ask_password(), limits=limits, at=at)
    with catalog.write() as session:
        sign_out(session, signed_in.session_id, at=at)
        session.commit()
    return signed_in.actor


def local_now(settings: Settings) -> datetime:
    """Now, in the agency's own zone: the rules count its days."""
    return SystemClock().now().astimezone(ZoneInfo(settings.department.timezone))


def _ask_password() -> str:
    """From the terminal, unseen; or one line of standard input, for scripts."""
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, err=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")
