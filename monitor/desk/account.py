"""The two pages on which one signs in with the account that one has at the own organisation.

What speaks OpenID Connect is large and few use it, so it is imported when somebody comes.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

START = "/inloggen/account"
BACK = "/inloggen/account/terug"
LASTS = 600  # seconds


async def start(request: Request) -> Response:
    """Send somebody to the sign-in page of their organisation."""
    from monitor.desk import openid

    return await openid.start(request)


async def back(request: Request) -> Response:
    """Open a session for who comes back from there with a proof."""
    from monitor.desk import openid

    return await openid.back(request)
