"""Leaving by the link in the letter.

A GET only asks, for scanners open every link in a mail. The POST takes RFC 8058's one-click body as well as the button
of the page, and needs no cookie.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from digest import subscribers
from digest.pages.press import Press, secret_of


def ask(press: Press, request: Request) -> Response:
    """Ask whether somebody wants to leave."""
    reader = subscribers.by_token(press.engine, secret_of(request))
    left = reader is not None and reader.left_at is not None
    return press.private(request, "leave.html", 200 if reader else 404, reader=reader, left=left)


def leave(press: Press, request: Request) -> Response:
    """Sign somebody off."""
    reader = subscribers.leave(press.engine, secret_of(request), press.clock())
    return press.private(request, "leave.html", 200 if reader else 404, reader=reader, left=True)
