"""The desk as a web application; the list of routes is its table of contents."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from monitor.desk import account
from monitor.desk.guard import Guard, safe_headers
from monitor.desk.last_glance import LastGlance
from monitor.desk.list_page import Shelves
from monitor.desk.looks import Looks
from monitor.desk.page_route import QUICK_AT_ONCE, PageRoute
from monitor.desk.pages import FOLDER, Desk, error_page, templates
from monitor.role import Role
from monitor.settings import LiveSettings
from monitor.store.database import Engine

if TYPE_CHECKING:
    from monitor.editor import Editor

LARGEST_BODY = 256 * 1024
PASSWORDS_AT_ONCE = 2
ANY_METHOD = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def routes(*, secure: bool = True) -> list[BaseRoute]:
    """Every page with the least role it asks for; a test knows by name what has none.

    A page stands here by its name in `monitor.desk`, and is imported when somebody first opens it.
    """
    on_the_way = [_on_the_way(secure=secure)]
    return [
        PageRoute("/inloggen", "sign_in.form", None),
        PageRoute("/inloggen", "sign_in.sign_in", None, ["POST"]),
        PageRoute("/inloggen/mail", "sign_in.mail_link", None, ["POST"]),
        PageRoute("/inloggen/link/{token}", "sign_in.by_link", None),
        PageRoute("/inloggen/link/{token}", "sign_in.use_link", None, ["POST"]),
        PageRoute("/inloggen/code", "sign_in.use_code", None, ["POST"]),
        PageRoute(account.START, account.start, None, middleware=on_the_way),
        PageRoute(account.BACK, account.back, None, middleware=on_the_way),
        PageRoute("/uitloggen", "sign_in.sign_out", Role.READER, ["POST"]),
        PageRoute("/overzicht", "overview.overview", Role.READER),
        PageRoute("/", "review.queue", Role.READER, quick=True),
        PageRoute("/terzijde", "review.set_aside", Role.READER, quick=True),
        PageRoute("/steekproef", "review.sample", Role.READER, quick=True),
        PageRoute("/gekozen", "review.chosen", Role.READER, quick=True),
        PageRoute("/afgewezen", "review.turned_down", Role.READER, quick=True),
        PageRoute("/zoeken", "review.find", Role.READER),
        PageRoute("/item/{item_id}", "item_page.one", Role.READER),
        PageRoute("/item/{item_id}/lijkt-op", "why.alike", Role.READER),
        PageRoute("/item/{item_id}/besluit", "decisions.decide", Role.REVIEWER, ["POST"]),
        PageRoute("/item/{item_id}/ongedaan", "decisions.undo", Role.REVIEWER, ["POST"]),
        PageRoute("/item/{item_id}/tekst", "decisions.write", Role.REVIEWER, ["POST"]),
        PageRoute("/item/{item_id}/tekst/ongedaan", "decisions.unwrite", Role.REVIEWER, ["POST"]),
        PageRoute("/item/{item_id}/nakijken", "amending.check", Role.REVIEWER, ["POST"]),
        PageRoute("/item/{item_id}/aanpassen", "amending.keep", Role.REVIEWER, ["POST"]),
        PageRoute("/item/{item_id}/aanpassen/ongedaan", "amending.undo", Role.REVIEWER, ["POST"]),
        PageRoute("/item/{item_id}/oppakken", "talking.take", Role.REVIEWER, ["POST"]),
        PageRoute("/item/{item_id}/terugleggen", "talking.let_go", Role.REVIEWER, ["POST"]),
        PageRoute("/item/{item_id}/mening", "talking.give_opinion", Role.REVIEWER, ["POST"]),
        PageRoute("/item/{item_id}/tweede-mening", "talking.ask_second", Role.REVIEWER, ["POST"]),
        PageRoute("/item/{item_id}/opmerking", "talking.say", Role.REVIEWER, ["POST"]),
        PageRoute("/item/{item_id}/opmerking/ongedaan", "talking.put_back", Role.REVIEWER, ["POST"]),
        PageRoute("/item/{item_id}/opmerking/{comment_id}/intrekken", "talking.take_back", Role.REVIEWER, ["POST"]),
        PageRoute("/tweede-mening", "review.second", Role.READER, quick=True),
        PageRoute("/samen", "together.preview", Role.REVIEWER),
        PageRoute("/samen", "together.decide", Role.REVIEWER, ["POST"]),
        PageRoute("/samen/ongedaan", "together.undo", Role.REVIEWER, ["POST"]),
        PageRoute("/samen/{batch}", "together.done", Role.REVIEWER),
        PageRoute("/item/{item_id}/los", "stories.split", Role.REVIEWER, ["POST"]),
        PageRoute("/item/{item_id}/los/ongedaan", "stories.rejoin", Role.REVIEWER, ["POST"]),
        PageRoute("/brief", "editions.overview", Role.READER),
        PageRoute("/brief/{audience}", "editions.preview", Role.READER),
        PageRoute("/brief/{audience}/html", "editions.preview_letter", Role.READER),
        PageRoute("/brief/{audience}/samenstellen", "arranging.arrange", Role.EDITOR, ["POST"]),
        PageRoute("/brief/{audience}/inleiding", "arranging.introduce", Role.EDITOR, ["POST"]),
        PageRoute("/brief/{audience}/ongedaan", "arranging.undo", Role.EDITOR, ["POST"]),
        PageRoute("/brief/{audience}/goedkeuren", "arranging.approve", Role.EDITOR, ["POST"]),
        PageRoute("/brief/{audience}/plannen", "arranging.plan", Role.EDITOR, ["POST"]),
        PageRoute("/brief/{audience}/tegenhouden", "arranging.hold", Role.EDITOR, ["POST"]),
        PageRoute("/brief/{audience}/links", "arranging.look_at_links", Role.EDITOR, ["POST"]),
        PageRoute("/brief/{audience}/proef", "arranging.try_out", Role.EDITOR, ["POST"]),
        PageRoute("/brief/{edition_id}/stoppen", "arranging.stop", Role.EDITOR, ["POST"]),
        PageRoute("/brief/{edition_id}/verder", "arranging.resume", Role.EDITOR, ["POST"]),
        PageRoute("/brief/{edition_id}/onzeker", "doubts.overview", Role.EDITOR),
        PageRoute("/brief/{edition_id}/onzeker", "doubts.settle", Role.EDITOR, ["POST"]),
        PageRoute("/woorden", "words.open_words", Role.REVIEWER),
        PageRoute("/woorden/proberen", "words.try_words", Role.REVIEWER, ["POST"]),
        PageRoute("/woorden/bewaren", "words.save_words", Role.ADMINISTRATOR, ["POST"]),
        PageRoute("/woorden/terug", "words.restore_words", Role.ADMINISTRATOR, ["POST"]),
        PageRoute("/cijfers", "figures.overview", Role.READER),
        PageRoute("/geleerd", "learned.overview", Role.READER),
        PageRoute("/geleerd", "learned.use", Role.ADMINISTRATOR, ["POST"]),
        PageRoute("/bronnen", "sources.overview", Role.READER),
        PageRoute("/bronnen/nieuw", "adding.form", Role.ADMINISTRATOR),
        PageRoute("/bronnen/nieuw", "adding.begin", Role.ADMINISTRATOR, ["POST"]),
        PageRoute("/bronnen/nieuw/{look}", "adding.show", Role.ADMINISTRATOR),
        PageRoute("/bronnen/nieuw/{look}", "adding.add", Role.ADMINISTRATOR, ["POST"]),
        PageRoute("/bronnen/{name}/nu", "sources.read_now", Role.EDITOR, ["POST"]),
        PageRoute("/bronnen/{name}/aan", "sources.switch_on", Role.ADMINISTRATOR, ["POST"]),
        PageRoute("/bronnen/{name}/uit", "sources.switch_off", Role.ADMINISTRATOR, ["POST"]),
        PageRoute("/bronnen/{name}/herstel", "mending.begin", Role.ADMINISTRATOR, ["POST"]),
        PageRoute("/bronnen/{name}/herstel/ongedaan", "mending.undo", Role.ADMINISTRATOR, ["POST"]),
        PageRoute("/bronnen/{name}/herstel/{look}", "mending.show", Role.ADMINISTRATOR),
        PageRoute("/bronnen/{name}/herstel/{look}", "mending.accept", Role.ADMINISTRATOR, ["POST"]),
        PageRoute("/bronnen/{name}/gat", "sources.close_gap", Role.EDITOR, ["POST"]),
        PageRoute("/bronnen/{name}/gat/ongedaan", "sources.reopen_gap", Role.EDITOR, ["POST"]),
        PageRoute("/logboek", "record.overview", Role.EDITOR),
        PageRoute("/logboek.csv", "record.as_csv", Role.EDITOR),
        PageRoute("/logboek.json", "record.as_json", Role.EDITOR),
        PageRoute("/mensen", "people.overview", Role.ADMINISTRATOR),
        PageRoute("/mensen", "people.invite", Role.ADMINISTRATOR, ["POST"]),
        PageRoute("/mensen/{person_id}/rol", "people.change_role", Role.ADMINISTRATOR, ["POST"]),
        PageRoute("/mensen/{person_id}/weg", "people.withdraw", Role.ADMINISTRATOR, ["POST"]),
        PageRoute("/mij", "people.mine", Role.READER),
        PageRoute("/mij/wachtwoord", "people.change_password", Role.READER, ["POST"]),
        PageRoute("/mij/code", "people.change_code", Role.READER, ["POST"]),
        PageRoute("/mij/taal", "people.change_language", Role.READER, ["POST"]),
        PageRoute("/mij/uitloggen", "people.sign_out_everywhere", Role.READER, ["POST"]),
        PageRoute("/tips", "tips.overview", Role.READER),
        PageRoute("/tips/{tip_id}/bericht", "tips.take_up", Role.REVIEWER, ["POST"]),
        PageRoute("/tips/{tip_id}/gezien", "tips.handle", Role.REVIEWER, ["POST"]),
        PageRoute("/tips/{tip_id}/ongedaan", "tips.put_back", Role.REVIEWER, ["POST"]),
        PageRoute("/healthz", "sources.health_check", None),
        Mount("/static", StaticFiles(directory=FOLDER / "static")),
    ]


def app(
    engine: Engine,
    live: LiveSettings,
    editing: Callable[[], Editor],
    clock: Callable[[], datetime],
    *,
    secure: bool,
) -> Starlette:
    """Build the desk; `clock` gives aware moments, `secure` is True when people reach it over https.

    `editing` gives the editor, of whom only the pages about letters have need.
    """
    desk = Desk(engine, live, editing, clock, secure, templates())
    application = Starlette(
        routes=routes(secure=secure),
        middleware=[Middleware(Guard, desk=desk)],
        exception_handlers={HTTPException: _refused, Exception: _failed},
        max_body_size=LARGEST_BODY,
    )
    application.router.default = PageRoute("/", _missing, Role.READER, ANY_METHOD).handle
    application.state.desk = desk
    application.state.quick_lane = CapacityLimiter(QUICK_AT_ONCE)
    application.state.looks = Looks()
    application.state.reading_a_tip = threading.Lock()
    application.state.looking_at_links = threading.Lock()
    application.state.shelves = Shelves()
    application.state.glance = LastGlance()
    application.state.password_limiter = CapacityLimiter(PASSWORDS_AT_ONCE)
    return application


def _on_the_way(*, secure: bool) -> Middleware:
    """What is remembered of somebody who is away at their organisation's sign-in page: in a signed cookie, shortly."""
    return Middleware(
        SessionMiddleware,
        secret_key=secrets.token_urlsafe(32),
        session_cookie="__Secure-radar-account" if secure else "radar-account",
        max_age=account.LASTS,
        path=account.START,
        same_site="lax",
        https_only=secure,
    )


def _missing(request: Request) -> Response:
    """Nothing stands at this address; who is not signed in does not learn that."""
    raise HTTPException(404)


def _refused(request: Request, error: Exception) -> Response:
    status_code = error.status_code if isinstance(error, HTTPException) else 500
    return error_page(request, status_code, request.app.state.desk.pages)


def _failed(request: Request, error: Exception) -> Response:
    """Answer for what nobody foresaw; the server logs it. It stands outside the guard, so it brings its own headers."""
    desk: Desk = request.app.state.desk
    response = error_page(request, 500, desk.pages)
    response.headers.update(safe_headers(secure=desk.secure))
    return response
