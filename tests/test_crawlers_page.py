"""The page of an item, joined with what the listing said of it; what stands in its place is not taken for it."""

from __future__ import annotations

from datetime import date

import pytest

from crawlers.endpoint import Answer
from crawlers.page import PageFailed, read_page
from crawlers.publication import Listed, Publication

TODAY = date(2026, 11, 24)
ADDRESS = "https://bond.example/nieuws/1"
TITLE = "Huurders stemmen over onderhoud van hun flat"
MISSING = "De pagina die u zoekt bestaat niet (meer). Ga terug naar de voorpagina, of zoek naar wat u wilt lezen. " * 2
BUSY = "Wij zijn zo terug. Onze site is tijdelijk niet bereikbaar wegens onderhoud. Excuses voor het ongemak. "
COOKIES = "Wij gebruiken cookies om uw bezoek te verbeteren. Accepteer ze om verder te gaan naar de site. " * 2
MEMBERS = "Dit artikel is alleen voor leden van de bond. Log in om het te lezen.<form><input type=password></form>"
CHECKING = "This process is automatic. Your browser will show what you asked for shortly. Please allow up to 5 seconds."


def read(heading: str, text: str, listed: str = TITLE) -> Publication:
    """The publication of a page with this heading and text, listed by this title."""
    head = (
        f"<!doctype html><html lang=nl><head><title>{heading} - Bond</title></head><body><nav><a href=/>Begin</a></nav>"
    )
    body = f"{head}<main><h1>{heading}</h1><p>{text}</p></main></body></html>"
    return read_page("bond", Listed(address=ADDRESS, title=listed), Answer(ADDRESS, ADDRESS, 200, body.encode()), TODAY)


@pytest.mark.parametrize("listed", [TITLE, ""], ids=["with a title", "without a title"])
@pytest.mark.parametrize(
    ("heading", "text", "reason"),
    [
        ("Pagina niet gevonden", MISSING, "redirected_to_error_page"),
        ("Oeps!", MISSING, "redirected_to_error_page"),
        ("Onderhoud", BUSY, "maintenance_page"),
        ("Cookies", COOKIES, "cookie_wall"),
        ("Inloggen", MEMBERS, "login_wall"),
        ("Just a moment...", CHECKING, "redirected_to_error_page"),
    ],
)
def test_what_stands_in_the_place_of_a_page_is_not_its_text(heading: str, text: str, reason: str, listed: str) -> None:
    """An error, a wall or repairs answered as if all were well are a page that failed, to be read another time."""
    with pytest.raises(PageFailed, match=reason):
        read(heading, text, listed)


@pytest.mark.parametrize(
    ("heading", "listed"),
    [
        (TITLE, "Huurders stemmen over onderhoud"),
        ("Woning niet gevonden? Zo helpt de huurdersbond", "Woning niet gevonden"),
        ("Wie beslist er mee", "Een heel andere kop boven hetzelfde verhaal"),
    ],
)
def test_a_page_about_such_things_is_read(heading: str, listed: str) -> None:
    """A page with the words by which it is listed, or with other words that are no sign of trouble, is itself."""
    text = "Huurders kiezen samen een plan voor het onderhoud van de flat, en zoeken wat niet gevonden is. " * 4
    assert read(heading, text, listed).title == heading
