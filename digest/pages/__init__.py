"""The pages for readers: what was sent, what is coming, signing up and leaving; without sign-in, cookie or script."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from digest.pages import following, reading, signing_off
from digest.pages.press import FOLDER, HEADERS, Press
from digest.site import Site
from digest.tables import Engine

Page = Callable[[Press, Request], Response]
FOR_EVER = "public, max-age=31536000, immutable"


def routes(engine: Engine, clock: Callable[[], datetime], site: Callable[[], Site]) -> list[Route]:
    """Every page for readers; `clock` gives aware moments, `site` the installation as it is set up now."""
    press = Press(engine, clock, site)

    def shows(path: str, page: Page) -> Route:
        return Route(path, _at_work(press, page), methods=["GET"])

    def takes(path: str, page: Page) -> Route:
        return Route(path, _at_work(press, page), methods=["POST"])

    return [
        shows("/welkom", reading.home),
        shows("/brieven", reading.letters),
        shows("/brieven/{audience}/{issue}", reading.letter),
        shows("/berichten/{reference}", reading.item),
        shows("/voorbeelden", reading.examples),
        shows("/agenda", reading.agenda),
        shows("/thema/{theme}", reading.theme),
        shows("/volgen", reading.ways_to_follow),
        shows("/atom.xml", following.atom),
        shows("/feed.json", following.json_feed),
        shows("/thema/{theme}/atom.xml", following.atom),
        shows("/thema/{theme}/feed.json", following.json_feed),
        shows("/agenda.ics", following.calendar),
        shows("/afmelden/{token}", signing_off.ask),
        takes("/afmelden/{token}", signing_off.leave),
        Route("/lezers.css", _file("readers.css", "text/css; charset=utf-8", FOR_EVER)),
        Route("/lezers.svg", _file("radar.svg", "image/svg+xml", "public, max-age=86400")),
    ]


def _at_work(press: Press, page: Page) -> Callable[[Request], Awaitable[Response]]:
    """Run a page beside the event loop, for it asks the database."""

    async def answer(request: Request) -> Response:
        return await run_in_threadpool(page, press, request)

    return answer


def _file(name: str, media_type: str, kept: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        headers = HEADERS | {"Cache-Control": kept}
        return FileResponse(FOLDER / "static" / name, media_type=media_type, headers=headers)

    return answer
