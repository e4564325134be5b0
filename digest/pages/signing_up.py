"""Asking for the letter, and confirming it from one's own mailbox (double opt-in; Telecommunicatiewet 11.7).

A GET confirms nothing, for scanners open every link in a mail.
"""

from __future__ import annotations

from dataclasses import replace

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from digest import address, archive, confirmations, dutch
from digest.confirmations import TooManyAsked
from digest.consent_text import CURRENT, TEXTS
from digest.edition import Audience
from digest.pages.choices import AUDIENCES, REGIONS, RHYTHMS, Filled, chosen, filled
from digest.pages.doorman import network_of
from digest.pages.press import Press, secret_of
from digest.records import Subscriber, SubscriberState

USUAL = "meestal vijf tot tien berichten"
WRONG_ADDRESS = "Dit is geen e-mailadres. Schrijf het zoals naam@voorbeeld.nl."


def form(press: Press, request: Request) -> Response:
    """The form, with how much mail to expect."""
    audience = request.query_params.get("voor", "")
    start = Filled(audience=audience if audience in list(Audience) else "")
    return press.public(request, "sign_up.html", **_shown(press, start))


def ask(press: Press, request: Request, sent: FormData) -> Response:
    """Take the form; the answer is the same whether or not the address is known."""
    if sent.get("website"):  # a field that people do not see
        return press.private(request, "sign_up_asked.html")
    given = filled(sent, press.site)
    preferences = chosen(given)
    faults = preferences if isinstance(preferences, dict) else {}
    try:
        email = address.normalised(given.email)
    except ValueError:
        faults = {"email": WRONG_ADDRESS} | faults
    if faults or isinstance(preferences, dict):
        return press.private(request, "sign_up.html", 422, **_shown(press, replace(given, faults=faults)))
    if not press.doormen.mails.lets_in(network_of(request), press.clock()):
        return press.message(request, 429)
    try:
        confirmations.ask_to_sign_up(press.engine, email, preferences, press.clock())
    except TooManyAsked:
        return press.message(request, 429)
    return press.private(request, "sign_up_asked.html")


def ask_to_confirm(press: Press, request: Request) -> Response:
    """Show the button that confirms."""
    usable = confirmations.is_open(press.engine, secret_of(request), press.clock())
    return press.private(request, "confirm.html", 200 if usable else 404, usable=usable, reader=None)


def confirm(press: Press, request: Request) -> Response:
    """Sign somebody up."""
    reader = confirmations.confirm(press.engine, secret_of(request), press.clock())
    signed_up = _active(reader)
    return press.private(request, "confirm.html", 200 if signed_up else 404, usable=signed_up, reader=reader)


def _active(reader: Subscriber | None) -> bool:
    return reader is not None and reader.state is SubscriberState.ACTIVE


def _shown(press: Press, given: Filled) -> dict[str, object]:
    return {
        "given": given,
        "audiences": AUDIENCES,
        "rhythms": RHYTHMS,
        "regions": REGIONS,
        "volumes": {audience: volume(press, audience) for audience in Audience},
        "consent_text": TEXTS[CURRENT],
    }


def volume(press: Press, audience: Audience) -> str:
    """How much to expect of a weekly letter, as it was lately: "gemiddeld 7 berichten"."""
    mean = archive.entries_a_letter(press.engine, audience)
    return USUAL if mean is None else f"gemiddeld {dutch.count(max(round(mean), 1), 'bericht', 'berichten')}"
