"""The page of one reader: see what is kept, change it, take a pause, take it along, have it erased."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from digest import address, confirmations, own_data, subscribers
from digest.bounce_tables import Suppression
from digest.confirmations import TooManyAsked
from digest.consent import Preferences
from digest.consent_text import TEXTS
from digest.pages.choices import AUDIENCES, REGIONS, RHYTHMS, Filled, as_filled, chosen, filled
from digest.pages.doorman import network_of
from digest.pages.press import HEADERS, Press, secret_of, see_other
from digest.pages.signing_up import WRONG_ADDRESS
from digest.records import Subscriber

PAUSES = {"nee": "Geen pauze", "4": "Vier weken geen brief", "13": "Drie maanden geen brief"}
AS_IT_IS = "zo"


def lost_link(press: Press, request: Request) -> Response:
    """The form for a mail with the way to one's own page."""
    return press.public(request, "lost_link.html", fault="")


def mail_link(press: Press, request: Request, sent: FormData) -> Response:
    """Take that form; the answer is the same whether or not the address is known."""
    try:
        email = address.normalised(str(sent.get("email", ""))[:300])
    except ValueError:
        return press.private(request, "lost_link.html", 422, fault=WRONG_ADDRESS)
    if not press.doormen.mails.lets_in(network_of(request), press.clock()):
        return press.message(request, 429)
    try:
        confirmations.ask_for_own_page(press.engine, email, press.clock())
    except TooManyAsked:
        return press.message(request, 429)
    return press.private(request, "lost_link_asked.html")


def show(press: Press, request: Request) -> Response:
    """What is kept of a reader, with the form to change it."""
    reader = _reader(press, request)
    if reader is None:
        return press.private(request, "own_page.html", 404, reader=None)
    saved = request.query_params.get("bewaard") == "1"
    return press.private(request, "own_page.html", 200, **_shown(press, reader, _as_it_is(reader), saved=saved))


def save(press: Press, request: Request, sent: FormData) -> Response:
    """Keep what a reader changed."""
    reader = _reader(press, request)
    if reader is None:
        return press.private(request, "own_page.html", 404, reader=None)
    given = filled(sent, press.site)
    preferences = chosen(given)
    if isinstance(preferences, dict):
        shown = _shown(press, reader, replace(given, faults=preferences), saved=False)
        return press.private(request, "own_page.html", 422, **shown)
    subscribers.change(press.engine, reader.id, preferences, _pause(press, reader, str(sent.get("pauze", ""))))
    return see_other(f"/voorkeuren/{reader.preferences_token}?bewaard=1")


def take_along(press: Press, request: Request) -> Response:
    """All that is kept, as a JSON file."""
    reader = _reader(press, request)
    if reader is None:
        return press.private(request, "own_page.html", 404, reader=None)
    headers = HEADERS | {
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="participatieradar-mijn-gegevens.json"',
    }
    body = json.dumps(own_data.export(press.engine, reader), ensure_ascii=False, indent=2)
    return Response(body, 200, headers, "application/json; charset=utf-8")


def ask_to_erase(press: Press, request: Request) -> Response:
    """Say what erasing means, and show the button."""
    reader = _reader(press, request)
    return press.private(request, "erase.html", 200 if reader else 404, reader=reader, erased=False)


def erase(press: Press, request: Request) -> Response:
    """Erase a reader at once."""
    reader = _reader(press, request)
    if reader is not None:
        own_data.erase(press.engine, reader.id, Suppression.ERASED, press.clock())
    return press.private(request, "erase.html", 200 if reader else 404, reader=reader, erased=True)


def _reader(press: Press, request: Request) -> Subscriber | None:
    return subscribers.by_preferences_token(press.engine, secret_of(request))


def _as_it_is(reader: Subscriber) -> Filled:
    preferences = Preferences(**{name: getattr(reader, name) for name in Preferences.model_fields})
    return as_filled(preferences, reader.email)


def _pause(press: Press, reader: Subscriber, answer: str) -> date | None:
    if answer == AS_IT_IS:
        return reader.paused_until
    return press.today() + timedelta(weeks=int(answer)) if answer in PAUSES and answer != "nee" else None


def _shown(press: Press, reader: Subscriber, given: Filled, *, saved: bool) -> dict[str, object]:
    paused = reader.paused_until if reader.paused_until and reader.paused_until > press.today() else None
    return {
        "reader": reader,
        "given": given,
        "saved": saved,
        "audiences": AUDIENCES,
        "rhythms": RHYTHMS,
        "regions": REGIONS,
        "volumes": {},
        "pauses": PAUSES,
        "paused": paused,
        "agreed_text": TEXTS.get(reader.consent.text_version, ""),
        "since": press.our_day(reader.created_at),
        "left_on": press.our_day(reader.left_at) if reader.left_at else None,
    }
