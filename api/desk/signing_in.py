"""Signing in over the web, shared by the form and the JSON API: throttle, limits, clock."""

from datetime import timedelta

from fastapi import Request

from api.desk.security import Throttle
from bwc.access.sessions import SignedIn, SignInLimits, sign_in
from bwc.house import House

MINUTE_SECONDS = 60


def sign_in_from(request: Request, house: House, *, username: str, password: str) -> SignedIn:
    """Open a session for whoever sent `request`.

    Raises:
        EdgeProblem: too many tries from this address.
        NotPermitted: refused.
    """
    now = house.clock.now()
    throttle: Throttle = request.app.state.throttle
    address = request.client.host if request.client else "unknown"
    throttle.count(address, minute=int(now.timestamp()) // MINUTE_SECONDS)
    return sign_in(
        house.catalog,
        username=username.strip().lower(),
        password=password,
        limits=limits_of(house),
        at=now,
    )


def limits_of(house: House) -> SignInLimits:
    """How many wrong passwords or codes lock an account, and for how long."""
    desk = house.settings.desk
    return SignInLimits(desk.login_attempts, timedelta(minutes=desk.login_lock_minutes))
