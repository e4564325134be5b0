"""The desk as a web application; the list of routes is its table of contents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from monitor.desk import decisions, editions, review, sign_in, sources
from monitor.desk.editions import Editor
from monitor.desk.guard import Guard, safe_headers
from monitor.desk.pages import FOLDER, Desk, error_page, templates
from monitor.settings import LiveSettings
from monitor.store.database import Engine

LARGEST_BODY = 256 * 1024


def routes() -> list[BaseRoute]:
    """Every page; all but signing in, the health check and the looks are behind the gate of `monitor.desk.guard`."""
    return [
        Route("/inloggen", sign_in.form, methods=["GET"]),
        Route("/inloggen", sign_in.sign_in, methods=["POST"]),
        Route("/uitloggen", sign_in.sign_out, methods=["POST"]),
        Route("/", review.queue),
        Route("/terzijde", review.set_aside),
        Route("/gekozen", review.chosen),
        Route("/afgewezen", review.turned_down),
        Route("/item/{item_id}", review.one),
        Route("/item/{item_id}/besluit", decisions.decide, methods=["POST"]),
        Route("/item/{item_id}/ongedaan", decisions.undo, methods=["POST"]),
        Route("/item/{item_id}/tekst", decisions.write, methods=["POST"]),
        Route("/brief", editions.overview),
        Route("/brief/{audience}", editions.preview),
        Route("/brief/{audience}/html", editions.preview_letter),
        Route("/bronnen", sources.overview),
        Route("/bronnen/{name}/nu", sources.read_now, methods=["POST"]),
        Route("/healthz", sources.health_check),
        Mount("/static", StaticFiles(directory=FOLDER / "static")),
    ]


def app(
    engine: Engine, live: LiveSettings, editor: Editor, clock: Callable[[], datetime], *, secure: bool
) -> Starlette:
    """Build the desk; `clock` gives aware moments, `secure` is True when people reach it over https."""
    desk = Desk(engine, live, editor, clock, secure, templates())
    application = Starlette(
        routes=routes(),
        middleware=[Middleware(Guard, desk=desk)],
        exception_handlers={HTTPException: _refused, Exception: _failed},
        max_body_size=LARGEST_BODY,
    )
    application.state.desk = desk
    application.state.password_limiter = CapacityLimiter(sign_in.AT_ONCE)
    return application


def _refused(request: Request, error: Exception) -> Response:
    status_code = error.status_code if isinstance(error, HTTPException) else 500
    return error_page(request, status_code, request.app.state.desk.pages)


def _failed(request: Request, error: Exception) -> Response:
    """Answer for what nobody foresaw; the server logs it. It stands outside the guard, so it brings its own headers."""
    desk: Desk = request.app.state.desk
    response = error_page(request, 500, desk.pages)
    response.headers.update(safe_headers(secure=desk.secure))
    return response
