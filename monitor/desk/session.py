"""The session cookie: a random token that only this site gets back."""

from __future__ import annotations

import secrets
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

LASTS = timedelta(hours=12)


def cookie_name(*, secure: bool) -> str:
    """`__Host-` binds the cookie to this host over https; browsers refuse that prefix over plain http."""
    return "__Host-radar" if secure else "radar"


def new_token() -> str:
    """A token that cannot be guessed (256 bits)."""
    return secrets.token_urlsafe(32)


def token_of(request: Request, *, secure: bool) -> str:
    """The token that a request brings, or ""."""
    return request.cookies.get(cookie_name(secure=secure), "")


def give(response: Response, token: str, *, secure: bool) -> None:
    """Put the token into a response."""
    response.set_cookie(
        cookie_name(secure=secure),
        token,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def take_away(response: Response, *, secure: bool) -> None:
    """Remove the token from the browser."""
    response.delete_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax")
