"""What every page needs: the desk it belongs to, its template, the menu and the notices on top."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.templating import Jinja2Templates

from monitor.desk import phrases
from monitor.desk.english import spoken
from monitor.desk.menu import NO_MENU, menu
from monitor.role import Role
from monitor.settings import LiveSettings
from monitor.store.database import Database, Engine
from monitor.store.notices import Notice
from monitor.store.people import Reviewer

if TYPE_CHECKING:
    from monitor.editor import Editor

FOLDER = Path(__file__).parent
ERRORS = {
    400: ("Verkeerd adres", "Open de radar op het adres dat in config/radar.yaml staat bij desk, public_url."),
    403: ("Dat kan niet", "Deze opdracht kwam niet van een pagina van de radar zelf. Ga terug en probeer het opnieuw."),
    404: ("Niet gevonden", "Deze pagina is er niet (meer)."),
    405: ("Dat kan niet", "Deze pagina kan dat niet. Ga terug en probeer het opnieuw."),
    413: ("Te groot", "Wat u stuurde is te lang. Maak de tekst korter."),
    422: ("Niet begrepen", "Er ontbrak iets of er stond iets verkeerds in. Ga terug en probeer het opnieuw."),
    500: ("Er ging iets mis", "De fout is opgeschreven in het logboek. Probeer het over een minuut opnieuw."),
}


@dataclass(frozen=True)
class Desk:
    """Everything the pages work with, built once by the caller."""

    engine: Engine
    live: LiveSettings
    editing: Callable[[], Editor]
    clock: Callable[[], datetime]
    secure: bool
    pages: Jinja2Templates

    @property
    def editor(self) -> Editor:
        """The editor, who makes the letters."""
        return self.editing()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which people read times."""
        return self.live.current.radar.digest.zone_info

    def now(self) -> datetime:
        """The time now, in the zone of the readers."""
        return self.clock().astimezone(self.zone)

    def source_title(self, name: str) -> str:
        """The name of a source as people know it; its short name when it left the settings."""
        source = self.live.current.source(name)
        return source.title if source else phrases.NO_SOURCES.get(name, name)


class KeptTemplates(FileSystemBytecodeCache):
    """Templates as they were compiled at an earlier start, beside their text as Python keeps its modules.

    One is used as long as its text is the same. Where nothing can be written each start compiles them.
    """

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one, if that can be."""
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


def templates(folder: Path = FOLDER / "templates") -> Jinja2Templates:
    """The templates; a value that is missing is an error, and everything is escaped."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # or each page looks at the disk for each of its templates
        bytecode_cache=None if sys.dont_write_bytecode else KeptTemplates(str(folder / "__pycache__")),
    )
    environment.filters["sentence"] = phrases.sentence
    return Jinja2Templates(env=environment)


def desk_of(request: Request) -> Desk:
    """The desk that serves this request."""
    desk: Desk = request.app.state.desk
    return desk


def reviewer_of(request: Request) -> Reviewer:
    """Who is signed in."""
    reviewer: Reviewer = request.state.reviewer
    return reviewer


def database_of(request: Request) -> Database:
    """What this request reads with: a page that is quick has one connection for all that it asks."""
    database: Database = getattr(request.state, "database", None) or desk_of(request).engine
    return database


def wants_json(request: Request) -> bool:
    """Whether our own script asks, which shows the answer itself."""
    return request.headers.get("accept", "") == "application/json"


def page(request: Request, name: str, status_code: int = 200, **context: Any) -> Response:
    """Render a page for somebody who is signed in."""
    desk = desk_of(request)
    shared = around(request) | {"moment": lambda moment: phrases.moment(moment, desk.now())}
    return spoken(request, desk.pages.TemplateResponse(request, name, shared | context, status_code=status_code))


def around(request: Request) -> dict[str, Any]:
    """What stands around the content of each page for somebody who is signed in."""
    reviewer, here = reviewer_of(request), request.url.path
    return {
        "menu": menu(reviewer.role, here),
        "here": here,
        "reviewer": reviewer,
        "may": {role.name.lower(): reviewer.role.may(role) for role in Role},
        "alerts": alerts(desk_of(request), request.state.notices),
    }


def open_page(request: Request, name: str, status_code: int = 200, **context: Any) -> Response:
    """Render a page for anybody: without a menu and without what is known."""
    radar = desk_of(request).live.current.radar
    account = radar.desk.account
    shared: dict[str, Any] = {"menu": NO_MENU, "here": "", "reviewer": None, "may": {}, "alerts": ()}
    shared |= {"account": account.title if account else "", "for_readers": f"{radar.digest.public_url}/welkom"}
    pages = desk_of(request).pages
    return spoken(request, pages.TemplateResponse(request, name, shared | context, status_code=status_code))


def error_page(request: Request, status_code: int, pages: Jinja2Templates, *, lacks: Role | None = None) -> Response:
    """Say what went wrong, without repeating anything that was sent; `lacks` is the role that was needed."""
    title, advice = ERRORS.get(status_code, ERRORS[500] if status_code >= 500 else ERRORS[422])
    if lacks:
        advice = f"Hiervoor moet u {lacks} zijn. Vraag het aan een beheerder van de radar."
    if wants_json(request):
        return spoken(request, JSONResponse({"text": f"{title}. {advice}"}, status_code=status_code))
    reviewer = getattr(request.state, "reviewer", None)
    content = pages.get_template("error.html").render(
        menu=menu(reviewer.role, "") if reviewer else NO_MENU,
        here="",
        reviewer=reviewer,
        alerts=(),
        title=title,
        advice=advice,
    )
    return spoken(request, HTMLResponse(content, status_code=status_code))


@dataclass(frozen=True)
class Alert:
    """A box on top of the page: a sentence, and the lines that belong to it."""

    text: str
    lines: Sequence[str] = ()


def alerts(desk: Desk, notices: Sequence[Notice]) -> tuple[Alert, ...]:
    """What everybody should know now: mistakes in the settings and the notices that are up."""
    told = tuple(Alert(notice.text) for notice in notices)
    fault = desk.live.error
    if fault is None:
        return told
    text = "Er staat een fout in de instellingen. Tot die is hersteld geldt de vorige goede versie."
    return (Alert(text, tuple(str(problem) for problem in fault.problems)), *told)
