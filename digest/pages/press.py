"""How every page for readers is made and sent: no cookie, no script, nothing of a third party, kept where it may be."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digest import dutch
from digest.consent import OUR_CLOCK
from digest.edition import Kind
from digest.pages.doorman import Doormen
from digest.pages.revisions import Revisions, has_it
from digest.site import Site, titles
from digest.tables import Engine

FOLDER = Path(__file__).parent
MINUTES_KEPT = 5
SECRET = re.compile(r"[A-Za-z0-9_-]{20,64}")
MENU = (
    ("/brieven", "Brieven"),
    ("/voorbeelden", "Voorbeelden"),
    ("/agenda", "Agenda"),
    ("/tip", "Tip ons"),
)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
MESSAGES = {
    404: ("Niet gevonden", "Deze pagina is er niet (meer). Misschien is de link niet helemaal overgenomen."),
    429: ("Even geduld", "Het is hier nu erg druk. Probeer het over een uur nog eens, of stuur ons een mail."),
    422: ("Niet begrepen", "Er ontbrak iets of er stond iets verkeerds in. Ga terug en probeer het opnieuw."),
}


def web_address(address: str) -> str:
    """An address that is safe to link to, or "": the page of a stranger must not become a script of ours."""
    return address if address.lower().startswith(("https://", "http://")) else ""


def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(day=dutch.day, weekday=dutch.weekday, listing=dutch.listing, web_address=web_address)
    environment.globals.update(Kind=Kind, titles=titles, menu=MENU, version=stylesheet_version())
    return environment


def stylesheet_version() -> str:
    """A short name for the stylesheet as it is now, so that browsers may keep each version for ever."""
    return hashlib.sha256((FOLDER / "static" / "readers.css").read_bytes()).hexdigest()[:12]


@dataclass(frozen=True)
class Press:
    """What the pages work with, built once by the caller; `clock` gives aware moments."""

    engine: Engine
    clock: Callable[[], datetime]
    current_site: Callable[[], Site]
    templates: Environment = field(default_factory=_templates)
    doormen: Doormen = field(default_factory=Doormen)
    revisions: Revisions = field(default_factory=Revisions)

    @property
    def site(self) -> Site:
        """The installation as its settings describe it now."""
        return self.current_site()

    def today(self) -> date:
        """The day it is for our readers."""
        return self.our_day(self.clock())

    def our_day(self, moment: datetime) -> date:
        """The day of a moment for our readers."""
        return moment.astimezone(OUR_CLOCK).date()

    def public(self, request: Request, template: str, **values: Any) -> Response:
        """A page that is the same for everybody, and may be kept for some minutes."""
        return self.kept(request, self._rendered(request, template, values), "text/html; charset=utf-8")

    def kept(self, request: Request, body: str | bytes, media_type: str, minutes: int = MINUTES_KEPT) -> Response:
        """An answer that browsers and caches may keep; who has it already is told so with a 304 (RFC 9110, 13)."""
        content = body.encode() if isinstance(body, str) else body
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        since = self.revisions.since(f"{request.url.path}?{request.url.query}", tag, self.clock().astimezone(UTC))
        headers = HEADERS | {
            "ETag": tag,
            "Last-Modified": format_datetime(since, usegmt=True),
            "Cache-Control": f"public, max-age={minutes * 60}",
        }
        asked = request.headers
        if has_it(since, tag, asked.get("if-none-match", ""), asked.get("if-modified-since", "")):
            return Response(status_code=304, headers=headers)
        return Response(content, 200, headers, media_type)

    def private(self, request: Request, template: str, status_code: int = 200, **values: Any) -> Response:
        """A page for one reader or one moment: nobody keeps it and no search engine lists it."""
        headers = HEADERS | {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
        body = self._rendered(request, template, values)
        return Response(body, status_code, headers, "text/html; charset=utf-8")

    def message(self, request: Request, status_code: int) -> Response:
        """What went wrong, in plain words, without repeating anything that was sent."""
        title, advice = MESSAGES[status_code]
        return self.private(request, "message.html", status_code, title=title, advice=advice)

    def _rendered(self, request: Request, template: str, values: dict[str, Any]) -> str:
        shared = {"site": self.site, "here": request.url.path}
        return self.templates.get_template(template).render(shared | values)


def secret_of(request: Request) -> str:
    """The secret in the address of the page; "" for what cannot be one."""
    text = str(request.path_params["token"])
    return text if SECRET.fullmatch(text) else ""


def see_other(path: str) -> Response:
    """Send the browser on after a form, to a page of our own."""
    assert path.startswith("/")
    assert not path.startswith("//")
    return RedirectResponse(path, 303, HEADERS | {"Cache-Control": "no-store"})
