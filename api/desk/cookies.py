"""The desk's cookies: the session, and the token of the sign-in form before there is one.

A recipient's browser holds another one, for the path of his link alone.

Both are HttpOnly and SameSite; over https they carry the `__Host-` prefix, which ties them to this
host alone (RFC 6265bis, section 4.1.3.2).
"""

from fastapi import Request
from fastapi.responses import Response

from bwc.settings import Settings

_SESSION = "bwc_desk"
_FORM = "bwc_desk_form"
_VISIT = "bwc_visit"


def session_token(request: Request, settings: Settings) -> str | None:
    """The session token that the browser sent."""
    return request.cookies.get(_name(_SESSION, settings))


def keep_session(response: Response, token: str, settings: Settings) -> None:
    """Give the browser its session token; it forgets it when it closes."""
    _set(response, _name(_SESSION, settings), token, settings)


def drop_session(response: Response, settings: Settings) -> None:
    """Take the session token back."""
    response.delete_cookie(_name(_SESSION, settings), path="/", secure=_secure(settings))


def form_token(request: Request, settings: Settings) -> str | None:
    """The sign-in form's token that the browser sent."""
    return request.cookies.get(_name(_FORM, settings))


def keep_form_token(response: Response, token: str, settings: Settings) -> None:
    """Give the browser the token that the sign-in form repeats."""
    _set(response, _name(_FORM, settings), token, settings)


def visit_secret(request: Request) -> str | None:
    """The secret of a recipient's visit that the browser sent."""
    return request.cookies.get(_VISIT)


def keep_visit(response: Response, secret: str, settings: Settings, *, path: str) -> None:
    """Give a recipient's browser the secret of its visit, for this path; it forgets it on closing.

    Lax, not Strict: he comes back to the address from his mail, and nothing is changed by it.
    """
    response.set_cookie(
        _VISIT,
        secret,
        path=path,
        httponly=True,
        samesite="lax",
        secure=_secure(settings),
    )


def _set(response: Response, name: str, value: str, settings: Settings) -> None:
    response.set_cookie(
        name, value, path="/", httponly=True, samesite="strict", secure=_secure(settings)
    )


def _name(name: str, settings: Settings) -> str:
    return f"__Host-{name}" if _secure(settings) else name


def _secure(settings: Settings) -> bool:
    return settings.desk.secure_cookies
