"""Pages that show nothing of what was asked for: a cookie wall, a login, maintenance, or scripts alone."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawlers.publication import Reason
from crawlers.readers.page import parse, text_of

FEW_WORDS = 200
HARDLY_A_WORD = 60
_COOKIE_PATH = re.compile(r"/(?:cookies?|cookiewall|cookie-?consent|consent)(?:/|\.\w+)?$", re.I)
_LOGIN_PATH = re.compile(r"/(?:log-?in|inloggen|aanmelden|user/login|wp-login\.php|sign-?in|sso)(?:/|$)", re.I)
_COOKIE_WORDS = re.compile(r"\bcookies?\b", re.I)
_ACCEPT = re.compile(r"\b(?:accepteer|accepteren|akkoord|toestaan|accept|agree|toestemming)", re.I)
_LOGIN_WORDS = re.compile(r"\b(?:inloggen|log in|login|aanmelden|wachtwoord|sign in)\b", re.I)
_MAINTENANCE = re.compile(
    r"\b(?:onderhoud(?:swerkzaamheden)?|maintenance|tijdelijk (?:niet|buiten)|temporarily (?:unavailable|down)"
    r"|even niet bereikbaar|zo terug|be right back)\b",
    re.I,
)
_NOT_IT = re.compile(
    r"\b(?:404|not found|can.?t be found|niet (?:\(?meer\)? ?)?gevonden|bestaat niet|niet (?:meer )?beschikbaar"
    r"|oeps|oops|just a moment|checking your browser|access denied|toegang geweigerd)\b",
    re.I,
)


def walls(body: bytes, address: str) -> Reason | None:
    """Tell which wall a page is, by plain signs on a page of few words; None for an ordinary page."""
    page = parse(body)
    path = urlsplit(address).path
    words = text_of(page).split()
    heading = _heading(page)
    if len(words) > FEW_WORDS:
        return None
    text = " ".join(words)
    if (
        _COOKIE_WORDS.search(heading or text)
        and _ACCEPT.search(text)
        and (_COOKIE_PATH.search(path) or _COOKIE_WORDS.search(heading))
    ):
        return Reason.COOKIE_WALL
    password = any((field.get("type") or "").lower() == "password" for field in page.iter("input"))
    if password and (_LOGIN_WORDS.search(heading) or _LOGIN_PATH.search(path) or len(words) < FEW_WORDS // 2):
        return Reason.LOGIN_WALL
    if _MAINTENANCE.search(heading) and len(words) < FEW_WORDS // 2:
        return Reason.MAINTENANCE
    return None


def says_not_found(body: bytes) -> bool:
    """Tell whether a page says by its title or heading that what was asked for is not there, or not for programs.

    It may be about that as well, so it only counts for a page that has nothing of what was expected.
    """
    return bool(_NOT_IT.search(_heading(parse(body))))


def is_script_only(body: bytes) -> bool:
    """Tell whether a page has hardly a word of its own and leaves the rest to a script."""
    page = parse(body)
    return len(text_of(page).split()) < HARDLY_A_WORD and next(page.iter("script"), None) is not None


def _heading(page: HtmlElement) -> str:
    """What the title and the first headings of a page say."""
    said = [text_of(element) for element in page.iter("title", "h1", "h2")]
    return " / ".join(said[:3])
