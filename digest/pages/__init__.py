"""The pages for readers: what was sent, what is coming, signing up and leaving; without sign-in, cookie or script."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from digest.pages import following, indexing, own_page, reading, signing_off, signing_up, telling
from digest.pages.press import FOLDER, HEADERS, Press
from digest.site import Site
from digest.tables import Engine

Page = Callable[[Press, Request], Response]
Form = Callable[[Press, Request, FormData], Response]
MOST_FIELDS = 60
FOR_EVER = "public, max-age=31536000, immutable"


def routes(engine: Engine, clock: Callable[[], datetime], site: Callable[[], Site]) -> list[Route]:
    """Every page for readers; `clock` gives aware moments, `site` the installation as it is set up now."""
    press = Press(engine, clock, site)

    def shows(path: str, page: Page) -> Route:
        return Route(path, _at_work(press, page), methods=["GET"])

    def takes(path: str, page: Page) -> Route:
        return Route(path, _at_work(press, page), methods=["POST"])

    def reads(path: str, form: Form) -> Route:
        return Route(path, _with_form(press, form), methods=["POST"])

    return [
        shows("/welkom", reading.home),
        shows("/brieven", reading.letters),
        shows("/brieven/{audience}/{issue}", reading.letter),
        shows("/berichten/{reference}", reading.item),
        takes("/berichten/{reference}/nuttig", telling.thank),
        shows("/berichten/{reference}/bedankt", telling.thanked),
        shows("/voorbeelden", reading.examples),
        shows("/agenda", reading.agenda),
        shows("/thema/{theme}", reading.theme),
        shows("/volgen", reading.ways_to_follow),
        shows("/atom.xml", following.atom),
        shows("/feed.json", following.json_feed),
        shows("/thema/{theme}/atom.xml", following.atom),
        shows("/thema/{theme}/feed.json", following.json_feed),
        shows("/agenda.ics", following.calendar),
        shows("/tip", telling.tip_form),
        reads("/tip", telling.tell_tip),
        shows("/aanmelden", signing_up.form),
        reads("/aanmelden", signing_up.ask),
        shows("/aanmelden/bevestigen/{token}", signing_up.ask_to_confirm),
        takes("/aanmelden/bevestigen/{token}", signing_up.confirm),
        shows("/voorkeuren", own_page.lost_link),
        reads("/voorkeuren", own_page.mail_link),
        shows("/voorkeuren/{token}", own_page.show),
        reads("/voorkeuren/{token}", own_page.save),
        shows("/voorkeuren/{token}/gegevens.json", own_page.take_along),
        shows("/voorkeuren/{token}/wissen", own_page.ask_to_erase),
        takes("/voorkeuren/{token}/wissen", own_page.erase),
        shows("/robots.txt", indexing.robots),
        shows("/sitemap.xml", indexing.sitemap),
        shows("/privacy", reading.privacy),
        shows("/toegankelijkheid", reading.accessibility),
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


def _with_form(press: Press, form: Form) -> Callable[[Request], Awaitable[Response]]:
    """Read the form that was sent, then run the page; what is no form of ours is refused in plain words."""

    async def answer(request: Request) -> Response:
        try:
            async with request.form(max_files=0, max_fields=MOST_FIELDS) as sent:
                return await run_in_threadpool(form, press, request, sent)
        except HTTPException:
            return press.message(request, 422)

    return answer


def _file(name: str, media_type: str, kept: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        headers = HEADERS | {"Cache-Control": kept}
        return FileResponse(FOLDER / "static" / name, media_type=media_type, headers=headers)

    return answer
