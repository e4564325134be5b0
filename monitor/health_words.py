"""How a source fares, in a plain Dutch sentence with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from crawlers.publication import Reason
from monitor.completeness import Statement


@dataclass(frozen=True)
class Health:
    """A sentence on the state of a source, and what to do; `good` when nothing is wrong."""

    good: bool
    sentence: str
    advice: str = ""


WAIT = "U hoeft niets te doen; de radar probeert het vanzelf opnieuw."
LOOK_AT_ADDRESS = "Kijk in een browser of het adres nog klopt en verbeter het in config/sources.yaml."
OTHER_ENDPOINT = "Zet in config/sources.yaml een ander adres van deze bron erbij, zoals een overzicht of een sitemap."
ASK = "Vraag de uitgever om toegang, of zet de bron uit in config/sources.yaml."
UNKNOWN = Health(False, "Er ging iets mis dat de radar niet kent.", "Geef de code en de uitleg door aan de beheerder.")
NOT_YET = Health(True, "Deze bron is nog niet bekeken.", "Dat gebeurt vanzelf, of meteen met “Nu kijken”.")

WORDS = {
    Reason.OK: Health(True, "Het lezen gaat goed."),
    Reason.UNCHANGED: Health(True, "Het lezen gaat goed. Er was niets veranderd."),
    Reason.EMPTY: Health(False, "Het adres werkt, maar er staat geen enkel bericht.", LOOK_AT_ADDRESS),
    Reason.NOT_A_FEED: Health(
        False, "Op het adres van de feed staat een gewone pagina.", "De feed is verhuisd of gestopt. " + OTHER_ENDPOINT
    ),
    Reason.NOT_A_SITEMAP: Health(False, "Op het adres van de sitemap staat iets anders.", LOOK_AT_ADDRESS),
    Reason.NOT_WORDPRESS: Health(
        False, "Op het adres staat geen WordPress-lijst, of de site heeft die afgesloten.", OTHER_ENDPOINT
    ),
    Reason.NOT_SRU: Health(
        False, "De zoekdienst (SRU) begreep de vraag niet, of antwoordde met iets anders.", LOOK_AT_ADDRESS
    ),
    Reason.HTTP_ERROR: Health(False, "De site antwoordde met een fout.", WAIT + " Duurt het dagen? " + LOOK_AT_ADDRESS),
    Reason.ERROR_PAGE: Health(False, "De site stuurde door naar een foutpagina.", LOOK_AT_ADDRESS),
    Reason.OFF_SITE: Health(
        False, "De site stuurde door naar een andere site.", "Misschien is de bron verhuisd. " + LOOK_AT_ADDRESS
    ),
    Reason.DNS: Health(
        False, "De naam van de site is niet te vinden.", "Kijk eerst of er internet is. " + LOOK_AT_ADDRESS
    ),
    Reason.TIMEOUT: Health(False, "De site antwoordde niet op tijd.", WAIT),
    Reason.REFUSED: Health(False, "De site liet geen verbinding toe.", WAIT),
    Reason.CONNECTION: Health(False, "De verbinding viel weg.", WAIT),
    Reason.TLS: Health(
        False, "De beveiligde verbinding klopt niet.", "Meestal is het certificaat van de site verlopen. " + WAIT
    ),
    Reason.TOO_LARGE: Health(False, "De pagina is te groot om te lezen.", OTHER_ENDPOINT),
    Reason.COOKIE_WALL: Health(False, "De site laat alleen een cookiemuur zien.", OTHER_ENDPOINT),
    Reason.LOGIN_WALL: Health(False, "De site vraagt om in te loggen.", ASK),
    Reason.MAINTENANCE: Health(False, "De site is in onderhoud.", WAIT),
    Reason.SELECTOR_ZERO: Health(
        False,
        "Op de pagina zijn geen berichten te herkennen.",
        "Misschien is de site vernieuwd. Wijs de berichten aan met css in config/sources.yaml of kies een ander adres.",
    ),
    Reason.ALL_UNDATED: Health(
        False, "Geen enkel bericht heeft een datum.", "De berichten komen wel binnen. Let zelf op of ze nieuw zijn."
    ),
    Reason.ROBOTS_DENIED: Health(False, "De site wil niet door een programma gelezen worden (robots.txt).", ASK),
    Reason.ROBOTS_UNREADABLE: Health(
        False, "De regels van de site (robots.txt) waren niet te lezen, dus er is niets gelezen.", WAIT
    ),
    Reason.SITE_RESTS: Health(False, "De site wil even met rust gelaten worden.", WAIT),
    Reason.ADDRESS_REFUSED: Health(
        False,
        "De radar mag dit adres niet openen.",
        "Het wijst naar een eigen of besloten computer. " + LOOK_AT_ADDRESS,
    ),
    Reason.READER_FAILED: Health(False, "De pagina was niet te begrijpen.", OTHER_ENDPOINT),
    Reason.SCRIPT_ONLY: Health(
        False,
        "De pagina toont berichten alleen in een browser met JavaScript.",
        "De radar ziet ze niet. " + OTHER_ENDPOINT,
    ),
    Reason.SITE_CHANGED: Health(
        False,
        "De site is vernieuwd: de berichten staan niet meer waar ze stonden.",
        "Kies bij Bronnen “Zoek waar de berichten nu staan”. Vindt de radar ze niet? Verbeter dan zelf het adres in "
        "config/sources.yaml.",
    ),
    Reason.SILENT: Health(
        False,
        "De site werkt, maar er kwam al veel langer niets nieuws dan u van deze bron gewend bent.",
        "Kijk in een browser of er echt niets nieuws is. " + OTHER_ENDPOINT,
    ),
    Reason.CRASHED: Health(
        False, "Het lezen is halverwege gestopt.", WAIT + " Gebeurt het vaker? Geef het door aan de beheerder."
    ),
}


WHY = {
    "robots": "regels van de site",
    "listing": "lijst van berichten",
    "check": "controle met ander adres",
    "next_page": "volgende bladzijde",
    "page": "nieuw bericht",
    "again": "nog niet gelezen bericht",
    "changed": "gewijzigd bericht",
}


def proof(said: Statement) -> str:
    """What a week proves of a source, in plain sentences."""
    left = f"Nog na te kijken: {said.open}." if said.open else "Er is niets meer na te kijken."
    if not said.read and said.published == 0:
        unknown = "De laatste week is deze bron niet gelezen. Of er iets verscheen, weet de radar niet."
        return f"{unknown} {left}" if said.open else unknown
    if said.published == 0:
        return f"De laatste week verscheen er niets nieuws. {left}"
    came = "verscheen er 1 bericht" if said.published == 1 else f"verschenen er {said.published} berichten"
    everything = "Dat zag de radar." if said.published == 1 else "De radar zag ze allemaal."
    saw = everything if said.seen == said.published else f"De radar zag er {said.seen or 'nog geen'}."
    another = f" Daarvan {said.caught_up} via een ander adres van de site." if said.caught_up else ""
    return f"De laatste week {came}. {saw}{another} {left}"


def health(code: str) -> Health:
    """The words for a reason code of `crawlers.publication.Reason`; "" means the source was never read."""
    if not code:
        return NOT_YET
    return WORDS[Reason(code)] if code in list(Reason) else UNKNOWN
