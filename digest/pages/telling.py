"""What readers tell without being known: a tip, and that an item was useful to them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from digest import collection, tips
from digest.pages.doorman import network_of
from digest.pages.press import Press, see_other
from digest.pages.reading import published

LONGEST_ADDRESS = 2000
LONGEST_REMARK = 1000
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
NO_ADDRESS = "Plak hier het adres van een pagina. Het begint met https://"


def tip_form(press: Press, request: Request) -> Response:
    """The form for a tip."""
    return press.public(request, "tip.html", address="", remark="", fault="")


def tell_tip(press: Press, request: Request, sent: FormData) -> Response:
    """Keep a tip for the people who choose."""
    if sent.get("website"):  # a field that people do not see
        return press.private(request, "tip_told.html")
    address = CONTROL.sub("", str(sent.get("adres", ""))).strip()
    remark = CONTROL.sub(" ", str(sent.get("opmerking", "")).replace("\r\n", "\n")).strip()[:LONGEST_REMARK]
    if "://" not in address and "." in address:
        address = f"https://{address}"
    if not is_page(address):
        shown = {"address": address[:LONGEST_ADDRESS], "remark": remark, "fault": NO_ADDRESS}
        return press.private(request, "tip.html", 422, **shown)
    if not press.doormen.tips.lets_in(network_of(request), press.clock()):
        return press.message(request, 429)
    if not tips.tell(press.engine, address, remark, press.clock()):
        return press.message(request, 429)
    return press.private(request, "tip_told.html")


def thank(press: Press, request: Request) -> Response:
    """Count that an item was useful; from one network a few times a day at most, and nobody is remembered."""
    item = published(press, request)
    if item is None:
        return press.message(request, 404)
    if press.doormen.thanks.lets_in(f"{network_of(request)} {item.id}", press.clock()):
        collection.thank(press.engine, item.entry.reference)
    return see_other(f"/berichten/{item.entry.reference}/bedankt")


def thanked(press: Press, request: Request) -> Response:
    """Say thank you."""
    item = published(press, request)
    if item is None:
        return press.message(request, 404)
    return press.private(request, "thanked.html", item=item)


def is_page(address: str) -> bool:
    """Whether it is the address of a web page somewhere."""
    if len(address) > LONGEST_ADDRESS or re.search(r"\s", address):
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in host
