"""The pages for readers of the letter: signing off. No cookie, no sign-in, nothing of a third party."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from digest import subscribers
from digest.tables import Engine

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def routes(engine: Engine, clock: Callable[[], datetime]) -> list[Route]:
    """The routes for signing off; a GET only asks, for scanners open every link in a mail.

    The POST takes RFC 8058's one-click body as well as the button of the page, and needs no cookie.
    """
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=select_autoescape(["html"])
    )

    def page(status_code: int, **values: object) -> Response:
        html = templates.get_template("leave.html").render(**values)
        return HTMLResponse(html, status_code, HEADERS)

    async def ask(request: Request) -> Response:
        reader = await run_in_threadpool(subscribers.by_token, engine, request.path_params["token"])
        return page(200 if reader else 404, reader=reader, left=reader is not None and reader.left_at is not None)

    async def leave(request: Request) -> Response:
        reader = await run_in_threadpool(subscribers.leave, engine, request.path_params["token"], clock())
        return page(200 if reader else 404, reader=reader, left=True)

    return [
        Route("/afmelden/{token}", ask, methods=["GET"]),
        Route("/afmelden/{token}", leave, methods=["POST"]),
    ]
