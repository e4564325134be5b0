"""The one gate before every page: right host, no forged requests, safe headers.

Who may see a page is asked by its route (see `monitor.desk.page_route`), in the same thread as what it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.desk.pages import Desk, error_page

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
STATIC = "/static/"
ALWAYS_OUR_HOSTS = frozenset({"localhost", "127.0.0.1"})
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def safe_headers(*, secure: bool, static: bool = False) -> dict[str, str]:
    """The headers of every answer; the referrer stays within the site, which keeps `Origin` readable on a POST."""
    headers = {
        "content-security-policy": CONTENT_POLICY,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "cache-control": "no-cache" if static else "no-store",
    }
    if secure:
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


def is_our_host(host: str, public_url: str) -> bool:
    """Whether the `Host` header names this service: its public address, or this machine."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return name in ALWAYS_OUR_HOSTS or (name is not None and name == urlsplit(public_url).hostname)


def is_own_request(headers: Mapping[str, str], *, secure: bool) -> bool:
    """Whether an unsafe request came from a page of our own, by `Sec-Fetch-Site` or else by `Origin`.

    A browser sends at least one of the two with every POST; a request with neither is refused.
    """
    fetched_from = headers.get("sec-fetch-site")
    if fetched_from is not None:
        return fetched_from in ("same-origin", "none")
    try:
        origin = urlsplit(headers.get("origin", ""))
    except ValueError:
        return False
    schemes = ("https",) if secure else ("http", "https")
    return origin.scheme in schemes and origin.netloc.lower() == headers.get("host", "").lower()


class Guard:
    """Middleware that lets a request through, or answers it with the reason why not."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self.app = app
        self.desk = desk
        self._headers = {static: _raw(safe_headers(secure=desk.secure, static=static)) for static in (False, True)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        defaults = self._headers[request.scope["path"].startswith(STATIC)]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in defaults if pair[0] not in present)]
            await send(message)

        answer = self._refusal(request) or self.app
        await answer(scope, receive, send_with_headers)

    def _refusal(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        if not is_our_host(host, self.desk.live.current.radar.desk.public_url):
            return error_page(request, 400, self.desk.pages)
        if request.method not in SAFE_METHODS and not is_own_request(request.headers, secure=self.desk.secure):
            return error_page(request, 403, self.desk.pages)
        return None


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]
